// join-code, company join, company invite
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "fmt/format.h"
#include "plenary/membership/v1/join_service.grpc.pb.h"
#include "services/cli/commands.h"
#include "services/cli/errors.h"
#include "services/cli/names.h"
#include "services/cli/resolve.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;  // the messages of one contract, in one file
using Joins = JoinService::Stub;

constexpr char kCompanyHelp[] = "Display name, id or companies/ID";

struct JoinFlags {
  std::string company;
  int uses = 1;
  std::string until;
  std::string address;
  std::string name;
  std::string code;
  bool consent = false;
};

absl::Status CreateCode(Invocation& run, const JoinFlags& flags) {
  CreateJoinCodeRequest request;
  ASSIGN_OR_RETURN(*request.mutable_company(), CompanyName(run, flags.company));
  const auto day = ParseDate(flags.until);
  if (!day.has_value()) {
    return errors::WrongUsage(fmt::format("\"{}\" is no date. Write it as YYYY-MM-DD.", flags.until));
  }
  *request.mutable_expire_time() = ToTimestamp(StartOf(*day));
  request.set_most_uses(flags.uses);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const JoinCode code, run.Ask(&Joins::CreateJoinCode, request));
  run.out().Line(code.code().empty() ? "This code was made before, and is shown once only."
                                     : fmt::format("{}  (give it to those who shall join)", code.code()));
  run.out().Document(code);
  return absl::OkStatus();
}

absl::Status Invite(Invocation& run, const JoinFlags& flags) {
  InvitePersonRequest request;
  ASSIGN_OR_RETURN(*request.mutable_company(), CompanyName(run, flags.company));
  request.set_address(flags.address);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const JoinCode invitation, run.Ask(&Joins::InvitePerson, request));
  run.out().Line(fmt::format("An invitation is on its way to {}, good until {}.", invitation.address(),
                             InstantText(invitation.has_expire_time(), invitation.expire_time())));
  run.out().Document(invitation);
  return absl::OkStatus();
}

absl::Status Revoke(Invocation& run, const JoinFlags& flags) {
  RevokeJoinCodeRequest request;
  request.set_name(Qualified("joinCodes", flags.name));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const JoinCode code, run.Ask(&Joins::RevokeJoinCode, request));
  run.out().Line(fmt::format("{} opens nothing any more.", code.name()));
  run.out().Document(code);
  return absl::OkStatus();
}

absl::Status ListCodes(Invocation& run, const JoinFlags& flags) {
  ListJoinCodesRequest request;
  ASSIGN_OR_RETURN(*request.mutable_company(), CompanyName(run, flags.company));
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Joins::ListJoinCodes, request));
  Table table({"CODE", "FOR", "USED", "UNTIL", "REVOKED", "BY"});
  for (const JoinCode& code : all.join_codes()) {
    table.Row({LastSegment(code.name()), code.address().empty() ? "anybody" : code.address(),
               fmt::format("{} of {}", code.uses(), code.most_uses()),
               InstantText(code.has_expire_time(), code.expire_time()),
               InstantText(code.has_revoke_time(), code.revoke_time()), LastSegment(code.creator())});
  }
  run.out().Print(table, "No codes.");
  run.out().Document(all);
  return absl::OkStatus();
}

absl::Status Join(Invocation& run, const JoinFlags& flags) {
  JoinCompanyRequest request;
  request.set_code(flags.code);
  request.set_consent(flags.consent);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const auto joined, run.Ask(&Joins::JoinCompany, request));
  run.out().Line(
      fmt::format("{} is with {} now.", joined.person().full_name(), joined.company_display_name()));
  run.out().Document(joined);
  return absl::OkStatus();
}

}  // namespace

void AddJoinCommands(CommandSet& commands) {
  CLI::App& join_code = commands.Group("join-code", "Codes by which people join a company");
  const auto flags = std::make_shared<JoinFlags>();
  CLI::App& create =
      commands.Mutation(join_code, "create", "Make a code (administrators of the company, staff)",
                        "plenary join-code create \"Primer Soft\" --uses 10 --until 2022-12-31",
                        [flags](Invocation& run) { return CreateCode(run, *flags); });
  create.add_option("--uses", flags->uses, "How many people may use it")->capture_default_str();
  create.add_option("--until", flags->until, "YYYY-MM-DD: good until this day begins")->required();
  CLI::App& invite = commands.Mutation(join_code, "invite", "Mail an invitation that is good for one address",
                                       "plenary join-code invite \"Primer Soft\" ada.demo@solo.example",
                                       [flags](Invocation& run) { return Invite(run, *flags); });
  CLI::App& list = commands.List(join_code, "list", "Codes and invitations of a company",
                                 "plenary join-code list \"Primer Soft\"",
                                 [flags](Invocation& run) { return ListCodes(run, *flags); });
  for (CLI::App* command : {&create, &invite, &list}) {
    command->add_option("COMPANY", flags->company, kCompanyHelp)->required();
  }
  invite.add_option("ADDRESS", flags->address, "Whom to invite")->required();
  CLI::App& revoke =
      commands.Mutation(join_code, "revoke", "End a code or an invitation", "plenary join-code revoke 2b9k…",
                        [flags](Invocation& run) { return Revoke(run, *flags); });
  revoke.add_option("CODE", flags->name, "Id or joinCodes/ID, as the list shows it")->required();

  CLI::App& company = *commands.root().get_subcommand("company");
  CLI::App& join =
      commands.Mutation(company, "join", "Leave the company you are with, and join that of a code",
                        "plenary company join ABCD-EFGH-IJKL-MNOP --leave-mine",
                        [flags](Invocation& run) { return Join(run, *flags); });
  join.add_option("CODE", flags->code, "As it was given to you")->required();
  join.add_flag("--leave-mine", flags->consent, "Yes, leave the company that you are with now");
}

}  // namespace plenary::cli
