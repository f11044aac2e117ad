#include "services/election/verify/bundle_verifier.h"

#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <memory>
#include <set>
#include <span>
#include <utility>

#include "common/crypto/bytes.h"
#include "common/crypto/sealed_box.h"
#include "common/status/macros.h"
#include "services/election/limits.h"
#include "services/election/rules/closed_log.h"
#include "services/election/rules/log_records.h"
#include "services/election/rules/parallel.h"
#include "services/election/rules/result_bytes.h"
#include "services/election/verify/ballot_checks.h"
#include "services/election/verify/bundle_folder.h"
#include "services/election/verify/bundle_log.h"
#include "services/election/verify/errors.h"
#include "services/election/verify/unit_file.h"

namespace plenary::election::verify {
namespace {

// Every log holds the manifest and the close record.
constexpr std::uint64_t kLeavesThatAreNoBallots = 2;
// A checkpoint takes some 250 bytes, and a batch has at least eight ballots: enough for two million ballots
// in the smallest batches. A longer file gets no verdict, rather than all of the memory.
constexpr std::size_t kMostCheckpointBytes = 64 * 1024 * 1024;

// One run. Each step makes the checks of its name, in the order of verdict.h, and says so in the verdict; an
// error when there is no verdict to be had.
class Verification {
 public:
  Verification(BundleFolder folder, const VerifyOptions& options)
      : folder_(std::move(folder)), options_(options) {}

  absl::StatusOr<Verdict> Run();

 private:
  using Step = absl::Status (Verification::*)();

  absl::Status CheckFiles();
  absl::Status CheckManifest();
  absl::Status CheckCheckpoints();
  absl::Status CheckLog();
  absl::Status CheckClose();
  absl::Status CheckRoll();
  absl::Status CheckLists();
  absl::Status CheckSecrets();
  absl::Status CheckBallots();
  void LookFor(std::uint64_t first, std::span<const std::string_view> ballots);
  absl::Status CheckTurnout();
  absl::Status CheckResult();

  void Holds(std::string_view code, std::string found);
  void Fails(Failure failure);
  void Fails(std::string_view code, std::string found) { Fails({code, std::nullopt, std::move(found)}); }
  absl::StatusOr<UnitFile> OpenRoll() const;
  absl::Status CheckUnchanged(UnitFile& file, std::string_view sha256) const;
  absl::StatusOr<bool> AreOnRoll(const UnitsView& units) const;
  absl::StatusOr<std::string> FaultOfList(std::size_t number, std::size_t& units) const;
  absl::StatusOr<std::uint64_t> CountUnitsOnEveryList() const;
  absl::StatusOr<bool> CastBefore(std::uint64_t leaf, std::string_view pk);
  std::uint64_t ballots() const { return tiles_->size() - kLeavesThatAreNoBallots; }
  const std::string& manifest_hash() const { return manifest_->hash(); }

  const BundleFolder folder_;
  const VerifyOptions& options_;
  Verdict verdict_;

