#include "services/membership/testing_registrar.h"

#include "absl/time/clock.h"
#include "common/crypto/blind_rsa.h"
#include "common/db/transact.h"
#include "common/status/grpc_status.h"
#include "services/membership/limits_registrar.h"
#include "services/membership/registrar_start.h"

namespace plenary::membership {

using testing::Invoke;
using Stub = v1::RegistrarService::Stub;

namespace {

const ElectionKeys* NewKeys() {
  crypto::SystemRandom random;
  return new ElectionKeys(GenerateElectionKeys(random).value());
}

void AddRegistrar(election::v1::Manifest& manifest, const ElectionKeys& keys) {
  auto& registrar = *manifest.add_registrars();
  registrar.set_rsa_n(keys.rsa.public_key().n());
  registrar.set_rsa_e(keys.rsa.public_key().e());
  registrar.set_list_key(std::string(keys.list.public_key().bytes()));
}

}  // namespace

const ElectionKeys& SharedKeys() {
  static const ElectionKeys& keys = *NewKeys();
  return keys;
}

const ElectionKeys& OtherKeys() {
  static const ElectionKeys& keys = *NewKeys();
  return keys;
}

AuditorServer::AuditorServer(testing::TestSuite& suite, std::unique_ptr<mail::Transport> transport,
                             const std::string& person_issuer)
    : suite_(suite),
      database_({testing::CommonMigrations(),
                 testing::MigrationsOf("registrar", "services/membership/schema/registrar")}),
      keys_(person_issuer),
      signer_(kRegistrarName, "registrar-test", crypto::Es256PrivateKey::Generate()),
      edge_(suite.clock(), keys_, suite.metrics(), {.audience = kRegistrarName}),
      journal_(RegistrarJournal::Open(folder_.Path("journal")).value()),
      encryption_(
          KeyEncryption::Open(folder_.Path("key"), KeyEncryption::WhenMissing::kMake, random_).value()),
      mail_(std::move(transport), {"auditor@society.example", "The auditor"}, suite.clock(), random_),
      registrar_service_({.edge = edge_,
                          .pool = database_.pool(),
                          .rolls = rolls_,
                          .journal = *journal_,
                          .encryption = *encryption_,
                          .random = random_}),
      auditor_service_({.edge = edge_,
                        .pool = database_.pool(),
                        .random = random_,
                        .signer = signer_,
                        .mail = mail_,
                        .auditor_email = kAuditorEmail}),
      loopback_({&registrar_service_, &auditor_service_}, limits::kRegistrarMessageBytes),
      registrar_(v1::RegistrarService::NewStub(loopback_.channel())),
      auditor_(v1::AuditorService::NewStub(loopback_.channel())) {
  EXPECT_OK(keys_.Add(signer_.PublicKeyJson()));
  EXPECT_OK(keys_.Add(suite.Signer("election").PublicKeyJson()));
  mail_.Start();
}

std::unique_ptr<grpc::ClientContext> AuditorServer::With(const std::string& token) {
  auto context = testing::TestSuite::Anonymous();
  context->AddMetadata("authorization", "Bearer " + token);
  return context;
}

std::unique_ptr<grpc::ClientContext> AuditorServer::Person(const std::string& person,
                                                           const std::string& email) const {
  const auth::Principal principal{
      auth::Principal::Kind::kPerson, person, AddressClaim(email), {"representative"}, "", ""};
  return With(signer_.SignPerson(principal, {kRegistrarName}, suite_.clock().Now()));
}

std::unique_ptr<grpc::ClientContext> AuditorServer::Auditor() const {
  const auth::Principal principal{
      auth::Principal::Kind::kPerson, kAuditorPerson, AddressClaim(kAuditorEmail), {"auditor"}, "", ""};
  return With(signer_.SignPerson(principal, {kRegistrarName}, suite_.clock().Now()));
}

std::unique_ptr<grpc::ClientContext> AuditorServer::Election() const {
  return With(suite_.Signer("election").SignService({kRegistrarName}, suite_.clock().Now()));
}

absl::StatusOr<v1::RollCopy> AuditorServer::Freeze(const std::string& election,
                                                   std::vector<v1::RollCopyLine> lines) {
  const auto context = Auditor();
  v1::RollCopy copy;
  const auto writer = auditor_->FreezeRollCopy(context.get(), &copy);
  v1::FreezeRollCopyRequest part;
  part.set_election(election);
  bool open = writer->Write(part);
  part.clear_election();
  for (std::size_t i = 0; open && i < lines.size(); ++i) {
    *part.add_lines() = lines[i];
    if (part.lines_size() < limits::kRollCopyLinesAMessage && i + 1 < lines.size()) continue;
    open = writer->Write(part);
    part.clear_lines();
  }
  writer->WritesDone();
  const grpc::Status status = writer->Finish();
  if (!status.ok()) return FromGrpcStatus(status);
  return copy;
}

void AuditorServer::StoreKeys(const std::string& election, const ElectionKeys& keys) {
  ASSERT_OK(InTransaction(database_.pool(), [&](db::Transaction& transaction) {
    return StoreElectionKeys(transaction, election, keys, *encryption_, random_);
  }));
}

std::string NameOf(const ::testing::TestParamInfo<Side>& info) {
  return info.param == Side::kAuditor ? "Auditor" : "Membership";
}

RegistrarTest::RegistrarTest(v1::Unit unit) {
  SaveCategories();
  MustImport(
      "ann@example.org,Ann,Acme,professional,2021-08-24,2023-08-23,2,yes,\n"
      "bob@example.org,Bob,Acme,professional,2021-08-24,2023-08-23,2,,\n"
      "cy@example.org,Cy,Cyco,professional,2021-08-24,2023-08-23,2,,\n");
  const auto frozen = Freeze(kElection, "2022-08-20", "", unit);
  EXPECT_OK(frozen);
  roll_ = frozen->roll;
  MustImport("di@example.org,Di,Dico,professional,2021-08-24,2023-08-23,2,,\n");
  if (!AtAuditor()) {
    StoreKeys("e", SharedKeys());
    return;
  }
  const auto lines = ExportRoll(kElection);
  EXPECT_OK(lines);
  const auto copy = auditor_.Freeze(kElection, *lines);
  EXPECT_OK(copy);
  EXPECT_EQ(copy->sha256(), roll_.sha256());
  auditor_.StoreKeys("e", SharedKeys());
}

std::unique_ptr<grpc::ClientContext> RegistrarTest::Voter(const std::string& email) {
  return AtAuditor() ? auditor_.Person(PersonAt(email).name(), email) : As(email);
}

std::unique_ptr<grpc::ClientContext> RegistrarTest::Election() {
  return AtAuditor() ? auditor_.Election() : suite_.Service("election");
}

std::unique_ptr<grpc::ClientContext> RegistrarTest::Officer() {
  return AtAuditor() ? auditor_.Auditor() : suite_.Staff();
}

election::v1::Manifest RegistrarTest::Manifest() {
  election::v1::Manifest manifest;
  manifest.set_origin(kElection);
  manifest.set_display_name("Election");
  manifest.set_issuing_opens(absl::ToUnixSeconds(Noon("2022-09-01")));
  manifest.set_issuing_closes(absl::ToUnixSeconds(Noon("2022-09-23") - absl::Hours(1)));
  manifest.set_voting_opens(absl::ToUnixSeconds(Noon("2022-09-15")));
  manifest.set_voting_closes(absl::ToUnixSeconds(Noon("2022-09-23")));
  manifest.set_roll_sha256(roll_.sha256());
  manifest.set_roll_count(static_cast<std::uint32_t>(roll_.count()));
  AddRegistrar(manifest, AtAuditor() ? OtherKeys() : SharedKeys());
  AddRegistrar(manifest, AtAuditor() ? SharedKeys() : OtherKeys());
  return manifest;
}

absl::StatusOr<v1::AcceptManifestResponse> RegistrarTest::Accept(const election::v1::Manifest& manifest) {
  v1::AcceptManifestRequest request;
  request.set_election(kElection);
  request.set_manifest(manifest.SerializeAsString());
  return Invoke(&Stub::AcceptManifest, registrar(), Election(), request);
}

void RegistrarTest::OpenIssuing() {
  ASSERT_OK(Accept(Manifest()));
  suite_.clock().Set(Noon("2022-09-10"));
}

void RegistrarTest::CloseIssuing() { suite_.clock().Set(Noon("2022-09-23") - absl::Hours(1)); }

std::string RegistrarTest::Blinded(const std::string& msg) {
  return crypto::Blind(SharedKeys().rsa.public_key(), crypto::PrepareRandomized(msg, random_), random_)
      ->blinded_msg;
}

v1::IssueCredentialRequest RegistrarTest::Request(const std::string& blinded_msg, const std::string& blob) {
  v1::IssueCredentialRequest request;
  request.set_election(kElection);
  request.set_blinded_msg(blinded_msg);
  request.set_recovery_blob(blob);
  return request;
}

absl::StatusOr<v1::IssueCredentialResponse> RegistrarTest::Issue(const std::string& email,
                                                                 const std::string& blinded_msg) {
  return Invoke(&Stub::IssueCredential, registrar(), Voter(email), Request(blinded_msg));
}

absl::StatusOr<v1::GetIssuanceResponse> RegistrarTest::GetIssuance(const std::string& email) {
  v1::GetIssuanceRequest request;
  request.set_election(kElection);
  return Invoke(&Stub::GetIssuance, registrar(), Voter(email), request);
}

v1::CountIssuancesResponse RegistrarTest::Count() {
  v1::CountIssuancesRequest request;
  request.set_election(kElection);
  const auto count = Invoke(&Stub::CountIssuances, registrar(), testing::TestSuite::Anonymous(), request);
  EXPECT_OK(count);
  return count.value_or(v1::CountIssuancesResponse());
}

absl::StatusOr<std::string> RegistrarTest::ListFor(std::unique_ptr<grpc::ClientContext> caller) {
  v1::GetIssuanceListRequest request;
  request.set_election(kElection);
  const auto list = Invoke(&Stub::GetIssuanceList, registrar(), std::move(caller), request);
  if (!list.ok()) return list.status();
  return list->issuance_list();
}

absl::StatusOr<v1::Dispute> RegistrarTest::Dispute(const std::string& email, const std::string& text,
                                                   const std::string& blinded_msg) {
  v1::FileDisputeRequest request;
  request.set_election(kElection);
  request.set_text(text);
  request.set_blinded_msg(blinded_msg);
  return Invoke(&Stub::FileDispute, registrar(), Voter(email), request);
}

absl::StatusOr<v1::Dispute> RegistrarTest::Answer(const std::string& name, const std::string& answer) {
  v1::AnswerDisputeRequest request;
  request.set_name(name);
  request.set_answer(answer);
  return Invoke(&Stub::AnswerDispute, registrar(), Officer(), request);
}

absl::StatusOr<v1::DestroyKeysResponse> RegistrarTest::Destroy() {
  v1::DestroyKeysRequest request;
  request.set_election(kElection);
  return Invoke(&Stub::DestroyKeys, registrar(), Election(), request);
}

absl::Status RegistrarTest::Check() {
  return CheckJournal(database().pool(), journal(), absl::Now() + absl::Seconds(20));
}

}  // namespace plenary::membership
