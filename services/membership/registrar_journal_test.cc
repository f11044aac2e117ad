#include "services/membership/registrar_journal.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "services/membership/testing_membership.h"

namespace plenary::membership {
namespace {

using testing::IsError;

JournalLine Line(char letter) {
  return {"e", "companies/" + std::string(26, letter), std::string(32, letter)};
}

class RegistrarJournalTest : public ::testing::Test {
 protected:
  std::string Content() {
    std::stringstream content;
    content << std::ifstream(path_).rdbuf();
    return content.str();
  }
  void Write(const std::string& content) { std::ofstream(path_) << content; }

  TemporaryFolder folder_;
  const std::string path_ = folder_.Path("journal");
};

TEST_F(RegistrarJournalTest, KeepsEachLineOnce) {
  {
    ASSERT_OK_AND_ASSIGN(const auto journal, RegistrarJournal::Open(path_));
    EXPECT_OK(journal->Append(Line('a')));
    EXPECT_OK(journal->Append(Line('b')));
    EXPECT_OK(journal->Append(Line('a')));
  }
  ASSERT_OK_AND_ASSIGN(const auto journal, RegistrarJournal::Open(path_));
  EXPECT_EQ(journal->Lines(), (std::set<JournalLine>{Line('a'), Line('b')}));
  EXPECT_EQ(
      Content().substr(0, Content().find('\n')), "elections/e companies/" + std::string(26, 'a') + " " + [] {
        std::string hex;
        for (int i = 0; i < 32; ++i) hex += "61";
        return hex;
      }());
}

TEST_F(RegistrarJournalTest, TakesNoSecondMessageOfAUnitAndNothingAfterIt) {
  ASSERT_OK_AND_ASSIGN(const auto journal, RegistrarJournal::Open(path_));
  ASSERT_OK(journal->Append(Line('a')));
  JournalLine other = Line('a');
  other.sha256 = std::string(32, 'z');
  const std::string before = Content();
  EXPECT_THAT(journal->Append(other), IsError(absl::StatusCode::kAlreadyExists, "CREDENTIAL_ALREADY_ISSUED"));
  EXPECT_THAT(journal->Append(Line('b')), IsError(absl::StatusCode::kUnavailable, "JOURNAL_BROKEN"));
  EXPECT_EQ(Content(), before);
}

TEST_F(RegistrarJournalTest, AnswersEachOfManyLines) {
  JournalLine other = Line('b');
  other.sha256 = std::string(32, 'z');
  {
    ASSERT_OK_AND_ASSIGN(const auto journal, RegistrarJournal::Open(path_));
    ASSERT_OK(journal->Append(Line('a')));
    const auto answers = journal->AppendAll({Line('c'), Line('a'), Line('b'), Line('b'), other, Line('d')});
    ASSERT_EQ(answers.size(), 6u);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_OK(answers[i]) << i;
    EXPECT_THAT(answers[4], IsError(absl::StatusCode::kAlreadyExists, "CREDENTIAL_ALREADY_ISSUED"));
    EXPECT_THAT(answers[5], IsError(absl::StatusCode::kUnavailable, "JOURNAL_BROKEN"));
    EXPECT_TRUE(journal->AppendAll({}).empty());
  }
  ASSERT_OK_AND_ASSIGN(const auto journal, RegistrarJournal::Open(path_));
  EXPECT_EQ(journal->Lines(), (std::set<JournalLine>{Line('a'), Line('b'), Line('c')}));
}

TEST_F(RegistrarJournalTest, TakesAUnitOnceAnElection) {
  ASSERT_OK_AND_ASSIGN(const auto journal, RegistrarJournal::Open(path_));
  JournalLine later = Line('a');
  later.election = "later";
  later.sha256 = std::string(32, 'z');
  EXPECT_OK(journal->Append(Line('a')));
  EXPECT_OK(journal->Append(later));
}

TEST_F(RegistrarJournalTest, KeepsPeopleBesideCompanies) {
  const JournalLine person{"e", "people/" + std::string(26, 'a'), std::string(32, 'a')};
  {
    ASSERT_OK_AND_ASSIGN(const auto journal, RegistrarJournal::Open(path_));
    EXPECT_OK(journal->Append(person));
    EXPECT_OK(journal->Append(Line('a')));
  }
  ASSERT_OK_AND_ASSIGN(const auto journal, RegistrarJournal::Open(path_));
  EXPECT_EQ(journal->Lines(), (std::set<JournalLine>{Line('a'), person}));
}

TEST_F(RegistrarJournalTest, CutsOffALineThatWasNeverFinished) {
  {
    ASSERT_OK_AND_ASSIGN(const auto journal, RegistrarJournal::Open(path_));
    EXPECT_OK(journal->Append(Line('a')));
  }
  const std::string whole = Content();
  Write(whole + "elections/e compa");
  ASSERT_OK_AND_ASSIGN(const auto journal, RegistrarJournal::Open(path_));
  EXPECT_EQ(journal->Lines().size(), 1u);
  EXPECT_EQ(Content(), whole);
  EXPECT_OK(journal->Append(Line('b')));
  EXPECT_EQ(Content().size(), 2 * whole.size());
}

// What was read may be in memory only, and after an fsync that failed another one does not tell.
TEST_F(RegistrarJournalTest, WritesAgainWhatItReadInTheSameFile) {
  std::string content;
  for (const char letter : {'a', 'b'}) {
    ASSERT_OK_AND_ASSIGN(const auto journal, RegistrarJournal::Open(path_));
    EXPECT_OK(journal->Append(Line(letter)));
    content = Content();
  }
  const std::string link = folder_.Path("link");
  std::filesystem::create_symlink(path_, link);
  const auto long_ago = std::filesystem::file_time_type::clock::now() - std::chrono::hours(24);
  std::filesystem::last_write_time(path_, long_ago);
  ASSERT_OK_AND_ASSIGN(const auto journal, RegistrarJournal::Open(link));
  EXPECT_GT(std::filesystem::last_write_time(path_), long_ago + std::chrono::hours(1)) << "only read";
  EXPECT_EQ(Content(), content);
  EXPECT_OK(journal->Append(Line('c')));
  EXPECT_EQ(Content().substr(0, content.size()), content);
  EXPECT_EQ(Content().size(), content.size() * 3 / 2);
}

TEST_F(RegistrarJournalTest, RefusesAFileThatIsNoJournal) {
  for (const char* content : {"hello\n", "\n", "elections/e companies/c 00\n", "elections/e seats/c 00\n",
                              "elections/e companies/c zz\n"}) {
    Write(content);
    EXPECT_THAT(RegistrarJournal::Open(path_),
                IsError(absl::StatusCode::kFailedPrecondition, "JOURNAL_UNUSABLE"));
  }
}

TEST_F(RegistrarJournalTest, RefusesAFolderThatIsNotThereAndAFileInUse) {
  EXPECT_THAT(RegistrarJournal::Open(folder_.Path("none/journal")),
              IsError(absl::StatusCode::kFailedPrecondition, "JOURNAL_UNUSABLE"));
  ASSERT_OK_AND_ASSIGN(const auto journal, RegistrarJournal::Open(path_));
  EXPECT_THAT(RegistrarJournal::Open(path_),
              IsError(absl::StatusCode::kFailedPrecondition, "JOURNAL_UNUSABLE"));
}

TEST_F(RegistrarJournalTest, TakesNoLineAfterItCouldNotBeWritten) {
  ASSERT_OK_AND_ASSIGN(const auto journal, RegistrarJournal::Open(path_));
  ASSERT_OK(journal->Append(Line('a')));
  // The disk is full after half a line more.
  const auto before = std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &limit), 0);
  rlimit full = limit;
  full.rlim_cur = Content().size() * 3 / 2;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &full), 0);
  // What is on the disk already is; of the others one cannot tell.
  const auto answers = journal->AppendAll({Line('a'), Line('b'), Line('c')});
  EXPECT_OK(answers[0]);
  EXPECT_THAT(answers[1], IsError(absl::StatusCode::kUnavailable, "JOURNAL_BROKEN"));
  EXPECT_THAT(answers[2], IsError(absl::StatusCode::kUnavailable, "JOURNAL_BROKEN"));
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  std::signal(SIGXFSZ, before);
  EXPECT_THAT(journal->Append(Line('b')), IsError(absl::StatusCode::kUnavailable, "JOURNAL_BROKEN"))
      << "nobody knows what the disk holds now";
}

TEST_F(RegistrarJournalTest, KeepsTheLinesOfManyThreadsWhole) {
  {
    ASSERT_OK_AND_ASSIGN(const auto journal, RegistrarJournal::Open(path_));
    std::vector<std::thread> threads;
    for (char company = 'a'; company <= 'h'; ++company) {
      threads.emplace_back([&, company] { EXPECT_OK(journal->Append(Line(company))); });
    }
    for (std::thread& thread : threads) thread.join();
  }
  ASSERT_OK_AND_ASSIGN(const auto journal, RegistrarJournal::Open(path_));
  EXPECT_EQ(journal->Lines().size(), 8u);
}

}  // namespace
}  // namespace plenary::membership
