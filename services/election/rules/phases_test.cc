#include "services/election/rules/phases.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "common/time/proto_time.h"
#include "services/election/testing/sample.h"

namespace plenary::election {
namespace {

using plenary::testing::HasReason;
using plenary::testing::IsError;
using plenary::testing::IsOk;
using testing::Day;
using testing::SampleSchedule;

TEST(PhaseAt, BeginsAtItsInstantAndEndsWhereTheNextBegins) {
  struct Row {
    const char* sentence;
    absl::Time at;
    v1::Election::Phase phase;
  };
  const absl::Duration blink = absl::Microseconds(1);
  const Row rows[] = {
      {"before filing there is no phase", Day(8, 1) - blink, v1::Election::PHASE_UNSPECIFIED},
      {"filing opens", Day(8, 1), v1::Election::PHASE_FILING},
      {"filing lasts to its close", Day(9, 1) - blink, v1::Election::PHASE_FILING},
      {"then the campaign begins", Day(9, 1), v1::Election::PHASE_CAMPAIGN},
      {"voting opens", Day(9, 15), v1::Election::PHASE_VOTING},
      {"voting lasts to its close", Day(9, 23) - blink, v1::Election::PHASE_VOTING},
      {"then counting begins", Day(9, 23), v1::Election::PHASE_COUNTING},
      {"hand-over", Day(9, 24), v1::Election::PHASE_HANDOVER},
      {"seated on 1 October", Day(10, 1), v1::Election::PHASE_SEATED},
      {"and ever after", Day(12, 31), v1::Election::PHASE_SEATED},
  };
  for (const Row& row : rows) EXPECT_EQ(PhaseAt(SampleSchedule(), row.at), row.phase) << row.sentence;
}

TEST(Issuing, RunsFromTheCloseOfFilingToOneHourBeforeVotingCloses) {
  EXPECT_EQ(IssuingOpens(SampleSchedule()), Day(9, 1));
  EXPECT_EQ(IssuingCloses(SampleSchedule()), Day(9, 23) - absl::Hours(1));
}

TEST(CheckSchedule, WantsSixAscendingInstants) {
  using Change = void (*)(v1::Schedule&);
  struct Row {
    const char* sentence;
    Change change;
    const char* record_date;
    bool good;
  };
  const Row rows[] = {
      {"the society's own schedule", [](v1::Schedule&) {}, "2022-08-31", true},
      {"an instant is missing", [](v1::Schedule& s) { s.clear_handover_opens(); }, "2022-08-31", false},
      {"two instants are the same", [](v1::Schedule& s) { *s.mutable_voting_opens() = s.filing_closes(); },
       "2022-08-31", false},
      {"voting closes before it opens",
       [](v1::Schedule& s) { *s.mutable_voting_closes() = ToTimestamp(Day(9, 14)); }, "2022-08-31", false},
      {"half a second", [](v1::Schedule& s) { s.mutable_voting_opens()->set_nanos(500'000'000); },
       "2022-08-31", false},
      {"an hour for issuing and voting together is none",
       [](v1::Schedule& s) {
         *s.mutable_voting_opens() = ToTimestamp(Day(9, 1) + absl::Minutes(30));
         *s.mutable_voting_closes() = ToTimestamp(Day(9, 1) + absl::Minutes(60));
       },
       "2022-08-31", false},
      {"a record date that does not exist", [](v1::Schedule&) {}, "2022-08-32", false},
      {"a record date on the day voting opens", [](v1::Schedule&) {}, "2022-09-15", true},
      {"a record date after it", [](v1::Schedule&) {}, "2022-09-16", false},
  };
  for (const Row& row : rows) {
    v1::Schedule schedule = SampleSchedule();
    row.change(schedule);
    const absl::Status status = CheckSchedule(schedule, row.record_date);
    if (row.good) {
      EXPECT_THAT(status, IsOk()) << row.sentence;
    } else {
      EXPECT_THAT(status, IsError(absl::StatusCode::kInvalidArgument, "SCHEDULE_INVALID")) << row.sentence;
    }
  }
}

TEST(CheckMove, LeavesWhatHasPassedAsItIs) {
  struct Row {
    const char* sentence;
    absl::Time now;
    absl::Time filing_closes;
    absl::Time voting_opens;
    const char* reason;
  };
  const Row rows[] = {
      {"nothing moves", Day(8, 20), Day(9, 1), Day(9, 15), ""},
      {"filing is prolonged while it is open", Day(8, 20), Day(9, 5), Day(9, 15), ""},
      {"filing ended and cannot be reopened", Day(9, 2), Day(9, 5), Day(9, 15), "PHASE_PAST"},
      {"the very instant has passed", Day(9, 1), Day(9, 5), Day(9, 15), "PHASE_PAST"},
      {"voting may still move after filing", Day(9, 2), Day(9, 1), Day(9, 16), ""},
      {"filing cannot have closed yesterday", Day(8, 20), Day(8, 19), Day(9, 15), "PHASE_PAST"},
  };
  for (const Row& row : rows) {
    v1::Schedule wanted = SampleSchedule();
    *wanted.mutable_filing_closes() = ToTimestamp(row.filing_closes);
    *wanted.mutable_voting_opens() = ToTimestamp(row.voting_opens);
    EXPECT_THAT(CheckMove(SampleSchedule(), wanted, row.now), HasReason(row.reason)) << row.sentence;
  }
}

}  // namespace
}  // namespace plenary::election
