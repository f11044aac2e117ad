#include "services/election/rules/phases.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "services/election/errors.h"
#include "services/election/limits.h"

namespace plenary::election {
namespace {

using google::protobuf::Timestamp;

// The year 10000: later instants have no text form.
constexpr std::int64_t kEndOfTime = 253'402'300'800;

struct Instant {
  std::string_view field;
  bool (v1::Schedule::*given)() const;
  const Timestamp& (v1::Schedule::*at)() const;
  v1::Election::Phase begins;
};

constexpr std::array kInstants = {
    Instant{"filing_opens", &v1::Schedule::has_filing_opens, &v1::Schedule::filing_opens,
            v1::Election::PHASE_FILING},
    Instant{"filing_closes", &v1::Schedule::has_filing_closes, &v1::Schedule::filing_closes,
            v1::Election::PHASE_CAMPAIGN},
    Instant{"voting_opens", &v1::Schedule::has_voting_opens, &v1::Schedule::voting_opens,
            v1::Election::PHASE_VOTING},
    Instant{"voting_closes", &v1::Schedule::has_voting_closes, &v1::Schedule::voting_closes,
            v1::Election::PHASE_COUNTING},
    Instant{"handover_opens", &v1::Schedule::has_handover_opens, &v1::Schedule::handover_opens,
            v1::Election::PHASE_HANDOVER},
    Instant{"seats_on", &v1::Schedule::has_seats_on, &v1::Schedule::seats_on, v1::Election::PHASE_SEATED},
};

absl::Time At(const v1::Schedule& schedule, const Instant& instant) {
  return FromTimestamp((schedule.*instant.at)());
}

std::string Path(const Instant& instant) { return fmt::format("schedule.{}", instant.field); }

}  // namespace

v1::Election::Phase PhaseAt(const v1::Schedule& schedule, absl::Time now) {
  v1::Election::Phase phase = v1::Election::PHASE_UNSPECIFIED;
  for (const Instant& instant : kInstants) {
    if (now >= At(schedule, instant)) phase = instant.begins;
  }
  return phase;
}

absl::Time IssuingOpens(const v1::Schedule& schedule) { return FromTimestamp(schedule.filing_closes()); }

absl::Time IssuingCloses(const v1::Schedule& schedule) {
  return FromTimestamp(schedule.voting_closes()) - kIssuingEndsBeforeClose;
}

absl::Status CheckSchedule(const v1::Schedule& schedule, const std::string& record_date) {
  for (std::size_t i = 0; i < kInstants.size(); ++i) {
    const Timestamp& timestamp = (schedule.*kInstants[i].at)();
    if (!(schedule.*kInstants[i].given)()) {
      return errors::ScheduleInvalid(Path(kInstants[i]), fmt::format("Give {}.", kInstants[i].field));
    }
    if (timestamp.nanos() != 0 || timestamp.seconds() <= 0 || timestamp.seconds() >= kEndOfTime) {
      return errors::ScheduleInvalid(Path(kInstants[i]),
                                     fmt::format("Give {} in whole seconds after 1970.", kInstants[i].field));
    }
    if (i > 0 && At(schedule, kInstants[i]) <= At(schedule, kInstants[i - 1])) {
      return errors::ScheduleInvalid(
          Path(kInstants[i]), fmt::format("Put {} after {}.", kInstants[i].field, kInstants[i - 1].field));
    }
  }
  if (IssuingCloses(schedule) <= IssuingOpens(schedule)) {
    return errors::ScheduleInvalid(
        "schedule.voting_closes",
        "Leave more than an hour between the close of filing and the close of voting: "
        "credentials are collected in it, but for its last hour.");
  }
  const auto record_day = ParseDate(record_date);
  if (!record_day.has_value() || *record_day > DateOf(FromTimestamp(schedule.voting_opens()))) {
    return errors::ScheduleInvalid("record_date",
                                   "Give the record date as YYYY-MM-DD, not after the day voting opens.");
  }
  return absl::OkStatus();
}

absl::Status CheckMove(const v1::Schedule& current, const v1::Schedule& wanted, absl::Time now) {
  for (const Instant& instant : kInstants) {
    const absl::Time from = At(current, instant);
    const absl::Time to = At(wanted, instant);
    if (from != to && (from <= now || to <= now)) return errors::PhasePast(instant.field);
  }
  return absl::OkStatus();
}

}  // namespace plenary::election
