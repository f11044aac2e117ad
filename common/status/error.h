// Errors as people and programs read them: a canonical code, a reason in UPPER_SNAKE that programs
// branch on, a domain ("plenary.election"), and a sentence that tells a person what to do next.
//
// Inside the suite an error is an absl::Status that carries google.rpc.ErrorInfo (and, for a bad
// request, google.rpc.BadRequest) as payloads; grpc_status.h holds the one conversion to the wire.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace plenary {

// One field that a request got wrong. `field` is a path such as "contests[2].seats".
struct FieldViolation {
  std::string field;
  std::string description;
};

using ErrorMetadata = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// Makes the errors of one area. Thread-safe; meant to be a constexpr constant in an errors.cc.
class ErrorDomain {
 public:
  constexpr explicit ErrorDomain(std::string_view domain) : domain_(domain) {}

  // An error with a reason and a message for a person. `metadata` never holds a secret.
  absl::Status Error(absl::StatusCode code, std::string_view reason, std::string message,
                     ErrorMetadata metadata = {}) const;

  // INVALID_ARGUMENT with the field paths at fault; the message is that of the first violation
  // unless one is given.
  absl::Status BadRequest(std::string_view reason, std::vector<FieldViolation> violations,
                          std::string message = "") const;

  std::string_view domain() const { return domain_; }

 private:
  std::string_view domain_;
};

// The reason of an error made by an ErrorDomain, here or in another service; "" when it has none.
std::string ReasonOf(const absl::Status& status);

// The value of one metadata entry of the error; "" when absent.
std::string ErrorMetadataOf(const absl::Status& status, std::string_view key);

// The field violations of a bad request; empty for any other error.
std::vector<FieldViolation> FieldViolationsOf(const absl::Status& status);

}  // namespace plenary
