// Where a voter's client keeps what must survive a crash: the ballot key, its credentials, the ballot, the
// receipt.
#pragma once

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
  friend bool operator==(const KeptBallot&, const KeptBallot&) = default;
};

// Replaces the file in one step and has it on the disk before it returns; mode 0600. It is as secret as the
// vote.
absl::Status SaveBallot(const std::string& path, const KeptBallot& ballot);

// nullopt when there is no file. BALLOT_STATE_UNUSABLE when it cannot be read.
absl::StatusOr<std::optional<KeptBallot>> LoadBallot(const std::string& path);

}  // namespace plenary::election::client
