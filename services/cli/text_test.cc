// The small parts: words, names, exit codes, output, progress, files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <sstream>

#include "common/status/error.h"
#include "common/testing/status_matchers.h"
#include "common/time/date.h"
#include "plenary/committee/v1/body_service.pb.h"
#include "plenary/committee/v1/motion_service.pb.h"
#include "plenary/membership/v1/resources.pb.h"
#include "services/cli/election_file.h"
#include "services/cli/errors.h"
#include "services/cli/exit_code.h"
#include "services/cli/files.h"
#include "services/cli/names.h"
#include "services/cli/output.h"
#include "services/cli/progress.h"
#include "services/cli/session.h"
#include "services/cli/testing/terminal.h"
#include "services/cli/words.h"

namespace plenary::cli {
namespace {

using ::plenary::testing::IsError;
using ::plenary::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Words, AreTheValuesWithoutTheirPrefix) {
  EXPECT_EQ(Word(membership::v1::ACT_HOLD_OFFICE), "hold-office");
  EXPECT_EQ(Word(committee::v1::Motion::THRESHOLD_TWO_THIRDS), "two-thirds");
  EXPECT_EQ(Word(committee::v1::Holding::OFFICE_UNSPECIFIED), "");
  EXPECT_EQ(Word(static_cast<membership::v1::Act>(99)), "?");
  EXPECT_THAT(Words<committee::v1::Body::Kind>(), ElementsAre("board", "committee"));
  EXPECT_EQ(ValueOf<committee::v1::Holding::Office>("vice-chair"), committee::v1::Holding::OFFICE_VICE_CHAIR);
  EXPECT_EQ(ValueOf<committee::v1::Holding::Office>("emperor"), committee::v1::Holding::OFFICE_UNSPECIFIED);
}

TEST(Names, MayLeaveTheCollectionOut) {
  EXPECT_EQ(Qualified("bodies", "board"), "bodies/board");
  EXPECT_EQ(Qualified("bodies", "bodies/board"), "bodies/board");
  EXPECT_EQ(ChildName("bodies", "seats", "board/3"), "bodies/board/seats/3");
  EXPECT_EQ(ChildName("bodies", "seats", "bodies/board/seats/3"), "bodies/board/seats/3");
  EXPECT_EQ(ChildName("bodies", "seats", "board/seats/3"), "bodies/board/seats/3");
  EXPECT_EQ(ChildName("bodies", "seats", "board"), std::nullopt);
  EXPECT_EQ(ChildName("bodies", "seats", "board/"), std::nullopt);
  EXPECT_EQ(ChildName("bodies", "seats", "board/motions/3"), std::nullopt);
  EXPECT_TRUE(IsEmail("ada@solo.example"));
  EXPECT_FALSE(IsEmail("people/ada"));
}

TEST(ExitCode, FollowsTheStatus) {
  EXPECT_EQ(ExitCodeOf(absl::OkStatus()), 0);
  const struct {
    absl::StatusCode code;
    int exit_code;
  } cases[] = {
      {absl::StatusCode::kFailedPrecondition, 1}, {absl::StatusCode::kNotFound, 1},
      {absl::StatusCode::kAlreadyExists, 1},      {absl::StatusCode::kUnimplemented, 1},
      {absl::StatusCode::kInvalidArgument, 2},    {absl::StatusCode::kOutOfRange, 2},
      {absl::StatusCode::kUnauthenticated, 3},    {absl::StatusCode::kPermissionDenied, 3},
      {absl::StatusCode::kUnavailable, 4},        {absl::StatusCode::kDeadlineExceeded, 4},
      {absl::StatusCode::kResourceExhausted, 4},  {absl::StatusCode::kAborted, 4},
      {absl::StatusCode::kInternal, 4},           {absl::StatusCode::kDataLoss, 5},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(ExitCodeOf(absl::Status(row.code, "x")), row.exit_code) << absl::StatusCodeToString(row.code);
  }
  constexpr ErrorDomain kDomain("plenary.election");
  EXPECT_EQ(
      ExitCodeOf(kDomain.Error(absl::StatusCode::kFailedPrecondition, "MANIFEST_DIFFERS", "It differs.")), 5);
}

TEST(OutputError, TakesThreeLinesAtMost) {
  std::ostringstream out, err;
  Output output(out, err, Output::Format::kPeople);
  constexpr ErrorDomain kDomain("plenary.test");
  output.Error(kDomain.BadRequest("FIELD_INVALID", {{"title", "Give a title."}, {"text", "Give a text."}}));
  EXPECT_EQ(err.str(),
            "Give a title.\n"
            "  title: Give a title.; text: Give a text.\n"
            "[FIELD_INVALID]\n");
  EXPECT_EQ(out.str(), "");
}

TEST(OutputError, IsAnObjectForPrograms) {
  std::ostringstream out, err;
  Output output(out, err, Output::Format::kJson);
  output.Error(errors::NotSignedIn());
  const auto json = Json::parse(err.str());
  EXPECT_EQ(json["error"]["code"], "UNAUTHENTICATED");
  EXPECT_EQ(json["error"]["reason"], "NOT_SIGNED_IN");
  EXPECT_EQ(json["error"]["exit_code"], 3);
  EXPECT_EQ(out.str(), "");
}

TEST(OutputDocument, KeepsTheContractsNamesAndShowsZeros) {
  committee::v1::MotionResult result;
  result.set_yes(2);
  result.set_filled_seats(5);
  const Json json = JsonOf(result);
  EXPECT_EQ(json["yes"], 2);
  EXPECT_EQ(json["filled_seats"], 5);
  EXPECT_EQ(json["no"], 0);
  EXPECT_EQ(json["carried"], false);
}

TEST(RenderProgress, DrawsTheShareThatIsDone) {
  EXPECT_EQ(RenderProgress("Uploading", 0, 10), "Uploading  [........................]    0%  0/10");
  EXPECT_EQ(RenderProgress("Uploading", 5, 10), "Uploading  [############............]   50%  5/10");
  EXPECT_EQ(RenderProgress("Uploading", 11, 10), "Uploading  [########################]  100%  10/10");
  EXPECT_EQ(RenderProgress("Listing", 240, 0), "Listing  240");
}

TEST(Progress, IsQuietUnlessItIsWanted) {
  std::ostringstream err;
  {
    Progress progress(err, Progress::Style::kNone, "Uploading", 10);
    progress.Advance(10);
  }
  EXPECT_EQ(err.str(), "");
}

TEST(Progress, WritesALineForEachTenthToALog) {
  std::ostringstream err;
  {
    Progress progress(err, Progress::Style::kLines, "Uploading", 100);
    for (int i = 0; i < 100; ++i) progress.Advance(1);
  }
  const std::string text = err.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 10);
}

