#include "services/election/trustee_service.h"

#include <algorithm>
#include <utility>

#include "common/crypto/bytes.h"
#include "common/mutation/mutate.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "fmt/format.h"
#include "services/election/election_service.h"
#include "services/election/errors.h"
#include "services/election/errors_trustees.h"
#include "services/election/limits.h"
#include "services/election/store/election_store.h"
#include "services/election/store/trustee_store.h"

namespace plenary::election {
namespace {

constexpr char kService[] = "plenary.election.v1.TrusteeService";
constexpr char kSendKeys[] = "plenary.election.v1.TrusteeService/SendTrusteeKeys";
constexpr char kDeal[] = "plenary.election.v1.TrusteeService/DealShares";
constexpr char kAccept[] = "plenary.election.v1.TrusteeService/AcceptShares";
constexpr char kReset[] = "plenary.election.v1.TrusteeService/ResetTrustees";
constexpr char kReleaseSecret[] = "plenary.election.v1.TrusteeService/ReleaseSecret";
constexpr char kReleaseShare[] = "plenary.election.v1.TrusteeService/ReleaseShare";

v1::ListTrusteesResponse Answer(const Trustees& trustees, int threshold) {
  v1::ListTrusteesResponse response;
  response.mutable_trustees()->Assign(trustees.begin(), trustees.end());
  response.set_threshold(threshold);
  return response;
}

bool SameHashes(const v1::Trustee& trustee, const v1::DealSharesRequest& request) {
  return std::equal(trustee.share_sha256().begin(), trustee.share_sha256().end(),
                    request.share_sha256().begin(), request.share_sha256().end());
}

}  // namespace

TrusteeServiceImpl::TrusteeServiceImpl(rpc::Edge& edge, db::Pool& pool)
    : guard_(edge, kService), pool_(pool) {}

grpc::Status TrusteeServiceImpl::ListTrustees(grpc::ServerContext* context,
                                              const v1::ListTrusteesRequest* request,
                                              v1::ListTrusteesResponse* response) {
  return guard_.Unary(context, "ListTrustees", *request, *response,
                      [&](rpc::Call& call) { return List(call, *request); });
}
grpc::Status TrusteeServiceImpl::SendTrusteeKeys(grpc::ServerContext* context,
                                                 const v1::SendTrusteeKeysRequest* request,
                                                 v1::Trustee* response) {
  return guard_.Unary(context, "SendTrusteeKeys", *request, *response,
                      [&](rpc::Call& call) { return SendKeys(call, *request); });
}
grpc::Status TrusteeServiceImpl::DealShares(grpc::ServerContext* context,
                                            const v1::DealSharesRequest* request, v1::Trustee* response) {
  return guard_.Unary(context, "DealShares", *request, *response,
                      [&](rpc::Call& call) { return Deal(call, *request); });
}
grpc::Status TrusteeServiceImpl::ListDealtShares(grpc::ServerContext* context,
                                                 const v1::ListDealtSharesRequest* request,
                                                 v1::ListDealtSharesResponse* response) {
  return guard_.Unary(context, "ListDealtShares", *request, *response,
                      [&](rpc::Call& call) { return ListDealt(call, *request); });
}
grpc::Status TrusteeServiceImpl::AcceptShares(grpc::ServerContext* context,
                                              const v1::AcceptSharesRequest* request, v1::Trustee* response) {
  return guard_.Unary(context, "AcceptShares", *request, *response,
                      [&](rpc::Call& call) { return Accept(call, *request); });
}
grpc::Status TrusteeServiceImpl::ResetTrustees(grpc::ServerContext* context,
                                               const v1::ResetTrusteesRequest* request,
                                               v1::ListTrusteesResponse* response) {
  return guard_.Unary(context, "ResetTrustees", *request, *response,
                      [&](rpc::Call& call) { return Reset(call, *request); });
}
grpc::Status TrusteeServiceImpl::ReleaseSecret(grpc::ServerContext* context,
                                               const v1::ReleaseSecretRequest* request,
                                               v1::Trustee* response) {
  return guard_.Unary(context, "ReleaseSecret", *request, *response,
                      [&](rpc::Call& call) { return ReleaseOwn(call, *request); });
}
grpc::Status TrusteeServiceImpl::ReleaseShare(grpc::ServerContext* context,
                                              const v1::ReleaseShareRequest* request, v1::Trustee* response) {
  return guard_.Unary(context, "ReleaseShare", *request, *response,
                      [&](rpc::Call& call) { return ReleaseOther(call, *request); });
}
grpc::Status TrusteeServiceImpl::GetTallySecrets(grpc::ServerContext* context,
                                                 const v1::GetTallySecretsRequest* request,
                                                 v1::GetTallySecretsResponse* response) {
  return guard_.Unary(context, "GetTallySecrets", *request, *response,
                      [&](rpc::Call& call) { return Secrets(call, *request); });
}

absl::StatusOr<TrusteeServiceImpl::Circle> TrusteeServiceImpl::LoadCircle(db::Session& session,
                                                                          const rpc::Call& call,
                                                                          v1::Election election) {
  Circle circle{.election = std::move(election), .trustees = {}, .caller = 0};
  ASSIGN_OR_RETURN(circle.trustees, TrusteeStore::Load(session, circle.election.name()));
  if (!call.principal().IsPerson()) return errors::NotTrustee();
  ASSIGN_OR_RETURN(circle.caller, NumberOf(circle.trustees, call.principal().person));
  return circle;
}

absl::StatusOr<v1::Trustee> TrusteeServiceImpl::Act(rpc::Call& call, const std::string& election,
                                                    const Body& body) {
  return db::Transact(pool_, call.deadline(), [&](db::Transaction& tx) -> absl::StatusOr<v1::Trustee> {
    ASSIGN_OR_RETURN(v1::Election locked, ElectionStore::Lock(tx, election));
    ASSIGN_OR_RETURN(const Circle circle, LoadCircle(tx, call, std::move(locked)));
    call.ProveRelation();
    ASSIGN_OR_RETURN(const int number, body(tx, circle));
    ASSIGN_OR_RETURN(const Trustees trustees, TrusteeStore::Load(tx, election));
    return trustees.at(static_cast<std::size_t>(number - 1));
  });
}

absl::StatusOr<v1::ListTrusteesResponse> TrusteeServiceImpl::List(rpc::Call& call,
                                                                  const v1::ListTrusteesRequest& request) {
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListTrusteesResponse> {
        ASSIGN_OR_RETURN(const v1::Election election, ElectionStore::Load(session, request.election()));
        ASSIGN_OR_RETURN(const Trustees trustees, TrusteeStore::Load(session, election.name()));
        return Answer(trustees, election.trustee_threshold());
      });
}

