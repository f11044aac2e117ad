#include "services/membership/show_acts.h"

#include "common/ids/id.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "services/membership/names.h"

namespace plenary::membership {
namespace {

v1::MembershipAct::Kind KindOf(rules::ActKind kind) {
  switch (kind) {
    case rules::ActKind::kCancelled:
      return v1::MembershipAct::KIND_CANCELLED;
    case rules::ActKind::kSuspended:
      return v1::MembershipAct::KIND_SUSPENDED;
    case rules::ActKind::kReinstated:
      return v1::MembershipAct::KIND_REINSTATED;
    case rules::ActKind::kDeceased:
      return v1::MembershipAct::KIND_DECEASED;
  }
  return v1::MembershipAct::KIND_UNSPECIFIED;
}

}  // namespace

v1::MembershipAct ShowAct(const store::Holder& holder, const store::RecordedAct& recorded) {
  const store::Act& act = recorded.act;
  v1::MembershipAct shown;
  shown.set_holder(store::HolderName(holder));
  shown.set_kind(KindOf(act.kind));
  if (act.of.has_value()) {
    shown.set_category(ResourceName(kCategories, act.of->first));
    shown.set_start_date(FormatDate(act.of->second));
  }
  shown.set_effective_date(FormatDate(act.effective_on));
  shown.set_motion(act.motion);
  shown.set_reason(act.reason);
  shown.set_source(act.source);
  *shown.mutable_create_time() = ToTimestamp(recorded.recorded_at);
  return shown;
}

}  // namespace plenary::membership
