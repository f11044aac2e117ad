#include <fmt/format.h>

#include <thread>

#include "common/crypto/blind_rsa.h"
#include "plenary/election/v1/manifest.pb.h"
#include "services/membership/limits_rolls.h"
#include "services/membership/testing_membership.h"

namespace plenary::membership {
namespace {

using testing::Invoke;
using testing::IsError;
using Stub = v1::RollService::Stub;

constexpr char kElection[] = "elections/e";
constexpr auto kRefused = absl::StatusCode::kFailedPrecondition;

const ElectionKeys& SharedKeys() {
  static const auto& keys = *[] {
    crypto::SystemRandom random;
    return new ElectionKeys(GenerateElectionKeys(random).value());
  }();
  return keys;
}

class RollSubstitutesTest : public MembershipTest {
 protected:
  // Ann votes for Acme, where Bob could too and Fay could not; Cy votes for Cyco.
  RollSubstitutesTest() {
    SaveCategories();
    MustImport(
        "ann@example.org,Ann,Acme,professional,2021-08-24,2023-08-23,2,yes,\n"
        "bob@example.org,Bob,Acme,professional,2021-08-24,2023-08-23,2,,\n"
        "fay@example.org,Fay,Acme,registered,2021-08-24,,,,\n"
        "cy@example.org,Cy,Cyco,professional,2021-08-24,2023-08-23,2,,\n");
    acme_ = CompanyOf("ann@example.org");
    const auto frozen = Freeze(kElection);
    EXPECT_OK(frozen);
    StoreKeys("e", SharedKeys());
    EXPECT_OK(Accept(frozen->roll));
    suite_.clock().Set(Noon("2022-09-10"));
  }

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

  v1::SubstituteRepresentativeRequest Request(const std::string& email) {
    v1::SubstituteRepresentativeRequest request;
    request.set_election(kElection);
    request.set_company(acme_);
    request.set_representative(PersonAt(email).name());
    request.set_reason("on leave");
    return request;
  }

  absl::StatusOr<v1::RollEntry> Substitute(std::unique_ptr<grpc::ClientContext> caller,
                                           const v1::SubstituteRepresentativeRequest& request) {
    return Invoke(&Stub::SubstituteRepresentative, *rolls_, std::move(caller), request);
  }

  static v1::IssueCredentialRequest Issuance() {
    crypto::SystemRandom random;
    v1::IssueCredentialRequest request;
    request.set_election(kElection);
    request.set_blinded_msg(
        crypto::Blind(SharedKeys().rsa.public_key(), crypto::PrepareRandomized("message", random), random)
            ->blinded_msg);
    return request;
  }

  absl::StatusOr<v1::IssueCredentialResponse> Issue(const std::string& email) {
    return Invoke(&v1::RegistrarService::Stub::IssueCredential, *registrar_, As(email), Issuance());
  }

  // The membership of the person ended, so that grace is over as well.
  void Lapse(const std::string& email) {
    database_.Run("UPDATE memberships SET end_date = '2022-07-01' WHERE holder = '" +
                  PersonAt(email).name().substr(7) + "'");
  }

  std::vector<v1::Substitution> Substitutions() {
    v1::ListSubstitutionsRequest request;
    request.set_election(kElection);
    const auto response = Invoke(&Stub::ListSubstitutions, *rolls_, suite_.Staff(), request);
    EXPECT_OK(response);
    return {response->substitutions().begin(), response->substitutions().end()};
  }

