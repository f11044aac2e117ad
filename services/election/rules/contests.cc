#include "services/election/rules/contests.h"

#include <fmt/format.h>

#include <set>
#include <string>

#include "common/ids/id.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "services/election/errors.h"
#include "services/election/limits.h"

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

absl::Status CheckContest(const v1::Contest& contest, const std::string& path) {
  FieldChecks checks;
  checks.Require(!WantedContestId(contest).empty(), path + ".name",
                 "Name a contest \"contests/\" and an id of 1 to 63 characters of a-z, 0-9 and -.");
  checks.Text(path + ".display_name", contest.display_name(), 1, kLongestContestName);
  checks.Require(ResourceId("bodies", contest.body()).has_value(), path + ".body",
                 "Name the body whose seats these are, \"bodies/…\".");
  checks.Require(contest.seats() >= 1 && contest.seats() <= kMostSeats, path + ".seats",
                 "Open 1 to 99 seats.");
  checks.Require(contest.method() == v1::COUNTING_METHOD_BLOCK_PLURALITY, path + ".method",
                 "Choose block plurality, the one method known so far.");
  RETURN_IF_ERROR(checks.Result(errors::Domain(), "CONTESTS_INVALID"));
  return CheckTerms(contest, path);
}

}  // namespace

std::string WantedContestId(const v1::Contest& contest) {
  return ResourceId("contests", contest.name()).value_or("");
}

absl::Status CheckElectionShape(const v1::Election& election) {
  FieldChecks checks;
  checks.Text("election.display_name", election.display_name(), 1, kLongestElectionName);
  checks.Require(ResourceId("people", election.returning_officer()).has_value(), "election.returning_officer",
                 "Name the returning officer, \"people/…\".");
  RETURN_IF_ERROR(checks.Result(errors::Domain()));
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
    if (!bodies.insert(election.contests(i).body()).second) {
      return errors::ContestsInvalid(path + ".body", "Fill the seats of a body in one contest.");
    }
  }
  return absl::OkStatus();
}

}  // namespace plenary::election
