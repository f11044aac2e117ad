#include "common/auth/key_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <tuple>
#include <utility>

#include "absl/time/clock.h"
#include "common/crypto/bytes.h"
#include "common/log/log.h"
#include "common/status/macros.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"

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

absl::Status NoKeys(const std::string& folder) {
  return absl::NotFoundError(
      fmt::format("There is no key in the folder {}. Make the keys with --make_key.", folder));
}

// Names the key by what it is, so that two keys never share a name.
std::string KeyIdOf(const std::string& service, const crypto::Es256PublicKey& key) {
  return fmt::format("{}-{}", service, crypto::HexEncode(crypto::Sha256(key.x() + key.y())).substr(0, 16));
}

std::string PublicJson(const std::string& service, const crypto::Es256PublicKey& key, absl::Time signs_from) {
  nlohmann::json value = {
      {"iss", service}, {"kid", KeyIdOf(service, key)},          {"kty", "EC"},
      {"crv", "P-256"}, {"x", crypto::Base64UrlEncode(key.x())}, {"y", crypto::Base64UrlEncode(key.y())}};
  if (signs_from != absl::InfinitePast()) value["signs_from"] = absl::ToUnixSeconds(signs_from);
  return value.dump();
}

absl::StatusOr<crypto::Es256PrivateKey> ReadPrivateKey(const fs::path& path) {
  ASSIGN_OR_RETURN(std::string pem, ReadAll(path));
  const crypto::WipeAtEnd wipe(pem);
  return crypto::Es256PrivateKey::FromPem(pem);
}

absl::StatusOr<FolderKey> ReadPublicKey(const fs::path& path) {
  FolderKey key{.name = path.stem().string()};
  ASSIGN_OR_RETURN(key.json, ReadAll(path));
  const auto value = nlohmann::json::parse(key.json, nullptr, /*allow_exceptions=*/false);
  if (!value.is_object() || !value.contains("iss") || !value["iss"].is_string() || !value.contains("kid") ||
      !value["kid"].is_string()) {
    return absl::InvalidArgumentError(fmt::format(
        "{} is no public key in JSON. Remove it, or make it again with --make_key.", path.string()));
  }
  key.issuer = value["iss"].get<std::string>();
  key.key_id = value["kid"].get<std::string>();
  if (value.contains("signs_from") && value["signs_from"].is_number_integer()) {
    key.signs_from = absl::FromUnixSeconds(value["signs_from"].get<std::int64_t>());
  }
  return key;
}

// Every *.jwk, by issuer and then in the order in which they sign.
absl::StatusOr<std::vector<FolderKey>> ReadFolder(const std::string& folder) {
  std::vector<FolderKey> keys;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() != ".jwk") continue;
    absl::StatusOr<FolderKey> key = ReadPublicKey(entry.path());
    if (absl::IsNotFound(key.status())) continue;  // removed while this reads
    RETURN_IF_ERROR(key.status());
    keys.push_back(*std::move(key));
  }
  if (error) return NoKeys(folder);
  std::sort(keys.begin(), keys.end(), [](const FolderKey& a, const FolderKey& b) {
    return std::tie(a.issuer, a.signs_from, a.key_id) < std::tie(b.issuer, b.signs_from, b.key_id);
  });
  for (std::size_t i = 0; i + 1 < keys.size(); ++i) {
    if (keys[i].issuer == keys[i + 1].issuer) keys[i].removed_from = keys[i + 1].signs_from + kKeyRetirement;
  }
  return keys;
}

// The key that signs at `now`: the last whose turn has come, else the first.
const FolderKey* SigningKey(const std::vector<FolderKey>& keys, const std::string& service, absl::Time now) {
  const FolderKey* signing = nullptr;
  for (const FolderKey& key : keys) {
    if (key.issuer == service && (signing == nullptr || key.signs_from <= now)) signing = &key;
  }
  return signing;
}

