// How many credentials a second the auditor's registrar issues, beside bare blind signatures by as many
// threads of this process: what roll, database, journal and calls cost. Both in one run, so that the ratio
// means something.
//
// Plays everybody else: the auditor (freezes a made-up roll), the election service (prepares, publishes), and
// the representatives: it holds the keys of the auditor's registrar and of the election service.

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/synchronization/mutex.h"
#include "common/auth/key_folder.h"
#include "common/crypto/blind_rsa.h"
#include "common/crypto/bytes.h"
#include "common/crypto/random.h"
#include "common/ids/id.h"
#include "common/rpc/peer.h"
#include "common/status/grpc_status.h"
#include "common/status/macros.h"
#include "fmt/format.h"
#include "plenary/membership/v1/auditor_service.grpc.pb.h"
#include "plenary/membership/v1/registrar_service.grpc.pb.h"
#include "services/election/rules/manifest_build.h"
#include "services/election/testing/sample.h"
#include "services/membership/auditor_service.h"
#include "services/membership/copied_rolls.h"

namespace plenary {
namespace {

namespace v1 = membership::v1;

constexpr char kService[] = "registrar";

struct Options {
  std::string auditor, key_dir, election_key_dir;
  int credentials = 2400;  // of each measurement
  std::vector<int> threads = {1, 2, 4, 8, 32};
};

struct Voter {
  std::string unit, person, email, blinded_msg;
  std::string token;  // made beforehand, as by signing in
};

// The two are measured in turn, in so many parts each, so that what else the machine does meets both.
constexpr int kParts = 4;

// Items from `begin` to before `end` by so many threads; seconds, or the first failure.
template <typename Work>
absl::StatusOr<double> Seconds(int threads, int begin, int end, Work work) {
  std::atomic<int> next{begin};
  std::vector<absl::Status> failures(static_cast<std::size_t>(threads));
  std::vector<std::thread> pool;
  const absl::Time start = absl::Now();
  for (int thread = 0; thread < threads; ++thread) {
    pool.emplace_back([&, thread] {
      absl::Status& failure = failures[static_cast<std::size_t>(thread)];
      for (int item = next++; item < end && failure.ok(); item = next++) failure = work(item);
    });
  }
  for (std::thread& thread : pool) thread.join();
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  for (const absl::Status& failure : failures) RETURN_IF_ERROR(failure);
  return seconds;
}

class Registrar {
 public:
  static absl::StatusOr<std::unique_ptr<Registrar>> Open(const Options& options) {
    auto registrar = std::unique_ptr<Registrar>(new Registrar(options));
    ASSIGN_OR_RETURN(registrar->own_, auth::LoadSigner(options.key_dir, kService));
    registrar->channel_ = rpc::LoopbackChannel(options.auditor);
    return registrar;
  }

  std::string TokenOf(const auth::Principal& principal) const {
    return own_->SignPerson(principal, {kService}, clock_.Now());
  }

  static void Show(grpc::ClientContext& context, const std::string& token) {
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(1)));
    context.AddMetadata("authorization", "Bearer " + token);
  }

  absl::StatusOr<v1::RollCopy> Freeze(const std::string& election, const std::vector<Voter>& voters) const {
    constexpr std::size_t kLines = 500;  // of a message
    grpc::ClientContext context;
    Show(context, TokenOf({.kind = auth::Principal::Kind::kPerson,
                           .person = membership::kAuditorPerson,
                           .company = "",
                           .roles = {"auditor"}}));
    v1::RollCopy copy;
    const auto writer = v1::AuditorService::NewStub(channel_)->FreezeRollCopy(&context, &copy);
    for (std::size_t begin = 0; begin < voters.size(); begin += kLines) {
      v1::FreezeRollCopyRequest part;
      if (begin == 0) part.set_election(election);
      for (std::size_t i = begin; i < std::min(voters.size(), begin + kLines); ++i) {
        v1::RollCopyLine& line = *part.add_lines();
        line.set_unit(voters[i].unit);
        line.set_unit_display_name(fmt::format("Company {}", i));
        line.set_representative(voters[i].person);
        line.set_representative_full_name(fmt::format("Person {}", i));
        line.set_email(voters[i].email);
      }
      writer->Write(part);
    }
    writer->WritesDone();
    RETURN_IF_ERROR(FromGrpcStatus(writer->Finish()));
    return copy;
  }

  static absl::Status Issue(v1::RegistrarService::Stub& stub, const std::string& election,
                            const Voter& voter) {
    grpc::ClientContext context;
    Show(context, voter.token);
    v1::IssueCredentialRequest request;
    request.set_election(election);
    request.set_blinded_msg(voter.blinded_msg);
    request.set_recovery_blob(std::string(2048, 'b'));
    v1::IssueCredentialResponse response;
    return FromGrpcStatus(stub.IssueCredential(&context, request, &response));
  }

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  const Clock& clock() const { return clock_; }

 private:
  explicit Registrar(const Options& options) : options_(options) {}

  const Options options_;
  const SystemClock clock_;
  std::unique_ptr<auth::TokenSigner> own_;
  std::shared_ptr<grpc::Channel> channel_;
};

