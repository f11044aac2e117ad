#include "services/election/rules/manifest_build.h"

#include <algorithm>

#include "common/status/macros.h"
#include "services/election/errors.h"
#include "services/election/limits.h"
#include "services/election/rules/phases.h"
#include "services/election/rules/published_manifest.h"

namespace plenary::election {
namespace {

void AddOptions(const v1::Contest& contest, const std::vector<v1::Candidacy>& accepted,
                v1::Manifest::Contest& entry) {
  for (const v1::Candidacy& candidacy : accepted) {
    if (candidacy.contest() != contest.name()) continue;
    auto* option = entry.add_options();
    option->set_candidacy(candidacy.name());
    option->set_display_name(candidacy.full_name());
  }
  std::sort(entry.mutable_options()->begin(), entry.mutable_options()->end(),
            [](const v1::Manifest::Option& a, const v1::Manifest::Option& b) {
              return a.display_name() != b.display_name() ? a.display_name() < b.display_name()
                                                          : a.candidacy() < b.candidacy();
            });
}

}  // namespace

absl::StatusOr<std::string> BuildManifest(const ManifestParts& parts) {
  const v1::Election& election = parts.election;
  v1::Manifest manifest;
  manifest.set_origin(election.name());
  manifest.set_display_name(election.display_name());
  for (const v1::Contest& contest : election.contests()) {
    auto* entry = manifest.add_contests();
    entry->set_name(contest.name());
    entry->set_display_name(contest.display_name());
    entry->set_method(contest.method());
    entry->set_seats(static_cast<std::uint32_t>(contest.seats()));
    entry->set_min_marks(1);
    entry->set_max_marks(static_cast<std::uint32_t>(contest.seats()));
    AddOptions(contest, parts.accepted, *entry);
  }
  const auto seconds = [](absl::Time time) { return static_cast<std::uint64_t>(absl::ToUnixSeconds(time)); };
  manifest.set_issuing_opens(seconds(IssuingOpens(election.schedule())));
  manifest.set_issuing_closes(seconds(IssuingCloses(election.schedule())));
  manifest.set_voting_opens(static_cast<std::uint64_t>(election.schedule().voting_opens().seconds()));
  manifest.set_voting_closes(static_cast<std::uint64_t>(election.schedule().voting_closes().seconds()));
  manifest.set_roll_sha256(parts.roll_sha256);
  manifest.set_roll_count(static_cast<std::uint32_t>(parts.roll_count));
  for (const auto& registrar : parts.registrars) *manifest.add_registrars() = registrar;
  manifest.set_box_key(parts.box_key);
  manifest.set_choices_length(static_cast<std::uint32_t>(PlaintextLength(ContestRules(manifest))));
  std::string bytes = manifest.SerializeAsString();
  if (bytes.size() > kLongestManifest) return errors::ManifestTooLong(bytes.size());
  RETURN_IF_ERROR(PublishedManifest::Parse(bytes).status());
  return bytes;
}

}  // namespace plenary::election
