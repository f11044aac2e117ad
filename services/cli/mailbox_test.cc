#include "services/cli/mailbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/testing/status_matchers.h"

namespace plenary::cli {
namespace {

class MailboxTest : public ::testing::Test {
 protected:
  MailboxTest() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_ + "/new");
    std::filesystem::create_directories(folder_ + "/cur");
  }
  ~MailboxTest() override { std::filesystem::remove_all(folder_); }

  void Keep(const std::string& file, const std::string& to, const std::string& text) {
    const auto bytes = mail::Compose({.from = "office@society.example",
                                      .from_name = "",
                                      .to = to,
                                      .subject = text.substr(0, text.find('\n')),
                                      .text = text,
                                      .html = "",
                                      .message_id = "1@society.example",
                                      .date = absl::UnixEpoch()});
    std::ofstream(folder_ + "/" + file, std::ios::binary) << "X-RcptTo: " << to << "\n" << bytes.value();
  }
  std::vector<std::string> Subjects(const std::string& to = "") {
    std::vector<std::string> subjects;
    const auto all = ReadMailbox(folder_, to);
    for (const CaughtMail& caught : all.value()) {
      subjects.push_back(std::to_string(caught.number) + " " + caught.mail.subject);
    }
    return subjects;
  }

  const std::string folder_ = ::testing::TempDir() + "plenary-mailbox";
};

TEST_F(MailboxTest, ReadsInTheOrderOfArrival) {
  Keep("new/1669089600.M999P1Q1.host", "ann@example.org", "first\n");
  Keep("new/1669089600.M100000P1Q2.host", "bob@example.org", "second\n");
  Keep("cur/1669089601.M5P1Q10.host:2,S", "Ann@example.org", "third\n");
  std::ofstream(folder_ + "/new/1669089602.M5P1Q11.host") << "no mail of ours";
  Keep("new/1669089603.M5P1Q12.host", "ann@example.org", "fifth\n");
  EXPECT_THAT(Subjects(), ::testing::ElementsAre("1 first", "2 second", "3 third", "5 fifth"));
  EXPECT_THAT(Subjects("ANN@example.org"), ::testing::ElementsAre("1 first", "3 third", "5 fifth"));
}

TEST_F(MailboxTest, AFolderThatIsNotThereIsEmpty) {
  EXPECT_TRUE(ReadMailbox(folder_ + "/none", "").value().empty());
}

TEST(CodeIn, StandsOnALineOfItsOwn) {
  mail::ReadMail mail;
  for (const auto& [text, code] :
       std::vector<std::pair<std::string, std::string>>{{"Hello,\n\nCode: AB12-CD34\n\nBye.\n", "AB12-CD34"},
                                                        {"Code: first\nCode: second\n", "first"},
                                                        {"Code: unfinished", "unfinished"},
                                                        {"The Code: no\n", ""},
                                                        {"", ""}}) {
    mail.text = text;
    EXPECT_EQ(CodeIn(mail), code) << text;
  }
}

}  // namespace
}  // namespace plenary::cli
