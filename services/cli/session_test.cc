// Signing in, staying signed in and signing out, against services that stand in for the real ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <mutex>
#include <thread>

#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "common/testing/loopback.h"
#include "common/time/clock.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "nlohmann/json.hpp"
#include "plenary/membership/v1/identity_service.grpc.pb.h"
#include "services/cli/run.h"
#include "services/cli/testing/terminal.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;
using grpc::ServerContext;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kCode[] = "ABCD-2345";
constexpr char kSecret[] = "the-secret-of-the-shop";
constexpr ErrorDomain kDomain("plenary.membership");

grpc::Status Refuse(absl::StatusCode code, std::string_view reason) {
  return ToGrpcStatus(kDomain.Error(code, reason, "No. Sign in again."));
}

std::string BearerOf(const ServerContext& context) {
  const auto token = context.client_metadata().find("authorization");
  return token == context.client_metadata().end() ? ""
                                                  : std::string(token->second.data(), token->second.size());
}

// A session whose tokens are numbered, each good for 15 minutes and one refresh.
class FakeSessions final : public SessionService::Service {
 public:
  explicit FakeSessions(const Clock& clock) : clock_(clock) {}

  std::atomic<int> refreshes = 0, mails = 0, sign_outs = 0;
  bool lose_answers = false;
  std::vector<std::string> request_ids;

 private:
  grpc::Status RequestSignIn(ServerContext* context, const RequestSignInRequest*,
                             RequestSignInResponse* response) override {
    EXPECT_EQ(BearerOf(*context), "");
    ++mails;
    response->set_sign_in("signIns/one");
    *response->mutable_expire_time() = ToTimestamp(clock_.Now() + absl::Minutes(10));
    return grpc::Status::OK;
  }
  grpc::Status CompleteSignIn(ServerContext*, const CompleteSignInRequest* request,
                              SignedInSession* response) override {
    if (request->sign_in() != "signIns/one")
      return Refuse(absl::StatusCode::kFailedPrecondition, "SIGN_IN_ENDED");
    if (request->code() != kCode && request->link_token() != "token") {
      return Refuse(absl::StatusCode::kUnauthenticated, "SIGN_IN_CODE_WRONG");
    }
    Fill(*response);
    return grpc::Status::OK;
  }
  grpc::Status RefreshSession(ServerContext*, const RefreshSessionRequest* request,
                              SignedInSession* response) override {
    const std::lock_guard lock(mutex_);
    request_ids.push_back(request->request_id());
    if (request->refresh_token() != "refresh-" + std::to_string(refreshes)) {
      return Refuse(absl::StatusCode::kUnauthenticated, "REFRESH_TOKEN_REUSED");
    }
    if (lose_answers) return Refuse(absl::StatusCode::kUnavailable, "DATABASE_UNAVAILABLE");
    ++refreshes;
    Fill(*response);
    return grpc::Status::OK;
  }
  grpc::Status SignOut(ServerContext*, const SignOutRequest*, SignOutResponse*) override {
    ++sign_outs;
    return grpc::Status::OK;
  }
  grpc::Status SignOutEverywhere(ServerContext* context, const SignOutEverywhereRequest*,
                                 SignOutEverywhereResponse* response) override {
    EXPECT_EQ(BearerOf(*context), "Bearer access-" + std::to_string(refreshes));
    response->set_ended_sessions(2);
    return grpc::Status::OK;
  }

  void Fill(SignedInSession& response) {
    response.set_session("sessions/one");
    ServiceToken& token = *response.add_tokens();
    token.set_service("membership");
    token.set_access_token("access-" + std::to_string(refreshes));
    *response.mutable_expire_time() = ToTimestamp(clock_.Now() + absl::Minutes(15));
    response.set_refresh_token("refresh-" + std::to_string(refreshes));
    response.set_person("people/ada");
    response.set_full_name("Ada Demo");
    response.add_roles("member");
  }

  const Clock& clock_;
  std::mutex mutex_;
};

