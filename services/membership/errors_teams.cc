#include "services/membership/errors_teams.h"

#include <string>
#include <utility>

#include "fmt/format.h"
#include "services/membership/errors.h"

namespace plenary::membership::errors {
namespace {

using absl::StatusCode;

absl::Status Refused(std::string_view reason, std::string message, ErrorMetadata metadata = {}) {
  return kDomain.Error(StatusCode::kFailedPrecondition, reason, std::move(message), metadata);
}

}  // namespace

absl::Status SeatsTooMany() {
  return Refused("SEATS_TOO_MANY",
                 "A company has at most 1,000 bought seats at any time. Buy fewer, or ask the office for a "
                 "membership of the size of your company.");
}

absl::Status SeatPurchaseNotFound(std::string_view purchase) {
  return kDomain.Error(StatusCode::kNotFound, "SEAT_PURCHASE_NOT_FOUND",
                       "There is no such purchase of seats. List those of the company.",
                       {{"purchase", purchase}});
}

absl::Status SeatsInUse(std::int64_t taken, std::int64_t left, std::string_view names) {
  return Refused(
      "SEATS_IN_USE",
      fmt::format("Too many seats are in use: {} are taken, {} would be left. Take {} of these people "
                  "off first: {}.",
                  taken, left, taken - left, names),
      {{"taken", std::to_string(taken)}, {"left", std::to_string(left)}});
}

absl::Status NoFreeSeat(std::string_view company, std::int64_t seats) {
  return Refused("NO_FREE_SEAT",
                 fmt::format("No seat of the company's {} is free. Free one, swap, or buy more.", seats),
                 {{"company", company}});
}

absl::Status SeatHeld(std::string_view person) {
  return kDomain.Error(StatusCode::kAlreadyExists, "SEAT_HELD",
                       "This person is on a seat already. Take them off it first.", {{"person", person}});
}

absl::Status SeatNotFound(std::string_view person) {
  return kDomain.Error(StatusCode::kNotFound, "SEAT_NOT_FOUND",
                       "This person is on no seat of the company. List the seats to see who is.",
                       {{"person", person}});
}

absl::Status CategoryNeedsOffice(std::string_view category) {
  return Refused("CATEGORY_NEEDS_OFFICE",
                 "A seat of this category would give vote or office. Ask the office to assign it.",
                 {{"category", category}});
}

absl::Status SeatTakenTooOften(std::string_view person) {
  return Refused(
      "SEAT_TAKEN_TOO_OFTEN",
      "This person sat down and left so often today that their periods run into next week. Put them on "
      "a seat tomorrow.",
      {{"person", person}});
}

absl::Status JoinCodesTooMany(std::string_view company) {
  return Refused("JOIN_CODES_TOO_MANY", "The company has 50 codes in force. Revoke some of them first.",
                 {{"company", company}});
}

absl::Status InvitationsTooMany(std::string_view company) {
  return Refused(
      "INVITATIONS_TOO_MANY",
      "The company has sent 100 invitations within a day. Send the next tomorrow, or make one code for "
      "all.",
      {{"company", company}});
}

absl::Status JoinCodeNotFound() {
  return kDomain.Error(
      StatusCode::kNotFound, "JOIN_CODE_NOT_FOUND",
      "This code opens nothing: it is mistyped, used up, out of date, revoked, or an invitation to "
      "another address. Ask the company for a new one.");
}

absl::Status ConsentMissing() {
  return Refused("CONSENT_MISSING",
                 "Joining takes you out of the company that you are with now. Say that you want that.");
}

absl::Status AlreadyInCompany(std::string_view company) {
  return Refused("ALREADY_IN_COMPANY", "You are with this company already: there is nothing to do.",
                 {{"company", company}});
}

absl::Status HelpOffersTooMany() {
  return Refused("HELP_OFFERS_TOO_MANY", "You have 10 open offers. Take one back first.");
}

absl::Status HelpOfferNotFound(std::string_view offer) {
  return kDomain.Error(StatusCode::kNotFound, "HELP_OFFER_NOT_FOUND",
                       "There is no such offer of help. List the offers.", {{"offer", offer}});
}

absl::Status HelpOfferTaken(std::string_view offer) {
  return Refused("HELP_OFFER_TAKEN",
                 "Somebody took this offer up already. Make another for what else you offer.",
                 {{"offer", offer}});
}

absl::Status HelpOfferWithdrawn(std::string_view offer) {
  return Refused("HELP_OFFER_WITHDRAWN", "This offer was taken back. Ask the person for another.",
                 {{"offer", offer}});
}

absl::Status NotMakerOfOffer() {
  return kDomain.Error(StatusCode::kPermissionDenied, "NOT_MAKER_OF_OFFER",
                       "Only staff and whoever made an offer change it.");
}

}  // namespace plenary::membership::errors
