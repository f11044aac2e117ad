// bundle
#include <filesystem>

#include "common/crypto/bytes.h"
#include "common/crypto/tile.h"
#include "fmt/format.h"
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

// The files of a bundle below one folder.
class BundleFolder {
 public:
  explicit BundleFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // The folder must be new or empty: a file that is left over from another bundle would spoil this one.
  absl::Status CheckEmpty() const {
    std::error_code ignored;
    if (!std::filesystem::exists(folder_, ignored) || std::filesystem::is_empty(folder_, ignored)) {
      return absl::OkStatus();
    }
    return errors::WrongUsage(
        fmt::format("{} is not empty. Name a new folder for the bundle.", folder_.string()));
  }

  absl::Status Write(const std::string& name, const std::string& content) {
    const std::string path = (folder_ / name).string();
    RETURN_IF_ERROR(MakeFolderOf(path));
    ++files_;
    bytes_ += content.size();
    return WritePublicFile(path, content);
  }

  int files() const { return files_; }
  std::size_t bytes() const { return bytes_; }

 private:
  const std::filesystem::path folder_;
  int files_ = 0;
  std::size_t bytes_ = 0;
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
        "The log is not closed yet, so that there is nothing to prove. Export after the close.");
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
  RETURN_IF_ERROR(folder.Write("tally-secrets", fmt::format("{}", fmt::join(secrets, ""))));
  GetResultRequest request;
  request.set_election(election);
  ASSIGN_OR_RETURN(const Result result, run.Ask(&TallyService::Stub::GetResult, request));
  const auto bytes = election::EncodeResult(manifest, result);
  if (!bytes.has_value()) {
    return errors::CheckFailed("The published result is not one of the manifest. Tell the auditors.");
  }
  return folder.Write("result", *bytes);
}

absl::Status ExportBundle(Invocation& run, const std::string& text, const std::string& path) {
  ASSIGN_OR_RETURN(const std::string election, ElectionName(run, text));
  BundleFolder folder(path);
  RETURN_IF_ERROR(folder.CheckEmpty());
  ASSIGN_OR_RETURN(const election::PublishedManifest manifest, GetPublishedManifest(run, election));
  ASSIGN_OR_RETURN(const LogReading log, ExportLog(run, manifest, folder));
  RETURN_IF_ERROR(ExportRest(run, manifest, log, folder));
  run.out().Line(
      fmt::format("The bundle of {} is in {}: {} files, {} bytes. Anybody verifies it, without a network:",
                  manifest.manifest().display_name(), path, folder.files(), folder.bytes()));
  run.out().Line("  plenary verify " + path);
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
  CLI::App& command =
      commands.Command(bundle, "export",
                       "Fetch all that was published of a counted election (manifest, roll, issuance lists, "
                       "log, tally secrets, result) "
                       "into a folder that `plenary verify` checks",
                       "plenary bundle export current --out bundle",
                       [election, folder](Invocation& run) { return ExportBundle(run, *election, *folder); });
  command.add_option("ELECTION", *election, "Election id, or `current`")->required();
  command.add_option("--out", *folder, "Folder to write, new or empty")->required();
}

}  // namespace plenary::cli
