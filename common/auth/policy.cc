#include "common/auth/policy.h"

#include <algorithm>
#include <string>
#include <vector>

#include "fmt/format.h"
#include "fmt/ranges.h"

namespace plenary::auth {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The text at `path`; "" when a message on the way is not set.
std::string ReadText(const Message& message, std::string_view path) {
  const std::size_t dot = path.find('.');
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(std::string(path.substr(0, dot)));
  if (field == nullptr || field->is_repeated()) return "";
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  if (dot != std::string_view::npos) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return "";
    return ReadText(reflection.GetMessage(message, field), path.substr(dot + 1));
  }
  return field->cpp_type() == FieldDescriptor::CPPTYPE_STRING ? reflection.GetString(message, field) : "";
}

bool IsSelf(const policy::v1::Policy& policy, const Principal& principal, const Message* request) {
  if (policy.self().empty() || request == nullptr || !principal.IsPerson()) return false;
  if (FindTextField(*request->GetDescriptor(), policy.self()) == nullptr) return false;
  const std::string named = ReadText(*request, policy.self());
  return named.empty() || named == principal.person;
}

}  // namespace

std::string AudienceOf(const google::protobuf::FileDescriptor& contract) {
  const std::string& package = contract.package();
  const std::size_t begin = package.find('.') + 1;
  return package.substr(begin, package.find('.', begin) - begin);
}

const policy::v1::Policy& PolicyOf(const google::protobuf::MethodDescriptor& method) {
  return method.options().GetExtension(policy::v1::policy);
}

Access Decide(const policy::v1::Policy& policy, const Principal& principal, const Message* request) {
  if (policy.anonymous_only()) {
    return principal.kind == Principal::Kind::kNobody ? Access::kAllowed : Access::kRefused;
  }
  if (policy.public_()) return Access::kAllowed;
  if (principal.kind == Principal::Kind::kNobody) return Access::kRefused;
  if (std::any_of(policy.services().begin(), policy.services().end(),
                  [&](const std::string& service) { return principal.IsService(service); })) {
    return Access::kAllowed;
  }
  if (std::any_of(policy.roles().begin(), policy.roles().end(),
                  [&](const std::string& role) { return principal.HasRole(role); })) {
    return Access::kAllowed;
  }
  // What is left asks who the caller is: a service or a service account is nobody in the society.
  if (!principal.IsPerson()) return Access::kRefused;
  if (policy.signed_in() || IsSelf(policy, principal, request)) return Access::kAllowed;
  return policy.relation().empty() ? Access::kRefused : Access::kMustProveRelation;
}

std::string DescribePolicy(const policy::v1::Policy& policy) {
  std::vector<std::string> ways;
  if (policy.anonymous_only()) ways.push_back("callers without any identity");
  if (policy.public_()) ways.push_back("everybody");
  if (policy.signed_in()) ways.push_back("anyone who signed in");
  for (const std::string& role : policy.roles()) ways.push_back(role);
  if (!policy.self().empty()) ways.push_back("the person themself");
  if (!policy.relation().empty()) {
    std::string relation = policy.relation();
    std::replace(relation.begin(), relation.end(), '_', ' ');
    ways.push_back(relation);
  }
  for (const std::string& service : policy.services()) ways.push_back(fmt::format("the {} service", service));
  return ways.empty() ? "nobody" : fmt::format("{}", fmt::join(ways, ", "));
}

const FieldDescriptor* FindTextField(const Descriptor& type, std::string_view path) {
  const std::size_t dot = path.find('.');
  const FieldDescriptor* field = type.FindFieldByName(std::string(path.substr(0, dot)));
  if (field == nullptr || field->is_repeated()) return nullptr;
  if (dot == std::string_view::npos)
    return field->cpp_type() == FieldDescriptor::CPPTYPE_STRING ? field : nullptr;
  if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return nullptr;
  return FindTextField(*field->message_type(), path.substr(dot + 1));
}

}  // namespace plenary::auth
