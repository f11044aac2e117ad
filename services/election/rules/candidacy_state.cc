#include "services/election/rules/candidacy_state.h"

#include <array>

namespace plenary::election {
namespace {

using v1::Candidacy;

struct Step {
  Candidacy::State from;
  CandidacyAct act;
  Candidacy::State to;
};

constexpr std::array kSteps = {
    Step{Candidacy::STATE_DECLARED, CandidacyAct::kSave, Candidacy::STATE_DECLARED},
    Step{Candidacy::STATE_COMPLETED, CandidacyAct::kSave, Candidacy::STATE_DECLARED},
    Step{Candidacy::STATE_ACCEPTED, CandidacyAct::kSave, Candidacy::STATE_DECLARED},
    Step{Candidacy::STATE_DECLARED, CandidacyAct::kSubmit, Candidacy::STATE_COMPLETED},
    Step{Candidacy::STATE_COMPLETED, CandidacyAct::kSubmit, Candidacy::STATE_COMPLETED},
    Step{Candidacy::STATE_ACCEPTED, CandidacyAct::kSubmit, Candidacy::STATE_COMPLETED},
    Step{Candidacy::STATE_COMPLETED, CandidacyAct::kAccept, Candidacy::STATE_ACCEPTED},
    Step{Candidacy::STATE_DECLARED, CandidacyAct::kWithdraw, Candidacy::STATE_WITHDRAWN},
    Step{Candidacy::STATE_COMPLETED, CandidacyAct::kWithdraw, Candidacy::STATE_WITHDRAWN},
    Step{Candidacy::STATE_ACCEPTED, CandidacyAct::kWithdraw, Candidacy::STATE_WITHDRAWN},
};

}  // namespace

std::optional<Candidacy::State> After(Candidacy::State state, CandidacyAct act) {
  for (const Step& step : kSteps) {
    if (step.from == state && step.act == act) return step.to;
  }
  return std::nullopt;
}

}  // namespace plenary::election
