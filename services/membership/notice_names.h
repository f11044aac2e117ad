// Resource names of notices.
#pragma once

namespace plenary::membership {

inline constexpr char kNotices[] = "notices";
// For records of acts only: an address by its digest.
inline constexpr char kSuppressedAddresses[] = "suppressedAddresses";

}  // namespace plenary::membership
