// Roll copies, and whom the auditor's registrar believes.
#include "services/membership/auditor_service.h"

#include "common/status/grpc_status.h"
#include "common/status/macros.h"
#include "services/membership/limits_registrar.h"
#include "services/membership/rules/roll_copy.h"
#include "services/membership/store/roll_copies.h"
#include "services/membership/testing_registrar.h"

namespace plenary::membership {
namespace {

using testing::Invoke;
using testing::IsError;
using Stub = v1::AuditorService::Stub;

// At the auditor's registrar, which has its copy.
class AuditorServiceTest : public RegistrarTest {
 protected:
  AuditorServiceTest() { lines_ = ExportRoll(kElection).value(); }

  v1::ListRollCopiesResponse Copies() {
    return Invoke(&Stub::ListRollCopies, auditor_.auditor(), auditor_.Auditor(), v1::ListRollCopiesRequest())
        .value_or(v1::ListRollCopiesResponse());
  }
  absl::StatusOr<v1::RollCopyLine> Replace(const std::string& unit, const std::string& email,
                                           const std::string& election = kElection) {
    v1::ReplaceRepresentativeRequest request;
    request.set_election(election);
    request.set_unit(unit);
    request.set_representative(PersonAt(email).name());
    request.set_representative_full_name("Somebody");
    request.set_email(email);
    return Invoke(&Stub::ReplaceRepresentative, auditor_.auditor(), auditor_.Auditor(), request);
  }

