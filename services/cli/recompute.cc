#include "services/cli/recompute.h"

#include <algorithm>
#include <optional>

#include "common/crypto/bytes.h"
#include "common/ids/id.h"
#include "common/status/macros.h"
#include "fmt/format.h"
#include "services/cli/errors.h"

namespace plenary::cli {
namespace {

using election::v1::ContestResult;
using election::v1::Manifest;
using election::v1::OptionResult;

std::optional<std::uint16_t> OptionNumber(const Manifest::Contest& contest, const std::string& name) {
  for (int i = 0; i < contest.options_size(); ++i) {
    if (contest.options(i).name() == name) return static_cast<std::uint16_t>(i);
  }
  return std::nullopt;
}

bool SharesItsVotes(const ContestResult& contest, const OptionResult& option) {
  return std::count_if(contest.options().begin(), contest.options().end(),
                       [&](const OptionResult& other) { return other.votes() == option.votes(); }) > 1;
}

// The sums of these methods alone order the options, so that votes and lots can be held against each other
// here.
bool OrdersBySums(election::v1::CountingMethod method) {
  return method == election::v1::COUNTING_METHOD_BLOCK_PLURALITY ||
         method == election::v1::COUNTING_METHOD_APPROVAL || method == election::v1::COUNTING_METHOD_SCORE;
}

// Goes through the options of a contest in their order, and remembers what the check of the next one needs.
class ContestCheck {
 public:
  ContestCheck(const Manifest::Contest& printed, const ContestResult& contest, std::string_view seed,
               std::uint16_t number)
      : printed_(printed), contest_(contest), seed_(seed), number_(number) {}

  absl::Status Run(std::vector<LotLine>& lines) {
    if (printed_.name() != contest_.contest()) {
      return errors::CheckFailed(
          fmt::format("{} is not the contest that the manifest has in its place. Tell the auditors.",
                      contest_.display_name()));
    }
    for (const OptionResult& option : contest_.options()) RETURN_IF_ERROR(Check(option, lines));
    return absl::OkStatus();
  }

 private:
  absl::Status Check(const OptionResult& option, std::vector<LotLine>& lines) {
    const auto option_number = OptionNumber(printed_, option.option());
    if (!option_number.has_value()) {
      return errors::CheckFailed(fmt::format("{} is not on the ballot of {}. Tell the auditors.",
                                             option.display_name(), contest_.display_name()));
    }
    const bool by_sums = OrdersBySums(printed_.method());
    const bool drawn = by_sums ? SharesItsVotes(contest_, option) : option.tied();
    const std::string lot = drawn ? Lot(seed_, number_, *option_number) : "";
    if (option.lot() != lot || option.tied() != drawn) {
      return errors::CheckFailed(
          fmt::format("The lot of {} in {} is not what the ballots give. Tell the auditors.",
                      option.display_name(), contest_.display_name()));
    }
    if (by_sums) RETURN_IF_ERROR(CheckOrder(option, lot));
    if (drawn) {
      lines.push_back({contest_.display_name(), option.display_name(), option.votes(), contest_.decimals(),
                       option.rank(), option.elected(), lot});
    }
    return absl::OkStatus();
  }

  absl::Status CheckOrder(const OptionResult& option, const std::string& lot) {
    const bool out_of_order =
        before_ != nullptr &&
        (before_->votes() < option.votes() || (before_->votes() == option.votes() && lot_before_ > lot));
    if (out_of_order) {
      return errors::CheckFailed(
          fmt::format("{} stands before {} in {} against votes and lot. Tell the auditors.",
                      before_->display_name(), option.display_name(), contest_.display_name()));
    }
    before_ = &option;
    lot_before_ = lot;
    return absl::OkStatus();
  }

  const Manifest::Contest& printed_;
  const ContestResult& contest_;
  const std::string_view seed_;
  const std::uint16_t number_;
  const OptionResult* before_ = nullptr;
  std::string lot_before_;
};

}  // namespace

absl::StatusOr<std::string> RollSha256(const std::vector<std::string>& names) {
  std::vector<IdBytes> units;
  for (const std::string& name : names) {
    auto id = ResourceId("companies", name);
    if (!id.has_value()) id = ResourceId("people", name);
    const auto bytes = id.has_value() ? ParseId(*id) : std::nullopt;
    if (!bytes.has_value()) {
      return errors::CheckFailed(
          fmt::format("\"{}\" on the roll names no company and no person. Tell the auditors.", name));
    }
    units.push_back(*bytes);
  }
  std::sort(units.begin(), units.end());
  std::string bytes = "PLR1";
  crypto::AppendU32(bytes, static_cast<std::uint32_t>(units.size()));
  for (const IdBytes& unit : units) bytes.append(unit.begin(), unit.end());
  return crypto::Sha256(bytes);
}

std::string LotSeed(std::string_view final_root, const std::vector<std::string>& tally_secrets) {
  std::string seed(final_root);
  for (const std::string& secret : tally_secrets) seed += secret;
  return seed;
}

std::string Lot(std::string_view seed, std::uint16_t contest, std::uint16_t option) {
  std::string bytes = "plenary-lot-v1";
  bytes += seed;
  crypto::AppendU16(bytes, contest);
  crypto::AppendU16(bytes, option);
  return crypto::Sha256(bytes);
}

absl::StatusOr<std::vector<LotLine>> CheckLots(const election::v1::Manifest& manifest,
                                               const election::v1::Result& result, std::string_view seed,
                                               int ballot_count) {
  if (seed != result.lot_seed() || ballot_count != result.ballot_count()) {
    return errors::CheckFailed(fmt::format(
        "The seed of the lots is not that of the log with its {} ballots. Tell the auditors.", ballot_count));
  }
  if (manifest.contests_size() != result.contests_size()) {
    return errors::CheckFailed("The result has not the contests of the manifest. Tell the auditors.");
  }
  std::vector<LotLine> lines;
  for (int number = 0; number < manifest.contests_size(); ++number) {
    ContestCheck check(manifest.contests(number), result.contests(number), seed,
                       static_cast<std::uint16_t>(number));
    RETURN_IF_ERROR(check.Run(lines));
  }
  return lines;
}

}  // namespace plenary::cli
