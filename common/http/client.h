// Short calls to a server that speaks HTTP: a document fetched, a form sent. By libcurl.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace plenary::http {

// Bytes of an answer. A longer one is UNAVAILABLE: nothing that is asked for is larger.
inline constexpr std::size_t kLongestAnswer = 256 * 1024;
// Of one call, connecting included.
inline constexpr absl::Duration kLongestCall = absl::Seconds(5);

struct Answer {
  int status = 0;
  std::string body;
};

using Form = std::vector<std::pair<std::string, std::string>>;

struct BasicAuth {
  std::string user;
  std::string password;
};

// OK when `url` is https, or http to this machine, without a user in it. INVALID_ARGUMENT, URL_NOT_PROTECTED.
absl::Status CheckUrl(const std::string& url);

// Neither follows a redirect nor asks a proxy: whom they ask is whom the caller named. `deadline` is real
// time. UNAVAILABLE, HTTP_UNAVAILABLE, when no whole answer came; CheckUrl's error. Thread-safe.
// `bearer` is an access token to show; "": none.
absl::StatusOr<Answer> Get(const std::string& url, absl::Time deadline, const std::string& bearer = "");
absl::StatusOr<Answer> PostForm(const std::string& url, const Form& form, const BasicAuth& auth,
                                absl::Time deadline);

// "a=1&b=2": names and values as in a query or a form.
std::string EncodeForm(const Form& form);
// What the query of an address says: of a name that comes twice, the last.
std::map<std::string, std::string> QueryOf(const std::string& url);
// As in a query or a form (RFC 3986 2.1), and back.
std::string UrlEncode(const std::string& text);
std::string UrlDecode(const std::string& text);

}  // namespace plenary::http