absl::StatusOr<v1::Trustee> TrusteeServiceImpl::SendKeys(rpc::Call& call,
                                                         const v1::SendTrusteeKeysRequest& request) {
  return Act(call, request.election(), [&](db::Transaction& tx, const Circle& circle) -> absl::StatusOr<int> {
    RETURN_IF_ERROR(CheckTrusteeKeys(request));
    const v1::Trustee& me = circle.Me();
    if (!me.tally_key().empty()) {
      const bool same =
          me.tally_key() == request.tally_key() && me.transport_key() == request.transport_key();
      return same ? absl::StatusOr<int>(circle.caller) : errors::TrusteeKeysFixed();
    }
    RETURN_IF_ERROR(CheckTrusteeAct(TrusteeAct::kSendKeys, circle.election.state(), circle.trustees));
    ASSIGN_OR_RETURN(const bool fresh,
                     TrusteeStore::InsertKeys(tx, request.election(), circle.caller, request.tally_key(),
                                              request.transport_key()));
    if (!fresh) return errors::KeyUsedBefore();
    RETURN_IF_ERROR(
        RecordAct(tx, call, kSendKeys, request.election(), fmt::format("keys of trustee {}", circle.caller)));
    return circle.caller;
  });
}

absl::StatusOr<v1::Trustee> TrusteeServiceImpl::Deal(rpc::Call& call, const v1::DealSharesRequest& request) {
  return Act(call, request.election(), [&](db::Transaction& tx, const Circle& circle) -> absl::StatusOr<int> {
    RETURN_IF_ERROR(CheckDealtShares(request, static_cast<int>(circle.trustees.size())));
    // The boxes around the same shares differ each time they are sealed: the first ones stand.
    if (!circle.Me().share_sha256().empty()) {
      return SameHashes(circle.Me(), request) ? absl::StatusOr<int>(circle.caller) : errors::SharesFixed();
    }
    RETURN_IF_ERROR(CheckTrusteeAct(TrusteeAct::kDealShares, circle.election.state(), circle.trustees));
    RETURN_IF_ERROR(TrusteeStore::InsertShares(tx, circle.caller, request));
    RETURN_IF_ERROR(RecordAct(tx, call, kDeal, request.election(),
                              fmt::format("shares of trustee {}'s secret", circle.caller)));
    return circle.caller;
  });
}

