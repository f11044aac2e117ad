// What stands in the log and beside it, as bytes; integers are big-endian. Views borrow from the bytes they
// were read from.
//
//   roll           "PLR1 || u32 count || unit ids 16, strictly ascending"
//
//   issuance list  "PLI1 || manifest hash 32 || u8 registrar, from 0 || u32 count
//                  || (unit 16 || SHA-256(blinded_msg) 32) strictly ascending by unit || signature 64"
//
//   close record   "PLC1 || manifest hash 32 || u32 ballots || SHA-256 of each registrar's list, 32 each"
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/crypto/ed25519.h"

namespace plenary::election {

inline constexpr std::size_t kUnitIdSize = 16;

// A list of units, each in a record of fixed size that begins with the unit's id, strictly ascending.
class UnitsView {
 public:
  UnitsView(std::string_view records, std::size_t record_size)
      : records_(records), record_size_(record_size) {}

  std::size_t size() const { return records_.size() / record_size_; }
  std::string_view operator[](std::size_t index) const {
    return records_.substr(index * record_size_, kUnitIdSize);
  }
  bool AscendsStrictly() const;

 private:
  std::string_view records_;
  std::size_t record_size_;
};

// The units of a roll; nullopt unless it has the magic, exactly the length its count says, and ascends.
std::optional<UnitsView> ReadRoll(std::string_view bytes);

struct IssuanceListView {
  std::string_view manifest_hash;
  int registrar = 0;  // its number in the manifest, from 0
  UnitsView units{{}, 1};
  std::string_view signature;
  std::string_view unsigned_bytes;  // all before the signature

  // Whether the registrar with that list key made the list.
  bool IsSignedBy(std::string_view list_key) const;
};

// nullopt unless it has the magic, exactly the length its count says, and ascends. Its signature, manifest
// and units are the caller's to check.
std::optional<IssuanceListView> ReadIssuanceList(std::string_view bytes);

// What an issuance list is signed over: "plenary-issuance-v1" || all bytes before the signature.
std::string IssuanceListMessage(std::string_view unsigned_bytes);

// Whether every unit of `part` stands in `whole`.
bool IsSubset(const UnitsView& part, const UnitsView& whole);

// How many units stand on every list; at least one list.
std::size_t CountOnEvery(const std::vector<UnitsView>& lists);

struct CloseRecord {
  std::string manifest_hash;
  std::uint32_t ballots = 0;
  std::vector<std::string> issuance_list_sha256;  // in manifest order
  friend bool operator==(const CloseRecord&, const CloseRecord&) = default;
};

std::string EncodeCloseRecord(const CloseRecord& record);

// nullopt unless it has the magic and exactly the length for that many registrars.
std::optional<CloseRecord> ReadCloseRecord(std::string_view bytes, std::size_t registrars);

}  // namespace plenary::election
