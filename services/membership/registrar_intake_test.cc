// What one transaction makes of credentials that are collected together, at either registrar.
#include "services/membership/registrar_intake.h"

#include <functional>
#include <stdexcept>
#include <thread>

#include "common/crypto/bytes.h"
#include "common/status/macros.h"
#include "services/membership/testing_registrar.h"
#include "services/membership/testing_rolls.h"

namespace plenary::membership {
namespace {

using absl::StatusCode;
using testing::IsError;

class RegistrarIntakeTest : public RegistrarTest {
 protected:
  explicit RegistrarIntakeTest(v1::Unit unit = v1::UNIT_COMPANY) : RegistrarTest(unit) {}
  void SetUp() override {
    OpenIssuing();
    intake_ = std::make_unique<IssuanceIntake>(database().pool(), Rolls(), journal());
    ASSERT_OK_AND_ASSIGN(facts_, FindFacts("e"));
    ASSERT_NE(facts_, nullptr);
  }
  const RegistrarRolls& Rolls() const {
    if (AtAuditor()) return copied_;
    return registered_;
  }
  absl::StatusOr<std::shared_ptr<const IssuingFacts>> FindFacts(const std::string& election) {
    return db::Autocommit(database().pool(), absl::Now() + absl::Seconds(20),
                          [&](db::Session& session) { return intake_->FindFacts(session, election); });
  }
  rpc::Call CallOf(const std::string& email) {
    const auto person = PersonAt(email);
    return {{.kind = auth::Principal::Kind::kPerson,
             .person = person.name(),
             .company = AtAuditor() ? AddressClaim(email) : person.company(),
             .roles = {"representative"}},
            absl::Now() + absl::Seconds(20),
            suite_.clock().Now()};
  }

  // A person who collects with a message, and what became of it.
  struct Case {
    std::string email;
    std::string msg;
    absl::Status answer = absl::UnknownError("none");
    // When it was signed: committed rows, lines of the journal. 0: it was not.
    int rows_when_signed = 0;
    int lines_when_signed = 0;
    int times_signed = 0;
    std::function<absl::Status()> then = nullptr;         // what else signing does
    std::shared_ptr<const IssuingFacts> facts = nullptr;  // of another election
  };
  static store::Issuance IssuanceOf(const std::string& msg) {
    return {crypto::Sha256(msg), "blob of " + msg};
  }
  void Take(Case& one) {
    const rpc::Call call = CallOf(one.email);
    const auto sign = [&] {
      ++one.times_signed;
      one.rows_when_signed = std::stoi(Stored());
      one.lines_when_signed = static_cast<int>(journal().Lines().size());
      return one.then == nullptr ? absl::OkStatus() : one.then();
    };
    const auto facts = one.facts == nullptr ? facts_ : one.facts;
    one.answer = intake_->Take({&call, facts, IssuanceOf(one.msg), sign});
  }
  // All of them in one transaction.
  void TakeTogether(std::vector<Case>& cases) {
    std::vector<std::thread> threads;
    EXPECT_OK(intake_->WhileIdle([&] {
      for (Case& one : cases) threads.emplace_back([&] { Take(one); });
      while (intake_->waiting() < cases.size()) std::this_thread::yield();
      return absl::OkStatus();
    }));
    for (std::thread& thread : threads) thread.join();
  }
  // In one batch with Ann, whose line is held.
  void TakeBesideAHeldLine(Case& beside) {
    const std::string hold =
        AtAuditor() ? "SELECT unit FROM roll_copy_lines WHERE election = 'e' AND unit = ? FOR UPDATE"
                    : "SELECT id FROM companies WHERE id = ? FOR UPDATE";
    const std::string acme = CompanyOf("ann@example.org").substr(10);
    Case held = {"ann@example.org", "a"};
    std::thread held_up;
    EXPECT_OK(InTransaction(database().pool(), [&](db::Transaction& transaction) -> absl::Status {
      RETURN_IF_ERROR(transaction.QueryOne(hold, {acme}).status());
      const std::string waited = LockWaitsThatEnded();
      std::thread not_held_up;
      EXPECT_OK(intake_->WhileIdle([&] {
        held_up = std::thread([&] { Take(held); });
        not_held_up = std::thread([&] { Take(beside); });
        while (intake_->waiting() < 2) std::this_thread::yield();
        return absl::OkStatus();
      }));
      not_held_up.join();
      EXPECT_OK(beside.answer);
      EXPECT_EQ(LockWaitsThatEnded(), waited) << "answered only after a transaction gave up waiting";
      EXPECT_EQ(journal().Lines().size(), 1u);
      return absl::OkStatus();
    }));
    ASSERT_TRUE(held_up.joinable());
    held_up.join();
    EXPECT_OK(held.answer) << "its line is free again";
    EXPECT_EQ(held.rows_when_signed, 2);
    EXPECT_EQ(journal().Lines().size(), 2u);
  }
  // Milliseconds that statements of this server have waited for locks; of a wait only when it ends.
  std::string LockWaitsThatEnded() {
    return database().One(
        "SELECT VARIABLE_VALUE FROM information_schema.global_status"
        " WHERE VARIABLE_NAME = 'INNODB_ROW_LOCK_TIME'");
  }
  std::string Stored() { return database().One("SELECT COUNT(*) FROM issuances"); }

