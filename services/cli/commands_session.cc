// login, logout, whoami, session
#include <memory>
#include <string_view>
#include <utility>

#include "common/status/error.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "services/cli/commands.h"
#include "services/cli/errors.h"
#include "services/cli/login_oidc.h"
#include "services/cli/names.h"
#include "services/cli/resolve.h"
#include "services/cli/secret_input.h"
#include "services/cli/session_renewal.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;  // the messages of one contract, in one file
using Sessions = SessionService::Stub;
// cli::Session is the file's; the contract's message of that name is what a list shows.
using ListedSession = membership::v1::Session;
using SavedSession = cli::Session;

struct LoginFlags {
  std::string email;
  std::string code;
  std::string code_file;
  std::string link;
  std::string as;
  std::string service_account;
  std::string secret_file;
  bool oidc = false;
  std::string redirected;
};

// Keeps the session and says so.
absl::Status Keep(Invocation& run, const SavedSession& session) {
  RETURN_IF_ERROR(SaveSession(run.session_path(), session));
  RemovePendingSignIn(run.session_path());
  run.Use(session);
  const std::string until = FormatInstant(session.expire_time);
  run.out().Line(fmt::format("Signed in as {} ({}){}.", session.full_name, fmt::join(session.roles, ", "),
                             session.refresh_token.empty() ? " until " + until : ""));
  run.out().Document(Json{{"person", session.person},
                          {"full_name", session.full_name},
                          {"roles", session.roles},
                          {"expire_time", until},
                          {"session_file", run.session_path()}});
  return absl::OkStatus();
}

absl::Status LoginForDevelopment(Invocation& run, const std::string& email) {
  if (!IsEmail(email)) return errors::WrongUsage("--as takes an e-mail address.");
  SignInForDevelopmentRequest request;
  request.set_email(email);
  ASSIGN_OR_RETURN(const SignInForDevelopmentResponse answer,
                   run.AskWithoutToken(&DevelopmentIdentityService::Stub::SignInForDevelopment, request));
  SavedSession session{.tokens = {},
                       .expire_time = FromTimestamp(answer.expire_time()),
                       .person = answer.person(),
                       .full_name = answer.full_name(),
                       .email = email,
                       .roles = {answer.roles().begin(), answer.roles().end()}};
  for (const auto& token : answer.tokens()) session.tokens[token.service()] = token.access_token();
  return Keep(run, session);
}

absl::Status LoginServiceAccount(Invocation& run, const LoginFlags& flags) {
  if (flags.secret_file.empty())
    return errors::WrongUsage("--service-account needs --secret-file, the file that holds its secret.");
  const std::string name = Qualified("serviceAccounts", flags.service_account);
  const auto secret_file = std::filesystem::absolute(run.surroundings().current_folder / flags.secret_file);
  ASSIGN_OR_RETURN(const SavedSession session, SignInServiceAccount(run, name, secret_file.string()));
  return Keep(run, session);
}

absl::Status Complete(Invocation& run, const CompleteSignInRequest& request, const std::string& email) {
  ASSIGN_OR_RETURN(const SignedInSession answer, run.AskWithoutToken(&Sessions::CompleteSignIn, request));
  return Keep(run, SessionOf(answer, email));
}

absl::Status CompleteWithCode(Invocation& run, const PendingSignIn& pending, const std::string& code) {
  CompleteSignInRequest request;
  request.set_sign_in(pending.sign_in);
  request.set_code(code);
  return Complete(run, request, pending.email);
}

// The link of the mail: …#SIGN_IN.TOKEN
absl::Status LoginWithLink(Invocation& run, const std::string& link) {
  const std::size_t hash = link.find('#');
  const std::size_t dot = hash == std::string::npos ? hash : link.find('.', hash);
  if (dot == std::string::npos) {
    return errors::WrongUsage("--link takes the whole link of the mail, in quotes.");
  }
  CompleteSignInRequest request;
  request.set_sign_in(Qualified("signIns", link.substr(hash + 1, dot - hash - 1)));
  request.set_link_token(link.substr(dot + 1));
  return Complete(run, request, "");
}

// Asks for the code until it is right, used up, or nobody answers.
absl::Status AskForCode(Invocation& run, const PendingSignIn& pending) {
  while (true) {
    run.surroundings().err << "Code: " << std::flush;
    std::string code;
    if (!std::getline(run.surroundings().in, code) || code.empty()) return absl::OkStatus();
    const absl::Status status = CompleteWithCode(run, pending, code);
    if (ReasonOf(status) != "SIGN_IN_CODE_WRONG") return status;
    run.surroundings().err << status.message() << "\n";
  }
}

