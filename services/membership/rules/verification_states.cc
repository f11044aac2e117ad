#include "services/membership/rules/verification_states.h"

namespace plenary::membership::rules {
namespace {

using v1::Application;
using v1::Letter;

struct LetterRow {
  Letter::State from;
  LetterAct act;
  Letter::State to;
};

constexpr LetterRow kLetterTable[] = {
    {Letter::STATE_REQUESTED, LetterAct::kReceive, Letter::STATE_RECEIVED},
    {Letter::STATE_REQUESTED, LetterAct::kWithdraw, Letter::STATE_WITHDRAWN},
    {Letter::STATE_RECEIVED, LetterAct::kCheck, Letter::STATE_CHECKED},
    {Letter::STATE_RECEIVED, LetterAct::kRefuse, Letter::STATE_REFUSED},
    {Letter::STATE_RECEIVED, LetterAct::kWithdraw, Letter::STATE_WITHDRAWN},
    {Letter::STATE_CHECKED, LetterAct::kAccept, Letter::STATE_ACCEPTED},
    {Letter::STATE_CHECKED, LetterAct::kRefuse, Letter::STATE_REFUSED},
    {Letter::STATE_CHECKED, LetterAct::kWithdraw, Letter::STATE_WITHDRAWN},
    {Letter::STATE_ACCEPTED, LetterAct::kRevoke, Letter::STATE_REVOKED},
};

struct ApplicationRow {
  Application::State from;
  ApplicationAct act;
  Application::State to;
};

constexpr ApplicationRow kApplicationTable[] = {
    {Application::STATE_SUBMITTED, ApplicationAct::kConfirm, Application::STATE_CONFIRMED},
    {Application::STATE_SUBMITTED, ApplicationAct::kWithdraw, Application::STATE_WITHDRAWN},
    {Application::STATE_CONFIRMED, ApplicationAct::kApprove, Application::STATE_APPROVED},
    {Application::STATE_CONFIRMED, ApplicationAct::kRefuse, Application::STATE_REFUSED},
    {Application::STATE_CONFIRMED, ApplicationAct::kWithdraw, Application::STATE_WITHDRAWN},
};

}  // namespace

std::optional<Letter::State> After(Letter::State state, LetterAct act) {
  for (const LetterRow& row : kLetterTable) {
    if (row.from == state && row.act == act) return row.to;
  }
  return std::nullopt;
}

Letter::State StateAt(Letter::State stored, std::optional<absl::Time> expires, absl::Time now) {
  const bool expired = stored == Letter::STATE_REQUESTED && expires.has_value() && *expires <= now;
  return expired ? Letter::STATE_EXPIRED : stored;
}

bool HoldsReferee(Letter::State state) {
  return state == Letter::STATE_REQUESTED || state == Letter::STATE_RECEIVED ||
         state == Letter::STATE_CHECKED || state == Letter::STATE_ACCEPTED;
}

std::optional<Application::State> After(Application::State state, ApplicationAct act) {
  for (const ApplicationRow& row : kApplicationTable) {
    if (row.from == state && row.act == act) return row.to;
  }
  return std::nullopt;
}

Application::State StateAt(Application::State stored, absl::Time expires, absl::Time now) {
  return stored == Application::STATE_SUBMITTED && expires <= now ? Application::STATE_EXPIRED : stored;
}

}  // namespace plenary::membership::rules
