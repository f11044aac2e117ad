#include "services/election/rules/candidate_page.h"

#include <fmt/format.h>

#include "common/status/field_checks.h"
#include "services/election/errors.h"
#include "services/election/limits.h"
#include "services/election/rules/https_uri.h"

namespace plenary::election {
absl::Status CheckPage(const v1::CandidatePage& page) {
  FieldChecks checks;
  checks.Text("page.statement", page.statement(), 0, kLongestStatement);
  checks.Text("page.conflict_of_interest", page.conflict_of_interest(), 0, kLongestConflictOfInterest);
  checks.Require(page.photo_uri().empty() || IsHttps(page.photo_uri()), "page.photo_uri", kHttpsSentence);
  checks.Require(page.links_size() <= kMostLinks, "page.links", "Give at most 10 links.");
  for (int i = 0; i < page.links_size(); ++i) {
    checks.Require(IsHttps(page.links(i)), fmt::format("page.links[{}]", i), kHttpsSentence);
  }
  return checks.Result(errors::Domain());
}

absl::Status CheckPageComplete(const v1::CandidatePage& page) {
  FieldChecks checks;
  checks.Require(page.statement().find_first_not_of(" \t\r\n") != std::string::npos, "page.statement",
                 "Say why you run.");
  checks.Require(page.conflict_of_interest().find_first_not_of(" \t\r\n") != std::string::npos,
                 "page.conflict_of_interest",
                 "Name the interests that could conflict with the seat, or write \"none\".");
  return checks.Result(errors::Domain(), "PAGE_INCOMPLETE");
}

}  // namespace plenary::election
