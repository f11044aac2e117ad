// Bounds of the mailing list.
#pragma once

#include <cstddef>

#include "absl/time/time.h"

namespace plenary::membership::limits {

// Characters.
inline constexpr std::size_t kLongestTopicName = 80;
inline constexpr std::size_t kLongestConsentEvidence = 2'000;
// Topics of one contact, and of one request.
inline constexpr int kMostTopics = 20;
// Rows of one list of contacts: what one transaction stores within a call.
inline constexpr int kMostImportedContacts = 5'000;

// Letters to one address in a day (UTC): who did not get the first may ask again, and nobody can flood a
// stranger's mailbox through us.
inline constexpr int kMostLettersADay = 3;
// Subscriptions from one place in an hour: a stand at a conference, whose visitors share an address. One host
// alone cannot use up what everybody has.
inline constexpr int kMostSubscriptionsFromPeer = 60;
// Subscriptions of everybody together in an hour: far above a campaign's, far below what would get the
// association's mail server distrusted.
inline constexpr int kMostSubscriptionsAnHour = 1'000;
// How long the token of a letter can be used.
inline constexpr absl::Duration kSubscriptionLife = absl::Hours(7 * 24);
// Rows of past requests and counts that one request clears away.
inline constexpr int kClearedAtOnce = 50;

// Contacts that an export reads at a time, and the bytes after which it sends a part.
inline constexpr int kExportPage = 500;
inline constexpr std::size_t kExportPart = std::size_t{32} * 1024;

}  // namespace plenary::membership::limits
