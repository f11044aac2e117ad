#include "services/election/client/ballot_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/crypto/bytes.h"
#include "common/status/macros.h"
#include "services/election/errors.h"

namespace plenary::election::client {
namespace {

using nlohmann::json;

absl::Status FileError(const std::string& act, const std::string& path) {
  return errors::BallotStateUnusable(fmt::format(
      "Cannot {} {}: {}. Make room, or mend the rights of the file and its folder, then use the same "
      "command with the same file.",
      act, path, strerror(errno)));
}

// A file descriptor that closes itself.
class Descriptor {
 public:
  Descriptor(const std::string& path, int flags) : fd_(open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

absl::Status WriteDurably(const std::string& path, const std::string& text) {
  const Descriptor file(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (file.get() < 0) return FileError("create", path);
  for (std::size_t written = 0; written < text.size();) {
    const ssize_t step = write(file.get(), text.data() + written, text.size() - written);
    if (step < 0 && errno == EINTR) continue;
    if (step < 0) return FileError("write", path);
    written += static_cast<std::size_t>(step);
  }
  return fsync(file.get()) == 0 ? absl::OkStatus() : FileError("keep", path);
}

// nullopt when there is no such file. What cannot be read may be a good file all the same.
absl::StatusOr<std::optional<std::string>> ReadIfThere(const std::string& path) {
  const Descriptor file(path, O_RDONLY);
  if (file.get() < 0 && errno == ENOENT) return std::optional<std::string>();
  if (file.get() < 0) return FileError("open", path);
  std::string text;
  for (char part[4096];;) {
    const ssize_t size = read(file.get(), part, sizeof part);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return FileError("read", path);
    if (size == 0) return std::optional<std::string>(std::move(text));
    text.append(part, static_cast<std::size_t>(size));
  }
}

std::string Decode(const json& text) {
  // A spelling that is not base64url is caught with the other malformed content.
  return crypto::Base64UrlDecode(text.get<std::string>()).value();
}

json Encode(const std::string& bytes) { return crypto::Base64UrlEncode(bytes); }

KeptBallot FromJson(const json& content) {
  KeptBallot ballot;
  ballot.election = content.at("election").get<std::string>();
  ballot.manifest_hash = Decode(content.at("manifest_hash"));
  ballot.state = Decode(content.at("state"));
  ballot.recovery_code = Decode(content.at("recovery_code"));
  ballot.recovery_blob = Decode(content.at("recovery_blob"));
  for (const json& credential : content.at("credentials")) {
    ballot.credentials.push_back({Decode(credential.at("prefix")), Decode(credential.at("signature"))});
  }
  ballot.ballot = Decode(content.at("ballot"));
  ballot.receipt = Decode(content.at("receipt"));
  // Older files have neither.
  if (content.contains("checkpoint")) ballot.checkpoint = Decode(content.at("checkpoint"));
  if (content.contains("another_stands")) ballot.another_stands = content.at("another_stands").get<bool>();
  return ballot;
}

}  // namespace

absl::StatusOr<std::unique_ptr<BallotFileLock>> BallotFileLock::Take(const std::string& path) {
  const std::string lock = path + ".lock";
  const int file = open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return FileError("create", lock);
  std::unique_ptr<BallotFileLock> taken(new BallotFileLock(file));
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    return errno == EWOULDBLOCK ? errors::BallotStateBusy(path) : FileError("lock", lock);
  }
  return taken;
}

BallotFileLock::~BallotFileLock() { close(file_); }

absl::Status SaveBallot(const std::string& path, const KeptBallot& ballot) {
  json content = {{"election", ballot.election},
                  {"manifest_hash", Encode(ballot.manifest_hash)},
                  {"state", Encode(ballot.state)},
                  {"recovery_code", Encode(ballot.recovery_code)},
                  {"recovery_blob", Encode(ballot.recovery_blob)},
                  {"credentials", json::array()},
                  {"ballot", Encode(ballot.ballot)},
                  {"receipt", Encode(ballot.receipt)},
                  {"checkpoint", Encode(ballot.checkpoint)},
                  {"another_stands", ballot.another_stands}};
  for (const Credential& credential : ballot.credentials) {
    content["credentials"].push_back(
        {{"prefix", Encode(credential.prefix)}, {"signature", Encode(credential.signature)}});
  }
  const std::string fresh = path + ".new";
  RETURN_IF_ERROR(WriteDurably(fresh, content.dump(2) + "\n"));
  if (rename(fresh.c_str(), path.c_str()) != 0) return FileError("replace", path);
  // The rename itself lives in the folder.
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const Descriptor directory(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY);
  if (directory.get() < 0 || fsync(directory.get()) != 0) return FileError("keep", path);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<KeptBallot>> LoadBallot(const std::string& path) {
  ASSIGN_OR_RETURN(std::optional<std::string> text, ReadIfThere(path));
  if (!text.has_value()) return std::optional<KeptBallot>();
  const crypto::WipeAtEnd wipe(*text);
  try {
    return std::optional<KeptBallot>(FromJson(json::parse(*text)));
  } catch (const std::exception&) {
    return errors::BallotStateUnusable(fmt::format(
        "{} is no kept ballot. Move it away, and recover the ballot with its code: --recover.", path));
  }
}

}  // namespace plenary::election::client
