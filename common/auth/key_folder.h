// The folder where the services of one stack keep their signing keys, and what one of them knows of it.
//
// A service has one or more pairs: <name>.pem (0600, its own) and <name>.jwk (public, for all), the first
// named after the service, later ones after their key ids. A rotation never refuses a good token:
//
//   published      the .jwk stands, and every service reads it within seconds; nothing is signed with it yet
//   signs          kKeyNotice later its service signs with it
//   superseded     a next key signs; this one only checks what it signed before
//   removed        kKeyRetirement later, when all of that has expired, its files go, and its tokens are
//   refused
//
// All of this goes by real time: it waits for processes to read and for calls to end, not for the society.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/auth/token.h"
#include "common/time/clock.h"

namespace plenary::auth {

// How often a running service looks whether the folder has changed.
inline constexpr absl::Duration kKeyPoll = absl::Seconds(2);
// From publishing a key to signing with it: many polls, so that a service that hangs for a while has read it.
inline constexpr absl::Duration kKeyNotice = absl::Seconds(30);
// From a next key's first signature to the removal of the one before: the longest token, and what clocks and
// polls may differ by.
inline constexpr absl::Duration kKeyRetirement = absl::Minutes(16);
// A token with an unknown key makes a service read at once, but not more often than this.
inline constexpr absl::Duration kUnknownKeyPause = absl::Seconds(1);

// Makes the service's first pair when it has none; concurrent calls leave one pair.
absl::Status MakeServiceKey(const std::string& folder, const std::string& service);

// A key in the folder.
struct FolderKey {
  std::string name;  // of its files, without the extension
  std::string json;  // the public half, as KeySet reads it
  std::string issuer;
  std::string key_id;
  absl::Time signs_from = absl::InfinitePast();
  absl::Time removed_from = absl::InfiniteFuture();
};
// Publishes a next key, which signs kKeyNotice after `now`. When one is published that does not sign yet,
// that one is the answer. NOT_FOUND when the service has no key at all.
absl::StatusOr<FolderKey> RotateServiceKey(const std::string& folder, const std::string& service,
                                           absl::Time now);

// The keys of the folder as they are today, for a program that runs briefly.
absl::StatusOr<std::unique_ptr<TokenSigner>> LoadSigner(const std::string& folder,
                                                        const std::string& service);
absl::StatusOr<std::unique_ptr<KeySet>> LoadKeySet(const std::string& folder,
                                                   const std::string& person_issuer);

// The keys of the folder as one running service sees them. Thread-safe.
class KeyRing {
 public:
  // Borrows the clock, which is real time.
  static absl::StatusOr<std::unique_ptr<KeyRing>> Open(std::string folder, std::string service,
                                                       const std::string& person_issuer,
                                                       const Clock& real_time);
  ~KeyRing();
  KeyRing(const KeyRing&) = delete;
  KeyRing& operator=(const KeyRing&) = delete;

  const TokenSigner& signer() const { return *signer_; }
  const KeySet& keys() const { return keys_; }

  // Reads the folder if it has changed, signs with the key whose turn it is, forgets those whose time is
  // over, and removes the files of this service's own among them. An unreadable folder changes nothing.
  absl::Status Refresh();
  // From now on every `poll`, in a thread of its own, until this object goes.
  void Watch(absl::Duration poll = kKeyPoll);

 private:
  KeyRing(std::string folder, std::string service, const std::string& person_issuer, const Clock& real_time);
  absl::Status RefreshLocked(absl::Time now);
  absl::Status ChooseSigner(absl::Time now);
  void RemoveOld(absl::Time now) const;
  void RefreshForUnknownKey();
  void Run(absl::Duration poll);

  const std::string folder_;
  const std::string service_;
  const Clock& real_time_;
  KeySet keys_;
  std::unique_ptr<TokenSigner> signer_;

  std::mutex mutex_;  // of what follows
  std::string seen_;  // names and times of the files when they were read
  std::vector<FolderKey> folder_keys_;
  std::vector<std::string> in_use_;  // key ids in keys_
  absl::Time last_unknown_ = absl::InfinitePast();

  std::mutex watch_mutex_;
  std::condition_variable watch_ends_;
  bool stopping_ = false;
  std::thread watch_;
};

}  // namespace plenary::auth
