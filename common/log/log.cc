#include "common/log/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "nlohmann/json.hpp"

namespace plenary::log {
namespace {

spdlog::level::level_enum SpdlogLevel(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
    case Level::kInfo:
      break;
  }
  return spdlog::level::info;
}

std::string Quoted(std::string_view text) {
  return nlohmann::json(std::string(text)).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

void Start(std::string_view service, std::string_view level) {
  auto logger = spdlog::stderr_logger_mt(std::string(service));
  // The message is the rest of the object: Write makes it, and text of other code is quoted there too.
  logger->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","service":"%n",%v})",
                      spdlog::pattern_time_type::utc);
  logger->set_level(spdlog::level::from_str(std::string(level)));
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

void Write(Level level, std::string_view message, const Fields& fields) {
  const auto spdlog_level = SpdlogLevel(level);
  if (!spdlog::default_logger_raw()->should_log(spdlog_level)) return;
  std::string line = "\"message\":" + Quoted(message);
  for (const auto& [key, value] : fields) line += "," + Quoted(key) + ":" + Quoted(value);
  spdlog::default_logger_raw()->log(spdlog_level, "{}", line);
}

}  // namespace plenary::log
