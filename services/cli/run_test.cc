// The whole command against services that stand in for the real ones: what it sends, says and ends with.
#include "services/cli/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "common/crypto/bytes.h"
#include "common/ids/id.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "common/testing/loopback.h"
#include "common/time/clock.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "nlohmann/json.hpp"
#include "plenary/membership/v1/identity_service.grpc.pb.h"
#include "plenary/membership/v1/register_service.grpc.pb.h"
#include "plenary/membership/v1/roll_service.grpc.pb.h"
#include "services/cli/testing/terminal.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;
using grpc::ServerContext;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kOfficeToken[] = "token-of-the-office";
constexpr int kCategories = 450;
constexpr int kLargestPage = 200;
constexpr ErrorDomain kDomain("plenary.membership");

grpc::Status Refuse(absl::StatusCode code, std::string_view reason, const std::string& sentence) {
  return ToGrpcStatus(kDomain.Error(code, reason, sentence));
}

bool IsOffice(const ServerContext& context) {
  const auto token = context.client_metadata().find("authorization");
  return token != context.client_metadata().end() &&
         std::string(token->second.data(), token->second.size()) == std::string("Bearer ") + kOfficeToken;
}

class FakeIdentity final : public DevelopmentIdentityService::Service {
  grpc::Status SignInForDevelopment(ServerContext*, const SignInForDevelopmentRequest* request,
                                    SignInForDevelopmentResponse* response) override {
    if (request->email() != "office@society.example") {
      return Refuse(absl::StatusCode::kNotFound, "PERSON_NOT_FOUND", "Nobody has that address.");
    }
    membership::v1::ServiceToken& token = *response->add_tokens();
    token.set_service("membership");
    token.set_access_token(kOfficeToken);
    *response->mutable_expire_time() = ToTimestamp(*ParseInstant("2022-08-03T09:15:00Z"));
    response->set_person("people/office");
    response->set_full_name("The Office");
    response->add_roles("staff");
    return grpc::Status::OK;
  }
};

class FakeRegister final : public RegisterService::Service {
 public:
  std::vector<std::string> request_ids;
  std::string uploaded;
  int problems = 0;

 private:
  grpc::Status SaveCategory(ServerContext* context, const SaveCategoryRequest* request,
                            Category* response) override {
    if (!IsOffice(*context))
      return Refuse(absl::StatusCode::kUnauthenticated, "TOKEN_MISSING", "Sign in first.");
    request_ids.push_back(request->request_id());
    *response = request->category();
    return grpc::Status::OK;
  }

  grpc::Status ListCategories(ServerContext*, const ListCategoriesRequest* request,
                              ListCategoriesResponse* response) override {
    const int first = request->page_token().empty() ? 0 : std::stoi(request->page_token());
    const int after = std::min(kCategories, first + std::min(request->page_size(), kLargestPage));
    for (int i = first; i < after; ++i) {
      auto& category = *response->add_categories();
      category.set_name("categories/c" + std::to_string(i));
      category.set_display_name("Category");
    }
    if (after < kCategories) response->set_next_page_token(std::to_string(after));
    return grpc::Status::OK;
  }

  grpc::Status ListPeople(ServerContext*, const ListPeopleRequest*, ListPeopleResponse*) override {
    return grpc::Status::OK;
  }

  grpc::Status RecordReferenceLetters(ServerContext*, const RecordReferenceLettersRequest*,
                                      Person*) override {
    return Refuse(absl::StatusCode::kFailedPrecondition, "LETTERS_FINAL",
                  "The letters stand. Ask the board.");
  }

  grpc::Status ImportMembers(
      ServerContext*, grpc::ServerReaderWriter<ImportMembersUpdate, ImportMembersRequest>* stream) override {
    for (ImportMembersRequest part; stream->Read(&part);) uploaded += part.content();
    ImportMembersUpdate update;
    update.mutable_progress()->set_phase(ImportMembersUpdate::Progress::PHASE_CHECKING);
    update.mutable_progress()->set_rows_done(3);
    update.mutable_progress()->set_rows_total(3);
    stream->Write(update);
    ImportMembersResponse& result = *update.mutable_result();
    result.set_rows(3);
    result.set_problem_count(problems);
    if (problems > 0) {
      auto& problem = *result.add_problems();
      problem.set_line(2);
      problem.set_column("email");
      problem.set_reason("EMAIL_INVALID");
      problem.set_message("Write an address.");
    }
    result.set_applied(problems == 0);
    stream->Write(update);
    return grpc::Status::OK;
  }
};

