// Bundles with every file of every wrong size, with the files of another election, and with keys and
// signatures that other verifiers take: each is refused for its own reason.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "common/crypto/bytes.h"
#include "common/crypto/signed_note.h"
#include "common/testing/small_order.h"
#include "common/testing/status_matchers.h"
#include "services/election/testing/credentials_for.h"
#include "services/election/testing/sample.h"
#include "services/election/testing/sample_bundle.h"
#include "services/election/verify/bundle_verifier.h"

namespace plenary::election::verify {
namespace {

using election::testing::CredentialsFor;
using election::testing::Files;
using election::testing::FilesOf;
using election::testing::SampleBundle;
using plenary::testing::SignatureUnderSmallOrder;
using plenary::testing::SmallOrderEd25519Keys;
using plenary::testing::SpelledAgain;

namespace fs = std::filesystem;

// One tile of seven leaves; one batch; ballot 3 of the five is spoilt.
constexpr int kBallots = 5;
constexpr char kTile[] = "log/tile/entries/000.p/7";

const SampleBundle& Sample() {
  static const SampleBundle bundle = election::testing::MakeSampleBundle(kBallots, "bad input", 2);
  return bundle;
}

const SampleBundle& AnotherElection() {
  static const SampleBundle bundle = election::testing::MakeSampleBundle(kBallots, "another", 2);
  return bundle;
}

std::string VerdictOn(const Files& files) {
  std::string folder = (fs::temp_directory_path() / "plenary-bundle-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return "no folder";
  election::testing::WriteFiles(folder, files);
  const auto verdict = VerifyBundle(folder, {.threads = 1});
  fs::remove_all(folder);
  if (!verdict.ok()) return plenary::testing::Describe(verdict.status());
  if (verdict->holds()) return "holds";
  std::string text(verdict->failure->code);
  if (verdict->failure->place.has_value()) text += " " + std::to_string(*verdict->failure->place);
  return text;
}

TEST(VerifyBadInput, EveryFileHasOneSize) {
  struct Row {
    const char* file;
    const char* empty;  // the verdict on each size
    const char* one_byte;
    const char* byte_less;
    const char* byte_more;
    const char* twice;
  };
  const Row rows[] = {
      {"manifest", "MANIFEST", "MANIFEST", "MANIFEST", "MANIFEST", "MANIFEST"},
      {"roll", "ROLL", "ROLL", "ROLL", "ROLL", "ROLL"},
      {"issuance-1", "CLOSE", "CLOSE", "CLOSE", "CLOSE", "CLOSE"},
      {"issuance-2", "CLOSE", "CLOSE", "CLOSE", "CLOSE", "CLOSE"},
      {"log/checkpoint", "CHECKPOINT 1", "CHECKPOINT 1", "CHECKPOINT 1", "CHECKPOINT 1", "CHECKPOINT 1"},
      {"log/checkpoints", "CHECKPOINT 0", "CHECKPOINT 0", "CHECKPOINT 1", "CHECKPOINT 2", "CHECKPOINT 2"},
      {kTile, "TILES 0", "TILES 0", "TILES 0", "TILES 0", "TILES 0"},
      {"tally-secrets", "SECRET 0", "SECRET 0", "SECRET 0", "SECRET 0", "SECRET 0"},
      {"result", "RESULT", "RESULT", "RESULT", "RESULT", "RESULT"},
  };
  const Files good = FilesOf(Sample());
  ASSERT_EQ(VerdictOn(good), "holds");
  ASSERT_EQ(good.size(), std::size(rows)) << "every file has a row";
  for (const Row& row : rows) {
    const std::string& bytes = good.at(row.file);
    const auto with = [&](const std::string& other) {
      Files files = good;
      files[row.file] = other;
      return VerdictOn(files);
    };
    EXPECT_EQ(with(""), row.empty) << row.file;
    EXPECT_EQ(with(bytes.substr(0, 1)), row.one_byte) << row.file;
    EXPECT_EQ(with(bytes.substr(0, bytes.size() - 1)), row.byte_less) << row.file;
    EXPECT_EQ(with(bytes + '\0'), row.byte_more) << row.file;
    EXPECT_EQ(with(bytes + bytes), row.twice) << row.file;
  }
}

TEST(VerifyBadInput, NoFileOfAnotherElectionIsTaken) {
  struct Row {
    const char* file;
    const char* expected;
  };
  const Row rows[] = {{"manifest", "CHECKPOINT 0"},
                      {"roll", "ROLL"},
                      {"issuance-1", "CLOSE"},
                      {"issuance-2", "CLOSE"},
                      {kTile, "ROOT"},
                      {"log/checkpoint", "CHECKPOINT 1"},
                      {"result", "RESULT"},
                      {"log/checkpoints", "CHECKPOINT 0"},
                      {"tally-secrets", "SECRET 1"}};
  const Files good = FilesOf(Sample()), other = FilesOf(AnotherElection());
  ASSERT_EQ(VerdictOn(other), "holds") << "it is a good one of its own";
  for (const Row& row : rows) {
    Files files = good;
    files[row.file] = other.at(row.file);
    EXPECT_EQ(VerdictOn(files), row.expected) << row.file;
  }
}

TEST(VerifyBadInput, NothingOfAnotherElectionIsTakenByWhomHasEveryKeyOfThisOne) {
  struct Row {
    const char* sentence;
    const char* expected;
    std::function<void(SampleBundle&)> change;
  };
  const Row rows[] = {
      {"its ballot", "BALLOT_FORM 2",
       [](SampleBundle& bundle) { bundle.leaves[2] = AnotherElection().leaves[2]; }},
      {"its list", "LIST 1",
       [](SampleBundle& bundle) { bundle.issuance_lists[0] = AnotherElection().issuance_lists[0]; }},
      {"its close record", "CLOSE",
       [](SampleBundle& bundle) { bundle.leaves.back() = AnotherElection().leaves.back(); }},
      {"its manifest as the first leaf", "FIRST_LEAF",
       [](SampleBundle& bundle) { bundle.leaves.front() = AnotherElection().leaves.front(); }},
      {"one of its secrets", "SECRET 2",
       [](SampleBundle& bundle) { bundle.tally_secrets[1] = AnotherElection().tally_secrets[1]; }},
  };
  for (const Row& row : rows) {
    SampleBundle bundle = Sample();
    row.change(bundle);
    if (bundle.leaves.back() == Sample().leaves.back()) CloseAgain(bundle);
    EXPECT_EQ(VerdictOn(FilesOf(bundle)), row.expected) << row.sentence;
  }
}

const PublishedManifest& Manifest() {
  static const PublishedManifest manifest = PublishedManifest::Parse(Sample().manifest).value();
  return manifest;
}

// A ballot in the place of leaf 1, whose batch is put in order again and counted.
std::string VerdictWithBallot(const std::string& ballot) {
  SampleBundle bundle = Sample();
  bundle.leaves[1] = ballot;
  std::sort(bundle.leaves.begin() + 1, bundle.leaves.end() - 1,
            [](const auto& a, const auto& b) { return crypto::Sha256(a) < crypto::Sha256(b); });
  CountAgain(bundle);
  const auto place = std::find(bundle.leaves.begin(), bundle.leaves.end(), ballot) - bundle.leaves.begin();
  const std::string verdict = VerdictOn(FilesOf(bundle));
  return verdict == "holds" ? verdict
                            : verdict.substr(0, verdict.find(' ')) +
                                  (verdict.ends_with(" " + std::to_string(place)) ? "" : " elsewhere");
}

std::string SealedOfLeaf(std::size_t leaf) {
  return std::string(ParseBallot(Sample().leaves[leaf], Manifest().shape())->sealed);
}

TEST(VerifyBadInput, NoBallotIsTakenUnderAKeyOfSmallOrder) {
  for (const std::string& pk : SmallOrderEd25519Keys()) {
    std::string ballot =
        UnsignedBallot(Manifest().hash(), pk, CredentialsFor(Manifest().hash(), pk), SealedOfLeaf(1));
    const std::string message = BallotMessage(ballot);
    const std::string signature = SignatureUnderSmallOrder(pk, message);
    EXPECT_TRUE(plenary::testing::OpenSslTakes(pk, message, signature))
        << "only the order of the key is refused";
    EXPECT_EQ(VerdictWithBallot(ballot + signature), "BALLOT_SIGNATURE") << crypto::HexEncode(pk);
  }
}

TEST(VerifyBadInput, CredentialsAndSignaturesAreOfThisKeyThisElectionAndThisOrder) {
  crypto::SeededRandom random("a voter more");
  const auto key = crypto::Ed25519KeyPair::Generate(random);
  const std::string pk(key.public_key().bytes());
  const std::vector<Credential> good = CredentialsFor(Manifest().hash(), pk);
  const auto verdict = [&](const std::vector<Credential>& credentials, bool spelled_again = false) {
    const std::string ballot = UnsignedBallot(Manifest().hash(), pk, credentials, SealedOfLeaf(1));
    const std::string signature = key.Sign(BallotMessage(ballot));
    return VerdictWithBallot(ballot + (spelled_again ? SpelledAgain(signature) : signature));
  };
  EXPECT_EQ(verdict(good), "holds") << "its boxes are another's, and so it is spoilt";
  EXPECT_EQ(verdict({good[1], good[0]}), "CREDENTIAL") << "in the wrong order";
  EXPECT_EQ(verdict({good[0], good[0]}), "CREDENTIAL") << "one registrar twice";
  EXPECT_EQ(verdict(CredentialsFor(crypto::Sha256(AnotherElection().manifest), pk)), "CREDENTIAL")
      << "of another election";
  EXPECT_EQ(verdict(CredentialsFor(Manifest().hash(), std::string(32, 'k'))), "CREDENTIAL")
      << "of another key";
  EXPECT_EQ(verdict(good, /*spelled_again=*/true), "BALLOT_SIGNATURE") << "a second spelling of it";
  const std::string& modulus = election::testing::RegistrarKey(0).public_key().n();
  for (const std::string& number :
       {std::string(384, '\0'), std::string(383, '\0') + '\1', modulus, std::string(384, '\xff')}) {
    auto wrong = good;
    wrong[0].signature = number;
    EXPECT_EQ(verdict(wrong), "CREDENTIAL") << crypto::HexEncode(number.substr(0, 4));
  }
}

// The sample with another manifest over which everything is made again: nobody voted.
SampleBundle WithoutBallots(const std::function<void(v1::Manifest&)>& change) {
  SampleBundle bundle = Sample();
  v1::Manifest manifest = Manifest().manifest();
  change(manifest);
  bundle.manifest = manifest.SerializeAsString();
  bundle.leaves = {bundle.manifest, ""};
  bundle.checkpoint_sizes = {1, 2};
  for (std::size_t i = 0; i < bundle.issuance_lists.size(); ++i) {
    bundle.issuance_lists[i] =
        election::testing::SignedIssuanceList(crypto::Sha256(bundle.manifest), static_cast<int>(i), {});
  }
  CloseAgain(bundle);
  CountAgain(bundle);
  return bundle;
}

TEST(VerifyBadInput, NoCheckpointIsTakenUnderAKeyOfSmallOrder) {
  ASSERT_EQ(VerdictOn(FilesOf(WithoutBallots([](v1::Manifest&) {}))), "holds");
  for (const std::string& box_key : SmallOrderEd25519Keys()) {
    const SampleBundle bundle =
        WithoutBallots([&](v1::Manifest& manifest) { manifest.set_box_key(box_key); });
    Files files = FilesOf(bundle);
    // The same text under a signature that nobody had to make, with the number of that key.
    std::string note = files["log/checkpoint"];
    const std::string text = note.substr(0, note.find("\n\n") + 1);
    const auto key = crypto::Ed25519PublicKey::FromBytes(box_key).value();
    const std::string& origin = Manifest().manifest().origin();
    const std::string signature = crypto::NoteKeyId(origin, key) + SignatureUnderSmallOrder(box_key, text);
    std::string base64(96, '\0');
    base64.resize(static_cast<std::size_t>(
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()),
                        reinterpret_cast<const unsigned char*>(signature.data()), 68)));
    note = fmt::format("{}\n\xE2\x80\x94 {} {}\n", text, origin, base64);
    files["log/checkpoint"] = note;
    files["log/checkpoints"] = std::string({'\0', static_cast<char>(note.size())}) + note;
    EXPECT_EQ(VerdictOn(files), "CHECKPOINT 0") << crypto::HexEncode(box_key);
  }
}

TEST(VerifyBadInput, NoListIsTakenUnderAKeyOfSmallOrder) {
  for (const std::string& list_key : SmallOrderEd25519Keys()) {
    SampleBundle bundle = WithoutBallots(
        [&](v1::Manifest& manifest) { manifest.mutable_registrars(1)->set_list_key(list_key); });
    std::string& list = bundle.issuance_lists[1];
    list.resize(list.size() - crypto::kEd25519SignatureSize);
    list += SignatureUnderSmallOrder(list_key, IssuanceListMessage(list));
    CloseAgain(bundle);
    CountAgain(bundle);
    EXPECT_EQ(VerdictOn(FilesOf(bundle)), "LIST 2") << crypto::HexEncode(list_key);
  }
}

TEST(VerifyBadInput, ASignatureOfTheBoxOrARegistrarHasOneSpelling) {
  SampleBundle bundle = Sample();
  std::string& list = bundle.issuance_lists[0];
  const std::string signature = list.substr(list.size() - crypto::kEd25519SignatureSize);
  list.resize(list.size() - crypto::kEd25519SignatureSize);
  list += SpelledAgain(signature);
  CloseAgain(bundle);
  EXPECT_EQ(VerdictOn(FilesOf(bundle)), "LIST 1");
}

TEST(VerifyBadInput, NoTallyKeyIsOfSmallOrder) {
  for (std::string key :
       {std::string(32, '\0'), '\1' + std::string(31, '\0'), '\xec' + std::string(30, '\xff') + '\x7f',
        '\xed' + std::string(30, '\xff') + '\x7f', '\xee' + std::string(30, '\xff') + '\x7f'}) {
    for (const char sign : {'\0', '\x80'}) {
      key.back() = static_cast<char>(key.back() | sign);
      v1::Manifest manifest = Manifest().manifest();
      manifest.mutable_trustees(2)->set_tally_key(key);
      Files files = FilesOf(Sample());
      files["manifest"] = manifest.SerializeAsString();
      EXPECT_EQ(VerdictOn(files), "MANIFEST") << crypto::HexEncode(key);
    }
  }
}

TEST(VerifyBadInput, ATallyKeyInASecondSpellingHasNoSecret) {
  // X25519 looks past the highest bit: the same secret would open, but not be the one of these bytes.
  const SampleBundle bundle = WithoutBallots(
      [](v1::Manifest& manifest) { manifest.mutable_trustees(1)->mutable_tally_key()->back() ^= '\x80'; });
  EXPECT_EQ(VerdictOn(FilesOf(bundle)), "SECRET 2");
}

}  // namespace
}  // namespace plenary::election::verify
