// What anybody can compute again from published lists. Written apart from the services, so that the two agree
// only when both are right.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "plenary/election/v1/manifest.pb.h"
#include "plenary/election/v1/resources.pb.h"

namespace plenary::cli {

// SHA-256 of "PLR1", the count as four bytes big-endian, and the 16-byte ids of the units
// ("companies/…" or "people/…", any order) ascending. CHECK_FAILED when a name is none.
absl::StatusOr<std::string> RollSha256(const std::vector<std::string>& names);

// The seed of every lot: the final root of the log, then the tally secrets in manifest order, 32 bytes each.
std::string LotSeed(std::string_view final_root, const std::vector<std::string>& tally_secrets);

// SHA-256("plenary-lot-v1" || seed || u16 contest || u16 option), numbers as in the manifest.
std::string Lot(std::string_view seed, std::uint16_t contest, std::uint16_t option);

// One lot of a result, computed again.
struct LotLine {
  std::string contest;  // display names
  std::string option;
  std::int64_t votes;  // in units of 10^-decimals
  int decimals;
  int rank;
  bool elected;
  std::string lot;  // as computed
};

// The lots of every tied option, by contest and rank. CHECK_FAILED when seed, contests or a lot is not what
// manifest, log and tally secrets give, naming the first that is not. Where marks or scores are added up, so
// is the order by votes and lot checked, and that nobody with as many votes as another is without a lot; how
// ranks order the options is for a recount to say.
absl::StatusOr<std::vector<LotLine>> CheckLots(const election::v1::Manifest& manifest,
                                               const election::v1::Result& result, std::string_view seed,
                                               int ballot_count);

}  // namespace plenary::cli
