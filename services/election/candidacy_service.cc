#include "services/election/candidacy_service.h"

#include <algorithm>
#include <optional>

#include "absl/strings/numbers.h"
#include "common/mutation/mutate.h"
#include "common/rpc/page.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "fmt/format.h"
#include "services/election/election_service.h"
#include "services/election/errors.h"
#include "services/election/limits.h"
#include "services/election/rules/candidate_page.h"
#include "services/election/rules/contests.h"
#include "services/election/rules/phases.h"
#include "services/election/store/candidacy_store.h"
#include "services/election/store/election_store.h"

namespace plenary::election {
namespace {

constexpr char kService[] = "plenary.election.v1.CandidacyService";
constexpr char kDeclare[] = "plenary.election.v1.CandidacyService/DeclareCandidacy";
constexpr char kComplete[] = "plenary.election.v1.CandidacyService/CompleteCandidacy";
constexpr char kAccept[] = "plenary.election.v1.CandidacyService/AcceptCandidacy";
constexpr char kWithdraw[] = "plenary.election.v1.CandidacyService/WithdrawCandidacy";

absl::Status CheckFiling(const v1::Schedule& schedule, absl::Time now) {
  if (now < FromTimestamp(schedule.filing_opens())) {
    return errors::FilingNotOpen(FromTimestamp(schedule.filing_opens()));
  }
  return now < FromTimestamp(schedule.filing_closes()) ? absl::OkStatus() : errors::FilingClosed();
}

absl::Status CheckDeclarable(const v1::Election& election, const v1::Candidacy& candidacy, absl::Time now) {
  RETURN_IF_ERROR(CheckFiling(election.schedule(), now));
  if (candidacy.person() == election.returning_officer()) return errors::IsReturningOfficer();
  const auto& contests = election.contests();
  const auto found = std::find_if(contests.begin(), contests.end(), [&](const v1::Contest& contest) {
    return contest.name() == candidacy.contest();
  });
  if (found == contests.end()) return errors::ContestNotFound();
  return IsPoll(*found) ? errors::ContestIsAPoll() : absl::OkStatus();
}

// Whether the caller sees a candidacy that is not accepted, as far as roles and the election say.
bool SeesAll(const rpc::Call& call, const v1::Election& election) {
  const auth::Principal& caller = call.principal();
  return caller.IsPerson() && (caller.HasRole("staff") || caller.person == election.returning_officer());
}

// The token of a list continues after contest, name and id.
std::string TokenOf(const CandidacyKey& key) {
  return rpc::PageToken(fmt::format("{}/{}/{}", key.contest, key.id, key.full_name));
}

std::optional<CandidacyKey> ReadKey(const std::string& after) {
  if (after.empty()) return CandidacyKey();
  const std::size_t first = after.find('/');
  const std::size_t second = first == std::string::npos ? first : after.find('/', first + 1);
  CandidacyKey key;
  if (second == std::string::npos || !absl::SimpleAtoi(after.substr(0, first), &key.contest))
    return std::nullopt;
  key.id = after.substr(first + 1, second - first - 1);
  key.full_name = after.substr(second + 1);
  return key;
}

}  // namespace

CandidacyServiceImpl::CandidacyServiceImpl(rpc::Edge& edge, db::Pool& pool, IdSource& ids, const Peers& peers)
    : guard_(edge, kService), pool_(pool), ids_(ids), peers_(peers) {}

grpc::Status CandidacyServiceImpl::DeclareCandidacy(grpc::ServerContext* context,
                                                    const v1::DeclareCandidacyRequest* request,
                                                    v1::Candidacy* response) {
  return guard_.Unary(context, "DeclareCandidacy", *request, *response,
                      [&](rpc::Call& call) { return Declare(call, *request); });
}
grpc::Status CandidacyServiceImpl::CompleteCandidacy(grpc::ServerContext* context,
                                                     const v1::CompleteCandidacyRequest* request,
                                                     v1::Candidacy* response) {
  return guard_.Unary(context, "CompleteCandidacy", *request, *response,
                      [&](rpc::Call& call) { return Complete(call, *request); });
}
grpc::Status CandidacyServiceImpl::AcceptCandidacy(grpc::ServerContext* context,
                                                   const v1::AcceptCandidacyRequest* request,
                                                   v1::Candidacy* response) {
  return guard_.Unary(context, "AcceptCandidacy", *request, *response,
                      [&](rpc::Call& call) { return Accept(call, *request); });
}
grpc::Status CandidacyServiceImpl::WithdrawCandidacy(grpc::ServerContext* context,
                                                     const v1::WithdrawCandidacyRequest* request,
                                                     v1::Candidacy* response) {
  return guard_.Unary(context, "WithdrawCandidacy", *request, *response,
                      [&](rpc::Call& call) { return Withdraw(call, *request); });
}
grpc::Status CandidacyServiceImpl::GetCandidacy(grpc::ServerContext* context,
                                                const v1::GetCandidacyRequest* request,
                                                v1::Candidacy* response) {
  return guard_.Unary(context, "GetCandidacy", *request, *response,
                      [&](rpc::Call& call) { return Get(call, *request); });
}
grpc::Status CandidacyServiceImpl::ListCandidacies(grpc::ServerContext* context,
                                                   const v1::ListCandidaciesRequest* request,
                                                   v1::ListCandidaciesResponse* response) {
  return guard_.Unary(context, "ListCandidacies", *request, *response,
                      [&](rpc::Call& call) { return List(call, *request); });
}
grpc::Status CandidacyServiceImpl::GetSeatCoverage(grpc::ServerContext* context,
                                                   const v1::GetSeatCoverageRequest* request,
                                                   v1::GetSeatCoverageResponse* response) {
  return guard_.Unary(context, "GetSeatCoverage", *request, *response,
                      [&](rpc::Call& call) { return Coverage(call, *request); });
}

absl::StatusOr<v1::Election> CandidacyServiceImpl::LoadElection(const rpc::Call& call,
                                                                const std::string& name) const {
  return db::Autocommit(pool_, call.deadline(),
                        [&](db::Session& session) { return ElectionStore::Load(session, name); });
}

absl::Status CandidacyServiceImpl::ProveCandidate(rpc::Call& call, const std::string& name) const {
  ASSIGN_OR_RETURN(const v1::Candidacy candidacy,
                   db::Autocommit(pool_, call.deadline(),
                                  [&](db::Session& session) { return CandidacyStore::Load(session, name); }));
  const bool is_candidate = call.principal().IsPerson() && call.principal().person == candidacy.person();
  // To everybody else, a candidacy that is not accepted does not exist.
  if (!is_candidate && candidacy.state() != v1::Candidacy::STATE_ACCEPTED) return errors::CandidacyNotFound();
  if (!is_candidate) return errors::NotCandidate();
  call.ProveRelation();
  return absl::OkStatus();
}

absl::StatusOr<std::string> CandidacyServiceImpl::RequireRight(const rpc::Call& call,
                                                               const std::string& person) const {
  ASSIGN_OR_RETURN(const auto right, peers_.ExplainOffice(person, call.deadline()));
  if (!right.allowed()) return errors::NoRightToHoldOffice(right.reason(), right.remedy());
  return right.full_name();
}

absl::Status CandidacyServiceImpl::RequireNoOtherPosition(const rpc::Call& call,
                                                          const v1::Election& election) const {
  const auto seats_on = DateOf(FromTimestamp(election.schedule().seats_on()));
  ASSIGN_OR_RETURN(const auto holdings, peers_.ListHoldings(call.principal().person, call.deadline()));
  for (const committee::v1::Holding& holding : holdings) {
    const auto end = ParseDate(holding.end_date());
    if (holding.ended() || (end.has_value() && *end <= seats_on)) continue;
    return errors::HoldsAnotherPosition(holding.seat(), holding.end_date());
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Candidacy> CandidacyServiceImpl::Declare(rpc::Call& call,
                                                            const v1::DeclareCandidacyRequest& request) {
  ASSIGN_OR_RETURN(const v1::Election election, LoadElection(call, ElectionOf(request.contest())));
  v1::Candidacy candidacy;
  candidacy.set_name(election.name() + "/" + ResourceName("candidacies", ids_.NextText()));
  candidacy.set_contest(request.contest());
  candidacy.set_person(call.principal().person);
  candidacy.set_state(v1::Candidacy::STATE_DECLARED);
  *candidacy.mutable_declare_time() = ToTimestamp(call.now());
  candidacy.mutable_page();
  ASSIGN_OR_RETURN(*candidacy.mutable_full_name(), RequireRight(call, candidacy.person()));
  RETURN_IF_ERROR(RequireNoOtherPosition(call, election));
  return Mutate<v1::Candidacy>(
      pool_, call, kDeclare, request, [&](db::Transaction& tx) -> absl::StatusOr<v1::Candidacy> {
        ASSIGN_OR_RETURN(const v1::Election locked, ElectionStore::Lock(tx, election.name()));
        RETURN_IF_ERROR(CheckDeclarable(locked, candidacy, call.now()));
        ASSIGN_OR_RETURN(const bool inserted, CandidacyStore::Insert(tx, locked, candidacy));
        if (!inserted) return errors::AlreadyACandidate();
        RETURN_IF_ERROR(RecordAct(tx, call, kDeclare, candidacy.name(), candidacy.contest()));
        return candidacy;
      });
}

absl::StatusOr<v1::Candidacy> CandidacyServiceImpl::Complete(rpc::Call& call,
                                                             const v1::CompleteCandidacyRequest& request) {
  RETURN_IF_ERROR(ProveCandidate(call, request.name()));
  RETURN_IF_ERROR(CheckPage(request.page()));
  if (request.submit()) {
    RETURN_IF_ERROR(CheckPageComplete(request.page()));
    ASSIGN_OR_RETURN(const auto acceptance, peers_.CheckAcceptance(call.principal().person, call.deadline()));
    if (acceptance.blocks()) return errors::CodeNotAccepted(acceptance.code_version());
  }
  const CandidacyAct act = request.submit() ? CandidacyAct::kSubmit : CandidacyAct::kSave;
  return Mutate<v1::Candidacy>(
      pool_, call, kComplete, request, [&](db::Transaction& tx) -> absl::StatusOr<v1::Candidacy> {
        ASSIGN_OR_RETURN(const v1::Election election, ElectionStore::Lock(tx, ElectionOf(request.name())));
        RETURN_IF_ERROR(CheckFiling(election.schedule(), call.now()));
        ASSIGN_OR_RETURN(v1::Candidacy candidacy, CandidacyStore::Load(tx, request.name()));
        const auto after = After(candidacy.state(), act);
        if (!after.has_value()) return errors::CandidacyWithdrawn();
        *candidacy.mutable_page() = request.page();
        candidacy.set_state(*after);
        RETURN_IF_ERROR(CandidacyStore::Update(tx, candidacy));
        RETURN_IF_ERROR(
            RecordAct(tx, call, kComplete, candidacy.name(), request.submit() ? "submitted" : "saved"));
        return candidacy;
      });
}

absl::StatusOr<v1::Candidacy> CandidacyServiceImpl::Accept(rpc::Call& call,
                                                           const v1::AcceptCandidacyRequest& request) {
  RETURN_IF_ERROR(LoadAsReturningOfficer(pool_, call, ElectionOf(request.name())).status());
  ASSIGN_OR_RETURN(const v1::Candidacy asked,
                   db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return CandidacyStore::Load(session, request.name());
                   }));
  RETURN_IF_ERROR(RequireRight(call, asked.person()).status());
  return Mutate<v1::Candidacy>(
      pool_, call, kAccept, request, [&](db::Transaction& tx) -> absl::StatusOr<v1::Candidacy> {
        ASSIGN_OR_RETURN(const v1::Election election, ElectionStore::Lock(tx, ElectionOf(request.name())));
        if (election.state() != v1::Election::STATE_CALLED) return errors::ManifestPublished();
        ASSIGN_OR_RETURN(v1::Candidacy candidacy, CandidacyStore::Load(tx, request.name()));
        const auto after = After(candidacy.state(), CandidacyAct::kAccept);
        if (!after.has_value()) return errors::CandidacyNotCompleted();
        candidacy.set_state(*after);
        RETURN_IF_ERROR(CandidacyStore::Update(tx, candidacy));
        RETURN_IF_ERROR(RecordAct(tx, call, kAccept, candidacy.name(), candidacy.person()));
        return candidacy;
      });
}

absl::StatusOr<v1::Candidacy> CandidacyServiceImpl::Withdraw(rpc::Call& call,
                                                             const v1::WithdrawCandidacyRequest& request) {
  RETURN_IF_ERROR(ProveCandidate(call, request.name()));
  return Mutate<v1::Candidacy>(
      pool_, call, kWithdraw, request, [&](db::Transaction& tx) -> absl::StatusOr<v1::Candidacy> {
        ASSIGN_OR_RETURN(const v1::Election election, ElectionStore::Lock(tx, ElectionOf(request.name())));
        if (election.state() != v1::Election::STATE_CALLED) return errors::ManifestPublished();
        ASSIGN_OR_RETURN(v1::Candidacy candidacy, CandidacyStore::Load(tx, request.name()));
        const auto after = After(candidacy.state(), CandidacyAct::kWithdraw);
        if (!after.has_value()) return errors::CandidacyWithdrawn();
        candidacy.set_state(*after);
        RETURN_IF_ERROR(CandidacyStore::Update(tx, candidacy));
        RETURN_IF_ERROR(RecordAct(tx, call, kWithdraw, candidacy.name(), candidacy.contest()));
        return candidacy;
      });
}

absl::StatusOr<v1::Candidacy> CandidacyServiceImpl::Get(rpc::Call& call,
                                                        const v1::GetCandidacyRequest& request) {
  ASSIGN_OR_RETURN(const v1::Candidacy candidacy,
                   db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return CandidacyStore::Load(session, request.name());
                   }));
  if (candidacy.state() == v1::Candidacy::STATE_ACCEPTED) return candidacy;
  ASSIGN_OR_RETURN(const v1::Election election, LoadElection(call, ElectionOf(request.name())));
  const bool own = call.principal().IsPerson() && call.principal().person == candidacy.person();
  if (!own && !SeesAll(call, election)) return errors::CandidacyNotFound();
  return candidacy;
}

