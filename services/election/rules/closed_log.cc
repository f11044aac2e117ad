#include "services/election/rules/closed_log.h"

#include <utility>

#include "common/crypto/bytes.h"
#include "common/status/macros.h"
#include "services/election/errors.h"
#include "services/election/errors_trustees.h"

namespace plenary::election {
namespace {

// A closed log has the manifest and the close record at the least.
constexpr std::uint64_t kLeavesThatAreNoBallots = 2;

CloseRecord ExpectedClose(const PublishedManifest& manifest, const crypto::Checkpoint& checkpoint,
                          std::vector<std::string> issuance_list_sha256) {
  const std::uint64_t ballots =
      checkpoint.size < kLeavesThatAreNoBallots ? 0 : checkpoint.size - kLeavesThatAreNoBallots;
  return {.manifest_hash = manifest.hash(),
          .ballots = static_cast<std::uint32_t>(ballots),
          .issuance_list_sha256 = std::move(issuance_list_sha256)};
}

}  // namespace

absl::Status CheckIssuanceList(const PublishedManifest& manifest, int registrar, std::string_view list,
                               const UnitsView& roll) {
  const int spoken = registrar + 1;
  const auto view = ReadIssuanceList(list);
  if (!view.has_value()) return errors::IssuanceListInvalid(spoken, "does not have the form of one");
  if (view->manifest_hash != manifest.hash()) {
    return errors::IssuanceListInvalid(spoken, "is of another election");
  }
  if (view->registrar != registrar)
    return errors::IssuanceListInvalid(spoken, "is that of another registrar");
  if (!view->IsSignedBy(manifest.manifest().registrars(registrar).list_key())) {
    return errors::IssuanceListInvalid(spoken, "is not signed by it");
  }
  if (!IsSubset(view->units, roll)) {
    return errors::IssuanceListInvalid(spoken, "names somebody who is not on the roll");
  }
  return absl::OkStatus();
}

std::size_t IssuanceListBytes(std::size_t units) {
  // Magic, manifest, registrar, count; unit and hash a line; signature.
  return 4 + kHashSize + 1 + 4 + units * (kUnitIdSize + kHashSize) + crypto::kEd25519SignatureSize;
}

absl::StatusOr<UnitsView> RollOf(const PublishedManifest& manifest, std::string_view roll) {
  const auto units = ReadRoll(roll);
  if (!units.has_value() || crypto::Sha256(roll) != manifest.manifest().roll_sha256()) {
    return errors::RollChanged();
  }
  return *units;
}

int IssuedOnEvery(const std::vector<std::string>& lists) {
  std::vector<UnitsView> units;
  for (const std::string& list : lists) {
    const auto view = ReadIssuanceList(list);
    if (view.has_value()) units.push_back(view->units);
  }
  return static_cast<int>(CountOnEvery(units));
}

ClosedLogReader::ClosedLogReader(const PublishedManifest& manifest, const crypto::Checkpoint& checkpoint,
                                 std::vector<std::string> issuance_list_sha256, Tally& tally,
                                 unsigned threads)
    : manifest_(manifest),
      checkpoint_(checkpoint),
      close_(ExpectedClose(manifest, checkpoint, std::move(issuance_list_sha256))),
      ballots_(tally, threads) {}

absl::Status ClosedLogReader::Take(std::string_view leaf) {
  const std::uint64_t index = root_.size();
  if (index >= checkpoint_.size) {
    return errors::BallotBoxInconsistent("the log is longer than its final checkpoint says");
  }
  root_.AppendLeaf(leaf);
  if (index == 0) {
    return crypto::Sha256(leaf) == manifest_.hash()
               ? absl::OkStatus()
               : errors::BallotBoxInconsistent("the log does not begin with the manifest");
  }
  if (index + 1 < checkpoint_.size) return ballots_.Add(leaf);
  RETURN_IF_ERROR(ballots_.Finish());
  const auto close = ReadCloseRecord(leaf, manifest_.registrars().size());
  return close.has_value() && *close == close_
             ? absl::OkStatus()
             : errors::BallotBoxInconsistent("the log does not end in the close record of this election");
}

absl::Status ClosedLogReader::Finish() const {
  if (root_.size() != checkpoint_.size || root_.Root() != checkpoint_.root ||
      checkpoint_.size < kLeavesThatAreNoBallots) {
    return errors::BallotBoxInconsistent("the log is not the one of its final checkpoint");
  }
  return absl::OkStatus();
}

}  // namespace plenary::election
