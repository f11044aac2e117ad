// What the committee service refuses to take, and how much it gives at once. Lengths are code points.
#pragma once

#include <cstddef>

#include "common/rpc/page.h"

namespace plenary::committee::limits {

inline constexpr std::size_t kDisplayNameLength = 80;
inline constexpr std::size_t kPurposeLength = 500;
inline constexpr std::size_t kMotionTitleLength = 200;
inline constexpr std::size_t kMotionTextLength = 5000;
// Why a member is suspended or reinstated; as long as membership takes it.
inline constexpr std::size_t kReasonLength = 500;

// A winner's name comes from the election and is as long as membership lets a name be.
inline constexpr std::size_t kFullNameLength = 120;

// More people cannot deliberate in one room; ListSeats answers with all seats at once because of it.
inline constexpr int kSeatsOfBody = 99;

// Bodies in one SeatWinners: all of them in the first election of a society with many chapters.
inline constexpr int kBodiesOfElection = 200;

// The longest term anyone is elected for; a larger number is a slip of the rule of terms.
inline constexpr int kTermYears = 10;

// Every list of this service.
inline constexpr rpc::PageLimits kPage{.default_size = 50, .max_size = 200};

}  // namespace plenary::committee::limits
