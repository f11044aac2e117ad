// Bundles, file by file and as a whole.
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "common/crypto/bytes.h"
#include "common/crypto/signed_note.h"
#include "common/crypto/tile.h"
#include "services/election/rules/log_records.h"
#include "services/election/rules/published_manifest.h"
#include "services/election/testing/sample.h"
#include "services/election/verify/bundle_verifier.h"
#include "tests/fuzz/edits.h"
#include "tests/fuzz/proof_checks.h"
#include "tests/fuzz/proof_sample.h"
#include "tests/fuzz/require.h"

namespace plenary::fuzz {
namespace {

namespace fs = std::filesystem;
namespace verify = election::verify;
using election::PublishedManifest;
using election::testing::Files;
using election::testing::SampleBundle;

constexpr std::size_t kLeaves = kSampleBallots + 2;
constexpr std::size_t kCloseRecord = kLeaves - 1;
constexpr std::string_view kTile = "log/tile/entries/000.p/5";
static_assert(kLeaves == 5, "the name of the tile says so");

const Files& GoodFiles() {
  static const Files files = FilesOf(Sample());
  return files;
}

// A folder on the disk that has these files and no others; only what differs from before is written.
class BundleOnDisk {
 public:
  const fs::path& With(const Files& files) {
    for (const auto& [name, bytes] : written_) {
      if (!files.contains(name)) fs::remove(folder_ / name);
    }
    for (const auto& [name, bytes] : files) {
      const auto before = written_.find(name);
      if (before != written_.end() && before->second == bytes) continue;
      fs::create_directories((folder_ / name).parent_path());
      std::ofstream(folder_ / name, std::ios::binary)
          .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }
    written_ = files;
    return folder_;
  }

