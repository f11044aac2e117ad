#include "services/committee/motion_service.h"

#include <optional>
#include <vector>

#include "absl/strings/numbers.h"
#include "common/db/transact.h"
#include "common/mutation/mutate.h"
#include "common/outbox/outbox.h"
#include "common/rpc/page.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "services/committee/errors.h"
#include "services/committee/limits.h"
#include "services/committee/membership_peer.h"
#include "services/committee/request_checks.h"
#include "services/committee/rules/motion_act.h"
#include "services/committee/rules/roll_call.h"

namespace plenary::committee {
namespace {

using rules::MotionAct;
using v1::Motion;
using v1::MotionVote;

constexpr char kProposeMotion[] = "plenary.committee.v1.MotionService.ProposeMotion";
constexpr char kOpenMotion[] = "plenary.committee.v1.MotionService.OpenMotion";
constexpr char kCastMotionVote[] = "plenary.committee.v1.MotionService.CastMotionVote";
constexpr char kAnnounceMotion[] = "plenary.committee.v1.MotionService.AnnounceMotion";
constexpr char kWithdrawMotion[] = "plenary.committee.v1.MotionService.WithdrawMotion";

// What a seat holder proposes, as it is first stored.
Motion Proposed(const v1::ProposeMotionRequest& request, const rpc::Call& call, const std::string& name) {
  Motion motion;
  motion.set_name(name);
  motion.set_title(request.motion().title());
  motion.set_text(request.motion().text());
  motion.set_state(Motion::STATE_PROPOSED);
  motion.set_threshold(request.motion().threshold() == Motion::THRESHOLD_UNSPECIFIED
                           ? Motion::THRESHOLD_MAJORITY
                           : request.motion().threshold());
  motion.set_mover(call.principal().person);
  rules::CopyAct(request.motion(), motion);
  *motion.mutable_propose_time() = ToTimestamp(call.now());
  return motion;
}

std::string PageKey(const Motion& motion) {
  return std::to_string(absl::ToUnixMicros(FromTimestamp(motion.propose_time()))) + '/' +
         ParseMotionName(motion.name())->motion;
}

std::optional<MotionStore::MotionKey> ReadPageKey(const std::string& after) {
  const std::size_t slash = after.find('/');
  std::int64_t micros = 0;
  if (slash == std::string::npos || !absl::SimpleAtoi(after.substr(0, slash), &micros)) return std::nullopt;
  return MotionStore::MotionKey{absl::FromUnixMicros(micros), after.substr(slash + 1)};
}

}  // namespace

// The motion, kept until the transaction ends.
absl::StatusOr<Motion> MotionService::Lock(db::Transaction& tx, const MotionId& id) {
  ASSIGN_OR_RETURN(auto motion, motions_.LockMotion(tx, id));
  if (!motion) return errors::MotionNotFound(MotionName(id.body, id.motion));
  return *std::move(motion);
}

// The seat that the caller holds today.
absl::StatusOr<v1::Holding> MotionService::RequireHolder(db::Session& session, const rpc::Call& call,
                                                         const std::string& body) {
  const auto person = ResourceId("people", call.principal().person);
  if (!person) return errors::NotASeatHolder(BodyName(body));
  ASSIGN_OR_RETURN(auto holding, bodies_.FindHolder(session, body, *person, DateOf(call.now())));
  if (!holding) return errors::NotASeatHolder(BodyName(body));
  return *std::move(holding);
}

absl::Status MotionService::RequireChair(db::Session& session, const rpc::Call& call,
                                         const std::string& body) {
  const absl::StatusOr<v1::Holding> holding = RequireHolder(session, call, body);
  if (absl::IsPermissionDenied(holding.status())) return errors::NotTheChair(BodyName(body));
  RETURN_IF_ERROR(holding.status());
  return holding->office() == v1::Holding::OFFICE_CHAIR ? absl::OkStatus()
                                                        : errors::NotTheChair(BodyName(body));
}

absl::StatusOr<Motion> MotionService::ProposeMotion(rpc::Call& call,
                                                    const v1::ProposeMotionRequest& request) {
  RETURN_IF_ERROR(CheckMotion(request.motion()));
  const auto body_id = ResourceId("bodies", request.body());
  if (!body_id) return errors::BodyNotFound(request.body());
  auto answer = Mutate<Motion>(
      pool_, call, kProposeMotion, request, [&](db::Transaction& tx) -> absl::StatusOr<Motion> {
        ASSIGN_OR_RETURN(const auto body, bodies_.FindBody(tx, *body_id, DateOf(call.now())));
        if (!body) return errors::BodyNotFound(request.body());
        RETURN_IF_ERROR(RequireHolder(tx, call, *body_id).status());
        if (rules::ActOf(request.motion()) != nullptr && body->kind() != v1::Body::KIND_BOARD) {
          return errors::NotTheBoard();
        }
        const MotionId id{*body_id, ids_.NextText()};
        const Motion motion = Proposed(request, call, MotionName(id.body, id.motion));
        RETURN_IF_ERROR(motions_.InsertMotion(tx, id, motion));
        RETURN_IF_ERROR(RecordAct(tx, call, kProposeMotion, motion.name(), motion.title()));
        return motion;
      });
  if (answer.ok()) call.ProveRelation();
  return answer;
}

absl::StatusOr<Motion> MotionService::OpenMotion(rpc::Call& call, const v1::OpenMotionRequest& request) {
  const auto id = ParseMotionName(request.name());
  if (!id) return errors::MotionNotFound(request.name());
  auto answer =
      Mutate<Motion>(pool_, call, kOpenMotion, request, [&](db::Transaction& tx) -> absl::StatusOr<Motion> {
        ASSIGN_OR_RETURN(Motion motion, Lock(tx, *id));
        RETURN_IF_ERROR(RequireChair(tx, call, id->body));
        RETURN_IF_ERROR(rules::CheckAct(MotionAct::kOpen, motion.state()));
        motion.set_state(Motion::STATE_OPEN);
        RETURN_IF_ERROR(motions_.SetState(tx, id->motion, motion.state()));
        RETURN_IF_ERROR(RecordAct(tx, call, kOpenMotion, motion.name(), ""));
        return motion;
      });
  if (answer.ok()) call.ProveRelation();
  return answer;
}

absl::StatusOr<MotionVote> MotionService::CastMotionVote(rpc::Call& call,
                                                         const v1::CastMotionVoteRequest& request) {
  const auto id = ParseMotionName(request.motion());
  if (!id) return errors::MotionNotFound(request.motion());
  FieldChecks checks;
  checks.Require(
      request.choice() != MotionVote::CHOICE_UNSPECIFIED && MotionVote::Choice_IsValid(request.choice()),
      "choice", "Vote yes or no, or abstain.");
  RETURN_IF_ERROR(errors::Fields(checks));
  auto answer = Mutate<MotionVote>(
      pool_, call, kCastMotionVote, request, [&](db::Transaction& tx) -> absl::StatusOr<MotionVote> {
        ASSIGN_OR_RETURN(const Motion motion, Lock(tx, *id));
        ASSIGN_OR_RETURN(const v1::Holding holding, RequireHolder(tx, call, id->body));
        RETURN_IF_ERROR(rules::CheckAct(MotionAct::kVote, motion.state()));
        MotionVote vote;
        vote.set_seat(holding.seat());
        vote.set_person(holding.person());
        vote.set_full_name(holding.full_name());
        vote.set_choice(request.choice());
        RETURN_IF_ERROR(motions_.SaveVote(tx, id->motion, vote));
        RETURN_IF_ERROR(
            RecordAct(tx, call, kCastMotionVote, motion.name(), MotionVote::Choice_Name(vote.choice())));
        return vote;
      });
  if (answer.ok()) call.ProveRelation();
  return answer;
}

// Counts, stores the result and what it sets in motion. `motion` is locked and open.
absl::Status MotionService::Decide(db::Transaction& tx, const rpc::Call& call, const MotionId& id,
                                   Motion& motion) {
  ASSIGN_OR_RETURN(const auto holders, bodies_.PresentHolders(tx, id.body, DateOf(call.now())));
  const rules::RollCall roll = rules::CallTheRoll({motion.votes().begin(), motion.votes().end()}, holders);
  ASSIGN_OR_RETURN(*motion.mutable_result(), rules::Decide(motion.threshold(), rules::Count(roll.counted),
                                                           static_cast<int>(holders.size())));
  for (const MotionVote& vote : roll.fallen) RETURN_IF_ERROR(motions_.DeleteVote(tx, id.motion, vote));
  motion.clear_votes();
  for (const MotionVote& vote : roll.counted) *motion.add_votes() = vote;
  motion.set_state(motion.result().carried() ? Motion::STATE_CARRIED : Motion::STATE_LOST);
  *motion.mutable_announce_time() = ToTimestamp(call.now());
  RETURN_IF_ERROR(motions_.Announce(tx, id.motion, motion.state(), motion.result(), call.now()));
  if (motion.result().carried() && rules::ActOf(motion) != nullptr) {
    RETURN_IF_ERROR(outbox::Enqueue(tx, EffectOf(motion)));
  }
  return absl::OkStatus();
}

absl::StatusOr<Motion> MotionService::AnnounceMotion(rpc::Call& call,
                                                     const v1::AnnounceMotionRequest& request) {
  const auto id = ParseMotionName(request.name());
  if (!id) return errors::MotionNotFound(request.name());
  auto answer = Mutate<Motion>(
      pool_, call, kAnnounceMotion, request, [&](db::Transaction& tx) -> absl::StatusOr<Motion> {
        ASSIGN_OR_RETURN(Motion motion, Lock(tx, *id));
        RETURN_IF_ERROR(RequireChair(tx, call, id->body));
        RETURN_IF_ERROR(rules::CheckAct(MotionAct::kAnnounce, motion.state()));
        RETURN_IF_ERROR(Decide(tx, call, *id, motion));
        RETURN_IF_ERROR(RecordAct(tx, call, kAnnounceMotion, motion.name(), motion.result().explanation()));
        return motion;
      });
  if (!answer.ok()) return answer;
  call.ProveRelation();
  if (rules::ActOf(*answer) != nullptr && answer->result().carried()) effect_enqueued_();
  return answer;
}

absl::StatusOr<Motion> MotionService::WithdrawMotion(rpc::Call& call,
                                                     const v1::WithdrawMotionRequest& request) {
  const auto id = ParseMotionName(request.name());
  if (!id) return errors::MotionNotFound(request.name());
  auto answer = Mutate<Motion>(pool_, call, kWithdrawMotion, request,
                               [&](db::Transaction& tx) -> absl::StatusOr<Motion> {
                                 ASSIGN_OR_RETURN(Motion motion, Lock(tx, *id));
                                 if (motion.mover() != call.principal().person) return errors::NotTheMover();
                                 RETURN_IF_ERROR(rules::CheckAct(MotionAct::kWithdraw, motion.state()));
                                 motion.set_state(Motion::STATE_WITHDRAWN);
                                 RETURN_IF_ERROR(motions_.SetState(tx, id->motion, motion.state()));
                                 RETURN_IF_ERROR(RecordAct(tx, call, kWithdrawMotion, motion.name(), ""));
                                 return motion;
                               });
  if (answer.ok()) call.ProveRelation();
  return answer;
}

absl::StatusOr<Motion> MotionService::GetMotion(rpc::Call& call, const v1::GetMotionRequest& request) {
  const auto id = ParseMotionName(request.name());
  if (!id) return errors::MotionNotFound(request.name());
  ASSIGN_OR_RETURN(auto motion, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return motions_.FindMotion(session, *id);
                   }));
  if (!motion) return errors::MotionNotFound(request.name());
  return *std::move(motion);
}

