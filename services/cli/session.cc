#include "services/cli/session.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "common/time/date.h"
#include "nlohmann/json.hpp"
#include "services/cli/errors.h"
#include "services/cli/files.h"

namespace plenary::cli {

std::string Session::TokenFor(std::string_view service) const {
  const auto found = tokens.find(std::string(service));
  return found == tokens.end() ? "" : found->second;
}

std::string SessionPath(const std::string& flag, const Surroundings& surroundings) {
  if (!flag.empty()) return flag;
  const std::string named = surroundings.environment("PLENARY_SESSION");
  if (!named.empty()) return named;
  std::filesystem::path state = surroundings.environment("XDG_STATE_HOME");
  if (state.empty()) state = std::filesystem::path(surroundings.environment("HOME")) / ".local" / "state";
  return (state / "plenary" / "session.json").string();
}

absl::StatusOr<std::optional<Session>> LoadSession(const std::string& path) {
  const auto text = ReadFile(path);
  if (absl::IsNotFound(text.status())) return std::nullopt;
  if (!text.ok()) return text.status();
  const auto json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  const absl::Status no_session =
      errors::InputInvalid("The file " + path + " holds no session. Use `plenary login --as EMAIL`.");
  if (!json.is_object()) return no_session;
  const auto field = [&](const char* key) {
    return json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : std::string();
  };
  Session session{{}, absl::InfinitePast(), field("person"), field("full_name"), field("email"), {}};
  const auto tokens = json.value("tokens", nlohmann::json::object());
  for (const auto& [service, token] : tokens.items()) {
    if (token.is_string()) session.tokens.emplace(service, token.get<std::string>());
  }
  const auto expires = ParseInstant(field("expire_time"));
  if (session.tokens.empty() || !expires.has_value()) return no_session;
  session.expire_time = *expires;
  for (const auto& role : json.value("roles", nlohmann::json::array())) {
    if (role.is_string()) session.roles.push_back(role.get<std::string>());
  }
  return session;
}

absl::Status SaveSession(const std::string& path, const Session& session) {
  const nlohmann::ordered_json json = {
      {"tokens", session.tokens}, {"expire_time", FormatInstant(session.expire_time)},
      {"person", session.person}, {"full_name", session.full_name},
      {"email", session.email},   {"roles", session.roles}};
  return WriteSecretFile(path, json.dump(2) + "\n");
}

absl::StatusOr<bool> RemoveSession(const std::string& path) {
  if (std::remove(path.c_str()) == 0) return true;
  if (errno == ENOENT) return false;
  return errors::FileUnwritable(path, std::strerror(errno));
}

}  // namespace plenary::cli
