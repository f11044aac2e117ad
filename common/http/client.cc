#include "common/http/client.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

#include "absl/time/clock.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "fmt/format.h"

namespace plenary::http {
namespace {

constexpr ErrorDomain kDomain("plenary.http");

struct CurlDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(char* text) const { curl_free(text); }
};
template <typename T>
using CurlPtr = std::unique_ptr<T, CurlDeleter>;

absl::StatusOr<CurlPtr<CURL>> NewHandle() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  CurlPtr<CURL> handle(ready == CURLE_OK ? curl_easy_init() : nullptr);
  if (handle == nullptr) return absl::InternalError("libcurl gives no handle");
  return handle;
}

std::size_t Take(char* data, std::size_t, std::size_t size, void* target) {
  std::string& body = *static_cast<std::string*>(target);
  if (body.size() + size > kLongestAnswer) return 0;  // which ends the transfer
  body.append(data, size);
  return size;
}

std::string PartOf(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  const CurlPtr<char> owner(text);
  return text;
}

absl::Status NoAnswer(std::string_view because) {
  return kDomain.Error(absl::StatusCode::kUnavailable, "HTTP_UNAVAILABLE",
                       fmt::format("A server that this one asks gave no answer: {}.", because));
}

absl::StatusOr<Answer> Run(CURL* handle, const std::string& url, absl::Time deadline) {
  RETURN_IF_ERROR(CheckUrl(url));
  Answer answer;
  const std::int64_t left = absl::ToInt64Milliseconds(std::min(deadline - absl::Now(), kLongestCall));
  if (left <= 0) return NoAnswer("there was no time left");  // libcurl takes 0 for no limit
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(left));
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, Take);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &answer.body);
  if (const CURLcode done = curl_easy_perform(handle); done != CURLE_OK) {
    return NoAnswer(curl_easy_strerror(done));
  }
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  return answer;
}

}  // namespace

absl::Status CheckUrl(const std::string& url) {
  const CurlPtr<CURLU> parsed(curl_url());
  const bool read =
      parsed != nullptr && curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) == CURLUE_OK;
  const std::string scheme = read ? PartOf(parsed.get(), CURLUPART_SCHEME) : "";
  const std::string host = read ? PartOf(parsed.get(), CURLUPART_HOST) : "";
  const bool here = host == "127.0.0.1" || host == "[::1]" || host == "localhost";
  const bool has_user = read && !PartOf(parsed.get(), CURLUPART_USER).empty();
  if (!has_user && (scheme == "https" || (scheme == "http" && here))) return absl::OkStatus();
  return kDomain.Error(
      absl::StatusCode::kInvalidArgument, "URL_NOT_PROTECTED",
      fmt::format("\"{}\" is not an https address. Only this machine is asked without TLS.", url));
}

absl::StatusOr<Answer> Get(const std::string& url, absl::Time deadline, const std::string& bearer) {
  ASSIGN_OR_RETURN(const CurlPtr<CURL> handle, NewHandle());
  if (!bearer.empty()) {
    curl_easy_setopt(handle.get(), CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BEARER));
    curl_easy_setopt(handle.get(), CURLOPT_XOAUTH2_BEARER, bearer.c_str());
  }
  return Run(handle.get(), url, deadline);
}

absl::StatusOr<Answer> PostForm(const std::string& url, const Form& form, const BasicAuth& auth,
                                absl::Time deadline) {
  ASSIGN_OR_RETURN(const CurlPtr<CURL> handle, NewHandle());
  const std::string body = EncodeForm(form);
  curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(handle.get(), CURLOPT_COPYPOSTFIELDS, body.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
  // RFC 6749 2.3.1: both are encoded as in a form first.
  curl_easy_setopt(handle.get(), CURLOPT_USERNAME, UrlEncode(auth.user).c_str());
  curl_easy_setopt(handle.get(), CURLOPT_PASSWORD, UrlEncode(auth.password).c_str());
  return Run(handle.get(), url, deadline);
}

std::string EncodeForm(const Form& form) {
  std::string text;
  for (const auto& [name, value] : form) {
    text += fmt::format("{}{}={}", text.empty() ? "" : "&", UrlEncode(name), UrlEncode(value));
  }
  return text;
}

std::map<std::string, std::string> QueryOf(const std::string& url) {
  std::map<std::string, std::string> query;
  const std::string before_fragment = url.substr(0, url.find('#'));
  for (std::size_t at = before_fragment.find('?'); at != std::string::npos;) {
    const std::size_t end = before_fragment.find('&', at + 1);
    const std::string pair = before_fragment.substr(at + 1, end == std::string::npos ? end : end - at - 1);
    const std::size_t equals = pair.find('=');
    query[UrlDecode(pair.substr(0, equals))] =
        equals == std::string::npos ? "" : UrlDecode(pair.substr(equals + 1));
    at = end;
  }
  return query;
}

std::string UrlEncode(const std::string& text) {
  if (text.empty()) return "";
  const CurlPtr<char> encoded(curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size())));
  return encoded == nullptr ? "" : encoded.get();
}

std::string UrlDecode(const std::string& text) {
  if (text.empty()) return "";
  int size = 0;
  const CurlPtr<char> decoded(curl_easy_unescape(nullptr, text.data(), static_cast<int>(text.size()), &size));
  return decoded == nullptr ? "" : std::string(decoded.get(), static_cast<std::size_t>(size));
}

}  // namespace plenary::http
