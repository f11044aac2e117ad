// Bounds of signing in through an OpenID Connect provider.
#pragma once

#include <cstddef>

#include "absl/time/time.h"

namespace plenary::membership::limits {

// By the suite's clock: time to sign in at the provider, with a second factor.
inline constexpr absl::Duration kOidcSignInLifetime = absl::Minutes(10);
// Starts from one place in limits::kSignInSpan: an office behind one address on the morning of an election.
inline constexpr int kOidcStartsFromPeer = 60;
// Characters. No provider's code is longer.
inline constexpr std::size_t kLongestOidcCode = 2'048;

// What follows is real time: a provider knows no other.

// How long what the provider says of itself, and its keys, are taken for true.
inline constexpr absl::Duration kProviderKept = absl::Hours(1);
// A provider that did not answer is not asked what it is again for so long.
inline constexpr absl::Duration kProviderPause = absl::Seconds(5);
// A token with an unknown key makes the keys be read again, not more often than this.
inline constexpr absl::Duration kProviderKeysPause = absl::Minutes(1);
// Keys that are read of a provider's set; a set has a handful.
inline constexpr std::size_t kMostProviderKeys = 50;

// Characters of an ID token.
inline constexpr std::size_t kLongestIdToken = 16 * 1024;
// Clocks of two machines may differ by this much.
inline constexpr absl::Duration kIdTokenSkew = absl::Minutes(1);
// A token is fetched right after it is made.
inline constexpr absl::Duration kOldestIdToken = absl::Minutes(10);
// ASCII characters of what a provider calls a person (OpenID Connect Core 1.0, section 2), and of its own
// name.
inline constexpr std::size_t kLongestSubject = 255;
inline constexpr std::size_t kLongestIssuer = 255;

}  // namespace plenary::membership::limits
