// What came of verifying a bundle.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "plenary/election/v1/resources.pb.h"

namespace plenary::election::verify {

// The checks, in the order they are made; each is also the reason when it is the first to fail. Every
// verifier gives the same reason and place for the same bundle.
inline constexpr std::string_view kFiles = "FILES";
inline constexpr std::string_view kManifest = "MANIFEST";
inline constexpr std::string_view kCheckpoint = "CHECKPOINT";  // place: number of the note, from 0
inline constexpr std::string_view kTiles = "TILES";            // place: number of the tile, from 0
inline constexpr std::string_view kRoot = "ROOT";
inline constexpr std::string_view kConsistency = "CONSISTENCY";  // place: number of the note, from 0
inline constexpr std::string_view kFirstLeaf = "FIRST_LEAF";
inline constexpr std::string_view kClose = "CLOSE";
inline constexpr std::string_view kRoll = "ROLL";
inline constexpr std::string_view kList = "LIST";      // place: number of the list, from 1
inline constexpr std::string_view kSecret = "SECRET";  // place: number of the secret, from 1; 0: their length
// The five checks of a ballot; place: its leaf.
inline constexpr std::string_view kBallotForm = "BALLOT_FORM";
inline constexpr std::string_view kCredential = "CREDENTIAL";
inline constexpr std::string_view kBallotSignature = "BALLOT_SIGNATURE";
inline constexpr std::string_view kDoubleKey = "DOUBLE_KEY";
inline constexpr std::string_view kOrder = "ORDER";
inline constexpr std::string_view kTurnout = "TURNOUT";
inline constexpr std::string_view kResult = "RESULT";

// One check that was made.
struct Check {
  std::string_view code;
  bool holds = false;
  std::string found;  // for people, no full stop: what was there, or what is wrong with it
};

// The first check that failed.
struct Failure {
  std::string_view code;
  std::optional<std::uint64_t> place;
  std::string found;
};

// What an error of the rules says, as a check says what it found.
std::string FoundIn(const absl::Status& status);

struct Verdict {
  std::optional<Failure> failure;  // none: the bundle holds
  std::vector<Check> checks;       // in order, up to the first that failed

  bool holds() const { return !failure.has_value(); }

  // As far as the checks came.
  std::string manifest_hash;              // 32 bytes, or empty
  std::string final_root;                 // 32 bytes, or empty
  std::string box_key;                    // 32 bytes, or empty: receipts bear its signature
  std::uint64_t units = 0;                // on the roll
  std::uint64_t units_on_all = 0;         // on the list of every registrar
  v1::Result result;                      // as recounted; only of a bundle that holds
  std::optional<std::uint64_t> found_at;  // leaf of the ballot that was looked for; complete once it holds
};

}  // namespace plenary::election::verify
