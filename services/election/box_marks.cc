#include "services/election/box_marks.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "common/crypto/bytes.h"
#include "common/ids/id.h"
#include "common/log/log.h"
#include "common/status/macros.h"
#include "services/election/errors_box.h"

namespace plenary::election {
namespace {

// A place is one sector of a disk, which is written whole or not at all by those that keep their promises.
constexpr std::size_t kPlaceSize = 512;
constexpr std::size_t kDigits = 20;
constexpr char kAside[] = "aside.new";

// "<20 digits> <SHA-256 over tag, election and digits>\n", padded with spaces.
std::string PlaceOf(const std::string& election, std::uint64_t count) {
  const std::string digits = fmt::format("{:0{}}", count, kDigits);
  const std::string sum = crypto::HexEncode(crypto::Sha256("plenary-box-mark-v1" + election + digits));
  std::string place = fmt::format("{} {}", digits, sum);
  place.resize(kPlaceSize - 1, ' ');
  return place + '\n';
}

std::optional<std::uint64_t> ReadPlace(const std::string& election, std::string_view place) {
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(place.data(), place.data() + kDigits, count);
  if (error != std::errc() || end != place.data() + kDigits) return std::nullopt;
  if (place != PlaceOf(election, count)) return std::nullopt;
  return count;
}

}  // namespace

absl::StatusOr<std::unique_ptr<BoxMarks>> BoxMarks::Open(const std::string& folder) {
  std::unique_ptr<BoxMarks> marks(new BoxMarks(folder));
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failure)) {
    const std::string name = entry.path().filename().string();
    // Left by a process that ended while it made a mark, which nothing relied on yet.
    if (name == kAside) continue;
    if (!ParseId(name).has_value()) return errors::LogFolderUnusable(entry.path().string(), "it is no mark");
    RETURN_IF_ERROR(marks->Load(name));
  }
  if (failure) return errors::LogFolderUnusable(folder, failure.message());
  return marks;
}

absl::Status BoxMarks::Load(const std::string& election) {
  const std::string path = folder_ + "/" + election;
  ASSIGN_OR_RETURN(const auto content, ReadFile(path));
  std::optional<std::uint64_t> best;
  int best_place = 0;
  if (content.has_value() && content->size() == 2 * kPlaceSize) {
    for (const int place : {0, 1}) {
      const auto count = ReadPlace(election, std::string_view(*content).substr(
                                                 static_cast<std::size_t>(place) * kPlaceSize, kPlaceSize));
      if (!count.has_value() || (best.has_value() && *best >= *count)) continue;
      best = count;
      best_place = place;
    }
  }
  if (!best.has_value()) return errors::LogFolderUnusable(path, "it is no mark");
  Descriptor file(path, O_WRONLY);
  if (file.get() < 0) return FileError(path);
  marks_.emplace(election, Mark{std::move(file), *best, best_place});
  return absl::OkStatus();
}

std::map<std::string, std::uint64_t> BoxMarks::All() const {
  const std::lock_guard lock(mutex_);
  std::map<std::string, std::uint64_t> all;
  for (const auto& [election, mark] : marks_) all.emplace(election, mark.count);
  return all;
}

std::optional<std::uint64_t> BoxMarks::Count(const std::string& election) const {
  const std::lock_guard lock(mutex_);
  const auto found = marks_.find(election);
  if (found == marks_.end()) return std::nullopt;
  return found->second.count;
}

absl::Status BoxMarks::Create(const std::string& election) {
  const std::lock_guard lock(mutex_);
  if (marks_.contains(election)) return absl::OkStatus();
  const std::string place = PlaceOf(election, 0);
  RETURN_IF_ERROR(PutFile(folder_ + "/" + election, folder_ + "/" + kAside, place + place, Readers::kOwner));
  return Load(election);
}

absl::Status BoxMarks::Raise(const std::string& election, std::uint64_t count) {
  const std::lock_guard lock(mutex_);
  const std::string path = folder_ + "/" + election;
  if (broken_) return errors::LogFolderUnusable(path, "writing it failed before");
  const auto found = marks_.find(election);
  if (found == marks_.end()) return errors::LogFolderUnusable(path, "it is missing");
  Mark& mark = found->second;
  if (count <= mark.count) return absl::OkStatus();
  const int place = 1 - mark.place;
  const std::string bytes = PlaceOf(election, count);
  const ssize_t written =
      pwrite(mark.file.get(), bytes.data(), bytes.size(), static_cast<off_t>(place * kPlaceSize));
  if (written != static_cast<ssize_t>(bytes.size()) || fdatasync(mark.file.get()) != 0) {
    broken_ = true;
    log::Error("the mark of the ballot box cannot be written",
               {{"path", path}, {"error", std::strerror(errno)}});
    return FileError(path);
  }
  mark.count = count;
  mark.place = place;
  return absl::OkStatus();
}

}  // namespace plenary::election
