// Rolls and issuance lists, read unit by unit: the memory they take does not depend on how many they name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/crypto/bytes.h"
#include "common/crypto/ed25519.h"
#include "services/election/rules/ballot_layout.h"
#include "services/election/rules/log_records.h"
#include "services/election/verify/bundle_folder.h"

namespace plenary::election::verify {

// Where the units stand in a file: after a header, each at the beginning of a record, a tail behind them.
struct UnitLayout {
  std::size_t header;
  std::size_t record;
  std::size_t tail;
};
// Both headers end in the count; before it a roll has its magic, a list also the manifest's hash and the
// registrar's number (rules/log_records.h).
inline constexpr UnitLayout kRollLayout = {.header = 4 + 4, .record = kUnitIdSize, .tail = 0};
inline constexpr UnitLayout kIssuanceListLayout = {.header = 4 + kHashSize + 1 + 4,
                                                   .record = kUnitIdSize + kHashSize,
                                                   .tail = crypto::kEd25519SignatureSize};

// Not thread-safe.
class UnitFile {
 public:
  // Reads the header. BUNDLE_UNREADABLE.
  static absl::StatusOr<UnitFile> Open(const BundleFolder& folder, std::string_view file,
                                       const UnitLayout& layout);

  // As many units as the file has room for; nullopt unless it consists of header, records and tail exactly.
  std::optional<std::uint64_t> size() const;
  const std::string& header() const { return header_; }

  // The next unit's id, 16 bytes that live until the next call; nullopt after the last. Ids come as they
  // stand: whether they ascend is for the caller to see. BUNDLE_UNREADABLE.
  absl::StatusOr<std::optional<std::string_view>> Next();

  // The SHA-256 of the whole file, the rest of which is read. BUNDLE_UNREADABLE.
  absl::StatusOr<std::string> Finish();

  const std::string& path() const { return file_.path(); }

 private:
  UnitFile(BundleFile file, const UnitLayout& layout) : file_(std::move(file)), layout_(layout) {}
  absl::Status Refill();

  BundleFile file_;
  UnitLayout layout_;
  crypto::Sha256Hasher sha256_;
  std::string header_;
  std::string piece_;       // records
  std::size_t next_ = 0;    // in piece_
  std::uint64_t left_ = 0;  // records behind it
};

// Whether the units ascend strictly; reads them all. BUNDLE_UNREADABLE.
absl::StatusOr<bool> AscendsStrictly(UnitFile& units);

// How many units stand in every one of the files, each of which ascends strictly; at least one file. Reads
// the first to its end. BUNDLE_UNREADABLE.
absl::StatusOr<std::uint64_t> CountOnEvery(std::vector<UnitFile>& files);

}  // namespace plenary::election::verify
