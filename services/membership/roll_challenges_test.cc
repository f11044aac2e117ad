#include <fmt/format.h>

#include <atomic>
#include <thread>

#include "common/crypto/bytes.h"
#include "plenary/election/v1/manifest.pb.h"
#include "services/membership/limits_rolls.h"
#include "services/membership/rules/roll_bytes.h"
#include "services/membership/testing_membership.h"

namespace plenary::membership {
namespace {

using testing::Invoke;
using testing::IsError;
using Stub = v1::RollService::Stub;

constexpr char kElection[] = "elections/e";
constexpr auto kTooLate = absl::StatusCode::kFailedPrecondition;

const ElectionKeys& SharedKeys() {
  static const auto& keys = *[] {
    crypto::SystemRandom random;
    return new ElectionKeys(GenerateElectionKeys(random).value());
  }();
  return keys;
}

class RollChallengesTest : public MembershipTest {
 protected:
  // Ann votes for Acme and Cy for Cyco; Lena lacks a letter, so Letco cannot vote.
  RollChallengesTest() {
    SaveCategories();
    MustImport(
        "ann@example.org,Ann,Acme,professional,2021-08-24,2023-08-23,2,,\n"
        "cy@example.org,Cy,Cyco,professional,2021-08-24,2023-08-23,2,,\n"
        "lena@example.org,Lena,Letco,professional,2021-08-24,2023-08-23,1,,\n"
        "free@example.org,Free,Freeco,registered,2021-08-24,,,,\n");
  }

  void FreezeNow() { ASSERT_OK_AND_ASSIGN(frozen_, Freeze(kElection)); }

  static v1::FileChallengeRequest Filing(const std::string& unit, v1::Challenge::Wish wish,
                                         const std::string& grounds = "It is so.") {
    v1::FileChallengeRequest request;
    request.set_election(kElection);
    request.set_unit(unit);
    request.set_wish(wish);
    request.set_grounds(grounds);
    return request;
  }

  absl::StatusOr<v1::Challenge> File(const std::string& email, const v1::FileChallengeRequest& request) {
    return Invoke(&Stub::FileChallenge, *rolls_, As(email), request);
  }

  std::string MustFile(const std::string& unit, v1::Challenge::Wish wish) {
    const auto challenge = File("free@example.org", Filing(unit, wish));
    EXPECT_OK(challenge);
    return challenge.ok() ? challenge->name() : "";
  }

  absl::StatusOr<v1::Challenge> Decide(const std::string& name, v1::Challenge::State decision,
                                       const std::string& representative = "") {
    v1::DecideChallengeRequest request;
    request.set_name(name);
    request.set_decision(decision);
    request.set_reason("The register says so.");
    request.set_representative(representative);
    return Invoke(&Stub::DecideChallenge, *rolls_, suite_.Staff(), request);
  }

  absl::StatusOr<v1::Challenge> Sustain(const std::string& name, const std::string& representative = "") {
    return Decide(name, v1::Challenge::STATE_SUSTAINED, representative);
  }

  v1::Roll Roll() {
    v1::GetRollRequest request;
    request.set_election(kElection);
    return Invoke(&Stub::GetRoll, *rolls_, testing::TestSuite::Anonymous(), request).value_or(v1::Roll());
  }