absl::StatusOr<v1::ListCandidaciesResponse> CandidacyServiceImpl::List(
    rpc::Call& call, const v1::ListCandidaciesRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ReadPage(request.page_size(), request.page_token(),
                                                       {kDefaultPageSize, kLongestPage}));
  const auto after = ReadKey(page.after);
  if (!after.has_value()) return errors::PageTokenInvalid();
  ASSIGN_OR_RETURN(const v1::Election election, LoadElection(call, request.election()));
  const auto visible =
      SeesAll(call, election) ? CandidacyStore::Visible::kAll : CandidacyStore::Visible::kAccepted;
  ASSIGN_OR_RETURN(const auto candidacies, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return CandidacyStore::List(session, election, visible, *after, page.size + 1);
                   }));
  v1::ListCandidaciesResponse response;
  for (const v1::Candidacy& candidacy : candidacies) {
    if (response.candidacies_size() == page.size) {
      const v1::Candidacy& last = response.candidacies(page.size - 1);
      response.set_next_page_token(TokenOf(CandidacyStore::KeyOf(election, last)));
      break;
    }
    *response.add_candidacies() = candidacy;
  }
  return response;
}

absl::StatusOr<v1::GetSeatCoverageResponse> CandidacyServiceImpl::Coverage(
    rpc::Call& call, const v1::GetSeatCoverageRequest& request) {
  ASSIGN_OR_RETURN(const v1::Election election, LoadElection(call, request.election()));
  ASSIGN_OR_RETURN(const auto coverage, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return CandidacyStore::Coverage(session, election);
                   }));
  v1::GetSeatCoverageResponse response;
  for (const auto& contest : coverage) *response.add_contests() = contest;
  return response;
}

}  // namespace plenary::election
