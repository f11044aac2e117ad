#include "services/membership/errors.h"

#include <fmt/format.h>

#include <string>

namespace plenary::membership::errors {
namespace {

using absl::StatusCode;

constexpr char kManifestRefused[] = "Tell the returning officer: no credential is issued under it.";

absl::Status NotFound(std::string_view reason, std::string_view key, std::string_view name,
                      std::string message) {
  return kDomain.Error(StatusCode::kNotFound, reason, std::move(message), {{key, name}});
}

absl::Status OfElection(StatusCode code, std::string_view reason, std::string_view election,
                        std::string message) {
  return kDomain.Error(code, reason, std::move(message), {{"election", election}});
}

}  // namespace

absl::Status FieldInvalid(std::string_view field, std::string_view sentence) {
  return kDomain.BadRequest("FIELD_INVALID", {{std::string(field), std::string(sentence)}});
}

absl::Status DateInvalid(std::string_view field, std::string_view value) {
  return kDomain.BadRequest(
      "DATE_INVALID", {{std::string(field), fmt::format("\"{}\" is not a date: write YYYY-MM-DD.", value)}});
}

absl::Status PersonNotFound(std::string_view person) {
  return NotFound("PERSON_NOT_FOUND", "person", person,
                  "Nobody of that name is on the register. Check the name or the address.");
}

absl::Status CompanyNotFound(std::string_view company) {
  return NotFound("COMPANY_NOT_FOUND", "company", company,
                  "No company of that name is on the register. Check the name.");
}

absl::Status RollNotFound(std::string_view election) {
  return NotFound("ROLL_NOT_FOUND", "election", election,
                  "The roll of this election is not frozen. Freeze it first.");
}

absl::Status ManifestNotFound(std::string_view election) {
  return NotFound("MANIFEST_NOT_FOUND", "election", election,
                  "No manifest of this election is published. Wait for its publication.");
}

absl::Status CredentialNotIssued(std::string_view election) {
  return NotFound("CREDENTIAL_NOT_ISSUED", "election", election,
                  "No credential was collected for this election. Collect one to vote.");
}

absl::Status NotProfessionalOfCompany(std::string_view company) {
  return kDomain.Error(
      StatusCode::kPermissionDenied, "NOT_PROFESSIONAL_OF_COMPANY",
      "Only staff, or a person of the company who may vote, names its representative. Ask one of them.",
      {{"company", company}});
}

absl::Status RepresentativeNotEntitled(std::string_view because) {
  return kDomain.Error(StatusCode::kFailedPrecondition, "REPRESENTATIVE_NOT_ENTITLED", std::string(because));
}

absl::Status CredentialOut(std::string_view company) {
  return kDomain.Error(StatusCode::kFailedPrecondition, "CREDENTIAL_ALREADY_ISSUED",
                       "The company has collected its credential for a running election. Name another "
                       "representative after voting has closed.",
                       {{"company", company}});
}

absl::Status CompanyChanged(std::string_view company) {
  return kDomain.Error(StatusCode::kAborted, "COMPANY_CHANGED",
                       "The company has changed since you read it. Read it again and decide anew.",
                       {{"company", company}});
}

absl::Status PersonChanged(std::string_view person) {
  return kDomain.Error(StatusCode::kAborted, "PERSON_CHANGED",
                       "The person has changed since you read them. Read them again and decide anew.",
                       {{"person", person}});
}

absl::Status CompanyNameTaken(std::string_view display_name) {
  return kDomain.Error(StatusCode::kAlreadyExists, "COMPANY_NAME_TAKEN",
                       "A company of this name is on the register. Say that company, or choose another name.",
                       {{"display_name", display_name}});
}

absl::Status EmailTaken() {
  return kDomain.Error(StatusCode::kAlreadyExists, "EMAIL_TAKEN",
                       "Somebody on the register has this address. Look them up, or give another address.");
}

absl::Status MoverRepresentsUnderCredential(std::string_view company) {
  return kDomain.Error(StatusCode::kFailedPrecondition, "CREDENTIAL_ALREADY_ISSUED",
                       "This person represents a company that has collected its credential for a running "
                       "election. Move them after voting has closed.",
                       {{"company", company}});
}

absl::Status NotEmployee(std::string_view company) {
  return kDomain.Error(StatusCode::kFailedPrecondition, "NOT_EMPLOYEE",
                       "Only a person of the company can administer it. Name one of them, or move the person "
                       "first.",
                       {{"company", company}});
}

absl::Status NotTheHolder(std::string_view holder) {
  return kDomain.Error(StatusCode::kPermissionDenied, "NOT_THE_HOLDER",
                       "Only staff may look at what is kept about another person. Ask the office.",
                       {{"holder", holder}});
}

absl::Status EmailNeedsOffice() {
  return kDomain.Error(StatusCode::kPermissionDenied, "EMAIL_NEEDS_OFFICE",
                       "Only the office changes an address, after it has made sure that it is yours. Ask the "
                       "office.");
}

absl::Status NotAdministrator(std::string_view company) {
  return kDomain.Error(StatusCode::kPermissionDenied, "NOT_ADMINISTRATOR",
                       "Only staff, or an administrator of the company, may do this. Ask one of them.",
                       {{"company", company}});
}

absl::Status LastAdministrator(std::string_view company) {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "LAST_ADMINISTRATOR",
      "The company would be left without an administrator. Appoint another first, or ask the "
      "office.",
      {{"company", company}});
}

