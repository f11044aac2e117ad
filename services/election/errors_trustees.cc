#include "services/election/errors_trustees.h"

#include <fmt/format.h>

#include <utility>

#include "services/election/errors.h"

namespace plenary::election::errors {
namespace {

absl::Status Refused(std::string_view reason, std::string message) {
  return Domain().Error(absl::StatusCode::kFailedPrecondition, reason, std::move(message));
}
absl::Status Exists(std::string_view reason, std::string message) {
  return Domain().Error(absl::StatusCode::kAlreadyExists, reason, std::move(message));
}
absl::Status Lost(std::string_view reason, std::string message) {
  return Domain().Error(absl::StatusCode::kDataLoss, reason, std::move(message));
}
absl::Status Field(std::string_view reason, std::string_view field, std::string sentence) {
  return Domain().BadRequest(reason, {{std::string(field), std::move(sentence)}});
}

}  // namespace

absl::Status TrusteesInvalid(std::string_view field, std::string sentence) {
  return Field("TRUSTEES_INVALID", field, std::move(sentence));
}
absl::Status NotTrustee() {
  return Domain().Error(absl::StatusCode::kPermissionDenied, "NOT_TRUSTEE",
                        "Only the trustees of this election may do this. Ask them; the election names them.");
}
absl::Status NoTrustees() {
  return Refused(
      "TRUSTEES_NOT_READY",
      "The election has no trustees: it was called before there were any. The returning officer names "
      "some with `plenary trustee reset` and their addresses.");
}
absl::Status TrusteesNotReady(std::string_view who, std::string_view what, std::string_view next) {
  return Domain().Error(
      absl::StatusCode::kFailedPrecondition, "TRUSTEES_NOT_READY",
      fmt::format(
          "The trustees are not ready: {} {} yet. Ask them to run `{}`, or replace them with `plenary "
          "trustee reset`.",
          who, what, next),
      {{"trustees", who}});
}

absl::Status TallyKeyInvalid(std::string_view field, std::string sentence) {
  return Field("TALLY_KEY_INVALID", field, std::move(sentence));
}
absl::Status TrusteeKeysFixed() {
  return Exists(
      "TRUSTEE_KEYS_FIXED",
      "You sent other keys for this election before. Use the key file they are in; if it is lost, have the "
      "returning officer reset the trustees.");
}
absl::Status KeyUsedBefore() {
  return Exists("KEY_USED_BEFORE",
                "A key serves one trustee of one election, and this one was sent before. Make new keys.");
}
absl::Status TrusteeKeysMissing(std::string_view who) {
  return Refused(
      "TRUSTEE_KEYS_MISSING",
      fmt::format("Shares are dealt once every trustee has sent keys, and {} did not yet. Deal then.", who));
}
absl::Status SharesFixed() {
  return Exists("SHARES_FIXED",
                "You dealt other shares before. Use the key file they are in; if it is lost, have the "
                "returning officer "
                "reset the trustees.");
}
absl::Status SharesInvalid(std::string_view field, std::string sentence) {
  return Field("SHARES_INVALID", field, std::move(sentence));
}
absl::Status SharesMissing(std::string_view who) {
  return Refused(
      "SHARES_MISSING",
      fmt::format("Shares are accepted once every trustee has dealt, and {} did not yet. Come back then.",
                  who));
}

absl::Status ElectionNotClosed() {
  return Refused(
      "ELECTION_NOT_CLOSED",
      "The election is not closed. Once voting has closed, the returning officer runs `plenary election "
      "close`; until then no secret and no share is to leave its owner.");
}
absl::Status ElectionNeverClosed() {
  return Refused(
      "ELECTION_NOT_CLOSED",
      "This election was counted before ballots were sealed and logged, so there is nothing to open or to "
      "count again. Its result stands.");
}
absl::Status TallySecretWrong(std::string_view because) {
  return Field(
      "TALLY_SECRET_WRONG", "tally_secret",
      fmt::format("This is not the secret of your tally key in the manifest: {}. Release from the key file "
                  "that you made the keys with.",
                  because));
}
absl::Status ShareWrong(std::string_view dealer, std::string_view because) {
  const std::string whose =
      dealer.empty() ? std::string("The share") : fmt::format("The share of {}'s secret", dealer);
  return Field(
      "SHARE_WRONG", "share",
      fmt::format("{} {}. Release what your key file holds; if it is that, tell the returning officer.",
                  whose, because));
}
absl::Status TallySecretsMissing(std::string_view who) {
  return Domain().Error(
      absl::StatusCode::kFailedPrecondition, "TALLY_SECRETS_MISSING",
      fmt::format(
          "Nothing is opened before all tally secrets are released, and that of {} is not. Ask for `plenary "
          "trustee release`; for somebody absent the others run `plenary trustee release --for PERSON`.",
          who),
      {{"trustees", who}});
}

absl::Status IssuanceListInvalid(int registrar, std::string_view because) {
  return Lost(
      "ISSUANCE_LIST_INVALID",
      fmt::format("The issuance list of registrar {} {}. Nothing was closed; have that registrar examined.",
                  registrar, because));
}
absl::Status RollChanged() {
  return Lost(
      "ROLL_CHANGED",
      "The roll is not the one that the manifest names, and a roll is for ever. Nothing was closed; have "
      "membership's database examined.");
}
absl::Status CheckpointInvalid() {
  return Lost("BALLOT_BOX_INCONSISTENT",
              "The ballot box closed with a checkpoint that is not its own, or does not fit its ballots. "
              "Have the box "
              "examined before anything is released or counted.");
}
absl::Status DisputesOpen(int open) {
  return Refused("DISPUTES_OPEN",
                 fmt::format("{} open at the registrars. Have them answered, then certify.",
                             open == 1 ? std::string("A dispute is") : fmt::format("{} disputes are", open)));
}

}  // namespace plenary::election::errors
