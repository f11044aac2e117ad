#include "services/membership/notice_sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <thread>

#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/mail/message.h"
#include "common/mail/smtp.h"
#include "common/status/macros.h"
#include "common/testing/mariadb.h"
#include "common/testing/smtp_server.h"
#include "common/testing/status_matchers.h"
#include "fmt/format.h"
#include "services/membership/limits_notices.h"
#include "services/membership/store/notices.h"

namespace plenary::membership {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Outcome = mail::Delivery::Outcome;

constexpr char kCode[] = "AB12-CD34";

absl::Time Soon() { return absl::Now() + absl::Seconds(30); }

// Keeps what it is given and answers what it is told to.
class FakeTransport final : public mail::Transport {
 public:
  mail::Delivery Deliver(const mail::Envelope& envelope) override {
    const std::lock_guard lock(mutex_);
    taken.push_back(envelope.bytes);
    tried.push_back(envelope.to);
    return answer(envelope);
  }
  std::vector<mail::ReadMail> Read() const {
    std::vector<mail::ReadMail> mails;
    for (const std::string& bytes : taken) mails.push_back(mail::Read(bytes).value());
    return mails;
  }

  std::function<mail::Delivery(const mail::Envelope&)> answer = [](const mail::Envelope&) {
    return mail::Delivery{Outcome::kAccepted, "250 OK"};
  };
  std::vector<std::string> taken;
  std::vector<std::string> tried;

 private:
  std::mutex mutex_;
};

class NoticeSenderTest : public ::testing::Test {
 protected:
  store::Notice Renewed(const std::string& event, const std::string& address = "ann@example.org") {
    return {.event = event,
            .template_name = "renewed",
            .person = "",
            .address = address,
            .values = {{"full_name", "Ann"}, {"category", "Professional"}, {"ends_on", "2023-08-24"}}};
  }
  store::Notice Confirm(const std::string& event) {
    return {.event = event,
            .template_name = "contact-confirm",
            .person = "",
            .address = "ann@example.org",
            .values = {{"code", kCode}, {"expires", "12:10"}},
            .not_after = clock_.Now() + absl::Minutes(10)};
  }
  absl::StatusOr<bool> Enqueue(const store::Notice& notice) {
    return db::Transact(database_.pool(), Soon(), [&](db::Transaction& transaction) {
      return store::EnqueueNotice(transaction, ids_, notice, clock_.Now());
    });
  }
  void MustEnqueue(const store::Notice& notice) {
    ASSERT_OK_AND_ASSIGN(const bool queued, Enqueue(notice));
    ASSERT_TRUE(queued);
  }
  NoticeSender With(mail::Transport* transport, NoticeSender::Options options = {}) {
    return NoticeSender(database_.pool(), clock_, library_, transport,
                        {"office@society.example", "The Society"}, options);
  }
  std::string State(const std::string& event) {
    return database_.One("SELECT state FROM notices WHERE event = '" + event + "'");
  }
  std::string Field(const std::string& field, const std::string& event) {
    return database_.One("SELECT " + field + " FROM notices WHERE event = '" + event + "'");
  }
  void MakeDue() { database_.Run("UPDATE notices SET retry_at = 0"); }

