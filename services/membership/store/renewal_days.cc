#include "services/membership/store/renewal_days.h"

#include "common/db/timestamps.h"
#include "common/status/macros.h"
#include "common/time/date.h"

namespace plenary::membership::store {
namespace {

constexpr char kFind[] = "SELECT finished_at FROM renewal_days WHERE day = ?";
constexpr char kMark[] = "INSERT INTO renewal_days (day, finished_at) VALUES (?, ?)";

}  // namespace

absl::StatusOr<bool> RenewalDayDone(db::Session& session, absl::CivilDay day) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kFind, {FormatDate(day)}));
  return row.has_value();
}

absl::Status MarkRenewalDay(db::Transaction& transaction, absl::CivilDay day, absl::Time now) {
  // Another process may have come to the end first: both did the same.
  return transaction.Insert(kMark, {FormatDate(day), db::ToMicros(now)}).status();
}

}  // namespace plenary::membership::store
