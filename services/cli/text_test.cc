// The small parts: words, names, exit codes, output, progress, marks, files.
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
#include "services/cli/marks.h"
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
using ::testing::IsEmpty;

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

TEST(ParseMark, SplitsContestAndNames) {
  ASSERT_OK_AND_ASSIGN(const ContestMarks two, ParseMark(" board = Ada Demo ; Bo O'Sample;"));
  EXPECT_EQ(two, (ContestMarks{"board", {"Ada Demo", "Bo O'Sample"}}));
  ASSERT_OK_AND_ASSIGN(const ContestMarks blank, ParseMark("board="));
  EXPECT_THAT(blank.options, IsEmpty());
  EXPECT_THAT(ParseMark("board"), IsError(absl::StatusCode::kInvalidArgument, "WRONG_USAGE"));
  EXPECT_THAT(ParseMark("=Ada"), IsError(absl::StatusCode::kInvalidArgument, "WRONG_USAGE"));
}

TEST(ParseChoicesFile, ReadsAListAContest) {
  ASSERT_OK_AND_ASSIGN(const auto choices, ParseChoicesFile(R"({"board": ["Ada"], "finance": []})"));
  EXPECT_THAT(choices, ElementsAre(ContestMarks{"board", {"Ada"}}, ContestMarks{"finance", {}}));
  for (const char* bad : {"", "[]", R"({"board": "Ada"})", R"({"board": [1]})"}) {
    EXPECT_THAT(ParseChoicesFile(bad), IsError(absl::StatusCode::kInvalidArgument, "INPUT_INVALID")) << bad;
  }
}

election::v1::Manifest SampleManifest() {
  election::v1::Manifest manifest;
  const auto contest = [&](const std::string& id, const std::string& name,
                           const std::vector<std::string>& options) {
    auto& added = *manifest.add_contests();
    added.set_name("elections/e/contests/" + id);
    added.set_display_name(name);
    added.set_min_marks(1);
    added.set_max_marks(2);
    for (const std::string& option : options) {
      auto& one = *added.add_options();
      one.set_candidacy("elections/e/candidacies/" + id + std::to_string(added.options_size()));
      one.set_display_name(option);
    }
  };
  contest("board", "Board of Directors", {"Ada", "Bo", "Cy"});
  contest("finance", "Finance Committee", {"Ada", "Dee", "Dee"});
  return manifest;
}

TEST(ResolveMarks, FindsCandidaciesByNameInTheOrderOfTheBallot) {
  ASSERT_OK_AND_ASSIGN(const auto marked, ResolveMarks(SampleManifest(), {{"Finance Committee", {"Ada"}},
                                                                          {"board", {"Bo"}},
                                                                          {"board", {"board3"}}}));
  EXPECT_THAT(marked,
              ElementsAre(ElementsAre("elections/e/candidacies/board2", "elections/e/candidacies/board3"),
                          ElementsAre("elections/e/candidacies/finance1")));
  ASSERT_OK_AND_ASSIGN(const auto blank, ResolveMarks(SampleManifest(), {}));
  EXPECT_THAT(blank, ElementsAre(IsEmpty(), IsEmpty()));
}

TEST(ResolveMarks, RefusesWhatTheBallotDoesNotHave) {
  const struct {
    const char* sentence;
    std::vector<ContestMarks> marks;
  } cases[] = {
      {"an unknown contest", {{"marketing", {"Ada"}}}},
      {"an unknown name", {{"board", {"Dee"}}}},
      {"a name that two candidates have", {{"finance", {"Dee"}}}},
      {"one candidate twice", {{"board", {"Ada"}}, {"board", {"board1"}}}},
      {"more marks than the contest takes", {{"board", {"Ada", "Bo", "Cy"}}}},
  };
  for (const auto& row : cases) {
    EXPECT_THAT(ResolveMarks(SampleManifest(), row.marks),
                IsError(absl::StatusCode::kInvalidArgument, "INPUT_INVALID"))
        << row.sentence;
  }
}

TEST(ElectionFile, ReadsContestsByIdAndBodiesByTheirs) {
  ASSERT_OK_AND_ASSIGN(const auto election, ReadElectionFile(R"({
    "display_name": "Sample", "record_date": "2022-08-31", "returning_officer": "ro@society.example",
    "schedule": {"filing_opens": "2022-08-01T00:00:00Z"},
    "contests": [{"id": "board", "display_name": "Board", "body": "board", "seats": 2,
                  "method": "BLOCK_PLURALITY", "terms": [{"winners": 2, "years": 2}]}]})"));
  EXPECT_EQ(election.returning_officer(), "ro@society.example");
  EXPECT_EQ(election.contests(0).name(), "contests/board");
  EXPECT_EQ(election.contests(0).body(), "bodies/board");
  EXPECT_EQ(election.contests(0).method(), election::v1::COUNTING_METHOD_BLOCK_PLURALITY);
  EXPECT_EQ(election.schedule().filing_opens().seconds(), 1659312000);
}

TEST(ElectionFile, NamesWhatIsWrong) {
  for (const char* bad : {"", "[]", R"({"contests": {}})", R"({"contests": [{"seats": 1}]})",
                          R"({"contests": [], "colour": "blue"})"}) {
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
