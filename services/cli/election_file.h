// The file that calls an election.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "plenary/election/v1/resources.pb.h"

namespace plenary::cli {

// Reads {display_name, schedule: {filing_opens, filing_closes, voting_opens, voting_closes, handover_opens,
// seats_on} (RFC 3339), record_date, returning_officer, trustees, trustee_threshold, contests: [{id,
// display_name, method, seats, min_marks, max_marks, max_score, none_of_these, and for the seats of a body:
// body, terms: [{winners, years}]; for a poll: options: [{id, display_name, picture_uri}]}]}. `method` is a
// word of counting/method.h or a name of the contract, "block" unless given. `returning_officer` and
// `trustees` stay as they are written: e-mail addresses or names. INVALID_ARGUMENT, reason INPUT_INVALID,
// names what is wrong.
absl::StatusOr<election::v1::Election> ReadElectionFile(std::string_view text);

}  // namespace plenary::cli
