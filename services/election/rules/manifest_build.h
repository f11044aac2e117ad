// Puts a manifest together. The same parts always give the same bytes.
#pragma once

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
};

// The serialised manifest. Options stand in the order of display name, then candidacy name; contests without
// candidates stand with no option. MANIFEST_TOO_LONG; MANIFEST_INVALID when a peer's keys are unsuitable.
absl::StatusOr<std::string> BuildManifest(const ManifestParts& parts);

}  // namespace plenary::election
