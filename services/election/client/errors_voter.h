// The errors that a voter's client makes itself, beside those of services/election/errors.h; the first is a
// trustee's client's too. Domain "plenary.election".
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace plenary::election::errors {

// NOT_FOUND, MANIFEST_NOT_FOUND: the manifest is on its way. `where` begins the sentence.
absl::Status ManifestNotTakenOver(std::string_view where);
// ALREADY_EXISTS, CREDENTIALS_DIFFER: a registrar has signed another key than the ones before it. `registrar`
// is as RegistrarAccess names it, `state_path` the ballot's file.
absl::Status CredentialsDiffer(std::string_view registrar, std::string_view election,
                               std::string_view state_path);
// NOT_FOUND, NOTHING_LEFT_TO_RECOVER: a credential was collected, and nothing left beside it.
absl::Status NothingLeftToRecover(std::string_view election);
// INVALID_ARGUMENT, SECRET_WRONG: the code opens nothing that was left.
absl::Status RecoveryCodeWrong();
// ALREADY_EXISTS, BALLOT_ALREADY_CAST: as the box says it, with where the other ballot is to be looked for.
// `election` is "elections/{election}".
absl::Status AnotherBallotStands(std::string_view election);
// ALREADY_EXISTS, BALLOT_FIXED: other choices than those of a ballot that has its receipt.
absl::Status AlreadyVoted(std::string_view election);
// BALLOT_ALREADY_CAST once the log is closed without the ballot.
absl::Status RefusedForAnother(std::string_view election);
// DATA_LOSS, BALLOT_ALREADY_CAST: the box says so of a ballot that it gave a receipt for. `state_path` is the
// ballot's file.
absl::Status ReceiptDisowned(std::string_view election, std::string_view state_path);
// FAILED_PRECONDITION, VOTING_NOT_OPEN: as the box says it, but said before anything is sent.
absl::Status VotingOpensLater(absl::Time opens, absl::Time now);

}  // namespace plenary::election::errors
