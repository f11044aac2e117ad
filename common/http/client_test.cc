#include "common/http/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "absl/time/clock.h"
#include "common/testing/http_server.h"
#include "common/testing/status_matchers.h"

namespace plenary::http {
namespace {

using testing::HttpServer;
using testing::IsError;
using testing::IsOk;

constexpr auto kUnavailable = absl::StatusCode::kUnavailable;

absl::Time Soon() { return absl::Now() + absl::Seconds(20); }

TEST(Client, FetchesADocument) {
  const HttpServer server([](const HttpServer::Request& request) {
    return HttpServer::Answer{request.target == "/a?b=c" ? 200 : 404, request.method};
  });
  ASSERT_OK_AND_ASSIGN(const Answer found, Get(server.url() + "/a?b=c", Soon()));
  EXPECT_EQ(found.status, 200);
  EXPECT_EQ(found.body, "GET");
  ASSERT_OK_AND_ASSIGN(const Answer missing, Get(server.url() + "/z", Soon()));
  EXPECT_EQ(missing.status, 404);
}

TEST(Client, SendsAFormWithItsAccount) {
  HttpServer::Request seen;
  const HttpServer server([&](const HttpServer::Request& request) {
    seen = request;
    return HttpServer::Answer{.status = 200, .body = ""};
  });
  ASSERT_OK(PostForm(server.url(), {{"a", "1 & 2"}, {"b", ""}}, {"us:er", "pass word"}, Soon()));
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.body, "a=1%20%26%202&b=");
  EXPECT_EQ(seen.headers["content-type"], "application/x-www-form-urlencoded");
  EXPECT_EQ(seen.headers["authorization"], "Basic dXMlM0FlcjpwYXNzJTIwd29yZA==");  // us%3Aer:pass%20word
}

TEST(Client, FollowsNoRedirectAndAsksNoProxy) {
  int asked = 0;
  const HttpServer server([&](const HttpServer::Request&) {
    ++asked;
    return HttpServer::Answer{302, "", {{"Location", "/elsewhere"}}};
  });
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  setenv("all_proxy", "http://127.0.0.1:1", 1);
  ASSERT_OK_AND_ASSIGN(const Answer answer, Get(server.url(), Soon()));
  unsetenv("http_proxy");
  unsetenv("all_proxy");
  EXPECT_EQ(answer.status, 302);
  EXPECT_EQ(asked, 1);
}

TEST(Client, TakesAnAnswerUpToTheLimit) {
  std::size_t size = kLongestAnswer;
  const HttpServer server([&](const HttpServer::Request&) {
    return HttpServer::Answer{.status = 200, .body = std::string(size, 'x')};
  });
  ASSERT_OK_AND_ASSIGN(const Answer answer, Get(server.url(), Soon()));
  EXPECT_EQ(answer.body.size(), kLongestAnswer);
  ++size;
  EXPECT_THAT(Get(server.url(), Soon()), IsError(kUnavailable, "HTTP_UNAVAILABLE"));
}

TEST(Client, SaysWhenNobodyAnswersInTime) {
  std::string url;
  {
    const HttpServer gone([](const HttpServer::Request&) { return HttpServer::Answer{}; });
    url = gone.url();
  }
  EXPECT_THAT(Get(url, Soon()), IsError(kUnavailable, "HTTP_UNAVAILABLE"));
  const HttpServer server([](const HttpServer::Request&) { return HttpServer::Answer{}; });
  EXPECT_THAT(Get(server.url(), absl::InfinitePast()), IsError(kUnavailable, "HTTP_UNAVAILABLE"));
}

TEST(Client, AsksOverTlsOrNobodyElse) {
  for (const char* url : {"https://id.example", "https://id.example:8443/a?b=c", "http://127.0.0.1:8080",
                          "http://localhost/a", "http://[::1]:1/"}) {
    EXPECT_THAT(CheckUrl(url), IsOk()) << url;
  }
  for (const char* url :
       {"", "id.example", "http://id.example", "http://127.0.0.1.id.example", "http://127.0.0.1@id.example",
        "https://user:secret@id.example", "file:///etc/passwd", "ftp://127.0.0.1", "javascript:alert(1)"}) {
    EXPECT_THAT(CheckUrl(url), IsError(absl::StatusCode::kInvalidArgument, "URL_NOT_PROTECTED")) << url;
    EXPECT_THAT(Get(url, Soon()), IsError(absl::StatusCode::kInvalidArgument, "URL_NOT_PROTECTED")) << url;
  }
}

TEST(Client, ShowsAToken) {
  std::string shown;
  const HttpServer server([&](const HttpServer::Request& request) {
    const auto header = request.headers.find("authorization");
    shown = header == request.headers.end() ? "" : header->second;
    return HttpServer::Answer{.status = 200, .body = ""};
  });
  ASSERT_OK(Get(server.url(), Soon(), "token"));
  EXPECT_EQ(shown, "Bearer token");
  ASSERT_OK(Get(server.url(), Soon()));
  EXPECT_EQ(shown, "");
}

TEST(Client, ReadsAQuery) {
  using ::testing::ElementsAre;
  using ::testing::Pair;
  EXPECT_THAT(QueryOf("http://a/b?x=1%20%2B&y=&z&x=2#f?g=h"),
              ElementsAre(Pair("x", "2"), Pair("y", ""), Pair("z", "")));
  EXPECT_TRUE(QueryOf("http://a/b#c?d=e").empty());
}

TEST(Client, EncodesAndDecodes) {
  EXPECT_EQ(UrlEncode("a b/ü~"), "a%20b%2F%C3%BC~");
  EXPECT_EQ(UrlDecode("a%20b%2F%C3%BC~"), "a b/ü~");
  EXPECT_EQ(UrlEncode("") + UrlDecode("") + EncodeForm({}), "");
}

}  // namespace
}  // namespace plenary::http
