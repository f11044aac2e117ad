#include "common/status/field_checks.h"

#include <algorithm>
#include <cstdint>

#include "fmt/format.h"

namespace plenary {
namespace {

// Bytes of the sequence that starts at `at`, 0 when it is not valid UTF-8.
std::size_t SequenceLength(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(at);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xc0) != 0x80) return 0;
  }
  const std::uint8_t second = byte(at + 1);
  const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool surrogate = lead == 0xed && second > 0x9f;
  const bool beyond = lead == 0xf4 && second > 0x8f;
  return overlong || surrogate || beyond ? 0 : length;
}

bool HasControlCharacter(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<std::uint8_t>(c);
    return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7f;
  });
}

}  // namespace

std::ptrdiff_t Utf8Length(std::string_view text) {
  std::ptrdiff_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++count) {
    const std::size_t length = SequenceLength(text, at);
    if (length == 0) return -1;
    at += length;
  }
  return count;
}

void FieldChecks::Text(std::string_view field, std::string_view value, std::size_t min, std::size_t max) {
  const std::ptrdiff_t length = Utf8Length(value);
  if (length < 0)
    return Require(false, field, fmt::format("{} is not valid UTF-8. Send it as UTF-8 text.", field));
  if (HasControlCharacter(value))
    return Require(false, field, fmt::format("{} has control characters. Remove them.", field));
  if (min > 0 && value.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return Require(false, field, fmt::format("{} is missing. Fill it in.", field));
  }
  const auto size = static_cast<std::size_t>(length);
  Require(size >= min && size <= max, field,
          fmt::format("{} has {} characters. Use {} to {}.", field, size, min, max));
}

void FieldChecks::Require(bool holds, std::string_view field, std::string sentence) {
  if (!holds) violations_.push_back({std::string(field), std::move(sentence)});
}

absl::Status FieldChecks::Result(const ErrorDomain& domain, std::string_view reason) const {
  return ok() ? absl::OkStatus() : domain.BadRequest(reason, violations_);
}

}  // namespace plenary
