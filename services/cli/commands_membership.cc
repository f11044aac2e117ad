// membership
#include <optional>

#include "fmt/format.h"
#include "plenary/membership/v1/membership_service.grpc.pb.h"
#include "services/cli/commands.h"
#include "services/cli/errors.h"
#include "services/cli/money.h"
#include "services/cli/names.h"
#include "services/cli/resolve.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;  // the messages of one contract, in one file
using Memberships = MembershipService::Stub;

constexpr char kHolderHelp[] =
    "E-mail address, people/ID, `me`, or a company by display name or companies/ID";

struct MembershipFlags {
  std::string holder;
  std::string category;
  std::string date;
  std::string reason;
  bool preview = false;
};

std::string UntilText(const std::string& end) { return end.empty() ? "without an end" : "until " + end; }

// What was, or would be, put on the register.
void PrintEnrolment(Invocation& run, const Enrolment& enrolment) {
  const Membership& membership = enrolment.membership();
  run.out().Line(fmt::format("{} {} from {} {}.", enrolment.validate_only() ? "Would be" : "Is",
                             LastSegment(membership.category()), membership.start_date(),
                             UntilText(membership.end_date())));
  run.out().Print(
      Facts()
          .Add("holder", enrolment.holder())
          .Add("state", Word(membership.state()))
          .Add("price", CentsText(enrolment.price_cents()) + (enrolment.price_locked() ? " (locked)" : ""))
          .Add("member since", enrolment.member_since())
          .Add("invoice", enrolment.invoice()));
  run.out().Document(enrolment);
}

absl::Status Enrol(Invocation& run, const MembershipFlags& flags) {
  EnrolRequest request;
  ASSIGN_OR_RETURN(*request.mutable_holder(), HolderName(run, flags.holder));
  request.set_category(Qualified("categories", flags.category));
  request.set_start_date(flags.date);
  request.set_validate_only(flags.preview);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Enrolment enrolment, run.Ask(&Memberships::Enrol, request));
  PrintEnrolment(run, enrolment);
  return absl::OkStatus();
}

absl::Status Renew(Invocation& run, const MembershipFlags& flags) {
  RenewRequest request;
  ASSIGN_OR_RETURN(*request.mutable_holder(), HolderName(run, flags.holder));
  if (!flags.category.empty()) request.set_category(Qualified("categories", flags.category));
  request.set_end_date(flags.date);
  request.set_validate_only(flags.preview);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Enrolment renewal, run.Ask(&Memberships::Renew, request));
  PrintEnrolment(run, renewal);
  return absl::OkStatus();
}

Table ActTable(const google::protobuf::RepeatedPtrField<MembershipAct>& acts) {
  Table table({"ACT", "CATEGORY", "PERIOD FROM", "SINCE", "MOTION", "REASON", "BY"});
  for (const MembershipAct& act : acts) {
    table.Row({Word(act.kind()), act.category().empty() ? "all" : LastSegment(act.category()),
               act.start_date().empty() ? "all" : act.start_date(), act.effective_date(), act.motion(),
               act.reason(), act.source()});
  }
  return table;
}

absl::Status Cancel(Invocation& run, const MembershipFlags& flags) {
  CancelRequest request;
  ASSIGN_OR_RETURN(*request.mutable_holder(), HolderName(run, flags.holder));
  if (!flags.category.empty()) request.set_category(Qualified("categories", flags.category));
  request.set_effective_date(flags.date);
  request.set_reason(flags.reason);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const CancelResponse cancelled, run.Ask(&Memberships::Cancel, request));
  run.out().Print(ActTable(cancelled.acts()), "Nothing was cancelled.");
  run.out().Document(cancelled);
  return absl::OkStatus();
}

absl::Status RecordDeath(Invocation& run, const MembershipFlags& flags) {
  RecordDeathRequest request;
  ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, flags.holder));
  request.set_died_on(flags.date);
  request.set_reason(flags.reason);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const MembershipAct act, run.Ask(&Memberships::RecordDeath, request));
  run.out().Line(fmt::format("Recorded the death of {} on {}.", act.holder(), act.effective_date()));
  run.out().Document(act);
  return absl::OkStatus();
}

void PrintPeriods(Invocation& run, const ListPeriodsResponse& all) {
  Table periods({"CATEGORY", "FROM", "UNTIL", "STATE", "MOTION", "SOURCE"});
  for (const Membership& membership : all.periods()) {
    periods.Row({LastSegment(membership.category()), membership.start_date(),
                 membership.end_date().empty() ? "no end" : membership.end_date(), Word(membership.state()),
                 membership.motion(), membership.source()});
  }
  run.out().Print(periods, "No memberships.");
  if (!all.price_locks().empty()) {
    Table locks({"PRICE LOCK", Right("PRICE"), "SINCE", "UNTIL"});
    for (const PriceLock& lock : all.price_locks()) {
      locks.Row({LastSegment(lock.category()), CentsText(lock.price_cents()), lock.since(),
                 lock.end_date().empty() ? "holds" : lock.end_date()});
    }
    run.out().Line("");
    run.out().Print(locks, "");
  }
  if (!all.acts().empty()) {
    run.out().Line("");
    run.out().Print(ActTable(all.acts()), "");
  }
}

