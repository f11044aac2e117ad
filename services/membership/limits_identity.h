// Bounds of signing in, of sessions and of service accounts. Times are of the suite's clock.
#pragma once

#include <cstddef>

#include "absl/time/time.h"

namespace plenary::membership::limits {

// Of the alphabet in rules/sign_in_code.h: 39 bits, of which kTriesOfSignIn guesses are nothing.
inline constexpr std::size_t kSignInCodeLength = 8;
inline constexpr absl::Duration kSignInLifetime = absl::Minutes(10);
inline constexpr int kTriesOfSignIn = 5;

// What is counted is counted in spans of this length, which begin with the first that is counted.
inline constexpr absl::Duration kSignInSpan = absl::Hours(1);
// Mails to one address, known or not: what a person who mistypes and mislays needs, and no flood.
inline constexpr int kSignInsOfAddress = 5;
// An office behind one address on the morning of an election.
inline constexpr int kSignInsFromPeer = 60;
// Wrong codes for one address: several sign-ins together give no more guesses than these.
inline constexpr int kWrongCodesOfAddress = 20;
// Wrong codes and wrong secrets of service accounts from one place.
inline constexpr int kWrongProofsFromPeer = 100;

inline constexpr absl::Duration kSessionLifetime = absl::Hours(24 * 30);
// Without a refresh.
inline constexpr absl::Duration kIdleSession = absl::Hours(24 * 7);
// A refresh token whose answer was lost is answered again for so long.
inline constexpr absl::Duration kRefreshGrace = absl::Seconds(10);

// Characters.
inline constexpr std::size_t kLongestAccountName = 80;
inline constexpr absl::Duration kLongestAccountLife = absl::Hours(24 * 366);

// Rows out of date that one request removes on the way.
inline constexpr int kRowsPruned = 200;
// What was counted or asked is of no use after this.
inline constexpr absl::Duration kSignInsKept = absl::Hours(24);

}  // namespace plenary::membership::limits