TEST(Progress, LeavesNothingOnATerminal) {
  std::ostringstream err;
  {
    Progress progress(err, Progress::Style::kTerminal, "Uploading", 10);
    progress.Advance(5);
  }
  EXPECT_THAT(err.str(), HasSubstr("50%"));
  EXPECT_THAT(err.str(), ::testing::EndsWith("\r\x1b[K"));
}

TEST(ElectionFile, ReadsContestsByIdAndBodiesByTheirs) {
  ASSERT_OK_AND_ASSIGN(const auto election, ReadElectionFile(R"({
    "display_name": "Sample", "record_date": "2022-08-31", "returning_officer": "ro@society.example",
    "trustees": ["ann@society.example", "people/0abc"], "trustee_threshold": 2,
    "schedule": {"filing_opens": "2022-08-01T00:00:00Z"},
    "contests": [{"id": "board", "display_name": "Board", "body": "board", "seats": 2,
                  "method": "BLOCK_PLURALITY", "terms": [{"winners": 2, "years": 2}]}]})"));
  EXPECT_EQ(election.returning_officer(), "ro@society.example");
  EXPECT_EQ(election.trustees(0), "ann@society.example");
  EXPECT_EQ(election.trustees(1), "people/0abc");
  EXPECT_EQ(election.trustee_threshold(), 2);
  EXPECT_EQ(election.contests(0).name(), "contests/board");
  EXPECT_EQ(election.contests(0).body(), "bodies/board");
  EXPECT_EQ(election.contests(0).method(), election::v1::COUNTING_METHOD_BLOCK_PLURALITY);
  EXPECT_EQ(election.schedule().filing_opens().seconds(), 1659312000);
}

