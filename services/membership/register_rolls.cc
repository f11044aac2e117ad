#include "services/membership/register_rolls.h"

#include <map>
#include <utility>

#include "common/status/macros.h"
#include "common/time/date.h"
#include "services/membership/errors.h"
#include "services/membership/errors_rolls.h"
#include "services/membership/names.h"
#include "services/membership/rules/collector.h"
#include "services/membership/store/facts.h"
#include "services/membership/store/register.h"
#include "services/membership/store/roll_challenges.h"
#include "services/membership/store/rolls.h"

namespace plenary::membership {
namespace {

// A line of the roll, and what the register says of those it depends on.
struct Collector {
  store::RollLine line;
  std::optional<rules::CompanyFacts> company;  // of a roll of companies
  std::optional<rules::PersonFacts> person;    // of a roll of people; nullopt: gone from the register
};

std::string ClaimedCompany(const rpc::Call& call) {
  return ResourceId(kCompanies, call.principal().company).value_or("");
}

std::string CallersId(const rpc::Call& call) {
  return ResourceId(kPeople, call.principal().person).value_or("");
}

// Of the company that the token claims: the caller is of it, by the facts of the day, and is the one whom the
// roll names, or the substitute.
absl::StatusOr<Collector> FindRepresentative(db::Session& session, const rpc::Call& call,
                                             const std::string& election) {
  const std::string person = CallersId(call);
  Collector collector;
  // First, because it is one row: a company is the facts of everybody in it.
  ASSIGN_OR_RETURN(auto line, store::FindRollLine(session, election, ClaimedCompany(call)));
  if (line.has_value() && line->representative != person) return errors::NotRepresentative();
  ASSIGN_OR_RETURN(collector.company, store::LoadCompany(session, ClaimedCompany(call), DateOf(call.now())));
  if (!collector.company.has_value() || rules::FindPersonIn(*collector.company, person) == nullptr)
    return errors::NotRepresentative();
  if (!line.has_value()) return errors::NotOnRoll(ResourceName(kElections, election));
  collector.line = *std::move(line);
  return collector;
}

// The line of the company that the token claims, for who may ask about it.
absl::StatusOr<std::string> FindLineOfCompany(db::Session& session, const rpc::Call& call,
                                              const std::string& election) {
  ASSIGN_OR_RETURN(const auto line, store::FindRollLine(session, election, ClaimedCompany(call)));
  ASSIGN_OR_RETURN(const auto company, store::LoadCompany(session, ClaimedCompany(call), DateOf(call.now())));
  const std::string person = CallersId(call);
  if (!company.has_value() || rules::FindPersonIn(*company, person) == nullptr)
    return errors::NotRepresentative();
  if (!line.has_value()) return errors::NotOnRoll(ResourceName(kElections, election));
  if (!rules::MayAskAboutLine(*company, line->representative, person)) return errors::NotRepresentative();
  return line->unit;
}

// A roll of people: everybody on it for themselves.
absl::StatusOr<Collector> FindVoter(db::Session& session, const rpc::Call& call,
                                    const std::string& election) {
  const std::string person = CallersId(call);
  Collector collector;
  ASSIGN_OR_RETURN(auto line, store::FindRollLine(session, election, person));
  if (!line.has_value()) return errors::PersonNotOnRoll(ResourceName(kElections, election));
  ASSIGN_OR_RETURN(collector.person, store::LoadPersonFacts(session, person, DateOf(call.now())));
  collector.line = *std::move(line);
  return collector;
}

absl::StatusOr<Collector> FindCollector(db::Session& session, const rpc::Call& call,
                                        const std::string& election, const RegistrarRoll& roll) {
  return roll.of_people ? FindVoter(session, call, election) : FindRepresentative(session, call, election);
}

std::string WhyCannotCollect(const Collector& collector, const RegistrarRoll& roll,
                             const rules::Provisions& provisions, absl::CivilDay today) {
  if (!roll.of_people) {
    return rules::WhyCannotCollect(*collector.company, collector.line.representative, provisions, today);
  }
  if (!collector.person.has_value()) return "You are not on the register any more. Ask the office why.";
  return rules::WhyCannotCollect(*collector.person, roll.act, provisions, today);
}

// Holds the company or person that the caller collects for; false when it is left to whoever holds it.
absl::StatusOr<bool> HoldUnit(db::Transaction& transaction, const rpc::Call& call, const RegistrarRoll& roll,
                              RegistrarRolls::WhenHeld when) {
  const std::string unit = roll.of_people ? CallersId(call) : ClaimedCompany(call);
  if (when == RegistrarRolls::WhenHeld::kLeave) {
    return roll.of_people ? store::TryLockPerson(transaction, unit)
                          : store::TryLockCompany(transaction, unit);
  }
  RETURN_IF_ERROR(roll.of_people ? store::LockPerson(transaction, unit).status()
                                 : store::LockCompany(transaction, unit).status());
  return true;
}

// The provisions of the days on which calls began: nearly always of one.
class ProvisionsByDay {
 public:
  explicit ProvisionsByDay(db::Session& session) : session_(session) {}
  absl::StatusOr<const rules::Provisions*> On(absl::CivilDay day) {
    if (const auto found = days_.find(day); found != days_.end()) return &found->second;
    ASSIGN_OR_RETURN(rules::Provisions provisions, store::LoadProvisions(session_, day));
    return &days_.emplace(day, std::move(provisions)).first->second;
  }

