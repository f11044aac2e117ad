// The code, its acceptances and its levels in the database. No state: every call works in the session it is
// given. Ids of versions and people are without their collection, except inside messages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/session.h"
#include "plenary/ethics/v1/code_service.pb.h"

namespace plenary::ethics {

class CodeStore {
 public:
  // Makes the next ordinal the current one and returns it; whoever publishes waits here for the one before.
  absl::StatusOr<std::int64_t> AdvanceCurrent(db::Transaction& tx) const;
  // The version with its areas and provisions; a duplicate when the id is taken.
  absl::StatusOr<db::InsertOutcome> InsertVersion(db::Transaction& tx, const v1::CodeVersion& code,
                                                  std::int64_t ordinal) const;

  // With its areas.
  absl::StatusOr<std::optional<v1::CodeVersion>> FindVersion(db::Session& session,
                                                             const std::string& version) const;
  // The id of the current version; nullopt when none was published.
  absl::StatusOr<std::optional<std::string>> CurrentVersion(db::Session& session) const;

  struct ListedVersion {
    std::int64_t ordinal = 0;
    v1::CodeVersion code;  // without areas
  };
  // Newest first, published before `before`; nullopt begins at the newest.
  absl::StatusOr<std::vector<ListedVersion>> ListVersions(db::Session& session,
                                                          std::optional<std::int64_t> before,
                                                          int limit) const;

  // Stores the acceptance unless there is one; either way returns the one that stands.
  absl::StatusOr<v1::Acceptance> Accept(db::Transaction& tx, const v1::Acceptance& acceptance) const;
  absl::StatusOr<bool> HasAccepted(db::Session& session, const std::string& person,
                                   const std::string& version) const;
  // By person, beyond `after`.
  absl::StatusOr<std::vector<v1::Acceptance>> ListAcceptances(db::Session& session,
                                                              const std::string& version,
                                                              const std::string& after, int limit) const;

  absl::Status InsertBinding(db::Transaction& tx, const v1::Binding& binding) const;
  // The last one set; nullopt when none was.
  absl::StatusOr<std::optional<v1::Binding>> LastBinding(db::Session& session) const;
};

}  // namespace plenary::ethics
