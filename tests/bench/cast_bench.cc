// How many ballots a second the box acknowledges, beside the same durable INSERT sent straight to its
// database server: both in one run, on one machine, so that the ratio means something. And what a ballot
// costs: its bytes, and the time its voter's client takes.
//
// Plays the election service towards the box (its key is in --key_dir): prepares a box, publishes a manifest
// with two registrars and three trustees of its own, opens it, and casts ballots that are made beforehand.

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
#include "common/crypto/sealed_box.h"
#include "common/db/transact.h"
#include "common/ids/id.h"
#include "common/rpc/peer.h"
#include "common/status/grpc_status.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"
#include "fmt/format.h"
#include "plenary/election/v1/ballot_box_service.grpc.pb.h"
#include "services/election/client/voter.h"
#include "services/election/rules/ballot_layout.h"
#include "services/election/rules/manifest_build.h"
#include "services/election/rules/published_manifest.h"

namespace plenary {
namespace {

namespace v1 = election::v1;

constexpr int kClientCounts[] = {1, 8, 32, 64};
constexpr int kConnectionCounts[] = {1, 2, 4, 8, 16, 32, 64};
// The ratio that is held to is that of so many clients.
constexpr int kComparedClients = 32;
constexpr int kContests = 5, kOptions = 9, kSeats = 7;
// As in the sample society.
constexpr int kRegistrars = 2, kTrustees = 3, kThreshold = 2;
// Ballots whose making is timed.
constexpr int kTimedBallots = 50;
constexpr char kDirectInsert[] =
    "INSERT INTO ballots (id, election, ballot_hash, ballot) VALUES (?, ?, ?, ?)";

struct Options {
  std::string box, key_dir, socket, user, password_file, schema;
  int ballots = 2000;  // of each measurement
};

// What one measurement saw.
struct Measured {
  double per_second = 0;
  std::vector<double> milliseconds;  // ascending

