// Collects everything that is wrong with a request, so that a person mends it in one go.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/status/error.h"

namespace plenary {

class FieldChecks {
 public:
  // Text of `min` to `max` characters (code points): valid UTF-8, no control characters but line
  // breaks and tabs, not blank when min > 0.
  void Text(std::string_view field, std::string_view value, std::size_t min, std::size_t max);

  // `sentence` tells a person what to do when `holds` is false.
  void Require(bool holds, std::string_view field, std::string sentence);

  bool ok() const { return violations_.empty(); }

  // OK, or the bad request with every violation.
  absl::Status Result(const ErrorDomain& domain, std::string_view reason = "FIELD_INVALID") const;

 private:
  std::vector<FieldViolation> violations_;
};

// Code points of valid UTF-8 (RFC 3629: no overlong forms, no surrogates), or -1.
std::ptrdiff_t Utf8Length(std::string_view text);

}  // namespace plenary
