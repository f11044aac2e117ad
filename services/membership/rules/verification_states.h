// The life of a letter of reference, and of an application for membership: one table each of what may follow
// what.
#pragma once

#include <optional>

#include "absl/time/time.h"
#include "plenary/membership/v1/application_service.pb.h"
#include "plenary/membership/v1/letter_service.pb.h"

namespace plenary::membership::rules {

enum class LetterAct { kReceive, kCheck, kAccept, kRefuse, kWithdraw, kRevoke };

// The state after the act; nullopt when the act has no place in that state.
std::optional<v1::Letter::State> After(v1::Letter::State state, LetterAct act);

// The state that is shown: a letter that was asked for and did not come in time is EXPIRED.
v1::Letter::State StateAt(v1::Letter::State stored, std::optional<absl::Time> expires, absl::Time now);

// While a letter is under way or counts, its referee cannot be asked again for the same member.
bool HoldsReferee(v1::Letter::State state);

enum class ApplicationAct { kConfirm, kApprove, kRefuse, kWithdraw };

std::optional<v1::Application::State> After(v1::Application::State state, ApplicationAct act);

// An application that was not confirmed in time is EXPIRED.
v1::Application::State StateAt(v1::Application::State stored, absl::Time expires, absl::Time now);

}  // namespace plenary::membership::rules
