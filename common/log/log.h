// One line an event, as JSON, to standard error: {"time", "level", "service", "message", ...}.
// Nothing secret, no address of a caller, and nothing at all of a ballot.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plenary::log {

enum class Level { kDebug, kInfo, kWarning, kError };

// Called once, first thing in main(). `level` is "debug", "info", "warning" or "error".
void Start(std::string_view service, std::string_view level);

using Fields = std::vector<std::pair<std::string_view, std::string>>;

// Thread-safe. Until Start it goes to standard error as plain text.
void Write(Level level, std::string_view message, const Fields& fields = {});

inline void Info(std::string_view message, const Fields& fields = {}) {
  Write(Level::kInfo, message, fields);
}
inline void Warning(std::string_view message, const Fields& fields = {}) {
  Write(Level::kWarning, message, fields);
}
inline void Error(std::string_view message, const Fields& fields = {}) {
  Write(Level::kError, message, fields);
}

}  // namespace plenary::log
