#include "services/membership/rules/message_id.h"

#include <algorithm>
#include <cctype>

#include "common/ids/id.h"
#include "fmt/format.h"

namespace plenary::membership::rules {

std::string MessageIdOf(std::string_view notice, int resends, std::string_view domain) {
  return fmt::format("{}.{}@{}", notice, resends, domain);
}

std::optional<std::string> NoticeOfMessageId(std::string_view message_id) {
  if (!message_id.empty() && message_id.front() == '<') message_id.remove_prefix(1);
  if (message_id.size() <= kIdLength || message_id[kIdLength] != '.' ||
      message_id.find('@') == std::string_view::npos) {
    return std::nullopt;
  }
  std::string id(message_id.substr(0, kIdLength));
  std::transform(id.begin(), id.end(), id.begin(), [](unsigned char c) { return std::tolower(c); });
  if (!ParseId(id).has_value()) return std::nullopt;
  return id;
}

}  // namespace plenary::membership::rules
