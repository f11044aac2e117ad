#include "services/membership/session_service.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "common/audit/audit.h"
#include "common/crypto/bytes.h"
#include "common/db/transact.h"
#include "common/ids/id.h"
#include "common/mutation/mutate.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "fmt/format.h"
#include "services/membership/errors.h"
#include "services/membership/errors_identity.h"
#include "services/membership/limits_identity.h"
#include "services/membership/names.h"
#include "services/membership/rules/email.h"
#include "services/membership/rules/session_life.h"
#include "services/membership/rules/sign_in_code.h"
#include "services/membership/session_begin.h"
#include "services/membership/sign_in_limits.h"
#include "services/membership/store/notices.h"
#include "services/membership/store/register.h"

namespace plenary::membership {
namespace {

constexpr char kCompleteSignIn[] = "plenary.membership.v1.SessionService.CompleteSignIn";
constexpr char kRefreshSession[] = "plenary.membership.v1.SessionService.RefreshSession";
constexpr char kSignOut[] = "plenary.membership.v1.SessionService.SignOut";
constexpr char kEndSession[] = "plenary.membership.v1.SessionService.EndSession";
constexpr char kSignOutEverywhere[] = "plenary.membership.v1.SessionService.SignOutEverywhere";

constexpr std::size_t kChainKeySize = 32;
constexpr std::size_t kRefreshTokenSize = 32;

// What a call that came without a token did for a person whom it proved to be.
absl::Status RecordActOf(db::Transaction& transaction, const store::StoredSession& session,
                         std::string_view act, std::string detail, absl::Time now) {
  return audit::Append(transaction, {.at = now,
                                     .actor = ResourceName(kPeople, session.person),
                                     .act = std::string(act),
                                     .resource = ResourceName(kSessions, session.id),
                                     .detail = std::move(detail)});
}

// The mail for an address: with the secrets for a person of the register, without for everybody else.
store::Notice NoticeOf(const store::SignIn& sign_in, const std::string& address,
                       const std::optional<store::RegisterPerson>& person, const SignInSecrets& secrets,
                       absl::Time now) {
  const absl::Time expires = now + limits::kSignInLifetime;
  store::Notice notice{.event = fmt::format("{}/{}", kSignIns, sign_in.id),
                       .template_name = "sign-in-unknown",
                       .person = sign_in.person,
                       .address = address,
                       .values = {},
                       .not_after = expires};
  if (!person.has_value()) return notice;
  notice.template_name = "sign-in";
  notice.values = {{"full_name", person->full_name},
                   {"code", rules::ShowSignInCode(secrets.code)},
                   {"sign_in", sign_in.id},
                   {"link_token", secrets.link_token},
                   {"expires", FormatInstant(expires)}};
  return notice;
}

v1::Session ShowSession(const store::StoredSession& session) {
  v1::Session shown;
  shown.set_name(ResourceName(kSessions, session.id));
  shown.set_person(ResourceName(kPeople, session.person));
  shown.set_means(session.means);
  *shown.mutable_create_time() = ToTimestamp(session.created);
  *shown.mutable_refresh_time() = ToTimestamp(session.refreshed);
  *shown.mutable_expire_time() = ToTimestamp(rules::SessionEnd(session.created, session.refreshed));
  if (session.ended.has_value()) *shown.mutable_end_time() = ToTimestamp(*session.ended);
  return shown;
}

// The id of the person that a request names, "" being the caller.
absl::StatusOr<std::string> PersonOf(db::Session& session, const rpc::Call& call, const std::string& named) {
  const std::string& name = named.empty() ? call.principal().person : named;
  ASSIGN_OR_RETURN(const auto person, store::FindPerson(session, ResourceId(kPeople, name).value_or("")));
  if (!person.has_value()) return errors::PersonNotFound(name);
  return person->id;
}

bool IsLive(const store::StoredSession& session, absl::Time now) {
  return !session.ended.has_value() && now < rules::SessionEnd(session.created, session.refreshed);
}

// What came of a call that stores something also when it refuses.
template <typename Answer>
struct Outcome {
  absl::Status refusal;
  Answer answer;
};

template <typename Answer>
absl::StatusOr<Answer> AnswerOf(absl::StatusOr<Outcome<Answer>> outcome) {
  RETURN_IF_ERROR(outcome.status());
  RETURN_IF_ERROR(outcome->refusal);
  return std::move(outcome->answer);
}

using SessionOutcome = Outcome<v1::SignedInSession>;

}  // namespace

absl::Status SessionService::Prune(const rpc::Call& call) {
  const absl::Time before = call.now() - limits::kSignInsKept;
  const auto remove = [&](auto prune, absl::Time until) {
    return db::Autocommit(parts_.pool, call.deadline(),
                          [&](db::Session& session) -> absl::Status { return prune(session, until); });
  };
  RETURN_IF_ERROR(remove(store::PruneSignIns, before));
  RETURN_IF_ERROR(remove(store::PruneCounts, before));
  return remove(store::PruneRefreshTokens, call.now());
}

// The same statements whoever has the address.
absl::StatusOr<v1::RequestSignInResponse> SessionService::RequestSignIn(
    rpc::Call& call, const grpc::ServerContext& context, const v1::RequestSignInRequest& request) {
  const auto email = rules::NormaliseEmail(request.email());
  if (!email.has_value()) return errors::FieldInvalid("email", "Write the address as name@example.org.");
  RETURN_IF_ERROR(Prune(call));
  const SignInSecrets secrets = DrawSignInSecrets(parts_.random);
  const store::SignIn sign_in{.id = parts_.ids.NextText(),
                              .address_sha256 = crypto::Sha256(*email),
                              .salt = secrets.salt,
                              .code_sha256 = SaltedDigest(secrets.salt, secrets.code),
                              .link_sha256 = SaltedDigest(secrets.salt, secrets.link_token)};
  const absl::Status queued =
      db::Transact(parts_.pool, call.deadline(), [&](db::Transaction& transaction) -> absl::Status {
        RETURN_IF_ERROR(CountWithin(transaction, SignInsOfAddress(sign_in.address_sha256), call.now()));
        RETURN_IF_ERROR(CountWithin(transaction, SignInsFromPeer(CallerOf(context)), call.now()));
        ASSIGN_OR_RETURN(const auto person, store::FindPersonByEmail(transaction, *email));
        store::SignIn stored = sign_in;
        if (person.has_value()) stored.person = person->id;
        RETURN_IF_ERROR(store::InsertSignIn(transaction, stored, call.now()));
        const store::Notice notice = NoticeOf(stored, *email, person, secrets, call.now());
        return store::EnqueueNotice(transaction, parts_.ids, notice, call.now()).status();
      });
  RETURN_IF_ERROR(queued);
  v1::RequestSignInResponse response;
  response.set_sign_in(ResourceName(kSignIns, sign_in.id));
  *response.mutable_expire_time() = ToTimestamp(call.now() + limits::kSignInLifetime);
  return response;
}

absl::StatusOr<v1::SignedInSession> SessionService::CompleteSignIn(rpc::Call& call,
                                                                   const grpc::ServerContext& context,
                                                                   const v1::CompleteSignInRequest& request) {
  if (request.proof_case() == v1::CompleteSignInRequest::PROOF_NOT_SET) {
    return errors::FieldInvalid("code", "Give the code of the mail, or the token of its link.");
  }
  const std::string id = ResourceId(kSignIns, request.sign_in()).value_or("");
  const std::string chain_key = parts_.random.Bytes(kChainKeySize);
  const std::string refresh_token = crypto::Base64UrlEncode(parts_.random.Bytes(kRefreshTokenSize));
  const std::string session_id = parts_.ids.NextText();
  const CountedUse wrong_from_peer = WrongProofsFromPeer(CallerOf(context));
  return AnswerOf(db::Transact(
      parts_.pool, call.deadline(), [&](db::Transaction& transaction) -> absl::StatusOr<SessionOutcome> {
        ASSIGN_OR_RETURN(const auto sign_in, store::TakeTry(transaction, id, call.now()));
        if (!sign_in.has_value()) return errors::SignInEnded();
        const CountedUse wrong = WrongCodesOfAddress(sign_in->address_sha256);
        RETURN_IF_ERROR(CountWithin(transaction, wrong, call.now()));
        RETURN_IF_ERROR(CountWithin(transaction, wrong_from_peer, call.now()));
        // What was tried stays counted.
        if (!IsProven(*sign_in, request) || sign_in->person.empty()) {
          return SessionOutcome{errors::SignInCodeWrong(limits::kTriesOfSignIn - sign_in->tries), {}};
        }
        RETURN_IF_ERROR(store::UncountUse(transaction, wrong.subject));
        RETURN_IF_ERROR(store::UncountUse(transaction, wrong_from_peer.subject));
        RETURN_IF_ERROR(store::UseSignIn(transaction, id, call.now()));
        const store::StoredSession session{
            .id = session_id,
            .person = sign_in->person,
            .means = request.has_code() ? v1::SIGN_IN_MEANS_EMAIL_CODE : v1::SIGN_IN_MEANS_EMAIL_LINK,
            .chain_key = chain_key,
            .created = call.now(),
            .refreshed = call.now()};
        RETURN_IF_ERROR(store::InsertSession(transaction, session));
        RETURN_IF_ERROR(store::InsertRefreshToken(transaction, DigestOfRefreshToken(refresh_token), session));
        RETURN_IF_ERROR(RecordActOf(transaction, session, kCompleteSignIn, "", call.now()));
        ASSIGN_OR_RETURN(v1::SignedInSession answer,
                         HandOver(transaction, session, refresh_token, parts_.signer, call.now()));
        return SessionOutcome{absl::OkStatus(), std::move(answer)};
      }));
}

absl::StatusOr<v1::SignedInSession> SessionService::RefreshSession(rpc::Call& call,
                                                                   const v1::RefreshSessionRequest& request) {
  if (!request.request_id().empty() && !IsUuid(request.request_id())) return errors::RequestIdInvalid();
  const std::string request_id =
      request.request_id().empty() ? RandomUuid() : absl::AsciiStrToLower(request.request_id());
  const std::string digest = DigestOfRefreshToken(request.refresh_token());
  return AnswerOf(db::Transact(
      parts_.pool, call.deadline(), [&](db::Transaction& transaction) -> absl::StatusOr<SessionOutcome> {
        ASSIGN_OR_RETURN(auto token, store::LockRefreshToken(transaction, digest));
        if (!token.has_value()) return errors::RefreshTokenInvalid();
        store::StoredSession& session = token->session;
        if (!IsLive(session, call.now())) return errors::SessionEnded();
        const std::string next = NextRefreshToken(session, request.refresh_token(), request_id);
        const std::string use = crypto::Sha256(request_id);
        rules::ShownToken shown{.used = token->used, .same_request = token->use_sha256 == use};
        if (shown.used.has_value()) {
          ASSIGN_OR_RETURN(shown.next_used, store::IsUsed(transaction, DigestOfRefreshToken(next)));
        }
        switch (rules::JudgeRefresh(shown, call.now())) {
          case rules::RefreshUse::kReuse:
            RETURN_IF_ERROR(
                store::EndSession(transaction, session.id, store::EndCause::kTokenReused, call.now())
                    .status());
            RETURN_IF_ERROR(RecordActOf(transaction, session, kRefreshSession,
                                        "ended: a refresh token came back after its use", call.now()));
            return SessionOutcome{errors::RefreshTokenReused(), {}};
          case rules::RefreshUse::kFirst:
            session.refreshed = call.now();
            RETURN_IF_ERROR(store::UseRefreshToken(transaction, digest, use, call.now()));
            RETURN_IF_ERROR(store::InsertRefreshToken(transaction, DigestOfRefreshToken(next), session));
            RETURN_IF_ERROR(store::TouchSession(transaction, session.id, call.now()));
            break;
          case rules::RefreshUse::kRepeat:
            break;
        }
        ASSIGN_OR_RETURN(v1::SignedInSession answer,
                         HandOver(transaction, session, next, parts_.signer, call.now()));
        return SessionOutcome{absl::OkStatus(), std::move(answer)};
      }));
}

absl::StatusOr<v1::SignOutResponse> SessionService::SignOut(rpc::Call& call,
                                                            const v1::SignOutRequest& request) {
  const std::string digest = DigestOfRefreshToken(request.refresh_token());
  return db::Transact(
      parts_.pool, call.deadline(), [&](db::Transaction& transaction) -> absl::StatusOr<v1::SignOutResponse> {
        ASSIGN_OR_RETURN(const auto token, store::LockRefreshToken(transaction, digest));
        if (!token.has_value()) return errors::RefreshTokenInvalid();
        ASSIGN_OR_RETURN(const bool ended, store::EndSession(transaction, token->session.id,
                                                             store::EndCause::kSignedOut, call.now()));
        if (ended) RETURN_IF_ERROR(RecordActOf(transaction, token->session, kSignOut, "", call.now()));
        return v1::SignOutResponse();
      });
}

absl::StatusOr<v1::ListSessionsResponse> SessionService::ListSessions(
    rpc::Call& call, const v1::ListSessionsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token()));
  return db::Autocommit(
      parts_.pool, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListSessionsResponse> {
        ASSIGN_OR_RETURN(const std::string person, PersonOf(session, call, request.person()));
        ASSIGN_OR_RETURN(auto rows,
                         store::ListSessions(session, person, page.after, call.now(), page.size + 1));
        v1::ListSessionsResponse response;
        if (CutToPage(rows, page)) response.set_next_page_token(rpc::PageToken(rows.back().id));
        for (const store::StoredSession& row : rows) *response.add_sessions() = ShowSession(row);
        return response;
      });
}

