#include "services/cli/trustee_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include "common/crypto/bytes.h"
#include "common/status/macros.h"
#include "fmt/format.h"
#include "services/cli/errors.h"
#include "services/cli/files.h"
#include "services/election/client/errors_trustee.h"

namespace plenary::cli {

using election::client::TrusteeKeys;

absl::StatusOr<std::unique_ptr<TrusteeFile>> TrusteeFile::Open(const std::string& path) {
  RETURN_IF_ERROR(MakeFolderOf(path));
  const std::string name = path + ".lock";
  const int lock = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (lock < 0) return errors::FileUnwritable(name, std::strerror(errno));
  std::unique_ptr<TrusteeFile> file(new TrusteeFile(path, lock));
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    return errno == EWOULDBLOCK ? election::errors::TrusteeKeysInUse(path)
                                : errors::FileUnwritable(name, std::strerror(errno));
  }
  return file;
}

TrusteeFile::~TrusteeFile() { ::close(lock_); }

absl::StatusOr<std::optional<TrusteeKeys>> TrusteeFile::Load(const std::string& election) const {
  auto text = ReadFile(path_);
  if (absl::IsNotFound(text.status())) return std::optional<TrusteeKeys>();
  RETURN_IF_ERROR(text.status());
  const crypto::WipeAtEnd wipe(*text);
  ASSIGN_OR_RETURN(TrusteeKeys keys, election::client::ReadTrusteeKeys(*text));
  if (keys.election != election) {
    return election::errors::TrusteeKeysUnusable(fmt::format(
        "{} holds the keys of {}, and keys serve one election. Name another file with --key-file.", path_,
        keys.election));
  }
  return std::optional<TrusteeKeys>(std::move(keys));
}

absl::StatusOr<TrusteeKeys> TrusteeFile::LoadExisting(const std::string& election) const {
  ASSIGN_OR_RETURN(auto keys, Load(election));
  if (keys.has_value()) return *std::move(keys);
  return election::errors::TrusteeKeysUnusable(fmt::format(
      "There is no key file {}. Name the one that `plenary trustee keygen {}` wrote: --key-file FILE.", path_,
      election));
}

absl::Status TrusteeFile::Save(const TrusteeKeys& keys) const {
  std::string text = election::client::WriteTrusteeKeys(keys);
  const crypto::WipeAtEnd wipe(text);
  return WriteSecretFile(path_, text);
}

absl::StatusOr<std::string> TrusteeFile::SetAside() const {
  for (int number = 1;; ++number) {
    const std::string aside = fmt::format("{}.{}", path_, number);
    if (std::filesystem::exists(aside)) continue;
    if (std::rename(path_.c_str(), aside.c_str()) != 0) {
      return errors::FileUnwritable(aside, std::strerror(errno));
    }
    return aside;
  }
}

}  // namespace plenary::cli
