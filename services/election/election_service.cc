#include "services/election/election_service.h"

#include <algorithm>
#include <limits>

#include "absl/strings/numbers.h"
#include "common/crypto/bytes.h"
#include "common/mutation/mutate.h"
#include "common/rpc/page.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"
#include "fmt/format.h"
#include "services/election/effects.h"
#include "services/election/errors.h"
#include "services/election/limits.h"
#include "services/election/rules/contests.h"
#include "services/election/rules/phases.h"
#include "services/election/rules/published_manifest.h"
#include "services/election/rules/roll_suits.h"
#include "services/election/rules/trustees.h"
#include "services/election/store/candidacy_store.h"
#include "services/election/store/election_store.h"
#include "services/election/store/trustee_store.h"

namespace plenary::election {
namespace {

constexpr char kService[] = "plenary.election.v1.ElectionService";
constexpr char kCreateElection[] = "plenary.election.v1.ElectionService/CreateElection";
constexpr char kMovePhase[] = "plenary.election.v1.ElectionService/MovePhase";
constexpr char kPublishManifest[] = "plenary.election.v1.ElectionService/PublishManifest";

v1::Election AsOf(v1::Election election, absl::Time now) {
  election.set_phase(PhaseAt(election.schedule(), now));
  return election;
}

// What was asked for, with full names and without what only the service says.
v1::Election NewElection(const v1::Election& wanted, const std::string& id) {
  v1::Election election = wanted;
  election.set_name(ResourceName("elections", id));
  election.set_state(v1::Election::STATE_CALLED);
  election.clear_manifest_hash();
  election.set_trustee_threshold(ThresholdOf(wanted.trustee_threshold(), wanted.trustees_size()));
  for (v1::Contest& contest : *election.mutable_contests()) {
    contest.set_name(election.name() + "/" + ResourceName("contests", WantedContestId(contest)));
    for (v1::PollOption& option : *contest.mutable_options()) {
      option.set_name(contest.name() + "/" + ResourceName("options", WantedOptionId(option)));
    }
  }
  return election;
}

absl::Status CheckPublishable(const v1::Schedule& schedule, absl::Time now) {
  if (now < FromTimestamp(schedule.filing_closes())) {
    return errors::FilingStillOpen(FromTimestamp(schedule.filing_closes()));
  }
  if (now >= FromTimestamp(schedule.voting_opens())) return errors::VotingAlreadyOpen();
  return absl::OkStatus();
}

absl::Status CheckRoll(const absl::StatusOr<membership::v1::Roll>& roll, const v1::Election& election) {
  if (roll.status().code() == absl::StatusCode::kNotFound) {
    return errors::RollNotFrozen("The roll is not frozen. Freeze it as of the record date first.");
  }
  RETURN_IF_ERROR(roll.status());
  if (roll->record_date() != election.record_date()) {
    return errors::RollNotFrozen(
        fmt::format("The roll was frozen as of {}, but the election's record date is {}. "
                    "Call the election anew with the right date.",
                    roll->record_date(), election.record_date()));
  }
  return CheckRollSuits(*roll, election);
}

absl::Status CheckCandidacies(db::Transaction& tx, const v1::Election& election) {
  ASSIGN_OR_RETURN(const auto coverage, CandidacyStore::Coverage(tx, election));
  int completed = 0;
  int accepted = 0;
  for (const auto& contest : coverage) {
    completed += contest.completed();
    accepted += contest.accepted();
  }
  if (completed > 0) return errors::CandidaciesPending(completed);
  const bool any_poll = std::any_of(election.contests().begin(), election.contests().end(), IsPoll);
  return accepted == 0 && !any_poll ? errors::NoCandidates() : absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Election> LoadAsReturningOfficer(db::Pool& pool, rpc::Call& call,
                                                    const std::string& name) {
  ASSIGN_OR_RETURN(v1::Election election, db::Autocommit(pool, call.deadline(), [&](db::Session& session) {
                     return ElectionStore::Load(session, name);
                   }));
  if (!call.principal().IsPerson() || call.principal().person != election.returning_officer()) {
    return errors::NotReturningOfficer();
  }
  call.ProveRelation();
  return election;
}

ElectionServiceImpl::ElectionServiceImpl(rpc::Edge& edge, db::Pool& pool, IdSource& ids, const Peers& peers,
                                         outbox::Dispatcher& effects)
    : guard_(edge, kService), pool_(pool), ids_(ids), peers_(peers), effects_(effects) {}

grpc::Status ElectionServiceImpl::CreateElection(grpc::ServerContext* context,
                                                 const v1::CreateElectionRequest* request,
                                                 v1::Election* response) {
  return guard_.Unary(context, "CreateElection", *request, *response,
                      [&](rpc::Call& call) { return Create(call, *request); });
}
grpc::Status ElectionServiceImpl::GetElection(grpc::ServerContext* context,
                                              const v1::GetElectionRequest* request, v1::Election* response) {
  return guard_.Unary(context, "GetElection", *request, *response,
                      [&](rpc::Call& call) { return Get(call, *request); });
}
grpc::Status ElectionServiceImpl::ListElections(grpc::ServerContext* context,
                                                const v1::ListElectionsRequest* request,
                                                v1::ListElectionsResponse* response) {
  return guard_.Unary(context, "ListElections", *request, *response,
                      [&](rpc::Call& call) { return List(call, *request); });
}
grpc::Status ElectionServiceImpl::MovePhase(grpc::ServerContext* context, const v1::MovePhaseRequest* request,
                                            v1::Election* response) {
  return guard_.Unary(context, "MovePhase", *request, *response,
                      [&](rpc::Call& call) { return Move(call, *request); });
}
grpc::Status ElectionServiceImpl::PublishManifest(grpc::ServerContext* context,
                                                  const v1::PublishManifestRequest* request,
                                                  v1::Election* response) {
  return guard_.Unary(context, "PublishManifest", *request, *response,
                      [&](rpc::Call& call) { return Publish(call, *request); });
}
grpc::Status ElectionServiceImpl::GetManifest(grpc::ServerContext* context,
                                              const v1::GetManifestRequest* request,
                                              v1::GetManifestResponse* response) {
  return guard_.Unary(context, "GetManifest", *request, *response,
                      [&](rpc::Call& call) { return Manifest(call, *request); });
}

absl::StatusOr<v1::Election> ElectionServiceImpl::Create(rpc::Call& call,
                                                         const v1::CreateElectionRequest& request) {
  RETURN_IF_ERROR(CheckElectionShape(request.election()));
  RETURN_IF_ERROR(CheckSchedule(request.election().schedule(), request.election().record_date()));
  const v1::Election election = NewElection(request.election(), ids_.NextText());
  return Mutate<v1::Election>(
      pool_, call, kCreateElection, request, [&](db::Transaction& tx) -> absl::StatusOr<v1::Election> {
        RETURN_IF_ERROR(ElectionStore::Insert(tx, election));
        RETURN_IF_ERROR(RecordAct(tx, call, kCreateElection, election.name(), election.display_name()));
        ASSIGN_OR_RETURN(v1::Election stored, ElectionStore::Load(tx, election.name()));
        return AsOf(std::move(stored), call.now());
      });
}

absl::StatusOr<v1::Election> ElectionServiceImpl::Get(rpc::Call& call,
                                                      const v1::GetElectionRequest& request) {
  ASSIGN_OR_RETURN(v1::Election election, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return ElectionStore::Load(session, request.name());
                   }));
  return AsOf(std::move(election), call.now());
}

absl::StatusOr<v1::ListElectionsResponse> ElectionServiceImpl::List(rpc::Call& call,
                                                                    const v1::ListElectionsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ReadPage(request.page_size(), request.page_token(),
                                                       {kDefaultPageSize, kLongestPage}));
  // Signed: a BIGINT UNSIGNED column compares with it all the same, and no election is beyond it.
  std::uint64_t before = std::numeric_limits<std::int64_t>::max();
  if (!page.after.empty() && !absl::SimpleAtoi(page.after, &before)) return errors::PageTokenInvalid();
  ASSIGN_OR_RETURN(const auto elections, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return ElectionStore::List(session, before, page.size + 1);
                   }));
  v1::ListElectionsResponse response;
  for (const NumberedElection& entry : elections) {
    if (response.elections_size() == page.size || response.ByteSizeLong() > kListedElectionBytes) {
      response.set_next_page_token(rpc::PageToken(fmt::format("{}", before)));
      break;
    }
    *response.add_elections() = AsOf(entry.election, call.now());
    before = entry.sequence;
  }
  return response;
}

