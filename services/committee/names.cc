#include "services/committee/names.h"

#include <fmt/format.h>

#include <charconv>

#include "common/ids/id.h"
#include "services/committee/limits.h"

namespace plenary::committee {
namespace {

struct Child {
  std::string body;
  std::string_view id;
};

// The parts of "bodies/{body}/{collection}/{id}".
std::optional<Child> ParseChild(std::string_view name, std::string_view collection) {
  const std::size_t slash = name.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view parent = name.substr(0, slash);
  if (parent.size() <= collection.size() + 1 || !parent.ends_with(collection)) return std::nullopt;
  const std::string_view body_name = parent.substr(0, parent.size() - collection.size());
  if (!body_name.ends_with('/')) return std::nullopt;
  const auto body = ResourceId("bodies", body_name.substr(0, body_name.size() - 1));
  if (!body) return std::nullopt;
  return Child{*body, name.substr(slash + 1)};
}

}  // namespace

std::string BodyName(std::string_view body) { return ResourceName("bodies", body); }

std::string SeatName(std::string_view body, int number) {
  return fmt::format("bodies/{}/seats/{}", body, number);
}

std::string MotionName(std::string_view body, std::string_view motion) {
  return fmt::format("bodies/{}/motions/{}", body, motion);
}

std::optional<SeatId> ParseSeatName(std::string_view name) {
  const auto child = ParseChild(name, "seats");
  if (!child || child->id.empty() || child->id.front() == '0') return std::nullopt;
  int number = 0;
  const char* end = child->id.data() + child->id.size();
  const auto read = std::from_chars(child->id.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || number < 1 || number > limits::kSeatsOfBody)
    return std::nullopt;
  return SeatId{child->body, number};
}

std::optional<MotionId> ParseMotionName(std::string_view name) {
  const auto child = ParseChild(name, "motions");
  if (!child || !ParseId(child->id)) return std::nullopt;
  return MotionId{child->body, std::string(child->id)};
}

}  // namespace plenary::committee
