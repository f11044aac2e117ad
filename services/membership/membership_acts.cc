// The acts of the board and of nature: suspension, its end, death.
#include <algorithm>
#include <string>

#include "common/mutation/mutate.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "services/membership/errors.h"
#include "services/membership/errors_dues.h"
#include "services/membership/limits_dues.h"
#include "services/membership/membership_service.h"
#include "services/membership/names.h"
#include "services/membership/show_acts.h"
#include "services/membership/store/invoices.h"
#include "services/membership/store/periods.h"
#include "services/membership/store/price_locks.h"
#include "services/membership/store/recorded_acts.h"

namespace plenary::membership {
namespace {

constexpr char kSuspend[] = "plenary.membership.v1.MembershipService.Suspend";
constexpr char kReinstate[] = "plenary.membership.v1.MembershipService.Reinstate";
constexpr char kRecordDeath[] = "plenary.membership.v1.MembershipService.RecordDeath";

bool IsMotion(std::string_view name) {
  constexpr std::string_view kInfix = "/motions/";
  const std::size_t infix = name.find(kInfix);
  return infix != std::string_view::npos && ResourceId("bodies", name.substr(0, infix)).has_value() &&
         ResourceId("motions", name.substr(infix + 1)).has_value();
}

// A request of the committee service, as the act that it asks for; the act has no id yet.
struct BoardAct {
  store::Holder holder;
  store::Act act;
};
template <typename Request>
absl::StatusOr<BoardAct> ReadBoardAct(const rpc::Call& call, const Request& request, rules::ActKind kind) {
  FieldChecks checks;
  const auto holder = store::ParseHolder(request.holder());
  checks.Require(holder.has_value(), "holder",
                 "Name the member \"people/{person}\" or \"companies/{company}\".");
  checks.Require(IsMotion(request.motion()), "motion",
                 "Name the motion that carried it, \"bodies/{body}/motions/{motion}\".");
  checks.Text("reason", request.reason(), 1, limits::kLongestActReason);
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  const auto day = ParseDate(request.effective_date());
  if (!day.has_value()) return errors::DateInvalid("effective_date", request.effective_date());
  return BoardAct{.holder = *holder,
                  .act = {.holder = holder->id,
                          .kind = kind,
                          .effective_on = *day,
                          .motion = request.motion(),
                          .reason = request.reason(),
                          .source = call.principal().Actor()}};
}

bool SameContent(const store::Act& a, const store::Act& b) {
  return a.holder == b.holder && a.kind == b.kind && a.effective_on == b.effective_on && a.reason == b.reason;
}

bool HasDied(const HolderFacts& facts) {
  return std::any_of(facts.acts.begin(), facts.acts.end(),
                     [](const rules::StandingAct& act) { return act.kind == rules::ActKind::kDeceased; });
}

// The first act of a motion, again; MOTION_ACTED when it was another one. nullopt when it has not acted.
absl::StatusOr<std::optional<v1::MembershipAct>> ActedAlready(db::Transaction& transaction,
                                                              const BoardAct& board) {
  ASSIGN_OR_RETURN(const auto first, store::ActOfMotion(transaction, board.act.motion));
  if (!first.has_value()) return std::optional<v1::MembershipAct>();
  if (!SameContent(first->act, board.act)) return errors::MotionActed(board.act.motion);
  return std::optional<v1::MembershipAct>(ShowAct(board.holder, *first));
}

// Stores the act of a motion, once for ever.
absl::StatusOr<v1::MembershipAct> ActOnce(db::Transaction& transaction, IdSource& ids, const rpc::Call& call,
                                          std::string_view method, BoardAct board) {
  ASSIGN_OR_RETURN(const HolderFacts facts, LockHolderFacts(transaction, board.holder));
  ASSIGN_OR_RETURN(auto first, ActedAlready(transaction, board));
  if (first.has_value()) return *std::move(first);
  if (HasDied(facts)) return errors::HolderDeceased();
  if (board.act.kind == rules::ActKind::kReinstated &&
      rules::HolderSuspensionOn(facts.acts, board.act.effective_on) == nullptr) {
    return errors::NotSuspended(FormatDate(board.act.effective_on));
  }
  board.act.id = ids.NextText();
  ASSIGN_OR_RETURN(const bool is_new, store::InsertAct(transaction, board.act, call.now()));
  if (!is_new) return errors::MotionActed(board.act.motion);
  RETURN_IF_ERROR(RecordAct(transaction, call, method, store::HolderName(board.holder), board.act.motion));
  return ShowAct(board.holder, {.act = board.act, .recorded_at = call.now()});
}

}  // namespace

absl::StatusOr<v1::MembershipAct> MembershipService::Suspend(rpc::Call& call,
                                                             const v1::SuspendRequest& request) {
  ASSIGN_OR_RETURN(const BoardAct board, ReadBoardAct(call, request, rules::ActKind::kSuspended));
  return Mutate<v1::MembershipAct>(pool_, call, kSuspend, request, [&](db::Transaction& transaction) {
    return ActOnce(transaction, ids_, call, kSuspend, board);
  });
}

absl::StatusOr<v1::MembershipAct> MembershipService::Reinstate(rpc::Call& call,
                                                               const v1::ReinstateRequest& request) {
  ASSIGN_OR_RETURN(const BoardAct board, ReadBoardAct(call, request, rules::ActKind::kReinstated));
  return Mutate<v1::MembershipAct>(pool_, call, kReinstate, request, [&](db::Transaction& transaction) {
    return ActOnce(transaction, ids_, call, kReinstate, board);
  });
}

absl::StatusOr<v1::MembershipAct> MembershipService::RecordDeath(rpc::Call& call,
                                                                 const v1::RecordDeathRequest& request) {
  const absl::CivilDay today = DateOf(call.now());
  FieldChecks checks;
  const auto person = ResourceId(kPeople, request.person());
  checks.Require(person.has_value(), "person", "Name the person \"people/{person}\".");
  checks.Text("reason", request.reason(), 0, limits::kLongestActReason);
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  const auto day = request.died_on().empty() ? today : ParseDate(request.died_on());
  if (!day.has_value()) return errors::DateInvalid("died_on", request.died_on());
  if (*day > today) return errors::FieldInvalid("died_on", "Give a day that is not after today.");
  const store::Holder holder{store::HolderKind::kPerson, *person};
  return Mutate<v1::MembershipAct>(
      pool_, call, kRecordDeath, request,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::MembershipAct> {
        ASSIGN_OR_RETURN(const HolderFacts facts, LockHolderFacts(transaction, holder));
        if (HasDied(facts)) return errors::DeathRecorded();
        const store::Act act{.id = ids_.NextText(),
                             .holder = holder.id,
                             .kind = rules::ActKind::kDeceased,
                             .effective_on = *day,
                             .reason = request.reason(),
                             .source = call.principal().Actor()};
        RETURN_IF_ERROR(store::InsertAct(transaction, act, call.now()).status());
        RETURN_IF_ERROR(store::EndPriceLocks(transaction, holder.id, *day));
        RETURN_IF_ERROR(
            store::VoidUnbegun(transaction, {.holder = holder.id}, today, "The member has died."));
        RETURN_IF_ERROR(RecordAct(transaction, call, kRecordDeath, request.person(), FormatDate(*day)));
        return ShowAct(holder, {.act = act, .recorded_at = call.now()});
      });
}

}  // namespace plenary::membership
