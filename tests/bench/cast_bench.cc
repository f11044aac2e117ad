// How many ballots a second the box acknowledges, beside the same durable INSERT sent straight to its
// database server: both in one run, in turn, so that the ratio means something. And what a ballot
// costs: its bytes, and the time its voter's client takes.
//
// Plays the election service towards the box (its key is in --key_dir): prepares a box, publishes a manifest
// with two registrars and three trustees of its own, opens it, and casts ballots that are made beforehand.

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
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
#include "common/status/macros.h"
#include "common/time/proto_time.h"
#include "common/worker/thread_pool.h"
#include "fmt/format.h"
#include "plenary/election/v1/ballot_box_service.grpc.pb.h"
#include "services/election/client/voter.h"
#include "services/election/rules/ballot_layout.h"
#include "services/election/rules/manifest_build.h"
#include "services/election/rules/published_manifest.h"
#include "tests/bench/cast_clients.h"
#include "tests/bench/measured.h"

namespace plenary {
namespace {

namespace v1 = election::v1;

constexpr std::size_t kConnectionCounts[] = {1, 2, 4, 8, 16, 32, 64};
// The ratio that is held to is that of so many clients.
constexpr std::size_t kComparedClients = 32;
// Both sides take turns in so many parts, so that whatever else the machine does meets both, and both meet
// about the same table: an INSERT costs twice as much once the server has to write pages back meanwhile.
constexpr std::size_t kParts = 4;
constexpr int kContests = 5, kOptions = 9, kSeats = 7;
// As in the sample society.
constexpr int kRegistrars = 2, kTrustees = 3, kThreshold = 2;
// Ballots whose making is timed.
constexpr int kTimedBallots = 50;
// Connections that fill the table beforehand.
constexpr std::size_t kFillers = 16;
constexpr char kDirectInsert[] =
    "INSERT INTO ballots (id, election, ballot_hash, ballot) VALUES (?, ?, ?, ?)";

struct Options {
  std::string box, key_dir, socket, user, password_file, schema;
  std::size_t ballots = 2000;                                    // of each measurement
  std::size_t held = 0;                                          // of another election, in the table before
  std::set<std::size_t> clients = {1, 8, kComparedClients, 64};  // kComparedClients always
};

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

