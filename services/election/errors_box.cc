#include "services/election/errors_box.h"

#include <fmt/format.h>

#include "services/election/errors.h"

namespace plenary::election::errors {
namespace {

constexpr auto kNotFound = absl::StatusCode::kNotFound;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kRefused = absl::StatusCode::kFailedPrecondition;

}  // namespace

absl::Status LogNotFound() {
  return Domain().Error(kNotFound, "LOG_NOT_FOUND",
                        "The box has no manifest yet, so there is no log. Look again once the manifest is "
                        "published.");
}
absl::Status TileNotFound() {
  return Domain().Error(
      kNotFound, "TILE_NOT_FOUND",
      "The log has no such file. Take the size from the newest checkpoint, and spell the path as "
      "tile/0/000, tile/entries/000, or with .p/ and the width when the tile is not full.");
}
absl::Status IndexInvalid(std::uint64_t size) {
  return Domain().BadRequest(
      "INDEX_INVALID",
      {{"first_index",
        fmt::format("first_index counts from 0 and ends at the log's size, {}. Take it from the newest "
                    "checkpoint.",
                    size)}});
}
absl::Status CloseRecordInvalid(std::size_t registrars) {
  return Domain().Error(
      kInvalid, "CLOSE_RECORD_INVALID",
      fmt::format("The close record names the issuance list of each registrar: send {} of 32 bytes, "
                  "in the manifest's order.",
                  registrars));
}
absl::Status CloseRecordFixed() {
  return Domain().Error(
      kRefused, "CLOSE_RECORD_FIXED",
      "The box was closed with other issuance lists, and its close record stands in the log for "
      "ever. Fetch the lists again, compare their hashes with the log's last entry, and have the "
      "registrar whose list changed examined.");
}
absl::Status LogFenced() {
  return Domain().Error(
      absl::StatusCode::kUnavailable, "LOG_FENCED",
      "Another process has taken over this ballot box, or its database was set back; this one takes "
      "nothing more. Try again in a while; whoever runs the box stops this process and leaves one.");
}

absl::Status BoxBehind(std::string_view election, std::uint64_t stored, std::uint64_t acknowledged,
                       std::string_view folder) {
  return Domain().Error(
      kRefused, "BOX_BEHIND",
      fmt::format("The database holds {} ballots of election {}, but receipts were given for {}: it "
                  "was set back to an earlier state. Restore the newest copy of the box's database "
                  "server; do not touch {}, which is right.",
                  stored, election, acknowledged, folder));
}
absl::Status LogBehind(std::string_view election, std::string_view what, std::string_view folder) {
  return Domain().Error(
      kRefused, "LOG_BEHIND",
      fmt::format("The log of election {} in the database is not the published one: {}. Restore the "
                  "newest copy of the box's database server; do not touch {}, which the public has "
                  "seen.",
                  election, what, folder));
}
absl::Status MarkMissing(std::string_view election, std::string_view folder) {
  return Domain().Error(
      kRefused, "MARK_MISSING",
      fmt::format("The box of election {} was opened, but {} does not say how many ballots were "
                  "acknowledged. Name the folder that this box had before with --log_dir, or restore "
                  "it.",
                  election, folder));
}
absl::Status LogFolderUnusable(std::string_view path, std::string_view what) {
  return Domain().Error(
      kRefused, "LOG_FOLDER_UNUSABLE",
      fmt::format("Cannot use {} of the log folder: {}. Check --log_dir, its owner and its disk, or "
                  "restore it.",
                  path, what));
}

}  // namespace plenary::election::errors
