// Bounds of letters of reference, of verification and of applications.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace plenary::membership::limits {

// Characters.
inline constexpr std::size_t kLongestRelation = 200;
inline constexpr std::size_t kLongestLetter = 8'000;
inline constexpr std::size_t kLongestNote = 500;  // of a check, and the reason of a decision
inline constexpr std::size_t kLongestWayName = 80;
inline constexpr std::size_t kLongestStatement = 2'000;
inline constexpr std::size_t kLongestTerms = 80;

// Random bytes of the secret in a mail: nobody guesses it, so its use needs no limit.
inline constexpr std::size_t kMailSecretBytes = 32;

// How long the links in mails are good, by the suite's clock. A referee writes when they find the time; who
// applies has the form before them.
inline constexpr absl::Duration kLetterLinkLife = absl::Hours(24 * 30);
inline constexpr absl::Duration kApplicationLinkLife = absl::Hours(24 * 7);
// An application that nobody confirmed is deleted this long after its link died.
inline constexpr absl::Duration kUnconfirmedKept = absl::Hours(24 * 30);

// Letters that are asked for about one member within a day: each one is a mail to a stranger.
inline constexpr std::int64_t kMostLetterRequests = 5;
inline constexpr absl::Duration kLetterRequestsWithin = absl::Hours(24);

// Applications within an hour of the clock: each one is a mail to an address that nobody has proven yet.
inline constexpr std::int64_t kMostApplicationsOfAddress = 3;
// From one place: an office that joins together. One host alone cannot use up what all have.
inline constexpr std::int64_t kMostApplicationsFromPeer = 20;
inline constexpr std::int64_t kMostApplications = 200;

// Days from an approval to the membership that it grants.
inline constexpr int kFarthestStartDays = 366;

// What a way to be verified may ask for.
inline constexpr int kMostVouchers = 10;

}  // namespace plenary::membership::limits