absl::StatusOr<v1::Election> ElectionServiceImpl::Move(rpc::Call& call, const v1::MovePhaseRequest& request) {
  FieldChecks checks;
  checks.Text("reason", request.reason(), 1, kLongestReason);
  RETURN_IF_ERROR(checks.Result(errors::Domain()));
  return Mutate<v1::Election>(
      pool_, call, kMovePhase, request, [&](db::Transaction& tx) -> absl::StatusOr<v1::Election> {
        ASSIGN_OR_RETURN(const v1::Election election, ElectionStore::Lock(tx, request.name()));
        if (!request.etag().empty() && request.etag() != election.etag()) return errors::ElectionChanged();
        if (election.state() != v1::Election::STATE_CALLED) return errors::ManifestPublished();
        RETURN_IF_ERROR(CheckSchedule(request.schedule(), election.record_date()));
        RETURN_IF_ERROR(CheckMove(election.schedule(), request.schedule(), call.now()));
        RETURN_IF_ERROR(ElectionStore::MoveSchedule(tx, election, request.schedule(), request.reason(),
                                                    call.principal().Actor(), call.now()));
        RETURN_IF_ERROR(RecordAct(tx, call, kMovePhase, election.name(), request.reason()));
        ASSIGN_OR_RETURN(v1::Election moved, ElectionStore::Lock(tx, election.name()));
        return AsOf(std::move(moved), call.now());
      });
}

