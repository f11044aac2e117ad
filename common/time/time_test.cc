#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "absl/time/clock.h"
#include "common/testing/status_matchers.h"
#include "common/time/clock.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"

namespace plenary {
namespace {

TEST(Date, TakesOnlyDaysThatExist) {
  EXPECT_EQ(ParseDate("2024-02-29"), absl::CivilDay(2024, 2, 29));
  for (const char* wrong :
       {"2023-02-29", "2022-13-01", "2022-00-10", "2022-01-00", "2022-1-01", "20220101", "", "2022-01-01 ",
        "-022-01-01", "2022-01--1", "1899-12-31", "2022/01/01", "２022-1-1"}) {
    EXPECT_FALSE(ParseDate(wrong)) << wrong;
  }
}

TEST(Date, ReadsBackWhatItWrote) {
  for (absl::CivilDay day(2023, 12, 1); day < absl::CivilDay(2024, 4, 1); ++day)
    EXPECT_EQ(ParseDate(FormatDate(day)), day);
}

TEST(Date, ADayBeginsAtMidnightUtc) {
  EXPECT_EQ(DateOf(StartOf(absl::CivilDay(2022, 8, 31))), absl::CivilDay(2022, 8, 31));
  EXPECT_EQ(DateOf(StartOf(absl::CivilDay(2022, 8, 31)) - absl::Microseconds(1)),
            absl::CivilDay(2022, 8, 30));
  EXPECT_EQ(FormatInstant(*ParseInstant("2022-08-24T09:30:00Z")), "2022-08-24T09:30:00Z");
  EXPECT_FALSE(ParseInstant("2022-08-24"));
}

TEST(ProtoTime, KeepsMicrosecondsOnBothSidesOfTheEpoch) {
  for (const std::int64_t micros : {0LL, 1LL, -1LL, 1'661'333'400'123'456LL, -1'000'000LL, -1'000'001LL}) {
    const absl::Time instant = absl::FromUnixMicros(micros);
    EXPECT_EQ(FromTimestamp(ToTimestamp(instant)), instant);
    EXPECT_GE(ToTimestamp(instant).nanos(), 0);
  }
}

TEST(FileClock, ShowsTheInstantThatWasSetInEveryProcessThatReadsTheFile) {
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("clock-" + std::to_string(::getpid()));
  const FileClock one(path), other(path);
  EXPECT_LT(absl::AbsDuration(one.Now() - absl::Now()), absl::Seconds(5)) << "no file: real time";
  const absl::Time instant = *ParseInstant("2022-08-01T09:00:00Z");
  ASSERT_OK(FileClock::Set(path, instant));
  EXPECT_LE(absl::AbsDuration(other.Now() - instant), absl::Seconds(5));
  EXPECT_GE(other.Now(), instant) << "never before the instant that was asked for";
  std::ofstream(path) << "not a number";
  EXPECT_LT(absl::AbsDuration(one.Now() - absl::Now()), absl::Seconds(5));
  std::filesystem::remove(path);
}

TEST(FileClock, SaysWhereItCouldNotWrite) {
  EXPECT_THAT(FileClock::Set("/nonexistent/clock", absl::Now()),
              testing::StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace plenary
