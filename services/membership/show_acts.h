// Acts on memberships as the contract shows them.
#pragma once

#include "plenary/membership/v1/membership_service.pb.h"
#include "services/membership/store/holders.h"
#include "services/membership/store/recorded_acts.h"

namespace plenary::membership {

v1::MembershipAct ShowAct(const store::Holder& holder, const store::RecordedAct& recorded);

}  // namespace plenary::membership
