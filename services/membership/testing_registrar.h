// Both registrars, for tests that either has to pass: membership's, and the auditor's with a database, keys,
// tokens and a server of its own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/auth/token.h"
#include "common/db/transact.h"
#include "common/mail/transport.h"
#include "plenary/election/v1/manifest.pb.h"
#include "services/membership/auditor_service.h"
#include "services/membership/copied_rolls.h"
#include "services/membership/testing_membership.h"

namespace plenary::membership {

inline constexpr char kElection[] = "elections/e";
inline constexpr char kAuditorEmail[] = "auditor@society.example";

// One pair of keys for all the tests of a program: making an RSA key takes a third of a second. And another
// one.
const ElectionKeys& SharedKeys();
const ElectionKeys& OtherKeys();

// Some tries at a body; its answer.
template <typename Body>
auto InTransaction(db::Pool& pool, Body body) {
  return db::Transact(pool, absl::Now() + absl::Seconds(20), body);
}

// The auditor's registrar as its program wires it.
class AuditorServer {
 public:
  // Borrows the suite, whose clock it goes by. `person_issuer` is whose tokens name people: its own, save
  // where a test shows what becomes of a registrar that trusts another.
  explicit AuditorServer(testing::TestSuite& suite, std::unique_ptr<mail::Transport> transport = nullptr,
                         const std::string& person_issuer = kRegistrarName);
  ~AuditorServer() { mail_.Stop(); }

  testing::TestDatabase& database() { return database_; }
  RegistrarJournal& journal() { return *journal_; }
  const KeyEncryption& encryption() const { return *encryption_; }
  auth::KeySet& keys() { return keys_; }
  v1::RegistrarService::Stub& registrar() { return *registrar_; }
  v1::AuditorService::Stub& auditor() { return *auditor_; }

  // Contexts with a token. A person as their code to that address would prove them.
  std::unique_ptr<grpc::ClientContext> Person(const std::string& person, const std::string& email) const;
  std::unique_ptr<grpc::ClientContext> Auditor() const;
  std::unique_ptr<grpc::ClientContext> Election() const;
  static std::unique_ptr<grpc::ClientContext> With(const std::string& token);

  absl::StatusOr<v1::RollCopy> Freeze(const std::string& election, std::vector<v1::RollCopyLine> lines);
  void StoreKeys(const std::string& election, const ElectionKeys& keys);

 private:
  testing::TestSuite& suite_;
  testing::TestDatabase database_;
  TemporaryFolder folder_;
  crypto::SystemRandom random_;
  auth::KeySet keys_;
  auth::TokenSigner signer_;
  rpc::Edge edge_;
  std::unique_ptr<RegistrarJournal> journal_;
  std::unique_ptr<KeyEncryption> encryption_;
  CopiedRolls rolls_;
  CodeMail mail_;
  RegistrarService registrar_service_;
  AuditorService auditor_service_;
  testing::Loopback loopback_;
  std::unique_ptr<v1::RegistrarService::Stub> registrar_;
  std::unique_ptr<v1::AuditorService::Stub> auditor_;
};

enum class Side { kMembership, kAuditor };
std::string NameOf(const ::testing::TestParamInfo<Side>& info);

// An election before its manifest, at either registrar. Ann votes for Acme, Bob is of Acme too; Cy votes for
// Cyco; Di joined after the roll was frozen.
class RegistrarTest : public MembershipTest, public ::testing::WithParamInterface<Side> {
 protected:
  explicit RegistrarTest(v1::Unit unit = v1::UNIT_COMPANY);

  bool AtAuditor() const { return GetParam() == Side::kAuditor; }
  v1::RegistrarService::Stub& registrar() { return AtAuditor() ? auditor_.registrar() : *registrar_; }
  testing::TestDatabase& database() { return AtAuditor() ? auditor_.database() : database_; }
  RegistrarJournal& journal() { return AtAuditor() ? auditor_.journal() : *journal_; }

  std::unique_ptr<grpc::ClientContext> Voter(const std::string& email);
  std::unique_ptr<grpc::ClientContext> Election();
  // Staff, or the auditor.
  std::unique_ptr<grpc::ClientContext> Officer();

  // Names this registrar's keys: those of membership first, those of the auditor second.
  election::v1::Manifest Manifest();
  absl::StatusOr<v1::AcceptManifestResponse> Accept(const election::v1::Manifest& manifest);
  // Accepts the manifest and goes to a day on which credentials are issued.
  void OpenIssuing();
  // Goes to the second in which issuing has ended.
  void CloseIssuing();

  std::string Blinded(const std::string& msg = "message");
  static v1::IssueCredentialRequest Request(const std::string& blinded_msg, const std::string& blob = "");
  absl::StatusOr<v1::IssueCredentialResponse> Issue(const std::string& email, const std::string& blinded_msg);
  absl::StatusOr<v1::GetIssuanceResponse> GetIssuance(const std::string& email);
  v1::CountIssuancesResponse Count();
  // As the election service asks for it, which has it made.
  absl::StatusOr<std::string> List() { return ListFor(Election()); }
  absl::StatusOr<std::string> ListFor(std::unique_ptr<grpc::ClientContext> caller);
  absl::StatusOr<v1::Dispute> Dispute(const std::string& email, const std::string& text,
                                      const std::string& blinded_msg = "");
  absl::StatusOr<v1::Dispute> Answer(const std::string& name, const std::string& answer);
  absl::StatusOr<v1::DestroyKeysResponse> Destroy();
  absl::Status Check();

  AuditorServer auditor_{suite_};
  v1::Roll roll_;
};

}  // namespace plenary::membership
