#include "services/election/tally_service.h"

#include "common/crypto/bytes.h"
#include "common/crypto/signed_note.h"
#include "common/mutation/mutate.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"
#include "fmt/format.h"
#include "services/election/effects.h"
#include "services/election/election_service.h"
#include "services/election/errors.h"
#include "services/election/errors_trustees.h"
#include "services/election/limits_tally.h"
#include "services/election/rules/closed_log.h"
#include "services/election/rules/names.h"
#include "services/election/rules/phases.h"
#include "services/election/rules/published_manifest.h"
#include "services/election/rules/seating.h"
#include "services/election/rules/trustees.h"
#include "services/election/store/candidacy_store.h"
#include "services/election/store/election_store.h"
#include "services/election/store/trustee_store.h"

namespace plenary::election {
namespace {

constexpr char kService[] = "plenary.election.v1.TallyService";
constexpr char kClose[] = "plenary.election.v1.TallyService/CloseElection";
constexpr char kCount[] = "plenary.election.v1.TallyService/CountElection";
constexpr char kCertify[] = "plenary.election.v1.TallyService/CertifyResult";

// Counting again must give the same bytes as the first count, but for the time, which stays the first one's.
absl::StatusOr<v1::Result> CompareResult(db::Transaction& tx, const v1::Result& stored,
                                         const Counted& counted) {
  ASSIGN_OR_RETURN(const auto reports, ElectionStore::LoadCountReports(tx, stored.election()));
  v1::Result result = counted.result;
  *result.mutable_count_time() = stored.count_time();
  if (reports != counted.reports || result.SerializeAsString() != stored.SerializeAsString()) {
    return errors::RecountDiffers();
  }
  return result;
}

// Keeps the first result, and its reports.
absl::StatusOr<v1::Result> StoreResult(db::Transaction& tx, const rpc::Call& call, const Counted& counted) {
  ASSIGN_OR_RETURN(const auto stored, ElectionStore::LoadResult(tx, counted.result.election()));
  if (stored.has_value()) return CompareResult(tx, *stored, counted);
  v1::Result result = counted.result;
  *result.mutable_count_time() = ToTimestamp(call.now());
  RETURN_IF_ERROR(ElectionStore::InsertResult(tx, result, counted.reports).status());
  RETURN_IF_ERROR(
      ElectionStore::Advance(tx, result.election(), v1::Election::STATE_CLOSED, v1::Election::STATE_COUNTED)
          .status());
  RETURN_IF_ERROR(
      RecordAct(tx, call, kCount, result.election(), fmt::format("{} ballots", result.ballot_count())));
  return result;
}

absl::StatusOr<v1::Result> CertifyLocked(db::Transaction& tx, const rpc::Call& call,
                                         const v1::Election& election) {
  ASSIGN_OR_RETURN(auto result, ElectionStore::LoadResult(tx, election.name()));
  if (!result.has_value()) return errors::NotCounted();
  result->set_state(v1::Result::STATE_CERTIFIED);
  *result->mutable_certify_time() = ToTimestamp(call.now());
  ASSIGN_OR_RETURN(const bool first,
                   ElectionStore::InsertCertification(tx, *result, call.principal().Actor(), call.now()));
  if (!first) return errors::AlreadyCertified();
  RETURN_IF_ERROR(
      ElectionStore::Advance(tx, election.name(), v1::Election::STATE_COUNTED, v1::Election::STATE_CERTIFIED)
          .status());
  ASSIGN_OR_RETURN(const auto accepted, CandidacyStore::Accepted(tx, election));
  const auto seating = SeatingOf(election, *result, accepted);
  if (!seating.bodies().empty()) {
    RETURN_IF_ERROR(EnqueueSeating(tx, seating, FromTimestamp(election.schedule().seats_on())));
  }
  RETURN_IF_ERROR(EnqueueDestroyKeys(tx, election.name()));
  RETURN_IF_ERROR(RecordAct(tx, call, kCertify, election.name(), "certified"));
  return *std::move(result);
}

v1::Election AsOf(v1::Election election, absl::Time now) {
  election.set_phase(PhaseAt(election.schedule(), now));
  return election;
}

absl::StatusOr<v1::Election> CloseLocked(db::Transaction& tx, const rpc::Call& call, const std::string& name,
                                         const Closing& closing) {
  ASSIGN_OR_RETURN(v1::Election election, ElectionStore::Lock(tx, name));
  ASSIGN_OR_RETURN(const bool first, ClosingStore::Insert(tx, name, closing, call.now()));
  if (!first) return AsOf(std::move(election), call.now());
  RETURN_IF_ERROR(
      ElectionStore::Advance(tx, name, v1::Election::STATE_PUBLISHED, v1::Election::STATE_CLOSED).status());
  RETURN_IF_ERROR(RecordAct(tx, call, kClose, name, "the box and its log are closed"));
  ASSIGN_OR_RETURN(election, ElectionStore::Lock(tx, name));
  return AsOf(std::move(election), call.now());
}

absl::StatusOr<PublishedManifest> LoadPublished(db::Session& session, const std::string& election) {
  ASSIGN_OR_RETURN(const auto manifest, ElectionStore::LoadManifest(session, election));
  if (!manifest.has_value()) return errors::ManifestNotPublished();
  return PublishedManifest::Parse(*manifest);
}

std::vector<std::string> HashesOf(const std::vector<std::string>& lists) {
  std::vector<std::string> hashes;
  for (const std::string& list : lists) hashes.push_back(crypto::Sha256(list));
  return hashes;
}

// ELECTION_NOT_FOUND; ELECTION_NOT_CLOSED.
absl::StatusOr<std::string> LoadFinalCheckpoint(db::Session& session, const std::string& election) {
  ASSIGN_OR_RETURN(const v1::Election found, ElectionStore::Load(session, election));
  ASSIGN_OR_RETURN(const auto checkpoint, ClosingStore::LoadCheckpoint(session, election));
  if (checkpoint.has_value()) return *checkpoint;
  const bool open =
      found.state() == v1::Election::STATE_CALLED || found.state() == v1::Election::STATE_PUBLISHED;
  return open ? errors::ElectionNotClosed() : errors::ElectionNeverClosed();
}

// What a count begins with.
struct ClosedElection {
  PublishedManifest manifest;
  Closing closing;
  TallySecrets secrets;
};

absl::StatusOr<ClosedElection> LoadClosed(db::Session& session, const std::string& election) {
  ASSIGN_OR_RETURN(auto closing, ClosingStore::Load(session, election));
  if (!closing.has_value()) return errors::ElectionNeverClosed();
  ASSIGN_OR_RETURN(const Trustees trustees, TrusteeStore::Load(session, election));
  RETURN_IF_ERROR(CheckSecretsReleased(trustees));
  ASSIGN_OR_RETURN(PublishedManifest manifest, LoadPublished(session, election));
  ASSIGN_OR_RETURN(TallySecrets secrets, TrusteeStore::Secrets(session, election));
  return ClosedElection{std::move(manifest), *std::move(closing), std::move(secrets)};
}

}  // namespace

TallyServiceImpl::TallyServiceImpl(rpc::Edge& edge, db::Pool& pool, const Peers& peers,
                                   outbox::Dispatcher& effects)
    : guard_(edge, kService), pool_(pool), peers_(peers), effects_(effects) {}

grpc::Status TallyServiceImpl::CloseElection(grpc::ServerContext* context,
                                             const v1::CloseElectionRequest* request,
                                             v1::Election* response) {
  return guard_.Unary(context, "CloseElection", *request, *response,
                      [&](rpc::Call& call) { return Close(call, *request); });
}
grpc::Status TallyServiceImpl::StreamClosing(grpc::ServerContext* context,
                                             const v1::StreamClosingRequest* request,
                                             grpc::ServerWriter<v1::StreamClosingResponse>* writer) {
  return guard_.ServerStream(context, "StreamClosing", *request,
                             [&](rpc::Call& call) { return ShowClosing(call, *request, *writer); });
}
grpc::Status TallyServiceImpl::CountElection(grpc::ServerContext* context,
                                             const v1::CountElectionRequest* request, v1::Result* response) {
  // One answer, but as long in coming as a stream: every ballot of the log is opened first.
  return guard_.ServerStream(context, "CountElection", *request, [&](rpc::Call& call) -> absl::Status {
    ASSIGN_OR_RETURN(*response, Count(call, *request));
    return absl::OkStatus();
  });
}
grpc::Status TallyServiceImpl::GetResult(grpc::ServerContext* context, const v1::GetResultRequest* request,
                                         v1::Result* response) {
  return guard_.Unary(context, "GetResult", *request, *response,
                      [&](rpc::Call& call) { return Get(call, *request); });
}
grpc::Status TallyServiceImpl::GetCountReport(grpc::ServerContext* context,
                                              const v1::GetCountReportRequest* request,
                                              v1::CountReport* response) {
  return guard_.Unary(context, "GetCountReport", *request, *response,
                      [&](rpc::Call& call) { return Report(call, *request); });
}
grpc::Status TallyServiceImpl::CertifyResult(grpc::ServerContext* context,
                                             const v1::CertifyResultRequest* request, v1::Result* response) {
  return guard_.Unary(context, "CertifyResult", *request, *response,
                      [&](rpc::Call& call) { return Certify(call, *request); });
}

absl::StatusOr<v1::Election> TallyServiceImpl::Close(rpc::Call& call,
                                                     const v1::CloseElectionRequest& request) {
  ASSIGN_OR_RETURN(v1::Election election, LoadAsReturningOfficer(pool_, call, request.election()));
  if (election.state() == v1::Election::STATE_CALLED) return errors::ManifestNotPublished();
  if (election.state() != v1::Election::STATE_PUBLISHED) return AsOf(std::move(election), call.now());
  const absl::Time closes = FromTimestamp(election.schedule().voting_closes());
  if (call.now() < closes) return errors::VotingStillOpen(closes);
  ASSIGN_OR_RETURN(const Closing closing, CloseBox(call, election.name()));
  return Mutate<v1::Election>(pool_, call, kClose, request, [&](db::Transaction& tx) {
    return CloseLocked(tx, call, election.name(), closing);
  });
}

absl::StatusOr<Closing> TallyServiceImpl::CloseBox(const rpc::Call& call, const std::string& election) const {
  ASSIGN_OR_RETURN(const PublishedManifest manifest,
                   db::Autocommit(pool_, call.deadline(),
                                  [&](db::Session& session) { return LoadPublished(session, election); }));
  ASSIGN_OR_RETURN(const std::string roll_bytes, peers_.GetRollBytes(election, call.deadline()));
  ASSIGN_OR_RETURN(const UnitsView roll, RollOf(manifest, roll_bytes));
  Closing closing;
  for (const Registrar registrar : kRegistrars) {
    ASSIGN_OR_RETURN(const std::string list, peers_.GetIssuanceList(registrar, election, call.deadline()));
    RETURN_IF_ERROR(CheckIssuanceList(manifest, static_cast<int>(registrar), list, roll));
    closing.issuance_lists.push_back(list);
  }
  v1::CloseBoxRequest request;
  request.set_election(election);
  for (const std::string& hash : HashesOf(closing.issuance_lists)) request.add_issuance_list_sha256(hash);
  ASSIGN_OR_RETURN(const auto closed, peers_.CloseBox(request, call.deadline()));
  const auto checkpoint = crypto::OpenCheckpoint(closed.checkpoint(), election, manifest.box_key());
  constexpr std::uint64_t kManifestAndCloseRecord = 2;
  if (!checkpoint.ok() || closed.ballot_count() < 0 ||
      checkpoint->size != static_cast<std::uint64_t>(closed.ballot_count()) + kManifestAndCloseRecord) {
    return errors::CheckpointInvalid();
  }
  closing.checkpoint = closed.checkpoint();
  return closing;
}

absl::Status TallyServiceImpl::ShowClosing(rpc::Call& call, const v1::StreamClosingRequest& request,
                                           grpc::ServerWriter<v1::StreamClosingResponse>& writer) {
  ASSIGN_OR_RETURN(const std::string checkpoint,
                   db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return LoadFinalCheckpoint(session, request.election());
                   }));
  v1::StreamClosingResponse part;
  part.set_checkpoint(checkpoint);
  // A list at a time is in memory, and no connection is held while the caller reads.
  for (int registrar = 0;; ++registrar) {
    ASSIGN_OR_RETURN(const auto list, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                       return ClosingStore::LoadList(session, request.election(), registrar);
                     }));
    if (!list.has_value()) return absl::OkStatus();
    part.set_registrar(registrar);
    for (std::size_t at = 0; at < list->size(); at += kClosingBytesAMessage) {
      part.set_content(list->substr(at, kClosingBytesAMessage));
      if (!writer.Write(part)) return absl::CancelledError("The reader went away.");
      part.clear_checkpoint();
    }
  }
}

