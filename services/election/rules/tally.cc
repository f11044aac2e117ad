#include "services/election/rules/tally.h"

#include <algorithm>

#include "common/crypto/bytes.h"
#include "common/status/macros.h"
#include "services/election/errors.h"
#include "services/election/rules/counting/block_plurality.h"
#include "services/election/rules/counting/lot.h"
#include "services/election/rules/terms.h"

namespace plenary::election {
namespace {

v1::ContestResult ToMessage(const v1::Manifest::Contest& contest, const counting::ContestCount& count,
                            const v1::Contest& called) {
  v1::ContestResult result;
  result.set_contest(contest.name());
  result.set_display_name(contest.display_name());
  result.set_seats(static_cast<std::int32_t>(contest.seats()));
  result.set_vacancies(count.vacancies);
  result.set_blank_count(static_cast<std::int32_t>(count.blanks));
  const int winners = static_cast<int>(contest.seats()) - count.vacancies;
  const std::vector<int> years = AssignTerms(called.terms(), winners);
  for (const counting::OptionCount& option : count.options) {
    auto* entry = result.add_options();
    entry->set_candidacy(contest.options(option.option).candidacy());
    entry->set_display_name(contest.options(option.option).display_name());
    entry->set_votes(static_cast<std::int32_t>(option.votes));
    entry->set_rank(option.rank);
    entry->set_elected(option.elected);
    if (option.elected) entry->set_term_years(years.at(static_cast<std::size_t>(option.rank - 1)));
    entry->set_tied(option.tied);
    entry->set_lot(option.lot);
  }
  return result;
}

}  // namespace

absl::Status Tally::Add(std::string_view ballot) {
  const auto view = manifest_.ReadBallot(ballot);
  if (!view.ok())
    return errors::BallotBoxInconsistent("the box holds bytes that are no ballot of this election");
  std::string hash = crypto::Sha256(ballot);
  if (!hashes_.empty() && hash <= hashes_.back()) {
    return errors::BallotBoxInconsistent("ballots do not ascend by their hash, or one was given twice");
  }
  if (!manifest_.CheckSignatures(*view).ok()) {
    return errors::BallotBoxInconsistent("the box holds a ballot with a wrong signature");
  }
  OpenedPlaintext opened = manifest_.Open(*view);
  if (opened.fault == PlaintextFault::kNone) {
    ballots_.push_back(std::move(opened.ballot));
  } else {
    v1::SpoiltBallot& spoilt = spoilt_.emplace_back();
    spoilt.set_ballot_hash(hash);
    spoilt.set_reason(std::string(SpoiltReason(opened.fault)));
  }
  hashes_.push_back(std::move(hash));
  keys_.emplace_back(view->pk);
  return absl::OkStatus();
}

absl::StatusOr<v1::Result> Tally::Count(const google::protobuf::RepeatedPtrField<v1::Contest>& contests,
                                        int roll_count, int issued_count) const {
  if (ballot_count() > issued_count) return errors::MoreBallotsThanCredentials(ballot_count(), issued_count);
  std::vector<std::string> keys = keys_;
  std::sort(keys.begin(), keys.end());
  if (std::adjacent_find(keys.begin(), keys.end()) != keys.end()) {
    return errors::BallotBoxInconsistent("the box holds two ballots under one key");
  }
  const v1::Manifest& manifest = manifest_.manifest();
  if (contests.size() != manifest.contests_size()) {
    return errors::BallotBoxInconsistent("the manifest has other contests than the election");
  }
  v1::Result result;
  result.set_election(manifest.origin());
  result.set_state(v1::Result::STATE_PROVISIONAL);
  result.set_roll_count(roll_count);
  result.set_issued_count(issued_count);
  result.set_ballot_count(ballot_count());
  for (const v1::SpoiltBallot& spoilt : spoilt_) *result.add_spoilt() = spoilt;
  result.set_lot_seed(counting::LotSeed(hashes_));
  for (int i = 0; i < manifest.contests_size(); ++i) {
    const auto& contest = manifest.contests(i);
    const counting::Contest compact{.seats = contest.seats(),
                                    .options = static_cast<std::uint32_t>(contest.options_size())};
    const counting::ContestCount count =
        counting::CountBlockPlurality(static_cast<std::uint16_t>(i), compact, ballots_, result.lot_seed());
    *result.add_contests() = ToMessage(contest, count, contests.Get(i));
  }
  return result;
}

}  // namespace plenary::election