TEST(ElectionFile, ReadsAPollWithItsOptions) {
  ASSERT_OK_AND_ASSIGN(const auto election, ReadElectionFile(R"({
    "display_name": "Logo", "contests": [{"id": "logo", "display_name": "Logo", "seats": 1, "method": "schulze",
      "min_marks": 2, "max_marks": 3, "none_of_these": true,
      "options": [{"id": "swirl", "display_name": "Swirl", "picture_uri": "https://logo.example/swirl.png"},
                  {"id": "ants", "display_name": "Ants"}]}]})"));
  const auto& contest = election.contests(0);
  EXPECT_EQ(contest.body(), "");
  EXPECT_EQ(contest.method(), election::v1::COUNTING_METHOD_SCHULZE);
  EXPECT_EQ(contest.min_marks(), 2);
  EXPECT_EQ(contest.max_marks(), 3);
  EXPECT_TRUE(contest.none_of_these());
  ASSERT_EQ(contest.options_size(), 2);
  EXPECT_EQ(contest.options(0).name(), "options/swirl");
  EXPECT_EQ(contest.options(0).picture_uri(), "https://logo.example/swirl.png");
  EXPECT_EQ(contest.options(1).display_name(), "Ants");
}

TEST(ElectionFile, TakesAMethodByItsWordAndByItsName) {
  const auto method = [](const std::string& text) {
    return ReadElectionFile(R"({"contests": [{"id": "a", "max_score": 5, "method": )" + text + "}]}")
        ->contests(0)
        .method();
  };
  EXPECT_EQ(method(R"("scottish-stv")"), election::v1::COUNTING_METHOD_SCOTTISH_STV);
  EXPECT_EQ(method(R"("SCOTTISH_STV")"), election::v1::COUNTING_METHOD_SCOTTISH_STV);
  EXPECT_EQ(method(R"("COUNTING_METHOD_SCOTTISH_STV")"), election::v1::COUNTING_METHOD_SCOTTISH_STV);
  EXPECT_EQ(method(R"("irv")"), election::v1::COUNTING_METHOD_INSTANT_RUNOFF);
  const auto none = ReadElectionFile(R"({"contests": [{"id": "a"}]})");
  EXPECT_EQ(none->contests(0).method(), election::v1::COUNTING_METHOD_BLOCK_PLURALITY);
}

TEST(ElectionFile, NamesWhatIsWrong) {
  for (const char* bad :
       {"", "[]", R"({"contests": {}})", R"({"contests": [{"seats": 1}]})",
        R"({"contests": [], "colour": "blue"})", R"({"contests": [{"id": "a", "method": "borda"}]})",
        R"({"contests": [{"id": "a", "method": 5}]})",
        R"({"contests": [{"id": "a", "method": "UNSPECIFIED"}]})",
        R"({"contests": [{"id": "a", "options": {}}]})",
        R"({"contests": [{"id": "a", "options": [{"display_name": "Ants"}]}]})"}) {
    EXPECT_THAT(ReadElectionFile(bad), IsError(absl::StatusCode::kInvalidArgument, "INPUT_INVALID")) << bad;
  }
}

TEST(Session, IsKeptInAFileThatOnlyItsOwnerReads) {
  Terminal terminal;
  const std::string path = SessionPath("", terminal.surroundings());
  EXPECT_EQ(path, terminal.folder() / "state/plenary/session.json");
  const Session session{{{"membership", "token"}},
                        *ParseInstant("2022-08-03T09:00:00Z"),
                        "people/a",
                        "Ada",
                        "ada@solo.example",
                        {"member"}};
  ASSERT_OK(SaveSession(path, session));
  struct stat file {};
  ASSERT_EQ(::stat(path.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600);
  ASSERT_OK_AND_ASSIGN(const auto loaded, LoadSession(path));
  ASSERT_TRUE(loaded.has_value());
  EXPECT_EQ(loaded->TokenFor("membership"), "token");
  EXPECT_EQ(loaded->TokenFor("election"), "");
  EXPECT_EQ(loaded->expire_time, session.expire_time);
  EXPECT_THAT(loaded->roles, ElementsAre("member"));
  ASSERT_OK_AND_ASSIGN(const bool removed, RemoveSession(path));
  EXPECT_TRUE(removed);
  ASSERT_OK_AND_ASSIGN(const auto gone, LoadSession(path));
  EXPECT_FALSE(gone.has_value());
}

TEST(Session, IsNamedByFlagThenEnvironment) {
  Terminal terminal;
  terminal.environment["PLENARY_SESSION"] = "from-environment";
  EXPECT_EQ(SessionPath("from-flag", terminal.surroundings()), "from-flag");
  EXPECT_EQ(SessionPath("", terminal.surroundings()), "from-environment");
}

TEST(Session, RefusesAFileThatHoldsNone) {
  Terminal terminal;
  const std::string path = terminal.folder() / "session.json";
  ASSERT_OK(WriteSecretFile(path, "{}"));
  EXPECT_THAT(LoadSession(path), IsError(absl::StatusCode::kInvalidArgument, "INPUT_INVALID"));
}

}  // namespace
}  // namespace plenary::cli
