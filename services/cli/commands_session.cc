// login, logout, whoami
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "services/cli/commands.h"
#include "services/cli/errors.h"
#include "services/cli/names.h"

namespace plenary::cli {
namespace {

using membership::v1::DevelopmentIdentityService;
using membership::v1::GetMeRequest;
using membership::v1::IdentityService;
using membership::v1::SignInForDevelopmentRequest;
using membership::v1::SignInForDevelopmentResponse;

absl::Status Login(Invocation& run, const std::string& email) {
  if (!IsEmail(email)) return errors::WrongUsage("--as takes an e-mail address.");
  SignInForDevelopmentRequest request;
  request.set_email(email);
  // Whoever signs in shows no older token.
  ASSIGN_OR_RETURN(const auto channel, run.Channel(Part::kMembership));
  DevelopmentIdentityService::Stub stub(channel);
  grpc::ClientContext context;
  run.PrepareAnonymous(context);
  SignInForDevelopmentResponse answer;
  const grpc::Status status = stub.SignInForDevelopment(&context, request, &answer);
  if (!status.ok()) return run.ErrorOf(Part::kMembership, status);
  std::map<std::string, std::string> tokens;
  for (const auto& token : answer.tokens()) tokens[token.service()] = token.access_token();
  const Session session{std::move(tokens),
                        FromTimestamp(answer.expire_time()),
                        answer.person(),
                        answer.full_name(),
                        email,
                        {answer.roles().begin(), answer.roles().end()}};
  RETURN_IF_ERROR(SaveSession(run.session_path(), session));
  run.out().Line(fmt::format("Signed in as {} ({}) until {}.", session.full_name,
                             fmt::join(session.roles, ", "), FormatInstant(session.expire_time)));
  run.out().Document(Json{{"person", session.person},
                          {"full_name", session.full_name},
                          {"roles", session.roles},
                          {"expire_time", FormatInstant(session.expire_time)},
                          {"session_file", run.session_path()}});
  return absl::OkStatus();
}

absl::Status Logout(Invocation& run) {
  ASSIGN_OR_RETURN(const bool was_signed_in, RemoveSession(run.session_path()));
  run.out().Line(was_signed_in ? "Signed out." : "You were not signed in.");
  run.out().Document(Json{{"was_signed_in", was_signed_in}});
  return absl::OkStatus();
}

absl::Status WhoAmI(Invocation& run) {
  RETURN_IF_ERROR(run.SignedIn().status());
  ASSIGN_OR_RETURN(const auto me, run.Ask(&IdentityService::Stub::GetMe, GetMeRequest()));
  run.out().Print(Facts()
                      .Add("name", me.full_name())
                      .Add("person", me.person())
                      .Add("company", me.company_display_name())
                      .Add("company id", me.company())
                      .Add("roles", fmt::format("{}", fmt::join(me.roles(), ", "))));
  run.out().Document(me);
  return absl::OkStatus();
}

}  // namespace

void AddSessionCommands(CommandSet& commands) {
  const auto email = std::make_shared<std::string>();
  CLI::App& login = commands.Command(
      commands.root(), "login", "Sign in to a development stack, without proof, and keep the session",
      "plenary login --as office@society.example", [email](Invocation& run) { return Login(run, *email); });
  login.add_option("--as", *email, "E-mail address of a person on the register")->required();
  commands.Command(commands.root(), "logout", "Forget the session", "plenary logout", Logout);
  commands.Command(commands.root(), "whoami", "Who is signed in, with today's roles", "plenary whoami",
                   WhoAmI);
}

}  // namespace plenary::cli