// Names, sizes and times of the public keys: the same text means that nothing has changed.
std::string Seen(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    struct stat file {};
    if (entry.path().extension() != ".jwk" || ::stat(entry.path().c_str(), &file) != 0) continue;
    files.push_back(fmt::format("{} {} {}.{} {}\n", entry.path().filename().string(), file.st_size,
                                file.st_mtim.tv_sec, file.st_mtim.tv_nsec, file.st_ino));
  }
  std::sort(files.begin(), files.end());
  std::string seen;
  for (const std::string& file : files) seen += file;
  return seen;
}

// Held by whoever makes keys: one at a time in a folder.
class FolderLock {
 public:
  explicit FolderLock(const std::string& folder)
      : folder_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (folder_ >= 0) ::flock(folder_, LOCK_EX);
  }
  ~FolderLock() {
    if (folder_ >= 0) ::close(folder_);
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int folder_;
};

absl::Status WritePair(const std::string& folder, const std::string& service, const std::string& name,
                       const crypto::Es256PrivateKey& key, absl::Time signs_from) {
  std::string pem = key.ToPem();
  const crypto::WipeAtEnd wipe(pem);
  // The private half first: a public key that stands can be signed with.
  RETURN_IF_ERROR(WriteNew(fs::path(folder) / (name + ".pem"), pem, 0600));
  return WriteNew(fs::path(folder) / (name + ".jwk"), PublicJson(service, key.public_key(), signs_from),
                  0644);
}

}  // namespace

absl::Status MakeServiceKey(const std::string& folder, const std::string& service) {
  std::error_code error;
  fs::create_directories(folder, error);
  const FolderLock lock(folder);
  ASSIGN_OR_RETURN(const std::vector<FolderKey> keys, ReadFolder(folder));
  if (SigningKey(keys, service, absl::InfiniteFuture()) != nullptr) return absl::OkStatus();
  const fs::path pem = fs::path(folder) / (service + ".pem");
  if (!fs::exists(pem)) {
    return WritePair(folder, service, service, crypto::Es256PrivateKey::Generate(), absl::InfinitePast());
  }
  // From the private key that stands, whoever wrote it.
  ASSIGN_OR_RETURN(const crypto::Es256PrivateKey key, ReadPrivateKey(pem));
  return WriteNew(fs::path(folder) / (service + ".jwk"),
                  PublicJson(service, key.public_key(), absl::InfinitePast()), 0644);
}

absl::StatusOr<FolderKey> RotateServiceKey(const std::string& folder, const std::string& service,
                                           absl::Time now) {
  const FolderLock lock(folder);
  ASSIGN_OR_RETURN(const std::vector<FolderKey> keys, ReadFolder(folder));
  const FolderKey* last = SigningKey(keys, service, absl::InfiniteFuture());
  if (last == nullptr) return NoKeys(folder);
  if (last->signs_from > now) return *last;
  const crypto::Es256PrivateKey key = crypto::Es256PrivateKey::Generate();
  const std::string key_id = KeyIdOf(service, key.public_key());
  RETURN_IF_ERROR(WritePair(folder, service, key_id, key, now + kKeyNotice));
  return ReadPublicKey(fs::path(folder) / (key_id + ".jwk"));
}

absl::StatusOr<std::unique_ptr<TokenSigner>> LoadSigner(const std::string& folder,
                                                        const std::string& service) {
  ASSIGN_OR_RETURN(const std::vector<FolderKey> keys, ReadFolder(folder));
  const FolderKey* signing = SigningKey(keys, service, absl::Now());
  if (signing == nullptr) return NoKeys(folder);
  ASSIGN_OR_RETURN(crypto::Es256PrivateKey key, ReadPrivateKey(fs::path(folder) / (signing->name + ".pem")));
  return std::make_unique<TokenSigner>(service, signing->key_id, std::move(key));
}

absl::StatusOr<std::unique_ptr<KeySet>> LoadKeySet(const std::string& folder,
                                                   const std::string& person_issuer) {
  ASSIGN_OR_RETURN(const std::vector<FolderKey> folder_keys, ReadFolder(folder));
  auto keys = std::make_unique<KeySet>(person_issuer);
  for (const FolderKey& key : folder_keys) {
    if (key.removed_from > absl::Now()) RETURN_IF_ERROR(keys->Add(key.json));
  }
  return keys;
}

