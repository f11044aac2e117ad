// Signing in at the auditor's registrar, with a real mail server between it and the voter.
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "common/mail/smtp.h"
#include "common/testing/smtp_server.h"
#include "services/membership/code_retention.h"
#include "services/membership/limits_identity.h"
#include "services/membership/limits_registrar.h"
#include "services/membership/testing_registrar.h"

namespace plenary::membership {
namespace {

using testing::HasReason;
using testing::Invoke;
using testing::IsError;
using Stub = v1::AuditorService::Stub;

// Tells when a mail is delivered.
class WatchedTransport final : public mail::Transport {
 public:
  explicit WatchedTransport(const std::string& url)
      : smtp_(mail::SmtpTransport::Create({.url = url, .user = "", .password = "", .ca_file = ""}).value()) {}

  mail::Delivery Deliver(const mail::Envelope& envelope) override {
    mail::Delivery delivery = smtp_->Deliver(envelope);
    const std::lock_guard lock(mutex_);
    if (delivery.outcome == mail::Delivery::Outcome::kAccepted) ++delivered_;
    changed_.notify_all();
    return delivery;
  }
  bool WaitFor(int delivered) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return delivered_ >= delivered; });
  }

 private:
  const std::unique_ptr<mail::SmtpTransport> smtp_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int delivered_ = 0;
};

std::string Id(std::uint8_t number) {
  IdBytes id = {};
  id[15] = number;
  return IdText(id);
}

v1::RollCopyLine Line(std::uint8_t number, const std::string& email) {
  v1::RollCopyLine line;
  line.set_unit("companies/" + Id(number));
  line.set_unit_display_name("Company");
  line.set_representative("people/" + Id(static_cast<std::uint8_t>(number + 100)));
  line.set_representative_full_name("Somebody");
  line.set_email(email);
  return line;
}

class AuditorSignInTest : public ::testing::Test {
 protected:
  AuditorSignInTest() {
    EXPECT_OK(server_.Freeze(kElection, {Line(1, "ann@example.org"), Line(2, "cy@example.org")}));
  }

  static std::unique_ptr<grpc::ClientContext> From(const std::string& address) {
    auto context = testing::TestSuite::Anonymous();
    if (!address.empty()) context->AddMetadata("x-forwarded-for", address);
    return context;
  }
  absl::Status RequestCode(const std::string& email, const std::string& from = "") {
    v1::RequestCodeRequest request;
    request.set_email(email);
    return Invoke(&Stub::RequestCode, server_.auditor(), From(from), request).status();
  }
  absl::StatusOr<v1::ProveCodeResponse> Prove(const std::string& email, const std::string& code,
                                              const std::string& from = "") {
    v1::ProveCodeRequest request;
    request.set_email(email);
    request.set_code(code);
    return Invoke(&Stub::ProveCode, server_.auditor(), From(from), request);
  }
  // The code of the n-th mail, from 1.
  std::string Mailed(int number) {
    EXPECT_TRUE(transport_->WaitFor(number));
    const std::vector<mail::ReadMail> mails = smtp_.Read();
    if (mails.size() < static_cast<std::size_t>(number)) return "";
    const std::string& text = mails[static_cast<std::size_t>(number - 1)].text;
    const std::size_t at = text.find("\nCode: ") + 7;
    return text.substr(at, text.find('\n', at) - at);
  }
  v1::ListRollCopiesResponse Copies(const std::string& token) {
    return Invoke(&Stub::ListRollCopies, server_.auditor(), AuditorServer::With(token),
                  v1::ListRollCopiesRequest())
        .value_or(v1::ListRollCopiesResponse());
  }

  testing::SmtpServer smtp_;
  testing::TestSuite suite_{Noon("2022-09-10")};
  WatchedTransport* transport_ = new WatchedTransport(smtp_.url());  // the server's
  AuditorServer server_{suite_, std::unique_ptr<mail::Transport>(transport_)};
};

const auto kCodeWrong = IsError(absl::StatusCode::kUnauthenticated, "CODE_WRONG");

TEST_F(AuditorSignInTest, ProvesWhoHasTheMail) {
  ASSERT_OK(RequestCode(" Ann@example.org "));
  const std::string code = Mailed(1);
  EXPECT_EQ(code.size(), 9u) << code;
  const mail::ReadMail mail = smtp_.Read()[0];
  EXPECT_EQ(mail.to, "ann@example.org");
  EXPECT_TRUE(mail.message_id.starts_with("<registrar-code."));
  ASSERT_OK_AND_ASSIGN(const auto session, Prove("ann@example.org", code));
  EXPECT_EQ(session.person(), "people/" + Id(101));
  EXPECT_EQ(session.expire_time().seconds(),
            absl::ToUnixSeconds(suite_.clock().Now() + auth::kPersonTokenLifetime));
  v1::GetIssuanceRequest request;
  request.set_election(kElection);
  EXPECT_THAT(Invoke(&v1::RegistrarService::Stub::GetIssuance, server_.registrar(),
                     AuditorServer::With(session.access_token()), request),
              IsError(absl::StatusCode::kNotFound, "CREDENTIAL_NOT_ISSUED"))
      << "let in";
  EXPECT_EQ(Copies(session.access_token()).roll_copies_size(), 0) << "but not as the auditor";
  EXPECT_THAT(Prove("ann@example.org", code), kCodeWrong) << "one use";
}