absl::Status TooManyAdministrators(std::string_view company) {
  return kDomain.Error(StatusCode::kFailedPrecondition, "TOO_MANY_ADMINISTRATORS",
                       "A company has at most 50 administrators. Remove one first.", {{"company", company}});
}

absl::Status CategoryNotFound(std::string_view category) {
  return NotFound("CATEGORY_NOT_FOUND", "category", category,
                  "There is no such category. List the categories for those that there are.");
}

absl::Status CategoryVersionPast(std::string_view valid_from) {
  return kDomain.Error(StatusCode::kFailedPrecondition, "CATEGORY_VERSION_PAST",
                       "What held in the past does not change. Let the version hold from today or later.",
                       {{"valid_from", valid_from}});
}

absl::Status WaiverExists(std::string_view motion) {
  return kDomain.Error(StatusCode::kAlreadyExists, "WAIVER_EXISTS",
                       "This motion has granted a waiver of other content. A new waiver needs a new motion.",
                       {{"motion", motion}});
}

absl::Status RegisterChanged() {
  return kDomain.Error(
      StatusCode::kAborted, "REGISTER_CHANGED",
      "The register changed while the import was being stored. Nothing was stored; run it again.");
}

absl::Status CsvEncodingInvalid(std::int64_t line, std::string_view because) {
  return kDomain.Error(StatusCode::kInvalidArgument, "CSV_ENCODING_INVALID",
                       fmt::format("Line {}: {} Save the file as UTF-8.", line, because),
                       {{"line", std::to_string(line)}});
}

absl::Status CsvColumnsInvalid(std::string_view because) {
  return kDomain.Error(StatusCode::kInvalidArgument, "CSV_COLUMNS_INVALID", std::string(because));
}

absl::Status CsvMalformed(std::int64_t line, std::string_view because) {
  return kDomain.Error(StatusCode::kInvalidArgument, "CSV_MALFORMED",
                       fmt::format("Line {}: {}", line, because), {{"line", std::to_string(line)}});
}

absl::Status CsvTooLarge(std::string_view because) {
  return kDomain.Error(StatusCode::kInvalidArgument, "CSV_TOO_LARGE", std::string(because));
}

absl::Status ImportCutShort() {
  return kDomain.Error(StatusCode::kCancelled, "IMPORT_CUT_SHORT",
                       "The file did not arrive whole. Nothing was stored; send it again.");
}

absl::Status RollAlreadyFrozen(std::string_view election) {
  return OfElection(StatusCode::kAlreadyExists, "ROLL_ALREADY_FROZEN", election,
                    "The roll of this election is frozen already, for ever. Look at the roll that stands.");
}

absl::Status RollEmpty(std::string_view date) {
  return kDomain.Error(StatusCode::kFailedPrecondition, "ROLL_EMPTY",
                       "No company can vote as of the record date. Look at the eligibility of the companies "
                       "for what would mend it.",
                       {{"record_date", date}});
}

