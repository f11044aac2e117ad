// What a motion does when it is carried: one of the fields of Motion that hold an act.
#pragma once

#include "google/protobuf/descriptor.h"
#include "plenary/committee/v1/motion_service.pb.h"

namespace plenary::committee::rules {

// The field that is set; nullptr when the resolution is all there is.
const google::protobuf::FieldDescriptor* ActOf(const v1::Motion& motion);

// More than one cannot be done.
int CountActs(const v1::Motion& motion);

// Copies the act, and nothing else.
void CopyAct(const v1::Motion& from, v1::Motion& to);

}  // namespace plenary::committee::rules
