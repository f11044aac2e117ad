#include "services/cli/session.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include "common/time/date.h"
#include "nlohmann/json.hpp"
#include "services/cli/errors.h"
#include "services/cli/files.h"

namespace plenary::cli {
namespace {

std::string TextOf(const nlohmann::json& json, const char* key) {
  return json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : std::string();
}

std::string PendingPath(const std::string& session_path) { return session_path + ".sign-in"; }

}  // namespace

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
      errors::InputInvalid("The file " + path + " holds no session. Use `plenary login EMAIL`.");
  if (!json.is_object()) return no_session;
  Session session{.tokens = {},
                  .expire_time = absl::InfinitePast(),
                  .person = TextOf(json, "person"),
                  .full_name = TextOf(json, "full_name"),
                  .email = TextOf(json, "email"),
                  .roles = {},
                  .session = TextOf(json, "session"),
                  .refresh_token = TextOf(json, "refresh_token"),
                  .refresh_request = TextOf(json, "refresh_request"),
                  .service_account = TextOf(json, "service_account"),
                  .secret_file = TextOf(json, "secret_file")};
  const auto tokens = json.value("tokens", nlohmann::json::object());
  for (const auto& [service, token] : tokens.items()) {
    if (token.is_string()) session.tokens.emplace(service, token.get<std::string>());
  }
  const auto expires = ParseInstant(TextOf(json, "expire_time"));
  if (session.tokens.empty() || !expires.has_value()) return no_session;
  session.expire_time = *expires;
  for (const auto& role : json.value("roles", nlohmann::json::array())) {
    if (role.is_string()) session.roles.push_back(role.get<std::string>());
  }
  return session;
}

absl::Status SaveSession(const std::string& path, const Session& session) {
  nlohmann::ordered_json json = {
      {"tokens", session.tokens}, {"expire_time", FormatInstant(session.expire_time)},
      {"person", session.person}, {"full_name", session.full_name},
      {"email", session.email},   {"roles", session.roles}};
  const std::pair<const char*, const std::string&> more[] = {{"session", session.session},
                                                             {"refresh_token", session.refresh_token},
                                                             {"refresh_request", session.refresh_request},
                                                             {"service_account", session.service_account},
                                                             {"secret_file", session.secret_file}};
  for (const auto& [key, value] : more) {
    if (!value.empty()) json[key] = value;
  }
  return WriteSecretFile(path, json.dump(2) + "\n");
}

absl::StatusOr<std::optional<PendingSignIn>> LoadPendingSignIn(const std::string& session_path) {
  const auto text = ReadFile(PendingPath(session_path));
  if (absl::IsNotFound(text.status())) return std::nullopt;
  if (!text.ok()) return text.status();
  const auto json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return std::nullopt;
  return PendingSignIn{.email = TextOf(json, "email"), .sign_in = TextOf(json, "sign_in")};
}

absl::Status SavePendingSignIn(const std::string& session_path, const PendingSignIn& pending) {
  const nlohmann::ordered_json json = {{"email", pending.email}, {"sign_in", pending.sign_in}};
  return WriteSecretFile(PendingPath(session_path), json.dump(2) + "\n");
}

void RemovePendingSignIn(const std::string& session_path) { std::remove(PendingPath(session_path).c_str()); }

absl::StatusOr<bool> RemoveSession(const std::string& path) {
  if (std::remove(path.c_str()) == 0) return true;
  if (errno == ENOENT) return false;
  return errors::FileUnwritable(path, std::strerror(errno));
}

}  // namespace plenary::cli
