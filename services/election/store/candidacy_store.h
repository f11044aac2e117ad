// Candidacies. Holds no state; thread-safe. Whoever changes one has locked its election before.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/session.h"
#include "plenary/election/v1/candidacy_service.pb.h"
#include "plenary/election/v1/resources.pb.h"

namespace plenary::election {

// Where a list of candidacies stands: contest's position, candidate's name, id.
struct CandidacyKey {
  int contest = -1;  // before the first
  std::string full_name;
  std::string id;
};

class CandidacyStore {
 public:
  enum class Visible { kAccepted, kAll };

  // False when the person runs in this election already.
  static absl::StatusOr<bool> Insert(db::Transaction& tx, const v1::Election& election,
                                     const v1::Candidacy& candidacy);

  // The candidacy and its election's name from its own; CANDIDACY_NOT_FOUND.
  static absl::StatusOr<v1::Candidacy> Load(db::Session& session, const std::string& name);

  // Stores page and state.
  static absl::Status Update(db::Transaction& tx, const v1::Candidacy& candidacy);

  // In ballot order, then by the candidate's name, after `after`, at most `limit`.
  static absl::StatusOr<std::vector<v1::Candidacy>> List(db::Session& session, const v1::Election& election,
                                                         Visible visible, const CandidacyKey& after,
                                                         int limit);
  static CandidacyKey KeyOf(const v1::Election& election, const v1::Candidacy& candidacy);

  // Every accepted one.
  static absl::StatusOr<std::vector<v1::Candidacy>> Accepted(db::Session& session,
                                                             const v1::Election& election);

  // Candidates of each contest for the seats of a body by state, in ballot order.
  static absl::StatusOr<std::vector<v1::GetSeatCoverageResponse::Coverage>> Coverage(
      db::Session& session, const v1::Election& election);
};

}  // namespace plenary::election
