// Why a line of the roll gets one signature: the key of the table decides between two that come together, and
// nothing is signed before the COMMIT is known. Each with the control that shows what happens without it.
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "absl/time/clock.h"
#include "common/crypto/blind_rsa.h"
#include "common/crypto/bytes.h"
#include "common/db/transact.h"
#include "common/status/macros.h"
#include "services/membership/store/issuances.h"
#include "services/membership/testing_registrar.h"
#include "services/membership/testing_rolls.h"

namespace plenary::membership {
namespace {

using testing::Invoke;
using testing::IsError;
using Stub = v1::RegistrarService::Stub;

// Membership's rolls, but whoever collects is held up by nobody: the lock of the line is a second protection,
// and what it hides is what is looked at here. `reached` is called in the transaction before anything is
// stored, when it has seen that nothing is.
class UnheldRolls final : public OtherRolls {
 public:
  UnheldRolls(const RegistrarRolls& rolls, std::function<void(db::Transaction&)> reached)
      : OtherRolls(rolls), reached_(std::move(reached)) {}

  absl::StatusOr<std::vector<HeldLine>> HoldLines(db::Transaction& transaction,
                                                  const std::vector<const rpc::Call*>& calls,
                                                  const std::string& election, const RegistrarRoll& roll,
                                                  WhenHeld) const override {
    std::vector<HeldLine> lines;
    for (const rpc::Call* call : calls) {
      // From this read on the transaction sees the table as it is now.
      lines.emplace_back(FindLine(transaction, *call, election, roll));
    }
    reached_(transaction);
    return lines;
  }

 private:
  const std::function<void(db::Transaction&)> reached_;
};

// Lets two go on together, and everybody after them at once.
class Meeting {
 public:
  void Arrive() {
    std::unique_lock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(20), [&] { return arrived_ >= 2; }));
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int arrived_ = 0;
};

class ExactlyOneTest : public RegistrarTest {
 protected:
  // Asks for signatures of these messages, all for Acme at once, each of a registrar of its own whose
  // HoldLines() holds nobody: one registrar would store them one after the other.
  std::vector<absl::StatusOr<v1::IssueCredentialResponse>> Ask(
      const std::vector<std::string>& messages, std::function<void(db::Transaction&)> reached) {
    const RegisterRolls registered;
    const UnheldRolls rolls(registered, std::move(reached));
    std::vector<std::unique_ptr<RegistrarService>> services;
    std::vector<std::unique_ptr<testing::Loopback>> loopbacks;
    std::vector<std::unique_ptr<Stub>> stubs;
    for (std::size_t i = 0; i < messages.size(); ++i) {
      services.push_back(
          std::make_unique<RegistrarService>(RegistrarService::Parts{.edge = suite_.edge(),
                                                                     .pool = database_.pool(),
                                                                     .rolls = rolls,
                                                                     .journal = *journal_,
                                                                     .encryption = *encryption_,
                                                                     .random = random_}));
      loopbacks.push_back(
          std::make_unique<testing::Loopback>(std::vector<grpc::Service*>{services.back().get()}));
      // A connection that does not ask again by itself: the first answer is what counts here.
      stubs.push_back(v1::RegistrarService::NewStub(loopbacks.back()->FreshChannel()));
    }
    std::vector<absl::StatusOr<v1::IssueCredentialResponse>> answers(messages.size());
    std::vector<std::unique_ptr<grpc::ClientContext>> contexts(messages.size());
    for (auto& context : contexts) context = Voter("ann@example.org");
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < messages.size(); ++i) {
      threads.emplace_back([&, i] {
        answers[i] = Invoke(&Stub::IssueCredential, *stubs[i], std::move(contexts[i]), Request(messages[i]));
      });
    }
    for (std::thread& thread : threads) thread.join();
    return answers;
  }

  // Two messages for one company, neither of which finds the other on record. How many were signed.
  int SignedOfTwo() {
    Meeting meeting;
    const auto answers = Ask({Blinded(), Blinded()}, [&](db::Transaction&) { meeting.Arrive(); });
    int signatures = 0;
    for (const auto& answer : answers) {
      if (answer.ok()) {
        ++signatures;
      } else {
        EXPECT_THAT(answer, IsError(absl::StatusCode::kAlreadyExists, "CREDENTIAL_ALREADY_ISSUED"));
      }
    }
    return signatures;
  }
};
INSTANTIATE_TEST_SUITE_P(Only, ExactlyOneTest, ::testing::Values(Side::kMembership), NameOf);

TEST_P(ExactlyOneTest, TheKeyOfTheTableDecidesBetweenTwoThatFindNothingOnRecord) {
  OpenIssuing();
  EXPECT_EQ(SignedOfTwo(), 1);
  EXPECT_EQ(database().One("SELECT COUNT(*) FROM issuances"), "1");
  EXPECT_EQ(journal().Lines().size(), 1u);
}

// The journal still lets no second signature out, as when a database is set back beside a running registrar.
TEST_P(ExactlyOneTest, NegativeControlWithoutTheKeyBothAreStored) {
  OpenIssuing();
  database().Run("ALTER TABLE issuances DROP PRIMARY KEY");
  EXPECT_EQ(SignedOfTwo(), 1);
  EXPECT_EQ(database().One("SELECT COUNT(*) FROM issuances"), "2");
  EXPECT_EQ(journal().Lines().size(), 1u);
}