 private:
  db::Session& session_;
  std::map<absl::CivilDay, rules::Provisions> days_;
};

RegistrarRolls::HeldLine Judge(db::Session& session, const rpc::Call& call, const std::string& election,
                               const RegistrarRoll& roll, ProvisionsByDay& provisions_by_day) {
  ASSIGN_OR_RETURN(const Collector collector, FindCollector(session, call, election, roll));
  const absl::CivilDay today = DateOf(call.now());
  ASSIGN_OR_RETURN(const rules::Provisions* provisions, provisions_by_day.On(today));
  return RegistrarLine{.unit = collector.line.unit,
                       .why_not = WhyCannotCollect(collector, roll, *provisions, today)};
}

std::optional<RegistrarRoll> RollOf(const std::optional<v1::Roll>& roll) {
  if (!roll.has_value()) return std::nullopt;
  return RegistrarRoll{.sha256 = roll->sha256(),
                       .count = roll->count(),
                       .of_people = roll->unit() == v1::UNIT_PERSON,
                       .act = roll->act()};
}

}  // namespace

absl::StatusOr<std::optional<RegistrarRoll>> RegisterRolls::Find(db::Session& session,
                                                                 const std::string& election) const {
  ASSIGN_OR_RETURN(const auto roll, store::FindRoll(session, election));
  return RollOf(roll);
}

absl::StatusOr<std::optional<RegistrarRoll>> RegisterRolls::Lock(db::Transaction& transaction,
                                                                 const std::string& election) const {
  ASSIGN_OR_RETURN(const auto roll, store::LockRoll(transaction, election));
  return RollOf(roll);
}

// A manifest fixes the roll, so what is said against the roll is decided before.
absl::Status RegisterRolls::CheckSettled(db::Session& session, const std::string& election) const {
  ASSIGN_OR_RETURN(const bool open, store::HasOpenChallenge(session, election));
  return open ? errors::RollChallenged(ResourceName(kElections, election)) : absl::OkStatus();
}

absl::Status RegisterRolls::Fix(db::Transaction& transaction, const std::string& election) const {
  return store::FixRoll(transaction, election);
}

absl::StatusOr<RegistrarLine> RegisterRolls::FindLine(db::Session& session, const rpc::Call& call,
                                                      const std::string& election,
                                                      const RegistrarRoll& roll) const {
  if (!roll.of_people) {
    ASSIGN_OR_RETURN(std::string unit, FindLineOfCompany(session, call, election));
    return RegistrarLine{.unit = std::move(unit), .why_not = ""};
  }
  ASSIGN_OR_RETURN(const Collector voter, FindVoter(session, call, election));
  return RegistrarLine{.unit = voter.line.unit, .why_not = ""};
}

absl::StatusOr<std::vector<RegistrarRolls::HeldLine>> RegisterRolls::HoldLines(
    db::Transaction& transaction, const std::vector<const rpc::Call*>& calls, const std::string& election,
    const RegistrarRoll& roll, WhenHeld when) const {
  // All the locks come first, so that who collects cannot change between the rule and what follows from it:
  // the first read fixes what every later one sees.
  std::vector<bool> held;
  held.reserve(calls.size());
  for (const rpc::Call* call : calls) {
    ASSIGN_OR_RETURN(const bool is_held, HoldUnit(transaction, *call, roll, when));
    held.push_back(is_held);
  }
  ProvisionsByDay provisions(transaction);
  std::vector<HeldLine> lines;
  lines.reserve(calls.size());
  for (std::size_t i = 0; i < calls.size(); ++i) {
    lines.push_back(held[i] ? Judge(transaction, *calls[i], election, roll, provisions)
                            : HeldLine(std::nullopt));
  }
  return lines;
}

}  // namespace plenary::membership
