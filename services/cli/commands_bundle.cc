// bundle
#include <filesystem>
#include <vector>

#include "common/crypto/bytes.h"
#include "common/crypto/tile.h"
#include "fmt/format.h"
#include "services/cli/ballot_export.h"
#include "services/cli/commands.h"
#include "services/cli/errors.h"
#include "services/cli/files.h"
#include "services/cli/published_log.h"
#include "services/cli/resolve.h"
#include "services/cli/service_part.h"
#include "services/election/rules/result_bytes.h"

namespace plenary::cli {
namespace {

using namespace election::v1;  // the messages of one contract, in one file

namespace fs = std::filesystem;

// The files of a bundle below one folder. Unless it is finished, it takes away again what it has made, and
// nothing else: half a bundle is none.
class BundleFolder {
 public:
  explicit BundleFolder(fs::path folder) : folder_(std::move(folder)) {}
  ~BundleFolder() {
    if (!finished_) RemoveWhatWasMade();
  }
  BundleFolder(const BundleFolder&) = delete;
  BundleFolder& operator=(const BundleFolder&) = delete;

  // The folder must be new or empty: a file that is left over from another bundle would spoil this one.
  absl::Status CheckEmpty() const {
    std::error_code ignored;
    if (!fs::exists(folder_, ignored)) return absl::OkStatus();
    if (!fs::is_directory(folder_, ignored)) {
      return errors::WrongUsage(
          fmt::format("{} is no folder. Name a new one for the bundle.", folder_.string()));
    }
    if (fs::is_empty(folder_, ignored)) return absl::OkStatus();
    return errors::WrongUsage(
        fmt::format("{} is not empty. Name a new folder for the bundle.", folder_.string()));
  }

  absl::Status Write(const std::string& name, const std::string& content) {
    const fs::path path = folder_ / name;
    NoteFoldersOf(path);
    RETURN_IF_ERROR(MakeFolderOf(path.string()));
    files_.push_back(path);
    bytes_ += content.size();
    return WritePublicFile(path.string(), content);
  }

  // The bundle is whole, and stays.
  void Finish() { finished_ = true; }

  std::size_t files() const { return files_.size(); }
  std::size_t bytes() const { return bytes_; }

 private:
  // The folders that writing this file will make, the outermost first.
  void NoteFoldersOf(const fs::path& path) {
    std::vector<fs::path> missing;
    std::error_code ignored;
    for (fs::path above = path.parent_path(); !above.empty() && !fs::exists(above, ignored);
         above = above.parent_path()) {
      missing.push_back(above);
    }
    folders_.insert(folders_.end(), missing.rbegin(), missing.rend());
  }

  // A folder that holds something else by now is not empty, and stays.
  void RemoveWhatWasMade() {
    std::error_code ignored;
    for (const fs::path& file : files_) fs::remove(file, ignored);
    for (auto folder = folders_.rbegin(); folder != folders_.rend(); ++folder) fs::remove(*folder, ignored);
  }

  const fs::path folder_;
  std::vector<fs::path> files_;
  std::vector<fs::path> folders_;
  std::size_t bytes_ = 0;
  bool finished_ = false;
};

// Cuts leaves into tiles of entries as they come.
class EntryTiles {
 public:
  explicit EntryTiles(BundleFolder& folder) : folder_(folder) {}

  absl::Status Add(const std::string& leaf) {
    RETURN_IF_ERROR(crypto::AppendEntry(tile_, leaf));
    return ++width_ == crypto::kTileWidth ? WriteTile() : absl::OkStatus();
  }
  absl::Status Finish() { return width_ == 0 ? absl::OkStatus() : WriteTile(); }

 private:
  absl::Status WriteTile() {
    RETURN_IF_ERROR(folder_.Write("log/" + crypto::EntriesPath(index_++, width_), tile_));
    tile_.clear();
    width_ = 0;
    return absl::OkStatus();
  }