TEST_P(ExactlyOneTest, SignsNothingMoreOnceItsDatabaseWasSetBackBesideIt) {
  OpenIssuing();
  ASSERT_OK(Issue("ann@example.org", Blinded()));
  database().Run("DELETE FROM issuances");
  EXPECT_THAT(Issue("ann@example.org", Blinded()),
              IsError(absl::StatusCode::kAlreadyExists, "CREDENTIAL_ALREADY_ISSUED"));
  EXPECT_THAT(Issue("cy@example.org", Blinded()), IsError(absl::StatusCode::kUnavailable, "JOURNAL_BROKEN"));
  EXPECT_EQ(journal().Lines().size(), 1u);
}

// A COMMIT that is lost: everything up to it went well, and nothing of it is stored.
class LostCommitTest : public ExactlyOneTest {
 protected:
  void NoteConnection(db::Transaction& transaction) {
    const auto row = transaction.QueryOne("SELECT CONNECTION_ID()");
    ASSERT_OK(row);
    connection_id_ = (*row)->Int64(0);
  }

  // Runs `ask`, whose transaction notes its connection, and ends that connection in the middle of its COMMIT.
  void LoseTheCommitOf(const std::function<void()>& ask) {
    std::thread asking;
    const auto lose = [&](db::Session& blocker) -> absl::Status {
      RETURN_IF_ERROR(blocker.Execute("BACKUP STAGE START").status());
      // From here on a COMMIT waits, and nothing before it does.
      RETURN_IF_ERROR(blocker.Execute("BACKUP STAGE BLOCK_COMMIT").status());
      asking = std::thread(ask);
      const absl::Time until = absl::Now() + absl::Seconds(60);
      while (!IsCommitting() && absl::Now() < until) std::this_thread::yield();
      EXPECT_TRUE(IsCommitting());
      database_.Run("KILL CONNECTION " + std::to_string(connection_id_));
      // It ends while COMMITs still wait: one that is let through after all would store the line.
      while (IsThere() && absl::Now() < until) std::this_thread::yield();
      return blocker.Execute("BACKUP STAGE END").status();
    };
    EXPECT_OK(db::Autocommit(database_.pool(), absl::Now() + absl::Seconds(90), lose));
    if (asking.joinable()) asking.join();
  }
  bool IsThere() {
    return database_.One("SELECT COUNT(*) FROM information_schema.processlist WHERE id = " +
                         std::to_string(connection_id_)) != "0";
  }
  bool IsCommitting() {
    return database_.One(
               "SELECT COUNT(*) FROM information_schema.processlist WHERE info = 'COMMIT' AND id = " +
               std::to_string(connection_id_)) != "0";
  }

  // What must never be: a signature is out, and the next message for the line would be signed too.
  bool LeftWithoutARecord(const std::string& signature) {
    return !signature.empty() && database_.One("SELECT COUNT(*) FROM issuances") == "0";
  }

  std::atomic<std::int64_t> connection_id_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Only, LostCommitTest, ::testing::Values(Side::kMembership), NameOf);

TEST_P(LostCommitTest, NoSignatureLeavesBeforeTheCommitIsKnown) {
  OpenIssuing();
  const std::string message = Blinded();
  absl::StatusOr<v1::IssueCredentialResponse> answer;
  LoseTheCommitOf([&] {
    answer = Ask({message}, [this](db::Transaction& transaction) { NoteConnection(transaction); })[0];
  });
  EXPECT_THAT(answer, IsError(absl::StatusCode::kUnavailable, "COMMIT_OUTCOME_UNKNOWN"));
  EXPECT_FALSE(LeftWithoutARecord(answer.ok() ? answer->blind_signature() : ""));
  EXPECT_TRUE(journal().Lines().empty()) << "what is not stored is not written there either";
  EXPECT_OK(Issue("ann@example.org", Blinded())) << "and nothing is used up";
}

// The negative control: a registrar that signs in the transaction, and answers whatever becomes of it.
TEST_P(LostCommitTest, NegativeControlASignatureBeforeTheCommitIsSeen) {
  OpenIssuing();
  const std::string message = Blinded();
  const std::string unit = CompanyOf("ann@example.org").substr(10);
  std::string signature;
  LoseTheCommitOf([&] {
    const absl::Status stored =
        InTransaction(database_.pool(), [&](db::Transaction& transaction) -> absl::Status {
          NoteConnection(transaction);
          const store::Issuance issuance = {crypto::Sha256(message), ""};
          RETURN_IF_ERROR(store::InsertIssuances(transaction, "e", {{unit, &issuance}}).status());
          ASSIGN_OR_RETURN(signature, crypto::BlindSign(SharedKeys().rsa, message));
          return absl::OkStatus();
        });
    EXPECT_THAT(stored, IsError(absl::StatusCode::kUnavailable, "COMMIT_OUTCOME_UNKNOWN"));
  });
  EXPECT_TRUE(LeftWithoutARecord(signature));
}

}  // namespace
}  // namespace plenary::membership
