#include "services/membership/registrar_intake.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/ids/id.h"
#include "common/status/macros.h"
#include "services/membership/errors.h"
#include "services/membership/limits_registrar.h"
#include "services/membership/names.h"
#include "services/membership/registrar_names.h"

namespace plenary::membership {
namespace {

// What a batch says to one of which nothing was stored, and who may do better alone: nobody is answered for
// another one's line.
absl::Status TryAlone() { return absl::AbortedError("not with the others"); }

bool IsHeld(const RegistrarRolls::HeldLine& line) { return line.ok() && line->has_value(); }

bool IsOver(const Collecting& one, const store::Issuing& issuing) {
  return issuing.listed || one.call->now() >= issuing.closes;
}

JournalLine RecordOf(const Collecting& one, const RegistrarLine& line) {
  return {one.facts->election, UnitName(one.facts->roll.of_people, line.unit),
          one.issuance.blinded_msg_sha256};
}

// What is on record for the unit, after all that may go there went there.
absl::StatusOr<JournalLine> FindOne(db::Transaction& transaction, const Collecting& one,
                                    const RegistrarLine& line, const store::Issuing& issuing) {
  const std::string& election = one.facts->election;
  const std::string name = ResourceName(kElections, election);
  ASSIGN_OR_RETURN(const auto first, store::ShareIssuance(transaction, election, line.unit));
  if (first.has_value()) {
    if (first->blinded_msg_sha256 == one.issuance.blinded_msg_sha256) return RecordOf(one, line);
    return errors::CredentialAlreadyIssued(name);
  }
  if (IsOver(one, issuing)) return errors::IssuingClosed(name);
  if (line.why_not.empty()) return absl::InternalError("an issuance is neither new nor there");
  return errors::RepresentativeNotEntitled(line.why_not);
}

}  // namespace

IssuanceIntake::IssuanceIntake(db::Pool& pool, const RegistrarRolls& rolls, RegistrarJournal& journal)
    : pool_(pool),
      rolls_(rolls),
      journal_(journal),
      signers_(Cores()),
      batcher_({.most = limits::kMostIssuedTogether,
                .gather_patience = limits::kIssuingPatience,
                .worth_waiting_for = Cores()},
               [this](const Batch& batch) { RecordBatch(batch); }) {}

absl::StatusOr<std::shared_ptr<const IssuingFacts>> IssuanceIntake::FindFacts(db::Session& session,
                                                                              const std::string& election) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = facts_.find(election); found != facts_.end()) return found->second;
  }
  // In this order: once there is a manifest its roll does not change.
  ASSIGN_OR_RETURN(const auto issuing, store::FindIssuing(session, election));
  ASSIGN_OR_RETURN(const auto roll, rolls_.Find(session, election));
  if (!roll.has_value() || !issuing.has_value()) return nullptr;
  auto facts = std::make_shared<const IssuingFacts>(IssuingFacts{election, *roll, issuing->opens});
  const std::lock_guard lock(mutex_);
  return facts_.emplace(election, std::move(facts)).first->second;
}

absl::Status IssuanceIntake::Take(Collecting collecting) {
  const auto waiting = batcher_.Hand(std::move(collecting));
  absl::Status together = waiting->Wait();
  if (together != TryAlone()) return together;
  const auto alone = std::make_shared<Batcher<Collecting>::Waiting>(waiting->item());
  const Collecting& one = alone->item();
  RETURN_IF_ERROR(Record({&one}, RegistrarRolls::WhenHeld::kWait, one.call->deadline()).front());
  signers_.Add(Signing(alone));
  return alone->Wait();
}

void IssuanceIntake::RecordBatch(Batch batch) {
  // By caller: the order in which they came ends here.
  std::sort(batch.begin(), batch.end(), [](const auto& a, const auto& b) {
    const Collecting &x = a->item(), &y = b->item();
    const auth::Principal &p = x.call->principal(), &q = y.call->principal();
    return std::tie(x.facts->election, p.company, p.person, x.issuance.blinded_msg_sha256) <
           std::tie(y.facts->election, q.company, q.person, y.issuance.blinded_msg_sha256);
  });
  for (auto first = batch.begin(); first != batch.end();) {
    const std::string& election = (*first)->item().facts->election;
    const auto end = std::find_if(
        first, batch.end(), [&](const auto& other) { return other->item().facts->election != election; });
    // What breaks here breaks for this election alone: the signers may have those of another one already.
    const Batch of_one(first, end);
    const absl::Status broken = Guarded([&] {
      RecordOfOneElection(of_one);
      return absl::OkStatus();
    });
    if (!broken.ok()) {
      for (const auto& waiting : of_one) waiting->Answer(broken);
    }
    first = end;
  }
}

