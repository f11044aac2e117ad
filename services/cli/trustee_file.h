// Where a trustee keeps keys and shares: one file for each election, mode 0600, used by one command at a
// time.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/election/client/trustee.h"

namespace plenary::cli {

class TrusteeFile {
 public:
  // Makes the missing folders, mode 0700, and keeps every other command away as long as it lives: the lock is
  // on
  // "{path}.lock", which stays behind. TRUSTEE_KEYS_IN_USE; FILE_UNWRITABLE.
  static absl::StatusOr<std::unique_ptr<TrusteeFile>> Open(const std::string& path);
  ~TrusteeFile();
  TrusteeFile(const TrusteeFile&) = delete;
  TrusteeFile& operator=(const TrusteeFile&) = delete;

  const std::string& path() const { return path_; }

  // nullopt when there is no file. TRUSTEE_KEYS_UNUSABLE when it is none of this election.
  absl::StatusOr<std::optional<election::client::TrusteeKeys>> Load(const std::string& election) const;
  // The same where there must be one: TRUSTEE_KEYS_UNUSABLE says where it was looked for.
  absl::StatusOr<election::client::TrusteeKeys> LoadExisting(const std::string& election) const;

  // On the disk when it returns.
  absl::Status Save(const election::client::TrusteeKeys& keys) const;

  // Gives the file another name, "{path}.1" or the next that is free: nothing is ever thrown away. The new
  // name.
  absl::StatusOr<std::string> SetAside() const;

 private:
  TrusteeFile(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  const std::string path_;
  const int lock_;
};

}  // namespace plenary::cli
