#include "services/membership/store/seat_purchases.h"

#include "common/db/timestamps.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"
#include "services/membership/names.h"
#include "services/membership/store/dates.h"
#include "services/membership/store/read_rows.h"
#include "services/membership/team_names.h"

namespace plenary::membership::store {
namespace {

constexpr char kInsert[] =
    "INSERT INTO seat_purchases (id, company, seats, start_date, end_date, note, buyer, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kFind[] =
    "SELECT sequence, id, company, seats, start_date, end_date, note, buyer, created_at FROM seat_purchases"
    " WHERE id = ?";
constexpr char kSetSeats[] = "UPDATE seat_purchases SET seats = ? WHERE id = ?";
constexpr char kGrants[] =
    "SELECT seats, start_date, end_date FROM seat_purchases WHERE company = ?"
    " AND (end_date IS NULL OR end_date > ?) ORDER BY sequence";
constexpr char kList[] =
    "SELECT sequence, id, company, seats, start_date, end_date, note, buyer, created_at FROM seat_purchases"
    " WHERE company = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?";

StoredPurchase PurchaseOf(const db::Row& row) {
  StoredPurchase stored{.sequence = row.Uint64(0), .purchase = {}};
  v1::SeatPurchase& purchase = stored.purchase;
  purchase.set_name(ResourceName(kSeatPurchases, row.Text(1)));
  purchase.set_company(ResourceName(kCompanies, row.Text(2)));
  purchase.set_seats(static_cast<int>(row.Int64(3)));
  purchase.set_start_date(row.Text(4));
  purchase.set_end_date(row.OptionalText(5).value_or(""));
  purchase.set_note(row.Text(6));
  purchase.set_buyer(row.Text(7));
  *purchase.mutable_create_time() = ToTimestamp(db::FromMicros(row.Int64(8)));
  return stored;
}

}  // namespace

absl::Status InsertSeatPurchase(db::Transaction& transaction, const v1::SeatPurchase& purchase,
                                absl::Time now) {
  const db::Value end = purchase.end_date().empty() ? db::Value(db::Null()) : db::Value(purchase.end_date());
  return transaction
      .Execute(kInsert, {ResourceId(kSeatPurchases, purchase.name()).value_or(""),
                         ResourceId(kCompanies, purchase.company()).value_or(""), purchase.seats(),
                         purchase.start_date(), end, purchase.note(), purchase.buyer(), db::ToMicros(now)})
      .status();
}

absl::StatusOr<std::optional<v1::SeatPurchase>> FindSeatPurchase(db::Session& session, std::string_view id) {
  return ReadOne<v1::SeatPurchase>(session, kFind, {id},
                                   [](const db::Row& row) { return PurchaseOf(row).purchase; });
}

absl::Status SetPurchasedSeats(db::Transaction& transaction, std::string_view id, int seats) {
  return transaction.Execute(kSetSeats, {seats, id}).status();
}

absl::StatusOr<std::vector<rules::SeatGrant>> SeatGrantsOf(db::Session& session, std::string_view company,
                                                           absl::CivilDay day) {
  return ReadAll<rules::SeatGrant>(session, kGrants, {company, DateValue(day)}, [](const db::Row& row) {
    rules::SeatGrant grant{.seats = static_cast<int>(row.Int64(0)), .start = StoredDate(row.Text(1))};
    if (const auto end = row.OptionalText(2)) grant.end = StoredDate(*end);
    return grant;
  });
}

absl::StatusOr<std::vector<StoredPurchase>> ListSeatPurchases(db::Session& session, std::string_view company,
                                                              std::uint64_t before, std::int64_t limit) {
  return ReadAll<StoredPurchase>(session, kList, {company, before, limit}, PurchaseOf);
}

}  // namespace plenary::membership::store
