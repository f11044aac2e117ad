#include "services/election/verify/unit_file.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "common/status/macros.h"

namespace plenary::election::verify {
namespace {

constexpr std::size_t kRecordsAtOnce = 1024;

}  // namespace

absl::StatusOr<UnitFile> UnitFile::Open(const BundleFolder& folder, std::string_view file,
                                        const UnitLayout& layout) {
  ASSIGN_OR_RETURN(BundleFile opened, folder.OpenFile(file));
  UnitFile units(std::move(opened), layout);
  units.header_.resize(layout.header);
  ASSIGN_OR_RETURN(const std::size_t read, units.file_.Read(std::span(units.header_)));
  units.header_.resize(read);
  units.sha256_.Update(units.header_);
  units.left_ = units.size().value_or(0);
  return units;
}

std::optional<std::uint64_t> UnitFile::size() const {
  const std::uint64_t around = layout_.header + layout_.tail;
  if (file_.size() < around || (file_.size() - around) % layout_.record != 0) return std::nullopt;
  return (file_.size() - around) / layout_.record;
}

absl::Status UnitFile::Refill() {
  const auto records = static_cast<std::size_t>(std::min<std::uint64_t>(left_, kRecordsAtOnce));
  piece_.resize(records * layout_.record);
  ASSIGN_OR_RETURN(const std::size_t read, file_.Read(std::span(piece_)));
  piece_.resize(read);
  sha256_.Update(piece_);
  next_ = 0;
  // A file that was cut off since it was opened ends here; its hash is another one.
  left_ = read < records * layout_.record ? 0 : left_ - records;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string_view>> UnitFile::Next() {
  if (next_ == piece_.size() && left_ > 0) RETURN_IF_ERROR(Refill());
  if (piece_.size() - next_ < layout_.record) return std::optional<std::string_view>();
  const std::string_view unit = std::string_view(piece_).substr(next_, kUnitIdSize);
  next_ += layout_.record;
  return std::optional(unit);
}

absl::StatusOr<std::string> UnitFile::Finish() {
  for (left_ = 0, piece_.resize(kRecordsAtOnce * layout_.record), next_ = piece_.size();;) {
    ASSIGN_OR_RETURN(const std::size_t read, file_.Read(std::span(piece_)));
    sha256_.Update(std::string_view(piece_).substr(0, read));
    if (read < piece_.size()) return sha256_.Finish();
  }
}

absl::StatusOr<bool> AscendsStrictly(UnitFile& units) {
  std::optional<std::array<char, kUnitIdSize>> before;
  while (true) {
    ASSIGN_OR_RETURN(const auto unit, units.Next());
    if (!unit.has_value()) return true;
    if (before.has_value() && *unit <= std::string_view(before->data(), before->size())) return false;
    std::ranges::copy(*unit, before.emplace().begin());
  }
}

absl::StatusOr<std::uint64_t> CountOnEvery(std::vector<UnitFile>& files) {
  std::vector<std::optional<std::string_view>> heads;
  for (UnitFile& file : files) {
    ASSIGN_OR_RETURN(heads.emplace_back(), file.Next());
  }
  std::uint64_t count = 0;
  while (heads[0].has_value()) {
    bool on_every = true;
    for (std::size_t i = 1; i < files.size(); ++i) {
      while (heads[i].has_value() && *heads[i] < *heads[0]) {
        ASSIGN_OR_RETURN(heads[i], files[i].Next());
      }
      on_every = on_every && heads[i] == heads[0];
    }
    if (on_every) ++count;
    ASSIGN_OR_RETURN(heads[0], files[0].Next());
  }
  return count;
}

}  // namespace plenary::election::verify