  absl::StatusOr<std::vector<std::string>> MakeMany(std::size_t count) {
    std::vector<std::string> ballots(count);
    RETURN_IF_ERROR(Measure(Cores(), count, [&](std::size_t item) -> absl::Status {
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

// What no box can be faster than on this machine: the signatures of a ballot checked and its receipt signed,
// by a thread a core, without network or database.
absl::StatusOr<Measured> MeasureBareChecks(const BallotMaker& maker,
                                           const std::vector<std::string>& ballots) {
  crypto::SystemRandom random;
  const auto key = crypto::Ed25519KeyPair::Generate(random);
  const election::PublishedManifest& manifest = maker.manifest();
  return Measure(Cores(), ballots.size(), [&](std::size_t item) -> absl::Status {
    ASSIGN_OR_RETURN(const auto view, manifest.ReadBallot(ballots[item]));
    RETURN_IF_ERROR(manifest.CheckSignatures(view));
    key.Sign(election::ReceiptMessage(manifest.hash(), crypto::Sha256(ballots[item])));
    return absl::OkStatus();
  });
}

// The INSERT of a ballot, and nothing else, as one of its own connections would send it to the server.
class DirectInserts {
 public:
  static absl::StatusOr<std::unique_ptr<DirectInserts>> Open(const Options& options,
                                                             const std::string& ballot) {
    db::Settings settings;
    settings.socket = options.socket;
    settings.user = options.user;
    settings.schema = options.schema;
    std::ifstream file(options.password_file);
    if (!std::getline(file, settings.password)) return absl::NotFoundError("no password");
    return std::unique_ptr<DirectInserts>(new DirectInserts(settings, ballot));
  }

  absl::StatusOr<Measured> Run(std::size_t connections, std::size_t rows) {
    // Connections and prepared statements first: a service has them too.
    RETURN_IF_ERROR(Insert(connections, 2 * connections).status());
    return Insert(connections, rows);
  }

 private:
  DirectInserts(const db::Settings& settings, const std::string& ballot)
      : pool_(settings, {.max_connections = 64}), ballot_(ballot) {}

  absl::StatusOr<Measured> Insert(std::size_t connections, std::size_t rows) {
    const std::string election = RandomIds().NextText();
    return Measure(connections, rows, [&](std::size_t item) {
      const std::string id = crypto::Sha256(fmt::format("{} {}", election, item));
      return db::Autocommit(
          pool_, absl::Now() + absl::Seconds(20), [&](db::Session& session) -> absl::Status {
            return session.Execute(kDirectInsert, {id, election, crypto::Sha256(id), ballot_}).status();
          });
    });
  }

  db::Pool pool_;
  const std::string ballot_;
};

// Everything, by the number of clients or connections.
struct Figures {
  std::map<std::size_t, Measured> cast, direct;
  Measured bare;

  const Measured& BestDirect() const {
    return std::max_element(
               direct.begin(), direct.end(),
               [](const auto& a, const auto& b) { return a.second.per_second() < b.second.per_second(); })
        ->second;
  }
};

// One part of each measurement.
class Part {
 public:
  Part(const Options& options, BallotMaker& maker, DirectInserts& direct, Figures& figures)
      : options_(options), maker_(maker), direct_(direct), figures_(figures) {}

  absl::Status Cast() {
    for (const std::size_t clients : options_.clients) {
      ASSIGN_OR_RETURN(const auto ballots, maker_.MakeMany(options_.ballots / kParts));
      ASSIGN_OR_RETURN(const Measured cast, CastBy(clients, options_.box, ballots));
      figures_.cast[clients].Add(cast);
      if (clients != kComparedClients) continue;
      ASSIGN_OR_RETURN(const Measured bare, MeasureBareChecks(maker_, ballots));
      figures_.bare.Add(bare);
    }
    return absl::OkStatus();
  }

  absl::Status Insert() {
    for (const std::size_t connections : kConnectionCounts) {
      ASSIGN_OR_RETURN(const Measured inserted, direct_.Run(connections, options_.ballots / kParts));
      figures_.direct[connections].Add(inserted);
    }
    return absl::OkStatus();
  }

 private:
  const Options& options_;
  BallotMaker& maker_;
  DirectInserts& direct_;
  Figures& figures_;
};

absl::StatusOr<Figures> MeasureAll(const Options& options, BallotMaker& maker, DirectInserts& direct) {
  Figures figures;
  Part part(options, maker, direct, figures);
  for (std::size_t i = 0; i < kParts; ++i) {
    // What one side leaves to be written back, the next one finds: each begins as often as the other.
    const bool casts_first = i % 2 == 0;
    if (casts_first) RETURN_IF_ERROR(part.Cast());
    RETURN_IF_ERROR(part.Insert());
    if (!casts_first) RETURN_IF_ERROR(part.Cast());
    fmt::print(stderr, "part {} of {}\n", i + 1, kParts);
  }
  return figures;
}

void Print(const std::map<std::size_t, Measured>& by_count, std::string_view title,
           std::string_view counted) {
  fmt::print("\n{}\n{:>12} {:>12} {:>9} {:>9} {:>9} {:>9}\n", title, counted, "per second", "p50 ms",
             "p90 ms", "p99 ms", "max ms");
  for (const auto& [count, measured] : by_count) {
    fmt::print("{:>12} {:>12.0f} {:>9.2f} {:>9.2f} {:>9.2f} {:>9.2f}\n", count, measured.per_second(),
               measured.Percentile(50), measured.Percentile(90), measured.Percentile(99),
               measured.Percentile(100));
  }
}

absl::Status Run(const Options& options) {
  ASSIGN_OR_RETURN(BallotMaker maker, OpenBox(options));
  ASSIGN_OR_RETURN(const std::string ballot, maker.Make());
  RETURN_IF_ERROR(MeasureClient(maker));
  ASSIGN_OR_RETURN(const auto direct, DirectInserts::Open(options, ballot));
  if (options.held > 0) RETURN_IF_ERROR(direct->Run(kFillers, options.held).status());
  ASSIGN_OR_RETURN(const Figures figures, MeasureAll(options, maker, *direct));
  Print(figures.cast,
        fmt::format("CastBallot, acknowledged ({} ballots of {} bytes each, beside {} of another election)",
                    figures.bare.count(), maker.manifest().ballot_length(), options.held),
        "clients");
  Print(figures.direct, "The same INSERT straight to the same server, durable", "connections");
  const double bare = figures.bare.per_second(), best = figures.BestDirect().per_second();
  const double cast = figures.cast.at(kComparedClients).per_second();
  fmt::print("\nCastBallot at {} clients / best direct INSERT: {:.0f} / {:.0f} per second = {:.2f}\n",
             kComparedClients, cast, best, cast / best);
  fmt::print(
      "The signatures alone, checked and given by a thread a core: {:.0f} per second, {:.2f} of the direct "
      "INSERT; CastBallot reaches {:.2f} of it\n",
      bare, bare / best, cast / bare);
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
      ->check(CLI::Range(256, 100'000));
  app.add_option("--held", options.held, "Ballots of another election that the box's table holds before")
      ->capture_default_str()
      ->check(CLI::Range(0, 1'000'000));
  app.add_option(
         "--clients", options.clients,
         fmt::format("Numbers of clients, one measurement each; {} always is", plenary::kComparedClients))
      ->capture_default_str()
      ->check(CLI::Range(1, 128));
  CLI11_PARSE(app, argc, argv);
  options.clients.insert(plenary::kComparedClients);
  const absl::Status status = plenary::Run(options);
  if (status.ok()) return 0;
  fmt::print(stderr, "cast_bench: {}\n", status.ToString(absl::StatusToStringMode::kWithNoExtraData));
  return 1;
}
