#include "services/membership/store/subscriptions.h"

#include "common/crypto/bytes.h"
#include "common/db/timestamps.h"
#include "common/time/date.h"
#include "services/membership/store/read_rows.h"

namespace plenary::membership::store {
namespace {

constexpr char kInsertRequest[] =
    "INSERT INTO subscription_requests (token_sha256, email, full_name, topics, expires_at) VALUES (?, ?, ?, "
    "?, ?)";
constexpr char kFindRequest[] =
    "SELECT email, full_name, topics, expires_at FROM subscription_requests WHERE token_sha256 = ? FOR "
    "UPDATE";
constexpr char kDeleteRequest[] = "DELETE FROM subscription_requests WHERE token_sha256 = ?";
constexpr char kDropRequests[] = "DELETE FROM subscription_requests WHERE email = ?";
constexpr char kCount[] =
    "INSERT INTO subscription_counts (asker_sha256, since, asked) VALUES (?, ?, 1)"
    " ON DUPLICATE KEY UPDATE asked = asked + 1";
constexpr char kCounted[] =
    "SELECT asked FROM subscription_counts WHERE asker_sha256 = ? AND since = ? FOR UPDATE";
constexpr char kClearRequests[] = "DELETE FROM subscription_requests WHERE expires_at < ? LIMIT ?";
constexpr char kClearCounts[] = "DELETE FROM subscription_counts WHERE since < ? LIMIT ?";

// Before a caller, so that nobody's e-mail address has the same digest.
constexpr std::string_view kFrom = "from ";

absl::Time HourOf(absl::Time now) { return absl::FromUnixSeconds(absl::ToUnixSeconds(now) / 3600 * 3600); }

absl::StatusOr<std::int64_t> Count(db::Transaction& transaction, std::string_view asker, absl::Time since) {
  RETURN_IF_ERROR(transaction.Execute(kCount, {asker, db::ToMicros(since)}).status());
  ASSIGN_OR_RETURN(const auto row, transaction.QueryOne(kCounted, {asker, db::ToMicros(since)}));
  return row->Int64(0);
}

}  // namespace

absl::Status InsertSubscriptionRequest(db::Transaction& transaction, std::string_view token,
                                       const SubscriptionRequest& request) {
  return transaction
      .Execute(kInsertRequest, {crypto::Sha256(token), request.email, request.full_name, request.topics,
                                db::ToMicros(request.expires_at)})
      .status();
}

absl::StatusOr<std::optional<SubscriptionRequest>> TakeSubscriptionRequest(db::Transaction& transaction,
                                                                           std::string_view token) {
  const std::string digest = crypto::Sha256(token);
  ASSIGN_OR_RETURN(auto request,
                   ReadOne<SubscriptionRequest>(transaction, kFindRequest, {digest}, [](const db::Row& row) {
                     return SubscriptionRequest{.email = row.Text(0),
                                                .full_name = row.Text(1),
                                                .topics = row.Text(2),
                                                .expires_at = db::FromMicros(row.Int64(3))};
                   }));
  if (request.has_value()) RETURN_IF_ERROR(transaction.Execute(kDeleteRequest, {digest}).status());
  return request;
}

absl::Status DropSubscriptionRequests(db::Transaction& transaction, std::string_view email) {
  return transaction.Execute(kDropRequests, {email}).status();
}

absl::StatusOr<std::int64_t> CountCaller(db::Transaction& transaction, std::string_view caller,
                                         absl::Time now) {
  return Count(transaction, crypto::Sha256(std::string(kFrom).append(caller)), HourOf(now));
}

absl::StatusOr<std::int64_t> CountEverybody(db::Transaction& transaction, absl::Time now) {
  return Count(transaction, std::string(crypto::kSha256Size, '\0'), HourOf(now));
}

absl::StatusOr<std::int64_t> CountAddress(db::Transaction& transaction, std::string_view email,
                                          absl::Time now) {
  return Count(transaction, crypto::Sha256(email), StartOf(DateOf(now)));
}

absl::Status ClearPast(db::Transaction& transaction, absl::Time now, std::int64_t limit) {
  RETURN_IF_ERROR(transaction.Execute(kClearRequests, {db::ToMicros(now), limit}).status());
  return transaction.Execute(kClearCounts, {db::ToMicros(StartOf(DateOf(now))), limit}).status();
}

}  // namespace plenary::membership::store
