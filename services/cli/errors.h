// The errors the command makes itself, wording and codes in one file. Domain "plenary.cli". What a service
// answers is passed on as it is.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace plenary::cli::errors {

// INVALID_ARGUMENT, WRONG_USAGE: the arguments as such. `sentence` ends in a full stop.
absl::Status WrongUsage(std::string sentence);
// INVALID_ARGUMENT, INPUT_INVALID: what a file or an answer holds.
absl::Status InputInvalid(std::string sentence);
// INVALID_ARGUMENT, FILE_UNREADABLE / FILE_UNWRITABLE.
absl::Status FileUnreadable(std::string_view path, std::string_view because);
absl::Status FileUnwritable(std::string_view path, std::string_view because);
// INVALID_ARGUMENT, NOT_ON_RECORD: no registrar has a message of this ballot file on record for the caller.
// `elsewhere` is a sentence with a blank before it, or "".
absl::Status NotOnRecord(std::string_view path, std::string_view elsewhere);
// INVALID_ARGUMENT, RECEIPT_FILE_TAKEN: the file is not overwritten. `holds` is a noun.
// The error of writing it; the vote is cast.
absl::Status ReceiptNotWritten(std::string_view path, const absl::Status& error);
absl::Status ReceiptFileTaken(std::string_view path, std::string_view holds);
// INVALID_ARGUMENT, FILE_UNREADABLE: no ballots to count there; whoever meant an election learns its command.
absl::Status NoSuchBallotFile(std::string_view path);
// INVALID_ARGUMENT with the reader's own reason. `line` is 0 for the file as a whole.
absl::Status BallotFileInvalid(std::string_view path, long long line, std::string_view reason,
                               std::string_view sentence);
// INVALID_ARGUMENT, BUNDLE_UNREADABLE: there is no bundle to verify. `because` is the rest of a sentence.
absl::Status NoBundle(std::string_view folder, std::string_view because);
// FAILED_PRECONDITION, COUNT_UNDECIDED: counted, but a tie needs a lot.
absl::Status CountUndecided();
// INVALID_ARGUMENT, STACK_FILE_INVALID. `because` is a clause.
absl::Status StackFileInvalid(std::string_view path, std::string_view because);
// UNAVAILABLE, STACK_NOT_FOUND.
absl::Status StackNotFound(std::string_view part);
// UNAVAILABLE, SERVICE_UNREACHABLE.
absl::Status ServiceUnreachable(std::string_view part, std::string_view address);
// UNAVAILABLE, NOT_SERVING.
absl::Status NotServing(int count);
// DEADLINE_EXCEEDED, TIMEOUT.
absl::Status Timeout(std::string_view part, absl::Duration waited);
// FAILED_PRECONDITION, CLOCK_NOT_SIMULATED.
absl::Status ClockNotSimulated();
// FAILED_PRECONDITION, MAIL_NOT_KEPT.
absl::Status MailNotKept();
// NOT_FOUND, MAIL_NOT_FOUND / CODE_NOT_FOUND. `which` is a clause: "to ann@example.org".
absl::Status NoMail(std::string_view which);
absl::Status NoCodeInMail();
// UNAUTHENTICATED, NOT_SIGNED_IN.
absl::Status NotSignedIn();
// UNAUTHENTICATED, NOT_SIGNED_IN: at the auditor's registrar.
absl::Status AuditorNotSignedIn();
// NOT_FOUND, MAIL_NOT_FOUND: no code of the auditor's registrar came.
absl::Status NoAuditorMail(std::string_view email);
// FAILED_PRECONDITION, AUDITOR_CODE_NEEDED: one was mailed.
absl::Status AuditorCodeNeeded(std::string_view email);
// UNAUTHENTICATED, CODE_WRONG: as the auditor's registrar says it, of a code that was an argument.
absl::Status AuditorCodeWrong();
// INVALID_ARGUMENT, CODE_MISSING: nothing was typed when a terminal was asked.
absl::Status AuditorCodeNotTyped();
// UNAUTHENTICATED, SESSION_ENDED.
absl::Status SessionEnded(std::string_view at);
// FAILED_PRECONDITION, SIGN_IN_NOT_REQUESTED: a code without a sign-in that waits for it.
absl::Status NoSignInRequested(std::string_view email);
// NOT_FOUND, PERSON_NOT_FOUND / COMPANY_NOT_FOUND / ELECTION_NOT_FOUND.
absl::Status NobodyWithAddress(std::string_view email);
absl::Status NoCompanyNamed(std::string_view display_name);
absl::Status NoElectionCalled();
// INVALID_ARGUMENT, ROWS_INVALID.
absl::Status RowsInvalid(long long count);
// INVALID_ARGUMENT, ROWS_LEFT_OUT: the others are stored.
absl::Status RowsLeftOut(long long count);
// INVALID_ARGUMENT, NOT_CONFIRMED: the person did not say yes.
absl::Status NotConfirmed();
// UNAVAILABLE, VOTE_INTERRUPTED.
absl::Status VoteInterrupted();
// DATA_LOSS, CHECK_FAILED: something was found and is not what it says. `sentence` tells what to do.
absl::Status CheckFailed(std::string sentence);

}  // namespace plenary::cli::errors
