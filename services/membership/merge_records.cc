#include "services/membership/merge_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "common/db/transact.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "services/membership/errors.h"
#include "services/membership/errors_duplicates.h"
#include "services/membership/names.h"
#include "services/membership/rules/eligibility.h"
#include "services/membership/store/duplicates.h"
#include "services/membership/store/erasure.h"
#include "services/membership/store/facts.h"
#include "services/membership/store/issuances.h"
#include "services/membership/store/register.h"
#include "services/membership/store/rolls.h"

namespace plenary::membership {
namespace {

constexpr char kMerges[] = "merges";

std::string NameOf(const MergeParties& parties, const std::string& id) {
  return ResourceName(parties.kind == v1::DUPLICATE_KIND_COMPANY ? kCompanies : kPeople, id);
}

// Holds the companies concerned, then the people, before anything else is read.
absl::Status LockParties(db::Transaction& transaction, const MergeParties& parties) {
  for (const std::string& id : parties.companies) {
    ASSIGN_OR_RETURN(const auto company, store::LockCompany(transaction, id));
    if (!company.has_value()) return errors::CompanyNotFound(ResourceName(kCompanies, id));
  }
  if (parties.kind == v1::DUPLICATE_KIND_COMPANY) return absl::OkStatus();
  for (const std::string& id : std::set{parties.survivor, parties.duplicate}) {
    ASSIGN_OR_RETURN(const auto person, store::LockPerson(transaction, id));
    if (!person.has_value()) return errors::PersonNotFound(ResourceName(kPeople, id));
    // They moved before the lock was ours: whoever asked looks again.
    if (!parties.companies.contains(person->company)) return errors::RegisterChanged();
  }
  return absl::OkStatus();
}

absl::Status CheckElections(db::Session& session, const rpc::Call& call, const MergeParties& parties) {
  ASSIGN_OR_RETURN(const bool on_roll, store::IsOnRunningRoll(session, parties.duplicate, call.now()));
  if (on_roll) return errors::RollNamesDuplicate(NameOf(parties, parties.duplicate));
  for (const std::string& company : parties.companies) {
    ASSIGN_OR_RETURN(const bool issued, store::HasRunningIssuance(session, company, call.now()));
    if (issued) return errors::CredentialOut(ResourceName(kCompanies, company));
  }
  return absl::OkStatus();
}

// How many of the companies could vote today.
absl::StatusOr<int> CountVotes(db::Session& session, const std::set<std::string>& companies,
                               absl::CivilDay today) {
  ASSIGN_OR_RETURN(const rules::Provisions provisions, store::LoadProvisions(session, today));
  int votes = 0;
  for (const std::string& id : companies) {
    ASSIGN_OR_RETURN(const auto company, store::LoadCompany(session, id, today));
    if (company.has_value() && rules::ExplainEligibility(*company, provisions, today).eligible) ++votes;
  }
  return votes;
}

void AddRemarks(const MergeParties& parties, v1::MergeRecord& record) {
  if (record.votes_after() < record.votes_before()) {
    record.add_remarks(
        fmt::format("{} vote(s) fewer: one company has one vote. See `plenary eligibility` for who "
                    "votes for it.",
                    record.votes_before() - record.votes_after()));
  }
  if (record.seats_after() < record.seats_before()) {
    record.add_remarks("A seat of a team came free: a person holds one. Assign it anew.");
  }
  if (!record.kept_apart().empty()) {
    record.add_remarks(
        "Facts that the survivor holds in the same form already stay with the duplicate's record.");
  }
  if (parties.kind == v1::DUPLICATE_KIND_PERSON) {
    record.add_remarks("The duplicate's e-mail address is not known any more, and their sessions end.");
  }
}

// Holds what the undoing touches, and refuses what later acts forbid.
absl::Status LockForUndo(db::Transaction& transaction, const rpc::Call& call,
                         const store::StoredMerge& merge) {
  std::string company = merge.survivor;
  const bool of_people = ResourceId(kPeople, merge.record.survivor()).has_value();
  if (of_people) {
    ASSIGN_OR_RETURN(const auto home, store::LockMergedPerson(transaction, merge.duplicate));
    if (!home.has_value()) return errors::MergeBuiltUpon("the duplicate is not kept any more");
    company = *home;
  }
  ASSIGN_OR_RETURN(const auto locked, store::LockCompany(transaction, company));
  if (!locked.has_value()) return errors::MergeBuiltUpon("a company concerned was merged into another");
  if (of_people) {
    ASSIGN_OR_RETURN(const auto survivor, store::LockPerson(transaction, merge.survivor));
    if (!survivor.has_value()) return errors::MergeBuiltUpon("the survivor was merged into another person");
    ASSIGN_OR_RETURN(const auto erasure, store::FindErasure(transaction, merge.survivor));
    if (erasure.has_value()) return errors::MergeBuiltUpon("the survivor was erased");
  }
  ASSIGN_OR_RETURN(const bool on_roll, store::IsOnRunningRoll(transaction, merge.survivor, call.now()));
  if (on_roll)
    return errors::MergeBuiltUpon("the survivor stands on the roll of an election that is not over");
  ASSIGN_OR_RETURN(const bool issued, store::HasRunningIssuance(transaction, company, call.now()));
  if (issued) return errors::MergeBuiltUpon("a company concerned holds a credential of a running election");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<MergeParties> ReadParties(db::Pool& pool, const rpc::Call& call,
                                         const v1::MergeRequest& request) {
  MergeParties parties;
  for (const auto& [collection, kind] :
       {std::pair{kPeople, v1::DUPLICATE_KIND_PERSON}, std::pair{kCompanies, v1::DUPLICATE_KIND_COMPANY}}) {
    const auto survivor = ResourceId(collection, request.survivor());
    const auto duplicate = ResourceId(collection, request.duplicate());
    if (survivor.has_value() && duplicate.has_value()) parties = {kind, *survivor, *duplicate, {}};
  }
  if (parties.kind == v1::DUPLICATE_KIND_UNSPECIFIED || parties.survivor == parties.duplicate) {
    return errors::FieldInvalid(
        "duplicate",
        "Name two people (\"people/…\") or two companies (\"companies/…\") that are not the same.");
  }
  parties.companies = {parties.survivor, parties.duplicate};
  if (parties.kind == v1::DUPLICATE_KIND_COMPANY) return parties;
  parties.companies.clear();
  for (const std::string& id : {parties.survivor, parties.duplicate}) {
    ASSIGN_OR_RETURN(const auto person, db::Autocommit(pool, call.deadline(), [&](db::Session& session) {
                       return store::FindPerson(session, id);
                     }));
    // Who is missing is told under the lock, where a repeated request has its first answer already.
    if (person.has_value()) parties.companies.insert(person->company);
  }
  return parties;
}

absl::StatusOr<v1::MergeRecord> MergeUnderLock(db::Transaction& transaction, IdSource& ids,
                                               const rpc::Call& call, const MergeParties& parties,
                                               std::string_view reason) {
  const absl::CivilDay today = DateOf(call.now());
  RETURN_IF_ERROR(store::ShareRollTurn(transaction));
  RETURN_IF_ERROR(LockParties(transaction, parties));
  RETURN_IF_ERROR(CheckElections(transaction, call, parties));
  const store::MergePair pair{
      .id = ids.NextText(), .survivor = parties.survivor, .duplicate = parties.duplicate, .on = today};
  v1::MergeRecord record;
  ASSIGN_OR_RETURN(const int votes_before, CountVotes(transaction, parties.companies, today));
  ASSIGN_OR_RETURN(const int seats_before, store::CountSeats(transaction, pair));
  const auto merge = parties.kind == v1::DUPLICATE_KIND_COMPANY ? store::MergeCompanies : store::MergePeople;
  ASSIGN_OR_RETURN(const store::MovedFacts facts, merge(transaction, ids, pair));
  ASSIGN_OR_RETURN(const int votes_after, CountVotes(transaction, parties.companies, today));
  ASSIGN_OR_RETURN(const int seats_after, store::CountSeats(transaction, pair));

  record.set_name(ResourceName(kMerges, pair.id));
  record.set_survivor(NameOf(parties, parties.survivor));
  record.set_duplicate(NameOf(parties, parties.duplicate));
  record.mutable_moved()->insert(facts.moved.begin(), facts.moved.end());
  record.mutable_kept_apart()->insert(facts.kept_apart.begin(), facts.kept_apart.end());
  record.set_votes_before(votes_before);
  record.set_votes_after(votes_after);
  record.set_seats_before(seats_before);
  record.set_seats_after(seats_after);
  record.set_reason(std::string(reason));
  *record.mutable_merge_time() = ToTimestamp(call.now());
  AddRemarks(parties, record);
  RETURN_IF_ERROR(store::InsertMerge(transaction, pair, record));
  RETURN_IF_ERROR(
      store::SettlePair(transaction, parties.survivor, parties.duplicate, v1::Duplicate::STATE_MERGED));
  return record;
}

absl::StatusOr<v1::MergeRecord> PreviewMerge(db::Pool& pool, IdSource& ids, const rpc::Call& call,
                                             const MergeParties& parties) {
  // What the merge would do is what it does: it is done, and rolled back by an error that leaves with its
  // record.
  std::optional<v1::MergeRecord> preview;
  const absl::Status status =
      db::Transact(pool, call.deadline(), [&](db::Transaction& transaction) -> absl::Status {
        ASSIGN_OR_RETURN(preview, MergeUnderLock(transaction, ids, call, parties, ""));
        return absl::CancelledError("a preview");
      });
  if (!preview.has_value()) return status;
  preview->clear_name();
  preview->clear_merge_time();
  return *std::move(preview);
}

absl::StatusOr<store::StoredMerge> UndoUnderLock(db::Transaction& transaction, const rpc::Call& call,
                                                 std::string_view name) {
  RETURN_IF_ERROR(store::ShareRollTurn(transaction));
  ASSIGN_OR_RETURN(auto merge, store::LockMerge(transaction, ResourceId(kMerges, name).value_or("")));
  if (!merge.has_value()) return errors::MergeNotFound(name);
  if (merge->undone_at.has_value()) return errors::MergeUndone(name);
  RETURN_IF_ERROR(LockForUndo(transaction, call, *merge));
  RETURN_IF_ERROR(store::UndoMerge(transaction, {.id = merge->id,
                                                 .survivor = merge->survivor,
                                                 .duplicate = merge->duplicate,
                                                 .on = DateOf(call.now())}));
  RETURN_IF_ERROR(store::MarkUndone(transaction, merge->id, call.now()));
  RETURN_IF_ERROR(
      store::SettlePair(transaction, merge->survivor, merge->duplicate, v1::Duplicate::STATE_PROPOSED));
  merge->undone_at = call.now();
  return *std::move(merge);
}

}  // namespace plenary::membership
