// Whether a principal may call a method: the policy that stands beside the RPC, and nothing else.
#pragma once

#include <string>
#include <string_view>

#include "common/auth/principal.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "plenary/policy/v1/policy.pb.h"

namespace plenary::auth {

// The service that a contract belongs to, the audience of the tokens it takes: "membership" for package
// plenary.membership.v1.
std::string AudienceOf(const google::protobuf::FileDescriptor& contract);

enum class Access {
  kRefused,           // no way in
  kAllowed,           // a way in that the token or the request proves
  kMustProveRelation  // only the relation is left, which the method looks up
};

// The policy of a method; empty, which lets nobody in, when the method has none.
const policy::v1::Policy& PolicyOf(const google::protobuf::MethodDescriptor& method);

// `request` is null for a method whose request is a stream: its `self` lets nobody in.
Access Decide(const policy::v1::Policy& policy, const Principal& principal,
              const google::protobuf::Message* request);

// What the policy asks for, in words a person can use: "staff; the person themself".
std::string DescribePolicy(const policy::v1::Policy& policy);

// The text field at `path` ("candidacy.person"); nullptr when the message type has no such field.
const google::protobuf::FieldDescriptor* FindTextField(const google::protobuf::Descriptor& type,
                                                       std::string_view path);

}  // namespace plenary::auth