absl::StatusOr<v1::ListMotionsResponse> MotionService::ListMotions(rpc::Call& call,
                                                                   const v1::ListMotionsRequest& request) {
  const auto body = ResourceId("bodies", request.body());
  if (!body) return errors::BodyNotFound(request.body());
  ASSIGN_OR_RETURN(const rpc::Page page,
                   rpc::ReadPage(request.page_size(), request.page_token(), limits::kPage));
  // One transaction: a motion and its roll call as of the same moment.
  ASSIGN_OR_RETURN(
      const auto motions,
      db::Transact(pool_, call.deadline(), [&](db::Transaction& tx) -> absl::StatusOr<std::vector<Motion>> {
        ASSIGN_OR_RETURN(const auto found, bodies_.FindBody(tx, *body, DateOf(call.now())));
        if (!found) return errors::BodyNotFound(request.body());
        return motions_.ListMotions(tx, *body, ReadPageKey(page.after), page.size + 1);
      }));
  v1::ListMotionsResponse response;
  for (const Motion& motion : motions) {
    if (response.motions_size() == page.size) {
      response.set_next_page_token(rpc::PageToken(PageKey(*response.motions().rbegin())));
      break;
    }
    *response.add_motions() = motion;
  }
  return response;
}

}  // namespace plenary::committee
