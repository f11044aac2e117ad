// What a client reads of the public log: the newest checkpoint and the hashes of all leaves, checked against
// each other. All hashes are fetched, 32 bytes a leaf, so that the box does not learn which ballot somebody
// looks for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "plenary/election/v1/ballot_box_service.grpc.pb.h"
#include "services/election/rules/published_manifest.h"

namespace plenary::election::client {

// A log as of one checkpoint.
class LogView {
 public:
  LogView(std::string note, std::string leaf_hashes)
      : note_(std::move(note)), leaf_hashes_(std::move(leaf_hashes)) {}

  // The checkpoint as it was signed: to be kept, and shown to ReadLog the next time.
  const std::string& note() const { return note_; }
  std::uint64_t size() const;
  // Whether the log has a leaf of these bytes.
  bool Contains(std::string_view leaf) const;
  // Whether its last leaf is these bytes.
  bool EndsIn(std::string_view leaf) const;

 private:
  std::string note_;
  std::string leaf_hashes_;  // one after another
};

// The log behind its newest checkpoint, which the manifest's box key signed, whose root follows from all leaf
// hashes, and which begins with the manifest. `seen` is the checkpoint of an earlier reading, empty when
// there is none: the log must begin with that one. LOG_FORGED when any of it is not so: whoever keeps the log
// cheats, or is somebody else. Errors of the ballot box.
absl::StatusOr<LogView> ReadLog(v1::BallotBoxService::Stub& box, const PublishedManifest& manifest,
                                std::string_view manifest_bytes, std::string_view seen);

// Whether the log ends in a close record: nothing comes after it. LOG_FORGED when the box gives another last
// leaf than the log has.
absl::StatusOr<bool> IsClosed(v1::BallotBoxService::Stub& box, const PublishedManifest& manifest,
                              const LogView& log);

}  // namespace plenary::election::client
