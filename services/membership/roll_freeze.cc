// FreezeRoll: one transaction makes the roll, a chunk of companies at a time; then what is stored is
// streamed.
#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "common/mutation/mutate.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "services/membership/errors.h"
#include "services/membership/errors_rolls.h"
#include "services/membership/limits_rolls.h"
#include "services/membership/register_pass.h"
#include "services/membership/roll_names.h"
#include "services/membership/roll_service.h"
#include "services/membership/rules/roll_bytes.h"
#include "services/membership/store/rolls.h"

namespace plenary::membership {
namespace {

constexpr char kFreezeRoll[] = "plenary.membership.v1.RollService.FreezeRoll";

// What was asked for, checked.
struct Plan {
  std::string election;
  absl::CivilDay record_date;
  v1::Unit unit = v1::UNIT_COMPANY;
  v1::Act act = v1::ACT_VOTE;
  int challenge_days = limits::kDefaultChallengeDays;
};

absl::StatusOr<Plan> ReadPlan(const rpc::Call& call, const v1::FreezeRollRequest& request) {
  Plan plan;
  ASSIGN_OR_RETURN(plan.election, ReadElection(request.election()));
  const auto record_date = ParseDate(request.record_date());
  if (!record_date.has_value()) return errors::DateInvalid("record_date", request.record_date());
  if (*record_date > DateOf(call.now())) return errors::RecordDateInFuture(request.record_date());
  plan.record_date = *record_date;
  if (!v1::Unit_IsValid(request.unit()))
    return errors::FieldInvalid("unit", "Say whether companies or people are listed.");
  if (request.unit() == v1::UNIT_PERSON) plan.unit = v1::UNIT_PERSON;
  if (request.act() != v1::ACT_UNSPECIFIED) plan.act = request.act();
  if (plan.act != v1::ACT_VOTE && (plan.unit == v1::UNIT_COMPANY || plan.act != v1::ACT_CONTEST)) {
    return errors::FieldInvalid("act", "Companies vote; people vote or take part in a contest.");
  }
  if (request.challenge_days() != 0) plan.challenge_days = request.challenge_days();
  if (plan.challenge_days < 1 || plan.challenge_days > limits::kMostChallengeDays) {
    return errors::FieldInvalid("challenge_days", "Give 1 to 60 days for challenges, or 0 for 7.");
  }
  return plan;
}

// The lines of a roll on their way into the table; of each only the 16 bytes of its unit stay.
class RollBuilder {
 public:
  RollBuilder(db::Transaction& transaction, const Plan& plan) : transaction_(transaction), plan_(plan) {}

  absl::Status Add(const rules::CompanyFacts& company, const rules::Provisions& provisions) {
    if (plan_.unit == v1::UNIT_PERSON) return AddPeople(company, provisions);
    const rules::CompanyEligibility answer =
        rules::ExplainEligibility(company, provisions, plan_.record_date);
    if (!answer.eligible) return absl::OkStatus();
    return AddLine({.unit = company.id,
                    .unit_display_name = company.display_name,
                    .company = company.id,
                    .company_display_name = company.display_name,
                    .representative = answer.representative});
  }

  absl::Status Flush() {
    ASSIGN_OR_RETURN(const bool stored, store::InsertRollLines(transaction_, plan_.election, 1, lines_));
    if (!stored) return absl::InternalError("somebody represents two companies on one day");
    lines_.clear();
    return absl::OkStatus();
  }

  // Ends the building.
  std::vector<IdBytes> TakeUnits() { return std::move(units_); }

 private:
  absl::Status AddPeople(const rules::CompanyFacts& company, const rules::Provisions& provisions) {
    for (const rules::PersonFacts& person : company.people) {
      if (!rules::ExplainRight(person, provisions, plan_.act, plan_.record_date).allowed) continue;
      RETURN_IF_ERROR(AddLine({.unit = person.id,
                               .unit_display_name = person.full_name,
                               .company = company.id,
                               .company_display_name = company.display_name,
                               .representative = person.id}));
    }
    return absl::OkStatus();
  }

  absl::Status AddLine(store::RollLine line) {
    const auto bytes = ParseId(line.unit);
    if (!bytes.has_value()) return absl::InternalError("a unit of a roll has no id: " + line.unit);
    units_.push_back(*bytes);
    lines_.push_back(std::move(line));
    return lines_.size() < static_cast<std::size_t>(limits::kEntriesAtATime) ? absl::OkStatus() : Flush();
  }