TEST_F(AuditorSignInTest, KnowsTheAuditor) {
  ASSERT_OK(RequestCode(kAuditorEmail));
  ASSERT_OK_AND_ASSIGN(const auto session, Prove(kAuditorEmail, Mailed(1)));
  EXPECT_EQ(session.person(), "");
  EXPECT_EQ(Copies(session.access_token()).roll_copies_size(), 1);
}

TEST_F(AuditorSignInTest, AnswersTheSameWhoeverHasTheAddress) {
  ASSERT_OK(RequestCode("nobody@example.org"));
  ASSERT_OK(RequestCode("ann@example.org"));
  Mailed(1);
  ASSERT_EQ(smtp_.Read().size(), 1u);
  EXPECT_EQ(smtp_.Read()[0].to, "ann@example.org") << "nobody gets no mail";
  EXPECT_EQ(server_.database().One("SELECT COUNT(*) FROM codes"), "2") << "and leaves the same rows";
  EXPECT_THAT(Prove("nobody@example.org", "ABCD-EFGH"), kCodeWrong);
  EXPECT_THAT(Prove("ann@example.org", "ABCD-EFGH"), kCodeWrong);
  for (const char* no_address : {"", "ann", "ann@", "@example.org"}) {
    EXPECT_THAT(RequestCode(no_address), IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
    EXPECT_THAT(Prove(no_address, "ABCD-EFGH"), kCodeWrong);
  }
}

TEST_F(AuditorSignInTest, KeepsNoCodeInTheDatabase) {
  ASSERT_OK(RequestCode("ann@example.org"));
  std::string code = Mailed(1);
  code.erase(code.find('-'), 1);
  for (const std::string column : {"salt", "code_sha256", "address_sha256"}) {
    for (const std::string& value : server_.database().Column("SELECT " + column + " FROM codes")) {
      EXPECT_EQ(value.find(code), std::string::npos);
    }
  }
  EXPECT_OK(Prove("ann@example.org", code)) << "as it is typed";
}

TEST_F(AuditorSignInTest, TakesACodeForFifteenMinutes) {
  ASSERT_OK(RequestCode("ann@example.org"));
  ASSERT_OK(RequestCode("cy@example.org"));
  Mailed(2);
  std::map<std::string, std::string> codes;
  for (int number : {1, 2}) codes[smtp_.Read()[static_cast<std::size_t>(number - 1)].to] = Mailed(number);
  suite_.clock().Advance(limits::kCodeLifetime - absl::Seconds(1));
  EXPECT_OK(Prove("ann@example.org", codes["ann@example.org"]));
  suite_.clock().Advance(absl::Seconds(1));
  EXPECT_THAT(Prove("cy@example.org", codes["cy@example.org"]), kCodeWrong);
}

TEST_F(AuditorSignInTest, LetsACodeBeTriedFiveTimes) {
  ASSERT_OK(RequestCode("ann@example.org"));
  const std::string code = Mailed(1);
  for (int i = 0; i < limits::kTriesOfCode - 1; ++i) {
    EXPECT_THAT(Prove("ann@example.org", "2222-2222"), kCodeWrong);
  }
  EXPECT_OK(Prove("ann@example.org", code)) << "the fifth try";
  ASSERT_OK(RequestCode("ann@example.org"));
  const std::string next = Mailed(2);
  for (int i = 0; i < limits::kTriesOfCode; ++i) EXPECT_THAT(Prove("ann@example.org", ""), kCodeWrong);
  EXPECT_THAT(Prove("ann@example.org", next), kCodeWrong) << "the sixth";
}

TEST_F(AuditorSignInTest, LetsNoStrangerElsewhereUseUpSomebodysCodesAndTries) {
  for (int i = 0; i < limits::kCodesOfAddress; ++i) ASSERT_OK(RequestCode("ann@example.org", "192.0.2.9"));
  EXPECT_THAT(RequestCode("ann@example.org", "192.0.2.9"), HasReason("TOO_MANY_CODES"));
  ASSERT_OK(RequestCode("ann@example.org", "192.0.2.1"));
  const std::string code = Mailed(limits::kCodesOfAddress + 1);
  for (int i = 0; i < limits::kTriesOfCode + 1; ++i) {
    EXPECT_THAT(Prove("ann@example.org", "2222-2222", "192.0.2.9"), kCodeWrong);
  }
  EXPECT_THAT(Prove("ann@example.org", code, "192.0.2.9"), kCodeWrong) << "the stranger's tries are used up";
  EXPECT_OK(Prove("ann@example.org", code, "192.0.2.1"));
}

TEST_F(AuditorSignInTest, CountsAgainstACodeOnlyTheTriesThatAPlaceHas) {
  ASSERT_OK(RequestCode("ann@example.org", "192.0.2.1"));
  for (int i = 0; i < limits::kWrongCodesFromPeer; ++i) {
    EXPECT_THAT(Prove("ann@example.org", "2222-2222", "192.0.2.9"), kCodeWrong);
  }
  EXPECT_EQ(server_.database().One("SELECT tries FROM codes"), std::to_string(limits::kTriesOfCode));
}

// What strangers elsewhere use up they use up for a quarter of an hour, and all the while the last code that
// they had mailed is good.
TEST_F(AuditorSignInTest, RefusesNobodyForStrangersWhoHasNoCodeThatIsGood) {
  int mailed = 0;
  for (int span = 0; span < 6; ++span) {
    for (int i = 0; i < limits::kCodesOfAddressAnywhere; ++i, ++mailed) {
      ASSERT_OK(RequestCode("ann@example.org", "192.0.2." + std::to_string(9 + mailed / 4)));
    }
    EXPECT_THAT(RequestCode("ann@example.org", "192.0.2.250"), HasReason("TOO_MANY_CODES"));
    suite_.clock().Advance(limits::kCodeLifetime - absl::Seconds(1));
    const absl::Status refused = RequestCode("ann@example.org", "192.0.2.1");
    EXPECT_THAT(refused, HasReason("TOO_MANY_CODES"));
    EXPECT_THAT(std::string(refused.message()), ::testing::HasSubstr("The last one that came is good"));
    EXPECT_OK(Prove("ann@example.org", Mailed(mailed), "192.0.2.1")) << "the last one that came";
    suite_.clock().Advance(absl::Seconds(1));
  }
  EXPECT_OK(RequestCode("ann@example.org", "192.0.2.1")) << "then they are used up no more";
}

TEST_F(AuditorSignInTest, TakesTheCodeOfAnEarlierMailTooThatCameLate) {
  ASSERT_OK(RequestCode("ann@example.org"));
  const std::string first = Mailed(1);
  ASSERT_OK(RequestCode("ann@example.org"));
  const std::string second = Mailed(2);
  EXPECT_OK(Prove("ann@example.org", first));
  EXPECT_THAT(Prove("ann@example.org", second), kCodeWrong) << "one proof uses them all";
}

TEST_F(AuditorSignInTest, MailsAnAddressFiveCodesAnHour) {
  const auto too_many = IsError(absl::StatusCode::kResourceExhausted, "TOO_MANY_CODES");
  for (const char* email : {"ann@example.org", "nobody@example.org"}) {
    for (int i = 0; i < limits::kCodesOfAddress; ++i) EXPECT_OK(RequestCode(email));
    EXPECT_THAT(RequestCode(email), too_many) << email;
  }
  EXPECT_OK(RequestCode("cy@example.org")) << "others are not held up";
  suite_.clock().Advance(absl::Hours(1));
  EXPECT_OK(RequestCode("ann@example.org"));
}

TEST_F(AuditorSignInTest, BoundsWhatComesFromOnePlace) {
  const auto too_many = IsError(absl::StatusCode::kResourceExhausted, "TOO_MANY_CODES");
  for (int i = 0; i < limits::kCodesFromPeer; ++i) {
    ASSERT_OK(RequestCode("nobody" + std::to_string(i) + "@example.org", "192.0.2.1"));
  }
  const absl::Status requested = RequestCode("ann@example.org", "192.0.2.1");
  EXPECT_THAT(requested, too_many);
  EXPECT_THAT(std::string(requested.message()),
              ::testing::HasSubstr("Too many codes were requested from your network"));
  EXPECT_OK(RequestCode("ann@example.org", "192.0.2.2"));
  for (int i = 0; i < limits::kWrongCodesFromPeer; ++i) {
    EXPECT_THAT(Prove("nobody@example.org", "2222-2222", "192.0.2.3"), kCodeWrong);
  }
  const auto proving = Prove("ann@example.org", Mailed(1), "192.0.2.3");
  EXPECT_THAT(proving, too_many) << "the right code too";
  EXPECT_EQ(
      proving.status().message(),
      "Too many wrong codes came from your network. Prove the code from another network, or wait up to an "
      "hour.");
  EXPECT_OK(Prove("ann@example.org", Mailed(1), "192.0.2.2"));
}

TEST_F(AuditorSignInTest, ForgetsWhoAskedAndTriedOnceThatIsOfNoUse) {
  const std::atomic<bool> stop = false;
  const auto prune = [&] {
    return DeleteOldCodes(server_.database().pool(), suite_.clock().Now(), stop).value();
  };
  const auto rows = [&](const std::string& table) {
    return server_.database().One("SELECT COUNT(*) FROM " + table);
  };
  ASSERT_OK(RequestCode("ann@example.org"));
  ASSERT_OK(RequestCode("nobody@example.org"));
  EXPECT_THAT(Prove("nobody@example.org", "2222-2222"), kCodeWrong);
  const std::string counts = rows("sign_in_counts");
  EXPECT_NE(counts, "0");
  suite_.clock().Advance(limits::kCodeLifetime - absl::Seconds(1));
  EXPECT_EQ(prune(), 0) << "both codes can still be proven";
  suite_.clock().Advance(absl::Seconds(1));
  EXPECT_EQ(prune(), 2);
  EXPECT_EQ(rows("codes"), "0");
  EXPECT_EQ(rows("sign_in_counts"), counts) << "they count for an hour";
  suite_.clock().Advance(limits::kSignInSpan - limits::kCodeLifetime - absl::Seconds(1));
  EXPECT_EQ(prune(), 0);
  suite_.clock().Advance(absl::Seconds(1));
  EXPECT_EQ(std::to_string(prune()), counts);
  EXPECT_EQ(rows("sign_in_counts"), "0");
}

TEST_F(AuditorSignInTest, ForgetsHoweverMuchThereIsUntilItIsToldToStop) {
  server_.database().Run(
      "INSERT INTO codes (address_sha256, salt, code_sha256, tries, expires_at) SELECT UNHEX(SHA2(seq, 256)),"
      " REPEAT('s', 16), REPEAT('c', 32), 0, 1 FROM seq_1_to_" +
      std::to_string(2 * limits::kCodesDeletedAtOnce + 1));
  std::atomic<bool> stop = true;
  EXPECT_EQ(DeleteOldCodes(server_.database().pool(), suite_.clock().Now(), stop).value(), 0);
  stop = false;
  EXPECT_EQ(DeleteOldCodes(server_.database().pool(), suite_.clock().Now(), stop).value(),
            2 * limits::kCodesDeletedAtOnce + 1);
}

// Nobody has to ask for a code again before the last ones go.
TEST_F(AuditorSignInTest, ForgetsByItself) {
  ASSERT_OK(RequestCode("ann@example.org"));
  suite_.clock().Advance(limits::kSignInSpan);
  CodeRetention retention(server_.database().pool(), suite_.clock());
  retention.Start();
  while (server_.database().One(
             "SELECT (SELECT COUNT(*) FROM codes) + (SELECT COUNT(*) FROM sign_in_counts)") != "0") {
    std::this_thread::yield();
  }
  retention.Stop();
}

TEST_F(AuditorSignInTest, NamesWhomTheNewestCopyNamesAndOpensTheLinesOfAllThatHaveTheAddress) {
  v1::RollCopyLine line = Line(3, "ann@example.org");
  ASSERT_OK(server_.Freeze("elections/later", {line}));
  ASSERT_OK(RequestCode("ann@example.org"));
  ASSERT_OK_AND_ASSIGN(const auto session, Prove("ann@example.org", Mailed(1)));
  EXPECT_EQ(session.person(), "people/" + Id(103));
  v1::GetIssuanceRequest request;
  for (const char* election : {kElection, "elections/later"}) {
    request.set_election(election);
    EXPECT_THAT(Invoke(&v1::RegistrarService::Stub::GetIssuance, server_.registrar(),
                       AuditorServer::With(session.access_token()), request),
                IsError(absl::StatusCode::kNotFound, "CREDENTIAL_NOT_ISSUED"))
        << "let in at " << election;
  }
}

TEST_F(AuditorSignInTest, TriesAgainWhenTheMailServerIsNotThere) {
  class Unusable final : public mail::Transport {
   public:
    explicit Unusable(const std::string& url) : inner_(url) {}
    mail::Delivery Deliver(const mail::Envelope& envelope) override {
      if (tries_++ == 0) return {mail::Delivery::Outcome::kServerUnusable, "no connection"};
      return inner_.Deliver(envelope);
    }
    WatchedTransport inner_;
    int tries_ = 0;
  };
  auto transport = std::make_unique<Unusable>(smtp_.url());
  Unusable& watched = *transport;
  AuditorServer server(suite_, std::move(transport));
  v1::RequestCodeRequest request;
  request.set_email(kAuditorEmail);
  ASSERT_OK(Invoke(&Stub::RequestCode, server.auditor(), testing::TestSuite::Anonymous(), request));
  EXPECT_TRUE(watched.inner_.WaitFor(1));
}

}  // namespace
}  // namespace plenary::membership