absl::StatusOr<v1::ListDealtSharesResponse> TrusteeServiceImpl::ListDealt(
    rpc::Call& call, const v1::ListDealtSharesRequest& request) {
  using Response = v1::ListDealtSharesResponse;
  return db::Autocommit(pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<Response> {
    ASSIGN_OR_RETURN(v1::Election election, ElectionStore::Load(session, request.election()));
    ASSIGN_OR_RETURN(const Circle circle, LoadCircle(session, call, std::move(election)));
    call.ProveRelation();
    RETURN_IF_ERROR(CheckTrusteeAct(TrusteeAct::kListShares, circle.election.state(), circle.trustees));
    ASSIGN_OR_RETURN(const auto shares, TrusteeStore::DealtTo(session, request.election(), circle.caller));
    Response response;
    response.mutable_sealed_shares()->Assign(shares.begin(), shares.end());
    return response;
  });
}

absl::StatusOr<v1::Trustee> TrusteeServiceImpl::Accept(rpc::Call& call,
                                                       const v1::AcceptSharesRequest& request) {
  return Act(call, request.election(), [&](db::Transaction& tx, const Circle& circle) -> absl::StatusOr<int> {
    if (circle.Me().accepted()) return circle.caller;
    RETURN_IF_ERROR(CheckTrusteeAct(TrusteeAct::kAcceptShares, circle.election.state(), circle.trustees));
    RETURN_IF_ERROR(TrusteeStore::Accept(tx, request.election(), circle.caller));
    RETURN_IF_ERROR(
        RecordAct(tx, call, kAccept, request.election(), fmt::format("trustee {} accepted", circle.caller)));
    return circle.caller;
  });
}

absl::StatusOr<v1::ListTrusteesResponse> TrusteeServiceImpl::Reset(rpc::Call& call,
                                                                   const v1::ResetTrusteesRequest& request) {
  RETURN_IF_ERROR(LoadAsReturningOfficer(pool_, call, request.election()).status());
  FieldChecks checks;
  checks.Text("reason", request.reason(), 1, kLongestReason);
  RETURN_IF_ERROR(checks.Result(errors::Domain()));
  using Response = v1::ListTrusteesResponse;
  return Mutate<Response>(pool_, call, kReset, request, [&](db::Transaction& tx) -> absl::StatusOr<Response> {
    ASSIGN_OR_RETURN(const v1::Election election, ElectionStore::Lock(tx, request.election()));
    RETURN_IF_ERROR(CheckTrusteeAct(TrusteeAct::kReset, election.state(), {}));
    const auto& people = request.trustees().empty() ? election.trustees() : request.trustees();
    const int wanted = request.threshold() != 0 ? request.threshold() : election.trustee_threshold();
    RETURN_IF_ERROR(CheckTrustees(people, wanted, election.returning_officer(),
                                  {.people = "trustees", .threshold = "threshold"}));
    const int threshold = ThresholdOf(wanted, people.size());
    RETURN_IF_ERROR(TrusteeStore::Replace(tx, election.name(), people, threshold));
    RETURN_IF_ERROR(RecordAct(tx, call, kReset, election.name(), request.reason()));
    ASSIGN_OR_RETURN(const Trustees trustees, TrusteeStore::Load(tx, election.name()));
    return Answer(trustees, threshold);
  });
}

