#include "services/election/rules/contests.h"

#include <fmt/format.h>

#include <set>
#include <string>
#include <string_view>

#include "common/ids/id.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "services/election/errors.h"
#include "services/election/limits.h"
#include "services/election/rules/counting/method.h"
#include "services/election/rules/counting/profile.h"
#include "services/election/rules/https_uri.h"
#include "services/election/rules/names.h"
#include "services/election/rules/trustees.h"

namespace plenary::election {
namespace {

absl::Status CheckTerms(const v1::Contest& contest, const std::string& path) {
  std::int64_t winners = 0;
  for (const v1::TermRule& rule : contest.terms()) {
    if (rule.winners() < 1 || rule.years() < 1 || rule.years() > kLongestTermYears) {
      return errors::TermsInvalid(path + ".terms",
                                  "Give each term rule at least 1 winner, and 1 to 10 years.");
    }
    winners += rule.winners();
  }
  if (winners != contest.seats()) {
    return errors::TermsInvalid(
        path + ".terms",
        fmt::format("The term rules cover {} winners, but {} seats are open: make them equal.", winners,
                    contest.seats()));
  }
  return absl::OkStatus();
}

// Most marks that a ballot may be allowed: the candidates are not known yet, a poll's options are.
int MostMarks(const v1::Contest& contest) {
  if (contest.method() == v1::COUNTING_METHOD_BLOCK_PLURALITY) return contest.seats();
  if (!IsPoll(contest)) return static_cast<int>(counting::kMostOptions);
  return contest.options_size() + (contest.none_of_these() ? 1 : 0);
}

void CheckMarks(const v1::Contest& contest, const counting::Method& method, const std::string& path,
                FieldChecks& checks) {
  const int most = MostMarks(contest);
  checks.Require(contest.max_marks() >= 0 && contest.max_marks() <= most, path + ".max_marks",
                 fmt::format("Allow 1 to {} marks, or give 0 for as many as there can be.", most));
  const int upper = contest.max_marks() > 0 ? contest.max_marks() : most;
  checks.Require(contest.min_marks() >= 0 && contest.min_marks() <= upper, path + ".min_marks",
                 fmt::format("Ask for 1 to {} marks at the least; 0 stands for 1.", upper));
  if (method.kind == counting::BallotKind::kScores) {
    checks.Require(contest.max_score() >= 0 && contest.max_score() <= kHighestMaxScore, path + ".max_score",
                   "Give a highest score of 1 to 1,000, or 0 for 10.");
  } else {
    checks.Require(contest.max_score() == 0, path + ".max_score",
                   "Only score voting has a highest score: leave it out.");
  }
}

void CheckPollOptions(const v1::Contest& contest, const std::string& path, FieldChecks& checks) {
  checks.Require(contest.options_size() >= 2 && contest.options_size() <= kMostPollOptions, path + ".options",
                 "Give a poll 2 to 200 options.");
  checks.Require(contest.seats() <= contest.options_size(), path + ".seats",
                 "Let at most as many options win as the poll has.");
  std::set<std::string> ids = {kNoneOfTheseId};
  std::set<std::string> texts;
  if (contest.none_of_these()) texts.insert(kNoneOfTheseText);
  for (int i = 0; i < contest.options_size() && i < kMostPollOptions; ++i) {
    const v1::PollOption& option = contest.options(i);
    const std::string field = fmt::format("{}.options[{}]", path, i);
    const std::string id = WantedOptionId(option);
    checks.Require(!id.empty(), field + ".name",
                   "Name an option \"options/\" and an id of 1 to 63 characters of a-z, 0-9 and -.");
    checks.Require(ids.insert(id).second, field + ".name",
                   "Give each option a name of its own, and none the name options/none-of-these.");
    checks.Text(field + ".display_name", option.display_name(), 1, kLongestContestName);
    checks.Require(texts.insert(option.display_name()).second, field + ".display_name",
                   "Call each option something else, so that voters can tell them apart.");
    checks.Require(option.picture_uri().empty() || IsHttps(option.picture_uri()), field + ".picture_uri",
                   kHttpsSentence);
  }
}

void CheckSubject(const v1::Contest& contest, const std::string& path, FieldChecks& checks) {
  if (contest.body().empty() && IsPoll(contest)) return CheckPollOptions(contest, path, checks);
  checks.Require(!IsPoll(contest), path + ".options",
                 "A contest fills the seats of a body, or is a poll: give it a body or options, not both.");
  checks.Require(ResourceId("bodies", contest.body()).has_value(), path + ".body",
                 "Name the body whose seats these are, \"bodies/…\", or give a poll its options.");
}

absl::Status CheckContest(const v1::Contest& contest, const std::string& path) {
  FieldChecks checks;
  checks.Require(!WantedContestId(contest).empty(), path + ".name",
                 "Name a contest \"contests/\" and an id of 1 to 63 characters of a-z, 0-9 and -.");
  checks.Text(path + ".display_name", contest.display_name(), 1, kLongestContestName);
  checks.Require(contest.seats() >= 1 && contest.seats() <= kMostSeats, path + ".seats",
                 "Open 1 to 99 seats.");
  const counting::Method* const method = counting::FindMethod(contest.method());
  checks.Require(
      method != nullptr, path + ".method",
      "Choose how it is counted: block plurality, approval, score, instant run-off, Scottish STV, Meek STV, "
      "Schulze or ranked pairs.");
  CheckSubject(contest, path, checks);
  if (method != nullptr) {
    checks.Require(!method->one_seat || contest.seats() == 1, path + ".seats",
                   "Instant run-off fills one seat: open one, or choose single transferable vote.");
    CheckMarks(contest, *method, path, checks);
  }
  RETURN_IF_ERROR(checks.Result(errors::Domain(), "CONTESTS_INVALID"));
  if (!IsPoll(contest)) return CheckTerms(contest, path);
  return contest.terms().empty()
             ? absl::OkStatus()
             : errors::TermsInvalid(path + ".terms", "A poll seats nobody: leave out its terms.");
}

// What the options of all polls take in the manifest: their full names, texts, and protobuf's framing.
std::size_t PollBytes(const v1::Election& election) {
  constexpr std::size_t kFraming = 12;
  constexpr std::size_t kElectionName = std::string_view("elections/").size() + kIdLength;
  std::size_t bytes = 0;
  for (const v1::Contest& contest : election.contests()) {
    for (const v1::PollOption& option : contest.options()) {
      bytes += kElectionName + 1 + contest.name().size() + 1 + option.name().size() +
               option.display_name().size() + option.picture_uri().size() + kFraming;
    }
  }
  return bytes;
}

}  // namespace

bool IsPoll(const v1::Contest& contest) { return contest.options_size() > 0; }

std::string WantedContestId(const v1::Contest& contest) {
  return ResourceId("contests", contest.name()).value_or("");
}

std::string WantedOptionId(const v1::PollOption& option) {
  return ResourceId("options", option.name()).value_or("");
}

absl::Status CheckElectionShape(const v1::Election& election) {
  FieldChecks checks;
  checks.Text("election.display_name", election.display_name(), 1, kLongestElectionName);
  checks.Require(ResourceId("people", election.returning_officer()).has_value(), "election.returning_officer",
                 "Name the returning officer, \"people/…\".");
  RETURN_IF_ERROR(checks.Result(errors::Domain()));
  RETURN_IF_ERROR(CheckTrustees(election.trustees(), election.trustee_threshold(),
                                election.returning_officer(),
                                {.people = "election.trustees", .threshold = "election.trustee_threshold"}));
  if (election.contests_size() < 1 || election.contests_size() > kMostContests) {
    return errors::ContestsInvalid("election.contests", "Give 1 to 50 contests.");
  }
  std::set<std::string> ids;
  std::set<std::string> bodies;
  for (int i = 0; i < election.contests_size(); ++i) {
    const std::string path = fmt::format("election.contests[{}]", i);
    RETURN_IF_ERROR(CheckContest(election.contests(i), path));
    if (!ids.insert(election.contests(i).name()).second) {
      return errors::ContestsInvalid(path + ".name", "Give each contest a name of its own.");
    }
    if (!IsPoll(election.contests(i)) && !bodies.insert(election.contests(i).body()).second) {
      return errors::ContestsInvalid(path + ".body", "Fill the seats of a body in one contest.");
    }
  }
  if (const std::size_t bytes = PollBytes(election); bytes > kLongestPollOptions) {
    return errors::ContestsInvalid("election.contests",
                                   fmt::format("The options of the polls would take {} bytes of the "
                                               "manifest, and {} is the most. Shorten names and "
                                               "addresses of pictures, or call an election more.",
                                               bytes, kLongestPollOptions));
  }
  return absl::OkStatus();
}

}  // namespace plenary::election
