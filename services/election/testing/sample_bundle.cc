#include "services/election/testing/sample_bundle.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "common/crypto/blind_rsa.h"
#include "common/crypto/bytes.h"
#include "common/crypto/merkle.h"
#include "common/crypto/sealed_box.h"
#include "common/crypto/shamir.h"
#include "common/crypto/signed_note.h"
#include "common/crypto/tile.h"
#include "services/election/rules/parallel.h"
#include "services/election/rules/result_bytes.h"
#include "services/election/rules/shares.h"
#include "services/election/rules/tally.h"
#include "services/election/testing/sample.h"
#include "services/election/testing/spoilt_ballots.h"

namespace plenary::election::testing {
namespace {

constexpr int kRegistrars = 2;
constexpr unsigned kTrustees = 3;
constexpr unsigned kThreshold = 2;
constexpr int kSpoiltEvery = 1000;
// Batches of a log, when there are ballots enough for them to have eight each.
constexpr int kMostBatches = 12;
constexpr int kFewestInBatch = 8;

template <typename T>
T Must(absl::StatusOr<T> value) {
  if (!value.ok()) throw std::runtime_error(value.status().ToString());
  return *std::move(value);
}

// Below `most`, near enough alike for a sample.
std::uint32_t Below(crypto::RandomSource& random, std::uint32_t most) {
  const std::string bytes = random.Bytes(4);
  return *crypto::ByteReader(bytes).ReadU32() % most;
}

template <typename T>
void Shuffle(std::vector<T>& values, crypto::RandomSource& random) {
  for (std::size_t i = values.size(); i > 1; --i) {
    std::swap(values[i - 1], values[Below(random, static_cast<std::uint32_t>(i))]);
  }
}

crypto::SeededRandom RandomFor(std::string_view seed, std::string_view what) {
  return crypto::SeededRandom(std::string(seed) + "/" + std::string(what));
}

v1::Election ElectionOfEveryKind() {
  v1::Election election = WantedElection();
  election.set_display_name("Sample election");
  election.mutable_contests()->DeleteSubrange(1, election.contests_size() - 1);
  v1::Contest& council = AddPoll(election, "council", v1::COUNTING_METHOD_SCOTTISH_STV,
                                 {"Fay", "Gus", "Hal", "Ida", "Jon", "Kim"});
  council.set_display_name("Council");
  council.set_seats(3);
  AddPoll(election, "logo", v1::COUNTING_METHOD_SCHULZE, {"Anchor", "Lantern", "Swirl"});
  v1::Contest& motto = AddPoll(election, "motto", v1::COUNTING_METHOD_SCORE, {"Onward", "Together"});
  motto.set_max_score(5);
  motto.set_none_of_these(true);
  return Stored(election);
}

// Who is on the roll, and who collected from whom: the first `ballots` units and two more from both
// registrars.
struct Voters {
  std::vector<std::string> units;
  std::size_t collected_from_both = 0;
};

Voters DrawVoters(int ballots, std::string_view seed) {
  crypto::SeededRandom random = RandomFor(seed, "units");
  const auto count = static_cast<std::size_t>(ballots);
  Voters voters;
  for (std::size_t i = 0; i < count + count / 4 + 8; ++i) voters.units.push_back(random.Bytes(kUnitIdSize));
  voters.collected_from_both = count + 2;
  return voters;
}

bool OnList(const Voters& voters, std::size_t unit, int registrar) {
  return unit < voters.collected_from_both || static_cast<int>(unit % 3) == registrar;
}

TallySecrets DrawSecrets(std::string_view seed) {
  crypto::SeededRandom random = RandomFor(seed, "tally secrets");
  TallySecrets secrets;
  for (unsigned i = 0; i < kTrustees; ++i) secrets.push_back(crypto::MakeX25519Secret(random));
  return secrets;
}

std::vector<v1::Manifest::Trustee> TrusteesWithShares(const TallySecrets& secrets, std::string_view seed) {
  crypto::SeededRandom random = RandomFor(seed, "shares");
  std::vector<v1::Manifest::Trustee> trustees;
  for (const std::string& secret : secrets) {
    v1::Manifest::Trustee& trustee = trustees.emplace_back();
    trustee.set_tally_key(Must(crypto::X25519PublicKey(secret)));
    for (const crypto::SecretShare& share :
         Must(crypto::SplitSecret(secret, kThreshold, kTrustees, random))) {
      trustee.add_share_sha256(crypto::Sha256(EncodeShare({.tally_key = trustee.tally_key(),
                                                           .threshold = kThreshold,
                                                           .trustees = kTrustees,
                                                           .index = share.index,
                                                           .share = share.share,
                                                           .salt = random.Bytes(kShareSaltSize)})));
    }
  }
  return trustees;
}

crypto::Ed25519KeyPair BoxKey(const SampleBundle& bundle) {
  return Must(crypto::Ed25519KeyPair::FromSeed(bundle.box_seed));
}

std::string ManifestFor(const SampleBundle& bundle, std::size_t roll_count, std::string_view seed) {
  return Must(BuildManifest({.election = ElectionOfEveryKind(),
                             .accepted = SampleCandidacies(),
                             .roll_sha256 = crypto::Sha256(bundle.roll),
                             .roll_count = static_cast<int>(roll_count),
                             .registrars = {RegistrarEntry(0), RegistrarEntry(1)},
                             .box_key = std::string(BoxKey(bundle).public_key().bytes()),
                             .trustees = TrusteesWithShares(bundle.tally_secrets, seed),
                             .threshold = kThreshold}));
}

// Some options in order of preference; ranks may be shared where the method allows it.
counting::Marks DrawRanks(const ContestRule& contest, crypto::RandomSource& random) {
  std::vector<std::uint16_t> options;
  for (std::uint32_t i = 0; i < contest.options; ++i) options.push_back(static_cast<std::uint16_t>(i));
  Shuffle(options, random);
  options.resize(1 + Below(random, contest.options));
  counting::Marks marks;
  std::uint16_t rank = 1;
  for (const std::uint16_t option : options) {
    if (!marks.empty() && !(contest.equal_ranks && Below(random, 4) == 0)) ++rank;
    marks.push_back({option, rank});
  }
  return marks;
}

counting::Marks DrawMarks(const ContestRule& contest, crypto::RandomSource& random) {
  if (Below(random, 10) == 0) return {};  // blank
  counting::Marks marks;
  if (contest.kind == counting::BallotKind::kRanks) {
    marks = DrawRanks(contest, random);
  } else {
    for (std::uint16_t option = 0; option < contest.options && marks.size() < contest.max_marks; ++option) {
      if (Below(random, 2) == 0) continue;
      const bool scored = contest.kind == counting::BallotKind::kScores;
      marks.push_back({option, scored ? static_cast<std::uint16_t>(1 + Below(random, contest.max_score))
                                      : std::uint16_t{1}});
    }
  }
  std::ranges::sort(marks, {}, &counting::Mark::option);
  return marks;
}

// Every third ballot of the first in a thousand, a kind each, until there are no more kinds; 0: not spoilt.
int SpoiltKindOf(int number) {
  const int place = number % kSpoiltEvery;
  const int kind = place / 3 + 1;
  return place % 3 == 2 && kind < static_cast<int>(SpoiltKinds().size()) ? kind : 0;
}

struct DrawnBallot {
  std::string seed;
  std::string bytes;
  std::vector<std::string> blinded_sha256;  // by registrar
};

DrawnBallot DrawBallot(const PublishedManifest& manifest, std::string_view seed, int number) {
  crypto::SeededRandom random = RandomFor(seed, "ballot " + std::to_string(number));
  const client::CredentialState state =
      Must(client::PrepareCredential(manifest, client::MakeBallotKey(random), random));
  DrawnBallot drawn{.seed = state.seed};
  std::vector<std::string> signatures;
  for (int i = 0; const client::Blinding& blinding : state.blindings) {
    drawn.blinded_sha256.push_back(crypto::Sha256(blinding.blinded_msg));
    signatures.push_back(Must(crypto::BlindSign(RegistrarKey(i++), blinding.blinded_msg)));
  }
  const TestVoter voter{state.seed, Must(client::FinalizeCredential(manifest, state, signatures))};
  if (const int kind = SpoiltKindOf(number); kind != 0) {
    drawn.bytes = SpoiltBallot(manifest, voter, kind, random);
    return drawn;
  }
  counting::Ballot marks;
  for (const ContestRule& contest : manifest.contests()) marks.push_back(DrawMarks(contest, random));
  drawn.bytes = BallotWith(manifest, voter, marks);
  return drawn;
}

// Puts the ballots into the log in batches, each ascending by hash, and the close record after the last.
void AppendBallots(SampleBundle& bundle, std::vector<DrawnBallot> ballots) {
  const int count = static_cast<int>(ballots.size());
  const int batches = std::clamp(count / kFewestInBatch, 1, kMostBatches);
  bundle.checkpoint_sizes = {1};
  for (int batch = 0; batch < batches; ++batch) {
    const auto begin = ballots.begin() + count * std::int64_t{batch} / batches;
    const auto end = ballots.begin() + count * std::int64_t{batch + 1} / batches;
    std::vector<std::pair<std::string, DrawnBallot*>> by_hash;
    for (auto ballot = begin; ballot != end; ++ballot) {
      by_hash.emplace_back(crypto::Sha256(ballot->bytes), &*ballot);
    }
    std::ranges::sort(by_hash);
    for (const auto& [hash, ballot] : by_hash) {
      bundle.leaves.push_back(std::move(ballot->bytes));
      bundle.ballot_seeds.push_back(std::move(ballot->seed));
    }
    if (batch + 1 < batches) bundle.checkpoint_sizes.push_back(bundle.leaves.size());
  }
  bundle.leaves.emplace_back();
  bundle.checkpoint_sizes.push_back(bundle.leaves.size());
}

void AppendIssuanceLists(SampleBundle& bundle, const Voters& voters, const std::vector<DrawnBallot>& ballots,
                         std::string_view seed) {
  const std::string manifest_hash = crypto::Sha256(bundle.manifest);
  crypto::SeededRandom random = RandomFor(seed, "collected and not cast");
  for (int registrar = 0; registrar < kRegistrars; ++registrar) {
    std::map<std::string, std::string> lines;
    for (std::size_t i = 0; i < voters.units.size(); ++i) {
      if (!OnList(voters, i, registrar)) continue;
      lines[voters.units[i]] = i < ballots.size()
                                   ? ballots[i].blinded_sha256.at(static_cast<std::size_t>(registrar))
                                   : random.Bytes(kHashSize);
    }
    bundle.issuance_lists.push_back(SignedIssuanceList(manifest_hash, registrar, lines));
  }
}

PublishedManifest ManifestOf(const SampleBundle& bundle) {
  return Must(PublishedManifest::Parse(bundle.manifest));
}

std::string RootOf(const SampleBundle& bundle) {
  crypto::RootBuilder root;
  for (const std::string& leaf : bundle.leaves) root.AppendLeaf(leaf);
  return root.Root();
}

std::string LengthAnd(std::string_view note) {
  std::string bytes;
  crypto::AppendU16(bytes, static_cast<std::uint16_t>(note.size()));
  return bytes += note;
}

void AddCheckpoints(const SampleBundle& bundle, Files& files) {
  const crypto::Ed25519KeyPair key = BoxKey(bundle);
  const std::string origin = ManifestOf(bundle).manifest().origin();
  std::string& all = files["log/checkpoints"];
  crypto::RootBuilder root;
  for (const std::uint64_t size : bundle.checkpoint_sizes) {
    while (root.size() < std::min<std::uint64_t>(size, bundle.leaves.size())) {
      root.AppendLeaf(bundle.leaves[root.size()]);
    }
    const std::string note = Must(crypto::SignCheckpoint({origin, size, root.Root()}, key));
    all += LengthAnd(note);
    files["log/checkpoint"] = note;
  }
}

void AddTiles(const SampleBundle& bundle, Files& files) {
  const std::uint64_t size = bundle.leaves.size();
  for (std::uint64_t tile = 0; tile < crypto::TileCount(size); ++tile) {
    const unsigned width = crypto::TileWidthAt(size, tile);
    const std::span<const std::string> entries(bundle.leaves);
    files["log/" + crypto::EntriesPath(tile, width)] =
        Must(crypto::EncodeEntries(entries.subspan(tile * crypto::kTileWidth, width)));
  }
}

}  // namespace

std::string EncodeRoll(const std::vector<std::string>& units) {
  std::string bytes = "PLR1";
  crypto::AppendU32(bytes, static_cast<std::uint32_t>(units.size()));
  for (const std::string& unit : units) bytes += unit;
  return bytes;
}

std::string SignedIssuanceList(std::string_view manifest_hash, int registrar,
                               const std::map<std::string, std::string>& hash_by_unit) {
  std::string bytes = "PLI1" + std::string(manifest_hash);
  crypto::AppendU8(bytes, static_cast<std::uint8_t>(registrar));
  crypto::AppendU32(bytes, static_cast<std::uint32_t>(hash_by_unit.size()));
  for (const auto& [unit, hash] : hash_by_unit) bytes += unit + hash;
  return bytes + ListKey(registrar).Sign(IssuanceListMessage(bytes));
}

void CloseAgain(SampleBundle& bundle) {
  CloseRecord record{.manifest_hash = crypto::Sha256(bundle.manifest),
                     .ballots = static_cast<std::uint32_t>(bundle.leaves.size() - 2)};
  for (const std::string& list : bundle.issuance_lists) {
    record.issuance_list_sha256.push_back(crypto::Sha256(list));
  }
  bundle.leaves.back() = EncodeCloseRecord(record);
}

void CountAgain(SampleBundle& bundle) {
  const PublishedManifest manifest = ManifestOf(bundle);
  Tally tally(manifest, bundle.tally_secrets);
  for (std::size_t i = 1; i + 1 < bundle.leaves.size(); ++i) {
    const BallotView ballot = ParseBallot(bundle.leaves[i], manifest.shape()).value();
    const absl::Status added =
        tally.AddOpened(manifest.Open(ballot, bundle.tally_secrets), crypto::Sha256(bundle.leaves[i]));
    if (!added.ok()) throw std::runtime_error(added.ToString());
  }
  bundle.result =
      EncodeResult(manifest, Must(tally.Count({}, RootOf(bundle), tally.ballot_count())).result).value();
}

SampleBundle MakeSampleBundle(int ballots, std::string_view seed, unsigned threads) {
  SampleBundle bundle;
  const Voters voters = DrawVoters(ballots, seed);
  std::vector<std::string> roll = voters.units;
  std::ranges::sort(roll);
  bundle.roll = EncodeRoll(roll);
  bundle.box_seed = RandomFor(seed, "box").Bytes(crypto::kEd25519SeedSize);
  bundle.tally_secrets = DrawSecrets(seed);
  bundle.manifest = ManifestFor(bundle, roll.size(), seed);
  bundle.leaves = {bundle.manifest};

  const PublishedManifest manifest = ManifestOf(bundle);
  std::vector<DrawnBallot> drawn(static_cast<std::size_t>(ballots));
  ForEachNumber(drawn.size(), threads,
                [&](std::size_t i) { drawn[i] = DrawBallot(manifest, seed, static_cast<int>(i)); });
  AppendIssuanceLists(bundle, voters, drawn, seed);
  AppendBallots(bundle, std::move(drawn));
  CloseAgain(bundle);
  CountAgain(bundle);
  return bundle;
}

std::string CastAgain(const SampleBundle& bundle, std::size_t leaf) {
  const PublishedManifest manifest = ManifestOf(bundle);
  const BallotView ballot = ParseBallot(bundle.leaves.at(leaf), manifest.shape()).value();
  TestVoter voter{bundle.ballot_seeds.at(leaf - 1), {}};
  for (const auto& credential : ballot.credentials) {
    voter.credentials.push_back({std::string(credential.prefix), std::string(credential.signature)});
  }
  return BallotAround(manifest, voter, std::string(manifest.plaintext_length(), 'x'));
}

Files FilesOf(const SampleBundle& bundle) {
  Files files;
  files["manifest"] = bundle.manifest;
  files["roll"] = bundle.roll;
  for (std::size_t i = 0; i < bundle.issuance_lists.size(); ++i) {
    files["issuance-" + std::to_string(i + 1)] = bundle.issuance_lists[i];
  }
  AddCheckpoints(bundle, files);
  AddTiles(bundle, files);
  for (const std::string& secret : bundle.tally_secrets) files["tally-secrets"] += secret;
  files["result"] = bundle.result;
  return files;
}

void WriteFiles(const std::string& folder, const Files& files) {
  for (const auto& [name, bytes] : files) {
    const std::filesystem::path path = std::filesystem::path(folder) / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream file(path, std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
  }
}

std::string KeysAsJson(const SampleBundle& bundle) {
  nlohmann::ordered_json keys;
  for (int i = 0; i < kRegistrars; ++i) {
    keys["registrars"].push_back({{"private_key_pem", RegistrarKey(i).ToPem()}});
    keys["list_seeds"].push_back(crypto::HexEncode(ListKey(i).Seed()));
  }
  keys["box_seed"] = crypto::HexEncode(bundle.box_seed);
  for (const std::string& secret : bundle.tally_secrets) {
    keys["tally_secrets"].push_back(crypto::HexEncode(secret));
  }
  keys["ballots"] = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < bundle.ballot_seeds.size(); ++i) {
    keys["ballots"].push_back({{"leaf", i + 1}, {"seed", crypto::HexEncode(bundle.ballot_seeds[i])}});
  }
  return keys.dump(1) + "\n";
}

}  // namespace plenary::election::testing
