// Codes by which people join a company, as digests.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"

namespace plenary::membership::store {

struct JoinCode {
  std::string id;
  std::string company;
  std::string code_sha256;  // 32 bytes
  std::string address;      // of an invitation, normalised; "" of a code
  int uses = 0;
  int most_uses = 1;
  absl::Time expires;
  std::string creator;
  absl::Time created;
  std::optional<absl::Time> revoked;
};

absl::Status InsertJoinCode(db::Transaction& transaction, const JoinCode& code);
absl::StatusOr<std::optional<JoinCode>> FindJoinCode(db::Session& session, std::string_view id);
absl::StatusOr<std::optional<JoinCode>> FindJoinCodeByDigest(db::Session& session,
                                                             std::string_view code_sha256);
// Holds the code for the rest of the transaction.
absl::StatusOr<std::optional<JoinCode>> LockJoinCode(db::Transaction& transaction, std::string_view id);
// Counts a use; false when the code is used up, revoked or out of date.
absl::StatusOr<bool> UseJoinCode(db::Transaction& transaction, std::string_view id, absl::Time now);
// False when it was revoked before.
absl::StatusOr<bool> MarkJoinCodeRevoked(db::Transaction& transaction, std::string_view id, absl::Time now);
// By id, beyond `after`.
absl::StatusOr<std::vector<JoinCode>> ListJoinCodes(db::Session& session, std::string_view company,
                                                    std::string_view after, std::int64_t limit);
// Codes that are no invitations and can still be used.
absl::StatusOr<std::int64_t> CountJoinCodes(db::Session& session, std::string_view company, absl::Time now);
absl::StatusOr<std::int64_t> CountInvitations(db::Session& session, std::string_view company,
                                              absl::Time since);

}  // namespace plenary::membership::store