  std::string manifest_bytes_;
  std::optional<PublishedManifest> manifest_;
  std::vector<crypto::Checkpoint> checkpoints_;
  std::optional<BundleTiles> tiles_;
  LogFacts log_;
  std::vector<std::string> list_sha256_;
  TallySecrets secrets_;
  std::unique_ptr<BallotChecks> ballot_checks_;
};

// What a roll of that many units begins with.
std::string RollHeader(std::uint32_t count) {
  std::string header = "PLR1";
  crypto::AppendU32(header, count);
  return header;
}

void Verification::Holds(std::string_view code, std::string found) {
  verdict_.checks.push_back({code, true, std::move(found)});
}

void Verification::Fails(Failure failure) {
  verdict_.checks.push_back({failure.code, false, failure.found});
  verdict_.failure = std::move(failure);
}

absl::StatusOr<Verdict> Verification::Run() {
  constexpr Step kSteps[] = {
      &Verification::CheckFiles,   &Verification::CheckManifest, &Verification::CheckCheckpoints,
      &Verification::CheckLog,     &Verification::CheckClose,    &Verification::CheckRoll,
      &Verification::CheckLists,   &Verification::CheckSecrets,  &Verification::CheckBallots,
      &Verification::CheckTurnout, &Verification::CheckResult};
  for (const Step step : kSteps) {
    RETURN_IF_ERROR((this->*step)());
    if (!verdict_.holds()) break;
  }
  return std::move(verdict_);
}

absl::Status Verification::CheckFiles() {
  for (const std::string& file : folder_.files()) {
    if (!MayBeInBundle(file)) {
      Fails(kFiles, fmt::format("{} does not belong into a bundle", file));
      return absl::OkStatus();
    }
  }
  for (const std::string_view file :
       {kManifestFile, kRollFile, std::string_view("issuance-1"), kFinalCheckpointFile, kCheckpointsFile,
        kTallySecretsFile, kResultFile}) {
    if (!folder_.files().contains(file)) {
      Fails(kFiles, fmt::format("there is no file {}", file));
      return absl::OkStatus();
    }
  }
  Holds(kFiles, fmt::format("{} files, all there and none else", folder_.files().size()));
  return absl::OkStatus();
}

absl::Status Verification::CheckManifest() {
  ASSIGN_OR_RETURN(manifest_bytes_, folder_.Read(kManifestFile, kLongestManifest + 1));
  // What is wrong with it goes into the verdict; protobuf would print some of it besides.
  const google::protobuf::LogSilencer silence;
  auto manifest = PublishedManifest::Parse(manifest_bytes_);
  if (!manifest.ok()) {
    Fails(kManifest, FoundIn(manifest.status()));
    return absl::OkStatus();
  }
  manifest_.emplace(*std::move(manifest));
  const v1::Manifest& facts = manifest_->manifest();
  verdict_.manifest_hash = manifest_->hash();
  verdict_.box_key = manifest_->manifest().box_key();
  Holds(kManifest,
        fmt::format("\"{}\", {} contests, {} registrars, {} trustees of whom {} can open; fingerprint {}",
                    facts.display_name(), facts.contests_size(), facts.registrars_size(),
                    facts.trustees_size(), facts.threshold(), manifest_->Fingerprint()));
  const auto registrars = static_cast<std::size_t>(facts.registrars_size());
  for (std::size_t number = 1; number <= kMostIssuanceFiles; ++number) {
    if (folder_.files().contains(IssuanceFile(number)) == (number <= registrars)) continue;
    Fails(kFiles, fmt::format("{} registrars have as many lists, and {} is {}", registrars,
                              IssuanceFile(number), number <= registrars ? "missing" : "there"));
    break;
  }
  return absl::OkStatus();
}

absl::Status Verification::CheckCheckpoints() {
  ASSIGN_OR_RETURN(const std::string all, folder_.Read(kCheckpointsFile, kMostCheckpointBytes + 1));
  if (all.size() > kMostCheckpointBytes) {
    return errors::BundleUnreadable(
        kCheckpointsFile,
        fmt::format("it has more than {} bytes, and no log needs as many", kMostCheckpointBytes));
  }
  ASSIGN_OR_RETURN(const std::string last, folder_.Read(kFinalCheckpointFile, crypto::kMostNoteBytes + 1));
  if (auto failure = ReadCheckpoints(*manifest_, all, last, checkpoints_); failure.has_value()) {
    Fails(*std::move(failure));
    return absl::OkStatus();
  }
  tiles_.emplace(folder_, checkpoints_.back().size);
  Holds(kCheckpoint, fmt::format("{} signed by the ballot box, the last over {} leaves", checkpoints_.size(),
                                 checkpoints_.back().size));
  return absl::OkStatus();
}

absl::Status Verification::CheckLog() {
  std::optional<Failure> failure = tiles_->CheckPaths();
  if (!failure.has_value()) {
    ASSIGN_OR_RETURN(failure, ReadLog(*tiles_, checkpoints_, log_));
  }
  if (failure.has_value()) {
    Fails(*std::move(failure));
    return absl::OkStatus();
  }
  Holds(kTiles, fmt::format("{} leaves, as many as the final checkpoint says", tiles_->size()));
  const std::string& root = log_.roots.back();
  if (root != checkpoints_.back().root) {
    Fails(kRoot, fmt::format("the leaves hash to {}, the box signed {}", crypto::HexEncode(root),
                             crypto::HexEncode(checkpoints_.back().root)));
    return absl::OkStatus();
  }
  verdict_.final_root = root;
  Holds(kRoot, fmt::format("the leaves hash to what the box signed, {}", crypto::HexEncode(root)));
  for (std::size_t i = 0; i + 1 < checkpoints_.size(); ++i) {
    if (log_.roots[i] == checkpoints_[i].root) continue;
    Fails({kConsistency, i,
           fmt::format("checkpoint {}: the first {} leaves were others when the box signed it", i,
                       checkpoints_[i].size)});
    return absl::OkStatus();
  }
  Holds(kConsistency,
        "every earlier checkpoint is the beginning of this log: nothing was changed or taken out");
  return absl::OkStatus();
}

absl::Status Verification::CheckClose() {
  if (log_.first_leaf != manifest_bytes_) {
    Fails(kFirstLeaf, "the log begins with something else than this manifest");
    return absl::OkStatus();
  }
  Holds(kFirstLeaf, "the log begins with this manifest");
  const auto registrars = static_cast<std::size_t>(manifest_->manifest().registrars_size());
  for (std::size_t number = 1; number <= registrars; ++number) {
    ASSIGN_OR_RETURN(list_sha256_.emplace_back(), folder_.Sha256(IssuanceFile(number)));
  }
  const std::optional<CloseRecord> record = ReadCloseRecord(log_.last_leaf, registrars);
  if (tiles_->size() < kLeavesThatAreNoBallots || !record.has_value() ||
      record->manifest_hash != manifest_hash()) {
    Fails(kClose, "the log does not end with the close record of this election");
    return absl::OkStatus();
  }
  if (record->ballots != ballots()) {
    Fails(kClose, fmt::format("the log was closed with {} ballots and holds {}", record->ballots, ballots()));
    return absl::OkStatus();
  }
  for (std::size_t i = 0; i < registrars; ++i) {
    if (record->issuance_list_sha256[i] == list_sha256_[i]) continue;
    Fails(kClose, fmt::format("the log was closed with another {}", IssuanceFile(i + 1)));
    return absl::OkStatus();
  }
  Holds(kClose, fmt::format("the log was closed with {} ballots and these issuance lists", ballots()));
  return absl::OkStatus();
}

absl::StatusOr<UnitFile> Verification::OpenRoll() const {
  return UnitFile::Open(folder_, kRollFile, kRollLayout);
}

absl::Status Verification::CheckRoll() {
  ASSIGN_OR_RETURN(UnitFile roll, OpenRoll());
  const std::uint32_t count = manifest_->manifest().roll_count();
  // By its size first: what is longer is not read.
  bool holds = roll.size() == count && roll.header() == RollHeader(count);
  if (holds) {
    ASSIGN_OR_RETURN(holds, AscendsStrictly(roll));
  }
  if (holds) {
    ASSIGN_OR_RETURN(const std::string sha256, roll.Finish());
    holds = sha256 == manifest_->manifest().roll_sha256();
  }
  if (!holds) {
    Fails(kRoll, "this is not the roll that the manifest names");
    return absl::OkStatus();
  }
  verdict_.units = count;
  Holds(kRoll, fmt::format("{} may vote, as the roll was frozen", count));
  return absl::OkStatus();
}

// For a file that was read before: BUNDLE_CHANGED unless its bytes are still the same.
absl::Status Verification::CheckUnchanged(UnitFile& file, std::string_view sha256) const {
  ASSIGN_OR_RETURN(const std::string found, file.Finish());
  return found == sha256 ? absl::OkStatus() : errors::BundleChanged(file.path());
}

absl::StatusOr<bool> Verification::AreOnRoll(const UnitsView& units) const {
  ASSIGN_OR_RETURN(UnitFile roll, OpenRoll());
  std::size_t found = 0;
  while (true) {
    ASSIGN_OR_RETURN(const auto unit, roll.Next());
    if (!unit.has_value()) break;
    if (found < units.size() && units[found] == *unit) ++found;
  }
  RETURN_IF_ERROR(CheckUnchanged(roll, manifest_->manifest().roll_sha256()));
  return found == units.size();
}

// Empty when it has none. A list is in memory as a whole while it is looked at, since a signature is checked
// over all of it at once.
absl::StatusOr<std::string> Verification::FaultOfList(std::size_t number, std::size_t& units) const {
  const std::string name = IssuanceFile(number + 1);
  const std::size_t most = IssuanceListBytes(manifest_->manifest().roll_count());
  std::string message = IssuanceListMessage("");
  const std::size_t begin = message.size();
  RETURN_IF_ERROR(folder_.Append(name, most + 1, message));
  const std::string_view bytes = std::string_view(message).substr(begin);
  if (bytes.size() > most) return "it is longer than a list of everybody on the roll";
  if (crypto::Sha256(bytes) != list_sha256_[number]) return errors::BundleChanged(name);
  const std::optional<IssuanceListView> list = ReadIssuanceList(bytes);
  if (!list.has_value()) return "it is no list of units in ascending order";
  if (list->manifest_hash != manifest_hash()) return "it is of another election";
  if (list->registrar != static_cast<int>(number)) return "it is of another registrar";
  const auto key = crypto::Ed25519PublicKey::FromBytes(
      manifest_->manifest().registrars(static_cast<int>(number)).list_key());
  const std::string_view signed_bytes =
      std::string_view(message).substr(0, begin + list->unsigned_bytes.size());
  if (!key.ok() || !crypto::VerifyEd25519(*key, signed_bytes, list->signature).ok()) {
    return "its registrar did not sign it";
  }
  ASSIGN_OR_RETURN(const bool on_roll, AreOnRoll(list->units));
  if (!on_roll) return "it names a unit that is not on the roll";
  units = list->units.size();
  return "";
}

absl::StatusOr<std::uint64_t> Verification::CountUnitsOnEveryList() const {
  std::vector<UnitFile> lists;
  for (std::size_t number = 1; number <= list_sha256_.size(); ++number) {
    ASSIGN_OR_RETURN(UnitFile list, UnitFile::Open(folder_, IssuanceFile(number), kIssuanceListLayout));
    lists.push_back(std::move(list));
  }
  ASSIGN_OR_RETURN(const std::uint64_t count, CountOnEvery(lists));
  for (std::size_t i = 0; i < lists.size(); ++i) RETURN_IF_ERROR(CheckUnchanged(lists[i], list_sha256_[i]));
  return count;
}

absl::Status Verification::CheckLists() {
  std::vector<std::size_t> sizes(list_sha256_.size());
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    ASSIGN_OR_RETURN(const std::string fault, FaultOfList(i, sizes[i]));
    if (fault.empty()) continue;
    Fails({kList, i + 1, fmt::format("{}: {}", IssuanceFile(i + 1), fault)});
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(verdict_.units_on_all, CountUnitsOnEveryList());
  Holds(kList, fmt::format("signed by each registrar: {} collected credentials, all of them on the roll",
                           fmt::join(sizes, " and ")));
  return absl::OkStatus();
}

absl::Status Verification::CheckSecrets() {
  const auto trustees = static_cast<std::size_t>(manifest_->manifest().trustees_size());
  ASSIGN_OR_RETURN(const std::string bytes,
                   folder_.Read(kTallySecretsFile, crypto::kX25519KeySize * trustees + 1));
  if (bytes.size() != crypto::kX25519KeySize * trustees) {
    Fails({kSecret, 0, fmt::format("{} does not hold {} secrets", kTallySecretsFile, trustees)});
    return absl::OkStatus();
  }
  for (std::size_t i = 0; i < trustees; ++i) {
    secrets_.push_back(bytes.substr(i * crypto::kX25519KeySize, crypto::kX25519KeySize));
  }
  if (const int wrong = manifest_->FirstWrongSecret(secrets_); wrong != 0) {
    Fails({kSecret, static_cast<std::uint64_t>(wrong),
           fmt::format("secret {} is not that of the trustee's key in the manifest", wrong)});
    return absl::OkStatus();
  }
  Holds(kSecret,
        fmt::format("the secrets of all {} trustees, each that of the key in the manifest", trustees));
  return absl::OkStatus();
}

// Reads the log again from its beginning.
absl::StatusOr<bool> Verification::CastBefore(std::uint64_t leaf, std::string_view pk) {
  bool found = false;
  ASSIGN_OR_RETURN(const auto unreadable,
                   tiles_->Read([&](std::uint64_t first,
                                    const std::vector<std::string_view>& leaves) -> absl::StatusOr<bool> {
                     for (std::size_t i = 0; i < leaves.size() && first + i < leaf && !found; ++i) {
                       const auto ballot = manifest_->ReadBallot(leaves[i]);
                       found = ballot.ok() && ballot->pk == pk;
                     }
                     return !found && first + leaves.size() < leaf;
                   }));
  return found && !unreadable.has_value();
}

void Verification::LookFor(std::uint64_t first, std::span<const std::string_view> ballots) {
  for (std::size_t i = 0; i < ballots.size() && !verdict_.found_at.has_value(); ++i) {
    if (crypto::Sha256(ballots[i]) == options_.ballot_hash) verdict_.found_at = first + i;
  }
}

absl::Status Verification::CheckBallots() {
  BallotChecks::Log log{.ballots = ballots(), .batch_starts = {}};
  for (const crypto::Checkpoint& checkpoint : checkpoints_) log.batch_starts.push_back(checkpoint.size);
  log.cast_before = [this](std::uint64_t leaf, std::string_view pk) { return CastBefore(leaf, pk); };
  ballot_checks_ =
      std::make_unique<BallotChecks>(*manifest_, secrets_, std::move(log), ThreadsFor(options_.threads));
  ballot_checks_->SetLeafBefore(log_.first_leaf);
  std::optional<Failure> failure;
  const std::uint64_t close_record = tiles_->size() - 1;
  const auto add = [&](std::uint64_t first,
                       const std::vector<std::string_view>& leaves) -> absl::StatusOr<bool> {
    const std::uint64_t begin = std::max<std::uint64_t>(first, 1);
    const std::uint64_t end = std::min(first + leaves.size(), close_record);
    if (begin >= end) return true;
    const std::span<const std::string_view> ballots(leaves.data() + (begin - first), end - begin);
    if (!options_.ballot_hash.empty()) LookFor(begin, ballots);
    ASSIGN_OR_RETURN(failure, ballot_checks_->Add(begin, ballots));
    if (options_.progress) options_.progress(end - 1, this->ballots());
    return !failure.has_value();
  };
  ASSIGN_OR_RETURN(std::optional<Failure> unreadable, tiles_->Read(add));
  if (!failure.has_value()) failure = std::move(unreadable);
  if (failure.has_value()) {
    Fails(*std::move(failure));
    return absl::OkStatus();
  }
  Holds(kBallotForm,
        fmt::format("{} ballots of this election, {} bytes each", ballots(), manifest_->ballot_length()));
  Holds(kCredential, "every ballot bears the signature of every registrar");
  Holds(kBallotSignature, "every ballot is signed with its own key");
  Holds(kDoubleKey, "no key has cast two ballots");
  Holds(kOrder, "the ballots of a batch stand by hash, so that nobody sees which came first");
  return absl::OkStatus();
}

absl::Status Verification::CheckTurnout() {
  if (ballots() > verdict_.units_on_all) {
    Fails(kTurnout, fmt::format("{} ballots, and only {} collected a credential from every registrar",
                                ballots(), verdict_.units_on_all));
    return absl::OkStatus();
  }
  Holds(kTurnout, fmt::format("{} ballots; {} collected a credential from every registrar", ballots(),
                              verdict_.units_on_all));
  return absl::OkStatus();
}

absl::Status Verification::CheckResult() {
  auto counted =
      ballot_checks_->tally().Count({}, verdict_.final_root, static_cast<int>(verdict_.units_on_all));
  if (!counted.ok()) {
    Fails(kResult, FoundIn(counted.status()));
    return absl::OkStatus();
  }
  const std::optional<std::string> expected = EncodeResult(*manifest_, counted->result);
  if (!expected.has_value()) {
    Fails(kResult, "the recount has no form in which it could be published");
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const std::string published, folder_.Read(kResultFile, expected->size() + 1));
  if (published != *expected) {
    Fails(kResult, "the ballots, opened and counted again, give another result");
    return absl::OkStatus();
  }
  verdict_.result = std::move(counted->result);
  Holds(kResult, "the ballots, opened and counted again, give this result to the byte");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Verdict> VerifyBundle(const std::string& folder, const VerifyOptions& options) {
  ASSIGN_OR_RETURN(BundleFolder bundle, BundleFolder::Open(folder));
  return Verification(std::move(bundle), options).Run();
}

}  // namespace plenary::election::verify
