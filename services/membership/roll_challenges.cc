// Challenges of a roll before the vote, and the revisions that sustained ones make.
#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "common/mutation/mutate.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "services/membership/errors.h"
#include "services/membership/errors_rolls.h"
#include "services/membership/limits_rolls.h"
#include "services/membership/roll_names.h"
#include "services/membership/roll_service.h"
#include "services/membership/rules/collector.h"
#include "services/membership/rules/roll_bytes.h"
#include "services/membership/store/facts.h"
#include "services/membership/store/register.h"
#include "services/membership/store/roll_challenges.h"
#include "services/membership/store/rolls.h"

namespace plenary::membership {
namespace {

constexpr char kFileChallenge[] = "plenary.membership.v1.RollService.FileChallenge";
constexpr char kDecideChallenge[] = "plenary.membership.v1.RollService.DecideChallenge";

v1::Challenge Show(const store::StoredChallenge& stored, v1::Unit unit, const auth::Principal& reader) {
  v1::Challenge shown = stored.shown;
  shown.set_name(ShowChallengeName(stored.election, stored.id));
  shown.set_unit(ResourceName(CollectionOf(unit), stored.unit));
  if (!reader.HasRole("staff")) {
    if (shown.filer() != reader.Actor()) shown.clear_filer();
    shown.clear_decider();
  }
  return shown;
}

absl::Status CheckMoot(v1::Challenge::Wish wish, bool listed) {
  if (wish == v1::Challenge::WISH_ADD && listed) {
    return errors::ChallengeMoot("The roll lists this unit already. Look at its line.");
  }
  if (wish == v1::Challenge::WISH_REMOVE && !listed) {
    return errors::ChallengeMoot("The roll does not list this unit. Look at the latest revision.");
  }
  return absl::OkStatus();
}

absl::Status CheckFiling(const v1::FileChallengeRequest& request) {
  FieldChecks checks;
  checks.Require(request.wish() == v1::Challenge::WISH_ADD || request.wish() == v1::Challenge::WISH_REMOVE,
                 "wish", "Say whether the unit should be on the roll or should not.");
  checks.Text("grounds", request.grounds(), 1, limits::kLongestGrounds);
  return checks.Result(errors::kDomain);
}

absl::Status CheckDecision(const v1::DecideChallengeRequest& request) {
  FieldChecks checks;
  checks.Require(request.decision() == v1::Challenge::STATE_SUSTAINED ||
                     request.decision() == v1::Challenge::STATE_DISMISSED,
                 "decision", "Sustain the challenge, or dismiss it.");
  checks.Text("reason", request.reason(), 1, limits::kLongestGrounds);
  return checks.Result(errors::kDomain);
}

// The id of the challenged unit, which is on the register.
absl::StatusOr<std::string> ReadUnit(db::Session& session, v1::Unit unit, const std::string& name) {
  const auto id = ResourceId(CollectionOf(unit), name);
  if (!id.has_value()) {
    return errors::FieldInvalid("unit", unit == v1::UNIT_PERSON
                                            ? "Name the person \"people/{person}\"."
                                            : "Name the company \"companies/{company}\".");
  }
  if (unit == v1::UNIT_PERSON) {
    ASSIGN_OR_RETURN(const auto person, store::FindPerson(session, *id));
    if (!person.has_value()) return errors::PersonNotFound(name);
  } else {
    ASSIGN_OR_RETURN(const auto company, store::FindCompany(session, *id));
    if (!company.has_value()) return errors::CompanyNotFound(name);
  }
  return *id;
}

absl::StatusOr<v1::Challenge> File(db::Transaction& transaction, const rpc::Call& call, IdSource& ids,
                                   const v1::FileChallengeRequest& request, const std::string& election) {
  ASSIGN_OR_RETURN(const auto roll, store::LockRoll(transaction, election));
  if (!roll.has_value()) return errors::RollNotFound(request.election());
  if (roll->fixed() || call.now() >= FromTimestamp(roll->challenges_close_time())) {
    return errors::ChallengeTooLate(request.election());
  }
  store::StoredChallenge challenge{.id = ids.NextText(), .election = election};
  ASSIGN_OR_RETURN(challenge.unit, ReadUnit(transaction, roll->unit(), request.unit()));
  ASSIGN_OR_RETURN(const auto line, store::FindRollLine(transaction, election, challenge.unit));
  RETURN_IF_ERROR(CheckMoot(request.wish(), line.has_value()));
  const std::string filer = call.principal().Actor();
  ASSIGN_OR_RETURN(const std::int64_t open, store::CountOpenChallenges(transaction, election, filer));
  if (open >= limits::kMostOpenChallenges) return errors::TooManyChallenges(limits::kMostOpenChallenges);
  challenge.shown.set_wish(request.wish());
  challenge.shown.set_grounds(request.grounds());
  challenge.shown.set_filer(filer);
  challenge.shown.set_state(v1::Challenge::STATE_OPEN);
  *challenge.shown.mutable_file_time() = ToTimestamp(call.now());
  ASSIGN_OR_RETURN(const bool stored, store::InsertChallenge(transaction, challenge));
  if (!stored) return errors::ChallengeOpen(request.unit());
  v1::Challenge shown = Show(challenge, roll->unit(), call.principal());
  RETURN_IF_ERROR(RecordAct(transaction, call, kFileChallenge, shown.name(), shown.unit()));
  return shown;
}

// Who would collect for the company that is added: the one who was named, or whoever the register names as of
// the record date, else today.
absl::StatusOr<std::string> CollectorOf(const rules::CompanyFacts& company, const std::string& named,
                                        const rules::Provisions& provisions, absl::CivilDay day) {
  if (named.empty()) return rules::ExplainEligibility(company, provisions, day).representative;
  const std::string person = ResourceId(kPeople, named).value_or("");
  return rules::WhyCannotCollect(company, person, provisions, day).empty() ? person : std::string();
}

absl::StatusOr<store::RollLine> LineOfCompany(db::Session& session, const v1::DecideChallengeRequest& request,
                                              const std::string& unit,
                                              const std::vector<absl::CivilDay>& days) {
  std::string remedy;
  for (const absl::CivilDay day : days) {
    ASSIGN_OR_RETURN(const auto company, store::LoadCompany(session, unit, day));
    if (!company.has_value()) return errors::CompanyNotFound(ResourceName(kCompanies, unit));
    ASSIGN_OR_RETURN(const rules::Provisions provisions, store::LoadProvisions(session, day));
    ASSIGN_OR_RETURN(std::string collector, CollectorOf(*company, request.representative(), provisions, day));
    if (!collector.empty()) {
      return store::RollLine{.unit = unit,
                             .unit_display_name = company->display_name,
                             .company = unit,
                             .company_display_name = company->display_name,
                             .representative = std::move(collector)};
    }
    remedy = request.representative().empty()
                 ? rules::ExplainEligibility(*company, provisions, day).remedy
                 : rules::WhyCannotCollect(
                       *company, ResourceId(kPeople, request.representative()).value_or(""), provisions, day);
  }
  if (!request.representative().empty()) return errors::RepresentativeNotEntitled(remedy);
  return errors::StillCannotVote(ResourceName(kCompanies, unit), remedy);
}

absl::StatusOr<store::RollLine> LineOfPerson(db::Session& session, const v1::Roll& roll,
                                             const std::string& unit,
                                             const std::vector<absl::CivilDay>& days) {
  ASSIGN_OR_RETURN(const auto person, store::FindPerson(session, unit));
  if (!person.has_value()) return errors::PersonNotFound(ResourceName(kPeople, unit));
  ASSIGN_OR_RETURN(const auto company, store::FindCompany(session, person->company));
  if (!company.has_value()) return absl::InternalError("a person is of no company");
  std::string remedy;
  for (const absl::CivilDay day : days) {
    ASSIGN_OR_RETURN(const auto facts, store::LoadPersonFacts(session, unit, day));
    if (!facts.has_value()) return errors::PersonNotFound(ResourceName(kPeople, unit));
    ASSIGN_OR_RETURN(const rules::Provisions provisions, store::LoadProvisions(session, day));
    const rules::RightAnswer answer = rules::ExplainRight(*facts, provisions, roll.act(), day);
    if (answer.allowed) {
      return store::RollLine{.unit = unit,
                             .unit_display_name = person->full_name,
                             .company = company->id,
                             .company_display_name = company->display_name,
                             .representative = unit};
    }
    remedy = answer.remedy;
  }
  return errors::StillCannotVote(ResourceName(kPeople, unit), remedy);
}

// Changes the lines as the challenge asks, and stores the revision that this makes. Returns its number.
absl::StatusOr<int> Amend(db::Transaction& transaction, const rpc::Call& call, const v1::Roll& roll,
                          const store::StoredChallenge& challenge,
                          const v1::DecideChallengeRequest& request) {
  if (roll.fixed()) return errors::RollFixed(roll.election());
  ASSIGN_OR_RETURN(const auto line, store::FindRollLine(transaction, challenge.election, challenge.unit));
  RETURN_IF_ERROR(CheckMoot(challenge.shown.wish(), line.has_value()));
  v1::RollRevision revision;
  revision.set_revision(roll.revision() + 1);
  if (line.has_value()) {
    RETURN_IF_ERROR(
        store::RemoveRollLine(transaction, challenge.election, challenge.unit, revision.revision()).status());
  } else {
    const std::vector<absl::CivilDay> days = {ParseDate(roll.record_date()).value_or(DateOf(call.now())),
                                              DateOf(call.now())};
    ASSIGN_OR_RETURN(const store::RollLine added,
                     roll.unit() == v1::UNIT_PERSON
                         ? LineOfPerson(transaction, roll, challenge.unit, days)
                         : LineOfCompany(transaction, request, challenge.unit, days));
    ASSIGN_OR_RETURN(const bool stored,
                     store::InsertRollLines(transaction, challenge.election, revision.revision(), {added}));
    if (!stored) {
      ASSIGN_OR_RETURN(const std::string other,
                       store::UnitOfCollector(transaction, challenge.election, added.representative));
      return errors::CollectsForAnotherLine(ResourceName(kPeople, added.representative),
                                            ResourceName(kCompanies, other));
    }
  }
  ASSIGN_OR_RETURN(std::vector<IdBytes> units, store::UnitsOfRoll(transaction, challenge.election));
  if (units.empty()) return errors::LastLine(roll.election());
  revision.set_count(static_cast<int>(units.size()));
  revision.set_sha256(rules::RollSha256(std::move(units)));
  revision.set_reason(request.reason());
  *revision.mutable_create_time() = ToTimestamp(call.now());
  RETURN_IF_ERROR(store::StoreRevision(transaction, challenge.election, revision, challenge.id));
  return revision.revision();
}

// `unit` is that of the challenge, which never changes.
absl::StatusOr<v1::Challenge> Decide(db::Transaction& transaction, const rpc::Call& call,
                                     const v1::DecideChallengeRequest& request, const ChallengeName& name,
                                     const std::string& unit) {
  // The company first, if it is one: nobody's right to collect changes meanwhile.
  RETURN_IF_ERROR(store::LockCompany(transaction, unit).status());
  ASSIGN_OR_RETURN(const auto roll, store::LockRoll(transaction, name.election));
  ASSIGN_OR_RETURN(auto challenge, store::LockChallenge(transaction, name.election, name.challenge));
  if (!roll.has_value() || !challenge.has_value()) return errors::ChallengeNotFound(request.name());
  if (challenge->shown.filer() == call.principal().Actor()) return errors::OwnChallenge(request.name());
  v1::Challenge& decided = challenge->shown;
  if (decided.state() != v1::Challenge::STATE_OPEN) return errors::ChallengeDecided(request.name());
  if (request.decision() == v1::Challenge::STATE_SUSTAINED) {
    ASSIGN_OR_RETURN(const int revision, Amend(transaction, call, *roll, *challenge, request));
    decided.set_revision(revision);
  }
  decided.set_state(request.decision());
  decided.set_decision_reason(request.reason());
  decided.set_decider(call.principal().Actor());
  *decided.mutable_decide_time() = ToTimestamp(call.now());
  ASSIGN_OR_RETURN(const bool stored, store::StoreDecision(transaction, challenge->id, decided));
  if (!stored) return errors::ChallengeDecided(request.name());
  RETURN_IF_ERROR(
      RecordAct(transaction, call, kDecideChallenge, request.name(),
                fmt::format("{}, revision {}", decided.revision() == 0 ? "dismissed" : "sustained",
                            decided.revision() == 0 ? roll->revision() : decided.revision())));
  return Show(*challenge, roll->unit(), call.principal());
}

}  // namespace

absl::StatusOr<v1::Challenge> RollService::FileChallenge(rpc::Call& call,
                                                         const v1::FileChallengeRequest& request) {
  ASSIGN_OR_RETURN(const std::string election, ReadElection(request.election()));
  RETURN_IF_ERROR(CheckFiling(request));
  return Mutate<v1::Challenge>(pool_, call, kFileChallenge, request, [&](db::Transaction& transaction) {
    return File(transaction, call, ids_, request, election);
  });
}

absl::StatusOr<v1::Challenge> RollService::DecideChallenge(rpc::Call& call,
                                                           const v1::DecideChallengeRequest& request) {
  const auto name = ReadChallengeName(request.name());
  if (!name.has_value()) {
    return errors::FieldInvalid("name",
                                "Name the challenge \"elections/{election}/challenges/{challenge}\".");
  }
  RETURN_IF_ERROR(CheckDecision(request));
  ASSIGN_OR_RETURN(const auto challenge, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store::FindChallenge(session, name->election, name->challenge);
                   }));
  if (!challenge.has_value()) return errors::ChallengeNotFound(request.name());
  return Mutate<v1::Challenge>(pool_, call, kDecideChallenge, request, [&](db::Transaction& transaction) {
    return Decide(transaction, call, request, *name, challenge->unit);
  });
}

absl::StatusOr<v1::ListChallengesResponse> RollService::ListChallenges(
    rpc::Call& call, const v1::ListChallengesRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token()));
  ASSIGN_OR_RETURN(const std::uint64_t after, ReadSequence(page));
  if (!v1::Challenge::State_IsValid(request.state())) {
    return errors::FieldInvalid("state", "Ask for open, sustained or dismissed challenges.");
  }
  const std::string election = ResourceId(kElections, request.election()).value_or("");
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListChallengesResponse> {
        ASSIGN_OR_RETURN(const auto roll, store::FindRoll(session, election));
        if (!roll.has_value()) return errors::RollNotFound(request.election());
        ASSIGN_OR_RETURN(auto rows,
                         store::ListChallenges(session, election, request.state(), after, page.size + 1));
        v1::ListChallengesResponse response;
        if (CutToPage(rows, page)) {
          response.set_next_page_token(rpc::PageToken(std::to_string(rows.back().sequence)));
        }
        for (const store::StoredChallenge& row : rows) {
          *response.add_challenges() = Show(row, roll->unit(), call.principal());
        }
        return response;
      });
}

}  // namespace plenary::membership