  std::string acme_;
};

TEST_F(RollSubstitutesTest, LetsASubstituteCollect) {
  const std::string sha256 = database_.One("SELECT HEX(sha256) FROM rolls");
  ASSERT_OK_AND_ASSIGN(const v1::RollEntry entry, Substitute(suite_.Staff(), Request("bob@example.org")));
  EXPECT_EQ(entry.representative(), PersonAt("bob@example.org").name());
  EXPECT_EQ(entry.unit(), acme_);
  EXPECT_THAT(Issue("ann@example.org"), IsError(absl::StatusCode::kPermissionDenied, "NOT_REPRESENTATIVE"));
  EXPECT_OK(Issue("bob@example.org"));
  EXPECT_EQ(database_.One("SELECT HEX(sha256) FROM rolls"), sha256) << "who collects is no part of the hash";
  const auto substitutions = Substitutions();
  ASSERT_EQ(substitutions.size(), 1u);
  EXPECT_EQ(substitutions[0].predecessor(), PersonAt("ann@example.org").name());
  EXPECT_EQ(substitutions[0].substitute(), PersonAt("bob@example.org").name());
  EXPECT_EQ(substitutions[0].reason(), "on leave");
  EXPECT_EQ(substitutions[0].actor(), "people/staff");
}

TEST_F(RollSubstitutesTest, IsOpenToTheCompanyAndItsAdministrators) {
  EXPECT_THAT(Substitute(As("cy@example.org"), Request("bob@example.org")),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_PROFESSIONAL_OF_COMPANY"));
  EXPECT_THAT(Substitute(As("fay@example.org"), Request("bob@example.org")),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_PROFESSIONAL_OF_COMPANY"));
  EXPECT_OK(Substitute(As("bob@example.org"), Request("bob@example.org")));
  const std::string fay = PersonAt("fay@example.org").name().substr(7);
  database_.Run(
      fmt::format("INSERT INTO links (id, person, company, role, start_date, source, administrator_now)"
                  " VALUES ('{}', '{}', '{}', 'ADMINISTRATOR', '2022-01-01', 'test', '{}{}')",
                  ids_.NextText(), fay, acme_.substr(10), fay, acme_.substr(10)));
  EXPECT_OK(Substitute(As("fay@example.org"), Request("ann@example.org")));
  EXPECT_EQ(Substitutions().size(), 2u);
}

TEST_F(RollSubstitutesTest, RefusesWhoMayNotCollect) {
  EXPECT_THAT(Substitute(suite_.Staff(), Request("fay@example.org")),
              IsError(kRefused, "REPRESENTATIVE_NOT_ENTITLED"));
  EXPECT_THAT(Substitute(suite_.Staff(), Request("cy@example.org")),
              IsError(kRefused, "REPRESENTATIVE_NOT_ENTITLED"));
  Lapse("bob@example.org");
  EXPECT_THAT(Substitute(suite_.Staff(), Request("bob@example.org")),
              IsError(kRefused, "REPRESENTATIVE_NOT_ENTITLED"));
  auto request = Request("ann@example.org");
  request.set_representative("people/none");
  EXPECT_THAT(Substitute(suite_.Staff(), request), IsError(kRefused, "REPRESENTATIVE_NOT_ENTITLED"));
  request.set_election("elections/none");
  EXPECT_THAT(Substitute(suite_.Staff(), request), IsError(absl::StatusCode::kNotFound, "ROLL_NOT_FOUND"));
  request.set_election(kElection);
  request.set_company("companies/none");
  EXPECT_THAT(Substitute(suite_.Staff(), request),
              IsError(absl::StatusCode::kNotFound, "ROLL_ENTRY_NOT_FOUND"));
  request = Request("ann@example.org");
  request.set_reason(std::string(limits::kLongestSubstitutionReason + 1, 'x'));
  EXPECT_THAT(Substitute(suite_.Staff(), request),
              IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_EQ(Substitutions().size(), 0u);
}

TEST_F(RollSubstitutesTest, EndsWithTheCredential) {
  ASSERT_OK(Issue("ann@example.org"));
  EXPECT_THAT(Substitute(suite_.Staff(), Request("bob@example.org")),
              IsError(kRefused, "CREDENTIAL_ALREADY_ISSUED"));
  auto request = Request("cy@example.org");
  request.set_company(CompanyOf("cy@example.org"));
  suite_.clock().Set(Noon("2022-09-22"));
  EXPECT_THAT(Substitute(suite_.Staff(), request), IsError(kRefused, "ISSUING_CLOSED"));
}

TEST_F(RollSubstitutesTest, NeedsASubstituteWhenTheRepresentativeLosesTheRight) {
  Lapse("ann@example.org");
  EXPECT_THAT(Issue("ann@example.org"), IsError(kRefused, "REPRESENTATIVE_NOT_ENTITLED"));
  EXPECT_THAT(Issue("bob@example.org"), IsError(absl::StatusCode::kPermissionDenied, "NOT_REPRESENTATIVE"))
      << "being the only one left makes nobody the substitute";
  ASSERT_OK(Substitute(As("bob@example.org"), Request("bob@example.org")));
  EXPECT_OK(Issue("bob@example.org"));
}

TEST_F(RollSubstitutesTest, IsNotOnTheRollWhoLostTheRightBeforeTheFreeze) {
  database_.Run("UPDATE memberships SET end_date = '2022-08-20' WHERE holder = '" +
                PersonAt("cy@example.org").name().substr(7) + "'");
  suite_.clock().Set(Noon("2022-09-19"));
  ASSERT_OK_AND_ASSIGN(const Frozen grace, Freeze("elections/f", "2022-09-18"));
  EXPECT_EQ(grace.roll.count(), 2) << "the last day of grace";
  ASSERT_OK_AND_ASSIGN(const Frozen lapsed, Freeze("elections/g", "2022-09-19"));
  EXPECT_EQ(lapsed.roll.count(), 1);
}

TEST_F(RollSubstitutesTest, FollowsTheRepresentativeWhoIsNamedOnTheRegister) {
  v1::NameRepresentativeRequest request;
  request.set_company(acme_);
  request.set_representative(PersonAt("bob@example.org").name());
  ASSERT_OK(Invoke(&v1::RegisterService::Stub::NameRepresentative, *register_, suite_.Staff(), request));
  const auto substitutions = Substitutions();
  ASSERT_EQ(substitutions.size(), 1u);
  EXPECT_EQ(substitutions[0].reason(), "named on the register");
  EXPECT_THAT(Issue("ann@example.org"), IsError(absl::StatusCode::kPermissionDenied, "NOT_REPRESENTATIVE"));
  EXPECT_OK(Issue("bob@example.org"));
}

// Cy collects for Cyco and has moved to Acme: a roll with one person on two lines is one that the auditor's
// registrar cannot take over, which it does before the roll is fixed.
TEST_F(RollSubstitutesTest, LetsNobodyCollectForTwoLines) {
  database_.Run("UPDATE rolls SET fixed = 0");
  const std::string cyco = CompanyOf("cy@example.org");
  const auto move = [&](const std::string& email, const std::string& company) {
    v1::MovePersonRequest request;
    request.set_person(PersonAt(email).name());
    request.set_company(company);
    ASSERT_OK(Invoke(&v1::PeopleService::Stub::MovePerson, *people_, suite_.Staff(), request));
  };
  move("cy@example.org", acme_);
  v1::NameRepresentativeRequest named;
  named.set_company(acme_);
  named.set_representative(PersonAt("cy@example.org").name());
  ASSERT_OK(Invoke(&v1::RegisterService::Stub::NameRepresentative, *register_, suite_.Staff(), named))
      << "for the elections to come";
  EXPECT_EQ(Substitutions().size(), 0u) << "this roll stays as it is";
  const auto refused = Substitute(suite_.Staff(), Request("cy@example.org"));
  EXPECT_THAT(refused, IsError(kRefused, "COLLECTS_FOR_ANOTHER_LINE"));
  EXPECT_THAT(std::string(refused.status().message()), ::testing::HasSubstr("collects for " + cyco));
  EXPECT_EQ(database_.One("SELECT COUNT(DISTINCT representative) FROM roll_entries"), "2");
  move("bob@example.org", cyco);
  auto there = Request("bob@example.org");
  there.set_company(cyco);
  ASSERT_OK(Substitute(suite_.Staff(), there)) << "as the text says";
  ASSERT_OK(Substitute(suite_.Staff(), Request("cy@example.org")));
  EXPECT_OK(Issue("cy@example.org"));
  EXPECT_OK(Issue("bob@example.org"));
}

// Cyco has nobody left who could be its substitute.
TEST_F(RollSubstitutesTest, ALineWhoseCollectorHasLeftTakesNoVoteFromTheirNewCompany) {
  database_.Run("UPDATE rolls SET fixed = 0");
  v1::MovePersonRequest request;
  request.set_person(PersonAt("cy@example.org").name());
  request.set_company(acme_);
  ASSERT_OK(Invoke(&v1::PeopleService::Stub::MovePerson, *people_, suite_.Staff(), request));
  EXPECT_THAT(Substitute(suite_.Staff(), Request("cy@example.org")),
              IsError(kRefused, "COLLECTS_FOR_ANOTHER_LINE"))
      << "the roll could not be copied";
  database_.Run("UPDATE rolls SET fixed = 1");
  ASSERT_OK(Substitute(suite_.Staff(), Request("cy@example.org")));
  EXPECT_OK(Issue("cy@example.org"));
  EXPECT_EQ(database_.One("SELECT GROUP_CONCAT(unit) FROM issuances"), acme_.substr(10));
}

// Whoever comes first, the company gets one credential, and it goes to whom the roll named at that moment.
TEST_F(RollSubstitutesTest, IssuesToOneWhileAnotherIsBeingSubstituted) {
  auto ann = As("ann@example.org");
  auto staff = suite_.Staff();
  const auto request = Request("bob@example.org");
  const auto issuance = Issuance();
  absl::StatusOr<v1::RollEntry> substituted;
  std::thread substituting([&] { substituted = Substitute(std::move(staff), request); });
  const auto issued =
      Invoke(&v1::RegistrarService::Stub::IssueCredential, *registrar_, std::move(ann), issuance);
  substituting.join();
  EXPECT_NE(substituted.ok(), issued.ok());
  if (issued.ok()) {
    EXPECT_THAT(substituted, IsError(kRefused, "CREDENTIAL_ALREADY_ISSUED"));
  } else {
    EXPECT_THAT(issued, IsError(absl::StatusCode::kPermissionDenied, "NOT_REPRESENTATIVE"));
    EXPECT_OK(Issue("bob@example.org"));
  }
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM issuances"), "1");
}

TEST_F(RollSubstitutesTest, GivesARepeatedRequestItsFirstAnswer) {
  auto request = Request("bob@example.org");
  request.set_request_id(RandomUuid());
  auto caller = [&] { return As("bob@example.org"); };
  ASSERT_OK_AND_ASSIGN(const v1::RollEntry first, Substitute(caller(), request));
  ASSERT_OK(Issue("bob@example.org"));
  ASSERT_OK_AND_ASSIGN(const v1::RollEntry again, Substitute(caller(), request));
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(Substitutions().size(), 1u);
}

}  // namespace
}  // namespace plenary::membership
