#include "services/election/verify/bundle_verifier.h"

#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <map>
#include <memory>
#include <span>
#include <thread>
#include <utility>

#include "common/crypto/bytes.h"
#include "common/crypto/sealed_box.h"
#include "common/status/macros.h"
#include "services/election/limits.h"
#include "services/election/rules/log_records.h"
#include "services/election/rules/result_bytes.h"
#include "services/election/verify/ballot_checks.h"
#include "services/election/verify/bundle_folder.h"
#include "services/election/verify/bundle_log.h"

namespace plenary::election::verify {
namespace {

constexpr std::size_t kMostIssuanceFiles = 9;
// Every log holds the manifest and the close record.
constexpr std::uint64_t kLeavesThatAreNoBallots = 2;

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
  absl::Status CheckTurnout();
  absl::Status CheckResult();

  void Holds(std::string_view code, std::string found);
  void Fails(Failure failure);
  void Fails(std::string_view code, std::string found) { Fails({code, std::nullopt, std::move(found)}); }
  std::string FaultOfList(std::size_t number) const;
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
  std::string roll_bytes_;
  std::vector<std::string> list_bytes_;
  TallySecrets secrets_;
  std::unique_ptr<BallotChecks> ballot_checks_;
};

// Whether a file of that name may be in a bundle, as far as can be said without its manifest.
bool MayBeInBundle(std::string_view file) {
  static const auto& fixed = *new std::set<std::string_view>{
      kManifestFile, kRollFile, kFinalCheckpointFile, kCheckpointsFile, kTallySecretsFile, kResultFile};
  if (fixed.contains(file) || file.starts_with(kEntriesFolder)) return true;
  for (std::size_t number = 1; number <= kMostIssuanceFiles; ++number) {
    if (file == IssuanceFile(number)) return true;
  }
  return false;
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
  ASSIGN_OR_RETURN(const std::string all, folder_.Read(kCheckpointsFile));
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
    ASSIGN_OR_RETURN(std::string list, folder_.Read(IssuanceFile(number)));
    list_bytes_.push_back(std::move(list));
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
    if (record->issuance_list_sha256[i] == crypto::Sha256(list_bytes_[i])) continue;
    Fails(kClose, fmt::format("the log was closed with another {}", IssuanceFile(i + 1)));
    return absl::OkStatus();
  }
  Holds(kClose, fmt::format("the log was closed with {} ballots and these issuance lists", ballots()));
  return absl::OkStatus();
}

absl::Status Verification::CheckRoll() {
  ASSIGN_OR_RETURN(roll_bytes_, folder_.Read(kRollFile));
  const std::optional<UnitsView> roll = ReadRoll(roll_bytes_);
  if (!roll.has_value() || roll->size() != manifest_->manifest().roll_count() ||
      crypto::Sha256(roll_bytes_) != manifest_->manifest().roll_sha256()) {
    Fails(kRoll, "this is not the roll that the manifest names");
    return absl::OkStatus();
  }
  verdict_.units = roll->size();
  Holds(kRoll, fmt::format("{} may vote, as the roll was frozen", roll->size()));
  return absl::OkStatus();
}

// Empty when it has none.
std::string Verification::FaultOfList(std::size_t number) const {
  const std::optional<IssuanceListView> list = ReadIssuanceList(list_bytes_[number]);
  if (!list.has_value()) return "it is no list of units in ascending order";
  if (list->manifest_hash != manifest_hash()) return "it is of another election";
  if (list->registrar != static_cast<int>(number)) return "it is of another registrar";
  if (!list->IsSignedBy(manifest_->manifest().registrars(static_cast<int>(number)).list_key())) {
    return "its registrar did not sign it";
  }
  if (!IsSubset(list->units, *ReadRoll(roll_bytes_))) return "it names a unit that is not on the roll";
  return "";
}

absl::Status Verification::CheckLists() {
  std::vector<UnitsView> lists;
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < list_bytes_.size(); ++i) {
    if (const std::string fault = FaultOfList(i); !fault.empty()) {
      Fails({kList, i + 1, fmt::format("{}: {}", IssuanceFile(i + 1), fault)});
      return absl::OkStatus();
    }
    lists.push_back(ReadIssuanceList(list_bytes_[i])->units);
    sizes.push_back(lists.back().size());
  }
  verdict_.units_on_all = CountOnEvery(lists);
  Holds(kList, fmt::format("signed by each registrar: {} collected credentials, all of them on the roll",
                           fmt::join(sizes, " and ")));
  // No longer needed, and as large as the roll.
  std::vector<std::string>().swap(list_bytes_);
  std::string().swap(roll_bytes_);
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

absl::Status Verification::CheckBallots() {
  std::vector<std::uint64_t> batch_starts;
  for (const crypto::Checkpoint& checkpoint : checkpoints_) batch_starts.push_back(checkpoint.size);
  const unsigned threads = options_.threads > 0 ? options_.threads : std::thread::hardware_concurrency();
  ballot_checks_ = std::make_unique<BallotChecks>(*manifest_, secrets_, std::move(batch_starts), threads);
  ballot_checks_->SetLeafBefore(log_.first_leaf);
  std::optional<Failure> failure;
  const std::uint64_t close_record = tiles_->size() - 1;
  const auto add = [&](std::uint64_t first,
                       const std::vector<std::string_view>& leaves) -> absl::StatusOr<bool> {
    const std::uint64_t begin = std::max<std::uint64_t>(first, 1);
    const std::uint64_t end = std::min(first + leaves.size(), close_record);
    if (begin >= end) return true;
    const std::span<const std::string_view> ballots(leaves.data() + (begin - first), end - begin);
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