 private:
  const fs::path folder_ = ScratchFolder() / "bundle";
  Files written_;
};

// The code of the first check that fails; "" when all hold.
std::string ReasonFor(const Files& files) {
  static BundleOnDisk disk;
  const auto verdict = verify::VerifyBundle(disk.With(files).string(), {.threads = 1});
  Require(verdict.ok(), "there is a verdict on every bundle");
  Require(verdict->checks.back().holds == verdict->holds(), "the last check that is told decides");
  return verdict->holds() ? "" : std::string(verdict->failure->code);
}

// Notes of a file of all checkpoints; the rest of it when it is cut off.
std::vector<std::string> NotesIn(std::string_view bytes) {
  std::vector<std::string> notes;
  crypto::ByteReader reader(bytes);
  while (const auto length = reader.ReadU16()) {
    notes.emplace_back(*reader.ReadBytes(std::min<std::size_t>(*length, reader.Remaining())));
  }
  return notes;
}

// Leaving earlier checkpoints out is all that can be done to them without the key.
bool AreNotesOfTheSample(std::string_view checkpoints) {
  const std::vector<std::string> good = NotesIn(GoodFiles().at("log/checkpoints"));
  return std::ranges::all_of(NotesIn(checkpoints), [&](const std::string& note) {
    return std::ranges::find(good, note) != good.end();
  });
}

struct EditedFile {
  std::string_view name;
  std::set<std::string_view> reasons;  // of which one is given when it was changed
};

const EditedFile& FileOfPart(unsigned part) {
  static const std::array<EditedFile, 9> files = {{
      {"manifest", {verify::kFiles, verify::kManifest, verify::kCheckpoint, verify::kFirstLeaf}},
      {"roll", {verify::kRoll}},
      {"issuance-1", {verify::kClose}},
      {"issuance-2", {verify::kClose}},
      {"log/checkpoint", {verify::kCheckpoint}},
      {"log/checkpoints", {verify::kCheckpoint, verify::kOrder}},
      {kTile, {verify::kTiles, verify::kRoot}},
      {"tally-secrets", {verify::kSecret}},
      {"result", {verify::kResult}},
  }};
  return files.at(part);
}

void CheckFile(unsigned part, std::string_view edits) {
  const EditedFile& file = FileOfPart(part);
  Files files = GoodFiles();
  std::string& bytes = files.at(std::string(file.name));
  bytes = Edited(bytes, edits);
  const std::string reason = ReasonFor(files);
  if (files == GoodFiles()) {
    Require(reason.empty(), "the sample stays good");
  } else if (reason.empty()) {
    Require(file.name == "log/checkpoints" && AreNotesOfTheSample(bytes), "no changed file is taken");
  } else {
    Require(file.reasons.contains(reason), "a file is refused by the check that it belongs to");
  }
}

// "u8 which name || its content".
void CheckFileMore(std::string_view input) {
  struct Row {
    const char* name;
    std::string_view reason;
  };
  constexpr Row kRows[] = {
      {"issuance-0", verify::kFiles},           {"issuance-3", verify::kFiles},
      {"issuance-10", verify::kFiles},          {"Roll", verify::kFiles},
      {"log/tile/0/000.p/5", verify::kFiles},   {"log/tile/entries/000", verify::kTiles},
      {"log/tile/entries/x", verify::kTiles},   {"log/tile/entries/000.p/4", verify::kTiles},
      {"log/tile/entries/001", verify::kTiles}, {"log/entries", verify::kFiles},
  };
  const Row& row = kRows[TakeByte(input) % std::size(kRows)];
  Files files = GoodFiles();
  files[row.name] = input;
  Require(ReasonFor(files) == row.reason, "a bundle with a file more does not hold");
}

// Puts the result of the log as it is into the bundle; false when it cannot be counted.
bool CanBeCounted(SampleBundle& bundle) {
  try {
    election::testing::CountAgain(bundle);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

bool HashesAscend(const SampleBundle& bundle) {
  for (std::size_t leaf = 2; leaf < kCloseRecord; ++leaf) {
    if (crypto::Sha256(bundle.leaves[leaf - 1]) >= crypto::Sha256(bundle.leaves[leaf])) return false;
  }
  return true;
}

// What a verifier must say of that ballot by itself; "" for nothing.
std::string_view FaultOfBallot(std::size_t leaf, const std::string& ballot, bool signed_again) {
  const std::string& good = Sample().leaves[leaf];
  const std::size_t sealed = SampleManifest().shape().SealedLength();
  const std::size_t head = good.size() - sealed - election::kBallotSignatureSize;
  constexpr std::size_t kForm = 4 + election::kHashSize;
  if (ballot.size() != good.size() || ballot.substr(0, kForm) != good.substr(0, kForm)) {
    return verify::kBallotForm;
  }
  if (ballot.substr(0, head) != good.substr(0, head)) return verify::kCredential;
  return signed_again || ballot == good ? "" : verify::kBallotSignature;
}

// "u8 leaf || u8 what follows: 1 a new signature, 2 the order of the batch, 4 the result; 8: with the sealed
// boxes of another ballot || u8 which || edits".
void CheckBallotInLog(std::string_view input) {
  const std::size_t leaf = 1 + TakeByte(input) % kSampleBallots;
  const unsigned follows = TakeByte(input);
  const std::size_t other = 1 + TakeByte(input) % kSampleBallots;
  const bool signed_again = (follows & 1) != 0;
  SampleBundle bundle = Sample();
  std::string ballot = bundle.leaves[leaf];
  if ((follows & 8) != 0) {
    const std::size_t sealed = SampleManifest().shape().SealedLength();
    ballot.replace(ballot.size() - election::kBallotSignatureSize - sealed, sealed, BallotAt(other).sealed);
  }
  ballot = Edited(std::move(ballot), input);
  if (signed_again) ballot = SignedAgain(leaf, ballot);
  if (ballot.size() > crypto::kMostEntryBytes) return;  // no leaf
  const std::string_view fault = FaultOfBallot(leaf, ballot, signed_again);
  bundle.leaves[leaf] = std::move(ballot);
  if ((follows & 2) != 0) {
    std::sort(bundle.leaves.begin() + 1, bundle.leaves.begin() + kCloseRecord,
              [](const auto& a, const auto& b) { return crypto::Sha256(a) < crypto::Sha256(b); });
  }
  const bool counted = (follows & 4) != 0 && CanBeCounted(bundle);
  const bool ascends = HashesAscend(bundle);
  const std::string reason = ReasonFor(FilesOf(bundle));
  if (!ascends) {
    Require(reason == verify::kOrder || (!fault.empty() && reason == fault), "a disorder is found");
  } else if (!fault.empty()) {
    Require(reason == fault, "a ballot is refused by the check that it fails");
  } else if (counted || bundle.leaves == Sample().leaves) {
    Require(reason.empty(), "a ballot that opens to nothing is spoilt, and spoils no more than itself");
  } else {
    Require(reason == verify::kResult, "another log has another result");
  }
}

// A list: magic, manifest, registrar, count; lines; a signature.
constexpr std::size_t kListHead = 4 + election::kHashSize + 1 + 4;
constexpr std::size_t kListLine = election::kUnitIdSize + 32;
constexpr std::size_t kListTail = crypto::kEd25519SignatureSize;

// What is on a list, when it is one: read without the reader that is tried here.
std::optional<std::set<std::string>> UnitsOn(const std::string& list) {
  if (list.size() < kListHead + kListTail) return std::nullopt;
  const std::size_t count = (list.size() - kListHead - kListTail) / kListLine;
  std::string expected(list, 0, kListHead - 4);
  crypto::AppendU32(expected, static_cast<std::uint32_t>(count));
  if (!list.starts_with(expected) || list.size() != kListHead + count * kListLine + kListTail) {
    return std::nullopt;
  }
  std::set<std::string> units;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string unit = list.substr(kListHead + i * kListLine, election::kUnitIdSize);
    if (!units.empty() && *units.rbegin() >= unit) return std::nullopt;
    units.insert(unit);
  }
  return units;
}

std::set<std::string> UnitsOnRoll() {
  const std::string& roll = Sample().roll;
  std::set<std::string> units;
  for (std::size_t at = 8; at < roll.size(); at += election::kUnitIdSize) {
    units.insert(roll.substr(at, election::kUnitIdSize));
  }
  return units;
}

void CheckTakenLists(const SampleBundle& bundle) {
  static const std::set<std::string> roll = UnitsOnRoll();
  std::vector<std::set<std::string>> lists;
  for (std::size_t i = 0; i < bundle.issuance_lists.size(); ++i) {
    const std::string& list = bundle.issuance_lists[i];
    const auto units = UnitsOn(list);
    Require(units.has_value() && list.starts_with("PLI1" + SampleManifest().hash() + static_cast<char>(i)),
            "a list has one form");
    Require(std::ranges::includes(roll, *units), "nobody collects who is not on the roll");
    lists.push_back(*units);
  }
  std::vector<std::string> both;
  std::ranges::set_intersection(lists[0], lists[1], std::back_inserter(both));
  Require(both.size() >= kSampleBallots, "there are not more ballots than credentials");
}

// The line `to` replaced by the line `from`.
void CopyLine(std::string& list, unsigned to, unsigned from) {
  const std::size_t lines = (list.size() - kListHead - kListTail) / kListLine;
  const std::string line = list.substr(kListHead + from % lines * kListLine, kListLine);
  list.replace(kListHead + to % lines * kListLine, kListLine, line);
}

// "u8: 1 the second registrar's, 2 signed again, 4 with a line copied || u8 to || u8 from || edits".
void CheckListInBundle(std::string_view input) {
  const unsigned how = TakeByte(input);
  const int registrar = static_cast<int>(how & 1);
  const bool signed_again = (how & 2) != 0;
  SampleBundle bundle = Sample();
  std::string& list = bundle.issuance_lists[static_cast<std::size_t>(registrar)];
  const std::string good = list;
  const unsigned to = TakeByte(input), from = TakeByte(input);
  if ((how & 4) != 0) CopyLine(list, to, from);
  list = Edited(list, input);
  if (signed_again && list.size() >= crypto::kEd25519SignatureSize) {
    list.resize(list.size() - crypto::kEd25519SignatureSize);
    list += election::testing::ListKey(registrar).Sign(election::IssuanceListMessage(list));
  }
  const bool changed = list != good;
  CloseAgain(bundle);
  Require(CanBeCounted(bundle), "lists do not keep anybody from counting");
  const std::string reason = ReasonFor(FilesOf(bundle));
  if (!reason.empty()) {
    Require(changed && (reason == verify::kList || reason == verify::kTurnout),
            "a list is refused by the check that it belongs to");
    return;
  }
  Require(!changed || signed_again, "no list is taken that its registrar did not sign");
  CheckTakenLists(bundle);
}

void CheckCloseRecord(std::string_view edits) {
  SampleBundle bundle = Sample();
  std::string& record = bundle.leaves[kCloseRecord];
  record = Edited(record, edits);
  if (record.size() > crypto::kMostEntryBytes) return;  // no leaf
  const bool same = bundle.leaves == Sample().leaves;
  const auto read = election::ReadCloseRecord(record, 2);
  Require(!read.has_value() || EncodeCloseRecord(*read) == record, "a close record has one spelling");
  Require(CanBeCounted(bundle), "the close record is no ballot");
  Require(ReasonFor(FilesOf(bundle)) == (same ? "" : verify::kClose), "a log is closed in one way");
}

// Each byte is the size of a checkpoint; nothing: those of the sample.
void CheckCheckpointSizes(std::string_view input) {
  SampleBundle bundle = Sample();
  if (!input.empty()) bundle.checkpoint_sizes.clear();
  for (const char size : input.substr(0, 64)) {
    bundle.checkpoint_sizes.push_back(static_cast<unsigned char>(size));
  }
  const auto& sizes = bundle.checkpoint_sizes;
  const bool ascend =
      sizes.front() > 0 && std::ranges::adjacent_find(sizes, std::greater_equal()) == sizes.end();
  const bool begins_with_manifest = sizes.front() == 1;
  const bool first_above_manifest = crypto::Sha256(bundle.leaves[1]) > crypto::Sha256(bundle.leaves[0]);
  const std::string_view expected = !ascend                                        ? verify::kCheckpoint
                                    : sizes.back() != kLeaves                      ? verify::kTiles
                                    : begins_with_manifest || first_above_manifest ? ""
                                                                                   : verify::kOrder;
  Require(ReasonFor(FilesOf(bundle)) == expected, "checkpoints ascend to the size of the log");
}

// The keys of the sample, and what belongs to them, are what this bundle can be made with.
bool CanBeSignedFor(const election::v1::Manifest& manifest) {
  const election::v1::Manifest& good = SampleManifest().manifest();
  const auto same = [](const auto& a, const auto& b) {
    return a.SerializeAsString() == b.SerializeAsString();
  };
  return manifest.box_key() == good.box_key() && manifest.roll_sha256() == good.roll_sha256() &&
         manifest.roll_count() == good.roll_count() &&
         std::ranges::equal(manifest.registrars(), good.registrars(), same) &&
         std::ranges::equal(manifest.trustees(), good.trustees(),
                            [](const auto& a, const auto& b) { return a.tally_key() == b.tally_key(); });
}

// "u8: 1 without the sample's contests || fields that are merged into the sample's manifest, as protobuf
// writes them"; the length of choices follows.
void CheckElectionWithoutBallots(std::string_view input) {
  const google::protobuf::LogSilencer silence;
  election::v1::Manifest manifest = SampleManifest().manifest();
  if ((TakeByte(input) & 1) != 0) manifest.clear_contests();
  if (!manifest.MergeFromString(std::string(input))) return;
  for (const auto& contest : manifest.contests()) {
    if (election::counting::FindMethod(contest.method()) == nullptr) return;
  }
  manifest.set_choices_length(
      static_cast<std::uint32_t>(election::PlaintextLength(election::ContestRules(manifest))));
  SampleBundle bundle = Sample();
  bundle.manifest = manifest.SerializeAsString();
  if (!PublishedManifest::Parse(bundle.manifest).ok() || !CanBeSignedFor(manifest)) return;
  bundle.leaves = {bundle.manifest, ""};
  bundle.checkpoint_sizes = {1, 2};
  for (int registrar = 0; registrar < 2; ++registrar) {
    bundle.issuance_lists[static_cast<std::size_t>(registrar)] =
        election::testing::SignedIssuanceList(crypto::Sha256(bundle.manifest), registrar, {});
  }
  CloseAgain(bundle);
  if (!CanBeCounted(bundle)) return;  // a report that would be too long
  Require(ReasonFor(FilesOf(bundle)).empty(), "every election that can be called can be verified");
}

// A note with another text, signed by the box all the same.
void CheckNote(std::string_view edits) {
  const crypto::Checkpoint checkpoint{SampleManifest().manifest().origin(), kLeaves, std::string(32, 'r')};
  const std::string good = SignCheckpoint(checkpoint, SampleBoxKey()).value();
  const std::string note = Edited(good, edits);
  const auto read = crypto::OpenCheckpoint(note, checkpoint.origin, SampleBoxKey().public_key());
  Require(read.ok() == (note == good), "no note is taken that the box did not sign");
  // Whatever its text is, the box signs what it says.
  const std::size_t end_of_text = note.find("\n\n");
  if (end_of_text == std::string::npos) return;
  const std::string text = note.substr(0, end_of_text + 1);
  const std::string signature =
      crypto::NoteKeyId(checkpoint.origin, SampleBoxKey().public_key()) + SampleBoxKey().Sign(text);
  std::string signed_again = text + "\n\xE2\x80\x94 " + checkpoint.origin + " ";
  signed_again += absl::Base64Escape(absl::string_view(signature.data(), signature.size())) + "\n";
  const auto again = crypto::OpenCheckpoint(signed_again, checkpoint.origin, SampleBoxKey().public_key());
  Require(!again.ok() || *SignCheckpoint(*again, SampleBoxKey()) == signed_again, "a note has one spelling");
}

void CheckTilePath(std::string_view path) {
  const auto name = crypto::ParseTilePath(path);
  if (!name.has_value()) return;
  const std::string again = name->level.has_value() ? crypto::TilePath(*name->level, name->index, name->width)
                                                    : crypto::EntriesPath(name->index, name->width);
  Require(again == path, "a path has one spelling");
}

// "u8 width - 1 || edits".
void CheckTile(std::string_view input) {
  const unsigned width = 1 + TakeByte(input);
  const std::string tile = Edited(*crypto::EncodeEntries(std::vector<std::string>{"a", "", "ccc"}), input);
  if (const auto entries = crypto::DecodeEntries(tile, width); entries.ok()) {
    Require(entries->size() == width, "a tile has its width");
    const std::vector<std::string> copies(entries->begin(), entries->end());
    Require(*crypto::EncodeEntries(copies) == tile, "a tile has one spelling");
  }
  if (const auto hashes = crypto::DecodeHashes(tile, width); hashes.ok()) {
    Require(hashes->size() == width && *crypto::EncodeHashes(*hashes) == tile,
            "a tile of hashes has one spelling");
  }
}

}  // namespace

void CheckProofOfBundle(std::string_view input) {
  constexpr unsigned kFiles = 9;
  constexpr void (*kParts[])(std::string_view) = {
      CheckFileMore,    CheckBallotInLog,     CheckListInBundle,
      CheckCloseRecord, CheckCheckpointSizes, CheckElectionWithoutBallots,
      CheckNote,        CheckTilePath,        CheckTile};
  const unsigned part = TakeByte(input) % (kFiles + std::size(kParts));
  if (part < kFiles) {
    CheckFile(part, input);
  } else {
    kParts[part - kFiles](input);
  }
}

}  // namespace plenary::fuzz