class FakeAccounts final : public ServiceAccountService::Service {
 public:
  explicit FakeAccounts(const Clock& clock) : clock_(clock) {}
  std::atomic<int> sign_ins = 0;

 private:
  grpc::Status SignInServiceAccount(ServerContext*, const SignInServiceAccountRequest* request,
                                    SignedInServiceAccount* response) override {
    if (request->secret() != kSecret)
      return Refuse(absl::StatusCode::kUnauthenticated, "SERVICE_ACCOUNT_REFUSED");
    ++sign_ins;
    response->set_name(request->name());
    response->set_display_name("Web shop");
    ServiceToken& token = *response->add_tokens();
    token.set_service("membership");
    token.set_access_token("shop-" + std::to_string(sign_ins));
    *response->mutable_expire_time() = ToTimestamp(clock_.Now() + absl::Minutes(15));
    return grpc::Status::OK;
  }
  grpc::Status ListServiceAccounts(ServerContext* context, const ListServiceAccountsRequest*,
                                   ListServiceAccountsResponse* response) override {
    response->add_service_accounts()->set_display_name(BearerOf(*context));
    return grpc::Status::OK;
  }
  grpc::Status CreateServiceAccount(ServerContext*, const CreateServiceAccountRequest* request,
                                    ServiceAccount* response) override {
    response->set_name("serviceAccounts/shop");
    response->set_display_name(request->display_name());
    response->set_secret(kSecret);
    return grpc::Status::OK;
  }

  const Clock& clock_;
};

class FakeMe final : public IdentityService::Service {
  grpc::Status GetMe(ServerContext* context, const GetMeRequest*, GetMeResponse* response) override {
    response->set_full_name(BearerOf(*context));
    return grpc::Status::OK;
  }
};

class SessionTest : public ::testing::Test {
 protected:
  SessionTest() {
    Set("2022-08-03T09:00:00Z");
    terminal_.environment["PLENARY_CLOCK_FILE"] = clock_file();
    EXPECT_EQ(Run({"login", "ada.demo@solo.example"}), 0) << terminal_.TakeErr();
    EXPECT_THAT(terminal_.TakeOut(), HasSubstr("--code CODE"));
  }
  std::string clock_file() const { return terminal_.folder() / "clock"; }
  std::string session_file() const { return terminal_.folder() / "state" / "plenary" / "session.json"; }
  void Set(const std::string& instant) {
    ASSERT_TRUE(FileClock::Set(clock_file(), *ParseInstant(instant)).ok());
  }

  int Run(std::vector<std::string> arguments) { return RunOn(terminal_, std::move(arguments)); }
  int RunOn(Terminal& terminal, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--membership", server_.address()});
    return cli::Run(arguments, terminal.surroundings());
  }
  void SignIn() {
    ASSERT_EQ(Run({"login", "ada.demo@solo.example", "--code", kCode}), 0) << terminal_.TakeErr();
    terminal_.TakeOut();
  }
  // The token that the next call shows.
  std::string Shown() {
    terminal_.TakeOut();
    EXPECT_EQ(Run({"whoami", "--json"}), 0) << terminal_.TakeErr();
    return nlohmann::json::parse(terminal_.TakeOut())["full_name"];
  }
  std::string File(const std::string& name, const std::string& text) {
    const std::string path = terminal_.folder() / name;
    std::ofstream(path) << text;
    return path;
  }

  Terminal terminal_;
  FileClock clock_{clock_file()};
  FakeSessions sessions_{clock_};
  FakeAccounts accounts_{clock_};
  FakeMe me_;
  plenary::testing::Loopback server_{{&sessions_, &accounts_, &me_}};
};

