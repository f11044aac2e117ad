#include "services/election/trustee_service.h"

#include <gtest/gtest.h>

#include "common/crypto/bytes.h"
#include "common/crypto/sealed_box.h"
#include "services/election/testing/election_server.h"

namespace plenary::election {
namespace {

using absl::StatusCode;
using plenary::testing::HasReason;
using plenary::testing::IsError;
using testing::Day;

class TrusteeServiceTest : public testing::ElectionTest {
 protected:
  absl::StatusOr<v1::Trustee> Send(const std::string& person, const client::TrusteeKeys& keys) {
    auto request = client::KeysToSend(keys);
    request.set_election(election_);
    return trustees_.Ask(&TrusteeStub::SendTrusteeKeys, person, request);
  }
  absl::StatusOr<v1::Trustee> Deal(const std::string& person, const v1::DealSharesRequest& request) {
    return trustees_.Ask(&TrusteeStub::DealShares, person, request);
  }
  absl::StatusOr<v1::Trustee> Accept(const std::string& person) {
    v1::AcceptSharesRequest request;
    request.set_election(election_);
    return trustees_.Ask(&TrusteeStub::AcceptShares, person, request);
  }
  absl::StatusOr<v1::ListTrusteesResponse> Reset(const std::vector<std::string>& people, int threshold = 0,
                                                 const std::string& reason = "Tom lost the file.") {
    v1::ResetTrusteesRequest request;
    request.set_election(election_);
    for (const std::string& person : people) request.add_trustees(person);
    request.set_threshold(threshold);
    request.set_reason(reason);
    return Ask(&TrusteeStub::ResetTrustees, *trustee_stub_, Officer(), request);
  }
  absl::StatusOr<v1::GetTallySecretsResponse> Secrets() {
    v1::GetTallySecretsRequest request;
    request.set_election(election_);
    return Ask(&TrusteeStub::GetTallySecrets, *trustee_stub_, TestSuite::Anonymous(), request);
  }
  absl::StatusOr<v1::Trustee> ReleaseBytes(const std::string& person, const std::string& secret) {
    v1::ReleaseSecretRequest request;
    request.set_election(election_);
    request.set_tally_secret(secret);
    return trustees_.Ask(&TrusteeStub::ReleaseSecret, person, request);
  }
  absl::StatusOr<v1::Trustee> ShareBytes(const std::string& person, const std::string& share) {
    v1::ReleaseShareRequest request;
    request.set_election(election_);
    request.set_share(share);
    return trustees_.Ask(&TrusteeStub::ReleaseShare, person, request);
  }
  v1::DealSharesRequest SharesOf(std::size_t trustee) {
    const auto circle = trustees_.List(election_);
    client::TrusteeKeys& keys = trustees_.keys[trustee];
    EXPECT_OK(client::SplitTallySecret(keys, *circle, box_.random));
    return client::SharesToSend(keys, *circle, box_.random).value();
  }
  void OpenAndClose() {
    OpenVoting();
    suite_.clock().Set(Day(9, 23));
    ASSERT_OK(Close());
  }
};

TEST_F(TrusteeServiceTest, ShowsTrusteesOfAnElectionThatIsCalled) {
  CallElection();
  ASSERT_OK_AND_ASSIGN(const auto shown, trustees_.List(election_));
  EXPECT_EQ(shown.threshold(), 2);
  ASSERT_EQ(shown.trustees_size(), 3);
  EXPECT_EQ(shown.trustees(1).person(), "people/tom");
  EXPECT_EQ(shown.trustees(1).number(), 2);
  EXPECT_EQ(shown.trustees(1).tally_key(), "");
  ASSERT_OK_AND_ASSIGN(const auto election, GetElection());
  EXPECT_EQ(election.trustees(2), "people/tua");
  EXPECT_EQ(election.trustee_threshold(), 2);
  EXPECT_THAT(trustees_.List("elections/absent"), IsError(StatusCode::kNotFound, "ELECTION_NOT_FOUND"));
}

TEST_F(TrusteeServiceTest, TakesKeysSharesAndAcceptanceOnce) {
  CallElection();
  trustees_.SendKeys(election_);
  EXPECT_OK(Send("people/tia", trustees_.keys[0])) << "the same again";
  EXPECT_THAT(Send("people/tia", client::MakeTrusteeKeys(election_, box_.random)),
              IsError(StatusCode::kAlreadyExists, "TRUSTEE_KEYS_FIXED"));
  trustees_.Deal(election_);
  EXPECT_OK(Deal("people/tia", SharesOf(0))) << "the same shares in other boxes";
  auto other = SharesOf(0);
  other.set_share_sha256(1, std::string(32, 'x'));
  EXPECT_THAT(Deal("people/tia", other), IsError(StatusCode::kAlreadyExists, "SHARES_FIXED"));
  trustees_.Accept(election_);
  EXPECT_OK(Accept("people/tia"));
  ASSERT_OK_AND_ASSIGN(const auto shown, trustees_.List(election_));
  for (const v1::Trustee& trustee : shown.trustees()) {
    EXPECT_EQ(trustee.tally_key().size(), 32u);
    EXPECT_EQ(trustee.transport_key().size(), 32u);
    EXPECT_EQ(trustee.share_sha256_size(), 3);
    EXPECT_TRUE(trustee.accepted());
    EXPECT_FALSE(trustee.released());
  }
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM audit WHERE act LIKE '%TrusteeService%'"), "9");
}

TEST_F(TrusteeServiceTest, WaitsForEverybodyBeforeTheNextStep) {
  CallElection();
  trustees_.keys.push_back(client::MakeTrusteeKeys(election_, box_.random));
  ASSERT_OK(Send("people/tia", trustees_.keys[0]));
  v1::DealSharesRequest shares;
  shares.set_election(election_);
  for (int i = 0; i < 3; ++i) {
    shares.add_sealed_shares(std::string(kSealedShareBytes, 's'));
    shares.add_share_sha256(std::string(32, 'h'));
  }
  EXPECT_THAT(Deal("people/tia", shares), IsError(StatusCode::kFailedPrecondition, "TRUSTEE_KEYS_MISSING"));
  v1::ListDealtSharesRequest list;
  list.set_election(election_);
  EXPECT_THAT(trustees_.Ask(&TrusteeStub::ListDealtShares, "people/tia", list),
              IsError(StatusCode::kFailedPrecondition, "SHARES_MISSING"));
  EXPECT_THAT(Accept("people/tia"), IsError(StatusCode::kFailedPrecondition, "SHARES_MISSING"));
}

TEST_F(TrusteeServiceTest, TakesNoKeyTwice) {
  CallElection();
  const auto tia = client::MakeTrusteeKeys(election_, box_.random);
  ASSERT_OK(Send("people/tia", tia));
  EXPECT_THAT(Send("people/tom", tia), IsError(StatusCode::kAlreadyExists, "KEY_USED_BEFORE"));
  auto mixed = client::MakeTrusteeKeys(election_, box_.random);
  mixed.tally_secret = tia.transport_secret;
  EXPECT_THAT(Send("people/tom", mixed), HasReason("KEY_USED_BEFORE"));
  ASSERT_OK(Reset({}));
  EXPECT_THAT(Send("people/tia", tia), HasReason("KEY_USED_BEFORE"))
      << "what was reset is not taken up again";
  CallElection();
  EXPECT_THAT(Send("people/tia", tia), HasReason("KEY_USED_BEFORE")) << "nor in another election";
  ASSERT_OK_AND_ASSIGN(const auto shown, trustees_.List(election_));
  for (const v1::Trustee& trustee : shown.trustees()) EXPECT_EQ(trustee.tally_key(), "");
  EXPECT_OK(Send("people/tia", client::MakeTrusteeKeys(election_, box_.random)));
}

TEST_F(TrusteeServiceTest, RefusesKeysAndSharesThatCannotBe) {
  CallElection();
  const auto send = [&](const std::string& tally_key) {
    auto request = client::KeysToSend(client::MakeTrusteeKeys(election_, box_.random));
    request.set_tally_key(tally_key);
    return trustees_.Ask(&TrusteeStub::SendTrusteeKeys, "people/tia", request);
  };
  for (const std::string& wrong :
       {std::string(), std::string(32, 0), std::string(31, 'k'), std::string(33, 'k')}) {
    EXPECT_THAT(send(wrong), IsError(StatusCode::kInvalidArgument, "TALLY_KEY_INVALID"));
  }
  trustees_.SendKeys(election_);
  auto shares = SharesOf(0);
  shares.mutable_sealed_shares()->RemoveLast();
  EXPECT_THAT(Deal("people/tia", shares), IsError(StatusCode::kInvalidArgument, "SHARES_INVALID"));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM dealt_shares"), "0");
}

TEST_F(TrusteeServiceTest, IsForTheTrusteesAlone) {
  CallElection();
  trustees_.Prepare(election_);
  for (const char* person : {"people/ada", "people/officer", "people/staff"}) {
    EXPECT_THAT(Send(person, trustees_.keys[0]), IsError(StatusCode::kPermissionDenied, "NOT_TRUSTEE"));
    EXPECT_THAT(Accept(person), HasReason("NOT_TRUSTEE"));
    v1::ListDealtSharesRequest list;
    list.set_election(election_);
    EXPECT_THAT(trustees_.Ask(&TrusteeStub::ListDealtShares, person, list), HasReason("NOT_TRUSTEE"));
    EXPECT_THAT(ReleaseBytes(person, trustees_.keys[0].tally_secret), HasReason("NOT_TRUSTEE"));
    EXPECT_THAT(ShareBytes(person, trustees_.keys[0].dealt[0]), HasReason("NOT_TRUSTEE"));
  }
  v1::ResetTrusteesRequest reset;
  reset.set_election(election_);
  reset.set_reason("Mine!");
  EXPECT_THAT(trustees_.Ask(&TrusteeStub::ResetTrustees, "people/tia", reset),
              IsError(StatusCode::kPermissionDenied, "NOT_RETURNING_OFFICER"));
}

TEST_F(TrusteeServiceTest, StartsAnewWithOthersWhenTheReturningOfficerResets) {
  CallElectionWithKeys();
  ASSERT_OK_AND_ASSIGN(const auto before, GetElection());
  ASSERT_OK_AND_ASSIGN(const auto reset, Reset({"people/tia", "people/uli", "people/uwe", "people/tua"}, 3));
  EXPECT_EQ(reset.threshold(), 3);
  ASSERT_EQ(reset.trustees_size(), 4);
  for (const v1::Trustee& trustee : reset.trustees()) {
    EXPECT_EQ(trustee.tally_key(), "");
    EXPECT_EQ(trustee.share_sha256_size(), 0);
    EXPECT_FALSE(trustee.accepted());
  }
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM dealt_shares"), "0");
  ASSERT_OK_AND_ASSIGN(const auto after, GetElection());
  EXPECT_EQ(after.trustees(1), "people/uli");
  EXPECT_NE(after.etag(), before.etag());
  EXPECT_EQ(database_.One("SELECT detail FROM audit WHERE act LIKE '%ResetTrustees'"), "Tom lost the file.");
  EXPECT_THAT(Send("people/tom", client::MakeTrusteeKeys(election_, box_.random)), HasReason("NOT_TRUSTEE"));
}

TEST_F(TrusteeServiceTest, ResetsOnlyToTrusteesThatCanBeAndWithAReason) {
  CallElection();
  EXPECT_THAT(Reset({"people/tia"}), IsError(StatusCode::kInvalidArgument, "TRUSTEES_INVALID"));
  EXPECT_THAT(Reset({"people/tia", "people/officer"}), HasReason("TRUSTEES_INVALID"));
  const auto alone = Reset({}, 1);
  EXPECT_THAT(alone, HasReason("TRUSTEES_INVALID"));
  EXPECT_EQ(FieldViolationsOf(alone.status()).at(0).field, "threshold") << "as this request calls it";
  EXPECT_THAT(Reset({}, 4), HasReason("TRUSTEES_INVALID"));
  EXPECT_THAT(Reset({}, 0, ""), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_OK(Reset({}, 3));
  EXPECT_THAT(Reset({"people/tia", "people/tom"}), HasReason("TRUSTEES_INVALID"))
      << "the threshold of 3 is kept";
  EXPECT_OK(Reset({"people/tia", "people/tom"}, 2));
}

TEST_F(TrusteeServiceTest, GivesAnElectionFromBeforeThereWereTrusteesSome) {
  CallElection(testing::WantedPolls());
  database_.Run("DELETE FROM trustees");
  database_.Run("UPDATE elections SET trustee_threshold = 0");
  suite_.clock().Set(Day(9, 2));
  const auto refused = Publish();
  EXPECT_THAT(refused, IsError(StatusCode::kFailedPrecondition, "TRUSTEES_NOT_READY"));
  EXPECT_THAT(std::string(refused.status().message()), ::testing::HasSubstr("plenary trustee reset"));
  EXPECT_THAT(Reset({}), HasReason("TRUSTEES_INVALID")) << "there are none to keep";
  ASSERT_OK_AND_ASSIGN(const auto reset, Reset({"people/tia", "people/tom", "people/tua"}));
  EXPECT_EQ(reset.threshold(), 2);
  trustees_.Prepare(election_);
  EXPECT_OK(Publish());
}

TEST_F(TrusteeServiceTest, ChangesNothingOnceTheManifestIsPublished) {
  OpenVoting();
  EXPECT_OK(Send("people/tia", trustees_.keys[0])) << "the same again";
  EXPECT_OK(Accept("people/tia"));
  EXPECT_THAT(Reset({}), IsError(StatusCode::kFailedPrecondition, "MANIFEST_PUBLISHED"));
  v1::ListDealtSharesRequest list;
  list.set_election(election_);
  EXPECT_OK(trustees_.Ask(&TrusteeStub::ListDealtShares, "people/tom", list));
}

TEST_F(TrusteeServiceTest, PublishesNoSecretBeforeTheClose) {
  OpenVoting();
  EXPECT_THAT(trustees_.ReleaseSecret(0), IsError(StatusCode::kFailedPrecondition, "ELECTION_NOT_CLOSED"));
  EXPECT_THAT(trustees_.ReleaseShare(0, 1), HasReason("ELECTION_NOT_CLOSED"));
  suite_.clock().Set(Day(9, 23));
  EXPECT_THAT(trustees_.ReleaseSecret(0), HasReason("ELECTION_NOT_CLOSED"))
      << "the hour alone does not close it";
  EXPECT_EQ(
      database_.One("SELECT (SELECT COUNT(*) FROM tally_secrets) + (SELECT COUNT(*) FROM released_shares)"),
      "0");
  EXPECT_THAT(Secrets(), IsError(StatusCode::kFailedPrecondition, "TALLY_SECRETS_MISSING"));
}

TEST_F(TrusteeServiceTest, PublishesTheSecretsOnceAllAreReleased) {
  OpenAndClose();
  ASSERT_OK_AND_ASSIGN(const auto released, trustees_.ReleaseSecret(0));
  EXPECT_TRUE(released.released());
  EXPECT_OK(trustees_.ReleaseSecret(0)) << "released twice";
  const auto missing = Secrets();
  EXPECT_THAT(missing, IsError(StatusCode::kFailedPrecondition, "TALLY_SECRETS_MISSING"));
  EXPECT_THAT(std::string(missing.status().message()), ::testing::HasSubstr("people/tom and people/tua"));
  trustees_.ReleaseAll();
  ASSERT_OK_AND_ASSIGN(const auto secrets, Secrets());
  ASSERT_EQ(secrets.tally_secrets_size(), 3);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(secrets.tally_secrets(i), trustees_.keys[static_cast<std::size_t>(i)].tally_secret);
  }
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM audit WHERE act LIKE '%ReleaseSecret'"), "3");
}

TEST_F(TrusteeServiceTest, ReplacesAnAbsentTrusteeByTwoOthers) {
  OpenAndClose();
  ASSERT_OK(trustees_.ReleaseSecret(0));
  ASSERT_OK(trustees_.ReleaseSecret(2));
  ASSERT_OK_AND_ASSIGN(const auto one, trustees_.ReleaseShare(0, 1));
  EXPECT_EQ(one.person(), "people/tom");
  EXPECT_FALSE(one.released());
  ASSERT_OK_AND_ASSIGN(const auto again, trustees_.ReleaseShare(0, 1));
  EXPECT_EQ(again.released_shares_size(), 1) << "twice is once";
  EXPECT_THAT(Secrets(), HasReason("TALLY_SECRETS_MISSING"));
  ASSERT_OK_AND_ASSIGN(const auto two, trustees_.ReleaseShare(2, 1));
  EXPECT_TRUE(two.released());
  EXPECT_EQ(two.released_shares_size(), 2);
  EXPECT_EQ(Secrets()->tally_secrets(1), trustees_.keys[1].tally_secret);
  EXPECT_OK(trustees_.ReleaseSecret(1)) << "who comes back late";
  EXPECT_OK(trustees_.ReleaseShare(1, 1)) << "a trustee holds a share of their own secret too";
}

TEST_F(TrusteeServiceTest, TakesNoSecretThatIsNotTheCallers) {
  OpenAndClose();
  const std::string secret = trustees_.keys[0].tally_secret;
  std::string unclamped = secret;
  unclamped[0] = static_cast<char>(unclamped[0] | 1);
  for (const std::string& wrong :
       {std::string(), secret.substr(1), secret + "x", unclamped, std::string(32, 0),
        trustees_.keys[1].tally_secret, trustees_.keys[0].transport_secret}) {
    EXPECT_THAT(ReleaseBytes("people/tia", wrong),
                IsError(StatusCode::kInvalidArgument, "TALLY_SECRET_WRONG"));
  }
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM tally_secrets"), "0");
}

TEST_F(TrusteeServiceTest, TakesNoShareThatWasNotDealtToTheCaller) {
  OpenAndClose();
  const std::string share = trustees_.keys[0].accepted[1].share;
  std::string altered = share;
  altered[50] = static_cast<char>(altered[50] ^ 1);
  for (const std::string& wrong : {altered, trustees_.keys[2].accepted[1].share}) {
    const auto refused = ShareBytes("people/tia", wrong);
    EXPECT_THAT(refused, IsError(StatusCode::kInvalidArgument, "SHARE_WRONG"));
    EXPECT_THAT(std::string(refused.status().message()), ::testing::HasSubstr("people/tom"));
  }
  for (const std::string& wrong : {std::string(), share.substr(1), share + "x"}) {
    EXPECT_THAT(ShareBytes("people/tia", wrong), HasReason("SHARE_WRONG"));
  }
  auto foreign = client::MakeTrusteeKeys(election_, box_.random);
  ASSERT_OK_AND_ASSIGN(const auto circle, trustees_.List(election_));
  ASSERT_OK(client::SplitTallySecret(foreign, circle, box_.random));
  EXPECT_THAT(ShareBytes("people/tia", foreign.dealt[0]), HasReason("SHARE_WRONG")) << "of another election";
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM released_shares"), "0");
}

}  // namespace
}  // namespace plenary::election
