#include "services/membership/errors_registrar.h"

#include <fmt/format.h>

#include <string>

#include "services/membership/errors.h"
#include "services/membership/limits_registrar.h"

namespace plenary::membership::errors {

using absl::StatusCode;

absl::Status JournalLost(std::string_view path) {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "JOURNAL_LOST",
      fmt::format(
          "The registrar refuses to serve: its journal {} is gone, and the database has credentials that "
          "it would have to tell of. Put the file back where it was, or say where it is now.",
          path));
}

absl::Status JournalNotTakenOver(std::string_view path, std::string_view unit, std::string_view election,
                                 std::string_view because) {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "JOURNAL_AHEAD",
      fmt::format(
          "The registrar cannot take over its journal {} and refuses to serve: the journal says that {} "
          "collected a credential for {}, and the database {}. Nothing was changed. Restore another "
          "backup of the database, or put back the journal that belongs to it.",
          path, unit, election, because));
}

absl::Status KeyEncryptionMissing() {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "KEY_ENCRYPTION_MISSING",
      "Say where the key stands that the registrar's keys are sealed with: "
      "--key_encryption_file FILE, on another disk than the database where there is one. It is "
      "made when it is not there.");
}

absl::Status KeyEncryptionUnusable(std::string_view path, std::string_view because) {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "KEY_ENCRYPTION_UNUSABLE",
      fmt::format("The file {} that seals the registrar's keys cannot be used: {}. Put the right file there, "
                  "then start again.",
                  path, because));
}

absl::Status KeyEncryptionWrong(std::string_view path, std::string_view election) {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "KEY_ENCRYPTION_UNUSABLE",
      fmt::format(
          "The registrar refuses to serve: the file {} does not open its keys for {}. It is another file "
          "than the one that sealed them; put that one back.",
          path, election));
}

absl::Status KeysDestroyed(StatusCode code, std::string_view election) {
  return kDomain.Error(
      code, "KEYS_DESTROYED",
      "This election is certified, and the registrar's keys for it are destroyed. Nothing is "
      "signed for it any more.",
      {{"election", election}});
}

absl::Status IssuingStillOpen(std::string_view election) {
  return kDomain.Error(StatusCode::kFailedPrecondition, "ISSUING_STILL_OPEN",
                       "Credentials of this election are still issued. The list is signed once that is over.",
                       {{"election", election}});
}

absl::Status ListNotSigned(std::string_view election) {
  return kDomain.Error(StatusCode::kFailedPrecondition, "ISSUING_STILL_OPEN",
                       "The list of this election is not signed yet. It is once the returning officer closes "
                       "the election: ask "
                       "again then.",
                       {{"election", election}});
}

absl::Status DisputesOpen(std::string_view election) {
  return kDomain.Error(StatusCode::kFailedPrecondition, "DISPUTES_OPEN",
                       "Somebody disputes what the registrar recorded. Answer the disputes first: `plenary "
                       "issuance disputes`, or `plenary auditor disputes` at the auditor's registrar.",
                       {{"election", election}});
}

absl::Status DisputeOpen(std::string_view election) {
  return kDomain.Error(StatusCode::kAlreadyExists, "DISPUTE_OPEN",
                       "A dispute of this line is open. Wait for its answer.", {{"election", election}});
}

absl::Status DisputesUsedUp(std::string_view election) {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "DISPUTES_USED_UP",
      fmt::format(
          "This line was disputed {} times here and answered each time: the last answer stands, and "
          "nothing waits any longer. All of it stays on record. Have the auditor, or a meeting of the "
          "association, look at it.",
          limits::kDisputesOfLine),
      {{"election", election}});
}

absl::Status DisputeNotFound(std::string_view dispute) {
  return kDomain.Error(StatusCode::kNotFound, "DISPUTE_NOT_FOUND",
                       "There is no such dispute. List the disputes of the election.",
                       {{"dispute", dispute}});
}

absl::Status DisputeAnswered(std::string_view dispute) {
  return kDomain.Error(
      StatusCode::kAlreadyExists, "DISPUTE_ANSWERED",
      "This dispute is answered, and an answer stands. Another dispute of the same line has a name of its "
      "own: list the disputes.",
      {{"dispute", dispute}});
}

