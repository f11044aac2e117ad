// Every bound of memberships and dues.
#pragma once

#include <cstddef>
#include <cstdint>

namespace plenary::membership::limits {

// Characters.
inline constexpr std::size_t kLongestActReason = 500;
inline constexpr std::size_t kLongestPaymentReference = 120;
inline constexpr std::size_t kLongestInvoiceText = 200;
inline constexpr std::size_t kLongestPaymentNote = 500;
inline constexpr std::size_t kLongestDonorName = 120;
inline constexpr std::size_t kLongestContributionPurpose = 200;

// Cents of one invoice or payment: a million dollars. A larger one is a slip of the comma.
inline constexpr std::int64_t kHighestAmountCents = 100'000'000;

// A membership, or a cancellation, is entered at most this many days ahead.
inline constexpr int kMembershipDaysAhead = 366;

// Months of one report of revenue: ten years.
inline constexpr int kMostRevenueMonths = 120;

// Holders that the daily work looks up at once; each is a transaction of its own.
inline constexpr int kRenewalPage = 200;

// People of a company who get its notices: administrators, or without any those who work there.
inline constexpr int kMostAddressees = 10;

}  // namespace plenary::membership::limits
