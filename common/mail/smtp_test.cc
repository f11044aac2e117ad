#include "common/mail/smtp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <thread>

#include "common/mail/message.h"
#include "common/testing/smtp_server.h"
#include "common/testing/status_matchers.h"
#include "fmt/format.h"

namespace plenary::mail {
namespace {

using ::testing::HasSubstr;
using testing::IsError;
using ::testing::Not;
using testing::SmtpServer;
using Outcome = Delivery::Outcome;

Message To(const std::string& address) {
  return {.from = "office@society.example",
          .from_name = "Gesellschaft für Prüfung",
          .to = address,
          .subject = "Grüße",
          .text = "Hello.\n.\nA dot stood alone.\n",
          .html = "<p>Hello.</p>\n",
          .message_id = "n1.0@society.example",
          .date = absl::UnixEpoch()};
}

Envelope EnvelopeOf(const Message& message) { return {message.from, message.to, Compose(message).value()}; }

std::unique_ptr<SmtpTransport> TransportTo(const std::string& url) {
  return SmtpTransport::Create({.url = url, .user = "", .password = "", .ca_file = ""}).value();
}

TEST(SmtpTransport, HandsAMultipartMessageToARealServer) {
  const SmtpServer server;
  const auto transport = TransportTo(server.url());
  const Envelope envelope = EnvelopeOf(To("ann@example.org"));
  for (int i = 0; i < 3; ++i) {
    const Delivery delivery = transport->Deliver(envelope);
    EXPECT_EQ(delivery.outcome, Outcome::kAccepted) << delivery.detail;
  }
  ASSERT_EQ(server.Taken().size(), 3u);
  EXPECT_EQ(server.Taken()[0], envelope.bytes) << "not a byte was changed on the way";
  EXPECT_EQ(server.Read()[0].text, "Hello.\n.\nA dot stood alone.\n");
  EXPECT_EQ(server.Read()[0].subject, "Grüße");
}

TEST(SmtpTransport, TellsWhatWasRefused) {
  const SmtpServer server;
  const auto transport = TransportTo(server.url());
  const std::vector<std::pair<const char*, Outcome>> cases = {
      {"refused@example.org", Outcome::kAddressRefused},
      {"later@example.org", Outcome::kLater},
      {"unwanted@example.org", Outcome::kMessageRefused},
      {"ann@example.org", Outcome::kAccepted}};
  for (const auto& [address, expected] : cases) {
    const Delivery delivery = transport->Deliver(EnvelopeOf(To(address)));
    EXPECT_EQ(delivery.outcome, expected) << address << ": " << delivery.detail;
    EXPECT_THAT(delivery.detail, Not(HasSubstr("\r")));
  }
  EXPECT_THAT(transport->Deliver(EnvelopeOf(To("refused@example.org"))).detail, HasSubstr("550 5.1.1"));
  EXPECT_EQ(server.Taken().size(), 1u) << "a refusal leaves the connection good for the next";
}

TEST(SmtpTransport, TakesARefusedSenderForAFaultOfOurOwn) {
  const SmtpServer server;
  Message message = To("ann@example.org");
  message.from = "barred@society.example";
  const Delivery delivery = TransportTo(server.url())->Deliver(EnvelopeOf(message));
  EXPECT_EQ(delivery.outcome, Outcome::kServerUnusable);
  EXPECT_THAT(delivery.detail, HasSubstr("550 5.7.1"));
}

TEST(SmtpTransport, SaysWhenNobodyAnswers) {
  std::string url;
  {
    const SmtpServer gone;
    url = gone.url();
  }
  EXPECT_EQ(TransportTo(url)->Deliver(EnvelopeOf(To("ann@example.org"))).outcome, Outcome::kServerUnusable);
}

// 127.0.0.2 is on this machine, and none of the addresses that count as loopback.
class Elsewhere : public ::testing::Test {
 protected:
  Elsewhere() {
    if (mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    const std::string command = fmt::format(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=mail "
        "-addext subjectAltName=IP:127.0.0.2 -keyout {0}/key.pem -out {0}/certificate.pem 2> {0}/log",
        folder_);
    if (std::system(command.c_str()) != 0)
      throw std::runtime_error("no certificate: see " + folder_ + "/log");
  }
  ~Elsewhere() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<SmtpTransport> Trusting(const std::string& url, const std::string& password = "hush") {
    return SmtpTransport::Create(
               {.url = url, .user = "society", .password = password, .ca_file = folder_ + "/certificate.pem"})
        .value();
  }

  std::string folder_ = "/tmp/plenary-mail.XXXXXX";
};

TEST_F(Elsewhere, NothingLeavesWithoutTls) {
  const SmtpServer server("127.0.0.2");
  EXPECT_EQ(Trusting(server.url())->Deliver(EnvelopeOf(To("ann@example.org"))).outcome,
            Outcome::kServerUnusable);
  EXPECT_THAT(server.Taken(), ::testing::IsEmpty());
}

TEST_F(Elsewhere, NothingLeavesToAServerThatNobodyVouchesFor) {
  const SmtpServer server("127.0.0.2", {folder_ + "/certificate.pem", folder_ + "/key.pem"});
  EXPECT_EQ(TransportTo(server.url())->Deliver(EnvelopeOf(To("ann@example.org"))).outcome,
            Outcome::kServerUnusable);
  EXPECT_THAT(server.Taken(), ::testing::IsEmpty());
}

TEST_F(Elsewhere, MailLeavesOverTls) {
  const SmtpServer server("127.0.0.2", {folder_ + "/certificate.pem", folder_ + "/key.pem"});
  const Delivery delivery = Trusting(server.url())->Deliver(EnvelopeOf(To("ann@example.org")));
  EXPECT_EQ(delivery.outcome, Outcome::kAccepted) << delivery.detail;
  EXPECT_EQ(server.Taken().size(), 1u);
}

TEST_F(Elsewhere, AWrongPasswordIsAFaultOfOurOwn) {
  const SmtpServer server("127.0.0.2", {folder_ + "/certificate.pem", folder_ + "/key.pem"});
  const Delivery delivery = Trusting(server.url(), "not-hush")->Deliver(EnvelopeOf(To("ann@example.org")));
  EXPECT_EQ(delivery.outcome, Outcome::kServerUnusable);
  EXPECT_THAT(delivery.detail, HasSubstr("535"));
  EXPECT_THAT(delivery.detail, Not(HasSubstr("hush")));
  EXPECT_THAT(server.Taken(), ::testing::IsEmpty());
}

TEST(SmtpTransport, IsSharedByThreads) {
  const SmtpServer server;
  const auto transport = TransportTo(server.url());
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 3; ++n) transport->Deliver(EnvelopeOf(To("ann@example.org")));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(server.Taken().size(), 12u);
}

TEST(SmtpTransport, RefusesWhatIsNoMailServersAddress) {
  for (const char* url : {"", "localhost:25", "http://localhost", "smtp://", "file:///etc/passwd"}) {
    EXPECT_THAT(SmtpTransport::Create({.url = url, .user = "", .password = "", .ca_file = ""}),
                IsError(absl::StatusCode::kInvalidArgument, "SMTP_URL_INVALID"))
        << url;
  }
}

}  // namespace
}  // namespace plenary::mail
