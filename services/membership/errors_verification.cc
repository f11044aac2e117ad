#include "services/membership/errors_verification.h"

#include <fmt/format.h>

#include <string>

#include "absl/strings/ascii.h"
#include "services/membership/errors.h"

namespace plenary::membership::errors {
namespace {

using absl::StatusCode;

// "received" for STATE_RECEIVED.
std::string WordOf(std::string_view state_name) {
  constexpr std::string_view kPrefix = "STATE_";
  const std::string name(state_name.substr(state_name.rfind(kPrefix, 0) == 0 ? kPrefix.size() : 0));
  return absl::AsciiStrToLower(name);
}

}  // namespace

absl::Status DeclarationMissing(std::string_view field) {
  return kDomain.BadRequest("DECLARATION_MISSING",
                            {{std::string(field),
                              "A letter counts only from somebody who is no relative, has no part in your "
                              "reporting line and may be contacted. Declare that, or ask somebody else."}});
}

absl::Status RefereeConflict(std::string_view because) {
  return kDomain.Error(StatusCode::kFailedPrecondition, "REFEREE_CONFLICT",
                       fmt::format("{} Ask somebody else.", because));
}

absl::Status LetterExists() {
  return kDomain.Error(
      StatusCode::kAlreadyExists, "LETTER_EXISTS",
      "A letter of this referee is under way or accepted, and counts once. Ask somebody else, "
      "or withdraw that one first.");
}

absl::Status LetterRequestsTooMany() {
  return kDomain.Error(StatusCode::kResourceExhausted, "LETTER_REQUESTS_TOO_MANY",
                       "Five letters were asked for within a day. Ask for more tomorrow.");
}

absl::Status LetterNotFound(std::string_view letter) {
  return kDomain.Error(StatusCode::kNotFound, "LETTER_NOT_FOUND",
                       "There is no such letter of yours. Look at the list of letters.",
                       {{"letter", letter}});
}

absl::Status LetterTokenInvalid() {
  return kDomain.Error(
      StatusCode::kNotFound, "LETTER_TOKEN_INVALID",
      "This link is not good, or no longer: it was used, withdrawn, or is older than 30 days. "
      "Ask the member for another one.");
}

absl::Status LetterStateWrong(std::string_view letter, v1::Letter::State state) {
  const std::string word = WordOf(v1::Letter::State_Name(state));
  return kDomain.Error(StatusCode::kFailedPrecondition, "LETTER_STATE_WRONG",
                       fmt::format("The letter is {}, which does not allow this. Look at the letter.", word),
                       {{"letter", letter}, {"state", word}});
}

absl::Status LettersEnough(std::string_view person) {
  return kDomain.Error(StatusCode::kFailedPrecondition, "LETTERS_ENOUGH",
                       "The member has ten accepted letters, and more never count. Refuse this one.",
                       {{"person", person}});
}

absl::Status WayAsksNothing() {
  return kDomain.BadRequest(
      "WAY_ASKS_NOTHING",
      {{"way",
        "A way that asks for nothing would verify everybody. Ask for letters, a certification, people who "
        "vouch or a motion."}});
}

absl::Status WayNotFound(std::string_view way) {
  return kDomain.Error(StatusCode::kNotFound, "WAY_NOT_FOUND",
                       "No way of that name holds on that day. Look at the list of ways.", {{"way", way}});
}

absl::Status VoucherNotEntitled(std::string_view remedy) {
  return kDomain.Error(StatusCode::kPermissionDenied, "VOUCHER_NOT_ENTITLED",
                       fmt::format("Only who may vote vouches for others. {}", remedy));
}

absl::Status VoucherConflict(std::string_view because) {
  return kDomain.Error(StatusCode::kFailedPrecondition, "VOUCHER_CONFLICT",
                       fmt::format("{} Somebody else has to vouch.", because));
}

absl::Status VouchNotFound() {
  return kDomain.Error(StatusCode::kNotFound, "VOUCH_NOT_FOUND",
                       "There is no vouch of this person for that one which still counts. Look at the list.");
}

absl::Status GrantNotFound() {
  return kDomain.Error(
      StatusCode::kNotFound, "GRANT_NOT_FOUND",
      "This motion has not verified this person for this category, or no longer does. Check the "
      "names.");
}

absl::Status TermsNotAccepted() {
  return kDomain.BadRequest(
      "TERMS_NOT_ACCEPTED",
      {{"application.accepted_terms",
        "Nobody applies without accepting the terms. Name the terms that you accept."}});
}

absl::Status ApplicationsTooMany() {
  return kDomain.Error(StatusCode::kResourceExhausted, "APPLICATIONS_TOO_MANY",
                       "Too many applications came within this hour. Try again in the next one.");
}

absl::Status ApplicationNotFound(std::string_view application) {
  return kDomain.Error(StatusCode::kNotFound, "APPLICATION_NOT_FOUND",
                       "There is no such application. Look at the list of applications.",
                       {{"application", application}});
}

absl::Status ApplicationTokenInvalid() {
  return kDomain.Error(StatusCode::kNotFound, "APPLICATION_TOKEN_INVALID",
                       "This link is not good, or no longer: the application was not confirmed in time, was "
                       "withdrawn, or is decided. Apply again if you like.");
}

absl::Status ApplicationExists() {
  return kDomain.Error(
      StatusCode::kAlreadyExists, "APPLICATION_EXISTS",
      "Another application from your address waits for its decision. Wait for that, or withdraw "
      "it first.");
}

absl::Status ApplicationStateWrong(std::string_view application, v1::Application::State state) {
  const std::string word = WordOf(v1::Application::State_Name(state));
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "APPLICATION_STATE_WRONG",
      fmt::format("The application is {}, which does not allow this. Look at the application.", word),
      {{"application", application}, {"state", word}});
}

absl::Status CompanyExists(std::string_view company) {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "COMPANY_EXISTS",
      "A company of that name is on the register. When the applicant works there, approve with "
      "that company; otherwise refuse, and ask for another name.",
      {{"company", company}});
}

absl::Status PersonExists() {
  return kDomain.Error(StatusCode::kAlreadyExists, "PERSON_EXISTS",
                       "The address is on the register. Give that person the membership, and refuse this "
                       "application.");
}

}  // namespace plenary::membership::errors
