#include "services/membership/store/price_locks.h"

#include "common/status/macros.h"
#include "services/membership/store/dates.h"

namespace plenary::membership::store {
namespace {

constexpr char kPriceLocksOf[] =
    "SELECT category, since, price_cents, ended_on FROM price_locks WHERE holder = ? ORDER BY since, "
    "category";
constexpr char kEndOthers[] =
    "UPDATE price_locks SET ended_on = ?, category_now = NULL"
    " WHERE holder = ? AND category_now = ? AND since <> ?";
constexpr char kHold[] =
    "INSERT INTO price_locks (holder, category, since, price_cents, ended_on, category_now)"
    " VALUES (?, ?, ?, ?, NULL, ?) ON DUPLICATE KEY UPDATE ended_on = NULL, category_now = "
    "VALUES(category_now)";
constexpr char kInsertEnded[] =
    "INSERT INTO price_locks (holder, category, since, price_cents, ended_on, category_now)"
    " VALUES (?, ?, ?, ?, ?, NULL) ON DUPLICATE KEY UPDATE since = VALUES(since)";
constexpr char kEnd[] =
    "UPDATE price_locks SET ended_on = ?, category_now = NULL WHERE holder = ? AND category_now = ?";
constexpr char kEndAll[] =
    "UPDATE price_locks SET ended_on = ?, category_now = NULL WHERE holder = ? AND category_now IS NOT NULL";

}  // namespace

absl::StatusOr<std::vector<PriceLock>> PriceLocksOf(db::Session& session, std::string_view holder) {
  std::vector<PriceLock> locks;
  RETURN_IF_ERROR(session.Query(kPriceLocksOf, {holder}, [&](const db::Row& row) {
    PriceLock& lock = locks.emplace_back();
    lock.category = row.Text(0);
    lock.price = {.cents = row.Int64(2), .since = StoredDate(row.Text(1))};
    if (const auto ended = row.OptionalText(3)) lock.ended_on = StoredDate(*ended);
  }));
  return locks;
}

absl::Status HoldPrice(db::Transaction& transaction, std::string_view holder, std::string_view category,
                       const rules::LockedPrice& lock) {
  const std::string since = FormatDate(lock.since);
  RETURN_IF_ERROR(transaction.Execute(kEndOthers, {since, holder, category, since}).status());
  return transaction.Execute(kHold, {holder, category, since, lock.cents, category}).status();
}

absl::Status RecordEndedPrice(db::Transaction& transaction, std::string_view holder,
                              std::string_view category, const rules::LockedPrice& lock,
                              absl::CivilDay ended_on) {
  return transaction
      .Execute(kInsertEnded, {holder, category, FormatDate(lock.since), lock.cents, FormatDate(ended_on)})
      .status();
}

absl::StatusOr<bool> EndPriceLock(db::Transaction& transaction, std::string_view holder,
                                  std::string_view category, absl::CivilDay on) {
  ASSIGN_OR_RETURN(const std::int64_t ended, transaction.Execute(kEnd, {FormatDate(on), holder, category}));
  return ended > 0;
}

absl::Status EndPriceLocks(db::Transaction& transaction, std::string_view holder, absl::CivilDay on) {
  return transaction.Execute(kEndAll, {FormatDate(on), holder}).status();
}

}  // namespace plenary::membership::store