absl::StatusOr<v1::Trustee> TrusteeServiceImpl::ReleaseOwn(rpc::Call& call,
                                                           const v1::ReleaseSecretRequest& request) {
  return Act(call, request.election(), [&](db::Transaction& tx, const Circle& circle) -> absl::StatusOr<int> {
    RETURN_IF_ERROR(CheckTrusteeAct(TrusteeAct::kRelease, circle.election.state(), circle.trustees));
    RETURN_IF_ERROR(CheckTallySecret(request.tally_secret(), circle.Me().tally_key()));
    if (circle.Me().released()) return circle.caller;
    RETURN_IF_ERROR(TrusteeStore::InsertSecret(tx, request.election(), circle.caller, request.tally_secret(),
                                               call.now()));
    RETURN_IF_ERROR(RecordAct(tx, call, kReleaseSecret, request.election(),
                              fmt::format("the secret of trustee {}", circle.caller)));
    return circle.caller;
  });
}

absl::Status TrusteeServiceImpl::PutTogether(db::Transaction& tx, const rpc::Call& call, const Circle& circle,
                                             const v1::Trustee& dealer) {
  const std::string& election = circle.election.name();
  ASSIGN_OR_RETURN(const auto shares, TrusteeStore::ReleasedShares(tx, election, dealer.number()));
  auto secret = SecretFromShares(shares, circle.election.trustee_threshold(), dealer.tally_key());
  if (!secret.has_value()) return absl::OkStatus();
  RETURN_IF_ERROR(TrusteeStore::InsertSecret(tx, election, dealer.number(), *secret, call.now()));
  return RecordAct(tx, call, kReleaseShare, election,
                   fmt::format("the secret of trustee {} from {} shares", dealer.number(), shares.size()));
}

absl::StatusOr<v1::Trustee> TrusteeServiceImpl::ReleaseOther(rpc::Call& call,
                                                             const v1::ReleaseShareRequest& request) {
  return Act(call, request.election(), [&](db::Transaction& tx, const Circle& circle) -> absl::StatusOr<int> {
    RETURN_IF_ERROR(CheckTrusteeAct(TrusteeAct::kRelease, circle.election.state(), circle.trustees));
    ASSIGN_OR_RETURN(const int number, DealerOf(request.share(), circle.caller, circle.trustees));
    const v1::Trustee& dealer = circle.trustees.at(static_cast<std::size_t>(number - 1));
    const auto& released = dealer.released_shares();
    if (std::find(released.begin(), released.end(), circle.caller) != released.end()) return number;
    RETURN_IF_ERROR(
        TrusteeStore::InsertReleasedShare(tx, request.election(), number, circle.caller, request.share()));
    RETURN_IF_ERROR(
        RecordAct(tx, call, kReleaseShare, request.election(),
                  fmt::format("trustee {}'s share of the secret of trustee {}", circle.caller, number)));
    if (!dealer.released()) RETURN_IF_ERROR(PutTogether(tx, call, circle, dealer));
    return number;
  });
}

absl::StatusOr<v1::GetTallySecretsResponse> TrusteeServiceImpl::Secrets(
    rpc::Call& call, const v1::GetTallySecretsRequest& request) {
  using Response = v1::GetTallySecretsResponse;
  return db::Autocommit(pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<Response> {
    ASSIGN_OR_RETURN(const v1::Election election, ElectionStore::Load(session, request.election()));
    ASSIGN_OR_RETURN(const Trustees trustees, TrusteeStore::Load(session, election.name()));
    if (trustees.empty()) return errors::NoTrustees();
    RETURN_IF_ERROR(CheckSecretsReleased(trustees));
    ASSIGN_OR_RETURN(const TallySecrets secrets, TrusteeStore::Secrets(session, election.name()));
    Response response;
    response.mutable_tally_secrets()->Assign(secrets.begin(), secrets.end());
    return response;
  });
}

}  // namespace plenary::election
