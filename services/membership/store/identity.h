// Sign-ins, sessions and their refresh tokens, and what is counted of them. Digests in, digests out: no
// secret comes here.
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
#include "plenary/membership/v1/identity_service.pb.h"

namespace plenary::membership::store {

// Removes some of what is out of date. In a transaction of its own, so that nobody waits for it.
absl::Status PruneSignIns(db::Session& session, absl::Time before);
absl::Status PruneCounts(db::Session& session, absl::Time before);
absl::Status PruneRefreshTokens(db::Session& session, absl::Time now);

struct Count {
  std::int64_t uses = 0;
  absl::Time started;
};
// Counts one more use, in a new span when the last is over, and says how many it makes. Whoever counts the
// same subject waits until this transaction ends.
absl::StatusOr<Count> CountUse(db::Transaction& transaction, std::string_view subject, absl::Time now);
// Takes one use back.
absl::Status UncountUse(db::Transaction& transaction, std::string_view subject);
// Takes all of them back.
absl::Status ForgetUses(db::Transaction& transaction, std::string_view subject);

struct SignIn {
  std::string id;
  std::string address_sha256;
  std::string person;  // "" when the address is nobody's
  std::string salt;
  std::string code_sha256;
  std::string link_sha256;
  int tries = 0;
};
absl::Status InsertSignIn(db::Transaction& transaction, const SignIn& sign_in, absl::Time now);
// Takes one of the tries, and holds the row; nullopt when there is none to take: no such sign-in, used, out
// of date, or out of tries.
absl::StatusOr<std::optional<SignIn>> TakeTry(db::Transaction& transaction, std::string_view id,
                                              absl::Time now);
absl::Status UseSignIn(db::Transaction& transaction, std::string_view id, absl::Time now);

struct StoredSession {
  std::string id;
  std::string person;
  v1::SignInMeans means = v1::SIGN_IN_MEANS_UNSPECIFIED;
  std::string chain_key;
  absl::Time created;
  absl::Time refreshed;
  std::optional<absl::Time> ended;
};
enum class EndCause { kSignedOut, kEnded, kSignedOutEverywhere, kTokenReused };

absl::Status InsertSession(db::Transaction& transaction, const StoredSession& session);
absl::Status InsertRefreshToken(db::Transaction& transaction, std::string_view token_sha256,
                                const StoredSession& session);

struct RefreshToken {
  StoredSession session;
  std::optional<absl::Time> used;
  std::string use_sha256;
};
// Holds the token and its session.
absl::StatusOr<std::optional<RefreshToken>> LockRefreshToken(db::Transaction& transaction,
                                                             std::string_view token_sha256);
// Whether a token, of a session that is held, is there and was used.
absl::StatusOr<bool> IsUsed(db::Transaction& transaction, std::string_view token_sha256);
absl::Status UseRefreshToken(db::Transaction& transaction, std::string_view token_sha256,
                             std::string_view use_sha256, absl::Time now);
absl::Status TouchSession(db::Transaction& transaction, std::string_view session, absl::Time now);

absl::StatusOr<std::optional<StoredSession>> LockSession(db::Transaction& transaction, std::string_view id);
// False when it had ended.
absl::StatusOr<bool> EndSession(db::Transaction& transaction, std::string_view id, EndCause cause,
                                absl::Time now);
// How many were live.
absl::StatusOr<std::int64_t> EndSessionsOf(db::Transaction& transaction, std::string_view person,
                                           absl::Time now);
// Live sessions of a person, by id.
absl::StatusOr<std::vector<StoredSession>> ListSessions(db::Session& session, std::string_view person,
                                                        std::string_view after, absl::Time now,
                                                        std::int64_t limit);

}  // namespace plenary::membership::store