absl::Status RecordDateInFuture(std::string_view date) {
  return kDomain.Error(StatusCode::kFailedPrecondition, "RECORD_DATE_IN_FUTURE",
                       "The record date lies ahead. Freeze the roll on that day or later.",
                       {{"record_date", date}});
}

absl::Status ManifestInvalid(std::string_view because) {
  return kDomain.Error(StatusCode::kInvalidArgument, "MANIFEST_INVALID",
                       fmt::format("{} {}", because, kManifestRefused));
}

absl::Status ManifestMismatch(std::string_view because) {
  return kDomain.Error(StatusCode::kFailedPrecondition, "MANIFEST_MISMATCH",
                       fmt::format("{} {}", because, kManifestRefused));
}

absl::Status ManifestFixed(std::string_view election) {
  return OfElection(StatusCode::kAlreadyExists, "MANIFEST_FIXED", election,
                    "Another manifest of this election was accepted, and a manifest never changes. Tell the "
                    "returning officer.");
}

absl::Status IssuingNotOpen(std::string_view election) {
  return OfElection(
      StatusCode::kFailedPrecondition, "ISSUING_NOT_OPEN", election,
      "Credentials of this election are not issued yet. Try again when the campaign has begun.");
}

absl::Status IssuingClosed(std::string_view election) {
  return OfElection(StatusCode::kFailedPrecondition, "ISSUING_CLOSED", election,
                    "Credentials of this election are no longer issued: that ends before the voting does. "
                    "Vote with the one your company collected in time, if it did.");
}

absl::Status NotOnRoll(std::string_view election) {
  return OfElection(StatusCode::kPermissionDenied, "NOT_ON_ROLL", election,
                    "Your company is not on the roll of this election. Ask the office why.");
}

absl::Status PersonNotOnRoll(std::string_view election) {
  return OfElection(StatusCode::kPermissionDenied, "NOT_ON_ROLL", election,
                    "You are not on the roll of this election. Ask the office why.");
}

absl::Status NotRepresentative() {
  return kDomain.Error(
      StatusCode::kPermissionDenied, "NOT_REPRESENTATIVE",
      "Only the voting representative of your company may do this. Ask the office who that is.");
}

absl::Status BlindedMessageInvalid() {
  return kDomain.BadRequest("BLINDED_MESSAGE_INVALID",
                            {{"blinded_msg",
                              "A blinded message has 384 bytes and is a number in [1, n). Make it again with "
                              "an up-to-date client; nothing was used up."}});
}

absl::Status RecoveryBlobInvalid() {
  return kDomain.BadRequest(
      "RECOVERY_BLOB_INVALID",
      {{"recovery_blob", "Send a recovery blob of exactly 2,048 bytes, or leave it out."}});
}

absl::Status CredentialAlreadyIssued(std::string_view election) {
  return OfElection(
      StatusCode::kAlreadyExists, "CREDENTIAL_ALREADY_ISSUED", election,
      "The credential was collected already, for another key. Vote on the device that collected it, or "
      "go on with its recovery code: --recover, or --recover-file FILE.");
}

absl::Status JournalMissing() {
  return kDomain.Error(StatusCode::kFailedPrecondition, "JOURNAL_MISSING",
                       "Say where the registrar keeps its journal: --registrar_journal FILE, on another disk "
                       "than the database where there is one.");
}

absl::Status JournalUnusable(std::string_view path, std::string_view because) {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "JOURNAL_UNUSABLE",
      fmt::format(
          "The registrar's journal {} cannot be used: {}. Check the file and its folder, then start again.",
          path, because));
}

absl::Status JournalAhead(std::string_view path, std::string_view unit, std::string_view election) {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "JOURNAL_AHEAD",
      fmt::format(
          "The registrar refuses to serve: its journal {} says that {} collected a credential for {}, and "
          "the database does not know of it. The database is older than the journal: restore a newer backup, "
          "or what its binary log has. Where there is neither, start once with --take_over_journal, which "
          "puts "
          "the journal's credentials on record.",
          path, unit, election));
}

absl::Status JournalBroken() {
  return kDomain.Error(StatusCode::kUnavailable, "JOURNAL_BROKEN",
                       "The registrar signs nothing until somebody has looked at its journal and started it "
                       "again. Ask its operator; then send the same request again.");
}

}  // namespace plenary::membership::errors