absl::Status RequestSignIn(Invocation& run, const std::string& email) {
  RequestSignInRequest request;
  request.set_email(email);
  ASSIGN_OR_RETURN(const RequestSignInResponse answer,
                   run.AskWithoutToken(&Sessions::RequestSignIn, request));
  const PendingSignIn pending{.email = email, .sign_in = answer.sign_in()};
  RETURN_IF_ERROR(SavePendingSignIn(run.session_path(), pending));
  const std::string until = FormatInstant(FromTimestamp(answer.expire_time()));
  run.out().Line(fmt::format(
      "A mail is on its way to {}. If the register knows the address, the mail has a code, good until {}.",
      email, until));
  if (run.surroundings().in_is_terminal && !run.out().json()) return AskForCode(run, pending);
  run.out().Line(fmt::format("Then: plenary login {} --code CODE", email));
  run.out().Document(Json{{"email", email}, {"sign_in", answer.sign_in()}, {"expire_time", until}});
  return absl::OkStatus();
}

absl::Status LoginThroughProvider(Invocation& run, const std::string& redirected) {
  if (!redirected.empty()) {
    ASSIGN_OR_RETURN(const SavedSession session, FinishLoginThroughProvider(run, redirected));
    return Keep(run, session);
  }
  ASSIGN_OR_RETURN(const auto session, StartLoginThroughProvider(run));
  return session.has_value() ? Keep(run, *session) : absl::OkStatus();
}

absl::Status Login(Invocation& run, const LoginFlags& flags) {
  const int ways = !flags.email.empty() + !flags.as.empty() + !flags.service_account.empty() +
                   !flags.link.empty() + flags.oidc;
  if (ways != 1) {
    return errors::WrongUsage(
        "Say who signs in: an e-mail address, --link, --oidc, --as or --service-account.");
  }
  if (flags.oidc) return LoginThroughProvider(run, flags.redirected);
  if (!flags.as.empty()) return LoginForDevelopment(run, flags.as);
  if (!flags.service_account.empty()) return LoginServiceAccount(run, flags);
  if (!flags.link.empty()) return LoginWithLink(run, flags.link);
  if (!IsEmail(flags.email)) return errors::WrongUsage("login takes an e-mail address.");
  ASSIGN_OR_RETURN(const std::string code, MailedCode(run.surroundings(), flags.code, flags.code_file));
  if (code.empty()) return RequestSignIn(run, flags.email);
  ASSIGN_OR_RETURN(const auto pending, LoadPendingSignIn(run.session_path()));
  if (!pending.has_value() || pending->email != flags.email) return errors::NoSignInRequested(flags.email);
  return CompleteWithCode(run, *pending, code);
}

void AddLogin(CommandSet& commands) {
  const auto flags = std::make_shared<LoginFlags>();
  CLI::App& login = commands.Command(
      commands.root(), "login", "Sign in with a code that is mailed to you, and keep the session",
      "plenary login ada.demo@solo.example\n  plenary login ada.demo@solo.example --code ABCD-EFGH\n"
      "  plenary login --as office@society.example",
      [flags](Invocation& run) { return Login(run, *flags); });
  login.add_option("EMAIL", flags->email, "Your address on the register; asks for the code on a terminal");
  CLI::Option* const code = login.add_option("--code", flags->code,
                                             "The code of the mail, asked for before; others on this machine "
                                             "can read it here while the command runs");
  CLI::Option* const code_file =
      login.add_option("--code-file", flags->code_file,
                       "The same unseen: file whose first line is the code; - is standard input");
  code_file->excludes(code);
  login.add_option("--link", flags->link, "The link of the mail, instead of address and code");
  login.add_flag("--oidc", flags->oidc, "Sign in through the association's provider, with a browser");
  login.add_option("--redirected", flags->redirected, "With --oidc: the address where the browser ended up")
      ->needs("--oidc");
  login.add_option("--as", flags->as, "E-mail address: sign in to a development stack, without proof");
  login.add_option("--service-account", flags->service_account,
                   "Id: sign in as a program, with --secret-file");
  login.add_option("--secret-file", flags->secret_file,
                   "File with the account's secret, read again when the session is renewed");
}

absl::Status SignOutEverywhere(Invocation& run, const std::string& person) {
  SignOutEverywhereRequest request;
  if (!person.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, person));
  }
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const auto answer, run.Ask(&Sessions::SignOutEverywhere, request));
  run.out().Line(
      fmt::format("Ended {} session{}.", answer.ended_sessions(), answer.ended_sessions() == 1 ? "" : "s"));
  run.out().Document(answer);
  return absl::OkStatus();
}