absl::StatusOr<v1::Result> TallyServiceImpl::Count(rpc::Call& call, const v1::CountElectionRequest& request) {
  ASSIGN_OR_RETURN(const v1::Election election, LoadAsReturningOfficer(pool_, call, request.election()));
  if (election.state() == v1::Election::STATE_CALLED || election.state() == v1::Election::STATE_PUBLISHED) {
    return errors::ElectionNotClosed();
  }
  ASSIGN_OR_RETURN(const Counted counted, CountLog(call, election));
  return Mutate<v1::Result>(
      pool_, call, kCount, request, [&](db::Transaction& tx) -> absl::StatusOr<v1::Result> {
        RETURN_IF_ERROR(ElectionStore::Lock(tx, election.name()).status());
        ASSIGN_OR_RETURN(const v1::Result stored, StoreResult(tx, call, counted));
        // After certification a recount has shown that the certified result stands.
        ASSIGN_OR_RETURN(const auto certified, ElectionStore::LoadCertified(tx, election.name()));
        return certified.value_or(stored);
      });
}

absl::StatusOr<Counted> TallyServiceImpl::CountLog(const rpc::Call& call,
                                                   const v1::Election& election) const {
  ASSIGN_OR_RETURN(const ClosedElection closed,
                   db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return LoadClosed(session, election.name());
                   }));
  const auto checkpoint =
      crypto::OpenCheckpoint(closed.closing.checkpoint, election.name(), closed.manifest.box_key());
  if (!checkpoint.ok()) return errors::CheckpointInvalid();
  Tally tally(closed.manifest, closed.secrets);
  ClosedLogReader log(closed.manifest, *checkpoint, HashesOf(closed.closing.issuance_lists), tally);
  RETURN_IF_ERROR(peers_.ListEntries(election.name(), call.deadline(),
                                     [&](std::string_view leaf) { return log.Take(leaf); }));
  RETURN_IF_ERROR(log.Finish());
  return tally.Count(election.contests(), checkpoint->root, IssuedOnEvery(closed.closing.issuance_lists));
}