class FakeRolls final : public RollService::Service {
 public:
  FakeRolls() {
    std::string bytes("PLR1\0\0\0\3", 8);
    for (int i = 0; i < 3; ++i) {
      const IdBytes id = ids_.Next();
      companies_.push_back("companies/" + IdText(id));
      bytes.append(id.begin(), id.end());
    }
    sha256 = crypto::Sha256(bytes);
  }

  std::string sha256;

 private:
  grpc::Status GetRoll(ServerContext*, const GetRollRequest* request, Roll* response) override {
    response->set_election(request->election());
    response->set_count(3);
    response->set_sha256(sha256);
    return grpc::Status::OK;
  }

  grpc::Status ListRollEntries(ServerContext*, const ListRollEntriesRequest*,
                               ListRollEntriesResponse* response) override {
    for (const std::string& company : companies_) {
      auto& entry = *response->add_entries();
      entry.set_company(company);
      entry.set_unit(company);
    }
    return grpc::Status::OK;
  }

  grpc::Status StreamEligibility(ServerContext*, const StreamEligibilityRequest* request,
                                 grpc::ServerWriter<StreamEligibilityResponse>* writer) override {
    StreamEligibilityResponse part;
    for (const std::string& company : companies_) {
      part.set_companies_so_far(part.companies_so_far() + 1);
      const bool eligible = company == companies_.front();
      if (request->only_not_eligible() && eligible) continue;
      auto& line = *part.add_companies();
      line.set_company(company);
      line.set_company_display_name("Company " + company.substr(company.size() - 1));
      line.set_eligible(eligible);
      line.set_reason(eligible ? "ELIGIBLE" : "LETTERS_MISSING");
    }
    writer->Write(part);
    part.clear_companies();
    AddCount("ELIGIBLE", 1, part);
    AddCount("LETTERS_MISSING", 2, part);
    part.set_complete(true);
    writer->Write(part);
    return grpc::Status::OK;
  }

  static void AddCount(const std::string& reason, int companies, StreamEligibilityResponse& part) {
    auto& count = *part.add_counts();
    count.set_reason(reason);
    count.set_companies(companies);
  }

  CountingIds ids_;
  std::vector<std::string> companies_;
};

