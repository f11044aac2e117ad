// The calendar of an election: which phase it is in, and how its instants may move.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "plenary/election/v1/resources.pb.h"

namespace plenary::election {

// Each phase begins at its instant and ends where the next begins; before filing: PHASE_UNSPECIFIED.
v1::Election::Phase PhaseAt(const v1::Schedule& schedule, absl::Time now);

// Issuing of credentials: from the close of filing to one hour before voting closes.
absl::Time IssuingOpens(const v1::Schedule& schedule);
absl::Time IssuingCloses(const v1::Schedule& schedule);

// SCHEDULE_INVALID unless all six instants are given, are whole seconds, strictly ascend, and leave time to
// collect a credential; and unless the record date exists and is not after the day voting opens (the roll is
// frozen before the manifest, and the manifest stands before voting opens). Field paths begin at the
// election.
absl::Status CheckSchedule(const v1::Schedule& schedule, const std::string& record_date);

// PHASE_PAST unless every instant that has passed stays as it is and no other moves into the past.
absl::Status CheckMove(const v1::Schedule& current, const v1::Schedule& wanted, absl::Time now);

}  // namespace plenary::election