absl::StatusOr<v1::Session> SessionService::EndSession(rpc::Call& call,
                                                       const v1::EndSessionRequest& request) {
  return Mutate<v1::Session>(
      parts_.pool, call, kEndSession, request,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::Session> {
        const std::string& person = request.person().empty() ? call.principal().person : request.person();
        const std::string id = ResourceId(kSessions, request.session()).value_or("");
        ASSIGN_OR_RETURN(auto session, store::LockSession(transaction, id));
        if (!session.has_value() || ResourceName(kPeople, session->person) != person) {
          return errors::SessionNotFound(request.session());
        }
        ASSIGN_OR_RETURN(const bool ended,
                         store::EndSession(transaction, id, store::EndCause::kEnded, call.now()));
        if (ended) {
          session->ended = call.now();
          RETURN_IF_ERROR(RecordAct(transaction, call, kEndSession, request.session(), person));
        }
        return ShowSession(*session);
      });
}

absl::StatusOr<v1::SignOutEverywhereResponse> SessionService::SignOutEverywhere(
    rpc::Call& call, const v1::SignOutEverywhereRequest& request) {
  return Mutate<v1::SignOutEverywhereResponse>(
      parts_.pool, call, kSignOutEverywhere, request,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::SignOutEverywhereResponse> {
        ASSIGN_OR_RETURN(const std::string person, PersonOf(transaction, call, request.person()));
        ASSIGN_OR_RETURN(const std::int64_t ended, store::EndSessionsOf(transaction, person, call.now()));
        RETURN_IF_ERROR(RecordAct(transaction, call, kSignOutEverywhere, ResourceName(kPeople, person),
                                  fmt::format("{} sessions", ended)));
        v1::SignOutEverywhereResponse response;
        response.set_ended_sessions(static_cast<int>(ended));
        return response;
      });
}

absl::StatusOr<v1::ListKeysResponse> SessionService::ListKeys(const v1::ListKeysRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ReadPage(request.page_size(), request.page_token(),
                                                       {limits::kDefaultPage, limits::kLargestPage}));
  std::vector<auth::PublishedKey> keys = parts_.keys.PersonKeys();
  keys.erase(keys.begin(), std::find_if(keys.begin(), keys.end(), [&](const auth::PublishedKey& key) {
               return key.key_id > page.after;
             }));
  v1::ListKeysResponse response;
  if (CutToPage(keys, page)) response.set_next_page_token(rpc::PageToken(keys.back().key_id));
  for (const auth::PublishedKey& key : keys) {
    v1::PublicKey& shown = *response.add_keys();
    shown.set_key_id(key.key_id);
    shown.set_x(key.x);
    shown.set_y(key.y);
  }
  return response;
}

}  // namespace plenary::membership