absl::Status RollNotFrozen(std::string_view election) {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "ROLL_NOT_FROZEN",
      "The auditor's registrar has no copy of the roll of this election. Export the roll, have "
      "the auditor check it, and freeze it: `plenary auditor roll freeze FILE`.",
      {{"election", election}});
}

absl::Status RollCopyInvalid(std::string_view because) {
  return kDomain.Error(
      StatusCode::kInvalidArgument, "ROLL_COPY_INVALID",
      fmt::format("{} Nothing was stored. Export the roll again, or mend the file.", because));
}

absl::Status RollCopyCutShort() {
  return kDomain.Error(StatusCode::kCancelled, "CALLER_GONE",
                       "The roll broke off before its end, so nothing was stored. Send it again.");
}

absl::Status NotOnRollCopy(std::string_view election) {
  return kDomain.Error(
      StatusCode::kPermissionDenied, "NOT_ON_ROLL",
      "The auditor's copy of the roll has no line for the address that you proved. If the association has "
      "another address of yours, prove that one: --auditor-email ADDRESS when you vote or collect, `plenary "
      "auditor login` for anything else. If not, ask the auditor why.",
      {{"election", election}});
}

absl::Status UnitNotOnRollCopy(std::string_view unit) {
  return kDomain.Error(StatusCode::kNotFound, "NOT_ON_ROLL",
                       "The roll copy of this election has no such line. See `plenary auditor roll list`.",
                       {{"unit", unit}});
}

absl::Status PersonOnAnotherLine(std::string_view person, std::string_view unit) {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "COLLECTS_FOR_ANOTHER_LINE",
      fmt::format("{} stands on the line of {}, and nobody collects for two. Nothing was changed. Substitute "
                  "there first (`plenary auditor substitute`), or name somebody else here.",
                  person, unit),
      {{"person", person}, {"unit", unit}});
}

absl::Status AddressOnAnotherLine(std::string_view email, std::string_view unit) {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "ADDRESS_ON_ANOTHER_LINE",
      fmt::format("{} stands on the line of {}, and an address opens one line. Nothing was changed. Give "
                  "another address of this person, or substitute there first (`plenary auditor substitute`).",
                  email, unit),
      {{"unit", unit}});
}

absl::Status CredentialOfLineIssued(std::string_view unit) {
  return kDomain.Error(StatusCode::kAlreadyExists, "CREDENTIAL_ALREADY_ISSUED",
                       "The credential of this line was collected here already. Whoever collected it votes.",
                       {{"unit", unit}});
}

absl::Status TooManyCodesFromPlace() {
  return kDomain.Error(
      StatusCode::kResourceExhausted, "TOO_MANY_CODES",
      "Too many codes were requested from your network. Use the last one that came, which is good for 15 "
      "minutes; else request one from another network, or wait up to an hour.");
}

absl::Status TooManyCodesOfAddress() {
  return kDomain.Error(StatusCode::kResourceExhausted, "TOO_MANY_CODES",
                       "Many codes were requested for this address, maybe not by you. The last one that came "
                       "is good, unless it "
                       "was used: prove it, or wait 15 minutes.");
}

absl::Status ListBehindJournal(std::string_view election) {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "JOURNAL_AHEAD",
      fmt::format(
          "The registrar signs no list of {}: its journal has credentials that its database does not know "
          "of. Have its operator restore a newer backup of the database and start it again; where there is "
          "none, start it once with --take_over_journal.",
          election));
}

absl::Status TooManyWrongCodes() {
  return kDomain.Error(
      StatusCode::kResourceExhausted, "TOO_MANY_CODES",
      "Too many wrong codes came from your network. Prove the code from another network, or wait up to an "
      "hour.");
}

absl::Status CodeWrong() {
  return kDomain.Error(
      StatusCode::kUnauthenticated, "CODE_WRONG",
      "This is not the code, or it is used, older than 15 minutes, or was tried too often. Type "
      "it as it stands in the mail of the auditor's registrar, or request another.");
}

absl::Status AuditorEmailMissing() {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "AUDITOR_EMAIL_MISSING",
      "Say who operates this registrar: --auditor_email ADDRESS, where codes for the auditor go.");
}

}  // namespace plenary::membership::errors
