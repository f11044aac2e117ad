#include "services/cli/login_oidc.h"

#include <cstdio>
#include <iostream>

#include "absl/strings/ascii.h"
#include "common/http/client.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "plenary/membership/v1/oidc_service.grpc.pb.h"
#include "services/cli/errors.h"
#include "services/cli/files.h"
#include "services/cli/session_renewal.h"

namespace plenary::cli {
namespace {

using membership::v1::OidcService;

struct Pending {
  std::string state;
  std::string secret;
};

std::string PendingPath(const Invocation& run) { return run.session_path() + ".oidc"; }

std::string TextOf(const nlohmann::json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

absl::StatusOr<Pending> LoadPending(const Invocation& run) {
  const auto text = ReadFile(PendingPath(run));
  if (!text.ok() && !absl::IsNotFound(text.status())) return text.status();
  const auto json = nlohmann::json::parse(text.value_or("{}"), nullptr, /*allow_exceptions=*/false);
  Pending pending;
  if (json.is_object()) pending = {.state = TextOf(json, "state"), .secret = TextOf(json, "secret")};
  if (!pending.secret.empty()) return pending;
  return errors::WrongUsage("Nothing was started with this session file. Use `plenary login --oidc` first.");
}

// What a text of the provider says, without what could move the cursor.
std::string Harmless(const std::string& text) {
  std::string safe;
  for (const char c : text) safe += absl::ascii_isprint(static_cast<unsigned char>(c)) ? c : '?';
  return safe;
}

// The code in the address where the browser ended up.
absl::StatusOr<std::string> CodeOf(const std::string& redirected, const Pending& pending) {
  const auto query = http::QueryOf(std::string(absl::StripAsciiWhitespace(redirected)));
  const auto field = [&](const char* name) {
    const auto found = query.find(name);
    return found == query.end() ? std::string() : found->second;
  };
  if (field("state") != pending.state) {
    return errors::WrongUsage(
        "This is not the address where the sign-in that was started last ends. Copy the whole address, in "
        "quotes, or "
        "start again: plenary login --oidc");
  }
  if (const std::string error = field("error"); !error.empty()) {
    return errors::WrongUsage(fmt::format(
        "The provider did not sign you in ({}). Start again: plenary login --oidc", Harmless(error)));
  }
  if (field("code").empty())
    return errors::WrongUsage("The address has no code. Copy the whole address, in quotes.");
  return field("code");
}

}  // namespace

absl::StatusOr<std::optional<Session>> StartLoginThroughProvider(Invocation& run) {
  ASSIGN_OR_RETURN(const auto start, run.AskWithoutToken(&OidcService::Stub::StartOidcSignIn,
                                                         membership::v1::StartOidcSignInRequest()));
  const nlohmann::json pending = {{"state", start.state()}, {"secret", start.secret()}};
  RETURN_IF_ERROR(WriteSecretFile(PendingPath(run), pending.dump(2) + "\n"));
  const std::string until = FormatInstant(FromTimestamp(start.expire_time()));
  run.out().Line(fmt::format("Sign in with a browser until {}:", until));
  run.out().Line("  " + start.authorization_url());
  if (run.surroundings().in_is_terminal && !run.out().json()) {
    run.surroundings().err << "It ends at a page that may not open. Its address: " << std::flush;
    std::string redirected;
    if (!std::getline(run.surroundings().in, redirected) || redirected.empty()) return std::nullopt;
    return FinishLoginThroughProvider(run, redirected);
  }
  run.out().Line(
      "It ends at a page that may not open. Then: plenary login --oidc --redirected 'ADDRESS OF THAT PAGE'");
  run.out().Document(Json{{"authorization_url", start.authorization_url()}, {"expire_time", until}});
  return std::nullopt;
}

absl::StatusOr<Session> FinishLoginThroughProvider(Invocation& run, const std::string& redirected) {
  ASSIGN_OR_RETURN(const Pending pending, LoadPending(run));
  membership::v1::FinishOidcSignInRequest request;
  ASSIGN_OR_RETURN(*request.mutable_code(), CodeOf(redirected, pending));
  request.set_state(pending.state);
  request.set_secret(pending.secret);
  ASSIGN_OR_RETURN(const auto answer, run.AskWithoutToken(&OidcService::Stub::FinishOidcSignIn, request));
  std::remove(PendingPath(run).c_str());
  return SessionOf(answer, "");
}

}  // namespace plenary::cli
