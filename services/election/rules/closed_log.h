// What must be right about a close before anything is opened: the registrars' lists, and the log itself.
// Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/crypto/merkle.h"
#include "common/crypto/signed_note.h"
#include "services/election/rules/log_records.h"
#include "services/election/rules/published_manifest.h"
#include "services/election/rules/tally.h"
#include "services/election/rules/tally_batches.h"

namespace plenary::election {

// ISSUANCE_LIST_INVALID unless it is the list of registrar number `registrar` (from 0) for this manifest,
// signed, and every unit on it stands on the roll.
absl::Status CheckIssuanceList(const PublishedManifest& manifest, int registrar, std::string_view list,
                               const UnitsView& roll);

// Bytes of an issuance list over that many units.
std::size_t IssuanceListBytes(std::size_t units);

// The roll's units, borrowed; DATA_LOSS, reason ROLL_CHANGED, unless these are the bytes that the manifest
// names.
absl::StatusOr<UnitsView> RollOf(const PublishedManifest& manifest, std::string_view roll);

// How many units stand on every list; each was checked.
int IssuedOnEvery(const std::vector<std::string>& lists);

// Reads a closed log leaf by leaf into a tally, and makes sure that it is the log of its final checkpoint.
// Opens ballots on several threads. Borrows everything. Not thread-safe.
class ClosedLogReader {
 public:
  // `close` is what the close record must say but for its number of ballots, which follows from the
  // checkpoint. `threads` open ballots; 0: one for each processor.
  ClosedLogReader(const PublishedManifest& manifest, const crypto::Checkpoint& checkpoint,
                  std::vector<std::string> issuance_list_sha256, Tally& tally, unsigned threads = 0);

  // The next leaf. BALLOT_BOX_INCONSISTENT, also from the tally, of this leaf or of a ballot before it. Every
  // ballot is in the tally once the last leaf was taken.
  absl::Status Take(std::string_view leaf);
  // After the last one: BALLOT_BOX_INCONSISTENT unless size and root are those of the checkpoint. Nothing is
  // counted before.
  absl::Status Finish() const;

 private:
  const PublishedManifest& manifest_;
  const crypto::Checkpoint checkpoint_;
  const CloseRecord close_;
  TallyBatches ballots_;
  crypto::RootBuilder root_;
};

}  // namespace plenary::election