absl::StatusOr<v1::Result> TallyServiceImpl::Get(rpc::Call& call, const v1::GetResultRequest& request) {
  return db::Autocommit(pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::Result> {
    ASSIGN_OR_RETURN(const auto certified, ElectionStore::LoadCertified(session, request.election()));
    if (certified.has_value()) return *certified;
    ASSIGN_OR_RETURN(const auto provisional, ElectionStore::LoadResult(session, request.election()));
    if (provisional.has_value()) return *provisional;
    RETURN_IF_ERROR(ElectionStore::Load(session, request.election()).status());
    return errors::ResultNotFound();
  });
}

absl::StatusOr<v1::CountReport> TallyServiceImpl::Report(rpc::Call& call,
                                                         const v1::GetCountReportRequest& request) {
  return db::Autocommit(pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::CountReport> {
    const std::string election = ElectionOf(request.contest());
    if (!election.empty()) RETURN_IF_ERROR(ElectionStore::Load(session, election).status());
    return ElectionStore::LoadCountReport(session, request.contest());
  });
}

absl::StatusOr<v1::Result> TallyServiceImpl::Certify(rpc::Call& call,
                                                     const v1::CertifyResultRequest& request) {
  ASSIGN_OR_RETURN(const v1::Election counted, LoadAsReturningOfficer(pool_, call, request.election()));
  const bool certified_before =
      counted.state() == v1::Election::STATE_CERTIFIED || counted.state() == v1::Election::STATE_SEATED;
  if (!certified_before) {
    // A count that ends just now is certified by the next call, after its disputes were asked for.
    if (counted.state() != v1::Election::STATE_COUNTED) return errors::NotCounted();
    int open = 0;
    for (const Registrar registrar : kRegistrars) {
      ASSIGN_OR_RETURN(const int disputes,
                       peers_.CountOpenDisputes(registrar, request.election(), call.deadline()));
      open += disputes;
    }
    if (open > 0) return errors::DisputesOpen(open);
  }
  auto certified = Mutate<v1::Result>(
      pool_, call, kCertify, request, [&](db::Transaction& tx) -> absl::StatusOr<v1::Result> {
        ASSIGN_OR_RETURN(const v1::Election election, ElectionStore::Lock(tx, request.election()));
        return CertifyLocked(tx, call, election);
      });
  effects_.Notify();
  return certified;
}

}  // namespace plenary::election
