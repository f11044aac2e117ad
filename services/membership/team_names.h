// Resource names of teams.
#pragma once

namespace plenary::membership {

inline constexpr char kSeatPurchases[] = "seatPurchases";
inline constexpr char kSeats[] = "seats";
inline constexpr char kJoinCodes[] = "joinCodes";
inline constexpr char kHelpOffers[] = "helpOffers";

}  // namespace plenary::membership
