#include "services/election/tally_service.h"

#include "common/mutation/mutate.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"
#include "fmt/format.h"
#include "services/election/effects.h"
#include "services/election/election_service.h"
#include "services/election/errors.h"
#include "services/election/rules/names.h"
#include "services/election/rules/seating.h"
#include "services/election/store/candidacy_store.h"
#include "services/election/store/election_store.h"

namespace plenary::election {
namespace {

constexpr char kService[] = "plenary.election.v1.TallyService";
constexpr char kCount[] = "plenary.election.v1.TallyService/CountElection";
constexpr char kCertify[] = "plenary.election.v1.TallyService/CertifyResult";

// As it was before counts had reports.
v1::Result WithoutReports(v1::Result result) {
  for (v1::ContestResult& contest : *result.mutable_contests()) {
    contest.clear_method();
    contest.clear_decimals();
    contest.clear_report_sha256();
  }
  return result;
}

// Counting again must give the same bytes as the first count, but for the time, which stays the first one's.
// A result from before there were reports is compared without them.
absl::StatusOr<v1::Result> CompareResult(db::Transaction& tx, const v1::Result& stored,
                                         const Counted& counted) {
  ASSIGN_OR_RETURN(const auto reports, ElectionStore::LoadCountReports(tx, stored.election()));
  v1::Result result = reports.empty() ? WithoutReports(counted.result) : counted.result;
  *result.mutable_count_time() = stored.count_time();
  const bool same_reports = reports.empty() || reports == counted.reports;
  if (!same_reports || result.SerializeAsString() != stored.SerializeAsString())
    return errors::RecountDiffers();
  return result;
}

// Keeps the first result, and its reports.
absl::StatusOr<v1::Result> StoreResult(db::Transaction& tx, const rpc::Call& call, const Counted& counted) {
  ASSIGN_OR_RETURN(const auto stored, ElectionStore::LoadResult(tx, counted.result.election()));
  if (stored.has_value()) return CompareResult(tx, *stored, counted);
  v1::Result result = counted.result;
  *result.mutable_count_time() = ToTimestamp(call.now());
  RETURN_IF_ERROR(ElectionStore::InsertResult(tx, result, counted.reports).status());
  RETURN_IF_ERROR(ElectionStore::Advance(tx, result.election(), v1::Election::STATE_PUBLISHED,
                                         v1::Election::STATE_COUNTED)
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
  RETURN_IF_ERROR(RecordAct(tx, call, kCertify, election.name(), "certified"));
  return *std::move(result);
}

}  // namespace

TallyServiceImpl::TallyServiceImpl(rpc::Edge& edge, db::Pool& pool, const Peers& peers,
                                   outbox::Dispatcher& effects)
    : guard_(edge, kService), pool_(pool), peers_(peers), effects_(effects) {}

grpc::Status TallyServiceImpl::CountElection(grpc::ServerContext* context,
                                             const v1::CountElectionRequest* request, v1::Result* response) {
  return guard_.Unary(context, "CountElection", *request, *response,
                      [&](rpc::Call& call) { return Count(call, *request); });
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

absl::StatusOr<v1::Result> TallyServiceImpl::Count(rpc::Call& call, const v1::CountElectionRequest& request) {
  ASSIGN_OR_RETURN(const v1::Election election, LoadAsReturningOfficer(pool_, call, request.election()));
  if (election.state() == v1::Election::STATE_CALLED) return errors::ManifestNotPublished();
  const absl::Time closes = FromTimestamp(election.schedule().voting_closes());
  if (call.now() < closes) return errors::VotingStillOpen(closes);
  ASSIGN_OR_RETURN(const Counted counted, CountBox(call, election));
  return Mutate<v1::Result>(
      pool_, call, kCount, request, [&](db::Transaction& tx) -> absl::StatusOr<v1::Result> {
        RETURN_IF_ERROR(ElectionStore::Lock(tx, election.name()).status());
        ASSIGN_OR_RETURN(const v1::Result stored, StoreResult(tx, call, counted));
        // After certification a recount has shown that the certified result stands.
        ASSIGN_OR_RETURN(const auto certified, ElectionStore::LoadCertified(tx, election.name()));
        return certified.value_or(stored);
      });
}

absl::StatusOr<Counted> TallyServiceImpl::CountBox(const rpc::Call& call,
                                                   const v1::Election& election) const {
  ASSIGN_OR_RETURN(const auto manifest, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return ElectionStore::LoadManifest(session, election.name());
                   }));
  if (!manifest.has_value()) return errors::ManifestNotPublished();
  ASSIGN_OR_RETURN(const PublishedManifest published, PublishedManifest::Parse(*manifest));
  ASSIGN_OR_RETURN(const int closed_with, peers_.CloseBox(election.name(), call.deadline()));
  Tally tally(published);
  RETURN_IF_ERROR(peers_.ListBallots(election.name(), call.deadline(),
                                     [&](std::string_view ballot) { return tally.Add(ballot); }));
  if (tally.ballot_count() != closed_with) {
    return errors::BallotBoxInconsistent("the box listed another number of ballots than it was closed with");
  }
  ASSIGN_OR_RETURN(const auto issuances, peers_.CountIssuances(election.name(), call.deadline()));
  return tally.Count(election.contests(), static_cast<int>(published.manifest().roll_count()),
                     issuances.issued_count());
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
  RETURN_IF_ERROR(LoadAsReturningOfficer(pool_, call, request.election()).status());
  auto certified = Mutate<v1::Result>(
      pool_, call, kCertify, request, [&](db::Transaction& tx) -> absl::StatusOr<v1::Result> {
        ASSIGN_OR_RETURN(const v1::Election election, ElectionStore::Lock(tx, request.election()));
        return CertifyLocked(tx, call, election);
      });
  effects_.Notify();
  return certified;
}

}  // namespace plenary::election