TEST_F(SessionTest, ReadsTheCodeOfTheMailFromAFile) {
  EXPECT_EQ(Run({"login", "ada.demo@solo.example", "--code-file", File("empty", "\n")}), 2);
  EXPECT_EQ(Run({"login", "ada.demo@solo.example", "--code", kCode, "--code-file", File("empty", "\n")}), 2);
  EXPECT_EQ(Run({"login", "ada.demo@solo.example", "--code-file", File("wrong", "WRNG-2345")}), 3);
  ASSERT_EQ(Run({"login", "ada.demo@solo.example", "--code-file", File("code", std::string(kCode) + "\n")}),
            0)
      << terminal_.TakeErr();
}

TEST_F(SessionTest, SignsInWithTheCodeOfTheMail) {
  EXPECT_EQ(Run({"login", "ada.demo@solo.example", "--code", "WRNG-2345"}), 3);
  EXPECT_THAT(terminal_.TakeErr(), EndsWith("[SIGN_IN_CODE_WRONG]\n"));
  EXPECT_EQ(Run({"login", "eve@solo.example", "--code", kCode}), 1);
  EXPECT_THAT(terminal_.TakeErr(), EndsWith("[SIGN_IN_NOT_REQUESTED]\n"));
  ASSERT_EQ(Run({"login", "ada.demo@solo.example", "--code", kCode}), 0);
  EXPECT_EQ(terminal_.TakeOut(), "Signed in as Ada Demo (member).\n");
  EXPECT_EQ(Shown(), "Bearer access-0");
  struct stat file {};
  ASSERT_EQ(::stat(session_file().c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600u);
  EXPECT_FALSE(std::filesystem::exists(session_file() + ".sign-in")) << "nothing waits any more";
}

TEST_F(SessionTest, AsksForTheCodeOnATerminalUntilItIsRight) {
  terminal_.surroundings().in_is_terminal = true;
  terminal_.in.str("wrong\nABCD-2345\n");
  ASSERT_EQ(Run({"login", "ada.demo@solo.example"}), 0);
  EXPECT_EQ(terminal_.TakeErr(), "Code: No. Sign in again.\nCode: ");
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr("Signed in as Ada Demo"));
}

TEST_F(SessionTest, SignsInWithTheLinkOfTheMail) {
  ASSERT_EQ(Run({"login", "--link", "https://society.example/sign-in#one.token"}), 0) << terminal_.TakeErr();
  EXPECT_EQ(Shown(), "Bearer access-0");
  EXPECT_EQ(Run({"login", "--link", "https://society.example/sign-in"}), 2);
}

TEST_F(SessionTest, SaysWhoSignsInInOneWay) {
  EXPECT_EQ(Run({"login"}), 2);
  EXPECT_EQ(Run({"login", "ada.demo@solo.example", "--as", "ada.demo@solo.example"}), 2);
  EXPECT_EQ(Run({"login", "ada"}), 2);
  EXPECT_EQ(Run({"login", "--service-account", "shop"}), 2);
}

TEST_F(SessionTest, RenewsTheSessionWhenItsTokensHaveExpired) {
  SignIn();
  Set("2022-08-03T09:14:30Z");
  EXPECT_EQ(Shown(), "Bearer access-0");
  Set("2022-08-03T09:15:30Z");
  EXPECT_EQ(Shown(), "Bearer access-1");
  EXPECT_EQ(Shown(), "Bearer access-1");
  EXPECT_EQ(sessions_.refreshes, 1);
}

TEST_F(SessionTest, ManyCommandsAtOnceRenewOnce) {
  SignIn();
  Set("2022-08-03T10:00:00Z");
  std::vector<std::thread> commands;
  std::array<Terminal, 6> terminals;
  for (Terminal& terminal : terminals) {
    terminal.environment["PLENARY_CLOCK_FILE"] = clock_file();
    commands.emplace_back([&] {
      EXPECT_EQ(RunOn(terminal, {"--session", session_file(), "whoami", "--json"}), 0) << terminal.TakeErr();
      EXPECT_THAT(terminal.TakeOut(), HasSubstr("Bearer access-1"));
    });
  }
  for (std::thread& command : commands) command.join();
  EXPECT_EQ(sessions_.refreshes, 1);
}

