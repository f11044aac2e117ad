#include "services/election/verify/ballot_checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/crypto/bytes.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/election/rules/parallel.h"

namespace plenary::election::verify {
namespace {

// What can be said of a ballot by itself.
struct CheckedBallot {
  std::optional<Failure> failure;
  std::string_view pk;
  std::string hash;
  OpenedPlaintext opened;
};

Failure LeafFailure(std::string_view code, std::uint64_t leaf, std::string_view found) {
  return {code, leaf, fmt::format("leaf {}: {}", leaf, found)};
}

CheckedBallot CheckAlone(const PublishedManifest& manifest, const TallySecrets& secrets, std::uint64_t number,
                         std::string_view leaf) {
  CheckedBallot checked;
  const auto ballot = manifest.ReadBallot(leaf);
  if (!ballot.ok()) {
    checked.failure = LeafFailure(kBallotForm, number, FoundIn(ballot.status()));
    return checked;
  }
  if (const absl::Status signatures = manifest.CheckSignatures(*ballot); !signatures.ok()) {
    const bool credential = ReasonOf(signatures) == "CREDENTIAL_INVALID";
    checked.failure = LeafFailure(credential ? kCredential : kBallotSignature, number, FoundIn(signatures));
    return checked;
  }
  checked.pk = ballot->pk;
  checked.hash = crypto::Sha256(leaf);
  checked.opened = manifest.Open(*ballot, secrets);
  return checked;
}

}  // namespace

BallotChecks::BallotChecks(const PublishedManifest& manifest, const TallySecrets& secrets, Log log,
                           unsigned threads)
    : manifest_(manifest),
      secrets_(secrets),
      log_(std::move(log)),
      threads_(threads),
      tally_(manifest, secrets),
      keys_(log_.ballots, log_.tag) {}

void BallotChecks::SetLeafBefore(std::string_view leaf) { hash_before_ = crypto::Sha256(leaf); }

bool BallotChecks::BeginsBatch(std::uint64_t leaf) {
  return std::ranges::binary_search(log_.batch_starts, leaf);
}

absl::StatusOr<std::optional<Failure>> BallotChecks::CheckAmongOthers(std::uint64_t leaf, std::string_view pk,
                                                                      const std::string& hash) {
  if (!keys_.Add(pk)) {
    ASSIGN_OR_RETURN(const bool cast_before, log_.cast_before(leaf, pk));
    if (cast_before) return LeafFailure(kDoubleKey, leaf, "its key has cast a ballot before");
  }
  if (!BeginsBatch(leaf) && hash <= hash_before_) {
    return LeafFailure(kOrder, leaf, "its hash is not above that of the leaf before, of the same batch");
  }
  hash_before_ = hash;
  return std::optional<Failure>();
}

absl::StatusOr<std::optional<Failure>> BallotChecks::Add(std::uint64_t first,
                                                         std::span<const std::string_view> leaves) {
  std::vector<CheckedBallot> checked(leaves.size());
  ForEachNumber(leaves.size(), threads_,
                [&](std::size_t i) { checked[i] = CheckAlone(manifest_, secrets_, first + i, leaves[i]); });
  for (std::size_t i = 0; i < checked.size(); ++i) {
    if (checked[i].failure.has_value()) return std::move(checked[i].failure);
    ASSIGN_OR_RETURN(auto failure, CheckAmongOthers(first + i, checked[i].pk, checked[i].hash));
    if (failure.has_value()) return failure;
    RETURN_IF_ERROR(tally_.AddOpened(std::move(checked[i].opened), checked[i].hash));
  }
  return std::optional<Failure>();
}

}  // namespace plenary::election::verify
