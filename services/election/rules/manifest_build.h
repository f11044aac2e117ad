// Puts a manifest together. The same parts always give the same bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "plenary/election/v1/resources.pb.h"

namespace plenary::election {

struct ManifestParts {
  v1::Election election;
  std::vector<v1::Candidacy> accepted;  // in any order
  std::string roll_sha256;
  int roll_count = 0;
  std::vector<v1::Manifest::Registrar> registrars;  // in order
  std::string box_key;
  std::vector<v1::Manifest::Trustee> trustees;  // in order
  std::uint32_t threshold = 0;
};

// The serialised manifest. Candidates stand in the order of display name, then candidacy name, a poll's
// options as they were called; "None of these" comes last, and not alone: contests without candidates stand
// with no option. What the contest leaves open (marks, highest score) is filled in. TOO_MANY_CANDIDATES;
// MANIFEST_TOO_LONG; MANIFEST_INVALID when a peer's keys are unsuitable.
absl::StatusOr<std::string> BuildManifest(const ManifestParts& parts);

}  // namespace plenary::election
