#include "services/election/verify/bundle_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "services/election/verify/errors.h"

namespace plenary::election::verify {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kReadAtOnce = 64 * 1024;

}  // namespace

std::string IssuanceFile(std::size_t number) { return fmt::format("issuance-{}", number); }

absl::StatusOr<BundleFolder> BundleFolder::Open(const std::string& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return errors::BundleUnreadable(folder, error ? error.message() : "a bundle is a folder");
  }
  BundleFolder bundle(folder);
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code of_entry;
    // A link to a folder is not followed, so it is listed as a file.
    if (fs::is_directory(entry->symlink_status(of_entry))) continue;
    bundle.files_.insert(entry->path().lexically_relative(folder).generic_string());
  }
  if (error) return errors::BundleUnreadable(folder, error.message());
  return bundle;
}

absl::StatusOr<std::string> BundleFolder::Read(std::string_view file, std::size_t most) const {
  const fs::path path = fs::path(folder_) / file;
  std::error_code error;
  // Nothing else has an end, or bytes that stay.
  if (!fs::is_regular_file(path, error)) return errors::BundleUnreadable(path.string(), "it is no file");
  std::ifstream stream(path, std::ios::binary);
  std::string bytes, piece(kReadAtOnce, '\0');
  const std::uintmax_t size = fs::file_size(path, error);
  // Grown once: a list of a hundred thousand units is not to be held twice.
  if (!error) bytes.reserve(static_cast<std::size_t>(std::min<std::uintmax_t>(size, most)));
  while (stream && bytes.size() < most) {
    stream.read(piece.data(), static_cast<std::streamsize>(std::min(piece.size(), most - bytes.size())));
    bytes.append(piece, 0, static_cast<std::size_t>(stream.gcount()));
  }
  if (stream.bad() || (!stream && !stream.eof())) {
    return errors::BundleUnreadable(path.string(), "reading it failed");
  }
  return bytes;
}

}  // namespace plenary::election::verify
