// Names that only a service can tell: people by e-mail, companies by display name, the current election.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "services/cli/invocation.h"

namespace plenary::cli {

// "people/…" from such a name, an id, "me", or an e-mail address. Only staff may look up the addresses of
// others. NOT_FOUND, reason PERSON_NOT_FOUND.
absl::StatusOr<std::string> PersonName(Invocation& run, const std::string& text);

// "companies/…" from such a name, a drawn id, or a display name. NOT_FOUND, reason COMPANY_NOT_FOUND.
absl::StatusOr<std::string> CompanyName(Invocation& run, const std::string& text);

// Either: a person by "people/…", "me" or an e-mail address, else a company as above.
absl::StatusOr<std::string> HolderName(Invocation& run, const std::string& text);

// "elections/…" from such a name, an id, or "current", the election called last. NOT_FOUND, reason
// ELECTION_NOT_FOUND.
absl::StatusOr<std::string> ElectionName(Invocation& run, const std::string& text);

// "elections/…/contests/…" from such a name, "ELECTION/CONTEST", or "CONTEST" of the current election.
absl::StatusOr<std::string> ContestName(Invocation& run, const std::string& text);

// "elections/…/candidacies/…" from such a name, "ELECTION/CANDIDACY", or an id in the current election.
absl::StatusOr<std::string> CandidacyName(Invocation& run, const std::string& text);

// "bodies/…/seats/…" from such a name or "BODY/NUMBER"; "bodies/…/motions/…" from such a name or "BODY/ID".
absl::StatusOr<std::string> SeatName(const std::string& text);
absl::StatusOr<std::string> MotionName(const std::string& text);

}  // namespace plenary::cli
