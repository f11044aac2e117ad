#include "common/status/error.h"

#include <optional>

#include "absl/strings/cord.h"
#include "google/rpc/error_details.pb.h"

namespace plenary {
namespace {

constexpr char kErrorInfoUrl[] = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr char kBadRequestUrl[] = "type.googleapis.com/google.rpc.BadRequest";

template <typename Message>
std::optional<Message> PayloadOf(const absl::Status& status, const char* url) {
  const auto cord = status.GetPayload(url);
  Message message;
  if (!cord.has_value() || !message.ParseFromString(std::string(*cord))) return std::nullopt;
  return message;
}

}  // namespace

absl::Status ErrorDomain::Error(absl::StatusCode code, std::string_view reason, std::string message,
                                ErrorMetadata metadata) const {
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(reason));
  info.set_domain(std::string(domain_));
  for (const auto& [key, value] : metadata) (*info.mutable_metadata())[std::string(key)] = std::string(value);
  absl::Status status(code, message);
  status.SetPayload(kErrorInfoUrl, absl::Cord(info.SerializeAsString()));
  return status;
}

absl::Status ErrorDomain::BadRequest(std::string_view reason, std::vector<FieldViolation> violations,
                                     std::string message) const {
  if (message.empty() && !violations.empty()) message = violations.front().description;
  absl::Status status = Error(absl::StatusCode::kInvalidArgument, reason, std::move(message));
  google::rpc::BadRequest details;
  for (FieldViolation& violation : violations) {
    auto* entry = details.add_field_violations();
    entry->set_field(std::move(violation.field));
    entry->set_description(std::move(violation.description));
  }
  status.SetPayload(kBadRequestUrl, absl::Cord(details.SerializeAsString()));
  return status;
}

std::string ReasonOf(const absl::Status& status) {
  const auto info = PayloadOf<google::rpc::ErrorInfo>(status, kErrorInfoUrl);
  return info.has_value() ? info->reason() : "";
}

std::string ErrorMetadataOf(const absl::Status& status, std::string_view key) {
  const auto info = PayloadOf<google::rpc::ErrorInfo>(status, kErrorInfoUrl);
  if (!info.has_value()) return "";
  const auto found = info->metadata().find(std::string(key));
  return found == info->metadata().end() ? "" : found->second;
}

std::vector<FieldViolation> FieldViolationsOf(const absl::Status& status) {
  std::vector<FieldViolation> violations;
  const auto details = PayloadOf<google::rpc::BadRequest>(status, kBadRequestUrl);
  if (!details.has_value()) return violations;
  for (const auto& entry : details->field_violations())
    violations.push_back({entry.field(), entry.description()});
  return violations;
}

}  // namespace plenary