std::vector<Voter> MakeVoters(const Registrar& registrar, int count) {
  crypto::SystemRandom random;
  RandomIds ids;
  std::vector<Voter> voters;
  for (int i = 0; i < count; ++i) {
    Voter& voter = voters.emplace_back();
    voter.unit = "companies/" + ids.NextText();
    voter.person = "people/" + ids.NextText();
    voter.email = fmt::format("person{}@company{}.example", i, i);
    // Below any modulus of 3072 bits.
    voter.blinded_msg = random.Bytes(crypto::kRsaModulusSize);
    voter.blinded_msg.front() = 1;
    voter.token = registrar.TokenOf({.kind = auth::Principal::Kind::kPerson,
                                     .person = voter.person,
                                     .company = membership::AddressClaim(voter.email),
                                     .roles = {"representative"}});
  }
  return voters;
}

// An election on that roll, published to the registrar alone; its name.
absl::StatusOr<std::string> Publish(const Options& options, const Registrar& registrar,
                                    const std::vector<Voter>& voters) {
  const std::string election = "elections/" + RandomIds().NextText();
  ASSIGN_OR_RETURN(const v1::RollCopy copy, registrar.Freeze(election, voters));
  ASSIGN_OR_RETURN(const auto signer, auth::LoadSigner(options.election_key_dir, "election"));
  const rpc::PeerCaller caller(*signer, registrar.clock());
  const auto stub = v1::RegistrarService::NewStub(registrar.channel());
  v1::PrepareRegistrarRequest prepare;
  prepare.set_election(election);
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  ASSIGN_OR_RETURN(
      const auto keys,
      caller.AskService<v1::PrepareRegistrarResponse>(
          kService, [&](auto* c, auto* r) { return stub->PrepareRegistrar(c, prepare, r); }, deadline));
  const auto box_key = crypto::Ed25519KeyPair::FromSeed(std::string(32, 'b'));
  election::ManifestParts parts = election::testing::SampleParts(*box_key);
  parts.election = election::testing::WantedPolls();
  parts.election.set_name(election);
  parts.accepted.clear();
  parts.roll_sha256 = copy.sha256();
  parts.roll_count = copy.count();
  parts.registrars[1].set_rsa_n(keys.rsa_n());
  parts.registrars[1].set_rsa_e(keys.rsa_e());
  parts.registrars[1].set_list_key(keys.list_key());
  ASSIGN_OR_RETURN(const std::string built, election::BuildManifest(parts));
  election::v1::Manifest manifest;
  if (!manifest.ParseFromString(built)) return absl::InternalError("the manifest cannot be read back");
  const auto now = static_cast<std::uint64_t>(absl::ToUnixSeconds(registrar.clock().Now()));
  manifest.set_issuing_opens(now - 60);
  manifest.set_issuing_closes(now + 3600);
  manifest.set_voting_opens(now - 30);
  manifest.set_voting_closes(now + 7200);
  v1::AcceptManifestRequest accept;
  accept.set_election(election);
  accept.set_manifest(manifest.SerializeAsString());
  RETURN_IF_ERROR(
      caller
          .AskService<v1::AcceptManifestResponse>(
              kService, [&](auto* c, auto* r) { return stub->AcceptManifest(c, accept, r); }, deadline)
          .status());
  return election;
}

absl::Status Run(const Options& options) {
  ASSIGN_OR_RETURN(const auto registrar, Registrar::Open(options));
  const auto bare_key = crypto::RsaPrivateKey::Generate();
  RETURN_IF_ERROR(bare_key.status());
  fmt::print(
      "Credentials of the auditor's registrar beside bare blind signatures ({} each)\n{:>10} {:>14} {:>12} "
      "{:>8}\n",
      options.credentials, "threads", "issued/s", "signed/s", "ratio");
  for (const int threads : options.threads) {
    const std::vector<Voter> voters = MakeVoters(*registrar, options.credentials);
    ASSIGN_OR_RETURN(const std::string election, Publish(options, *registrar, voters));
    const auto stub = v1::RegistrarService::NewStub(registrar->channel());
    double issuing = 0, signing = 0;
    for (int part = 0; part < kParts; ++part) {
      const int begin = options.credentials * part / kParts;
      const int end = options.credentials * (part + 1) / kParts;
      ASSIGN_OR_RETURN(const double issue_seconds, Seconds(threads, begin, end, [&](int item) {
                         return Registrar::Issue(*stub, election, voters[static_cast<std::size_t>(item)]);
                       }));
      ASSIGN_OR_RETURN(
          const double sign_seconds, Seconds(threads, begin, end, [&](int item) {
            return crypto::BlindSign(*bare_key, voters[static_cast<std::size_t>(item)].blinded_msg).status();
          }));
      issuing += issue_seconds;
      signing += sign_seconds;
    }
    fmt::print("{:>10} {:>14.0f} {:>12.0f} {:>8.2f}\n", threads, options.credentials / issuing,
               options.credentials / signing, signing / issuing);
    std::fflush(stdout);
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace plenary

int main(int argc, char** argv) {
  // Like the services: see ServiceMain.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  CLI::App app("Measures IssueCredential beside bare blind signatures");
  plenary::Options options;
  app.add_option("--auditor", options.auditor, "Address of the auditor's registrar")->required();
  app.add_option("--key_dir", options.key_dir, "Folder of the auditor's keys")->required();
  app.add_option("--election_key_dir", options.election_key_dir, "Folder of the stack's keys")->required();
  app.add_option("--credentials", options.credentials, "Credentials of each measurement")
      ->capture_default_str()
      ->check(CLI::Range(8, 100'000));
  app.add_option("--threads", options.threads, "Numbers of threads, one measurement each")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = plenary::Run(options);
  if (status.ok()) return 0;
  fmt::print(stderr, "issue_bench: {}\n", status.ToString(absl::StatusToStringMode::kWithNoExtraData));
  return 1;
}
