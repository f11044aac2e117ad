// What the ethics service refuses to take, and how much it gives at once. Lengths are code points.
#pragma once

#include <cstddef>

#include "common/rpc/page.h"

namespace plenary::ethics::limits {

inline constexpr std::size_t kPreambleLength = 5000;
inline constexpr std::size_t kAreaTitleLength = 120;
inline constexpr std::size_t kProvisionLength = 2000;
inline constexpr std::size_t kReasonLength = 500;

// Nobody reads, and so nobody accepts in earnest, a longer code.
inline constexpr int kAreasOfCode = 50;
inline constexpr int kProvisionsOfArea = 100;

// A code within those two bounds is longer than the 64 KiB that other services take; a megabyte holds one
// that a person would still read.
inline constexpr int kMessageBytes = 1024 * 1024;

// Every list of this service.
inline constexpr rpc::PageLimits kPage{.default_size = 50, .max_size = 200};

}  // namespace plenary::ethics::limits
