// How an election ends at a registrar: disputes, the signed list, the end of the keys.
#include <atomic>
#include <thread>

#include "common/crypto/blind_rsa.h"
#include "common/crypto/bytes.h"
#include "common/crypto/ed25519.h"
#include "common/status/macros.h"
#include "fmt/format.h"
#include "services/membership/limits_registrar.h"
#include "services/membership/testing_registrar.h"

namespace plenary::membership {
namespace {

using testing::Invoke;
using testing::IsError;
using Stub = v1::RegistrarService::Stub;

class RegistrarEndTest : public RegistrarTest {
 protected:
  std::string UnitBytes(const std::string& email) {
    const IdBytes id = ParseId(CompanyOf(email).substr(10)).value();
    return std::string(reinterpret_cast<const char*>(id.data()), id.size());
  }

  // What Ann's dispute answers, filed when `before` is done in a transaction that does `after`, and commits,
  // once the dispute has come to the locked read of `table`.
  absl::StatusOr<v1::Dispute> DisputeBeside(const std::string& blinded_msg, const std::string& before,
                                            const std::string& table, const std::string& after) {
    absl::StatusOr<v1::Dispute> shown;
    std::thread filing;
    EXPECT_OK(InTransaction(database().pool(), [&](db::Transaction& transaction) -> absl::Status {
      RETURN_IF_ERROR(transaction.Execute(before).status());
      filing = std::thread([&] { shown = Dispute("ann@example.org", "I got no answer", blinded_msg); });
      const absl::Time until = absl::Now() + absl::Seconds(20);
      bool waits = false;
      while (!waits && absl::Now() < until) {
        std::this_thread::yield();
        waits = database().One(
                    "SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() AND "
                    "id <> CONNECTION_ID() AND info LIKE '%FROM " +
                    table + "%LOCK IN SHARE MODE'") != "0";
      }
      EXPECT_TRUE(waits);
      return after.empty() ? absl::OkStatus() : transaction.Execute(after).status();
    }));
    if (filing.joinable()) filing.join();
    return shown;
  }
  std::string InsertIssuance(const std::string& email, const std::string& blinded_msg) {
    return "INSERT INTO issuances (election, unit, blinded_msg_sha256, recovery_blob) VALUES ('e', '" +
           CompanyOf(email).substr(10) + "', 0x" + crypto::HexEncode(crypto::Sha256(blinded_msg)) + ", '')";
  }
};
INSTANTIATE_TEST_SUITE_P(Both, RegistrarEndTest, ::testing::Values(Side::kMembership, Side::kAuditor),
                         NameOf);

TEST_P(RegistrarEndTest, SignsTheListOfThoseWhoCollectedOnce) {
  EXPECT_THAT(List(), IsError(absl::StatusCode::kNotFound, "MANIFEST_NOT_FOUND"));
  OpenIssuing();
  const std::string ann = Blinded(), cy = Blinded();
  ASSERT_OK(Issue("cy@example.org", cy));
  ASSERT_OK(Issue("ann@example.org", ann));
  suite_.clock().Set(Noon("2022-09-23") - absl::Hours(1) - absl::Seconds(1));
  EXPECT_THAT(List(), IsError(absl::StatusCode::kFailedPrecondition, "ISSUING_STILL_OPEN"));
  CloseIssuing();
  ASSERT_OK_AND_ASSIGN(const std::string list, List());

  std::map<std::string, std::string> lines = {{UnitBytes("ann@example.org"), crypto::Sha256(ann)},
                                              {UnitBytes("cy@example.org"), crypto::Sha256(cy)}};
  std::string expected = "PLI1" + crypto::Sha256(Manifest().SerializeAsString());
  expected += AtAuditor() ? '\1' : '\0';
  expected += std::string("\0\0\0\2", 4);
  for (const auto& [unit, hash] : lines) expected += unit + hash;
  ASSERT_EQ(list.size(), expected.size() + 64);
  EXPECT_EQ(list.substr(0, expected.size()), expected);
  EXPECT_OK(crypto::VerifyEd25519(SharedKeys().list.public_key(), "plenary-issuance-v1" + expected,
                                  list.substr(expected.size())));
  ASSERT_OK_AND_ASSIGN(const std::string again, List());
  EXPECT_EQ(again, list);
}

// Anybody may ask, and a clock that was wrong for a minute would end the issuing for ever.
TEST_P(RegistrarEndTest, SignsTheListForTheElectionServiceAndShowsItToEverybody) {
  const auto anybody = [&] { return ListFor(testing::TestSuite::Anonymous()); };
  EXPECT_THAT(anybody(), IsError(absl::StatusCode::kNotFound, "MANIFEST_NOT_FOUND"));
  OpenIssuing();
  CloseIssuing();
  EXPECT_THAT(anybody(), IsError(absl::StatusCode::kFailedPrecondition, "ISSUING_STILL_OPEN"));
  EXPECT_THAT(ListFor(Voter("ann@example.org")),
              IsError(absl::StatusCode::kFailedPrecondition, "ISSUING_STILL_OPEN"));
  EXPECT_EQ(database().One("SELECT COUNT(*) FROM issuance_lists"), "0");
  suite_.clock().Set(Noon("2022-09-10"));
  EXPECT_OK(Issue("ann@example.org", Blinded())) << "the clock is right again";
  CloseIssuing();
  ASSERT_OK_AND_ASSIGN(const std::string list, List());
  EXPECT_EQ(anybody().value(), list);
}

TEST_P(RegistrarEndTest, AddsNobodyOnceTheListIsMade) {
  OpenIssuing();
  const std::string ann = Blinded();
  ASSERT_OK(Issue("ann@example.org", ann));
  CloseIssuing();
  ASSERT_OK_AND_ASSIGN(const std::string list, List());
  suite_.clock().Set(Noon("2022-09-10"));  // also when the clock is set back
  EXPECT_THAT(Issue("cy@example.org", Blinded()),
              IsError(absl::StatusCode::kFailedPrecondition, "ISSUING_CLOSED"));
  EXPECT_OK(Issue("ann@example.org", ann)) << "what is on the list is given again";
  EXPECT_EQ(Count().issued_count(), 1);
  EXPECT_EQ(List().value(), list);
}

// The list and the issuing that goes on beside it, in the last second: whoever got a credential is on the
// list.
TEST_P(RegistrarEndTest, ListsEverybodyWhoGotACredentialBesideIt) {
  OpenIssuing();
  suite_.clock().Set(Noon("2022-09-23") - absl::Hours(1) - absl::Seconds(1));
  auto ann = Voter("ann@example.org");
  const auto request = Request(Blinded());
  bool issued = false;
  std::thread issuing(
      [&] { issued = Invoke(&Stub::IssueCredential, registrar(), std::move(ann), request).ok(); });
  CloseIssuing();
  const auto list = List();
  issuing.join();
  ASSERT_OK(list);
  EXPECT_EQ(list->find(UnitBytes("ann@example.org")) != std::string::npos, issued);
}

TEST_P(RegistrarEndTest, SignsNoListThatLacksACredentialOfTheJournal) {
  OpenIssuing();
  ASSERT_OK(Issue("ann@example.org", Blinded()));
  database().Run("CREATE TABLE kept AS SELECT * FROM issuances");
  database().Run("DELETE FROM issuances");
  CloseIssuing();
  EXPECT_THAT(List(), IsError(absl::StatusCode::kFailedPrecondition, "JOURNAL_AHEAD"));
  EXPECT_EQ(database().One("SELECT COUNT(*) FROM issuance_lists"), "0") << "which would be fixed for ever";
  database().Run("INSERT INTO issuances SELECT * FROM kept");
  database().Run("DROP TABLE kept");
  ASSERT_OK_AND_ASSIGN(const std::string list, List());
  EXPECT_NE(list.find(UnitBytes("ann@example.org")), std::string::npos);
}

TEST_P(RegistrarEndTest, ListsNobodyWhenNobodyCollected) {
  OpenIssuing();
  CloseIssuing();
  ASSERT_OK_AND_ASSIGN(const std::string list, List());
  EXPECT_EQ(list.size(), 4u + 32 + 1 + 4 + 64);
}

TEST_P(RegistrarEndTest, TakesADisputeAndItsAnswer) {
  EXPECT_THAT(Dispute("ann@example.org", "Not me"),
              IsError(absl::StatusCode::kFailedPrecondition, "ISSUING_NOT_OPEN"));
  OpenIssuing();
  ASSERT_OK_AND_ASSIGN(const auto filed, Dispute("ann@example.org", "I was refused"));
  EXPECT_EQ(filed.unit(), CompanyOf("ann@example.org"));
  EXPECT_EQ(filed.name(), "elections/e/disputes/" + CompanyOf("ann@example.org").substr(10));
  EXPECT_THAT(Dispute("ann@example.org", "Again"), IsError(absl::StatusCode::kAlreadyExists, "DISPUTE_OPEN"));
  EXPECT_EQ(Count().open_dispute_count(), 1);
  ASSERT_OK_AND_ASSIGN(const auto mine, GetIssuance("ann@example.org"));
  EXPECT_EQ(mine.dispute().text(), "I was refused");
  EXPECT_EQ(mine.blinded_msg_sha256(), "") << "nothing was issued";
  EXPECT_THAT(GetIssuance("cy@example.org"), IsError(absl::StatusCode::kNotFound, "CREDENTIAL_NOT_ISSUED"));

  v1::AnswerDisputeRequest request;
  request.set_name(filed.name());
  request.set_answer("Try again");
  EXPECT_THAT(Invoke(&Stub::AnswerDispute, registrar(), Voter("ann@example.org"), request),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  ASSERT_OK_AND_ASSIGN(const auto answered, Answer(filed.name(), "Try again"));
  EXPECT_EQ(answered.answer(), "Try again");
  EXPECT_THAT(Answer(filed.name(), "And again"),
              IsError(absl::StatusCode::kAlreadyExists, "DISPUTE_ANSWERED"));
  EXPECT_EQ(GetIssuance("ann@example.org")->dispute().answer(), "Try again");
  EXPECT_EQ(Count().open_dispute_count(), 0);
  ASSERT_OK(Dispute("cy@example.org", "Me neither"));
  ASSERT_OK_AND_ASSIGN(const auto again, Dispute("ann@example.org", "Still refused"));
  EXPECT_EQ(again.name(), filed.name() + "-2");
  EXPECT_EQ(GetIssuance("ann@example.org")->dispute().text(), "Still refused") << "the newest";
  v1::ListDisputesRequest list;
  list.set_election(kElection);
  ASSERT_OK_AND_ASSIGN(const auto all, Invoke(&Stub::ListDisputes, registrar(), Officer(), list));
  ASSERT_EQ(all.disputes_size(), 3) << "what was answered stays";
  EXPECT_EQ(all.disputes(0).text(), "I was refused") << "oldest first";
  EXPECT_EQ(all.disputes(0).answer(), "Try again");
  EXPECT_EQ(all.disputes(1).text(), "Me neither");
  EXPECT_EQ(all.disputes(2).text(), "Still refused");
  EXPECT_OK(Invoke(&Stub::ListDisputes, registrar(), Election(), list));
  EXPECT_THAT(Invoke(&Stub::ListDisputes, registrar(), Voter("ann@example.org"), list),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_ALLOWED"));
}

// An answer stands: nobody holds up a certification, or the end of the keys, for ever.
TEST_P(RegistrarEndTest, TakesThreeDisputesOfALineAndNotOneMore) {
  OpenIssuing();
  for (int number = 1; number <= limits::kDisputesOfLine; ++number) {
    ASSERT_OK_AND_ASSIGN(const auto filed, Dispute("ann@example.org", "Number " + std::to_string(number)));
    EXPECT_EQ(Count().open_dispute_count(), 1);
    ASSERT_OK(Answer(filed.name(), "Answer " + std::to_string(number)));
    EXPECT_EQ(Count().open_dispute_count(), 0);
    EXPECT_THAT(Answer(filed.name(), "Another"),
                IsError(absl::StatusCode::kAlreadyExists, "DISPUTE_ANSWERED"));
  }
  const auto once_more = Dispute("ann@example.org", "Once more", Blinded());
  EXPECT_THAT(once_more, IsError(absl::StatusCode::kFailedPrecondition, "DISPUTES_USED_UP"));
  EXPECT_THAT(std::string(once_more.status().message()), ::testing::HasSubstr("disputed 3 times"));
  EXPECT_OK(Dispute("cy@example.org", "Mine")) << "each line has its own";
  EXPECT_EQ(database().Column("SELECT CONCAT(number, answer) FROM disputes ORDER BY sequence"),
            (std::vector<std::string>{"1Answer 1", "2Answer 2", "3Answer 3", "1"}));
  const std::string cy = "elections/e/disputes/" + CompanyOf("cy@example.org").substr(10);
  EXPECT_THAT(Answer(cy + "-2", "Too early"), IsError(absl::StatusCode::kNotFound, "DISPUTE_NOT_FOUND"));
  ASSERT_OK(Answer(cy, "Yes"));
  CloseIssuing();
  EXPECT_OK(Destroy());
}

TEST_P(RegistrarEndTest, TakesOneOfTwoDisputesOfALineThatComeTogether) {
  OpenIssuing();
  for (int round = 1; round <= limits::kDisputesOfLine; ++round) {
    std::vector<std::unique_ptr<grpc::ClientContext>> contexts(4);
    for (auto& context : contexts) context = Voter("ann@example.org");
    v1::FileDisputeRequest request;
    request.set_election(kElection);
    request.set_text("Mine");
    std::atomic<int> filed = 0;
    std::vector<std::thread> threads;
    for (auto& context : contexts) {
      threads.emplace_back([&] {
        const auto answer = Invoke(&Stub::FileDispute, registrar(), std::move(context), request);
        if (answer.ok()) {
          ++filed;
        } else {
          EXPECT_THAT(answer, IsError(absl::StatusCode::kAlreadyExists, "DISPUTE_OPEN"));
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(filed, 1);
    EXPECT_EQ(database().One("SELECT COUNT(*) FROM disputes"), std::to_string(round));
    ASSERT_OK(Answer(GetIssuance("ann@example.org")->dispute().name(), "Answered"));
  }
}

TEST_P(RegistrarEndTest, PublishesTheSignatureOfTheMessageOnRecordAlone) {
  OpenIssuing();
  const crypto::RsaPublicKey& key = SharedKeys().rsa.public_key();
  const std::string message = crypto::PrepareRandomized("ballot key", random_);
  ASSERT_OK_AND_ASSIGN(const crypto::BlindedMessage blinded, crypto::Blind(key, message, random_));
  ASSERT_OK(Issue("ann@example.org", blinded.blinded_msg));
  ASSERT_OK_AND_ASSIGN(const auto other, Dispute("ann@example.org", "This is mine", Blinded()));
  EXPECT_EQ(other.blind_signature(), "") << "else a dispute would be a second credential";
  ASSERT_OK(Answer(other.name(), "It is not on record"));
  ASSERT_OK_AND_ASSIGN(const auto shown, Dispute("ann@example.org", "I got no answer", blinded.blinded_msg));
  EXPECT_OK(crypto::Finalize(key, message, shown.blind_signature(), blinded.inv).status());
  EXPECT_EQ(Dispute("cy@example.org", "It is mine", blinded.blinded_msg)->blind_signature(), "")
      << "on record for another line";
}

// The answer to a dispute is evidence: it is never of a moment before the dispute was let in, nor of one
// between the row of a credential and its commit.
TEST_P(RegistrarEndTest, KnowsTheCredentialThatIsIssuedBesideTheDispute) {
  OpenIssuing();
  const std::string ann = Blinded();
  ASSERT_OK_AND_ASSIGN(const auto waited,
                       DisputeBeside(ann, "UPDATE manifests SET voting_closes = voting_closes + 1",
                                     "manifests", InsertIssuance("ann@example.org", ann)));
  EXPECT_OK(crypto::CheckBlindSignature(SharedKeys().rsa.public_key(), ann, waited.blind_signature()));
  database().Run("DELETE FROM issuances");
  ASSERT_OK(Answer(waited.name(), "There it is"));
  ASSERT_OK_AND_ASSIGN(const auto beside,
                       DisputeBeside(ann, InsertIssuance("ann@example.org", ann), "issuances", ""));
  EXPECT_OK(crypto::CheckBlindSignature(SharedKeys().rsa.public_key(), ann, beside.blind_signature()));
  EXPECT_EQ(beside.name(), waited.name() + "-2") << "and its answer was seen";
}

// More than a message of gRPC holds: what waits for an answer is listed, and what is left out is the oldest
// that is settled.
TEST_P(RegistrarEndTest, ListsAsManyDisputesAsAnAnswerHoldsOpenOnesFirst) {
  OpenIssuing();
  const std::string longest = "REPEAT(CONVERT(0xF09F9880 USING utf8mb4), 2000)";
  const auto insert = [&](const std::string& answer, int first, int last) {
    database().Run(
        "INSERT INTO disputes (election, unit, number, text, blinded_msg, blind_signature, answer)"
        " SELECT 'e', LPAD(seq, 26, '0'), 1, " +
        longest + ", REPEAT('m', 384), REPEAT('s', 384), " + answer + " FROM seq_" + std::to_string(first) +
        "_to_" + std::to_string(last));
  };
  const auto list = [&] {
    v1::ListDisputesRequest request;
    request.set_election(kElection);
    return Invoke(&Stub::ListDisputes, registrar(), Election(), request);
  };
  const auto unit = [](int number) { return fmt::format("companies/{:026}", number); };
  insert(longest, 1, 300);
  insert("''", 301, 350);
  ASSERT_OK_AND_ASSIGN(const auto some, list());
  EXPECT_LE(some.ByteSizeLong(), static_cast<std::size_t>(limits::kDisputeListBytes));
  ASSERT_GT(some.disputes_size(), 150);
  ASSERT_LT(some.disputes_size(), 350);
  for (int i = 0; i < some.disputes_size(); ++i) {
    EXPECT_EQ(some.disputes(i).unit(), unit(351 - some.disputes_size() + i)) << "the newest, oldest first";
  }
  insert("''", 351, 900);
  ASSERT_OK_AND_ASSIGN(const auto open, list());
  EXPECT_LE(open.ByteSizeLong(), static_cast<std::size_t>(limits::kDisputeListBytes));
  ASSERT_GE(open.disputes_size(), 340);
  EXPECT_EQ(open.disputes(0).unit(), unit(301)) << "no answered one, and the open ones from the oldest on";
  EXPECT_EQ(Count().open_dispute_count(), 600) << "all of them hold the certification up";
}

TEST_P(RegistrarEndTest, RefusesWhatIsNoDispute) {
  OpenIssuing();
  for (const std::string& text : {std::string(), std::string("  "), std::string(2001, 'x')}) {
    EXPECT_THAT(Dispute("ann@example.org", text),
                IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  }
  for (const std::string& message : {std::string(1, 'm'), std::string(383, 'm'), std::string(385, 'm'),
                                     std::string(384, '\0'), SharedKeys().rsa.public_key().n()}) {
    EXPECT_THAT(Dispute("ann@example.org", "Mine", message),
                IsError(absl::StatusCode::kInvalidArgument, "BLINDED_MESSAGE_INVALID"));
  }
  EXPECT_THAT(Dispute("di@example.org", "Mine"), IsError(absl::StatusCode::kPermissionDenied, "NOT_ON_ROLL"));
  EXPECT_OK(Dispute("ann@example.org", std::string(2000, 'x')));
  for (const char* name : {"", "elections/e", "elections/e/disputes/", "elections/e/disputes/none", "e/d"}) {
    EXPECT_THAT(Answer(name, "Yes"), IsError(absl::StatusCode::kNotFound, "DISPUTE_NOT_FOUND")) << name;
  }
  const std::string open = "elections/e/disputes/" + CompanyOf("ann@example.org").substr(10);
  EXPECT_THAT(Answer(open, ""), IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Answer(open, std::string(2001, 'x')),
              IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_OK(Answer(open, std::string(2000, 'x')));
}

TEST_P(RegistrarEndTest, DestroysItsKeysForEverAndRecordsIt) {
  EXPECT_THAT(Destroy(), IsError(absl::StatusCode::kNotFound, "MANIFEST_NOT_FOUND"));
  OpenIssuing();
  const std::string ann = Blinded();
  ASSERT_OK(Issue("ann@example.org", ann));
  EXPECT_THAT(Destroy(), IsError(absl::StatusCode::kFailedPrecondition, "ISSUING_STILL_OPEN"));
  CloseIssuing();
  ASSERT_OK_AND_ASSIGN(const auto dispute, Dispute("cy@example.org", "I was refused"));
  EXPECT_THAT(Destroy(), IsError(absl::StatusCode::kFailedPrecondition, "DISPUTES_OPEN"));
  EXPECT_OK(Issue("ann@example.org", ann)) << "the keys are there";
  ASSERT_OK(Answer(dispute.name(), "You came too late"));
  EXPECT_EQ(Count().keys_destroyed_at(), 0);
  v1::DestroyKeysRequest request;
  request.set_election(kElection);
  EXPECT_THAT(Invoke(&Stub::DestroyKeys, registrar(), Officer(), request),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_ALLOWED"));

  ASSERT_OK_AND_ASSIGN(const auto destroyed, Destroy());
  EXPECT_EQ(destroyed.destroyed_at(), absl::ToUnixSeconds(suite_.clock().Now()));
  suite_.clock().Advance(absl::Hours(1));
  EXPECT_EQ(Destroy()->destroyed_at(), destroyed.destroyed_at()) << "twice is the same as once";
  EXPECT_EQ(Count().keys_destroyed_at(), destroyed.destroyed_at());
  EXPECT_EQ(database().One("SELECT sealed FROM registrar_keys WHERE election = 'e'"), "NULL");
  EXPECT_EQ(database().One("SELECT COUNT(*) FROM audit WHERE act LIKE '%DestroyKeys'"), "1");
  EXPECT_THAT(Issue("ann@example.org", ann), IsError(absl::StatusCode::kFailedPrecondition, "KEYS_DESTROYED"))
      << "they are not in memory either";
  EXPECT_THAT(Dispute("ann@example.org", "Late"),
              IsError(absl::StatusCode::kFailedPrecondition, "KEYS_DESTROYED"));
  v1::PrepareRegistrarRequest prepare;
  prepare.set_election(kElection);
  EXPECT_THAT(Invoke(&Stub::PrepareRegistrar, registrar(), Election(), prepare),
              IsError(absl::StatusCode::kAlreadyExists, "KEYS_DESTROYED"));
  EXPECT_OK(Accept(Manifest())) << "it is still the one that was accepted";
  ASSERT_OK_AND_ASSIGN(const std::string list, List());
  EXPECT_EQ(list.size(), 4u + 32 + 1 + 4 + 48 + 64) << "made before";
  EXPECT_OK(GetIssuance("ann@example.org"));
}

TEST_P(RegistrarEndTest, RefusesAKeyItHasSeenBefore) {
  OpenIssuing();
  CloseIssuing();
  ASSERT_OK(Destroy());
  crypto::SystemRandom random;
  ASSERT_OK_AND_ASSIGN(const bool stored, InTransaction(database().pool(), [&](db::Transaction& transaction) {
                         return StoreElectionKeys(transaction, "next", SharedKeys(),
                                                  AtAuditor() ? auditor_.encryption() : *encryption_, random);
                       }));
  EXPECT_FALSE(stored);
}

}  // namespace
}  // namespace plenary::membership
