#include "services/membership/store/help_offers.h"

#include "common/db/timestamps.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"
#include "services/membership/names.h"
#include "services/membership/store/read_rows.h"
#include "services/membership/team_names.h"

namespace plenary::membership::store {
namespace {

constexpr char kInsert[] =
    "INSERT INTO help_offers (id, person, hours_a_month, skills, offer_text, show_email, state, taken_for,"
    " created_at) VALUES (?, ?, ?, ?, ?, ?, 'OPEN', '', ?)";
constexpr char kCountOpen[] = "SELECT COUNT(*) FROM help_offers WHERE person = ? AND state = 'OPEN'";
constexpr char kLock[] =
    "SELECT h.sequence, h.id, h.person, COALESCE(p.full_name, ''), COALESCE(p.email, ''), h.hours_a_month, "
    "h.skills,"
    " h.offer_text, h.show_email, h.state, h.taken_for, h.created_at, h.settled_at FROM help_offers h"
    " LEFT JOIN people p ON p.id = h.person WHERE h.id = ? FOR UPDATE";
constexpr char kSettle[] =
    "UPDATE help_offers SET state = ?, taken_for = ?, settled_at = ? WHERE id = ? AND state = 'OPEN'";
constexpr char kList[] =
    "SELECT h.sequence, h.id, h.person, COALESCE(p.full_name, ''), COALESCE(p.email, ''), h.hours_a_month, "
    "h.skills,"
    " h.offer_text, h.show_email, h.state, h.taken_for, h.created_at, h.settled_at FROM help_offers h"
    " LEFT JOIN people p ON p.id = h.person WHERE (? = '' OR h.person = ?) AND (? = '' OR h.state = ?)"
    " AND (? = '' OR LOCATE(LOWER(?), LOWER(CONCAT(h.skills, ' ', h.offer_text))) > 0) AND h.sequence < ?"
    " ORDER BY h.sequence DESC LIMIT ?";

StoredOffer OfferOf(const db::Row& row) {
  StoredOffer stored{.sequence = row.Uint64(0), .offer = {}};
  v1::HelpOffer& offer = stored.offer;
  offer.set_name(ResourceName(kHelpOffers, row.Text(1)));
  offer.set_person(ResourceName(kPeople, row.Text(2)));
  offer.set_full_name(row.Text(3));
  offer.set_email(row.Text(4));
  offer.set_hours_a_month(static_cast<int>(row.Int64(5)));
  offer.set_skills(row.Text(6));
  offer.set_text(row.Text(7));
  offer.set_show_email(row.Bool(8));
  v1::HelpOffer::State state = v1::HelpOffer::STATE_UNSPECIFIED;
  v1::HelpOffer::State_Parse("STATE_" + row.Text(9), &state);
  offer.set_state(state);
  offer.set_taken_for(row.Text(10));
  *offer.mutable_create_time() = ToTimestamp(db::FromMicros(row.Int64(11)));
  if (const auto settled = row.OptionalInt64(12)) {
    *offer.mutable_settle_time() = ToTimestamp(db::FromMicros(*settled));
  }
  return stored;
}

}  // namespace

absl::Status InsertHelpOffer(db::Transaction& transaction, const v1::HelpOffer& offer, absl::Time now) {
  return transaction
      .Execute(kInsert, {ResourceId(kHelpOffers, offer.name()).value_or(""),
                         ResourceId(kPeople, offer.person()).value_or(""), offer.hours_a_month(),
                         offer.skills(), offer.text(), offer.show_email(), db::ToMicros(now)})
      .status();
}

absl::StatusOr<std::int64_t> CountOpenOffers(db::Session& session, std::string_view person) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kCountOpen, {person}));
  return row.has_value() ? row->Int64(0) : 0;
}

absl::StatusOr<std::optional<v1::HelpOffer>> LockHelpOffer(db::Transaction& transaction,
                                                           std::string_view id) {
  return ReadOne<v1::HelpOffer>(transaction, kLock, {id},
                                [](const db::Row& row) { return OfferOf(row).offer; });
}

absl::StatusOr<bool> SettleHelpOffer(db::Transaction& transaction, std::string_view id,
                                     std::string_view state, std::string_view taken_for, absl::Time now) {
  ASSIGN_OR_RETURN(const std::int64_t settled,
                   transaction.Execute(kSettle, {state, taken_for, db::ToMicros(now), id}));
  return settled == 1;
}

absl::StatusOr<std::vector<StoredOffer>> ListHelpOffers(db::Session& session, const HelpFilter& filter,
                                                        std::uint64_t before, std::int64_t limit) {
  return ReadAll<StoredOffer>(
      session, kList,
      {filter.person, filter.person, filter.state, filter.state, filter.word, filter.word, before, limit},
      OfferOf);
}

}  // namespace plenary::membership::store
