#include "services/committee/rules/motion_act.h"

namespace plenary::committee::rules {
namespace {

using v1::Motion;

constexpr int kActFields[] = {Motion::kWaiveRequirementFieldNumber, Motion::kSuspendMembershipFieldNumber,
                              Motion::kReinstateMembershipFieldNumber};

const google::protobuf::FieldDescriptor* FieldIfSet(const Motion& motion, int number) {
  const auto* field = Motion::descriptor()->FindFieldByNumber(number);
  return Motion::GetReflection()->HasField(motion, field) ? field : nullptr;
}

}  // namespace

const google::protobuf::FieldDescriptor* ActOf(const Motion& motion) {
  for (const int number : kActFields) {
    if (const auto* field = FieldIfSet(motion, number)) return field;
  }
  return nullptr;
}

int CountActs(const Motion& motion) {
  int count = 0;
  for (const int number : kActFields) count += FieldIfSet(motion, number) != nullptr ? 1 : 0;
  return count;
}

void CopyAct(const Motion& from, Motion& to) {
  const auto* field = ActOf(from);
  if (field == nullptr) return;
  const auto* reflection = Motion::GetReflection();
  reflection->MutableMessage(&to, field)->CopyFrom(reflection->GetMessage(from, field));
}

}  // namespace plenary::committee::rules
