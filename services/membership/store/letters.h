// Letters of reference. Whoever decides one holds the row of its member first, then the letter's. A referee
// is a mailbox (rules::Mailbox), however its address is written.
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
#include "plenary/membership/v1/letter_service.pb.h"

namespace plenary::membership::store {

// Letters are complete, but for their state: that is the stored one, which knows no EXPIRED.
//
// `token_sha256` of the secret in the mail; "" of a letter on paper. False when a letter of that referee is
// under way or accepted.
absl::StatusOr<bool> InsertLetter(db::Transaction& transaction, const v1::Letter& letter,
                                  std::string_view token_sha256);
// Stores what may change of a letter. A letter that is no longer REQUESTED has no token; one that is neither
// under way nor accepted frees its referee.
absl::Status UpdateLetter(db::Transaction& transaction, const v1::Letter& letter);
// Frees the referee of a letter that was asked for and did not come in time.
absl::Status FreeExpiredReferee(db::Transaction& transaction, std::string_view person,
                                std::string_view referee, absl::Time now);

// `id` of the letter.
absl::StatusOr<std::optional<v1::Letter>> FindLetter(db::Session& session, std::string_view id);
absl::StatusOr<std::optional<v1::Letter>> LockLetter(db::Transaction& transaction, std::string_view id);
absl::StatusOr<std::optional<v1::Letter>> LockLetterByToken(db::Transaction& transaction,
                                                            std::string_view token_sha256);
// The letter of that referee that is under way or accepted.
absl::StatusOr<std::optional<v1::Letter>> LockLetterOfReferee(db::Transaction& transaction,
                                                              std::string_view person,
                                                              std::string_view referee);

// By id, beyond `after`, without their texts. `person` "" and STATE_UNSPECIFIED mean any; EXPIRED is as of
// `now`.
absl::StatusOr<std::vector<v1::Letter>> ListLetters(db::Session& session, std::string_view after,
                                                    std::string_view person, v1::Letter::State state,
                                                    absl::Time now, std::int64_t limit);

// Letters that were asked for about the person after `since`, whatever became of them.
absl::StatusOr<std::int64_t> CountLetterRequests(db::Transaction& transaction, std::string_view person,
                                                 absl::Time since);

}  // namespace plenary::membership::store
