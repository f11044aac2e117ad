#include "services/cli/errors.h"

#include <utility>

#include "common/status/error.h"
#include "fmt/format.h"

namespace plenary::cli::errors {
namespace {
constexpr ErrorDomain kDomain("plenary.cli");
}  // namespace

absl::Status WrongUsage(std::string sentence) {
  return kDomain.Error(absl::StatusCode::kInvalidArgument, "WRONG_USAGE", std::move(sentence));
}

absl::Status InputInvalid(std::string sentence) {
  return kDomain.Error(absl::StatusCode::kInvalidArgument, "INPUT_INVALID", std::move(sentence));
}

absl::Status FileUnreadable(std::string_view path, std::string_view because) {
  return kDomain.Error(absl::StatusCode::kInvalidArgument, "FILE_UNREADABLE",
                       fmt::format("Cannot read {}: {}. Check its path and owner.", path, because));
}

absl::Status FileUnwritable(std::string_view path, std::string_view because) {
  return kDomain.Error(absl::StatusCode::kInvalidArgument, "FILE_UNWRITABLE",
                       fmt::format("Cannot write {}: {}. Name another place.", path, because));
}

absl::Status NotOnRecord(std::string_view path, std::string_view elsewhere) {
  return kDomain.Error(
      absl::StatusCode::kInvalidArgument, "NOT_ON_RECORD",
      fmt::format(
          "The registrar does not have the message of {} on record for you, and nothing was sent.{} Is it "
          "the ballot file of somebody else, or of before a recovery? Name your own, the one that `plenary "
          "vote` says it keeps. If it is your own, add --not-on-record.",
          path, elsewhere));
}

absl::Status ReceiptFileTaken(std::string_view path, std::string_view holds) {
  return kDomain.Error(
      absl::StatusCode::kInvalidArgument, "RECEIPT_FILE_TAKEN",
      fmt::format("{} holds {}, and nothing was sent. Name another file with --receipt, or move "
                  "this one away first.",
                  path, holds));
}

absl::Status ReceiptNotWritten(std::string_view path, const absl::Status& error) {
  return kDomain.Error(absl::StatusCode::kFailedPrecondition, "RECEIPT_NOT_WRITTEN",
                       fmt::format("Your ballot is cast; only its receipt could not be written to {}. {} The "
                                   "same command with another --receipt gets the same receipt again.",
                                   path, std::string(error.message())));
}

absl::Status NoSuchBallotFile(std::string_view path) {
  const bool may_be_election = path.find('.') == std::string_view::npos || path.substr(0, 10) == "elections/";
  if (!may_be_election) return FileUnreadable(path, "there is no such file");
  return kDomain.Error(absl::StatusCode::kInvalidArgument, "FILE_UNREADABLE",
                       fmt::format("There is no file {}. Name a file of ballots; to count an election, use "
                                   "`plenary election count {}`.",
                                   path, path));
}

absl::Status BallotFileInvalid(std::string_view path, long long line, std::string_view reason,
                               std::string_view sentence) {
  const std::string_view file = path == "-" ? "standard input" : path;
  return kDomain.Error(absl::StatusCode::kInvalidArgument, reason,
                       line > 0 ? fmt::format("{}, line {}: {}", file, line, sentence)
                                : fmt::format("{}: {}", file, sentence));
}

absl::Status NoBundle(std::string_view folder, std::string_view because) {
  return kDomain.Error(
      absl::StatusCode::kInvalidArgument, "BUNDLE_UNREADABLE",
      fmt::format("{} {}. Name the folder that `plenary bundle export ELECTION --out FOLDER` "
                  "wrote.",
                  folder, because));
}

absl::Status CountUndecided() {
  return kDomain.Error(
      absl::StatusCode::kFailedPrecondition, "COUNT_UNDECIDED",
      "The count is undecided: a tie needs a lot. Draw a seed in public and count again with "
      "--lot-seed; `plenary count --help` says how.");
}

absl::Status StackFileInvalid(std::string_view path, std::string_view because) {
  return kDomain.Error(absl::StatusCode::kInvalidArgument, "STACK_FILE_INVALID",
                       fmt::format("The stack file {} is no use: {}. Start the stack again with "
                                   "`deploy/stack up`, or correct PLENARY_STACK.",
                                   path, because));
}

absl::Status StackNotFound(std::string_view part) {
  return kDomain.Error(absl::StatusCode::kUnavailable, "STACK_NOT_FOUND",
                       fmt::format("No address of the {} service was found. Start a stack with "
                                   "`deploy/stack up`, or name the service with --{} HOST:PORT.",
                                   part, part));
}

absl::Status ServiceUnreachable(std::string_view part, std::string_view address) {
  return kDomain.Error(absl::StatusCode::kUnavailable, "SERVICE_UNREACHABLE",
                       fmt::format("The {} service at {} cannot be reached. See `plenary status`; "
                                   "`deploy/stack up` starts a stack.",
                                   part, address));
}

absl::Status NotServing(int count) {
  return kDomain.Error(absl::StatusCode::kUnavailable, "NOT_SERVING",
                       fmt::format("{} of the services {} not serving. Try again in a minute, or start the "
                                   "stack with `deploy/stack up`.",
                                   count, count == 1 ? "is" : "are"));
}

absl::Status Timeout(std::string_view part, absl::Duration waited) {
  return kDomain.Error(absl::StatusCode::kDeadlineExceeded, "TIMEOUT",
                       fmt::format("The {} service did not answer within {} s. Try again; a change may have "
                                   "been made all the same.",
                                   part, absl::ToInt64Seconds(waited)));
}

absl::Status ClockNotSimulated() {
  return kDomain.Error(absl::StatusCode::kFailedPrecondition, "CLOCK_NOT_SIMULATED",
                       "This stack goes by real time. Only a development stack has a clock to set, named by "
                       "PLENARY_CLOCK_FILE.");
}

absl::Status MailNotKept() {
  return kDomain.Error(
      absl::StatusCode::kFailedPrecondition, "MAIL_NOT_KEPT",
      "This stack keeps no mail. A development stack does, in the folder that PLENARY_MAIL_DIR "
      "names, when python3-aiosmtpd is installed.");
}

absl::Status NoMail(std::string_view which) {
  return kDomain.Error(absl::StatusCode::kNotFound, "MAIL_NOT_FOUND",
                       fmt::format("There is no mail{}{}. It goes out within a second: look again, or at "
                                   "`plenary notice list`.",
                                   which.empty() ? "" : " ", which));
}

absl::Status NoCodeInMail() {
  return kDomain.Error(absl::StatusCode::kNotFound, "CODE_NOT_FOUND",
                       "This mail has no code. Leave --code out to read it.");
}

absl::Status NotSignedIn() {
  return kDomain.Error(absl::StatusCode::kUnauthenticated, "NOT_SIGNED_IN",
                       "You are not signed in. Use `plenary login EMAIL`.");
}

absl::Status AuditorNotSignedIn() {
  return kDomain.Error(absl::StatusCode::kUnauthenticated, "NOT_SIGNED_IN",
                       "You are not signed in at the auditor's registrar, or no longer. Use `plenary auditor "
                       "login --email EMAIL`.");
}

absl::Status NoAuditorMail(std::string_view email) {
  return kDomain.Error(
      absl::StatusCode::kNotFound, "MAIL_NOT_FOUND",
      fmt::format("The auditor's registrar mailed no code to {}: the address is not in its copy "
                  "of the roll, or its mail is held up. Ask the auditor.",
                  email));
}

absl::Status AuditorCodeNeeded(std::string_view email) {
  return kDomain.Error(
      absl::StatusCode::kFailedPrecondition, "AUDITOR_CODE_NEEDED",
      fmt::format(
          "The auditor's registrar does not take your session: it mails a code of its own to {}, if that "
          "address is on the roll. Run the same command again with --auditor-code-file FILE, whose first "
          "line is that code; - reads standard input.",
          email));
}
absl::Status AuditorCodeWrong() {
  return kDomain.Error(
      absl::StatusCode::kUnauthenticated, "CODE_WRONG",
      "This is not the code of the auditor's registrar, or it is used, older than 15 minutes, or was tried "
      "too often. Run the same command without a code: another is mailed.");
}
absl::Status AuditorCodeNotTyped() {
  return kDomain.Error(
      absl::StatusCode::kInvalidArgument, "CODE_MISSING",
      "No code was typed, and the auditor's registrar was not asked any further. Use the same command again: "
      "another code is mailed, unless one that came is still good.");
}
absl::Status SessionEnded(std::string_view at) {
  return kDomain.Error(absl::StatusCode::kUnauthenticated, "SESSION_ENDED",
                       fmt::format("Your session ended at {}. Use `plenary login EMAIL` again.", at));
}

absl::Status NoSignInRequested(std::string_view email) {
  return kDomain.Error(
      absl::StatusCode::kFailedPrecondition, "SIGN_IN_NOT_REQUESTED",
      fmt::format("No code was asked for with this session file. Use `plenary login {}` first.", email));
}

absl::Status NobodyWithAddress(std::string_view email) {
  return kDomain.Error(absl::StatusCode::kNotFound, "PERSON_NOT_FOUND",
                       fmt::format("Nobody on the register has the address {}. Check the spelling.", email));
}

absl::Status NoCompanyNamed(std::string_view display_name) {
  return kDomain.Error(
      absl::StatusCode::kNotFound, "COMPANY_NOT_FOUND",
      fmt::format("No company on the register is called \"{}\". Look it up with `plenary company list`.",
                  display_name));
}

absl::Status NoElectionCalled() {
  return kDomain.Error(
      absl::StatusCode::kNotFound, "ELECTION_NOT_FOUND",
      "No election has been called yet. Staff call one with `plenary election create FILE`.");
}

absl::Status RowsLeftOut(long long count) {
  return kDomain.Error(
      absl::StatusCode::kInvalidArgument, "ROWS_LEFT_OUT",
      fmt::format("{} row{} left out; the others are stored. Mend the file and send it again as a whole.",
                  count, count == 1 ? " was" : "s were"));
}

absl::Status RowsInvalid(long long count) {
  return kDomain.Error(
      absl::StatusCode::kInvalidArgument, "ROWS_INVALID",
      fmt::format("{} row{} cannot be taken, and nothing was stored. Mend the file and import it again.",
                  count, count == 1 ? "" : "s"));
}

absl::Status NotConfirmed() {
  return kDomain.Error(absl::StatusCode::kInvalidArgument, "NOT_CONFIRMED",
                       "Nothing was sent. Answer \"yes\", or add --yes.");
}

absl::Status VoteInterrupted() {
  return kDomain.Error(absl::StatusCode::kUnavailable, "VOTE_INTERRUPTED",
                       "A service did not answer on the way. Use the same command again: it goes on with the "
                       "same key and the same ballot. See `plenary status`.");
}

absl::Status CheckFailed(std::string sentence) {
  return kDomain.Error(absl::StatusCode::kDataLoss, "CHECK_FAILED", std::move(sentence));
}

}  // namespace plenary::cli::errors
