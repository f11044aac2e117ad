// Pages of lists that are ordered by a number which only grows.
#pragma once

#include <charconv>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/rpc/page.h"
#include "services/membership/errors.h"

namespace plenary::membership {

inline absl::Status PageTokenInvalid() {
  return errors::FieldInvalid("page_token",
                              "page_token is not one that this list gave. Start again without it.");
}

// The number that a page continues after; 0 for the first page.
inline absl::StatusOr<std::uint64_t> ReadSequence(const rpc::Page& page) {
  std::uint64_t sequence = 0;
  const char* const end = page.after.data() + page.after.size();
  if (!page.after.empty() && std::from_chars(page.after.data(), end, sequence).ptr != end) {
    return PageTokenInvalid();
  }
  return sequence;
}

}  // namespace plenary::membership
