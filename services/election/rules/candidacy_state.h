// What becomes of a candidacy by whose act: one table.
#pragma once

#include <optional>

#include "plenary/election/v1/resources.pb.h"

namespace plenary::election {

enum class CandidacyAct {
  kSave,      // the candidate changes the page
  kSubmit,    // the candidate says that the page is finished
  kAccept,    // the returning officer accepts it
  kWithdraw,  // the candidate withdraws
};

// The state after the act; nullopt when the act is not open in that state. A page that is changed after it
// was submitted or accepted is a draft again: nobody is on the ballot with a page that nobody looked at.
std::optional<v1::Candidacy::State> After(v1::Candidacy::State state, CandidacyAct act);

}  // namespace plenary::election
