#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/auth/token.h"
#include "common/crypto/bytes.h"
#include "common/status/macros.h"
#include "fmt/format.h"

namespace plenary::auth {
namespace {

namespace fs = std::filesystem;

absl::Status Unwritable(const fs::path& path) {
  return absl::UnavailableError(fmt::format("Cannot write {}: {}. Check the folder's owner and free space.",
                                            path.string(), std::strerror(errno)));
}

// Creates the file with `mode`; a file that stands already is left alone.
absl::Status WriteNew(const fs::path& path, const std::string& text, mode_t mode) {
  const fs::path next = fmt::format("{}.{}", path.string(), ::getpid());
  const int file = ::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (file < 0) return Unwritable(next);
  const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const bool stored = ::fsync(file) == 0;
  ::close(file);
  if (!written || !stored) return Unwritable(next);
  const bool linked = ::link(next.c_str(), path.c_str()) == 0 || errno == EEXIST;
  ::unlink(next.c_str());
  return linked ? absl::OkStatus() : Unwritable(path);
}

absl::StatusOr<std::string> ReadAll(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file)
    return absl::NotFoundError(fmt::format("Cannot read {}. Make the keys with --make_key.", path.string()));
  return text.str();
}

// Names the key by what it is, so that two keys never share a name.
TokenSigner SignerOf(const std::string& service, crypto::Es256PrivateKey key) {
  const std::string digest = crypto::Sha256(key.public_key().x() + key.public_key().y());
  return TokenSigner(service, fmt::format("{}-{}", service, crypto::HexEncode(digest).substr(0, 16)),
                     std::move(key));
}

}  // namespace

absl::StatusOr<std::unique_ptr<TokenSigner>> LoadSigner(const std::string& folder,
                                                        const std::string& service) {
  ASSIGN_OR_RETURN(std::string pem, ReadAll(fs::path(folder) / (service + ".pem")));
  const crypto::WipeAtEnd wipe(pem);
  ASSIGN_OR_RETURN(crypto::Es256PrivateKey key, crypto::Es256PrivateKey::FromPem(pem));
  return std::make_unique<TokenSigner>(SignerOf(service, std::move(key)));
}

absl::Status MakeServiceKey(const std::string& folder, const std::string& service) {
  std::error_code error;
  fs::create_directories(folder, error);
  const fs::path pem_path = fs::path(folder) / (service + ".pem");
  if (!fs::exists(pem_path)) {
    std::string pem = crypto::Es256PrivateKey::Generate().ToPem();
    const crypto::WipeAtEnd wipe(pem);
    RETURN_IF_ERROR(WriteNew(pem_path, pem, 0600));
  }
  // From the private key that stands, whoever wrote it.
  ASSIGN_OR_RETURN(const auto signer, LoadSigner(folder, service));
  return WriteNew(fs::path(folder) / (service + ".jwk"), signer->PublicKeyJson(), 0644);
}

absl::StatusOr<std::unique_ptr<KeySet>> LoadKeySet(const std::string& folder,
                                                   const std::string& person_issuer) {
  auto keys = std::make_unique<KeySet>(person_issuer);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() != ".jwk") continue;
    ASSIGN_OR_RETURN(const std::string text, ReadAll(entry.path()));
    RETURN_IF_ERROR(keys->Add(text));
  }
  if (error)
    return absl::NotFoundError(
        fmt::format("Cannot read the key folder {}. Make the keys with --make_key.", folder));
  return keys;
}

}  // namespace plenary::auth
