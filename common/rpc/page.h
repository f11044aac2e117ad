// Pages of a list (AIP-158): a bounded size and an opaque token that continues after the last key.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace plenary::rpc {

struct PageLimits {
  int default_size = 50;
  int max_size = 200;  // a larger wish gets this
};

// Read `size` + 1 rows whose key is beyond `after`: one more than the page tells that there is another.
struct Page {
  int size = 0;
  std::string after;  // "" for the first page
};

// INVALID_ARGUMENT with reason PAGE_SIZE_INVALID (negative) or PAGE_TOKEN_INVALID.
absl::StatusOr<Page> ReadPage(int page_size, std::string_view page_token, PageLimits limits = {});

// The token that continues after `last_key`, any bytes.
std::string PageToken(std::string_view last_key);

}  // namespace plenary::rpc
