// Where a voter's client keeps what must survive a crash: the ballot key, its credentials, the ballot, the
// receipt.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/election/rules/ballot_layout.h"

namespace plenary::election::client {

// Fields fill in this order; empty: not that far yet.
struct KeptBallot {
  std::string election;                 // "elections/{election}"
  std::string manifest_hash;            // 32
  std::string state;                    // SerializeState()
  std::string recovery_code;            // 16
  std::string recovery_blob;            // 2,048
  std::vector<Credential> credentials;  // one a registrar
  std::string ballot;                   // the bytes that are cast, over and over
  std::string receipt;                  // 64
  std::string checkpoint;               // the newest of the log that was seen, a signed note
  // The box refused `ballot` and said that another one stands under its key: it is sent again only by who
  // looks whether it is in the log.
  bool another_stands = false;
  friend bool operator==(const KeptBallot&, const KeptBallot&) = default;
};

// Keeps every other process away from a ballot's file while it lives: two that made a key each would lose one
// of them. The lock is on "{path}.lock", which stays behind.
class BallotFileLock {
 public:
  // BALLOT_STATE_BUSY when another process holds it; BALLOT_STATE_UNUSABLE when the lock cannot be made.
  static absl::StatusOr<std::unique_ptr<BallotFileLock>> Take(const std::string& path);
  ~BallotFileLock();
  BallotFileLock(const BallotFileLock&) = delete;
  BallotFileLock& operator=(const BallotFileLock&) = delete;

 private:
  explicit BallotFileLock(int file) : file_(file) {}
  const int file_;
};

// Replaces the file in one step and has it on the disk before it returns; mode 0600. It is as secret as the
// vote.
absl::Status SaveBallot(const std::string& path, const KeptBallot& ballot);

// nullopt when there is no file. BALLOT_STATE_UNUSABLE when it cannot be read.
absl::StatusOr<std::optional<KeptBallot>> LoadBallot(const std::string& path);

}  // namespace plenary::election::client
