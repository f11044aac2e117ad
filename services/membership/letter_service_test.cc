#include "services/membership/letter_service.h"

#include <fmt/format.h>

#include <atomic>

#include "common/testing/every_caller.h"
#include "services/membership/limits.h"
#include "services/membership/limits_verification.h"
#include "services/membership/testing_verification.h"

namespace plenary::membership {
namespace {

using absl::StatusCode;
using testing::Invoke;
using testing::IsError;
using Stub = v1::LetterService::Stub;

class LetterServiceTest : public VerificationTest {};

TEST_F(LetterServiceTest, LetsInWhomThePoliciesName) {
  testing::ExpectEveryPolicyHolds(suite_, verification_loopback_.channel(),
                                  {"plenary.membership.v1.LetterService"});
}

TEST_F(LetterServiceTest, AnAcceptedLetterCountsFromThatDayOn) {
  ASSERT_OK_AND_ASSIGN(const v1::Letter asked, Request(AskFor(" Rita@Client.Example ")));
  EXPECT_EQ(asked.state(), v1::Letter::STATE_REQUESTED);
  EXPECT_EQ(asked.referee().email(), "rita@client.example");
  EXPECT_EQ(database_.One("SELECT address FROM notices WHERE template = 'letter-request'"),
            "rita@client.example");
  suite_.clock().Advance(absl::Hours(24));
  ASSERT_OK(Submit(SecretOf("letter-request")));
  ASSERT_OK_AND_ASSIGN(const v1::Letter received, Get(asked.name(), suite_.Staff()));
  EXPECT_EQ(received.state(), v1::Letter::STATE_RECEIVED);
  EXPECT_EQ(received.text(), "She knows her trade.");
  ASSERT_OK(Check(asked.name()));
  ASSERT_OK_AND_ASSIGN(const v1::Letter accepted, Accept(asked.name()));
  EXPECT_EQ(accepted.state(), v1::Letter::STATE_ACCEPTED);
  EXPECT_EQ(PersonAt("ada@example.org").accepted_letters(), 1);
  EXPECT_EQ(database_.One("SELECT CONCAT_WS(' ', recorded_on, accepted, source) FROM letter_counts ORDER BY"
                          " sequence DESC LIMIT 1"),
            "2022-08-21 1 " + asked.name());
  EXPECT_EQ(Notices("letter-accepted"), "1");
}

TEST_F(LetterServiceTest, TwoAcceptedLettersOpenTheVoteAndARevokedOneClosesIt) {
  const std::string ada = PersonAt("ada@example.org").name();
  const std::string first = CheckedLetter("one@client.example");
  const std::string second = CheckedLetter("two@client.example");
  ASSERT_OK(Accept(first));
  EXPECT_EQ(MayVote(ada)->reason(), "LETTERS_MISSING");
  ASSERT_OK(Accept(second));
  EXPECT_TRUE(MayVote(ada)->allowed());
  EXPECT_EQ(MayVote(ada, "2022-08-19")->reason(), "LETTERS_MISSING") << "letters count from their day on";
  suite_.clock().Advance(absl::Hours(24));
  ASSERT_OK_AND_ASSIGN(const v1::Letter revoked, Revoke(second));
  EXPECT_EQ(revoked.state(), v1::Letter::STATE_REVOKED);
  EXPECT_EQ(revoked.decision_reason(), "The referee is a cousin.");
  EXPECT_EQ(MayVote(ada)->reason(), "LETTERS_MISSING");
  EXPECT_TRUE(MayVote(ada, "2022-08-20")->allowed()) << "what held then held then";
  EXPECT_EQ(Notices("letter-revoked"), "1");
}

TEST_F(LetterServiceTest, TheSecretIsGoodOnceAndForThirtyDays) {
  ASSERT_OK(Request(AskFor("one@client.example")));
  const std::string used = SecretOf("letter-request");
  ASSERT_OK(Submit(used));
  EXPECT_THAT(Submit(used, "Another text."), IsError(StatusCode::kNotFound, "LETTER_TOKEN_INVALID"));
  ASSERT_OK(Request(AskFor("two@client.example")));
  const std::string late = SecretOf("letter-request");
  suite_.clock().Advance(limits::kLetterLinkLife - absl::Seconds(1));
  EXPECT_THAT(Submit("unknown"), IsError(StatusCode::kNotFound, "LETTER_TOKEN_INVALID"));
  suite_.clock().Advance(absl::Seconds(1));
  EXPECT_THAT(Submit(late), IsError(StatusCode::kNotFound, "LETTER_TOKEN_INVALID"));
}

TEST_F(LetterServiceTest, ARepeatedRequestGetsTheFirstAnswer) {
  v1::RequestLetterRequest request = AskFor("one@client.example");
  request.set_request_id(RandomUuid());
  ASSERT_OK_AND_ASSIGN(const v1::Letter first, Request(request));
  ASSERT_OK_AND_ASSIGN(const v1::Letter second, Request(request));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  EXPECT_EQ(Notices("letter-request"), "1");
}

TEST_F(LetterServiceTest, NoSecretStandsAnywhereButInTheMail) {
  ASSERT_OK(Request(AskFor("one@client.example")));
  const std::string secret = SecretOf("letter-request");
  ASSERT_GE(secret.size(), 43u);
  v1::SubmitLetterRequest request;
  request.set_token(secret);
  request.set_text("She knows her trade.");
  request.set_request_id(RandomUuid());
  ASSERT_OK(Invoke(&Stub::SubmitLetter, *letters_, testing::TestSuite::Anonymous(), request));
  for (const std::string text :
       {"SELECT GROUP_CONCAT(act, actor, resource, detail) FROM audit",
        "SELECT GROUP_CONCAT(COALESCE(response, '')) FROM requests",
        "SELECT GROUP_CONCAT(text, relation, COALESCE(token_sha256, '')) FROM letters"}) {
    EXPECT_EQ(database_.One(text).find(secret), std::string::npos) << text;
  }
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM letters WHERE token_sha256 IS NOT NULL"), "0")
      << "it is used up";
}

TEST_F(LetterServiceTest, ARefereeCountsOnceAMember) {
  ASSERT_OK_AND_ASSIGN(const v1::Letter letter, Request(AskFor("one@client.example")));
  EXPECT_THAT(Request(AskFor("ONE@client.example")), IsError(StatusCode::kAlreadyExists, "LETTER_EXISTS"));
  EXPECT_OK(Request(AskFor("one@client.example"), "bea@example.org")) << "another member";
  ASSERT_OK(Withdraw(letter.name()));
  ASSERT_OK_AND_ASSIGN(const v1::Letter again, Request(AskFor("one@client.example")));
  suite_.clock().Advance(limits::kLetterLinkLife);
  EXPECT_EQ(Get(again.name(), suite_.Staff())->state(), v1::Letter::STATE_EXPIRED);
  EXPECT_OK(Request(AskFor("one@client.example"))) << "the one before has expired";
}

TEST_F(LetterServiceTest, ARefereeIsOnePersonUnderEverySpellingOfTheMailbox) {
  const auto conflict = IsError(StatusCode::kFailedPrecondition, "REFEREE_CONFLICT");
  EXPECT_THAT(Request(AskFor("ada+referee@example.org")), conflict) << "the member";
  EXPECT_THAT(Request(AskFor("carl+referee@example.org")), conflict) << "a colleague";
  const auto exists = IsError(StatusCode::kAlreadyExists, "LETTER_EXISTS");
  const std::string letter = CheckedLetter("rita+1@client.example");
  EXPECT_THAT(Request(AskFor("rita+2@client.example")), exists);
  EXPECT_THAT(Request(AskFor("rita@client.example")), exists);
  ASSERT_OK(Accept(letter));
  EXPECT_THAT(Request(AskFor("rita+2@client.example")), exists) << "the letter counts";
  ASSERT_OK(Revoke(letter));
  ASSERT_OK(Request(AskFor("rita+2@client.example")));
  suite_.clock().Advance(limits::kLetterLinkLife);
  EXPECT_OK(Request(AskFor("rita+3@client.example"))) << "the one before has expired";
}

TEST_F(LetterServiceTest, RefusesRefereesThatCannotBe) {
  EXPECT_THAT(Request(AskFor("ada@example.org")),
              IsError(StatusCode::kFailedPrecondition, "REFEREE_CONFLICT"));
  EXPECT_THAT(Request(AskFor("carl@example.org")),
              IsError(StatusCode::kFailedPrecondition, "REFEREE_CONFLICT"));
  EXPECT_OK(Request(AskFor("bea@example.org"))) << "a member of another company";
  v1::RequestLetterRequest request = AskFor("one@client.example");
  request.set_not_relative(false);
  EXPECT_THAT(Request(request), IsError(StatusCode::kInvalidArgument, "DECLARATION_MISSING"));
  request = AskFor("one@client.example");
  request.set_not_report(false);
  EXPECT_THAT(Request(request), IsError(StatusCode::kInvalidArgument, "DECLARATION_MISSING"));
  request = AskFor("one@client.example");
  request.set_may_be_contacted(false);
  EXPECT_THAT(Request(request), IsError(StatusCode::kInvalidArgument, "DECLARATION_MISSING"));
  EXPECT_THAT(Request(AskFor("nobody")), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  request = AskFor("one@client.example");
  request.mutable_referee()->set_relation(std::string(limits::kLongestRelation + 1, 'x'));
  EXPECT_THAT(Request(request), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  request = AskFor("one@client.example");
  request.set_person("people/none");
  EXPECT_THAT(Invoke(&Stub::RequestLetter, *letters_, suite_.Staff(), request),
              IsError(StatusCode::kNotFound, "PERSON_NOT_FOUND"));
}

TEST_F(LetterServiceTest, AsksFiveStrangersADayAtMost) {
  for (int i = 0; i < limits::kMostLetterRequests; ++i) {
    ASSERT_OK(Request(AskFor(fmt::format("r{}@client.example", i))));
  }
  EXPECT_THAT(Request(AskFor("more@client.example")),
              IsError(StatusCode::kResourceExhausted, "LETTER_REQUESTS_TOO_MANY"));
  suite_.clock().Advance(limits::kLetterRequestsWithin);
  EXPECT_OK(Request(AskFor("more@client.example")));
}

TEST_F(LetterServiceTest, EveryActHasItsState) {
  ASSERT_OK_AND_ASSIGN(const v1::Letter letter, Request(AskFor("one@client.example")));
  const auto wrong = IsError(StatusCode::kFailedPrecondition, "LETTER_STATE_WRONG");
  EXPECT_THAT(Check(letter.name()), wrong);
  EXPECT_THAT(Accept(letter.name()), wrong);
  EXPECT_THAT(Refuse(letter.name()), wrong);
  EXPECT_THAT(Revoke(letter.name()), wrong);
  ASSERT_OK(Submit(SecretOf("letter-request")));
  EXPECT_THAT(Accept(letter.name()), wrong) << "nobody has checked it";
  ASSERT_OK_AND_ASSIGN(const v1::Letter refused, Refuse(letter.name()));
  EXPECT_EQ(refused.decision_reason(), "Not reached.");
  EXPECT_EQ(Notices("letter-refused"), "1");
  EXPECT_THAT(Withdraw(letter.name()), wrong);
  for (const auto& status :
       {Check("letters/none").status(), Accept("letters/none").status(), Refuse("letters/none").status(),
        Revoke("letters/none").status(), Get("letters/none", suite_.Staff()).status()}) {
    EXPECT_THAT(status, IsError(StatusCode::kNotFound, "LETTER_NOT_FOUND"));
  }
  EXPECT_THAT(Refuse(letter.name(), ""), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Refuse(letter.name(), std::string(limits::kLongestNote + 1, 'x')),
              IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(LetterServiceTest, ALetterHasItsLength) {
  ASSERT_OK(Request(AskFor("one@client.example")));
  const std::string secret = SecretOf("letter-request");
  EXPECT_THAT(Submit(secret, ""), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Submit(secret, std::string(limits::kLongestLetter + 1, 'x')),
              IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_OK(Submit(secret, std::string(limits::kLongestLetter, 'x')));
}

TEST_F(LetterServiceTest, ALetterOnPaperTakesThePlaceOfTheOneThatWasAskedFor) {
  ASSERT_OK_AND_ASSIGN(const v1::Letter asked, Request(AskFor("one@client.example")));
  const std::string secret = SecretOf("letter-request");
  v1::ReceiveLetterRequest request;
  request.set_person(PersonAt("ada@example.org").name());
  *request.mutable_referee() = AskFor("one@client.example").referee();
  request.set_text("On paper.");
  ASSERT_OK_AND_ASSIGN(const v1::Letter received,
                       Invoke(&Stub::ReceiveLetter, *letters_, suite_.Staff(), request));
  EXPECT_EQ(received.name(), asked.name());
  EXPECT_TRUE(received.on_paper());
  EXPECT_THAT(Submit(secret), IsError(StatusCode::kNotFound, "LETTER_TOKEN_INVALID"));
  EXPECT_THAT(Invoke(&Stub::ReceiveLetter, *letters_, suite_.Staff(), request),
              IsError(StatusCode::kAlreadyExists, "LETTER_EXISTS"));
  request.mutable_referee()->set_email("two@client.example");
  ASSERT_OK_AND_ASSIGN(const v1::Letter other,
                       Invoke(&Stub::ReceiveLetter, *letters_, suite_.Staff(), request));
  EXPECT_EQ(other.state(), v1::Letter::STATE_RECEIVED);
  ASSERT_OK(Check(other.name()));
  EXPECT_OK(Accept(other.name()));
  request.mutable_referee()->set_email("carl@example.org");
  EXPECT_THAT(Invoke(&Stub::ReceiveLetter, *letters_, suite_.Staff(), request),
              IsError(StatusCode::kFailedPrecondition, "REFEREE_CONFLICT"));
  request.set_person("people/none");
  EXPECT_THAT(Invoke(&Stub::ReceiveLetter, *letters_, suite_.Staff(), request),
              IsError(StatusCode::kNotFound, "PERSON_NOT_FOUND"));
}

TEST_F(LetterServiceTest, AMemberSeesTheirLettersAndNobodyElses) {
  const std::string name = CheckedLetter("one@client.example");
  ASSERT_OK_AND_ASSIGN(const v1::Letter own, Get(name, As("ada@example.org")));
  EXPECT_EQ(own.text(), "");
  EXPECT_EQ(own.check_note(), "");
  EXPECT_EQ(own.referee().full_name(), "Rita Referee");
  EXPECT_THAT(Get(name, As("bea@example.org")), IsError(StatusCode::kNotFound, "LETTER_NOT_FOUND"));
  EXPECT_THAT(Withdraw(name, "bea@example.org"), IsError(StatusCode::kNotFound, "LETTER_NOT_FOUND"));
  v1::ListLettersRequest request;
  ASSERT_OK_AND_ASSIGN(const auto mine,
                       Invoke(&Stub::ListLetters, *letters_, As("ada@example.org"), request));
  EXPECT_EQ(mine.letters_size(), 1);
  ASSERT_OK_AND_ASSIGN(const auto none,
                       Invoke(&Stub::ListLetters, *letters_, As("bea@example.org"), request));
  EXPECT_EQ(none.letters_size(), 0);
  request.set_person(own.person());
  EXPECT_THAT(Invoke(&Stub::ListLetters, *letters_, As("bea@example.org"), request),
              IsError(StatusCode::kPermissionDenied, "NOT_ALLOWED"));
}

TEST_F(LetterServiceTest, ListsByStateInPages) {
  for (const char* referee : {"a@client.example", "b@client.example", "c@client.example"}) {
    ASSERT_OK(Request(AskFor(referee)));
  }
  ASSERT_OK(Submit(SecretOf("letter-request")));
  const auto list = [&](v1::Letter::State state, const std::string& person) {
    v1::ListLettersRequest request;
    request.set_state(state);
    request.set_person(person);
    return Invoke(&Stub::ListLetters, *letters_, suite_.Staff(), request)->letters_size();
  };
  const std::string ada = PersonAt("ada@example.org").name();
  EXPECT_EQ(list(v1::Letter::STATE_UNSPECIFIED, ""), 3);
  EXPECT_EQ(list(v1::Letter::STATE_REQUESTED, ""), 2);
  EXPECT_EQ(list(v1::Letter::STATE_EXPIRED, ""), 0);
  EXPECT_EQ(list(v1::Letter::STATE_RECEIVED, ada), 1);
  suite_.clock().Advance(limits::kLetterLinkLife);
  EXPECT_EQ(list(v1::Letter::STATE_REQUESTED, ada), 0);
  EXPECT_EQ(list(v1::Letter::STATE_EXPIRED, ada), 2);
  v1::ListLettersRequest request;
  request.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(const auto first, Invoke(&Stub::ListLetters, *letters_, suite_.Staff(), request));
  EXPECT_EQ(first.letters_size(), 2);
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second, Invoke(&Stub::ListLetters, *letters_, suite_.Staff(), request));
  EXPECT_EQ(second.letters_size(), 1);
  EXPECT_EQ(second.next_page_token(), "");
}

TEST_F(LetterServiceTest, CountsTenLettersAtMost) {
  database_.Run("UPDATE people SET accepted_letters = 10 WHERE email = 'ada@example.org'");
  EXPECT_THAT(Accept(CheckedLetter("one@client.example")),
              IsError(StatusCode::kFailedPrecondition, "LETTERS_ENOUGH"));
}

TEST_F(LetterServiceTest, ALetterThatIsAcceptedInEightPlacesCountsOnce) {
  const std::string name = CheckedLetter("one@client.example");
  std::atomic<int> accepted{0};
  Race([&] {
    const auto answer = Accept(name);
    if (answer.ok()) {
      ++accepted;
    } else {
      EXPECT_THAT(answer, IsError(StatusCode::kFailedPrecondition, "LETTER_STATE_WRONG"));
    }
  });
  EXPECT_EQ(accepted, 1);
  EXPECT_EQ(PersonAt("ada@example.org").accepted_letters(), 1);
}

TEST_F(LetterServiceTest, LettersThatAreAcceptedAtTheSameMomentAllCount) {
  const std::string first = CheckedLetter("one@client.example");
  const std::string second = CheckedLetter("two@client.example");
  std::atomic<int> turn{0};
  Race([&] { Accept(turn++ % 2 == 0 ? first : second).IgnoreError(); });
  EXPECT_EQ(PersonAt("ada@example.org").accepted_letters(), 2);
}

TEST_F(LetterServiceTest, OneRefereeIsAskedOnceWhenManyAskAtOnce) {
  std::atomic<int> asked{0};
  const std::string ada = PersonAt("ada@example.org").name();
  v1::RequestLetterRequest request = AskFor("one@client.example");
  request.set_person(ada);
  Race([&] {
    if (Invoke(&Stub::RequestLetter, *letters_, suite_.Staff(), request).ok()) ++asked;
  });
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(Notices("letter-request"), "1");
}

}  // namespace
}  // namespace plenary::membership
