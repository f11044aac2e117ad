// The bounds of teams: seats, codes to join, offers of help.
#pragma once

#include <cstddef>

#include "absl/time/time.h"

namespace plenary::membership::limits {

// Seats that a company has bought at any time.
inline constexpr int kMostSeats = 1'000;
// Characters of what the office should know about a purchase.
inline constexpr std::size_t kLongestSeatNote = 200;
// How often a day a person may sit down anew: a period begins on a day of its own.
inline constexpr int kMostSittingsADay = 7;
// Names that a refusal tells.
inline constexpr std::size_t kMostNamesTold = 20;

// Codes and invitations of a company that are in force.
inline constexpr int kMostJoinCodes = 50;
inline constexpr int kMostJoinUses = 1'000;
inline constexpr absl::Duration kLongestJoinCodeLife = absl::Hours(24 * 366);
inline constexpr absl::Duration kInvitationLife = absl::Hours(24 * 14);
// Invitations a company may send within a day.
inline constexpr int kMostInvitations = 100;
inline constexpr absl::Duration kInvitationsWithin = absl::Hours(24);
// Characters of a code as it is typed.
inline constexpr std::size_t kLongestJoinCode = 80;

// Open offers of a person.
inline constexpr int kMostOpenOffers = 10;
inline constexpr int kMostHoursAMonth = 200;
// Characters.
inline constexpr std::size_t kLongestSkills = 500;
inline constexpr std::size_t kLongestOfferText = 2'000;
inline constexpr std::size_t kLongestTakenFor = 200;
inline constexpr std::size_t kLongestSearchWord = 80;

}  // namespace plenary::membership::limits
