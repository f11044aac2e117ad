// What a statement is given: NULL, integers, text and bytes. There is no floating point in the suite's
// tables. Times are integers (timestamps.h); dates are ISO text ("2024-02-29") for a DATE column.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace plenary::db {

struct Null {
  bool operator==(const Null&) const = default;
};

// One `?` of a statement. Converts from what callers have at hand; std::nullopt is NULL. Text and
// bytes are both std::string: the column's type says which it is, and bytes pass unchanged.
class Value {
 public:
  Value(Null) {}                                               // NOLINT: conversions are the point
  Value(std::nullopt_t) {}                                     // NOLINT
  Value(const char* text) : value_(std::string(text)) {}       // NOLINT
  Value(std::string text) : value_(std::move(text)) {}         // NOLINT
  Value(std::string_view text) : value_(std::string(text)) {}  // NOLINT
  template <std::signed_integral Integer>
  Value(Integer integer) : value_(static_cast<std::int64_t>(integer)) {}  // NOLINT
  template <std::unsigned_integral Integer>
  Value(Integer integer) {  // NOLINT: a bool is stored as 0 or 1
    if constexpr (std::is_same_v<Integer, bool>) {
      value_ = static_cast<std::int64_t>(integer);
    } else {
      value_ = static_cast<std::uint64_t>(integer);
    }
  }
  template <typename T>
  Value(const std::optional<T>& value) {  // NOLINT
    if (value.has_value()) *this = Value(*value);
  }

  const std::variant<Null, std::int64_t, std::uint64_t, std::string>& variant() const { return value_; }

 private:
  std::variant<Null, std::int64_t, std::uint64_t, std::string> value_;
};

using Params = std::vector<Value>;

}  // namespace plenary::db