class RunTest : public ::testing::Test {
 protected:
  int Run(const std::vector<std::string>& arguments) {
    std::vector<std::string> all = {"--membership", server_.address()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return cli::Run(all, terminal_.surroundings());
  }

  // A run that succeeds, as JSON.
  nlohmann::json Document(std::vector<std::string> arguments) {
    arguments.push_back("--json");
    terminal_.TakeOut();
    EXPECT_EQ(Run(arguments), 0) << terminal_.TakeErr();
    return nlohmann::json::parse(terminal_.TakeOut());
  }

  void SignIn() {
    ASSERT_EQ(Run({"login", "--as", "office@society.example"}), 0) << terminal_.TakeErr();
    terminal_.TakeOut();
  }

  std::string File(const std::string& name, const std::string& text) {
    const std::string path = terminal_.folder() / name;
    std::ofstream(path) << text;
    return path;
  }

  FakeIdentity identity_;
  FakeRegister register_;
  FakeRolls rolls_;
  plenary::testing::Loopback server_{{&identity_, &register_, &rolls_}};
  Terminal terminal_;
};

TEST_F(RunTest, KeepsTheSessionAndShowsItsToken) {
  EXPECT_EQ(Run({"category", "save", "gold", "--display-name", "Gold"}), 3);
  EXPECT_EQ(terminal_.TakeErr(), "You are not signed in. Use `plenary login EMAIL`.\n[NOT_SIGNED_IN]\n");
  SignIn();
  EXPECT_EQ(Run({"category", "save", "gold", "--display-name", "Gold"}), 0) << terminal_.TakeErr();
  EXPECT_EQ(terminal_.TakeOut(), "Saved categories/gold (Gold).\n");
  EXPECT_EQ(Document({"logout"})["was_signed_in"], true);
  EXPECT_EQ(Run({"category", "save", "gold", "--display-name", "Gold"}), 3);
}

TEST_F(RunTest, SaysThatTheSessionEndedByTheStacksClock) {
  const std::string clock = terminal_.folder() / "clock";
  terminal_.environment["PLENARY_CLOCK_FILE"] = clock;
  ASSERT_TRUE(FileClock::Set(clock, *ParseInstant("2022-08-03T09:00:00Z")).ok());
  SignIn();
  EXPECT_EQ(Run({"category", "save", "gold", "--display-name", "Gold"}), 0) << terminal_.TakeErr();
  EXPECT_EQ(Run({"clock", "set", "2022-08-03T10:00:00Z"}), 0);
  EXPECT_EQ(Run({"category", "save", "gold", "--display-name", "Gold"}), 3);
  EXPECT_THAT(terminal_.TakeErr(), EndsWith("[SESSION_ENDED]\n"));
  EXPECT_EQ(Run({"category", "list"}), 0) << "what is public needs no session";
}

TEST_F(RunTest, DrawsARequestIdForEachMutationUnlessOneIsGiven) {
  SignIn();
  const std::string id = "3f0e6d1c-5b0a-4a53-9d0e-6a1f4f3f2b10";
  EXPECT_EQ(Run({"category", "save", "a", "--display-name", "A"}), 0);
  EXPECT_EQ(Run({"category", "save", "a", "--display-name", "A"}), 0);
  EXPECT_EQ(Run({"category", "save", "a", "--display-name", "A", "--request-id", id}), 0);
  ASSERT_EQ(register_.request_ids.size(), 3U);
  EXPECT_TRUE(IsUuid(register_.request_ids[0]));
  EXPECT_NE(register_.request_ids[0], register_.request_ids[1]);
  EXPECT_EQ(register_.request_ids[2], id);
  EXPECT_EQ(Run({"category", "save", "a", "--display-name", "A", "--request-id", "again"}), 2);
}

TEST_F(RunTest, ListsEveryPage) {
  EXPECT_EQ(Document({"category", "list"})["categories"].size(), 450U);
  EXPECT_EQ(Document({"category", "list", "--limit", "250"})["categories"].size(), 250U);
  const auto one = Document({"category", "list", "--limit", "1"});
  EXPECT_EQ(one["categories"].size(), 1U);
  EXPECT_EQ(one["categories"][0]["seats_included"], 0) << "fields without a value are shown";
}

TEST_F(RunTest, EndsWithTheCodeOfTheRefusal) {
  SignIn();
  EXPECT_EQ(Run({"letters", "record", "people/ada", "2"}), 1);
  EXPECT_EQ(terminal_.TakeErr(), "The letters stand. Ask the board.\n[LETTERS_FINAL]\n");
  EXPECT_EQ(Run({"letters", "record", "nobody@solo.example", "2"}), 1);
  EXPECT_THAT(terminal_.TakeErr(), EndsWith("[PERSON_NOT_FOUND]\n"));
}

TEST_F(RunTest, TellsThatAServiceCannotBeReached) {
  EXPECT_EQ(cli::Run({"category", "list", "--membership", "127.0.0.1:1"}, terminal_.surroundings()), 4);
  EXPECT_THAT(terminal_.TakeErr(), StartsWith("The membership service at 127.0.0.1:1 cannot be reached."));
  EXPECT_EQ(cli::Run({"category", "list"}, terminal_.surroundings()), 4);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("[STACK_NOT_FOUND]"));
}