KeyRing::KeyRing(std::string folder, std::string service, const std::string& person_issuer,
                 const Clock& real_time)
    : folder_(std::move(folder)), service_(std::move(service)), real_time_(real_time), keys_(person_issuer) {}

absl::StatusOr<std::unique_ptr<KeyRing>> KeyRing::Open(std::string folder, std::string service,
                                                       const std::string& person_issuer,
                                                       const Clock& real_time) {
  std::unique_ptr<KeyRing> ring(new KeyRing(std::move(folder), std::move(service), person_issuer, real_time));
  RETURN_IF_ERROR(ring->Refresh());
  ring->keys_.OnUnknownKey([opened = ring.get()] { opened->RefreshForUnknownKey(); });
  return ring;
}

KeyRing::~KeyRing() {
  {
    const std::lock_guard lock(watch_mutex_);
    stopping_ = true;
  }
  watch_ends_.notify_all();
  if (watch_.joinable()) watch_.join();
}

absl::Status KeyRing::Refresh() {
  const std::lock_guard lock(mutex_);
  return RefreshLocked(real_time_.Now());
}

absl::Status KeyRing::RefreshLocked(absl::Time now) {
  if (std::string seen = Seen(folder_); seen != seen_ || seen.empty()) {
    ASSIGN_OR_RETURN(folder_keys_, ReadFolder(folder_));
    seen_ = std::move(seen);
    in_use_.clear();
  }
  std::vector<std::string> ids, keys;
  for (const FolderKey& key : folder_keys_) {
    if (key.removed_from <= now) continue;
    ids.push_back(key.key_id);
    keys.push_back(key.json);
  }
  if (ids != in_use_) {
    RETURN_IF_ERROR(keys_.Replace(keys));
    in_use_ = std::move(ids);
  }
  RETURN_IF_ERROR(ChooseSigner(now));
  RemoveOld(now);
  return absl::OkStatus();
}

absl::Status KeyRing::ChooseSigner(absl::Time now) {
  const FolderKey* signing = SigningKey(folder_keys_, service_, now);
  if (signing == nullptr) return NoKeys(folder_);
  if (signer_ != nullptr && signer_->key_id() == signing->key_id) return absl::OkStatus();
  ASSIGN_OR_RETURN(crypto::Es256PrivateKey key, ReadPrivateKey(fs::path(folder_) / (signing->name + ".pem")));
  if (signer_ == nullptr) {
    signer_ = std::make_unique<TokenSigner>(service_, signing->key_id, std::move(key));
  } else {
    signer_->Use(signing->key_id, std::move(key));
    log::Info("signing with another key", {{"key", signing->key_id}});
  }
  return absl::OkStatus();
}

void KeyRing::RemoveOld(absl::Time now) const {
  for (const FolderKey& key : folder_keys_) {
    if (key.issuer != service_ || key.removed_from > now) continue;
    // The public half last: while it stands, the next process knows that there is something to remove.
    ::unlink((fs::path(folder_) / (key.name + ".pem")).c_str());
    ::unlink((fs::path(folder_) / (key.name + ".jwk")).c_str());
  }
}

void KeyRing::RefreshForUnknownKey() {
  const std::lock_guard lock(mutex_);
  const absl::Time now = real_time_.Now();
  if (absl::AbsDuration(now - last_unknown_) < kUnknownKeyPause) return;
  last_unknown_ = now;
  RefreshLocked(now).IgnoreError();  // the watch tells
}

void KeyRing::Watch(absl::Duration poll) {
  watch_ = std::thread([this, poll] { Run(poll); });
}

void KeyRing::Run(absl::Duration poll) {
  std::string told;
  std::unique_lock lock(watch_mutex_);
  while (!watch_ends_.wait_for(lock, absl::ToChronoMilliseconds(poll), [this] { return stopping_; })) {
    const absl::Status status = Refresh();
    const std::string error(status.message());
    if (!status.ok() && error != told) log::Error("the key folder cannot be read", {{"error", error}});
    told = error;
  }
}

}  // namespace plenary::auth
