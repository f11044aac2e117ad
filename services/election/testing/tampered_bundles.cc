#include "services/election/testing/tampered_bundles.h"

#include <algorithm>
#include <map>

#include "common/crypto/bytes.h"
#include "common/crypto/sealed_box.h"
#include "common/crypto/signed_note.h"
#include "common/crypto/tile.h"
#include "services/election/rules/ballot_layout.h"
#include "services/election/testing/sample.h"

namespace plenary::election::testing {
namespace {

std::vector<std::string> NotesOf(const Files& files) {
  std::vector<std::string> notes;
  crypto::ByteReader reader(files.at("log/checkpoints"));
  while (reader.Remaining() != 0) notes.emplace_back(*reader.ReadBytes(*reader.ReadU16()));
  return notes;
}

void SetNotes(Files& files, const std::vector<std::string>& notes) {
  files["log/checkpoints"] = *crypto::EncodeEntries(notes);
}

const crypto::Ed25519KeyPair& BoxKey() {
  static const auto key = *crypto::Ed25519KeyPair::FromSeed(SampleToTamperWith().box_seed);
  return key;
}

std::string Flipped(std::string bytes, std::size_t at) {
  bytes.at(at) ^= 1;
  return bytes;
}

// The ballot with another part, signed again with its own key.
std::string SignedAgain(const SampleBundle& bundle, std::size_t leaf, std::string unsigned_ballot) {
  const auto key = *crypto::Ed25519KeyPair::FromSeed(bundle.ballot_seeds.at(leaf - 1));
  unsigned_ballot.resize(unsigned_ballot.size() - kBallotSignatureSize);
  return unsigned_ballot + key.Sign(BallotMessage(unsigned_ballot));
}

// Puts a list of one unit in the place of a registrar's.
void SetList(SampleBundle& bundle, std::size_t registrar, std::string list) {
  bundle.issuance_lists.at(registrar) = std::move(list);
  CloseAgain(bundle);
}

std::string SmallList(const SampleBundle& bundle, int registrar, std::string_view unit) {
  return SignedIssuanceList(crypto::Sha256(bundle.manifest), registrar,
                            {{std::string(unit), std::string(kHashSize, 'h')}});
}

std::string FirstUnit(const SampleBundle& bundle) { return bundle.roll.substr(8, kUnitIdSize); }

// The list with its signature made again, as a registrar could.
std::string ListSignedAgain(std::string list, int registrar) {
  list.resize(list.size() - crypto::kEd25519SignatureSize);
  return list + ListKey(registrar).Sign(IssuanceListMessage(list));
}

std::string LastNumber(const std::string& code) {
  return code + " " + std::to_string(SampleToTamperWith().checkpoint_sizes.size() - 1);
}

std::vector<Tampering> TamperedFolders() {
  return {
      {"a file that does not belong", "FILES", {}, [](Files& files) { files["readme.txt"] = "hello"; }},
      {"a tenth list", "FILES", {}, [](Files& files) { files["issuance-10"] = "x"; }},
      {"hash tiles too", "FILES", {}, [](Files& files) { files["log/tile/0/000"] = "x"; }},
      {"no roll", "FILES", {}, [](Files& files) { files.erase("roll"); }},
      {"no result", "FILES", {}, [](Files& files) { files.erase("result"); }},
      {"no list of the second registrar", "FILES", {}, [](Files& files) { files.erase("issuance-2"); }},
      {"a list of a third registrar", "FILES", {}, [](Files& files) { files["issuance-3"] = "x"; }},
      {"a manifest with a byte changed", "MANIFEST", {}, [](Files& files) { files["manifest"][0] ^= 1; }},
      {"a manifest with a field unknown",
       "MANIFEST",
       {},
       [](Files& files) { files["manifest"] += "\xf8\x07\x01"; }},
      {"a manifest that is too long", "MANIFEST", {}, [](Files& files) { files["manifest"].resize(70'000); }},
      {"an empty manifest", "MANIFEST", {}, [](Files& files) { files["manifest"] = ""; }},
  };
}

std::vector<Tampering> TamperedCheckpoints() {
  return {
      {"no checkpoints", "CHECKPOINT 0", {}, [](Files& files) { files["log/checkpoints"] = ""; }},
      {"checkpoints cut off",
       LastNumber("CHECKPOINT"),
       {},
       [](Files& files) { files["log/checkpoints"].pop_back(); }},
      {"half a length after the last",
       "CHECKPOINT " + std::to_string(SampleToTamperWith().checkpoint_sizes.size()),
       {},
       [](Files& files) { files["log/checkpoints"] += '\0'; }},
      {"a checkpoint with its signature changed",
       "CHECKPOINT 2",
       {},
       [](Files& files) {
         auto notes = NotesOf(files);
         notes[2] = Flipped(notes[2], notes[2].size() - 10);
         SetNotes(files, notes);
       }},
      {"a checkpoint of another log",
       "CHECKPOINT 1",
       {},
       [](Files& files) {
         auto notes = NotesOf(files);
         notes[1] = *crypto::SignCheckpoint(
             {"elections/00000000000000000000000005", 20, std::string(32, 'r')}, BoxKey());
         SetNotes(files, notes);
       }},
      {"two checkpoints in the wrong order",
       "CHECKPOINT 2",
       {},
       [](Files& files) {
         auto notes = NotesOf(files);
         std::swap(notes[1], notes[2]);
         SetNotes(files, notes);
       }},
      {"a checkpoint twice",
       "CHECKPOINT 1",
       [](SampleBundle& bundle) { bundle.checkpoint_sizes[1] = 1; },
       {}},
      {"a checkpoint of nothing",
       "CHECKPOINT 0",
       [](SampleBundle& bundle) { bundle.checkpoint_sizes[0] = 0; },
       {}},
      {"another final checkpoint",
       LastNumber("CHECKPOINT"),
       {},
       [](Files& files) { files["log/checkpoint"] = NotesOf(files)[0]; }},
  };
}

std::vector<Tampering> TamperedLogs() {
  return {
      {"the first tile missing", "TILES 0", {}, [](Files& files) { files.erase("log/tile/entries/000"); }},
      {"the last tile missing",
       "TILES 1",
       {},
       [](Files& files) { files.erase("log/tile/entries/001.p/46"); }},
      {"a tile too many", "TILES 2", {}, [](Files& files) { files["log/tile/entries/000.p/3"] = "x"; }},
      {"a tile with a byte more",
       "TILES 1",
       {},
       [](Files& files) { files["log/tile/entries/001.p/46"] += 'x'; }},
      {"a tile with a byte less",
       "TILES 0",
       {},
       [](Files& files) { files["log/tile/entries/000"].pop_back(); }},
      {"a log with fewer leaves than were signed",
       "TILES 1",
       [](SampleBundle& bundle) { bundle.leaves.pop_back(); },
       {}},
      {"a bit changed in a ballot",
       "ROOT",
       {},
       [](Files& files) { files["log/tile/entries/000"][9'000] ^= 1; }},
      {"a ballot taken out that an earlier checkpoint had",
       "CONSISTENCY 3",
       {},
       [](Files& files) {
         SampleBundle other = SampleToTamperWith();
         other.leaves.erase(other.leaves.begin() + 60);
         auto notes = NotesOf(files);
         notes[3] = NotesOf(FilesOf(other))[3];
         SetNotes(files, notes);
       }},
      {"a log that begins with another manifest",
       "FIRST_LEAF",
       [](SampleBundle& bundle) { bundle.leaves[0] += 'x'; },
       {}},
      {"a log of the manifest alone",
       "CLOSE",
       [](SampleBundle& bundle) { bundle.leaves.resize(1), bundle.checkpoint_sizes = {1}; },
       {}},
      {"a log that was not closed",
       "CLOSE",
       [](SampleBundle& bundle) { bundle.leaves.pop_back(), --bundle.checkpoint_sizes.back(); },
       {}},
      {"a log closed with fewer ballots than it holds",
       "CLOSE",
       [](SampleBundle& bundle) { bundle.leaves.back()[39] ^= 1; },
       {}},
      {"a log closed for another election",
       "CLOSE",
       [](SampleBundle& bundle) { bundle.leaves.back()[4] ^= 1; },
       {}},
      {"a log closed with another list",
       "CLOSE",
       [](SampleBundle& bundle) { bundle.issuance_lists[1] = SmallList(bundle, 1, FirstUnit(bundle)); },
       {}},
  };
}

// An election without ballots whose first trustee has this secret, of which the lower half is given: all of
// it is made for that, but for the result, which is looked at last.
void SealToTwin(SampleBundle& bundle, std::string_view hex) {
  std::string& secret = bundle.tally_secrets[0];
  secret = *crypto::HexDecode(hex) + std::string(15, '\0') + '\x40';
  v1::Manifest manifest;
  manifest.ParseFromString(bundle.manifest);
  manifest.mutable_trustees(0)->set_tally_key(*crypto::X25519PublicKey(secret));
  bundle.manifest = manifest.SerializeAsString();
  bundle.leaves = {bundle.manifest, ""};
  bundle.checkpoint_sizes = {1, 2};
  SetListsOf(bundle, 1);
}

std::vector<Tampering> TamperedPapers() {
  return {
      {"a roll with another unit", "ROLL", {}, [](Files& files) { files["roll"].back() ^= 1; }},
      {"a roll with a unit less",
       "ROLL",
       {},
       [](Files& files) { files["roll"].resize(files["roll"].size() - 16); }},
      {"a roll with a byte more", "ROLL", {}, [](Files& files) { files["roll"] += 'x'; }},
      {"a list signed by the other registrar",
       "LIST 1",
       [](SampleBundle& bundle) {
         SetList(bundle, 0, ListSignedAgain(SmallList(bundle, 0, FirstUnit(bundle)), 1));
       },
       {}},
      {"the list of the first registrar in place of the second's",
       "LIST 2",
       [](SampleBundle& bundle) { SetList(bundle, 1, bundle.issuance_lists[0]); },
       {}},
      {"a list of another election",
       "LIST 2",
       [](SampleBundle& bundle) {
         SetList(bundle, 1, ListSignedAgain(Flipped(bundle.issuance_lists[1], 4), 1));
       },
       {}},
      {"a list with a unit that is not on the roll",
       "LIST 2",
       [](SampleBundle& bundle) {
         SetList(bundle, 1, SmallList(bundle, 1, std::string(kUnitIdSize, '\xff')));
       },
       {}},
      {"a list with a unit twice",
       "LIST 1",
       [](SampleBundle& bundle) {
         std::string list = bundle.issuance_lists[0];
         std::copy_n(list.begin() + 41, 48, list.begin() + 41 + 48);
         SetList(bundle, 0, ListSignedAgain(list, 0));
       },
       {}},
      {"a list that is cut off",
       "LIST 1",
       [](SampleBundle& bundle) { SetList(bundle, 0, bundle.issuance_lists[0].substr(0, 200)); },
       {}},
      {"a secret missing", "SECRET 0", [](SampleBundle& bundle) { bundle.tally_secrets.pop_back(); }, {}},
      {"a byte after the secrets", "SECRET 0", {}, [](Files& files) { files["tally-secrets"] += 'x'; }},
      {"two secrets swapped",
       "SECRET 1",
       [](SampleBundle& bundle) { std::swap(bundle.tally_secrets[0], bundle.tally_secrets[1]); },
       {}},
      {"the right secret in a second spelling",
       "SECRET 2",
       [](SampleBundle& bundle) { bundle.tally_secrets[1][0] |= 1; },
       {}},
      {"a secret that has a twin of the same key",
       "SECRET 1",
       [](SampleBundle& bundle) { SealToTwin(bundle, "c8810100000000000000000000000000"); },
       {}},
      {"the twin",
       "SECRET 1",
       [](SampleBundle& bundle) { SealToTwin(bundle, "a01dade7d21893c0b2e6bc17f5cef7a6"); },
       {}},
      {"another secret", "SECRET 3", [](SampleBundle& bundle) { bundle.tally_secrets[2][5] ^= 1; }, {}},
  };
}

// Where the parts of a ballot begin.
constexpr std::size_t kFirstPrefix = 4 + 32 + 32;
constexpr std::size_t kSecondPrefix = kFirstPrefix + 32 + 384;

std::vector<Tampering> TamperedBallots() {
  return {
      {"a ballot that is too long",
       "BALLOT_FORM 7",
       [](SampleBundle& bundle) { bundle.leaves[7] += 'x'; },
       {}},
      {"a ballot of another election",
       "BALLOT_FORM 1",
       [](SampleBundle& bundle) { bundle.leaves[1] = SignedAgain(bundle, 1, Flipped(bundle.leaves[1], 4)); },
       {}},
      {"a leaf that is no ballot",
       "BALLOT_FORM 300",
       [](SampleBundle& bundle) { bundle.leaves[300] = "hello"; },
       {}},
      {"a ballot with a credential nobody signed",
       "CREDENTIAL 290",
       [](SampleBundle& bundle) {
         bundle.leaves[290] = SignedAgain(bundle, 290, Flipped(bundle.leaves[290], kFirstPrefix + 100));
       },
       {}},
      {"a ballot that lacks the second registrar",
       "CREDENTIAL 12",
       [](SampleBundle& bundle) {
         std::string ballot = bundle.leaves[12];
         std::copy_n(ballot.begin() + kFirstPrefix, 32 + 384, ballot.begin() + kSecondPrefix);
         bundle.leaves[12] = SignedAgain(bundle, 12, ballot);
       },
       {}},
      {"a ballot whose boxes were changed",
       "BALLOT_SIGNATURE 40",
       [](SampleBundle& bundle) { bundle.leaves[40] = Flipped(bundle.leaves[40], kSecondPrefix + 32 + 384); },
       {}},
      {"a ballot cast twice with other content",
       "DOUBLE_KEY 301",
       [](SampleBundle& bundle) {
         bundle.checkpoint_sizes.back() = bundle.leaves.size() - 1;  // a batch of its own
         bundle.leaves.insert(bundle.leaves.end() - 1, CastAgain(bundle, 33));
         bundle.checkpoint_sizes.push_back(bundle.leaves.size());
         CloseAgain(bundle);
       },
       {}},
      {"the same ballot twice",
       "DOUBLE_KEY 301",
       [](SampleBundle& bundle) {
         bundle.checkpoint_sizes.back() = bundle.leaves.size() - 1;
         bundle.leaves.insert(bundle.leaves.end() - 1, bundle.leaves[33]);
         bundle.checkpoint_sizes.push_back(bundle.leaves.size());
         CloseAgain(bundle);
       },
       {}},
      {"two ballots of a batch in the order they came",
       "ORDER 4",
       [](SampleBundle& bundle) { std::swap(bundle.leaves[3], bundle.leaves[4]); },
       {}},
      {"a batch signed later than it was merged",
       "ORDER 26",
       [](SampleBundle& bundle) { bundle.checkpoint_sizes.erase(bundle.checkpoint_sizes.begin() + 1); },
       {}},
      {"more ballots than credentials",
       "TURNOUT",
       [](SampleBundle& bundle) { SetListsOf(bundle, kBallotsToTamperWith - 1); },
       {}},
      {"a result with a vote more", "RESULT", {}, [](Files& files) { files["result"].back() ^= 1; }},
      {"a result with a byte more", "RESULT", {}, [](Files& files) { files["result"] += 'x'; }},
      {"a result that forgets a spoilt ballot",
       "RESULT",
       {},
       [](Files& files) { files["result"].erase(76, 33), --files["result"][75]; }},
      {"no result", "RESULT", {}, [](Files& files) { files["result"] = ""; }},
  };
}

}  // namespace

void SetListsOf(SampleBundle& bundle, std::size_t count) {
  const UnitsView roll = ReadRoll(bundle.roll).value();
  std::map<std::string, std::string> lines;
  for (std::size_t i = 0; i < count; ++i) lines[std::string(roll[i])] = std::string(kHashSize, 'h');
  for (int registrar = 0; registrar < 2; ++registrar) {
    bundle.issuance_lists.at(static_cast<std::size_t>(registrar)) =
        SignedIssuanceList(crypto::Sha256(bundle.manifest), registrar, lines);
  }
  CloseAgain(bundle);
}

const SampleBundle& SampleToTamperWith() {
  static const SampleBundle bundle = MakeSampleBundle(kBallotsToTamperWith, "tamper with it", 2);
  return bundle;
}

std::vector<Tampering> Tamperings() {
  std::vector<Tampering> all;
  for (const auto& group :
       {TamperedFolders(), TamperedCheckpoints(), TamperedLogs(), TamperedPapers(), TamperedBallots()}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

Files TamperedFiles(const Tampering& tampering) {
  SampleBundle bundle = SampleToTamperWith();
  if (tampering.with_bundle) tampering.with_bundle(bundle);
  Files files = FilesOf(bundle);
  if (tampering.with_files) tampering.with_files(files);
  return files;
}

}  // namespace plenary::election::testing