  double Percentile(double p) const {
    return milliseconds[std::min(
        milliseconds.size() - 1,
        static_cast<std::size_t>(p / 100 * static_cast<double>(milliseconds.size())))];
  }
};

// Does `work(worker, item)` for `count` items with so many workers; stops at the first failure.
template <typename Work>
absl::StatusOr<Measured> Measure(int workers, int count, Work work) {
  std::atomic<int> next{0};
  std::vector<std::vector<double>> times(workers);
  std::vector<absl::Status> failures(workers);
  std::vector<std::thread> threads;
  const absl::Time start = absl::Now();
  for (int worker = 0; worker < workers; ++worker) {
    threads.emplace_back([&, worker] {
      for (int item = next++; item < count && failures[worker].ok(); item = next++) {
        const absl::Time begin = absl::Now();
        failures[worker] = work(worker, item);
        times[worker].push_back(absl::ToDoubleMilliseconds(absl::Now() - begin));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  for (const absl::Status& failure : failures) RETURN_IF_ERROR(failure);
  Measured measured{count / seconds, {}};
  for (const auto& part : times)
    measured.milliseconds.insert(measured.milliseconds.end(), part.begin(), part.end());
  std::sort(measured.milliseconds.begin(), measured.milliseconds.end());
  return measured;
}

int Cores() { return static_cast<int>(std::max(1u, std::thread::hardware_concurrency())); }

v1::Election SampleElection(const std::string& name) {
  v1::Election result;
  result.set_name(name);
  result.set_display_name("Benchmark");
  v1::Schedule& schedule = *result.mutable_schedule();
  const absl::Time now = absl::Now();
  *schedule.mutable_filing_opens() = ToTimestamp(now - absl::Hours(3));
  *schedule.mutable_filing_closes() = ToTimestamp(now - absl::Hours(2));
  *schedule.mutable_voting_opens() = ToTimestamp(now - absl::Hours(1));
  *schedule.mutable_voting_closes() = ToTimestamp(now + absl::Hours(12));
  *schedule.mutable_handover_opens() = ToTimestamp(now + absl::Hours(13));
  *schedule.mutable_seats_on() = ToTimestamp(now + absl::Hours(14));
  for (int c = 0; c < kContests; ++c) {
    v1::Contest& contest = *result.add_contests();
    contest.set_name(fmt::format("{}/contests/c{}", name, c));
    contest.set_display_name(fmt::format("Contest {}", c));
    contest.set_body(fmt::format("bodies/b{}", c));
    contest.set_seats(kSeats);
    contest.set_method(v1::COUNTING_METHOD_BLOCK_PLURALITY);
  }
  return result;
}

std::vector<v1::Candidacy> SampleCandidacies(const v1::Election& of) {
  std::vector<v1::Candidacy> candidacies;
  for (const v1::Contest& contest : of.contests()) {
    for (int i = 0; i < kOptions; ++i) {
      v1::Candidacy candidacy;
      candidacy.set_name(fmt::format("{}/candidacies/{}", of.name(), RandomIds().NextText()));
      candidacy.set_contest(contest.name());
      candidacy.set_full_name(fmt::format("Option {}", i));
      candidacies.push_back(std::move(candidacy));
    }
  }
  return candidacies;
}

// Everything a ballot needs, held by the one process that measures.
class BallotMaker {
 public:
  BallotMaker(election::PublishedManifest manifest, std::vector<crypto::RsaPrivateKey> registrars)
      : manifest_(std::move(manifest)), registrars_(std::move(registrars)) {}

  // `in_client`, unless null, grows by the time that the voter's client took.
  absl::StatusOr<std::string> Make(absl::Duration* in_client = nullptr) {
    crypto::SystemRandom random;
    const absl::Time begin = absl::Now();
    ASSIGN_OR_RETURN(const auto state, election::client::PrepareCredential(
                                           manifest_, election::client::MakeBallotKey(random), random));
    const absl::Time blinded = absl::Now();
    std::vector<std::string> signatures(registrars_.size());
    for (std::size_t i = 0; i < registrars_.size(); ++i) {
      ASSIGN_OR_RETURN(signatures[i], crypto::BlindSign(registrars_[i], state.blindings[i].blinded_msg));
    }
    const absl::Time signed_blindly = absl::Now();
    ASSIGN_OR_RETURN(const auto credentials,
                     election::client::FinalizeCredential(manifest_, state, signatures));
    ASSIGN_OR_RETURN(std::string ballot,
                     election::client::BuildBallot(manifest_, state.seed, credentials, marks_));
    if (in_client != nullptr) *in_client += (blinded - begin) + (absl::Now() - signed_blindly);
    return ballot;
  }

  absl::StatusOr<std::vector<std::string>> MakeMany(int count) {
    std::vector<std::string> ballots(count);
    RETURN_IF_ERROR(Measure(Cores(), count, [&](int, int item) -> absl::Status {
                      ASSIGN_OR_RETURN(ballots[item], Make());
                      return absl::OkStatus();
                    }).status());
    return ballots;
  }

  const election::PublishedManifest& manifest() const { return manifest_; }

 private:
  static election::counting::Ballot Marks() {
    election::counting::Ballot ballot(kContests);
    for (election::counting::Marks& marks : ballot) {
      for (int i = 0; i < kSeats; ++i) marks.push_back({static_cast<std::uint16_t>(i), 1});
    }
    return ballot;
  }

  election::PublishedManifest manifest_;
  std::vector<crypto::RsaPrivateKey> registrars_;
  election::counting::Ballot marks_ = Marks();
};

// Registrars and trustees of the manifest; the registrars' keys.
absl::StatusOr<std::vector<crypto::RsaPrivateKey>> AddKeys(election::ManifestParts& parts) {
  crypto::SystemRandom random;
  std::vector<crypto::RsaPrivateKey> registrars;
  for (int i = 0; i < kRegistrars; ++i) {
    ASSIGN_OR_RETURN(crypto::RsaPrivateKey key, crypto::RsaPrivateKey::Generate());
    v1::Manifest::Registrar& entry = parts.registrars.emplace_back();
    entry.set_rsa_n(key.public_key().n());
    entry.set_rsa_e(key.public_key().e());
    entry.set_list_key(std::string(crypto::Ed25519KeyPair::Generate(random).public_key().bytes()));
    registrars.push_back(std::move(key));
  }
  for (int i = 0; i < kTrustees; ++i) {
    v1::Manifest::Trustee& entry = parts.trustees.emplace_back();
    ASSIGN_OR_RETURN(*entry.mutable_tally_key(), crypto::X25519PublicKey(crypto::MakeX25519Secret(random)));
    for (int holder = 0; holder < kTrustees; ++holder) entry.add_share_sha256(random.Bytes(32));
  }
  parts.threshold = kThreshold;
  return registrars;
}

absl::StatusOr<BallotMaker> OpenBox(const Options& options) {
  const SystemClock clock;
  ASSIGN_OR_RETURN(const auto signer, auth::LoadSigner(options.key_dir, "election"));
  const rpc::PeerCaller caller(*signer, clock);
  const auto stub = v1::BallotBoxControlService::NewStub(rpc::LoopbackChannel(options.box));
  const absl::Time deadline = absl::Now() + absl::Seconds(20);

  election::ManifestParts parts;
  parts.election = SampleElection("elections/" + RandomIds().NextText());
  parts.accepted = SampleCandidacies(parts.election);
  parts.roll_sha256 = crypto::Sha256("benchmark");
  parts.roll_count = 1'000'000;
  v1::PrepareBoxRequest prepare;
  prepare.set_election(parts.election.name());
  ASSIGN_OR_RETURN(const auto prepared,
                   caller.Ask<v1::PrepareBoxResponse>(
                       [&](auto* c, auto* r) { return stub->PrepareBox(c, prepare, r); }, deadline));
  parts.box_key = prepared.box_key();
  ASSIGN_OR_RETURN(std::vector<crypto::RsaPrivateKey> registrars, AddKeys(parts));

  v1::OpenBoxRequest open;
  open.set_election(parts.election.name());
  ASSIGN_OR_RETURN(*open.mutable_manifest(), election::BuildManifest(parts));
  RETURN_IF_ERROR(
      caller.Ask<v1::OpenBoxResponse>([&](auto* c, auto* r) { return stub->OpenBox(c, open, r); }, deadline)
          .status());
  ASSIGN_OR_RETURN(election::PublishedManifest manifest, election::PublishedManifest::Parse(open.manifest()));
  return BallotMaker(std::move(manifest), std::move(registrars));
}

absl::Status Cast(v1::BallotBoxService::Stub& stub, const std::string& ballot) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
  v1::CastBallotRequest request;
  request.set_ballot(ballot);
  v1::CastBallotResponse response;
  return FromGrpcStatus(stub.CastBallot(&context, request, &response));
}

absl::Status MeasureClient(BallotMaker& maker) {
  absl::Duration in_client;
  for (int i = 0; i < kTimedBallots; ++i) RETURN_IF_ERROR(maker.Make(&in_client).status());
  fmt::print(
      "A ballot: {} bytes; its client works {:.1f} ms for it (blinding for {} registrars, finishing and "
      "verifying, "
      "sealing to {} trustees, signing)\n\n",
      maker.manifest().ballot_length(), absl::ToDoubleMilliseconds(in_client) / kTimedBallots, kRegistrars,
      kTrustees);
  return absl::OkStatus();
}

// Ballots a second at kComparedClients.
absl::StatusOr<double> MeasureCasting(const Options& options, BallotMaker& maker) {
  fmt::print("CastBallot, acknowledged ({} ballots of {} bytes each)\n", options.ballots,
             maker.manifest().ballot_length());
  fmt::print("{:>12} {:>12} {:>9} {:>9} {:>9} {:>9}\n", "clients", "per second", "p50 ms", "p90 ms", "p99 ms",
             "max ms");
  double compared = 0;
  for (const int clients : kClientCounts) {
    ASSIGN_OR_RETURN(const auto ballots, maker.MakeMany(options.ballots));
    std::vector<std::unique_ptr<v1::BallotBoxService::Stub>> stubs;
    for (int i = 0; i < clients; ++i) {
      grpc::ChannelArguments arguments;
      arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection each
      stubs.push_back(v1::BallotBoxService::NewStub(
          grpc::CreateCustomChannel(options.box, grpc::InsecureChannelCredentials(), arguments)));
    }
    ASSIGN_OR_RETURN(const Measured measured, Measure(clients, options.ballots, [&](int worker, int item) {
                       return Cast(*stubs[worker], ballots[item]);
                     }));
    if (clients == kComparedClients) compared = measured.per_second;
    fmt::print("{:>12} {:>12.0f} {:>9.2f} {:>9.2f} {:>9.2f} {:>9.2f}\n", clients, measured.per_second,
               measured.Percentile(50), measured.Percentile(90), measured.Percentile(99),
               measured.milliseconds.back());
    std::fflush(stdout);
  }
  return compared;
}

// What no box can be faster than on this machine: the signatures of a ballot checked and its receipt signed,
// by a thread a core, without network or database.
absl::StatusOr<double> MeasureBareChecks(const Options& options, BallotMaker& maker) {
  ASSIGN_OR_RETURN(const auto ballots, maker.MakeMany(options.ballots));
  crypto::SystemRandom random;
  const auto key = crypto::Ed25519KeyPair::Generate(random);
  const election::PublishedManifest& manifest = maker.manifest();
  ASSIGN_OR_RETURN(const Measured measured,
                   Measure(Cores(), options.ballots, [&](int, int item) -> absl::Status {
                     ASSIGN_OR_RETURN(const auto view, manifest.ReadBallot(ballots[item]));
                     RETURN_IF_ERROR(manifest.CheckSignatures(view));
                     key.Sign(election::ReceiptMessage(manifest.hash(), crypto::Sha256(ballots[item])));
                     return absl::OkStatus();
                   }));
  return measured.per_second;
}

absl::StatusOr<double> MeasureDirect(const Options& options, const std::string& ballot) {
  db::Settings settings;
  settings.socket = options.socket;
  settings.user = options.user;
  settings.schema = options.schema;
  std::FILE* file = std::fopen(options.password_file.c_str(), "r");
  char password[128] = "";
  if (file == nullptr || std::fgets(password, sizeof password, file) == nullptr)
    return absl::NotFoundError("no password");
  std::fclose(file);
  settings.password = password;
  db::Pool pool(settings, {.max_connections = 64});

  fmt::print("\nThe same INSERT straight to the same server, durable\n{:>12} {:>12} {:>9} {:>9}\n",
             "connections", "per second", "p50 ms", "p99 ms");
  double best = 0;
  for (const int connections : kConnectionCounts) {
    const std::string election = RandomIds().NextText();
    const auto insert = [&](int, int item) -> absl::Status {
      const std::string id = crypto::Sha256(fmt::format("{} {}", election, item));
      return db::Autocommit(pool, absl::Now() + absl::Seconds(20), [&](db::Session& session) -> absl::Status {
        return session.Execute(kDirectInsert, {id, election, crypto::Sha256(id), ballot}).status();
      });
    };
    // Connections and prepared statements first: a service has them too.
    RETURN_IF_ERROR(Measure(connections, 2 * connections, [&](int w, int item) {
                      return insert(w, -1 - item);
                    }).status());
    ASSIGN_OR_RETURN(const Measured measured, Measure(connections, options.ballots, insert));
    best = std::max(best, measured.per_second);
    fmt::print("{:>12} {:>12.0f} {:>9.2f} {:>9.2f}\n", connections, measured.per_second,
               measured.Percentile(50), measured.Percentile(99));
    std::fflush(stdout);
  }
  return best;
}

absl::Status Run(const Options& options) {
  ASSIGN_OR_RETURN(BallotMaker maker, OpenBox(options));
  ASSIGN_OR_RETURN(const std::string ballot, maker.Make());
  RETURN_IF_ERROR(MeasureClient(maker));
  ASSIGN_OR_RETURN(const double cast, MeasureCasting(options, maker));
  ASSIGN_OR_RETURN(const double bare, MeasureBareChecks(options, maker));
  ASSIGN_OR_RETURN(const double direct, MeasureDirect(options, ballot));
  fmt::print("\nCastBallot at {} clients / best direct INSERT: {:.0f} / {:.0f} per second = {:.2f}\n",
             kComparedClients, cast, direct, cast / direct);
  fmt::print(
      "The signatures alone, checked and given by a thread a core: {:.0f} per second, {:.2f} of the direct "
      "INSERT; "
      "CastBallot reaches {:.2f} of it\n",
      bare, bare / direct, cast / bare);
  return absl::OkStatus();
}

}  // namespace
}  // namespace plenary

int main(int argc, char** argv) {
  // Like the services: see ServiceMain.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  CLI::App app("Measures CastBallot beside direct SQL");
  plenary::Options options;
  app.add_option("--box", options.box, "Address of the ballot box")->required();
  app.add_option("--key_dir", options.key_dir, "Folder of the stack's keys")->required();
  app.add_option("--db_socket", options.socket, "Socket of the box's database server")->required();
  app.add_option("--db_user", options.user, "Account of the box")->required();
  app.add_option("--db_password_file", options.password_file, "File with its password")->required();
  app.add_option("--db_schema", options.schema, "Schema of the box")->required();
  app.add_option("--ballots", options.ballots, "Ballots of each measurement")
      ->capture_default_str()
      ->check(CLI::Range(64, 100'000));
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = plenary::Run(options);
  if (status.ok()) return 0;
  fmt::print(stderr, "cast_bench: {}\n", status.ToString(absl::StatusToStringMode::kWithNoExtraData));
  return 1;
}