  const RegisterRolls registered_;
  const CopiedRolls copied_;
  std::unique_ptr<IssuanceIntake> intake_;
  std::shared_ptr<const IssuingFacts> facts_;
};
INSTANTIATE_TEST_SUITE_P(Both, RegistrarIntakeTest, ::testing::Values(Side::kMembership, Side::kAuditor),
                         NameOf);

TEST_P(RegistrarIntakeTest, AnswersEachOfThoseThatCameTogether) {
  std::vector<Case> cases = {
      {"ann@example.org", "a"}, {"cy@example.org", "c"}, {"bob@example.org", "b"}, {"ann@example.org", "a"}};
  TakeTogether(cases);
  EXPECT_OK(cases[0].answer);
  EXPECT_OK(cases[1].answer);
  EXPECT_EQ(cases[2].answer.code(), StatusCode::kPermissionDenied) << "of Acme, and not its representative";
  EXPECT_OK(cases[3].answer) << "the same message again";
  EXPECT_EQ(Stored(), "2");
  EXPECT_EQ(journal().Lines().size(), 2u);
}

TEST_P(RegistrarIntakeTest, SignsWhatIsOnRecordAndNothingElse) {
  std::vector<Case> cases = {{"ann@example.org", "a"}, {"cy@example.org", "c"}, {"bob@example.org", "b"}};
  TakeTogether(cases);
  for (const Case* one : {&cases[0], &cases[1]}) {
    EXPECT_EQ(one->rows_when_signed, 2) << one->email << ": both came on record together";
    EXPECT_EQ(one->lines_when_signed, 2) << one->email;
  }
  EXPECT_EQ(cases[2].rows_when_signed, 0) << "refused";
  Case again = {"ann@example.org", "a"};
  Take(again);
  EXPECT_EQ(again.rows_when_signed, 2) << "the same message is signed again";
}

TEST_P(RegistrarIntakeTest, RefusesAnotherMessageByTheDatabaseAloneAndGoesOn) {
  Case first = {"ann@example.org", "a"};
  Take(first);
  std::vector<Case> cases = {{"ann@example.org", "another"}, {"cy@example.org", "c"}};
  TakeTogether(cases);
  EXPECT_THAT(cases[0].answer, IsError(StatusCode::kAlreadyExists, "CREDENTIAL_ALREADY_ISSUED"));
  EXPECT_EQ(cases[0].rows_when_signed, 0);
  EXPECT_OK(cases[1].answer) << "the journal, which would break, was not asked";
}

TEST_P(RegistrarIntakeTest, AnswersWhatSigningSays) {
  std::vector<Case> cases = {{"ann@example.org", "a"}, {"cy@example.org", "c"}};
  cases[0].then = [] { return absl::AbortedError("no signature"); };
  cases[1].then = []() -> absl::Status { throw std::runtime_error("it broke"); };
  TakeTogether(cases);
  EXPECT_EQ(cases[0].answer, absl::AbortedError("no signature"));
  EXPECT_EQ(cases[0].times_signed, 1) << "it is no line that was left to be tried alone";
  EXPECT_EQ(cases[1].answer, absl::InternalError("exception: it broke"));
  EXPECT_EQ(Stored(), "2") << "and they are signed when they ask again";
  Case again = {"cy@example.org", "c"};
  Take(again);
  EXPECT_OK(again.answer);
}

// Rolls that break for one election.
class BreakingRolls final : public OtherRolls {
 public:
  using OtherRolls::OtherRolls;
  absl::StatusOr<std::vector<HeldLine>> HoldLines(db::Transaction& transaction,
                                                  const std::vector<const rpc::Call*>& calls,
                                                  const std::string& election, const RegistrarRoll& roll,
                                                  WhenHeld when) const override {
    if (election == "f") throw std::runtime_error("it broke");
    return OtherRolls::HoldLines(transaction, calls, election, roll, when);
  }
};

TEST_P(RegistrarIntakeTest, SignsForOneElectionWhateverBreaksForAnother) {
  const BreakingRolls breaking(Rolls());
  intake_ = std::make_unique<IssuanceIntake>(database().pool(), breaking, journal());
  IssuingFacts of_another = *facts_;
  of_another.election = "f";  // after "e"
  std::vector<Case> cases = {{"ann@example.org", "a"}, {"cy@example.org", "c"}};
  cases[1].facts = std::make_shared<const IssuingFacts>(of_another);
  TakeTogether(cases);
  EXPECT_OK(cases[0].answer);
  EXPECT_EQ(cases[0].rows_when_signed, 1);
  EXPECT_EQ(cases[1].answer, absl::InternalError("exception: it broke"));
  EXPECT_EQ(cases[1].rows_when_signed, 0);
  intake_.reset();  // before the rolls
}

TEST_P(RegistrarIntakeTest, GivesALineToOneOfTwoMessagesThatCameTogether) {
  std::vector<Case> cases = {{"ann@example.org", "one"}, {"ann@example.org", "two"}, {"cy@example.org", "c"}};
  TakeTogether(cases);
  const bool first = crypto::Sha256("one") < crypto::Sha256("two");
  EXPECT_OK(cases[first ? 0 : 1].answer) << "which one it is does not tell which came first";
  EXPECT_THAT(cases[first ? 1 : 0].answer, IsError(StatusCode::kAlreadyExists, "CREDENTIAL_ALREADY_ISSUED"));
  EXPECT_OK(cases[2].answer);
  EXPECT_EQ(journal().Lines().size(), 2u);
}

// A company that somebody is changing must not hold up everybody else.
TEST_P(RegistrarIntakeTest, WaitsForALineThatIsHeldWithoutHoldingUpTheOthers) {
  Case beside = {"cy@example.org", "c"};
  TakeBesideAHeldLine(beside);
}

TEST_P(RegistrarIntakeTest, AnswersTheSameAgainBesideALineThatIsHeld) {
  Case first = {"cy@example.org", "c"};
  Take(first);
  Case beside = {"cy@example.org", "c"};
  TakeBesideAHeldLine(beside);
}

TEST_P(RegistrarIntakeTest, GivesTheSameAgainOnceIssuingIsOverAndNothingNew) {
  Case first = {"ann@example.org", "a"};
  Take(first);
  ASSERT_OK(first.answer);
  CloseIssuing();
  std::vector<Case> cases = {{"ann@example.org", "a"}, {"ann@example.org", "other"}, {"cy@example.org", "c"}};
  TakeTogether(cases);
  EXPECT_OK(cases[0].answer);
  EXPECT_THAT(cases[1].answer, IsError(StatusCode::kAlreadyExists, "CREDENTIAL_ALREADY_ISSUED"));
  EXPECT_THAT(cases[2].answer, IsError(StatusCode::kFailedPrecondition, "ISSUING_CLOSED"));
  EXPECT_EQ(Stored(), "1");
}

TEST_P(RegistrarIntakeTest, LetsNobodyAnswerForAnotherOnesLine) {
  // A statement fails for her row alone, and with it the transaction of all.
  const std::string too_long(4096, 'x');
  std::vector<Case> cases = {{"ann@example.org", too_long}, {"cy@example.org", "c"}};
  TakeTogether(cases);
  EXPECT_EQ(cases[0].answer.code(), StatusCode::kInternal);
  EXPECT_OK(cases[1].answer);
  EXPECT_EQ(Stored(), "1");
  EXPECT_EQ(journal().Lines().size(), 1u);
}

TEST_P(RegistrarIntakeTest, StoresNothingForACallerWhoseTimeIsOver) {
  rpc::Call late = CallOf("ann@example.org");
  late = rpc::Call(late.principal(), absl::Now() - absl::Seconds(1), late.now());
  EXPECT_THAT(intake_->Take({&late, facts_, IssuanceOf("a")}),
              IsError(StatusCode::kDeadlineExceeded, "DEADLINE_PASSED"));
  EXPECT_EQ(Stored(), "0");
}

TEST_P(RegistrarIntakeTest, GivesNoneOfThoseASignatureWhoseLinesCannotBeWritten) {
  Case first = {"ann@example.org", "a"};
  Take(first);
  ASSERT_OK(first.answer);
  database().Run("DELETE FROM issuances");
  std::vector<Case> cases = {{"ann@example.org", "other"}, {"cy@example.org", "c"}};
  TakeTogether(cases);
  EXPECT_THAT(cases[0].answer, IsError(StatusCode::kAlreadyExists, "CREDENTIAL_ALREADY_ISSUED"));
  EXPECT_EQ(journal().Lines().contains({"e", CompanyOf("ann@example.org"), crypto::Sha256("other")}), false);
  EXPECT_EQ(cases[0].rows_when_signed, 0);
  Case later = {"cy@example.org", "c"};
  Take(later);
  EXPECT_THAT(later.answer, IsError(StatusCode::kUnavailable, "JOURNAL_BROKEN"));
}

TEST_P(RegistrarIntakeTest, StoresNothingWithoutADatabaseAndWritesNothingOfIt) {
  database().Run("RENAME TABLE issuances TO elsewhere");
  std::vector<Case> cases = {{"ann@example.org", "a"}, {"cy@example.org", "c"}};
  TakeTogether(cases);
  for (const Case& one : cases) EXPECT_FALSE(one.answer.ok());
  EXPECT_TRUE(journal().Lines().empty());
  database().Run("RENAME TABLE elsewhere TO issuances");
  TakeTogether(cases);
  for (const Case& one : cases) EXPECT_OK(one.answer);
}

TEST_P(RegistrarIntakeTest, KnowsNothingOfAnElectionWithoutAManifest) {
  ASSERT_OK_AND_ASSIGN(const auto none, FindFacts("other"));
  EXPECT_EQ(none, nullptr);
  EXPECT_LE(facts_->opens, suite_.clock().Now());
  EXPECT_EQ(facts_->roll.count, 2);
}

class PeopleIntakeTest : public RegistrarIntakeTest {
 protected:
  PeopleIntakeTest() : RegistrarIntakeTest(v1::UNIT_PERSON) {}
};
INSTANTIATE_TEST_SUITE_P(Both, PeopleIntakeTest, ::testing::Values(Side::kMembership, Side::kAuditor),
                         NameOf);

TEST_P(PeopleIntakeTest, TakesPeopleOfOneCompanyTogether) {
  std::vector<Case> cases = {{"ann@example.org", "a"}, {"bob@example.org", "b"}, {"cy@example.org", "c"}};
  TakeTogether(cases);
  for (const Case& one : cases) EXPECT_OK(one.answer) << one.email;
  EXPECT_EQ(Stored(), "3");
  EXPECT_EQ(journal().Lines().begin()->unit.substr(0, 7), "people/");
}

}  // namespace
}  // namespace plenary::membership