  BundleFolder& folder_;
  std::string tile_;
  unsigned width_ = 0;
  std::uint64_t index_ = 0;
};

absl::StatusOr<LogReading> ExportLog(Invocation& run, const election::PublishedManifest& manifest,
                                     BundleFolder& folder) {
  EntryTiles tiles(folder);
  ASSIGN_OR_RETURN(const LogReading log,
                   ReadLeaves(run, manifest, [&](const std::string& leaf) { return tiles.Add(leaf); }));
  RETURN_IF_ERROR(tiles.Finish());
  if (!log.closed) {
    return errors::CheckFailed(
        "The election is counted, and its log is not closed: that cannot be. Tell the auditors.");
  }
  std::string all;
  for (const std::string& note : log.notes) RETURN_IF_ERROR(crypto::AppendEntry(all, note));
  RETURN_IF_ERROR(folder.Write("log/checkpoints", all));
  RETURN_IF_ERROR(folder.Write("log/checkpoint", log.notes.back()));
  return log;
}

absl::StatusOr<std::string> GetRollBytes(Invocation& run, const std::string& election) {
  using membership::v1::RollService;
  ASSIGN_OR_RETURN(const auto channel, run.Channel(Part::kMembership));
  RollService::Stub stub(channel);
  grpc::ClientContext context;
  run.PrepareStream(context, Part::kMembership);
  membership::v1::StreamRollBytesRequest request;
  request.set_election(election);
  const auto reader = stub.StreamRollBytes(&context, request);
  std::string bytes;
  for (membership::v1::StreamRollBytesResponse part; reader->Read(&part);) bytes += part.content();
  const grpc::Status status = reader->Finish();
  if (!status.ok()) return run.ErrorOf(Part::kMembership, status);
  return bytes;
}

// The result, to the byte. RESULT_NOT_FOUND before the count.
absl::StatusOr<std::string> GetResultBytes(Invocation& run, const election::PublishedManifest& manifest) {
  GetResultRequest request;
  request.set_election(manifest.manifest().origin());
  ASSIGN_OR_RETURN(const Result result, run.Ask(&TallyService::Stub::GetResult, request));
  auto bytes = election::EncodeResult(manifest, result);
  if (!bytes.has_value()) {
    return errors::CheckFailed("The published result is not one of the manifest. Tell the auditors.");
  }
  return *std::move(bytes);
}

absl::Status ExportRest(Invocation& run, const election::PublishedManifest& manifest, const LogReading& log,
                        BundleFolder& folder) {
  const std::string& election = manifest.manifest().origin();
  RETURN_IF_ERROR(folder.Write("manifest", manifest.manifest().SerializeAsString()));
  ASSIGN_OR_RETURN(const std::string roll, GetRollBytes(run, election));
  RETURN_IF_ERROR(folder.Write("roll", roll));
  ASSIGN_OR_RETURN(const std::vector<std::string> lists, GetIssuanceLists(run, manifest, log));
  for (std::size_t i = 0; i < lists.size(); ++i) {
    RETURN_IF_ERROR(folder.Write(fmt::format("issuance-{}", i + 1), lists[i]));
  }
  ASSIGN_OR_RETURN(const election::TallySecrets secrets, GetTallySecrets(run, manifest));
  return folder.Write("tally-secrets", fmt::format("{}", fmt::join(secrets, "")));
}

absl::Status ExportBundle(Invocation& run, const std::string& text, const std::string& path) {
  ASSIGN_OR_RETURN(const std::string election, ElectionName(run, text));
  BundleFolder folder(path);
  RETURN_IF_ERROR(folder.CheckEmpty());
  ASSIGN_OR_RETURN(const election::PublishedManifest manifest, GetPublishedManifest(run, election));
  // First: where there is no result yet, there is nothing to prove.
  ASSIGN_OR_RETURN(const std::string result, GetResultBytes(run, manifest));
  ASSIGN_OR_RETURN(const LogReading log, ExportLog(run, manifest, folder));
  RETURN_IF_ERROR(ExportRest(run, manifest, log, folder));
  RETURN_IF_ERROR(folder.Write("result", result));
  folder.Finish();
  run.out().Line(
      fmt::format("The bundle of {} is in {}: {} files, {} bytes. Anybody verifies it, without a network:",
                  manifest.manifest().display_name(), path, folder.files(), folder.bytes()));
  run.out().Line("  " + ShellLine({"plenary", "verify", path}));
  run.out().Document(Json{{"election", election},
                          {"folder", path},
                          {"files", folder.files()},
                          {"bytes", folder.bytes()},
                          {"manifest_hash", crypto::HexEncode(manifest.hash())}});
  return absl::OkStatus();
}

}  // namespace

void AddBundleCommands(CommandSet& commands) {
  CLI::App& bundle = commands.Group("bundle", "Everything that proves a result, in one folder");
  const auto election = std::make_shared<std::string>();
  const auto folder = std::make_shared<std::string>();
  CLI::App& command = commands.Command(
      bundle, "export",
      "Fetch all that was published of a counted election (manifest, roll, issuance lists, "
      "log, tally secrets, result) "
      "into a folder that `plenary verify` checks. Exit 1 before the count. What fails leaves "
      "nothing behind; remove the folder yourself when you interrupt it",
      "plenary bundle export current --out bundle",
      [election, folder](Invocation& run) { return ExportBundle(run, *election, *folder); });
  command.add_option("ELECTION", *election, "Election id, or `current`")->required();
  command.add_option("--out", *folder, "Folder to write, new or empty")->required();
}

}  // namespace plenary::cli
