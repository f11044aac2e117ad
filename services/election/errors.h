// The errors of the room, wording and codes in one file. Domain "plenary.election".
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/status/error.h"
#include "common/status/field_checks.h"

namespace plenary::election::errors {

// What a FieldChecks needs for its bad request.
const ErrorDomain& Domain();

// Elections.
absl::Status ElectionNotFound(std::string_view election);
absl::Status ElectionChanged();
// PERMISSION_DENIED, NOT_RETURNING_OFFICER and NOT_CANDIDATE.
absl::Status NotReturningOfficer();
absl::Status NotCandidate();
absl::Status PageTokenInvalid();
absl::Status ScheduleInvalid(std::string_view field, std::string sentence);
absl::Status ContestsInvalid(std::string_view field, std::string sentence);
absl::Status TermsInvalid(std::string_view field, std::string sentence);
absl::Status PhasePast(std::string_view field);
absl::Status ManifestPublished();
absl::Status ManifestNotFound();
absl::Status ManifestNotPublished();
absl::Status ManifestTooLong(std::size_t size);
absl::Status ManifestInvalid(std::string_view what);
absl::Status FilingStillOpen(absl::Time closes);
absl::Status VotingAlreadyOpen();
absl::Status RollNotFrozen(std::string sentence);
// Both ROLL_UNSUITABLE: it lists people where seats are filled; it was frozen for another act than voting.
absl::Status RollNotOfCompanies();
absl::Status RollNotOfVoters();
absl::Status CandidaciesPending(int pending);
absl::Status NoCandidates();
absl::Status TooManyCandidates(std::string_view contest, int candidates, int most);

// Candidacies.
absl::Status CandidacyNotFound();
absl::Status ContestNotFound();
absl::Status ContestIsAPoll();
absl::Status FilingNotOpen(absl::Time opens);
absl::Status FilingClosed();
absl::Status HoldsAnotherPosition(std::string_view seat, std::string_view end_date);
absl::Status IsReturningOfficer();
absl::Status AlreadyACandidate();
// FAILED_PRECONDITION with the reason membership gave for refusing the right to hold office.
absl::Status NoRightToHoldOffice(std::string_view reason, std::string_view remedy);
absl::Status CodeNotAccepted(std::string_view code_version);
absl::Status CandidacyNotCompleted();
absl::Status CandidacyWithdrawn();

// Counting and certifying.
absl::Status VotingStillOpen(absl::Time closes);
absl::Status MoreBallotsThanCredentials(int ballots, int issued);
absl::Status BallotBoxInconsistent(std::string_view what);
absl::Status CountUnfinished(std::string_view contest);
absl::Status RecountDiffers();
absl::Status ResultNotFound();
absl::Status ReportNotKept();
absl::Status NotCounted();
absl::Status AlreadyCertified();

// The ballot box.
absl::Status BoxNotFound();
absl::Status ManifestMismatch(std::string sentence);
absl::Status ManifestFixed();
absl::Status ManifestUnknown();
absl::Status BallotLengthInvalid(std::size_t expected, std::size_t actual);
absl::Status BallotMalformed();
// BALLOT_LENGTH_INVALID for bytes too few to name a manifest, BALLOT_MALFORMED for others that are no ballot.
absl::Status UnreadableBallot(std::size_t size);
absl::Status CredentialInvalid();
absl::Status BallotSignatureInvalid();
absl::Status PlaintextInvalid(std::string_view check);
absl::Status TooManyMarks();
absl::Status TooFewMarks();
absl::Status OptionUnknown();
absl::Status RanksInvalid();
absl::Status ScoreInvalid();
absl::Status VotingNotOpen(absl::Time opens);
absl::Status VotingClosed();
absl::Status BallotAlreadyCast();
absl::Status BallotOutcomeUnknown();

// The voter's client.
absl::Status ManifestDiffers(std::string_view where);
absl::Status ManifestForged();
// FAILED_PRECONDITION, LOG_FORGED. `how` continues "The public log is not to be trusted: ".
absl::Status LogForged(std::string_view how);
absl::Status RegistrarsUnknown(std::size_t needed, std::size_t known);
absl::Status BallotStateBusy(std::string_view path);
absl::Status BallotNotCast();
absl::Status NothingToRecover();
// DATA_LOSS: the closed log lacks a ballot that the box gave a receipt for.
absl::Status BallotStolen();
absl::Status ReceiptInvalid();
absl::Status BallotStateUnusable(std::string sentence);
absl::Status BallotFixed();

}  // namespace plenary::election::errors