void IssuanceIntake::RecordOfOneElection(const Batch& batch) {
  const absl::Time now = absl::Now();
  Several all;
  Batch waiting;
  for (const auto& each : batch) {
    // Whose time is over is told so, alone.
    if (each->item().call->deadline() <= now) {
      each->Answer(TryAlone());
    } else {
      all.push_back(&each->item());
      waiting.push_back(each);
    }
  }
  if (all.empty()) return;
  const auto answers = Record(all, RegistrarRolls::WhenHeld::kLeave, now + limits::kRecordPatience);
  std::vector<ThreadPool::Task> on_record;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i].ok()) {
      on_record.push_back(Signing(waiting[i]));
      continue;
    }
    // One line may have spoilt the transaction of all. Without a database nobody does better alone, and a
    // COMMIT of which the outcome is unknown is not tried again here.
    const bool is_spoilt =
        absl::IsInternal(answers[i]) || absl::IsDeadlineExceeded(answers[i]) || absl::IsAborted(answers[i]);
    waiting[i]->Answer(is_spoilt ? TryAlone() : answers[i]);
  }
  signers_.Add(std::move(on_record));
}

// As long as every core signs, a transaction waits a moment for more: nobody could use its answer sooner.
ThreadPool::Task IssuanceIntake::Signing(std::shared_ptr<Batcher<Collecting>::Waiting> waiting) {
  return [waiting = std::move(waiting), busy = batcher_.Announce()]() mutable {
    absl::Status signed_or_not = Guarded(waiting->item().sign);
    busy.End();  // before the answer: nobody waits then, and the batcher may end
    waiting->Answer(std::move(signed_or_not));
  };
}

std::vector<absl::Status> IssuanceIntake::Record(const Several& all, RegistrarRolls::WhenHeld when,
                                                 absl::Time deadline) {
  // No request id and no record of the act: either would carry a time or an order. The row is the record.
  const auto stored = db::Transact(
      pool_, deadline, [&](db::Transaction& transaction) { return Store(transaction, all, when); });
  std::vector<absl::Status> answers(all.size(), stored.status());
  if (!stored.ok()) return answers;
  std::vector<JournalLine> lines;
  std::vector<absl::Status*> answers_of_lines;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Recorded& recorded = (*stored)[i];
    answers[i] = recorded.status();
    if (!recorded.ok()) continue;
    lines.push_back(*recorded);
    answers_of_lines.push_back(&answers[i]);
  }
  const std::vector<absl::Status> written = journal_.AppendAll(lines);
  for (std::size_t i = 0; i < lines.size(); ++i) *answers_of_lines[i] = written[i];
  return answers;
}

absl::StatusOr<std::vector<IssuanceIntake::Recorded>> IssuanceIntake::Store(db::Transaction& transaction,
                                                                            const Several& all,
                                                                            RegistrarRolls::WhenHeld when) {
  const IssuingFacts& facts = *all.front()->facts;
  std::vector<const rpc::Call*> calls;
  for (const Collecting* one : all) calls.push_back(one->call);
  ASSIGN_OR_RETURN(const auto lines, rolls_.HoldLines(transaction, calls, facts.election, facts.roll, when));
  ASSIGN_OR_RETURN(const auto issuing, store::ShareIssuing(transaction, facts.election));
  if (!issuing.has_value()) return errors::IssuingNotOpen(ResourceName(kElections, facts.election));
  std::vector<store::UnitIssuance> wanted;
  std::vector<bool> is_wanted;
  for (std::size_t i = 0; i < all.size(); ++i) {
    is_wanted.push_back(IsHeld(lines[i]) && (*lines[i])->why_not.empty() && !IsOver(*all[i], *issuing));
    if (is_wanted[i]) wanted.push_back({(*lines[i])->unit, &all[i]->issuance});
  }
  std::int64_t came_in = 0;
  if (!wanted.empty()) {
    ASSIGN_OR_RETURN(came_in, store::InsertIssuances(transaction, facts.election, wanted));
  }
  // Nearly always: nobody has one yet.
  const bool all_came_in = came_in == static_cast<std::int64_t>(wanted.size());
  std::vector<Recorded> recorded;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!lines[i].ok()) {
      recorded.emplace_back(lines[i].status());
    } else if (!IsHeld(lines[i])) {
      recorded.emplace_back(TryAlone());
    } else if (is_wanted[i] && all_came_in) {
      recorded.emplace_back(RecordOf(*all[i], **lines[i]));
    } else {
      recorded.push_back(FindOne(transaction, *all[i], **lines[i], *issuing));
    }
  }
  return recorded;
}

}  // namespace plenary::membership