TEST_F(RunTest, ShowsBadRowsAndThatNothingWasStored) {
  SignIn();
  const std::string file = File("members.csv", std::string(100'000, 'x'));
  EXPECT_EQ(Run({"import", file, "--source", "a test"}), 0) << terminal_.TakeErr();
  EXPECT_EQ(register_.uploaded.size(), 100'000U) << "in pieces, all of it";
  terminal_.TakeOut();
  register_.problems = 1;
  EXPECT_EQ(Run({"import", file, "--source", "a test"}), 2);
  EXPECT_EQ(terminal_.TakeOut(),
            "LINE  COLUMN  REASON         MESSAGE\n"
            "   2  email   EMAIL_INVALID  Write an address.\n");
  EXPECT_THAT(terminal_.TakeErr(), EndsWith("[ROWS_INVALID]\n"));
}

TEST_F(RunTest, ReportsProgressOnStandardErrorWhenAsked) {
  SignIn();
  const std::string file = File("members.csv", std::string(100'000, 'x'));
  EXPECT_EQ(Run({"import", file, "--source", "a test"}), 0);
  EXPECT_EQ(terminal_.TakeErr(), "");
  EXPECT_EQ(Run({"import", file, "--source", "a test", "--progress"}), 0);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("100%"));
}

TEST_F(RunTest, VerifiesARollAndFindsOneThatDiffers) {
  EXPECT_EQ(Document({"roll", "verify", "e"})["same"], true);
  rolls_.sha256[0] ^= 1;
  EXPECT_EQ(Run({"roll", "verify", "e"}), 5);
  EXPECT_THAT(terminal_.TakeErr(), EndsWith("[CHECK_FAILED]\n"));
}

TEST_F(RunTest, SumsUpEligibilityByReason) {
  const auto document = Document({"eligibility", "--not-eligible"});
  EXPECT_EQ(document["companies"].size(), 2U);
  EXPECT_EQ(document["summary"]["ELIGIBLE"], 1);
  EXPECT_EQ(document["summary"]["LETTERS_MISSING"], 2);
  const auto limited = Document({"eligibility", "--not-eligible", "--limit", "1"});
  EXPECT_EQ(limited["companies"].size(), 1U);
  EXPECT_EQ(limited["summary"], document["summary"]) << "the summary is of all companies";
  EXPECT_EQ(Run({"eligibility", "--not-eligible"}), 0);
  const std::string table = terminal_.TakeOut();
  EXPECT_THAT(table, HasSubstr("LETTERS_MISSING          2\n"));
  EXPECT_THAT(table, Not(HasSubstr("Company 1")));
}

TEST_F(RunTest, RefusesWrongUsageWithTheWayToHelp) {
  EXPECT_EQ(Run({"roll", "freeze", "e"}), 2);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("--record-date is required. See `plenary --help`"));
  EXPECT_EQ(Run({"dance"}), 2);
  EXPECT_EQ(Run({"right", "people/ada", "fly"}), 2);
  EXPECT_EQ(Run({"import", "/nowhere.csv", "--source", "a test"}), 2);
}

TEST_F(RunTest, NamesTheWordItDoesNotKnowBeforeWhatIsMissing) {
  for (const std::vector<std::string>& mistyped :
       std::vector<std::vector<std::string>>{{"rol"}, {"roll", "freez"}, {"election", "show", "--foo"}}) {
    EXPECT_EQ(Run(mistyped), 2);
    EXPECT_THAT(terminal_.TakeErr(), HasSubstr("There is no \"" + mistyped.back() + "\" here."));
  }
}

TEST_F(RunTest, TakesAListAsOneWordSoThatWhatFollowsIsNotPartOfIt) {
  SignIn();
  EXPECT_EQ(Run({"category", "save", "--display-name", "Gold", "--rights", "vote,attend", "gold"}), 0)
      << terminal_.TakeErr();
  EXPECT_EQ(Run({"category", "save", "--display-name", "Gold", "--rights", "", "gold"}), 0)
      << terminal_.TakeErr();
}

TEST_F(RunTest, HelpsWithAnExampleForEveryCommand) {
  EXPECT_EQ(Run({"--help"}), 0);
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr("Exit codes:"));
  EXPECT_EQ(Run({"roll", "freeze", "--help"}), 0);
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr("Example:\n  plenary roll freeze current"));
}

}  // namespace
}  // namespace plenary::cli