  testing::TestDatabase database_{
      {testing::CommonMigrations(), testing::MigrationsOf("membership", "services/membership/schema")}};
  FakeClock clock_{absl::FromUnixSeconds(1'661'342'400)};
  RandomIds ids_;
  NoticeLibrary library_ =
      NoticeLibrary::Load(PLENARY_MEMBERSHIP_TEMPLATE_DIR, "https://society.example").value();
  FakeTransport transport_;
};

TEST_F(NoticeSenderTest, SendsANoticeOnceInWords) {
  MustEnqueue(Renewed("renewed/1"));
  NoticeSender sender = With(&transport_);
  EXPECT_EQ(sender.SendDue().value(), 1);
  EXPECT_EQ(sender.SendDue().value(), 0);
  ASSERT_EQ(transport_.taken.size(), 1u);
  const mail::ReadMail mail = transport_.Read().at(0);
  EXPECT_EQ(mail.to, "ann@example.org");
  EXPECT_EQ(mail.subject, "Thank you: your membership runs until 2023-08-24");
  EXPECT_THAT(mail.text, HasSubstr("https://society.example/me"));
  EXPECT_EQ(mail.message_id, "<" + Field("id", "renewed/1") + ".0@society.example>");
  EXPECT_EQ(State("renewed/1"), "SENT");
  EXPECT_THAT(Field("template_values", "renewed/1"), HasSubstr("2023-08-24"))
      << "what was said stays on record";
}

TEST_F(NoticeSenderTest, AnEventHasOneNoticeForEver) {
  MustEnqueue(Renewed("renewed/1"));
  EXPECT_FALSE(Enqueue(Renewed("renewed/1", "other@example.org")).value());
  NoticeSender sender = With(&transport_);
  ASSERT_OK(sender.SendDue());
  EXPECT_FALSE(Enqueue(Renewed("renewed/1")).value());
  ASSERT_OK(sender.SendDue());
  EXPECT_THAT(transport_.tried, ElementsAre("ann@example.org"));
}

TEST_F(NoticeSenderTest, SixteenThreadsMakeOneNoticeOfOneEvent) {
  std::atomic<int> queued = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      if (Enqueue(Renewed("renewed/1")).value()) ++queued;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(queued, 1);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM notices"), "1");
}

// What the key is for: without it the same race leaves many.
TEST_F(NoticeSenderTest, WithoutItsKeyAnEventHasMany) {
  database_.Run("ALTER TABLE notices DROP KEY one_notice_an_event");
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) threads.emplace_back([&] { Enqueue(Renewed("renewed/1")).IgnoreError(); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM notices"), "16");
}

TEST_F(NoticeSenderTest, ADecisionThatIsUndoneTellsNobody) {
  EXPECT_THAT(db::Transact(
                  database_.pool(), Soon(),
                  [&](db::Transaction& transaction) -> absl::Status {
                    RETURN_IF_ERROR(
                        store::EnqueueNotice(transaction, ids_, Renewed("renewed/1"), clock_.Now()).status());
                    return absl::FailedPreconditionError("no");
                  }),
              testing::StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM notices"), "0");
}

TEST_F(NoticeSenderTest, RefusesToQueueWhatItCouldNotSay) {
  store::Notice notice = Renewed("renewed/1");
  notice.values.erase("category");
  EXPECT_THAT(Enqueue(notice), testing::StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(Enqueue(Renewed("")), testing::StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(Enqueue(Renewed(std::string(256, 'e'))), testing::StatusIs(absl::StatusCode::kInternal));
  EXPECT_TRUE(Enqueue(Renewed(std::string(255, 'e'))).value());
}

TEST_F(NoticeSenderTest, ASecretIsGoneOnceItIsSent) {
  MustEnqueue(Confirm("confirm/1"));
  NoticeSender sender = With(&transport_);
  ASSERT_OK(sender.SendDue());
  EXPECT_THAT(transport_.Read().at(0).text, HasSubstr(kCode));
  EXPECT_EQ(Field("template_values", "confirm/1"), "{}");
}

TEST_F(NoticeSenderTest, WhoWaitsForACodeGoesBeforeAThousandRenewals) {
  for (int i = 0; i < 3; ++i) MustEnqueue(Renewed(fmt::format("renewed/{}", i)));
  MustEnqueue(Confirm("confirm/1"));
  NoticeSender sender = With(&transport_);
  ASSERT_OK(sender.SendDue());
  EXPECT_EQ(transport_.Read().at(0).subject, "Please confirm that you want our mail");
}

TEST_F(NoticeSenderTest, WhatIsOutOfDateIsNotSent) {
  MustEnqueue(Confirm("confirm/1"));
  MustEnqueue(Renewed("renewed/1"));
  clock_.Advance(absl::Minutes(10) + absl::Microseconds(1));
  NoticeSender sender = With(&transport_);
  EXPECT_EQ(sender.SendDue().value(), 1);
  EXPECT_EQ(State("confirm/1"), "EXPIRED");
  EXPECT_EQ(Field("template_values", "confirm/1"), "{}");
  EXPECT_EQ(State("renewed/1"), "SENT");
}

TEST_F(NoticeSenderTest, WithoutAServerNoticesWaitAndSecretsStillEnd) {
  MustEnqueue(Confirm("confirm/1"));
  MustEnqueue(Renewed("renewed/1"));
  NoticeSender sender = With(nullptr);
  EXPECT_EQ(sender.SendDue().value(), 0);
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(sender.SendDue().value(), 0);
  EXPECT_EQ(State("confirm/1"), "EXPIRED");
  EXPECT_EQ(State("renewed/1"), "QUEUED");
  NoticeSender after_restart = With(&transport_);
  EXPECT_EQ(after_restart.SendDue().value(), 1);
}

TEST_F(NoticeSenderTest, TriesAgainLaterUnderTheSameMessageId) {
  MustEnqueue(Renewed("renewed/1"));
  MustEnqueue(Renewed("renewed/2", "bob@example.org"));
  transport_.answer = [&](const mail::Envelope& envelope) {
    const bool first = transport_.taken.size() == 1;
    return mail::Delivery{first ? Outcome::kLater : Outcome::kAccepted, first ? "451 greylisted" : ""};
  };
  NoticeSender sender = With(&transport_);
  EXPECT_EQ(sender.SendDue().value(), 1) << "one that has to wait does not hold up the next";
  EXPECT_EQ(State("renewed/1"), "QUEUED");
  EXPECT_EQ(Field("error", "renewed/1"), "451 greylisted");
  EXPECT_EQ(sender.SendDue().value(), 0) << "it waits";
  MakeDue();
  EXPECT_EQ(sender.SendDue().value(), 1);
  EXPECT_EQ(transport_.taken[0], transport_.taken[2]);
  EXPECT_EQ(Field("attempts", "renewed/1"), "2");
}

TEST_F(NoticeSenderTest, GivesUpAfterDays) {
  MustEnqueue(Confirm("confirm/1"));
  transport_.answer = [](const mail::Envelope&) { return mail::Delivery{Outcome::kLater, "451 later"}; };
  NoticeSender sender = With(&transport_);
  for (int i = 0; i < limits::kMostAttempts; ++i) {
    EXPECT_EQ(State("confirm/1"), "QUEUED");
    MakeDue();
    ASSERT_OK(sender.SendDue());
  }
  EXPECT_EQ(State("confirm/1"), "FAILED");
  EXPECT_EQ(Field("template_values", "confirm/1"), "{}");
  EXPECT_THAT(Field("error", "confirm/1"), HasSubstr("451 later"));
}

TEST_F(NoticeSenderTest, ADeadAddressGetsNoMore) {
  MustEnqueue(Renewed("renewed/1"));
  transport_.answer = [](const mail::Envelope&) {
    return mail::Delivery{Outcome::kAddressRefused, "550 no such mailbox"};
  };
  NoticeSender sender = With(&transport_);
  ASSERT_OK(sender.SendDue());
  EXPECT_EQ(State("renewed/1"), "BOUNCED");
  MustEnqueue(Renewed("renewed/2"));
  MustEnqueue(Renewed("renewed/3", "bob@example.org"));
  ASSERT_OK(sender.SendDue());
  EXPECT_EQ(State("renewed/2"), "SUPPRESSED");
  EXPECT_THAT(transport_.tried, ElementsAre("ann@example.org", "bob@example.org"));
  EXPECT_EQ(
      database_.One("SELECT COUNT(*) FROM suppressed_addresses WHERE cause = 'BOUNCE' AND address_sha256 = "
                    "UNHEX(SHA2('ann@example.org', 256))"),
      "1");
}

TEST_F(NoticeSenderTest, WhatAServerSaidIsKeptWithoutTheAddress) {
  MustEnqueue(Renewed("renewed/1", "ada@x.org"));
  MustEnqueue(Renewed("renewed/2", "bea@x.org"));
  transport_.answer = [](const mail::Envelope& envelope) {
    return envelope.to == "ada@x.org"
               ? mail::Delivery{Outcome::kAddressRefused, "550 5.1.1 <Ada@x.org>: rejected"}
               : mail::Delivery{Outcome::kLater, "451 bea@x.org: try later"};
  };
  NoticeSender sender = With(&transport_);
  ASSERT_OK(sender.SendDue());
  EXPECT_EQ(Field("error", "renewed/1"), "550 5.1.1 <address>: rejected");
  EXPECT_EQ(database_.One("SELECT detail FROM suppressed_addresses"), "550 5.1.1 <address>: rejected");
  EXPECT_EQ(Field("error", "renewed/2"), "451 <address>: try later");
}

TEST_F(NoticeSenderTest, ARefusedMessageSaysNothingAboutItsAddress) {
  MustEnqueue(Renewed("renewed/1"));
  transport_.answer = [](const mail::Envelope&) {
    return mail::Delivery{Outcome::kMessageRefused, "554 spam"};
  };
  NoticeSender sender = With(&transport_);
  ASSERT_OK(sender.SendDue());
  EXPECT_EQ(State("renewed/1"), "FAILED");
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM suppressed_addresses"), "0");
}

TEST_F(NoticeSenderTest, AServerThatCannotBeUsedIsNotAskedForEveryNotice) {
  for (int i = 0; i < 5; ++i) MustEnqueue(Renewed(fmt::format("renewed/{}", i)));
  transport_.answer = [](const mail::Envelope&) {
    return mail::Delivery{Outcome::kServerUnusable, "no route"};
  };
  NoticeSender sender = With(&transport_, {.first_server_pause = absl::Hours(1)});
  EXPECT_EQ(sender.SendDue().value(), 0);
  EXPECT_EQ(sender.SendDue().value(), 0);
  EXPECT_EQ(transport_.taken.size(), 1u);
  EXPECT_EQ(database_.One("SELECT SUM(attempts) FROM notices"), "0") << "it was no fault of the notices";
}

TEST_F(NoticeSenderTest, TwoSendersNeverHaveTheSameNotice) {
  for (int i = 0; i < 20; ++i) MustEnqueue(Renewed(fmt::format("renewed/{}", i)));
  NoticeSender one = With(&transport_);
  NoticeSender other = With(&transport_);
  std::thread thread([&] { ASSERT_OK(one.SendDue()); });
  ASSERT_OK(other.SendDue());
  thread.join();
  EXPECT_EQ(transport_.taken.size(), 20u);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM notices WHERE state = 'SENT'"), "20");
}

// Writes each message to a file, then dies as a process does that is killed.
class DyingTransport final : public mail::Transport {
 public:
  explicit DyingTransport(std::string file) : file_(std::move(file)) {}
  mail::Delivery Deliver(const mail::Envelope& envelope) override {
    std::ofstream(file_, std::ios::binary) << envelope.bytes << std::flush;
    kill(getpid(), SIGKILL);
    return {Outcome::kAccepted, ""};
  }

 private:
  const std::string file_;
};

TEST_F(NoticeSenderTest, AKilledSenderCostsOneMoreOfTheSameMessage) {
  MustEnqueue(Renewed("renewed/1"));
  const std::string file = ::testing::TempDir() + "plenary-killed-sender.eml";
  const pid_t child = fork();
  if (child == 0) {
    DyingTransport transport(file);
    db::Pool pool(database_.settings(), {.max_connections = 1});
    NoticeSender sender(pool, clock_, library_, &transport, {"office@society.example", "The Society"},
                        {.lease = absl::ZeroDuration()});
    sender.SendDue().IgnoreError();
    _exit(1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status)) << "it died between sending and marking";
  EXPECT_EQ(State("renewed/1"), "QUEUED");
  NoticeSender next = With(&transport_);
  EXPECT_EQ(next.SendDue().value(), 1);
  EXPECT_EQ(next.SendDue().value(), 0) << "once more, and no more";
  std::ostringstream first;
  first << std::ifstream(file, std::ios::binary).rdbuf();
  std::filesystem::remove(file);
  EXPECT_EQ(first.str(), transport_.taken.at(0)) << "by its Message-ID a reader's program knows it";
}

TEST_F(NoticeSenderTest, AClaimIsKeptWhileItsLeaseRuns) {
  MustEnqueue(Renewed("renewed/1"));
  transport_.answer = [&](const mail::Envelope&) {
    FakeTransport other;
    NoticeSender second = With(&other);
    EXPECT_EQ(second.SendDue().value(), 0);
    EXPECT_TRUE(other.taken.empty());
    return mail::Delivery{Outcome::kAccepted, ""};
  };
  NoticeSender sender = With(&transport_);
  EXPECT_EQ(sender.SendDue().value(), 1);
}

TEST_F(NoticeSenderTest, SendsOverARealServerByItself) {
  const testing::SmtpServer server;
  const auto smtp =
      mail::SmtpTransport::Create({.url = server.url(), .user = "", .password = "", .ca_file = ""}).value();
  MustEnqueue(Renewed("renewed/1"));
  MustEnqueue(Renewed("renewed/2", "refused@example.org"));
  NoticeSender sender = With(smtp.get(), {.poll_interval = absl::Milliseconds(2)});
  sender.Start();
  MustEnqueue(Confirm("confirm/1"));
  const absl::Time patience = Soon();
  while (database_.One("SELECT COUNT(*) FROM notices WHERE state = 'QUEUED'") != "0" &&
         absl::Now() < patience) {
    std::this_thread::yield();
  }
  sender.Stop();
  ASSERT_EQ(server.Read().size(), 2u);
  EXPECT_EQ(State("renewed/2"), "BOUNCED");
  for (const mail::ReadMail& mail : server.Read()) {
    EXPECT_EQ(mail.from, "\"The Society\" <office@society.example>");
    EXPECT_THAT(mail.html, HasSubstr("<p>Hello"));
    EXPECT_THAT(mail.text, HasSubstr("Hello"));
  }
}

}  // namespace
}  // namespace plenary::membership
