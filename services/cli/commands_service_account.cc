// service-account
#include <memory>

#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "services/cli/commands.h"
#include "services/cli/errors.h"
#include "services/cli/files.h"
#include "services/cli/names.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;  // the messages of one contract, in one file
using Accounts = ServiceAccountService::Stub;

constexpr char kCollection[] = "serviceAccounts";

// The secret leaves once: into a file that only its owner may read, or else to whoever reads the output.
absl::Status HandOver(Invocation& run, ServiceAccount account, const std::string& secret_file) {
  run.out().Print(Facts()
                      .Add("service account", LastSegment(account.name()))
                      .Add("for", account.display_name())
                      .Add("roles", fmt::format("{}", fmt::join(account.roles(), ", ")))
                      .Add("ends", InstantText(account.has_expire_time(), account.expire_time())));
  if (account.secret().empty()) {
    run.out().Line(fmt::format(
        "Its secret was shown with the first answer. `plenary service-account rotate {}` makes another.",
        LastSegment(account.name())));
  } else if (secret_file.empty()) {
    run.out().Line(fmt::format("Secret, shown only now: {}", account.secret()));
  } else {
    RETURN_IF_ERROR(WriteSecretFile(secret_file, account.secret() + "\n"));
    account.clear_secret();
    run.out().Line(fmt::format("Its secret is in {}.", secret_file));
  }
  run.out().Document(account);
  return absl::OkStatus();
}

struct CreateFlags {
  std::string display_name;
  std::vector<std::string> roles;
  std::string until;
  std::string secret_file;
};

absl::Status Create(Invocation& run, const CreateFlags& flags) {
  const auto until = ParseDate(flags.until);
  if (!until.has_value()) return errors::WrongUsage("--until takes a date, YYYY-MM-DD.");
  CreateServiceAccountRequest request;
  request.set_display_name(flags.display_name);
  request.mutable_roles()->Add(flags.roles.begin(), flags.roles.end());
  *request.mutable_expire_time() = ToTimestamp(StartOf(*until));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(ServiceAccount account, run.Ask(&Accounts::CreateServiceAccount, request));
  return HandOver(run, std::move(account), flags.secret_file);
}

std::string StateOf(Invocation& run, const ServiceAccount& account) {
  if (account.has_revoke_time()) return "revoked";
  return FromTimestamp(account.expire_time()) <= run.Now() ? "over" : "in force";
}

absl::Status List(Invocation& run) {
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Accounts::ListServiceAccounts, ListServiceAccountsRequest()));
  Table table({"ACCOUNT", "FOR", "ROLES", "STATE", "ENDS", "SECRET"});
  for (const ServiceAccount& account : all.service_accounts()) {
    table.Row({LastSegment(account.name()), account.display_name(),
               fmt::format("{}", fmt::join(account.roles(), " ")), StateOf(run, account),
               InstantText(account.has_expire_time(), account.expire_time()),
               account.secret_fingerprint() + "…"});
  }
  run.out().Print(table, "No service accounts.");
  run.out().Document(all);
  return absl::OkStatus();
}

absl::Status Rotate(Invocation& run, const std::string& account, const std::string& secret_file) {
  RotateServiceAccountSecretRequest request;
  request.set_name(Qualified(kCollection, account));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(ServiceAccount changed, run.Ask(&Accounts::RotateServiceAccountSecret, request));
  return HandOver(run, std::move(changed), secret_file);
}

absl::Status Revoke(Invocation& run, const std::string& account) {
  RevokeServiceAccountRequest request;
  request.set_name(Qualified(kCollection, account));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const ServiceAccount revoked, run.Ask(&Accounts::RevokeServiceAccount, request));
  run.out().Line(fmt::format("Revoked {} ({}). Its access tokens expire within 15 minutes.",
                             LastSegment(revoked.name()), revoked.display_name()));
  run.out().Document(revoked);
  return absl::OkStatus();
}

}  // namespace

void AddServiceAccountCommands(CommandSet& commands) {
  CLI::App& group = commands.Group("service-account", "Programs that act for the office (staff)");
  const auto flags = std::make_shared<CreateFlags>();
  CLI::App& create = commands.Mutation(
      group, "create", "Make an account and its secret",
      "plenary service-account create \"Web shop\" --role staff --until 2023-08-01 --secret-file shop.secret",
      [flags](Invocation& run) { return Create(run, *flags); });
  create.add_option("DISPLAY_NAME", flags->display_name, "What it is for")->required();
  create.add_option("--role", flags->roles, "Role it is given: staff")->allow_extra_args(false);
  create.add_option("--until", flags->until, "First day on which it is refused, YYYY-MM-DD; within 366 days")
      ->required();
  create.add_option("--secret-file", flags->secret_file, "File for the secret; default: it is printed");
  commands.List(group, "list", "All accounts, with what has become of them", "plenary service-account list",
                List);
  const auto account = std::make_shared<std::string>();
  const auto secret_file = std::make_shared<std::string>();
  CLI::App& rotate = commands.Mutation(
      group, "rotate", "Make another secret; the one before is refused at once",
      "plenary service-account rotate 0123456789abcdefghijklmnop --secret-file shop.secret",
      [account, secret_file](Invocation& run) { return Rotate(run, *account, *secret_file); });
  rotate.add_option("ACCOUNT", *account, "Id from `plenary service-account list`")->required();
  rotate.add_option("--secret-file", *secret_file, "File for the secret; default: it is printed");
  CLI::App& revoke = commands.Mutation(group, "revoke", "End an account for ever",
                                       "plenary service-account revoke 0123456789abcdefghijklmnop",
                                       [account](Invocation& run) { return Revoke(run, *account); });
  revoke.add_option("ACCOUNT", *account, "Id from `plenary service-account list`")->required();
}

}  // namespace plenary::cli