  db::Transaction& transaction_;
  const Plan& plan_;
  std::vector<store::RollLine> lines_;
  std::vector<IdBytes> units_;
};

v1::Roll NewRoll(const rpc::Call& call, const v1::FreezeRollRequest& request, const Plan& plan) {
  v1::Roll roll;
  roll.set_election(request.election());
  roll.set_record_date(request.record_date());
  *roll.mutable_freeze_time() = ToTimestamp(call.now());
  roll.set_unit(plan.unit);
  roll.set_act(plan.act);
  roll.set_revision(1);
  *roll.mutable_challenges_close_time() = ToTimestamp(call.now() + absl::Hours(24) * plan.challenge_days);
  return roll;
}

absl::StatusOr<v1::Roll> Freeze(db::Transaction& transaction, const rpc::Call& call,
                                const v1::FreezeRollRequest& request, const Plan& plan) {
  // First, so that the register is read as whoever changed it before left it; whoever comes after finds the
  // roll.
  RETURN_IF_ERROR(store::TakeRollTurn(transaction));
  v1::Roll roll = NewRoll(call, request, plan);
  // The election's one place before the work: whoever is second does none for nothing.
  ASSIGN_OR_RETURN(const bool first, store::InsertRoll(transaction, plan.election, roll));
  if (!first) return errors::RollAlreadyFrozen(request.election());
  RollBuilder builder(transaction, plan);
  RETURN_IF_ERROR(EachCompany(transaction, plan.record_date, call.deadline(),
                              [&](const rules::CompanyFacts& company, const rules::Provisions& provisions) {
                                return builder.Add(company, provisions);
                              }));
  RETURN_IF_ERROR(builder.Flush());
  std::vector<IdBytes> units = builder.TakeUnits();
  if (units.empty()) return errors::RollEmpty(request.record_date());
  roll.set_count(static_cast<int>(units.size()));
  roll.set_sha256(rules::RollSha256(std::move(units)));
  v1::RollRevision revision;
  revision.set_revision(1);
  revision.set_count(roll.count());
  revision.set_sha256(roll.sha256());
  revision.set_reason("frozen");
  *revision.mutable_create_time() = roll.freeze_time();
  RETURN_IF_ERROR(store::StoreRevision(transaction, plan.election, revision, ""));
  RETURN_IF_ERROR(
      RecordAct(transaction, call, kFreezeRoll, request.election(),
                fmt::format("{} {} as of {}", roll.count(), CollectionOf(plan.unit), roll.record_date())));
  return roll;
}

}  // namespace

absl::Status RollService::FreezeRoll(rpc::Call& call, const v1::FreezeRollRequest& request,
                                     grpc::ServerWriter<v1::FreezeRollResponse>& writer) {
  ASSIGN_OR_RETURN(const Plan plan, ReadPlan(call, request));
  ASSIGN_OR_RETURN(const v1::Roll roll,
                   MutateOnce<v1::Roll>(pool_, call, kFreezeRoll, request.request_id(),
                                        request.SerializeAsString(), [&](db::Transaction& transaction) {
                                          return Freeze(transaction, call, request, plan);
                                        }));
  return StreamRoll(call, roll, writer);
}

absl::Status RollService::StreamRoll(rpc::Call& call, const v1::Roll& roll,
                                     grpc::ServerWriter<v1::FreezeRollResponse>& writer) {
  // What is stored, so that a repeated request gets the first answer whatever the register, and a challenge,
  // say by now. No connection is held while a slow reader reads.
  v1::FreezeRollResponse part;
  std::string after;
  while (true) {
    RETURN_IF_ERROR(CheckInTime(call.deadline()));
    ASSIGN_OR_RETURN(auto entries, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                       return store::ListRollEntries(session, roll, roll.revision(), after,
                                                     limits::kEntriesAtATime);
                     }));
    for (v1::RollEntry& entry : entries) {
      *part.mutable_entry() = std::move(entry);
      if (!writer.Write(part)) return errors::CallerGone();
    }
    if (entries.size() < static_cast<std::size_t>(limits::kEntriesAtATime)) break;
    after = ResourceId(CollectionOf(roll.unit()), part.entry().unit()).value_or("");
  }
  *part.mutable_roll() = roll;
  return writer.Write(part) ? absl::OkStatus() : errors::CallerGone();
}

}  // namespace plenary::membership
