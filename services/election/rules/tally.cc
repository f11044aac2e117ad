#include "services/election/rules/tally.h"

#include <algorithm>
#include <utility>

#include "common/crypto/bytes.h"
#include "common/status/macros.h"
#include "services/election/errors.h"
#include "services/election/limits.h"
#include "services/election/rules/counting/count.h"
#include "services/election/rules/counting/lot.h"
#include "services/election/rules/parallel.h"
#include "services/election/rules/terms.h"

namespace plenary::election {
namespace {

// As a count wants them: by rank, then by option.
void SortByRank(counting::Marks& marks) {
  std::sort(marks.begin(), marks.end(), [](const counting::Mark& a, const counting::Mark& b) {
    return a.value != b.value ? a.value < b.value : a.option < b.option;
  });
}

counting::Contest ToCount(const v1::Manifest::Contest& contest, std::uint16_t number,
                          const v1::Contest& called, const std::string& lot_seed) {
  counting::Contest entry{
      .method = contest.method(),
      .seats = contest.seats(),
      .lot_seed = lot_seed,
      .lots = counting::DrawLots(lot_seed, number, static_cast<std::size_t>(contest.options_size()))};
  for (const auto& option : contest.options()) {
    entry.options.push_back({.display_name = option.display_name()});
  }
  if (contest.none_of_these()) entry.options.back().none_of_these = true;
  for (const v1::TermRule& rule : called.terms()) {
    entry.terms.push_back(static_cast<std::uint32_t>(rule.winners()));
  }
  return entry;
}

v1::ContestResult ToResult(const v1::Manifest::Contest& contest, const v1::CountReport& report,
                           const v1::Contest& called) {
  v1::ContestResult result;
  result.set_contest(contest.name());
  result.set_display_name(contest.display_name());
  result.set_seats(static_cast<std::int32_t>(contest.seats()));
  result.set_vacancies(report.vacancies());
  result.set_blank_count(static_cast<std::int32_t>(report.blank_ballots()));
  result.set_method(report.method());
  result.set_decimals(report.decimals());
  const std::vector<int> years =
      AssignTerms(called.terms(), static_cast<int>(contest.seats()) - report.vacancies());
  std::size_t elected = 0;
  for (const v1::CountPlacing& placing : report.placings()) {
    auto* entry = result.add_options();
    entry->set_option(contest.options(placing.option()).name());
    entry->set_display_name(contest.options(placing.option()).display_name());
    entry->set_votes(placing.votes());
    entry->set_rank(placing.rank());
    entry->set_elected(placing.elected());
    if (placing.elected() && elected < years.size()) entry->set_term_years(years[elected++]);
    entry->set_tied(placing.tied());
    entry->set_lot(placing.lot());
    entry->set_none_of_these(report.options(placing.option()).none_of_these());
  }
  return result;
}

}  // namespace

// What can be said of a ballot by itself.
struct Tally::CheckedBallot {
  absl::Status fault;
  std::array<char, kBallotKeySize> pk;
  std::string hash;
  OpenedPlaintext opened;
};

Tally::CheckedBallot Tally::CheckAndOpen(const PublishedManifest& manifest, const TallySecrets& secrets,
                                         std::string_view ballot) {
  CheckedBallot checked{};
  const auto view = manifest.ReadBallot(ballot);
  if (!view.ok()) {
    checked.fault = errors::BallotBoxInconsistent("the box holds bytes that are no ballot of this election");
    return checked;
  }
  if (!manifest.CheckSignatures(*view).ok()) {
    checked.fault = errors::BallotBoxInconsistent("the box holds a ballot with a wrong signature");
    return checked;
  }
  std::ranges::copy(view->pk, checked.pk.begin());
  checked.hash = crypto::Sha256(ballot);
  checked.opened = manifest.Open(*view, secrets);
  return checked;
}

Tally::Tally(const PublishedManifest& manifest, TallySecrets secrets)
    : manifest_(manifest), secrets_(std::move(secrets)) {
  for (const ContestRule& contest : manifest.contests()) profiles_.emplace_back(contest.options);
}

absl::Status Tally::AddMarks(counting::Ballot& ballot) {
  for (std::size_t i = 0; i < profiles_.size(); ++i) {
    if (manifest_.contests()[i].kind == counting::BallotKind::kRanks) SortByRank(ballot[i]);
    if (!profiles_[i].Add(ballot[i])) {
      return errors::BallotBoxInconsistent("the box holds more ballots than there can be");
    }
  }
  return absl::OkStatus();
}

absl::Status Tally::Add(std::string_view ballot) {
  CheckedBallot checked = CheckAndOpen(manifest_, secrets_, ballot);
  return AddChecked(checked);
}

absl::Status Tally::AddAll(std::span<const std::string> ballots, unsigned threads) {
  std::vector<CheckedBallot> checked(ballots.size());
  ForEachNumber(ballots.size(), threads,
                [&](std::size_t i) { checked[i] = CheckAndOpen(manifest_, secrets_, ballots[i]); });
  for (CheckedBallot& ballot : checked) RETURN_IF_ERROR(AddChecked(ballot));
  return absl::OkStatus();
}

absl::Status Tally::AddChecked(CheckedBallot& checked) {
  RETURN_IF_ERROR(checked.fault);
  if (!keys_.insert(checked.pk).second) {
    return errors::BallotBoxInconsistent("the box holds two ballots under one key");
  }
  return AddOpened(std::move(checked.opened), checked.hash);
}

absl::Status Tally::AddOpened(OpenedPlaintext&& opened, std::string_view ballot_hash) {
  ++ballot_count_;
  if (opened.fault == PlaintextFault::kNone) return AddMarks(opened.ballot);
  for (counting::Profile& profile : profiles_) {
    if (!profile.AddSpoilt())
      return errors::BallotBoxInconsistent("the box holds more ballots than there can be");
  }
  spoilt_.emplace(ballot_hash, SpoiltReason(opened.fault));
  return absl::OkStatus();
}

absl::StatusOr<v1::CountReport> Tally::CountContest(int number, const v1::Contest& called,
                                                    const std::string& lot_seed) const {
  const auto& contest = manifest_.manifest().contests(number);
  v1::CountReport report =
      counting::Count(ToCount(contest, static_cast<std::uint16_t>(number), called, lot_seed),
                      profiles_[static_cast<std::size_t>(number)]);
  if (report.undecided() || report.ByteSizeLong() > kLongestCountReport) {
    return errors::CountUnfinished(contest.display_name());
  }
  return report;
}

absl::StatusOr<Counted> Tally::Count(const google::protobuf::RepeatedPtrField<v1::Contest>& contests,
                                     std::string_view final_root, int issued_count) const {
  if (ballot_count() > issued_count) return errors::MoreBallotsThanCredentials(ballot_count(), issued_count);
  const v1::Manifest& manifest = manifest_.manifest();
  if (!contests.empty() && contests.size() != manifest.contests_size()) {
    return errors::BallotBoxInconsistent("the manifest has other contests than the election");
  }
  Counted counted;
  v1::Result& result = counted.result;
  result.set_election(manifest.origin());
  result.set_state(v1::Result::STATE_PROVISIONAL);
  result.set_roll_count(static_cast<std::int32_t>(manifest.roll_count()));
  result.set_issued_count(issued_count);
  result.set_ballot_count(ballot_count());
  for (const auto& [hash, reason] : spoilt_) {
    v1::SpoiltBallot& spoilt = *result.add_spoilt();
    spoilt.set_ballot_hash(hash);
    spoilt.set_reason(std::string(reason));
  }
  result.set_lot_seed(counting::LotSeed(final_root, secrets_));
  for (int i = 0; i < manifest.contests_size(); ++i) {
    const v1::Contest& called = contests.empty() ? v1::Contest::default_instance() : contests.Get(i);
    ASSIGN_OR_RETURN(const v1::CountReport report, CountContest(i, called, result.lot_seed()));
    auto& entry = *result.add_contests();
    entry = ToResult(manifest.contests(i), report, called);
    entry.set_report_sha256(crypto::Sha256(counted.reports.emplace_back(report.SerializeAsString())));
  }
  return counted;
}

}  // namespace plenary::election
