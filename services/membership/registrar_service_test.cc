#include <algorithm>
#include <atomic>
#include <thread>

#include "common/crypto/blind_rsa.h"
#include "common/crypto/bytes.h"
#include "services/membership/limits.h"
#include "services/membership/testing_registrar.h"

namespace plenary::membership {
namespace {

using testing::Invoke;
using testing::IsError;
using Stub = v1::RegistrarService::Stub;

// What both registrars do alike.
class RegistrarServiceTest : public RegistrarTest {};
INSTANTIATE_TEST_SUITE_P(Both, RegistrarServiceTest, ::testing::Values(Side::kMembership, Side::kAuditor),
                         NameOf);

// What only membership's does: it goes by the register.
class RegisterRegistrarTest : public RegistrarTest {};
INSTANTIATE_TEST_SUITE_P(Only, RegisterRegistrarTest, ::testing::Values(Side::kMembership), NameOf);

TEST_P(RegistrarServiceTest, MakesKeysForAnElectionOnce) {
  v1::PrepareRegistrarRequest request;
  request.set_election("elections/other");
  std::vector<std::string> moduli(4);
  std::vector<std::thread> threads;
  if (AtAuditor()) {
    EXPECT_THAT(Invoke(&Stub::PrepareRegistrar, registrar(), Election(), request),
                IsError(absl::StatusCode::kFailedPrecondition, "ROLL_NOT_FROZEN"));
    ASSERT_OK_AND_ASSIGN(const auto lines, ExportRoll(kElection));
    ASSERT_OK(auditor_.Freeze("elections/other", lines));
  }
  for (std::string& n : moduli) {
    threads.emplace_back([&] {
      const auto response = Invoke(&Stub::PrepareRegistrar, registrar(), Election(), request);
      ASSERT_OK(response);
      n = response->rsa_n() + response->list_key();
      EXPECT_EQ(response->rsa_e(), std::string("\1\0\1", 3));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::set<std::string>(moduli.begin(), moduli.end()).size(), 1u);
  EXPECT_EQ(moduli[0].size(), 384u + 32u);
  request.set_election(kElection);
  ASSERT_OK_AND_ASSIGN(const auto stored, Invoke(&Stub::PrepareRegistrar, registrar(), Election(), request));
  EXPECT_EQ(stored.rsa_n(), SharedKeys().rsa.public_key().n()) << "each election has its own";
  EXPECT_NE(stored.rsa_n(), moduli[0].substr(0, 384));
}

TEST_P(RegistrarServiceTest, AcceptsOneManifest) {
  v1::GetManifestHashRequest request;
  request.set_election(kElection);
  EXPECT_THAT(Invoke(&Stub::GetManifestHash, registrar(), testing::TestSuite::Anonymous(), request),
              IsError(absl::StatusCode::kNotFound, "MANIFEST_NOT_FOUND"));
  ASSERT_OK_AND_ASSIGN(const auto accepted, Accept(Manifest()));
  EXPECT_EQ(accepted.manifest_hash(), crypto::Sha256(Manifest().SerializeAsString()));
  ASSERT_OK_AND_ASSIGN(const auto again, Accept(Manifest()));
  EXPECT_EQ(again.manifest_hash(), accepted.manifest_hash());
  election::v1::Manifest other = Manifest();
  other.set_display_name("Another");
  EXPECT_THAT(Accept(other), IsError(absl::StatusCode::kAlreadyExists, "MANIFEST_FIXED"));
  ASSERT_OK_AND_ASSIGN(const auto hash,
                       Invoke(&Stub::GetManifestHash, registrar(), testing::TestSuite::Anonymous(), request));
  EXPECT_EQ(hash.manifest_hash(), accepted.manifest_hash());
}

TEST_P(RegistrarServiceTest, TakesTheLongestManifestThereIs) {
  election::v1::Manifest manifest = Manifest();
  manifest.set_display_name("");
  const std::size_t rest = manifest.ByteSizeLong() + 4;  // a tag, and a length of three bytes
  manifest.set_display_name(std::string(limits::kLongestManifest - rest, 'x'));
  ASSERT_EQ(manifest.ByteSizeLong(), limits::kLongestManifest);
  EXPECT_OK(Accept(manifest));
  manifest.set_display_name(manifest.display_name() + 'x');
  EXPECT_THAT(Accept(manifest), IsError(absl::StatusCode::kInvalidArgument, "MANIFEST_INVALID"));
}

TEST_P(RegistrarServiceTest, RefusesAManifestThatIsNotItsOwn) {
  election::v1::Manifest other = Manifest();
  other.set_roll_count(3);
  EXPECT_THAT(Accept(other), IsError(absl::StatusCode::kFailedPrecondition, "MANIFEST_MISMATCH"));
  other = Manifest();
  other.set_issuing_closes(other.voting_closes() + 1);
  EXPECT_THAT(Accept(other), IsError(absl::StatusCode::kInvalidArgument, "MANIFEST_INVALID"));
  v1::AcceptManifestRequest request;
  request.set_election("elections/unprepared");
  request.set_manifest(Manifest().SerializeAsString());
  EXPECT_THAT(Invoke(&Stub::AcceptManifest, registrar(), Election(), request),
              IsError(absl::StatusCode::kFailedPrecondition, "MANIFEST_MISMATCH"));
  EXPECT_THAT(Invoke(&Stub::AcceptManifest, registrar(), Officer(), request),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_ALLOWED"));
}

TEST_P(RegistrarServiceTest, SignsAKeyThatThenVerifies) {
  OpenIssuing();
  const crypto::RsaPublicKey& key = SharedKeys().rsa.public_key();
  const std::string message = crypto::PrepareRandomized("ballot key", random_);
  ASSERT_OK_AND_ASSIGN(const crypto::BlindedMessage blinded, crypto::Blind(key, message, random_));
  ASSERT_OK_AND_ASSIGN(const auto issued, Issue("ann@example.org", blinded.blinded_msg));
  ASSERT_OK_AND_ASSIGN(const std::string signature,
                       crypto::Finalize(key, message, issued.blind_signature(), blinded.inv));
  EXPECT_OK(crypto::Verify(key, message, signature));
  ASSERT_OK_AND_ASSIGN(const auto again, Issue("ann@example.org", blinded.blinded_msg));
  EXPECT_EQ(again.blind_signature(), issued.blind_signature());
  EXPECT_THAT(Issue("ann@example.org", Blinded()),
              IsError(absl::StatusCode::kAlreadyExists, "CREDENTIAL_ALREADY_ISSUED"));
  EXPECT_EQ(database().One("SELECT COUNT(*) FROM issuances"), "1");
  EXPECT_EQ(journal().Lines().size(), 1u);
  ASSERT_OK_AND_ASSIGN(const auto after, Issue("ann@example.org", blinded.blinded_msg));
  EXPECT_EQ(after.blind_signature(), issued.blind_signature()) << "the first credential stands";
  EXPECT_OK(Check());
}

TEST_P(RegistrarServiceTest, GivesACompanyOneSignatureHoweverManyAskAtOnce) {
  OpenIssuing();
  const std::string blob(2048, 'b');
  std::vector<std::string> messages(16);
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts(16);
  for (std::string& message : messages) message = Blinded();
  for (auto& context : contexts) context = Voter("ann@example.org");
  std::atomic<int> signatures{0};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    threads.emplace_back([&, i] {
      const auto answer =
          Invoke(&Stub::IssueCredential, registrar(), std::move(contexts[i]), Request(messages[i], blob));
      if (answer.ok()) {
        ++signatures;
      } else {
        EXPECT_THAT(answer, IsError(absl::StatusCode::kAlreadyExists, "CREDENTIAL_ALREADY_ISSUED"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(signatures, 1);
  EXPECT_EQ(database().One("SELECT COUNT(*) FROM issuances"), "1");
  EXPECT_EQ(journal().Lines().size(), 1u);
}

// A second too early, the first second, the last one, a second too late.
TEST_P(RegistrarServiceTest, IssuesOnlyInItsTime) {
  EXPECT_THAT(Issue("ann@example.org", Blinded()),
              IsError(absl::StatusCode::kFailedPrecondition, "ISSUING_NOT_OPEN"))
      << "without a manifest";
  ASSERT_OK(Accept(Manifest()));
  suite_.clock().Set(Noon("2022-09-01") - absl::Seconds(1));
  EXPECT_THAT(Issue("ann@example.org", Blinded()),
              IsError(absl::StatusCode::kFailedPrecondition, "ISSUING_NOT_OPEN"));
  suite_.clock().Set(Noon("2022-09-01"));
  const std::string message = Blinded();
  ASSERT_OK_AND_ASSIGN(const auto issued, Issue("ann@example.org", message));
  suite_.clock().Set(Noon("2022-09-23") - absl::Hours(1) - absl::Seconds(1));
  EXPECT_OK(Issue("cy@example.org", Blinded()));
  suite_.clock().Set(Noon("2022-09-23") - absl::Hours(1));
  database().Run("DELETE FROM issuances WHERE unit = '" + CompanyOf("cy@example.org").substr(10) + "'");
  EXPECT_THAT(Issue("cy@example.org", Blinded()),
              IsError(absl::StatusCode::kFailedPrecondition, "ISSUING_CLOSED"));
  ASSERT_OK_AND_ASSIGN(const auto again, Issue("ann@example.org", message));
  EXPECT_EQ(again.blind_signature(), issued.blind_signature())
      << "what was issued is given again at any time";
}

TEST_P(RegisterRegistrarTest, IssuesToTheRepresentativeOfACompanyOnTheRoll) {
  OpenIssuing();
  EXPECT_THAT(Issue("bob@example.org", Blinded()),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_REPRESENTATIVE"));
  EXPECT_THAT(Issue("di@example.org", Blinded()),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_ON_ROLL"));
  const v1::Person bob = PersonAt("bob@example.org");
  const std::string cyco = CompanyOf("cy@example.org");
  EXPECT_THAT(Invoke(&Stub::IssueCredential, registrar(), suite_.Person(bob.name(), cyco, {"representative"}),
                     Request(Blinded())),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_REPRESENTATIVE"))
      << "whatever the token says";
  EXPECT_THAT(Invoke(&Stub::IssueCredential, registrar(), suite_.Staff(), Request(Blinded())),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_REPRESENTATIVE"));
  EXPECT_THAT(
      Invoke(&Stub::IssueCredential, registrar(), testing::TestSuite::Anonymous(), Request(Blinded())),
      IsError(absl::StatusCode::kUnauthenticated, "SIGN_IN_NEEDED"));
  EXPECT_EQ(database().One("SELECT COUNT(*) FROM issuances"), "0");
}

// n plus or minus a small number, big-endian; n is odd and far from a carry of two bytes.
std::string NearModulus(int difference) {
  std::string number = SharedKeys().rsa.public_key().n();
  for (std::size_t i = number.size(); i-- > 0 && difference != 0;) {
    const int digit = static_cast<unsigned char>(number[i]) + difference;
    number[i] = static_cast<char>(digit & 0xff);
    difference = digit >> 8;
  }
  return number;
}

TEST_P(RegistrarServiceTest, RefusesBytesThatAreNoBlindedMessage) {
  OpenIssuing();
  for (const std::string& message :
       {std::string(), std::string(1, 'a'), std::string(383, 'a'), std::string(385, 'a'),
        std::string(384, '\0'), std::string(384, '\xff'), NearModulus(0), NearModulus(1)}) {
    EXPECT_THAT(Issue("ann@example.org", message),
                IsError(absl::StatusCode::kInvalidArgument, "BLINDED_MESSAGE_INVALID"));
  }
  for (const std::size_t size : {1, 2047, 2049}) {
    EXPECT_THAT(Invoke(&Stub::IssueCredential, registrar(), Voter("ann@example.org"),
                       Request(Blinded(), std::string(size, 'b'))),
                IsError(absl::StatusCode::kInvalidArgument, "RECOVERY_BLOB_INVALID"));
  }
  EXPECT_EQ(database().One("SELECT COUNT(*) FROM issuances"), "0") << "nothing is used up";
  EXPECT_TRUE(journal().Lines().empty());
}

TEST_P(RegistrarServiceTest, TakesTheSmallestAndTheLargestNumberAndTheLongestBlob) {
  OpenIssuing();
  const std::string one = std::string(383, '\0') + '\1';
  ASSERT_OK_AND_ASSIGN(const auto signed_one, Issue("ann@example.org", one));
  EXPECT_EQ(signed_one.blind_signature(), one) << "1^d is 1";
  ASSERT_OK_AND_ASSIGN(const auto signed_last,
                       Invoke(&Stub::IssueCredential, registrar(), Voter("cy@example.org"),
                              Request(NearModulus(-1), std::string(2048, 'b'))));
  EXPECT_EQ(signed_last.blind_signature(), NearModulus(-1)) << "and (-1)^d is -1";
}

TEST_P(RegistrarServiceTest, RefusesAnElectionThatIsNone) {
  for (const std::string& name :
       {std::string(), std::string("e"), std::string("companies/e"), std::string("elections/"),
        std::string("elections/") + std::string(64, 'a')}) {
    v1::IssueCredentialRequest request = Request(Blinded());
    request.set_election(name);
    EXPECT_THAT(Invoke(&Stub::IssueCredential, registrar(), Voter("ann@example.org"), request),
                IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"))
        << name;
  }
}

TEST_P(RegistrarServiceTest, ReturnsToTheCompanyWhatItLeft) {
  OpenIssuing();
  v1::GetIssuanceRequest request;
  request.set_election(kElection);
  const auto get = [&](const std::string& email) {
    return Invoke(&Stub::GetIssuance, registrar(), Voter(email), request);
  };
  EXPECT_THAT(get("ann@example.org"), IsError(absl::StatusCode::kNotFound, "CREDENTIAL_NOT_ISSUED"));
  const std::string message = Blinded();
  const std::string blob = random_.Bytes(2048);
  ASSERT_OK(Invoke(&Stub::IssueCredential, registrar(), Voter("ann@example.org"), Request(message, blob)));
  ASSERT_OK_AND_ASSIGN(const auto issuance, get("ann@example.org"));
  EXPECT_EQ(issuance.recovery_blob(), blob);
  EXPECT_EQ(issuance.blinded_msg_sha256(), crypto::Sha256(message));
  EXPECT_THAT(get("bob@example.org"), IsError(absl::StatusCode::kPermissionDenied,
                                              AtAuditor() ? "NOT_ON_ROLL" : "NOT_REPRESENTATIVE"));
}

// After the vote Ann may go where she likes; what Acme has on record stays Acme's to see and to dispute.
TEST_P(RegisterRegistrarTest, AnswersTheRepresentativeOfTodayOnceTheCollectorHasLeft) {
  OpenIssuing();
  const std::string acme = CompanyOf("ann@example.org");
  const std::string message = Blinded();
  ASSERT_OK(Issue("ann@example.org", message));
  suite_.clock().Set(Noon("2022-09-24"));
  const auto not_theirs = IsError(absl::StatusCode::kPermissionDenied, "NOT_REPRESENTATIVE");
  v1::NameRepresentativeRequest name;
  name.set_company(acme);
  name.set_representative(PersonAt("bob@example.org").name());
  ASSERT_OK(Invoke(&v1::RegisterService::Stub::NameRepresentative, *register_, suite_.Staff(), name));
  EXPECT_THAT(GetIssuance("bob@example.org"), not_theirs) << "Ann is still there";
  v1::MovePersonRequest move;
  move.set_person(PersonAt("ann@example.org").name());
  move.set_company(CompanyOf("cy@example.org"));
  ASSERT_OK(Invoke(&v1::PeopleService::Stub::MovePerson, *people_, suite_.Staff(), move));
  ASSERT_OK_AND_ASSIGN(const auto issuance, GetIssuance("bob@example.org"));
  EXPECT_EQ(issuance.blinded_msg_sha256(), crypto::Sha256(message));
  EXPECT_OK(Dispute("bob@example.org", "Nobody of us voted"));
  EXPECT_THAT(Issue("bob@example.org", message), not_theirs) << "nor the credential";
  EXPECT_THAT(GetIssuance("ann@example.org"), not_theirs) << "Cyco's line is Cy's";
}

TEST_P(RegistrarServiceTest, CountsWhatWasIssued) {
  OpenIssuing();
  ASSERT_OK(Issue("ann@example.org", Blinded()));
  v1::CountIssuancesRequest request;
  request.set_election(kElection);
  ASSERT_OK_AND_ASSIGN(const auto count, Invoke(&Stub::CountIssuances, registrar(), Election(), request));
  EXPECT_EQ(count.roll_count(), 2);
  EXPECT_EQ(count.issued_count(), 1);
  request.set_election("elections/none");
  EXPECT_THAT(Invoke(&Stub::CountIssuances, registrar(), testing::TestSuite::Anonymous(), request),
              IsError(absl::StatusCode::kNotFound, "ROLL_NOT_FOUND"));
}

TEST_P(RegisterRegistrarTest, KeepsTheRepresentativeWhileACredentialIsOut) {
  OpenIssuing();
  ASSERT_OK(Issue("ann@example.org", Blinded()));
  v1::NameRepresentativeRequest request;
  request.set_company(CompanyOf("ann@example.org"));
  request.set_representative(PersonAt("bob@example.org").name());
  const auto name = [&] {
    return Invoke(&v1::RegisterService::Stub::NameRepresentative, *register_, suite_.Staff(), request);
  };
  EXPECT_THAT(name(), IsError(absl::StatusCode::kFailedPrecondition, "CREDENTIAL_ALREADY_ISSUED"));
  ASSERT_OK_AND_ASSIGN(
      const auto report,
      Import(kHeader + std::string("bob@example.org,Bob,Acme,professional,2021-08-24,2023-08-23,2,yes,\n")));
  ASSERT_EQ(report.problems_size(), 1);
  EXPECT_EQ(report.problems(0).reason(), "REPRESENTATIVE_INVALID");
  suite_.clock().Set(Noon("2022-09-23"));
  EXPECT_OK(name()) << "voting has closed";
}

TEST_P(RegisterRegistrarTest, IssuesToOneRepresentativeWhileAnotherIsBeingNamed) {
  OpenIssuing();
  v1::NameRepresentativeRequest request;
  request.set_company(CompanyOf("ann@example.org"));
  request.set_representative(PersonAt("bob@example.org").name());
  auto ann = Voter("ann@example.org");
  auto staff = suite_.Staff();
  const std::string message = Blinded();
  bool named = false;
  std::thread naming([&] {
    named =
        Invoke(&v1::RegisterService::Stub::NameRepresentative, *register_, std::move(staff), request).ok();
  });
  const bool issued = Invoke(&Stub::IssueCredential, registrar(), std::move(ann), Request(message)).ok();
  naming.join();
  EXPECT_NE(named, issued) << "either Bob was named first, or Ann's credential went out first";
}

TEST_P(RegistrarServiceTest, WritesNeitherATimeNorAPersonOfACredential) {
  OpenIssuing();
  const std::string acts = database().One("SELECT COUNT(*) FROM audit");
  const std::string requests = database().One("SELECT COUNT(*) FROM requests");
  ASSERT_OK(Issue("ann@example.org", Blinded()));
  EXPECT_EQ(database().One("SELECT COUNT(*) FROM audit"), acts);
  EXPECT_EQ(database().One("SELECT COUNT(*) FROM requests"), requests);
  EXPECT_EQ(
      database().Column("SELECT column_name FROM information_schema.columns WHERE table_schema = DATABASE()"
                        " AND table_name = 'issuances' ORDER BY ordinal_position"),
      (std::vector<std::string>{"election", "unit", "blinded_msg_sha256", "recovery_blob"}));
}

// The negative control of the check at the start.
TEST_P(RegistrarServiceTest, RefusesToServeWhenTheDatabaseIsBehindTheJournal) {
  OpenIssuing();
  EXPECT_OK(Check()) << "an empty journal is behind nothing";
  ASSERT_OK(Issue("ann@example.org", Blinded()));
  ASSERT_OK(Issue("cy@example.org", Blinded()));
  EXPECT_OK(Check());
  const std::string company = CompanyOf("ann@example.org").substr(10);
  database().Run("UPDATE issuances SET blinded_msg_sha256 = REPEAT('x', 32) WHERE unit = '" + company + "'");
  EXPECT_THAT(Check(), IsError(absl::StatusCode::kFailedPrecondition, "JOURNAL_AHEAD")) << "another message";
  database().Run("DELETE FROM issuances WHERE unit = '" + company + "'");
  EXPECT_THAT(Check(), IsError(absl::StatusCode::kFailedPrecondition, "JOURNAL_AHEAD")) << "no row";
  EXPECT_THAT(std::string(Check().message()), ::testing::HasSubstr("companies/" + company));
}

// What only the auditor's does: it goes by its copy of the roll.
class CopiedRegistrarTest : public RegistrarTest {};
INSTANTIATE_TEST_SUITE_P(Only, CopiedRegistrarTest, ::testing::Values(Side::kAuditor), NameOf);

TEST_P(CopiedRegistrarTest, IssuesToWhomTheCopyNamesAtTheAddressInIt) {
  OpenIssuing();
  for (const char* email : {"bob@example.org", "di@example.org"}) {
    EXPECT_THAT(Issue(email, Blinded()), IsError(absl::StatusCode::kPermissionDenied, "NOT_ON_ROLL"))
        << email;
  }
  const std::string ann = PersonAt("ann@example.org").name();
  EXPECT_THAT(Invoke(&Stub::IssueCredential, registrar(), auditor_.Person(ann, "ann@elsewhere.example"),
                     Request(Blinded())),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_ON_ROLL"))
      << "an address of hers in another copy";
  EXPECT_THAT(Invoke(&Stub::IssueCredential, registrar(), Officer(), Request(Blinded())),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_ON_ROLL"))
      << "the auditor";
  EXPECT_THAT(
      Invoke(&Stub::IssueCredential, registrar(), testing::TestSuite::Anonymous(), Request(Blinded())),
      IsError(absl::StatusCode::kUnauthenticated, "SIGN_IN_NEEDED"));
  EXPECT_EQ(Count().issued_count(), 0);
  EXPECT_OK(Issue("ann@example.org", Blinded()));
}

// A mailbox that two share, or a substitute in one election alone: whom the newest copy names beside the
// address is in the token, and collects for the line that this election's copy has at the address.
TEST_P(CopiedRegistrarTest, IssuesByTheAddressWhomeverOtherCopiesNameAtIt) {
  OpenIssuing();
  ASSERT_OK_AND_ASSIGN(std::vector<v1::RollCopyLine> lines, ExportRoll(kElection));
  const auto anns = std::find_if(lines.begin(), lines.end(),
                                 [](const auto& line) { return line.email() == "ann@example.org"; });
  ASSERT_NE(anns, lines.end());
  const std::string bob = PersonAt("bob@example.org").name();
  anns->set_representative(bob);
  ASSERT_OK(auditor_.Freeze("elections/later", lines));
  EXPECT_OK(Invoke(&Stub::IssueCredential, registrar(), auditor_.Person(bob, "ann@example.org"),
                   Request(Blinded())));
  EXPECT_EQ(database().One("SELECT unit FROM issuances"), CompanyOf("ann@example.org").substr(10));
}

// The copy is all it knows: who may vote was judged when the roll was frozen.
TEST_P(CopiedRegistrarTest, DoesNotAskTheRegister) {
  OpenIssuing();
  auto ann = Voter("ann@example.org");
  database_.Run("UPDATE memberships SET end_date = '2022-07-01'");
  EXPECT_OK(Invoke(&Stub::IssueCredential, registrar(), std::move(ann), Request(Blinded())));
}

// The same society, where everybody who may vote has a line of their own: Ann, Bob and Cy.
class RegistrarOfPeopleTest : public RegistrarTest {
 protected:
  RegistrarOfPeopleTest() : RegistrarTest(v1::UNIT_PERSON) { EXPECT_EQ(roll_.count(), 3); }
};
INSTANTIATE_TEST_SUITE_P(Both, RegistrarOfPeopleTest, ::testing::Values(Side::kMembership, Side::kAuditor),
                         NameOf);

class RegisterRegistrarOfPeopleTest : public RegistrarOfPeopleTest {};
INSTANTIATE_TEST_SUITE_P(Only, RegisterRegistrarOfPeopleTest, ::testing::Values(Side::kMembership), NameOf);

TEST_P(RegistrarOfPeopleTest, IssuesOneCredentialToEachPersonOfTheRoll) {
  OpenIssuing();
  const std::string message = Blinded();
  ASSERT_OK_AND_ASSIGN(const auto anns, Issue("ann@example.org", message));
  EXPECT_OK(Issue("bob@example.org", Blinded())) << "whoever represents the company, Bob votes too";
  EXPECT_OK(Issue("cy@example.org", Blinded()));
  EXPECT_THAT(Issue("bob@example.org", Blinded()),
              IsError(absl::StatusCode::kAlreadyExists, "CREDENTIAL_ALREADY_ISSUED"));
  ASSERT_OK_AND_ASSIGN(const auto again, Issue("ann@example.org", message));
  EXPECT_EQ(again.blind_signature(), anns.blind_signature());
  v1::CountIssuancesRequest request;
  request.set_election(kElection);
  ASSERT_OK_AND_ASSIGN(const auto count, Invoke(&Stub::CountIssuances, registrar(), Election(), request));
  EXPECT_EQ(count.roll_count(), 3);
  EXPECT_EQ(count.issued_count(), 3);
}

TEST_P(RegistrarOfPeopleTest, SignsForPollsButNotForTheSeatsOfABody) {
  election::v1::Manifest manifest = Manifest();
  auto& option = *manifest.add_contests()->add_options();
  option.set_name(std::string(kElection) + "/candidacies/c");
  EXPECT_THAT(Accept(manifest), IsError(absl::StatusCode::kFailedPrecondition, "MANIFEST_MISMATCH"));
  option.set_name(std::string(kElection) + "/contests/p/options/a");
  EXPECT_OK(Accept(manifest));
}

TEST_P(RegistrarOfPeopleTest, RefusesWhoeverIsNotOnTheRoll) {
  OpenIssuing();
  const auto not_on_roll = IsError(absl::StatusCode::kPermissionDenied, "NOT_ON_ROLL");
  EXPECT_THAT(Issue("di@example.org", Blinded()), not_on_roll) << "joined later";
  EXPECT_THAT(Invoke(&Stub::IssueCredential, registrar(), Officer(), Request(Blinded())), not_on_roll);
  const std::string company = CompanyOf("ann@example.org");
  const std::string no_person = "people/" + company.substr(10);
  EXPECT_THAT(Invoke(&Stub::IssueCredential, registrar(),
                     AtAuditor() ? auditor_.Person(no_person, "nobody@example.org")
                                 : suite_.Person(no_person, company, {"representative"}),
                     Request(Blinded())),
              not_on_roll)
      << "a company is no person, and this is nobody's address";
  EXPECT_EQ(database().One("SELECT COUNT(*) FROM issuances"), "0");
}

TEST_P(RegisterRegistrarOfPeopleTest, AsksWhetherThePersonMayStillVote) {
  OpenIssuing();
  database().Run("UPDATE memberships SET end_date = '2022-07-01' WHERE holder = '" +
                 PersonAt("bob@example.org").name().substr(7) + "'");
  EXPECT_THAT(Issue("bob@example.org", Blinded()),
              IsError(absl::StatusCode::kFailedPrecondition, "REPRESENTATIVE_NOT_ENTITLED"));
  EXPECT_OK(Issue("ann@example.org", Blinded()));
}

TEST_P(RegistrarOfPeopleTest, GivesAPersonOneSignatureHoweverManyAskAtOnce) {
  OpenIssuing();
  std::vector<std::string> messages(8);
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts(8);
  for (std::string& message : messages) message = Blinded();
  for (auto& context : contexts) context = Voter("bob@example.org");
  std::atomic<int> signatures{0};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    threads.emplace_back([&, i] {
      const auto answer =
          Invoke(&Stub::IssueCredential, registrar(), std::move(contexts[i]), Request(messages[i]));
      if (answer.ok()) {
        ++signatures;
      } else {
        EXPECT_THAT(answer, IsError(absl::StatusCode::kAlreadyExists, "CREDENTIAL_ALREADY_ISSUED"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(signatures, 1);
  EXPECT_EQ(database().One("SELECT COUNT(*) FROM issuances"), "1");
}

TEST_P(RegistrarOfPeopleTest, ReturnsToThePersonWhatTheyLeft) {
  OpenIssuing();
  v1::GetIssuanceRequest request;
  request.set_election(kElection);
  const auto get = [&](const std::string& email) {
    return Invoke(&Stub::GetIssuance, registrar(), Voter(email), request);
  };
  const std::string blob = random_.Bytes(2048);
  ASSERT_OK(Invoke(&Stub::IssueCredential, registrar(), Voter("bob@example.org"), Request(Blinded(), blob)));
  ASSERT_OK_AND_ASSIGN(const auto issuance, get("bob@example.org"));
  EXPECT_EQ(issuance.recovery_blob(), blob);
  EXPECT_THAT(get("ann@example.org"), IsError(absl::StatusCode::kNotFound, "CREDENTIAL_NOT_ISSUED"));
  EXPECT_THAT(get("di@example.org"), IsError(absl::StatusCode::kPermissionDenied, "NOT_ON_ROLL"));
}

TEST_P(RegisterRegistrarOfPeopleTest, LeavesTheCompanyFreeToNameItsRepresentative) {
  OpenIssuing();
  ASSERT_OK(Issue("ann@example.org", Blinded()));
  v1::NameRepresentativeRequest request;
  request.set_company(CompanyOf("ann@example.org"));
  request.set_representative(PersonAt("bob@example.org").name());
  EXPECT_OK(Invoke(&v1::RegisterService::Stub::NameRepresentative, *register_, suite_.Staff(), request));
  ASSERT_OK_AND_ASSIGN(const auto entries,
                       Invoke(&v1::RollService::Stub::ListRollEntries, *rolls_, suite_.Staff(), [] {
                         v1::ListRollEntriesRequest list;
                         list.set_election(kElection);
                         return list;
                       }()));
  for (const v1::RollEntry& entry : entries.entries()) EXPECT_EQ(entry.unit(), entry.representative());
}

TEST_P(RegistrarOfPeopleTest, RefusesToServeWhenTheDatabaseForgotAPerson) {
  OpenIssuing();
  ASSERT_OK(Issue("bob@example.org", Blinded()));
  EXPECT_OK(Check());
  database().Run("DELETE FROM issuances");
  EXPECT_THAT(Check(), IsError(absl::StatusCode::kFailedPrecondition, "JOURNAL_AHEAD"));
  EXPECT_THAT(std::string(Check().message()), ::testing::HasSubstr(PersonAt("bob@example.org").name()));
}

}  // namespace
}  // namespace plenary::membership