absl::Status LogoutEverywhere(Invocation& run) {
  RETURN_IF_ERROR(SignOutEverywhere(run, ""));
  return RemoveSession(run.session_path()).status();
}

absl::Status Logout(Invocation& run) {
  const auto session = LoadSession(run.session_path());
  ASSIGN_OR_RETURN(const bool was_signed_in, RemoveSession(run.session_path()));
  RemovePendingSignIn(run.session_path());
  // Forgotten here whatever the service says; it should know as well.
  if (session.ok() && session->has_value()) RETURN_IF_ERROR(EndSession(run, **session));
  run.out().Line(was_signed_in ? "Signed out." : "You were not signed in.");
  run.out().Document(Json{{"was_signed_in", was_signed_in}});
  return absl::OkStatus();
}

void AddLogout(CommandSet& commands) {
  const auto everywhere = std::make_shared<bool>(false);
  CLI::App& logout = commands.Mutation(
      commands.root(), "logout", "End the session", "plenary logout --everywhere",
      [everywhere](Invocation& run) { return *everywhere ? LogoutEverywhere(run) : Logout(run); });
  logout.add_flag("--everywhere", *everywhere, "End all your sessions, on every device");
}

absl::Status WhoAmI(Invocation& run) {
  ASSIGN_OR_RETURN(const SavedSession session, run.SignedIn());
  if (!session.service_account.empty()) {
    const std::string roles = fmt::format("{}", fmt::join(session.roles, ", "));
    run.out().Print(Facts()
                        .Add("name", session.full_name)
                        .Add("service account", session.service_account)
                        .Add("roles", roles));
    run.out().Document(Json{{"service_account", session.service_account},
                            {"display_name", session.full_name},
                            {"roles", session.roles}});
    return absl::OkStatus();
  }
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

absl::Status ListSessions(Invocation& run, const std::string& person) {
  ListSessionsRequest request;
  if (!person.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, person));
  }
  ASSIGN_OR_RETURN(const SavedSession here, run.SignedIn());
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Sessions::ListSessions, request));
  Table table({"SESSION", "BY", "SINCE", "LAST USED", "ENDS", "HERE"});
  for (const ListedSession& session : all.sessions()) {
    table.Row({LastSegment(session.name()), Word(session.means()),
               InstantText(session.has_create_time(), session.create_time()),
               InstantText(session.has_refresh_time(), session.refresh_time()),
               InstantText(session.has_expire_time(), session.expire_time()),
               session.name() == here.session ? "yes" : ""});
  }
  run.out().Print(table, "No sessions.");
  run.out().Document(all);
  return absl::OkStatus();
}

absl::Status EndOneSession(Invocation& run, const std::string& session, const std::string& person) {
  EndSessionRequest request;
  if (!person.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, person));
  }
  request.set_session(Qualified("sessions", session));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const ListedSession ended, run.Ask(&Sessions::EndSession, request));
  run.out().Line(fmt::format("Ended {}. Its access tokens expire within 15 minutes.", ended.name()));
  run.out().Document(ended);
  return absl::OkStatus();
}

void AddSession(CommandSet& commands) {
  CLI::App& session = commands.Group("session", "Where you, or others, are signed in");
  const auto person = std::make_shared<std::string>();
  const auto id = std::make_shared<std::string>();
  const char* const whose = "E-mail address or people/ID (staff); default: you";
  CLI::App& list = commands.List(session, "list", "Live sessions", "plenary session list",
                                 [person](Invocation& run) { return ListSessions(run, *person); });
  list.add_option("PERSON", *person, whose);
  CLI::App& end =
      commands.Mutation(session, "end", "End one session", "plenary session end 0123456789abcdefghijklmnop",
                        [id, person](Invocation& run) { return EndOneSession(run, *id, *person); });
  end.add_option("SESSION", *id, "Id from `plenary session list`")->required();
  end.add_option("--person", *person, whose);
  CLI::App& all = commands.Mutation(session, "end-all", "End every session of a person",
                                    "plenary session end-all ada.demo@solo.example",
                                    [person](Invocation& run) { return SignOutEverywhere(run, *person); });
  all.add_option("PERSON", *person, whose);
}

}  // namespace

void AddSessionCommands(CommandSet& commands) {
  AddLogin(commands);
  AddLogout(commands);
  commands.Command(commands.root(), "whoami", "Who is signed in, with today's roles", "plenary whoami",
                   WhoAmI);
  AddSession(commands);
}

}  // namespace plenary::cli