  // The units of a revision, page by page, one a page.
  std::vector<std::string> Units(int revision) {
    v1::ListRollEntriesRequest request;
    request.set_election(kElection);
    request.set_page_size(1);
    request.set_revision(revision);
    std::vector<std::string> units;
    do {
      const auto page = Invoke(&Stub::ListRollEntries, *rolls_, suite_.Staff(), request);
      EXPECT_OK(page);
      if (!page.ok()) break;
      for (const v1::RollEntry& entry : page->entries()) units.push_back(entry.unit());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return units;
  }

  static std::string HashOf(const std::vector<std::string>& units) {
    std::vector<IdBytes> ids;
    for (const std::string& unit : units) ids.push_back(ParseId(unit.substr(unit.find('/') + 1)).value());
    return rules::RollSha256(std::move(ids));
  }

  std::vector<v1::RollRevision> Revisions() {
    v1::ListRollRevisionsRequest request;
    request.set_election(kElection);
    const auto response = Invoke(&Stub::ListRollRevisions, *rolls_, testing::TestSuite::Anonymous(), request);
    EXPECT_OK(response);
    return {response->revisions().begin(), response->revisions().end()};
  }

  void StoreKeys() { MembershipTest::StoreKeys("e", SharedKeys()); }

  absl::StatusOr<v1::AcceptManifestResponse> Accept(const v1::Roll& roll) {
    election::v1::Manifest manifest;
    manifest.set_origin(kElection);
    manifest.set_display_name("Election");
    manifest.set_issuing_opens(absl::ToUnixSeconds(Noon("2022-09-01")));
    manifest.set_issuing_closes(absl::ToUnixSeconds(Noon("2022-09-22")));
    manifest.set_voting_opens(absl::ToUnixSeconds(Noon("2022-09-15")));
    manifest.set_voting_closes(absl::ToUnixSeconds(Noon("2022-09-23")));
    manifest.set_roll_sha256(roll.sha256());
    manifest.set_roll_count(static_cast<std::uint32_t>(roll.count()));
    auto& registrar = *manifest.add_registrars();
    registrar.set_rsa_n(SharedKeys().rsa.public_key().n());
    registrar.set_rsa_e(SharedKeys().rsa.public_key().e());
    registrar.set_list_key(std::string(SharedKeys().list.public_key().bytes()));
    v1::AcceptManifestRequest request;
    request.set_election(kElection);
    request.set_manifest(manifest.SerializeAsString());
    return Invoke(&v1::RegistrarService::Stub::AcceptManifest, *registrar_, suite_.Service("election"),
                  request);
  }

  Frozen frozen_;
};

TEST_F(RollChallengesTest, TakesACompanyOffTheRoll) {
  FreezeNow();
  const std::string cyco = CompanyOf("cy@example.org");
  const std::string name = MustFile(cyco, v1::Challenge::WISH_REMOVE);
  ASSERT_OK_AND_ASSIGN(const v1::Challenge decided, Sustain(name));
  EXPECT_EQ(decided.revision(), 2);
  EXPECT_EQ(decided.state(), v1::Challenge::STATE_SUSTAINED);
  EXPECT_EQ(decided.decider(), "people/staff");
  const v1::Roll roll = Roll();
  EXPECT_EQ(roll.revision(), 2);
  EXPECT_EQ(roll.count(), 1);
  EXPECT_EQ(Units(0), std::vector<std::string>{CompanyOf("ann@example.org")});
  EXPECT_EQ(roll.sha256(), HashOf(Units(0)));
  EXPECT_EQ(Units(1).size(), 2u) << "what was published stays readable";
  EXPECT_EQ(frozen_.roll.sha256(), HashOf(Units(1)));
}

TEST_F(RollChallengesTest, PutsACompanyOnTheRollOnceItCanVote) {
  FreezeNow();
  const std::string letco = CompanyOf("lena@example.org");
  const std::string name = MustFile(letco, v1::Challenge::WISH_ADD);
  EXPECT_THAT(Sustain(name), IsError(absl::StatusCode::kFailedPrecondition, "STILL_CANNOT_VOTE"));
  EXPECT_EQ(Roll().revision(), 1) << "nothing is stored of a decision that is refused";
  v1::RecordReferenceLettersRequest letters;
  letters.set_person(PersonAt("lena@example.org").name());
  letters.set_accepted_letters(2);
  ASSERT_OK(Invoke(&v1::RegisterService::Stub::RecordReferenceLetters, *register_, suite_.Staff(), letters));
  EXPECT_THAT(Sustain(name, PersonAt("ann@example.org").name()),
              IsError(absl::StatusCode::kFailedPrecondition, "REPRESENTATIVE_NOT_ENTITLED"));
  ASSERT_OK(Sustain(name));
  EXPECT_EQ(Units(0).size(), 3u);
  EXPECT_EQ(Roll().sha256(), HashOf(Units(0)));
  const auto revisions = Revisions();
  ASSERT_EQ(revisions.size(), 2u);
  EXPECT_EQ(revisions[0].reason(), "frozen");
  EXPECT_EQ(revisions[1].challenge(), name);
  EXPECT_EQ(revisions[1].reason(), "The register says so.");
  EXPECT_EQ(revisions[1].count(), 3);
  EXPECT_EQ(revisions[1].sha256(), Roll().sha256());
}

TEST_F(RollChallengesTest, PutsACompanyBackThatWasTakenOff) {
  FreezeNow();
  const std::string cyco = CompanyOf("cy@example.org");
  ASSERT_OK(Sustain(MustFile(cyco, v1::Challenge::WISH_REMOVE)));
  ASSERT_OK(Sustain(MustFile(cyco, v1::Challenge::WISH_ADD), PersonAt("cy@example.org").name()));
  EXPECT_EQ(Roll().revision(), 3);
  EXPECT_EQ(Roll().sha256(), frozen_.roll.sha256()) << "the same list has the same hash";
  EXPECT_EQ(Units(2).size(), 1u);
  ASSERT_OK(Sustain(MustFile(cyco, v1::Challenge::WISH_REMOVE)));
  EXPECT_EQ(Units(4).size(), 1u);
  EXPECT_EQ(Units(3).size(), 2u);
  EXPECT_THAT(Sustain(MustFile(CompanyOf("ann@example.org"), v1::Challenge::WISH_REMOVE)),
              IsError(absl::StatusCode::kFailedPrecondition, "ROLL_EMPTY"));
}

// Ann has moved to Letco since, and Acme's line still names her.
TEST_F(RollChallengesTest, PutsNobodyOnTheRollTwice) {
  FreezeNow();
  const std::string acme = CompanyOf("ann@example.org");
  const std::string letco = CompanyOf("lena@example.org");
  suite_.clock().Advance(absl::Hours(24));
  const std::string ann = PersonAt("ann@example.org").name();
  v1::MovePersonRequest move;
  move.set_person(ann);
  move.set_company(letco);
  ASSERT_OK(Invoke(&v1::PeopleService::Stub::MovePerson, *people_, suite_.Staff(), move));
  const std::string name = MustFile(letco, v1::Challenge::WISH_ADD);
  const auto refused = Sustain(name, ann);
  EXPECT_THAT(refused, IsError(absl::StatusCode::kFailedPrecondition, "COLLECTS_FOR_ANOTHER_LINE"));
  EXPECT_THAT(std::string(refused.status().message()), ::testing::HasSubstr("collects for " + acme));
  EXPECT_EQ(Roll().revision(), 1);
  ASSERT_OK(Sustain(MustFile(acme, v1::Challenge::WISH_REMOVE)));
  EXPECT_OK(Sustain(name, ann)) << "her line has ended";
}

TEST_F(RollChallengesTest, StreamsTheFirstAnswerAgainAfterARevision) {
  const std::string request_id = RandomUuid();
  ASSERT_OK_AND_ASSIGN(const Frozen first, Freeze(kElection, "2022-08-20", request_id));
  ASSERT_OK(Sustain(MustFile(CompanyOf("cy@example.org"), v1::Challenge::WISH_REMOVE)));
  ASSERT_OK_AND_ASSIGN(const Frozen again, Freeze(kElection, "2022-08-20", request_id));
  EXPECT_EQ(again.roll.SerializeAsString(), first.roll.SerializeAsString());
  EXPECT_EQ(again.entries.size(), 2u);
}

TEST_F(RollChallengesTest, DismissesWithAReason) {
  FreezeNow();
  const std::string name = MustFile(CompanyOf("cy@example.org"), v1::Challenge::WISH_REMOVE);
  v1::DecideChallengeRequest request;
  request.set_name(name);
  request.set_decision(v1::Challenge::STATE_DISMISSED);
  EXPECT_THAT(Invoke(&Stub::DecideChallenge, *rolls_, suite_.Staff(), request),
              IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"))
      << "a reason is needed";
  request.set_reason("Cy is a member in good standing.");
  request.set_request_id(RandomUuid());
  ASSERT_OK_AND_ASSIGN(const v1::Challenge dismissed,
                       Invoke(&Stub::DecideChallenge, *rolls_, suite_.Staff(), request));
  EXPECT_EQ(dismissed.revision(), 0);
  EXPECT_EQ(Roll().SerializeAsString(), frozen_.roll.SerializeAsString());
  ASSERT_OK_AND_ASSIGN(const v1::Challenge again,
                       Invoke(&Stub::DecideChallenge, *rolls_, suite_.Staff(), request));
  EXPECT_EQ(again.SerializeAsString(), dismissed.SerializeAsString());
  EXPECT_THAT(Sustain(name), IsError(absl::StatusCode::kFailedPrecondition, "CHALLENGE_DECIDED"));
}

TEST_F(RollChallengesTest, IsNotDecidedByWhoFiledIt) {
  FreezeNow();
  ASSERT_OK_AND_ASSIGN(const v1::Challenge own,
                       Invoke(&Stub::FileChallenge, *rolls_, suite_.Staff(),
                              Filing(CompanyOf("cy@example.org"), v1::Challenge::WISH_REMOVE)));
  EXPECT_THAT(Sustain(own.name()), IsError(absl::StatusCode::kPermissionDenied, "OWN_CHALLENGE"));
  v1::DecideChallengeRequest request;
  request.set_name(own.name());
  request.set_decision(v1::Challenge::STATE_SUSTAINED);
  request.set_reason("So it is.");
  EXPECT_OK(Invoke(&Stub::DecideChallenge, *rolls_, suite_.Person("people/other", "", {"staff"}), request));
  EXPECT_THAT(Invoke(&Stub::DecideChallenge, *rolls_, As("ann@example.org"), request),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_ALLOWED"));
}

TEST_F(RollChallengesTest, IsFiledInTimeAndNeverAfterAManifest) {
  FreezeNow();
  StoreKeys();
  const std::string cyco = CompanyOf("cy@example.org");
  const std::string early = MustFile(cyco, v1::Challenge::WISH_REMOVE);
  suite_.clock().Set(Noon("2022-08-27") - absl::Seconds(1));
  EXPECT_OK(File("ann@example.org", Filing(cyco, v1::Challenge::WISH_REMOVE))) << "the last second";
  suite_.clock().Set(Noon("2022-08-27"));
  EXPECT_THAT(File("lena@example.org", Filing(cyco, v1::Challenge::WISH_REMOVE)),
              IsError(kTooLate, "CHALLENGE_TOO_LATE"));
  database_.Run("UPDATE rolls SET fixed = 1");
  EXPECT_THAT(Sustain(early), IsError(kTooLate, "ROLL_FIXED"));
  EXPECT_OK(Decide(early, v1::Challenge::STATE_DISMISSED)) << "which changes no roll";
  suite_.clock().Set(Noon("2022-08-21"));
  EXPECT_THAT(File("lena@example.org", Filing(cyco, v1::Challenge::WISH_REMOVE)),
              IsError(kTooLate, "CHALLENGE_TOO_LATE"))
      << "a manifest ends the window";
}

TEST_F(RollChallengesTest, RefusesAManifestOfAnEarlierRevision) {
  FreezeNow();
  StoreKeys();
  ASSERT_OK(Sustain(MustFile(CompanyOf("cy@example.org"), v1::Challenge::WISH_REMOVE)));
  EXPECT_THAT(Accept(frozen_.roll), IsError(absl::StatusCode::kFailedPrecondition, "MANIFEST_MISMATCH"));
  EXPECT_OK(Accept(Roll()));
}

TEST_F(RollChallengesTest, AcceptsAManifestOnceEveryChallengeIsDecided) {
  FreezeNow();
  StoreKeys();
  const std::string cyco = CompanyOf("cy@example.org");
  const std::string first = MustFile(cyco, v1::Challenge::WISH_REMOVE);
  ASSERT_OK_AND_ASSIGN(const v1::Challenge second,
                       File("ann@example.org", Filing(cyco, v1::Challenge::WISH_REMOVE)));
  v1::PrepareRegistrarRequest prepare;
  prepare.set_election(kElection);
  const auto keys = [&] {
    return Invoke(&v1::RegistrarService::Stub::PrepareRegistrar, *registrar_, suite_.Service("election"),
                  prepare);
  };
  EXPECT_THAT(Accept(Roll()), IsError(absl::StatusCode::kFailedPrecondition, "ROLL_CHALLENGED"));
  ASSERT_OK(Decide(first, v1::Challenge::STATE_DISMISSED));
  EXPECT_THAT(Accept(Roll()), IsError(absl::StatusCode::kFailedPrecondition, "ROLL_CHALLENGED"))
      << "another one is open";
  EXPECT_THAT(keys(), IsError(absl::StatusCode::kFailedPrecondition, "ROLL_CHALLENGED"))
      << "before a manifest is published";
  EXPECT_FALSE(Roll().fixed());
  ASSERT_OK(Decide(second.name(), v1::Challenge::STATE_DISMISSED));
  EXPECT_OK(keys());
  ASSERT_OK(Accept(Roll()));
  EXPECT_TRUE(Roll().fixed());
  EXPECT_OK(Accept(Roll())) << "again";
}

// Either the challenge is filed before the manifest, which then has to wait, or it comes too late.
TEST_F(RollChallengesTest, NeverFixesARollWithAnOpenChallenge) {
  FreezeNow();
  StoreKeys();
  const v1::FileChallengeRequest filing = Filing(CompanyOf("cy@example.org"), v1::Challenge::WISH_REMOVE);
  const v1::Roll roll = Roll();
  suite_.Service("election");
  absl::StatusOr<v1::AcceptManifestResponse> accepted;
  std::thread accepting([&] { accepted = Accept(roll); });
  const auto filed = File("free@example.org", filing);
  accepting.join();
  EXPECT_NE(accepted.ok(), filed.ok());
  EXPECT_THAT(filed.ok() ? accepted.status() : filed.status(),
              IsError(kTooLate, filed.ok() ? "ROLL_CHALLENGED" : "CHALLENGE_TOO_LATE"));
  EXPECT_EQ(Roll().fixed(), accepted.ok());
}

TEST_F(RollChallengesTest, IsDecidedOnceWhenManyTry) {
  FreezeNow();
  const std::string name = MustFile(CompanyOf("cy@example.org"), v1::Challenge::WISH_REMOVE);
  std::atomic<int> decided{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      const auto answer = Sustain(name);
      if (answer.ok()) {
        ++decided;
      } else {
        EXPECT_THAT(answer, IsError(absl::StatusCode::kFailedPrecondition, "CHALLENGE_DECIDED"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(decided, 1);
  EXPECT_EQ(Roll().revision(), 2);
}

TEST_F(RollChallengesTest, RefusesWhatIsNoChallenge) {
  const std::string cyco = CompanyOf("cy@example.org");
  EXPECT_THAT(File("ann@example.org", Filing(cyco, v1::Challenge::WISH_REMOVE)),
              IsError(absl::StatusCode::kNotFound, "ROLL_NOT_FOUND"));
  FreezeNow();
  const auto refused = [&](const v1::FileChallengeRequest& request) {
    return File("ann@example.org", request);
  };
  EXPECT_THAT(refused(Filing(cyco, v1::Challenge::WISH_ADD)), IsError(kTooLate, "CHALLENGE_MOOT"));
  EXPECT_THAT(refused(Filing(CompanyOf("free@example.org"), v1::Challenge::WISH_REMOVE)),
              IsError(kTooLate, "CHALLENGE_MOOT"));
  EXPECT_THAT(refused(Filing("companies/" + std::string(26, '0'), v1::Challenge::WISH_ADD)),
              IsError(absl::StatusCode::kNotFound, "COMPANY_NOT_FOUND"));
  for (const auto& request :
       {Filing(PersonAt("cy@example.org").name(), v1::Challenge::WISH_REMOVE),
        Filing("", v1::Challenge::WISH_ADD), Filing(cyco, v1::Challenge::WISH_UNSPECIFIED),
        Filing(cyco, v1::Challenge::WISH_REMOVE, ""),
        Filing(cyco, v1::Challenge::WISH_REMOVE, std::string(limits::kLongestGrounds + 1, 'x'))}) {
    EXPECT_THAT(refused(request), IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  }
  EXPECT_OK(refused(Filing(cyco, v1::Challenge::WISH_REMOVE, std::string(limits::kLongestGrounds, 'x'))));
  EXPECT_THAT(refused(Filing(cyco, v1::Challenge::WISH_REMOVE)),
              IsError(absl::StatusCode::kAlreadyExists, "CHALLENGE_OPEN"));
  EXPECT_THAT(Decide("elections/e/challenges/none", v1::Challenge::STATE_DISMISSED),
              IsError(absl::StatusCode::kNotFound, "CHALLENGE_NOT_FOUND"));
  EXPECT_THAT(Decide("challenges/none", v1::Challenge::STATE_DISMISSED),
              IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Decide("elections/e/challenges/none", v1::Challenge::STATE_OPEN),
              IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(RollChallengesTest, LimitsWhatOnePersonKeepsOpen) {
  std::string rows;
  for (int i = 0; i <= limits::kMostOpenChallenges; ++i) {
    rows += fmt::format("p{0}@example.org,P{0},Free{0},registered,2021-08-24,,,,\n", i);
  }
  MustImport(rows);
  FreezeNow();
  const auto file = [&](int i) {
    return File("ann@example.org",
                Filing(CompanyOf(fmt::format("p{}@example.org", i)), v1::Challenge::WISH_ADD));
  };
  std::string last;
  for (int i = 0; i < limits::kMostOpenChallenges; ++i) {
    ASSERT_OK_AND_ASSIGN(const v1::Challenge challenge, file(i));
    last = challenge.name();
  }
  EXPECT_THAT(file(limits::kMostOpenChallenges),
              IsError(absl::StatusCode::kResourceExhausted, "TOO_MANY_CHALLENGES"));
  ASSERT_OK(Decide(last, v1::Challenge::STATE_DISMISSED));
  EXPECT_OK(file(limits::kMostOpenChallenges));
}

TEST_F(RollChallengesTest, ListsPageByPageAndShowsWhoFiledToTheOffice) {
  FreezeNow();
  const std::string first = MustFile(CompanyOf("cy@example.org"), v1::Challenge::WISH_REMOVE);
  const std::string second = MustFile(CompanyOf("lena@example.org"), v1::Challenge::WISH_ADD);
  ASSERT_OK(Decide(first, v1::Challenge::STATE_DISMISSED));
  v1::ListChallengesRequest request;
  request.set_election(kElection);
  request.set_page_size(1);
  ASSERT_OK_AND_ASSIGN(const auto page,
                       Invoke(&Stub::ListChallenges, *rolls_, As("ann@example.org"), request));
  ASSERT_EQ(page.challenges_size(), 1);
  EXPECT_EQ(page.challenges(0).name(), first);
  EXPECT_EQ(page.challenges(0).filer(), "");
  EXPECT_EQ(page.challenges(0).decider(), "");
  EXPECT_EQ(page.challenges(0).decision_reason(), "The register says so.");
  request.set_page_token(page.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto next, Invoke(&Stub::ListChallenges, *rolls_, suite_.Staff(), request));
  ASSERT_EQ(next.challenges_size(), 1);
  EXPECT_EQ(next.challenges(0).name(), second);
  EXPECT_EQ(next.challenges(0).filer(), PersonAt("free@example.org").name());
  EXPECT_EQ(next.next_page_token(), "");
  request.clear_page_token();
  request.set_state(v1::Challenge::STATE_OPEN);
  ASSERT_OK_AND_ASSIGN(const auto open,
                       Invoke(&Stub::ListChallenges, *rolls_, As("free@example.org"), request));
  ASSERT_EQ(open.challenges_size(), 1);
  EXPECT_EQ(open.challenges(0).filer(), PersonAt("free@example.org").name()) << "one's own";
  request.set_page_token("x");
  EXPECT_FALSE(Invoke(&Stub::ListChallenges, *rolls_, suite_.Staff(), request).ok());
}

TEST_F(RollChallengesTest, AmendsARollOfPeople) {
  ASSERT_OK(Freeze(kElection, "2022-08-20", "", v1::UNIT_PERSON));
  EXPECT_EQ(Units(0).size(), 2u);
  EXPECT_THAT(File("ann@example.org", Filing(CompanyOf("cy@example.org"), v1::Challenge::WISH_REMOVE)),
              IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  const std::string lena = PersonAt("lena@example.org").name();
  const std::string name = MustFile(lena, v1::Challenge::WISH_ADD);
  EXPECT_THAT(Sustain(name), IsError(absl::StatusCode::kFailedPrecondition, "STILL_CANNOT_VOTE"));
  database_.Run("UPDATE letter_counts SET accepted = 2");
  ASSERT_OK(Sustain(name));
  EXPECT_EQ(Units(0).size(), 3u);
  EXPECT_EQ(Roll().sha256(), HashOf(Units(0)));
  StoreKeys();
  EXPECT_OK(Accept(Roll()));
}

}  // namespace
}  // namespace plenary::membership
