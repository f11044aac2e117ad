// What an election has published, read over the network and checked: manifest, log, tally secrets.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/crypto/signed_note.h"
#include "services/cli/invocation.h"
#include "services/election/rules/published_manifest.h"

namespace plenary::cli {

// The manifest of an election ("elections/…"). CHECK_FAILED when it is none of this election.
absl::StatusOr<election::PublishedManifest> GetPublishedManifest(Invocation& run,
                                                                 const std::string& election);

// A log that was read from its first leaf to its newest checkpoint.
struct LogReading {
  std::vector<std::string> notes;  // every checkpoint as it was signed, oldest first
  crypto::Checkpoint newest;
  bool closed = false;  // its last leaf is a close record
  // SHA-256 of each registrar's issuance list in manifest order, as the close record names them; none unless
  // closed.
  std::vector<std::string> list_hashes;
};

// Every checkpoint of the log, of which the newest is signed by the box of this manifest; leaves are not
// looked at. CHECK_FAILED.
absl::StatusOr<LogReading> ReadCheckpoints(Invocation& run, const election::PublishedManifest& manifest);

// Hands over every leaf of the log in its order, and checks that they are what the newest checkpoint says,
// that the box of this manifest signed it, and that the first is the manifest. CHECK_FAILED; the first error
// of `take`.
absl::StatusOr<LogReading> ReadLeaves(Invocation& run, const election::PublishedManifest& manifest,
                                      const std::function<absl::Status(const std::string& leaf)>& take);

// The same with the ballots alone: without the manifest and the close record.
absl::StatusOr<LogReading> ReadBallots(Invocation& run, const election::PublishedManifest& manifest,
                                       const std::function<absl::Status(const std::string& ballot)>& take);

// The published tally secrets. TALLY_SECRETS_MISSING; CHECK_FAILED when they are not those of the manifest's
// keys.
absl::StatusOr<election::TallySecrets> GetTallySecrets(Invocation& run,
                                                       const election::PublishedManifest& manifest);

// The signed issuance list of every registrar, in manifest order, as bytes: from the election service, which
// keeps them since the close, so that no registrar need be running. `log` is closed. ELECTION_NOT_CLOSED;
// CHECK_FAILED when a list is not of this manifest, is not signed by its registrar, or is another than the
// log was closed with.
absl::StatusOr<std::vector<std::string>> GetIssuanceLists(Invocation& run,
                                                          const election::PublishedManifest& manifest,
                                                          const LogReading& log);

}  // namespace plenary::cli
