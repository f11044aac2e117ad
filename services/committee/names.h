// The resource names of this service.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plenary::committee {

struct SeatId {
  std::string body;  // id
  int number = 0;
};

struct MotionId {
  std::string body;    // id
  std::string motion;  // 26 characters
};

std::string BodyName(std::string_view body);
std::string SeatName(std::string_view body, int number);
std::string MotionName(std::string_view body, std::string_view motion);

// nullopt for another shape. Numbers are 1 to 99 without leading zeros.
std::optional<SeatId> ParseSeatName(std::string_view name);
std::optional<MotionId> ParseMotionName(std::string_view name);

}  // namespace plenary::committee
