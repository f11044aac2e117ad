// Signing in through the association's provider, against a service that stands in for the real one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "common/testing/loopback.h"
#include "common/time/proto_time.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "plenary/membership/v1/oidc_service.grpc.pb.h"
#include "services/cli/run.h"
#include "services/cli/testing/terminal.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr ErrorDomain kDomain("plenary.membership");
constexpr char kRedirected[] =
    "http://127.0.0.1:9/callback?code=a%2Bb&state=s-1&iss=https%3A%2F%2Fid.example";

class FakeOidc final : public OidcService::Service {
  grpc::Status StartOidcSignIn(grpc::ServerContext*, const StartOidcSignInRequest*,
                               StartOidcSignInResponse* response) override {
    response->set_authorization_url("https://id.example/auth?state=s-1");
    response->set_state("s-1");
    response->set_secret("hush");
    *response->mutable_expire_time() = ToTimestamp(absl::FromUnixSeconds(1'700'000'000));
    return grpc::Status::OK;
  }
  grpc::Status FinishOidcSignIn(grpc::ServerContext*, const FinishOidcSignInRequest* request,
                                SignedInSession* response) override {
    if (request->state() != "s-1" || request->code() != "a+b" || request->secret() != "hush") {
      return ToGrpcStatus(
          kDomain.Error(absl::StatusCode::kUnauthenticated, "OIDC_REFUSED", "No. Begin again."));
    }
    response->set_session("sessions/one");
    *response->mutable_expire_time() = ToTimestamp(absl::FromUnixSeconds(4'000'000'000));
    response->set_refresh_token("refresh");
    response->set_person("people/ada");
    response->set_full_name("Ada Demo");
    response->add_roles("member");
    return grpc::Status::OK;
  }
};

class LoginOidcTest : public ::testing::Test {
 protected:
  int Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--membership", server_.address(), "login", "--oidc"});
    return cli::Run(arguments, terminal_.surroundings());
  }
  std::string pending() const { return terminal_.folder() / "state" / "plenary" / "session.json.oidc"; }

  Terminal terminal_;
  FakeOidc oidc_;
  plenary::testing::Loopback server_{{&oidc_}};
};

TEST_F(LoginOidcTest, ShowsWhereToSignInAndTakesTheAddressOfTheEnd) {
  ASSERT_EQ(Run({}), 0) << terminal_.TakeErr();
  const std::string shown = terminal_.TakeOut();
  EXPECT_THAT(shown, HasSubstr("\n  https://id.example/auth?state=s-1\n"));
  EXPECT_THAT(shown, HasSubstr("plenary login --oidc --redirected"));
  EXPECT_THAT(shown, Not(HasSubstr("hush")));
  struct stat file {};
  ASSERT_EQ(::stat(pending().c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600u);
  ASSERT_EQ(Run({"--redirected", kRedirected}), 0) << terminal_.TakeErr();
  EXPECT_EQ(terminal_.TakeOut(), "Signed in as Ada Demo (member).\n");
  EXPECT_FALSE(std::filesystem::exists(pending())) << "nothing waits any more";
}

TEST_F(LoginOidcTest, AsksForTheAddressOnATerminal) {
  terminal_.surroundings().in_is_terminal = true;
  terminal_.in.str(fmt::format(" {}\n", kRedirected));
  ASSERT_EQ(Run({}), 0) << terminal_.TakeErr();
  EXPECT_THAT(terminal_.TakeOut(), EndsWith("Signed in as Ada Demo (member).\n"));
}

TEST_F(LoginOidcTest, TakesTheEndOfItsOwnSignInOnly) {
  EXPECT_EQ(Run({"--redirected", kRedirected}), 2) << "nothing was started";
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("Nothing was started"));
  ASSERT_EQ(Run({}), 0);
  for (const char* address :
       {"http://127.0.0.1:9/callback?code=a%2Bb&state=s-2", "http://127.0.0.1:9/callback",
        "http://127.0.0.1:9/callback?state=s-1", "nonsense"}) {
    EXPECT_EQ(Run({"--redirected", address}), 2) << address;
    EXPECT_THAT(terminal_.TakeErr(), EndsWith("[WRONG_USAGE]\n")) << address;
  }
  EXPECT_EQ(Run({"--redirected", "http://127.0.0.1:9/callback?state=s-1&error=access%1Bdenied"}), 2);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("did not sign you in (access?denied)"));
  EXPECT_EQ(Run({"--redirected", "http://127.0.0.1:9/callback?code=wrong&state=s-1"}), 3);
  EXPECT_THAT(terminal_.TakeErr(), EndsWith("[OIDC_REFUSED]\n"));
}

}  // namespace
}  // namespace plenary::cli
