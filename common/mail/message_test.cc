#include "common/mail/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <sstream>

#include "common/testing/status_matchers.h"

namespace plenary::mail {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::IsError;
using ::testing::Not;

Message Sample() {
  return {.from = "office@society.example",
          .from_name = "The Society",
          .to = "ann@example.org",
          .subject = "Your membership",
          .text = "Dear Ann,\n\nall is well.\n",
          .html = "<p>Dear Ann,</p>\n<p>all is well.</p>\n",
          .message_id = "n1.0@society.example",
          .date = absl::FromUnixSeconds(1'661'342'400)};
}

TEST(Compose, WritesTheHeadersAndBothParts) {
  ASSERT_OK_AND_ASSIGN(const std::string bytes, Compose(Sample()));
  EXPECT_THAT(bytes, HasSubstr("From: \"The Society\" <office@society.example>\r\n"));
  EXPECT_THAT(bytes, HasSubstr("To: ann@example.org\r\n"));
  EXPECT_THAT(bytes, HasSubstr("Subject: Your membership\r\n"));
  EXPECT_THAT(bytes, HasSubstr("Date: Wed, 24 Aug 2022 12:00:00 +0000\r\n"));
  EXPECT_THAT(bytes, HasSubstr("Message-ID: <n1.0@society.example>\r\n"));
  EXPECT_THAT(bytes, HasSubstr("Auto-Submitted: auto-generated\r\n"));
  EXPECT_THAT(bytes, HasSubstr("Content-Type: multipart/alternative; boundary=\"=_"));
  EXPECT_LT(bytes.find("text/plain"), bytes.find("text/html"))
      << "the preferred part comes last (RFC 2046 5.1.4)";
  EXPECT_THAT(bytes, EndsWith("--\r\n"));
}

TEST(Compose, GivesTheSameMessageTheSameBytes) {
  EXPECT_EQ(Compose(Sample()).value(), Compose(Sample()).value());
}

TEST(Compose, SendsTextAloneWithoutHtml) {
  Message message = Sample();
  message.html.clear();
  ASSERT_OK_AND_ASSIGN(const std::string bytes, Compose(message));
  EXPECT_THAT(bytes, Not(HasSubstr("multipart")));
  EXPECT_EQ(Read(bytes).value().text, message.text);
}

TEST(Compose, ReadsBackWhateverPeopleAreCalled) {
  const std::string long_line(3'000, 'x');
  for (const std::string& text :
       {std::string("plain"), std::string("Žofie Łącka, 株式会社 テスト"), std::string("=?UTF-8?B?SGk=?="),
        std::string("\"quoted\" \\ and <b> & =3D. "),
        std::string("tab\tend \nnext \n.\n..\nFrom here\n") + long_line, long_line + " " + long_line,
        std::string("Grüße 😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀")}) {
    Message message = Sample();
    message.text = text + "\n";
    message.html = "<p>" + text + "</p>\n";
    const std::string line = text.substr(0, text.find_first_of("\n\t"));
    message.subject = line;
    message.from_name = line;
    ASSERT_OK_AND_ASSIGN(const std::string bytes, Compose(message));
    std::istringstream lines(bytes);
    for (std::string each; std::getline(lines, each, '\n');) {
      EXPECT_LE(each.size(), 200u) << each;
      EXPECT_THAT(each, EndsWith("\r")) << each;
    }
    for (const char byte : bytes) EXPECT_GE(byte, 0) << "seven bits";
    ASSERT_OK_AND_ASSIGN(const ReadMail mail, Read(bytes));
    EXPECT_EQ(mail.subject, line);
    EXPECT_THAT(mail.from, HasSubstr("<office@society.example>"));
    EXPECT_EQ(mail.text, message.text);
    EXPECT_EQ(mail.html, message.html);
    EXPECT_EQ(mail.message_id, "<n1.0@society.example>");
  }
}

TEST(Compose, RefusesWhatCouldBreakOutOfAHeader) {
  const std::vector<std::function<void(Message&)>> attacks = {
      [](Message& m) { m.subject = "Hello\r\nBcc: all@example.org"; },
      [](Message& m) { m.subject = "Hello\nBcc: all@example.org"; },
      [](Message& m) { m.subject = std::string("nul\0", 4); },
      [](Message& m) { m.subject = "not UTF-8 \xff"; },
      [](Message& m) { m.from_name = "The\r\nSociety"; },
      [](Message& m) { m.to = "ann@example.org\r\nBcc: all@example.org"; },
      [](Message& m) { m.to = "ann@example.org>,<all@example.org"; },
      [](Message& m) { m.to = "ann@example.org, all@example.org"; },
      [](Message& m) { m.to = "ann"; },
      [](Message& m) { m.to = std::string(250, 'a') + "@example.org"; },
      [](Message& m) { m.from = ""; },
      [](Message& m) { m.message_id = "1@a> <2@b"; },
      [](Message& m) { m.text = "not UTF-8 \xc3"; },
  };
  for (std::size_t i = 0; i < attacks.size(); ++i) {
    Message message = Sample();
    attacks[i](message);
    EXPECT_THAT(Compose(message), IsError(absl::StatusCode::kInvalidArgument, "MESSAGE_INVALID")) << i;
  }
}

TEST(Read, LeavesWhatServersAddedAside) {
  const std::string bytes =
      "X-Peer: ('127.0.0.1', 5)\r\nReceived: from here\r\n by there\r\n" + Compose(Sample()).value();
  EXPECT_EQ(Read(bytes).value().subject, "Your membership");
}

TEST(Read, RefusesWhatIsNoMessage) {
  for (const char* bytes : {"", "no headers at all", "Subject: alone\n\ntext"}) {
    EXPECT_THAT(Read(bytes), IsError(absl::StatusCode::kInvalidArgument, "MESSAGE_INVALID"));
  }
}

}  // namespace
}  // namespace plenary::mail