absl::Status ListPeriods(Invocation& run, const MembershipFlags& flags) {
  ListPeriodsRequest request;
  ASSIGN_OR_RETURN(*request.mutable_holder(), HolderName(run, flags.holder));
  request.set_as_of(flags.date);
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Memberships::ListPeriods, request));
  PrintPeriods(run, all);
  run.out().Document(all);
  return absl::OkStatus();
}

absl::Status RunRenewals(Invocation& run) {
  ASSIGN_OR_RETURN(const auto channel, run.Channel(Part::kMembership));
  Memberships stub(channel);
  grpc::ClientContext context;
  run.PrepareStream(context, Part::kMembership);
  const auto reader = stub.RunRenewals(&context, RunRenewalsRequest());
  RunRenewalsResponse counts;
  {
    const auto progress = run.ShowProgress("Renewals", 0);
    std::int64_t shown = 0;
    while (reader->Read(&counts)) {
      progress->Advance(counts.holders() - shown);
      shown = counts.holders();
    }
  }
  const grpc::Status status = reader->Finish();
  if (!status.ok()) return run.ErrorOf(Part::kMembership, status);
  run.out().Print(Facts()
                      .Add("looked at", std::to_string(counts.holders()))
                      .Add("invoices made", std::to_string(counts.invoices()))
                      .Add("notices queued", std::to_string(counts.notices()))
                      .Add("locks ended", std::to_string(counts.locks_ended()))
                      .Add("nobody to tell", std::to_string(counts.without_addressee())));
  run.out().Document(counts);
  if (!counts.done()) return errors::CheckFailed("The run was cut off. Start it again: it goes on.");
  return absl::OkStatus();
}

void AddChanges(CommandSet& commands, CLI::App& membership) {
  const auto flags = std::make_shared<MembershipFlags>();
  CLI::App& enrol = commands.Mutation(
      membership, "enrol", "Put a member on the register, with the invoice for the price (staff)",
      "plenary membership enrol ada.demo@solo.example professional --from 2022-08-24",
      [flags](Invocation& run) { return Enrol(run, *flags); });
  enrol.add_option("HOLDER", flags->holder, kHolderHelp)->required();
  enrol.add_option("CATEGORY", flags->category, "Id of the category")->required();
  enrol.add_option("--from", flags->date, "First day, YYYY-MM-DD (default: today)");
  enrol.add_flag("--preview", flags->preview, "Show the price and the end; store nothing");
  CLI::App& renew = commands.Mutation(
      membership, "renew", "Add the next period; with --preview tell its price and end",
      "plenary membership renew me --preview", [flags](Invocation& run) { return Renew(run, *flags); });
  renew.add_option("HOLDER", flags->holder, kHolderHelp)->required();
  renew.add_option("--category", flags->category, "Id of the category, when there are several");
  renew.add_option("--end-date", flags->date,
                   "End of the period to follow, YYYY-MM-DD: renews it early, and once only");
  renew.add_flag("--preview", flags->preview, "Store nothing");
  CLI::App& cancel =
      commands.Mutation(membership, "cancel", "End a membership by the wish of its holder",
                        "plenary membership cancel me --on 2022-12-31 --reason \"I have changed my trade.\"",
                        [flags](Invocation& run) { return Cancel(run, *flags); });
  cancel.add_option("HOLDER", flags->holder, kHolderHelp)->required();
  cancel.add_option("--category", flags->category, "Id of the category, when there are several");
  cancel.add_option("--on", flags->date, "First day without it, YYYY-MM-DD (default: today)");
  cancel.add_option("--reason", flags->reason, "Why");
  CLI::App& death = commands.Mutation(membership, "record-death", "Record that a member has died (staff)",
                                      "plenary membership record-death ada.demo@solo.example --on 2022-08-18",
                                      [flags](Invocation& run) { return RecordDeath(run, *flags); });
  death.add_option("PERSON", flags->holder, "E-mail address or people/ID")->required();
  death.add_option("--on", flags->date, "Day of death, YYYY-MM-DD (default: today)");
  death.add_option("--reason", flags->reason, "Where it is known from");
}

}  // namespace

void AddMembershipCommands(CommandSet& commands) {
  CLI::App& membership = commands.Group("membership", "Memberships from the first day to the last");
  AddChanges(commands, membership);
  const auto flags = std::make_shared<MembershipFlags>();
  CLI::App& list =
      commands.List(membership, "list", "Every period of a member with its state, price locks and acts",
                    "plenary membership list me --as-of 2022-08-31",
                    [flags](Invocation& run) { return ListPeriods(run, *flags); });
  list.add_option("HOLDER", flags->holder, kHolderHelp)->required();
  list.add_option("--as-of", flags->date, "Day of the states, YYYY-MM-DD (default: today)");
  commands.Command(membership, "run-renewals",
                   "Do the day's work: invoices, notices, price locks of the lapsed (staff)",
                   "plenary membership run-renewals", RunRenewals);
}

}  // namespace plenary::cli