  std::vector<v1::RollCopyLine> lines_;
};
INSTANTIATE_TEST_SUITE_P(Only, AuditorServiceTest, ::testing::Values(Side::kAuditor), NameOf);

TEST_P(AuditorServiceTest, FreezesAnotherCopyUntilAManifestFixesIt) {
  ASSERT_OK_AND_ASSIGN(const auto fewer, auditor_.Freeze(kElection, {lines_[0]}));
  EXPECT_EQ(fewer.count(), 1);
  EXPECT_FALSE(fewer.fixed());
  EXPECT_EQ(auditor_.database().One("SELECT COUNT(*) FROM roll_copy_lines"), "1")
      << "in the place of the first";
  EXPECT_THAT(Accept(Manifest()), IsError(absl::StatusCode::kFailedPrecondition, "MANIFEST_MISMATCH"))
      << "the manifest names the office's roll";
  ASSERT_OK(auditor_.Freeze(kElection, lines_));
  ASSERT_OK(Accept(Manifest()));
  EXPECT_THAT(auditor_.Freeze(kElection, lines_),
              IsError(absl::StatusCode::kAlreadyExists, "MANIFEST_FIXED"));
  ASSERT_OK(auditor_.Freeze("elections/later", {lines_[1]}));
  const auto copies = Copies();
  ASSERT_EQ(copies.roll_copies_size(), 2);
  EXPECT_EQ(copies.roll_copies(0).election(), "elections/later") << "newest first";
  EXPECT_TRUE(copies.roll_copies(1).fixed());
  EXPECT_EQ(copies.roll_copies(1).sha256(), roll_.sha256());
}

TEST_P(AuditorServiceTest, StoresAllLinesOrNone) {
  std::vector<v1::RollCopyLine> spoilt = lines_;
  spoilt[1].set_email("");
  EXPECT_THAT(auditor_.Freeze(kElection, spoilt),
              IsError(absl::StatusCode::kInvalidArgument, "ROLL_COPY_INVALID"));
  EXPECT_THAT(auditor_.Freeze(kElection, {}),
              IsError(absl::StatusCode::kInvalidArgument, "ROLL_COPY_INVALID"));
  EXPECT_THAT(auditor_.Freeze("", lines_), IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_EQ(auditor_.database().One("SELECT COUNT(*) FROM roll_copy_lines"), std::to_string(lines_.size()));
}

TEST_P(AuditorServiceTest, StoresNothingOfARollThatBrokeOff) {
  const auto context = auditor_.Auditor();
  v1::RollCopy copy;
  const auto writer = auditor_.auditor().FreezeRollCopy(context.get(), &copy);
  v1::FreezeRollCopyRequest part;
  part.set_election("elections/later");
  *part.add_lines() = lines_[0];
  ASSERT_TRUE(writer->Write(part));
  context->TryCancel();
  EXPECT_FALSE(writer->Finish().ok());
  EXPECT_EQ(Copies().roll_copies_size(), 1);
}

TEST_P(AuditorServiceTest, TakesFiveHundredLinesAMessageAndNotOneMore) {
  for (const int count : {limits::kRollCopyLinesAMessage, limits::kRollCopyLinesAMessage + 1}) {
    const auto context = auditor_.Auditor();
    v1::RollCopy copy;
    const auto writer = auditor_.auditor().FreezeRollCopy(context.get(), &copy);
    v1::FreezeRollCopyRequest part;
    part.set_election("elections/later");
    RandomIds ids;
    for (int i = 0; i < count; ++i) {
      v1::RollCopyLine& line = *part.add_lines();
      line.set_unit("companies/" + ids.NextText());
      line.set_unit_display_name(std::string(120, 'n'));
      line.set_representative("people/" + ids.NextText());
      line.set_representative_full_name(std::string(120, 'n'));
      line.set_email("person" + std::to_string(i) + "@example.org");
    }
    writer->Write(part);
    writer->WritesDone();
    const absl::Status status = FromGrpcStatus(writer->Finish());
    if (count == limits::kRollCopyLinesAMessage) {
      EXPECT_OK(status);
    } else {
      EXPECT_THAT(status, IsError(absl::StatusCode::kInvalidArgument, "ROLL_COPY_INVALID"));
    }
  }
}

TEST_P(AuditorServiceTest, IsTheAuditorsAlone) {
  const std::string ann = PersonAt("ann@example.org").name();
  EXPECT_THAT(Invoke(&Stub::ListRollCopies, auditor_.auditor(), auditor_.Person(ann, "ann@example.org"),
                     v1::ListRollCopiesRequest()),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  EXPECT_THAT(Invoke(&Stub::ListRollCopies, auditor_.auditor(), testing::TestSuite::Anonymous(),
                     v1::ListRollCopiesRequest()),
              IsError(absl::StatusCode::kUnauthenticated, "SIGN_IN_NEEDED"));
}

TEST_P(AuditorServiceTest, LetsSomebodyElseCollectUntilTheFirstCredential) {
  const std::string acme = CompanyOf("ann@example.org");
  ASSERT_OK(Replace(acme, "bob@example.org"));
  OpenIssuing();
  EXPECT_THAT(Issue("ann@example.org", Blinded()),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_ON_ROLL"));
  ASSERT_OK(Replace(acme, "ann@example.org"));
  ASSERT_OK(Replace(acme, "bob@example.org"));
  ASSERT_OK(Issue("bob@example.org", Blinded()));
  EXPECT_THAT(Replace(acme, "ann@example.org"),
              IsError(absl::StatusCode::kAlreadyExists, "CREDENTIAL_ALREADY_ISSUED"));
  const std::string cyco = CompanyOf("cy@example.org");
  EXPECT_THAT(Replace("companies/none", "di@example.org"),
              IsError(absl::StatusCode::kNotFound, "NOT_ON_ROLL"));
  EXPECT_THAT(Replace(cyco, "di@example.org", "elections/none"),
              IsError(absl::StatusCode::kNotFound, "NOT_ON_ROLL"));
  CloseIssuing();
  EXPECT_THAT(Replace(cyco, "di@example.org"),
              IsError(absl::StatusCode::kFailedPrecondition, "ISSUING_CLOSED"));
}

TEST_P(AuditorServiceTest, TellsOnWhichLineSomebodyStandsAlready) {
  const std::string acme = CompanyOf("ann@example.org");
  const std::string cyco = CompanyOf("cy@example.org");
  const std::string ann = PersonAt("ann@example.org").name();
  const auto refused = Replace(cyco, "ann@example.org");
  EXPECT_THAT(refused, IsError(absl::StatusCode::kFailedPrecondition, "COLLECTS_FOR_ANOTHER_LINE"));
  EXPECT_THAT(std::string(refused.status().message()),
              ::testing::HasSubstr(ann + " stands on the line of " + acme));
  v1::ReplaceRepresentativeRequest shared;
  shared.set_election(kElection);
  shared.set_unit(cyco);
  shared.set_representative(PersonAt("di@example.org").name());
  shared.set_representative_full_name("Di");
  shared.set_email("ann@example.org");
  const auto taken =
      Invoke(&Stub::ReplaceRepresentative, auditor_.auditor(), auditor_.Auditor(), shared).status();
  EXPECT_THAT(taken, IsError(absl::StatusCode::kFailedPrecondition, "ADDRESS_ON_ANOTHER_LINE"));
  EXPECT_THAT(std::string(taken.message()),
              ::testing::HasSubstr("ann@example.org stands on the line of " + acme));
  ASSERT_OK(Replace(acme, "bob@example.org"));
  EXPECT_OK(Replace(cyco, "ann@example.org")) << "as the text says";
}

// Who runs membership has its key, and can sign whatever they like with it: for this registrar too, as the
// representative of a company that does not vote, at the address in the roll.
std::unique_ptr<grpc::ClientContext> ForgedByMembership(testing::TestSuite& suite, const std::string& person,
                                                        const std::string& email) {
  const auth::Principal principal{auth::Principal::Kind::kPerson, person, AddressClaim(email),
                                  {"representative", "auditor"},  "",     ""};
  return AuditorServer::With(
      suite.Signer("membership").SignPerson(principal, {kRegistrarName}, suite.clock().Now()));
}

TEST_P(AuditorServiceTest, BelievesNoTokenOfMembership) {
  OpenIssuing();
  const std::string ann = PersonAt("ann@example.org").name();
  const auto invalid = IsError(absl::StatusCode::kUnauthenticated, "TOKEN_INVALID");
  EXPECT_THAT(Invoke(&v1::RegistrarService::Stub::IssueCredential, registrar(), As("ann@example.org"),
                     Request(Blinded())),
              invalid)
      << "one that membership gives to its people";
  EXPECT_THAT(Invoke(&v1::RegistrarService::Stub::IssueCredential, registrar(),
                     ForgedByMembership(suite_, ann, "ann@example.org"), Request(Blinded())),
              invalid);
  EXPECT_THAT(
      Invoke(&Stub::ListRollCopies, auditor_.auditor(),
             ForgedByMembership(suite_, "people/auditor", kAuditorEmail), v1::ListRollCopiesRequest()),
      invalid);
  // Nor one of the election service that names a person, whose key it has.
  const auth::Principal person{
      auth::Principal::Kind::kPerson, ann, AddressClaim("ann@example.org"), {"representative"}, "", ""};
  EXPECT_THAT(
      Invoke(&v1::RegistrarService::Stub::IssueCredential, registrar(),
             AuditorServer::With(
                 suite_.Signer("election").SignPerson(person, {kRegistrarName}, suite_.clock().Now())),
             Request(Blinded())),
      invalid);
  // Nor the election service's token for membership.
  v1::DestroyKeysRequest destroy;
  destroy.set_election(kElection);
  EXPECT_THAT(
      Invoke(&v1::RegistrarService::Stub::DestroyKeys, registrar(),
             AuditorServer::With(suite_.Signer("election").SignService({"membership"}, suite_.clock().Now())),
             destroy),
      invalid);
  EXPECT_EQ(Count().issued_count(), 0);
}

// The negative control: were membership trusted here, its operator would collect for whoever abstains.
TEST_P(AuditorServiceTest, WouldLetMembershipCollectForAnAbstainerIfItTrustedItsKey) {
  AuditorServer trusting(suite_, nullptr, "membership");
  ASSERT_OK(trusting.keys().Add(suite_.Signer("membership").PublicKeyJson()));
  ASSERT_OK(InTransaction(trusting.database().pool(), [&](db::Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const auto plan, rules::CheckRollCopy(lines_));
    return store::StoreRollCopy(transaction, "e", plan);
  }));
  trusting.StoreKeys("e", SharedKeys());
  v1::AcceptManifestRequest accept;
  accept.set_election(kElection);
  accept.set_manifest(Manifest().SerializeAsString());
  ASSERT_OK(
      Invoke(&v1::RegistrarService::Stub::AcceptManifest, trusting.registrar(), trusting.Election(), accept));
  suite_.clock().Set(Noon("2022-09-10"));
  EXPECT_OK(Invoke(&v1::RegistrarService::Stub::IssueCredential, trusting.registrar(),
                   ForgedByMembership(suite_, PersonAt("ann@example.org").name(), "ann@example.org"),
                   Request(Blinded())));
  EXPECT_EQ(trusting.database().One("SELECT COUNT(*) FROM issuances"), "1");
}

}  // namespace
}  // namespace plenary::membership
