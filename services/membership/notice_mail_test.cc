#include "services/membership/notice_mail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "common/testing/mariadb.h"
#include "common/testing/status_matchers.h"

namespace plenary::membership {
namespace {

using testing::IsError;

class NoticeMailTest : public ::testing::Test {
 protected:
  static MailFlags Good() {
    return {.smtp_url = "smtp://127.0.0.1:9",
            .mail_from = "office@society.example",
            .mail_name = "The Society",
            .public_url = "https://society.example",
            .template_dir = PLENARY_MEMBERSHIP_TEMPLATE_DIR};
  }
  absl::StatusOr<std::shared_ptr<NoticeMail>> Start(const MailFlags& flags) {
    return NoticeMail::Start(flags, database_.pool(), clock_);
  }

  testing::TestDatabase database_{
      {testing::CommonMigrations(), testing::MigrationsOf("membership", "services/membership/schema")}};
  FakeClock clock_{absl::UnixEpoch()};
};

TEST_F(NoticeMailTest, StartsWithoutAMailServer) {
  ASSERT_OK_AND_ASSIGN(const auto mail, Start({.template_dir = PLENARY_MEMBERSHIP_TEMPLATE_DIR}));
  EXPECT_EQ(mail->domain(), "");
}

TEST_F(NoticeMailTest, StartsWithAllOfIt) {
  ASSERT_OK_AND_ASSIGN(const auto mail, Start(Good()));
  EXPECT_EQ(mail->domain(), "society.example");
  mail->Stop();
}

TEST_F(NoticeMailTest, RefusesFlagsThatDoNotGoTogether) {
  const std::string empty = ::testing::TempDir() + "plenary-empty-password";
  std::ofstream(empty) << "\n";
  const std::vector<std::pair<const char*, std::function<void(MailFlags&)>>> cases = {
      {"MAIL_FLAG_INVALID", [](MailFlags& f) { f.mail_from = ""; }},
      {"MAIL_FLAG_INVALID", [](MailFlags& f) { f.mail_from = "office"; }},
      {"MAIL_FLAG_INVALID", [](MailFlags& f) { f.public_url = ""; }},
      {"MAIL_FLAG_INVALID", [](MailFlags& f) { f.public_url = "http://society.example"; }},
      {"MAIL_FLAG_INVALID", [](MailFlags& f) { f.public_url = "https://society.example/"; }},
      {"MAIL_FLAG_INVALID", [](MailFlags& f) { f.smtp_user = "society"; }},
      {"MAIL_FLAG_INVALID",
       [&](MailFlags& f) {
         f.smtp_user = "society";
         f.smtp_password_file = empty;
       }},
      {"SMTP_URL_INVALID", [](MailFlags& f) { f.smtp_url = "mail.example.org"; }},
  };
  for (const auto& [reason, change] : cases) {
    MailFlags flags = Good();
    change(flags);
    EXPECT_THAT(Start(flags), IsError(absl::StatusCode::kInvalidArgument, reason));
  }
}

TEST_F(NoticeMailTest, RefusesAFolderWithoutTemplates) {
  EXPECT_THAT(Start({.template_dir = "/nowhere"}),
              IsError(absl::StatusCode::kFailedPrecondition, "NOTICE_TEMPLATE_INVALID"));
}

}  // namespace
}  // namespace plenary::membership
