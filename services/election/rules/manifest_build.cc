#include "services/election/rules/manifest_build.h"

#include <algorithm>

#include "common/ids/id.h"
#include "common/status/macros.h"
#include "services/election/errors.h"
#include "services/election/limits.h"
#include "services/election/rules/contests.h"
#include "services/election/rules/names.h"
#include "services/election/rules/phases.h"
#include "services/election/rules/published_manifest.h"

namespace plenary::election {
namespace {

void AddCandidates(const v1::Contest& contest, const std::vector<v1::Candidacy>& accepted,
                   v1::Manifest::Contest& entry) {
  for (const v1::Candidacy& candidacy : accepted) {
    if (candidacy.contest() != contest.name()) continue;
    auto* option = entry.add_options();
    option->set_name(candidacy.name());
    option->set_display_name(candidacy.full_name());
  }
  std::sort(entry.mutable_options()->begin(), entry.mutable_options()->end(),
            [](const v1::Manifest::Option& a, const v1::Manifest::Option& b) {
              return a.display_name() != b.display_name() ? a.display_name() < b.display_name()
                                                          : a.name() < b.name();
            });
}

void AddPollOptions(const v1::Contest& contest, v1::Manifest::Contest& entry) {
  for (const v1::PollOption& option : contest.options()) {
    auto* added = entry.add_options();
    added->set_name(option.name());
    added->set_display_name(option.display_name());
    added->set_picture_uri(option.picture_uri());
  }
}

void AddNoneOfThese(const v1::Contest& contest, v1::Manifest::Contest& entry) {
  if (!contest.none_of_these() || entry.options().empty()) return;
  auto* option = entry.add_options();
  option->set_name(contest.name() + "/" + ResourceName("options", kNoneOfTheseId));
  option->set_display_name(kNoneOfTheseText);
  entry.set_none_of_these(true);
}

// Block plurality allows as many marks as there are seats, however few candidates there are: the length of
// its ballots does not tell. All others count what is on the ballot.
void SetMarks(const v1::Contest& contest, v1::Manifest::Contest& entry) {
  const int options = std::max(1, entry.options_size());
  int most = std::min(options, contest.max_marks() > 0 ? contest.max_marks() : options);
  if (contest.method() == v1::COUNTING_METHOD_BLOCK_PLURALITY) {
    most = contest.max_marks() > 0 ? contest.max_marks() : contest.seats();
  }
  const int least = std::min({std::max(1, contest.min_marks()), options, most});
  entry.set_min_marks(static_cast<std::uint32_t>(least));
  entry.set_max_marks(static_cast<std::uint32_t>(most));
  if (contest.method() != v1::COUNTING_METHOD_SCORE) return;
  entry.set_max_score(
      static_cast<std::uint32_t>(contest.max_score() > 0 ? contest.max_score() : kUsualMaxScore));
}

absl::StatusOr<v1::Manifest::Contest> BuildContest(const v1::Contest& contest,
                                                   const std::vector<v1::Candidacy>& accepted) {
  v1::Manifest::Contest entry;
  entry.set_name(contest.name());
  entry.set_display_name(contest.display_name());
  entry.set_method(contest.method());
  entry.set_seats(static_cast<std::uint32_t>(contest.seats()));
  if (IsPoll(contest)) {
    AddPollOptions(contest, entry);
  } else {
    AddCandidates(contest, accepted, entry);
  }
  const int candidates = entry.options_size();
  AddNoneOfThese(contest, entry);
  const counting::Method* const method = counting::FindMethod(contest.method());
  if (method == nullptr) return errors::ManifestInvalid("A contest has a counting method that is not known.");
  if (entry.options_size() > MostOptions(*method)) {
    const int others = entry.options_size() - candidates;
    return errors::TooManyCandidates(contest.display_name(), candidates, MostOptions(*method) - others);
  }
  SetMarks(contest, entry);
  return entry;
}

}  // namespace

absl::StatusOr<std::string> BuildManifest(const ManifestParts& parts) {
  const v1::Election& election = parts.election;
  v1::Manifest manifest;
  manifest.set_origin(election.name());
  manifest.set_display_name(election.display_name());
  for (const v1::Contest& contest : election.contests()) {
    ASSIGN_OR_RETURN(*manifest.add_contests(), BuildContest(contest, parts.accepted));
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
  for (const auto& trustee : parts.trustees) *manifest.add_trustees() = trustee;
  manifest.set_threshold(parts.threshold);
  manifest.set_choices_length(static_cast<std::uint32_t>(PlaintextLength(ContestRules(manifest))));
  std::string bytes = manifest.SerializeAsString();
  if (bytes.size() > kLongestManifest) return errors::ManifestTooLong(bytes.size());
  RETURN_IF_ERROR(PublishedManifest::Parse(bytes).status());
  return bytes;
}

}  // namespace plenary::election