absl::StatusOr<v1::Election> ElectionServiceImpl::Publish(rpc::Call& call,
                                                          const v1::PublishManifestRequest& request) {
  ASSIGN_OR_RETURN(v1::Election election, LoadAsReturningOfficer(pool_, call, request.name()));
  if (election.state() != v1::Election::STATE_CALLED) return AsOf(std::move(election), call.now());
  RETURN_IF_ERROR(CheckPublishable(election.schedule(), call.now()));
  ASSIGN_OR_RETURN(const Trustees trustees, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return TrusteeStore::Load(session, election.name());
                   }));
  RETURN_IF_ERROR(CheckTrusteesReady(trustees));
  ASSIGN_OR_RETURN(const ManifestParts parts, AskPeers(call, election));
  auto published = Mutate<v1::Election>(
      pool_, call, kPublishManifest, request, [&](db::Transaction& tx) -> absl::StatusOr<v1::Election> {
        ASSIGN_OR_RETURN(v1::Election locked, ElectionStore::Lock(tx, request.name()));
        return PublishLocked(tx, call, std::move(locked), parts);
      });
  effects_.Notify();
  return published;
}

absl::StatusOr<ManifestParts> ElectionServiceImpl::AskPeers(const rpc::Call& call,
                                                            const v1::Election& election) const {
  const auto roll = peers_.GetRoll(election.name(), call.deadline());
  RETURN_IF_ERROR(CheckRoll(roll, election));
  ManifestParts parts;
  parts.roll_sha256 = roll->sha256();
  parts.roll_count = roll->count();
  for (const Registrar registrar : kRegistrars) {
    ASSIGN_OR_RETURN(parts.registrars.emplace_back(),
                     peers_.PrepareRegistrar(registrar, election.name(), call.deadline()));
  }
  ASSIGN_OR_RETURN(parts.box_key, peers_.PrepareBox(election.name(), call.deadline()));
  return parts;
}

absl::StatusOr<v1::Election> ElectionServiceImpl::PublishLocked(db::Transaction& tx, const rpc::Call& call,
                                                                v1::Election election, ManifestParts parts) {
  if (election.state() != v1::Election::STATE_CALLED) return AsOf(std::move(election), call.now());
  RETURN_IF_ERROR(CheckPublishable(election.schedule(), call.now()));
  RETURN_IF_ERROR(CheckCandidacies(tx, election));
  ASSIGN_OR_RETURN(const Trustees trustees, TrusteeStore::Load(tx, election.name()));
  RETURN_IF_ERROR(CheckTrusteesReady(trustees));
  ASSIGN_OR_RETURN(parts.accepted, CandidacyStore::Accepted(tx, election));
  parts.election = election;
  parts.trustees = ManifestTrustees(trustees);
  parts.threshold = static_cast<std::uint32_t>(election.trustee_threshold());
  ASSIGN_OR_RETURN(const std::string manifest, BuildManifest(parts));
  const std::string hash = crypto::Sha256(manifest);
  RETURN_IF_ERROR(ElectionStore::InsertManifest(tx, election.name(), manifest, hash, call.now()));
  RETURN_IF_ERROR(
      ElectionStore::Advance(tx, election.name(), v1::Election::STATE_CALLED, v1::Election::STATE_PUBLISHED)
          .status());
  RETURN_IF_ERROR(EnqueueManifest(tx, election.name(), manifest));
  RETURN_IF_ERROR(RecordAct(tx, call, kPublishManifest, election.name(), "manifest " + FingerprintOf(hash)));
  ASSIGN_OR_RETURN(v1::Election published, ElectionStore::Lock(tx, election.name()));
  return AsOf(std::move(published), call.now());
}

absl::StatusOr<v1::GetManifestResponse> ElectionServiceImpl::Manifest(rpc::Call& call,
                                                                      const v1::GetManifestRequest& request) {
  using Found = std::optional<std::string>;
  ASSIGN_OR_RETURN(const Found manifest,
                   db::Autocommit(pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<Found> {
                     ASSIGN_OR_RETURN(Found found, ElectionStore::LoadManifest(session, request.name()));
                     // A mistyped name is told apart from an election that is not so far yet.
                     if (!found.has_value())
                       RETURN_IF_ERROR(ElectionStore::Load(session, request.name()).status());
                     return found;
                   }));
  if (!manifest.has_value()) return errors::ManifestNotFound();
  v1::GetManifestResponse response;
  response.set_manifest(*manifest);
  response.set_manifest_hash(crypto::Sha256(*manifest));
  response.set_fingerprint(FingerprintOf(response.manifest_hash()));
  return response;
}

}  // namespace plenary::election
