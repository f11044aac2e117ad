#include "common/rpc/page.h"

#include <algorithm>

#include "common/crypto/bytes.h"
#include "common/status/error.h"

namespace plenary::rpc {
namespace {
constexpr ErrorDomain kDomain("plenary.rpc");
constexpr std::size_t kLongestToken = 1024;
// So that text of another origin is not taken for a token.
constexpr std::string_view kPrefix = "p1:";
}  // namespace

absl::StatusOr<Page> ReadPage(int page_size, std::string_view page_token, PageLimits limits) {
  if (page_size < 0) {
    return kDomain.BadRequest("PAGE_SIZE_INVALID",
                              {{"page_size", "page_size is negative. Leave it out or give at least 1."}});
  }
  Page page{page_size == 0 ? limits.default_size : std::min(page_size, limits.max_size), ""};
  if (page_token.empty()) return page;
  const auto key = page_token.size() <= kLongestToken ? crypto::Base64UrlDecode(page_token) : std::nullopt;
  if (!key || key->substr(0, kPrefix.size()) != kPrefix) {
    return kDomain.BadRequest(
        "PAGE_TOKEN_INVALID",
        {{"page_token", "page_token is not one that this list gave. Start again without it."}});
  }
  page.after = key->substr(kPrefix.size());
  return page;
}

std::string PageToken(std::string_view last_key) {
  return crypto::Base64UrlEncode(std::string(kPrefix) + std::string(last_key));
}

}  // namespace plenary::rpc
