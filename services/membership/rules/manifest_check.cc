#include "services/membership/rules/manifest_check.h"

#include <algorithm>
#include <set>

#include "services/membership/errors.h"
#include "services/membership/limits.h"

namespace plenary::membership::rules {
namespace {

// Only contests for seats have candidacies; the options of a poll are named below their contest, whatever its
// id.
bool HasCandidacies(const election::v1::Manifest& manifest) {
  const std::string candidacies = manifest.origin() + "/candidacies/";
  return std::any_of(manifest.contests().begin(), manifest.contests().end(), [&](const auto& contest) {
    return std::any_of(contest.options().begin(), contest.options().end(),
                       [&](const auto& option) { return option.name().starts_with(candidacies); });
  });
}

}  // namespace

absl::StatusOr<election::v1::Manifest> ReadManifest(std::string_view bytes) {
  if (bytes.empty() || bytes.size() > limits::kLongestManifest) {
    return errors::ManifestInvalid("A manifest has 1 to 65,535 bytes.");
  }
  election::v1::Manifest manifest;
  if (!manifest.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return errors::ManifestInvalid("These bytes are no manifest.");
  }
  election::v1::Manifest known = manifest;
  known.DiscardUnknownFields();
  if (known.SerializeAsString() != bytes) {
    return errors::ManifestInvalid(
        "A manifest has no unknown fields, and its fields in the order of their numbers.");
  }
  if (manifest.issuing_opens() >= manifest.issuing_closes() ||
      manifest.issuing_closes() > manifest.voting_closes()) {
    return errors::ManifestInvalid("Issuing opens before it closes, and closes no later than voting does.");
  }
  constexpr std::uint64_t kYear10000 = 253'402'300'800;  // seconds; later ones do not fit into microseconds
  if (manifest.voting_closes() >= kYear10000)
    return errors::ManifestInvalid("Voting closes before the year 10000.");
  return manifest;
}

absl::Status CheckManifest(const election::v1::Manifest& manifest, const RegistrarFacts& facts) {
  if (manifest.origin() != facts.election) {
    return errors::ManifestMismatch("The manifest is one of another election.");
  }
  if (manifest.roll_sha256() != facts.roll_sha256 || manifest.roll_count() != facts.roll_count) {
    return errors::ManifestMismatch("The manifest names another roll than the one that was frozen.");
  }
  if (facts.roll_of_people && HasCandidacies(manifest)) {
    return errors::ManifestMismatch("The roll lists people, but the seats of a body are one vote a company.");
  }
  int own = 0;
  std::set<std::string> moduli;
  for (const auto& registrar : manifest.registrars()) {
    if (!moduli.insert(registrar.rsa_n()).second) {
      return errors::ManifestMismatch("Two registrars of the manifest have the same key.");
    }
    if (registrar.rsa_n() == facts.rsa_n && registrar.rsa_e() == facts.rsa_e &&
        registrar.list_key() == facts.list_key) {
      ++own;
    }
  }
  if (own != 1) return errors::ManifestMismatch("The manifest does not name this registrar's keys.");
  return absl::OkStatus();
}

}  // namespace plenary::membership::rules