TEST_F(SessionTest, TriesALostAnswerAgainWithTheSameRequest) {
  SignIn();
  Set("2022-08-03T10:00:00Z");
  sessions_.lose_answers = true;
  EXPECT_EQ(Run({"--timeout", "5", "whoami"}), 4);
  sessions_.lose_answers = false;
  EXPECT_EQ(Shown(), "Bearer access-1");
  for (const std::string& id : sessions_.request_ids) EXPECT_EQ(id, sessions_.request_ids.front());
}

TEST_F(SessionTest, SaysWhenTheSessionWasEnded) {
  SignIn();
  Set("2022-08-03T10:00:00Z");
  sessions_.refreshes = 7;  // somebody else has used the token
  EXPECT_EQ(Run({"whoami"}), 3);
  EXPECT_THAT(terminal_.TakeErr(), EndsWith("[REFRESH_TOKEN_REUSED]\n"));
  EXPECT_EQ(Run({"whoami"}), 3);
  EXPECT_THAT(terminal_.TakeErr(), EndsWith("[SESSION_ENDED]\n")) << "the token is not shown again";
  EXPECT_EQ(sessions_.request_ids.size(), 1u);
}

TEST_F(SessionTest, TellsTheServiceWhenItSignsOut) {
  SignIn();
  EXPECT_EQ(Run({"logout"}), 0);
  EXPECT_EQ(sessions_.sign_outs, 1);
  EXPECT_EQ(Run({"whoami"}), 3);
}

TEST_F(SessionTest, SignsOutEverywhere) {
  SignIn();
  EXPECT_EQ(Run({"logout", "--everywhere"}), 0) << terminal_.TakeErr();
  EXPECT_EQ(terminal_.TakeOut(), "Ended 2 sessions.\n");
  EXPECT_FALSE(std::filesystem::exists(session_file()));
}

TEST_F(SessionTest, AServiceAccountSignsInAnewByItself) {
  const std::string secret = File("shop.secret", std::string(kSecret) + "\n");
  ASSERT_EQ(Run({"login", "--service-account", "shop", "--secret-file", "shop.secret"}), 0)
      << terminal_.TakeErr();
  EXPECT_EQ(Run({"whoami"}), 0);
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr("serviceAccounts/shop"));
  Set("2022-08-03T10:00:00Z");
  ASSERT_EQ(Run({"service-account", "list"}), 0) << terminal_.TakeErr();
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr("Bearer shop-2"));
  std::ifstream file(session_file());
  const std::string saved((std::istreambuf_iterator<char>(file)), {});
  EXPECT_THAT(saved, HasSubstr(secret));
  EXPECT_THAT(saved, Not(HasSubstr(kSecret))) << "the secret stays in its own file";
  File("shop.secret", "another");
  EXPECT_EQ(Run({"login", "--service-account", "shop", "--secret-file", "shop.secret"}), 3);
  EXPECT_THAT(terminal_.TakeErr(), EndsWith("[SERVICE_ACCOUNT_REFUSED]\n"));
}

TEST_F(SessionTest, PutsTheSecretOfANewAccountIntoAFileOfItsOwner) {
  SignIn();
  const std::string path = terminal_.folder() / "new.secret";
  ASSERT_EQ(Run({"service-account", "create", "Web shop", "--role", "staff", "--until", "2023-08-01",
                 "--secret-file", path}),
            0)
      << terminal_.TakeErr();
  EXPECT_THAT(terminal_.TakeOut(), Not(HasSubstr(kSecret)));
  struct stat file {};
  ASSERT_EQ(::stat(path.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600u);
  ASSERT_EQ(Run({"service-account", "create", "Web shop", "--until", "2023-08-01"}), 0);
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr(std::string("shown only now: ") + kSecret));
  EXPECT_EQ(Run({"service-account", "create", "Web shop", "--until", "soon"}), 2);
}

}  // namespace
}  // namespace plenary::cli
