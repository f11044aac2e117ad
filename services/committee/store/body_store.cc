#include "services/committee/store/body_store.h"

#include "common/db/timestamps.h"
#include "common/ids/id.h"
#include "common/status/macros.h"
#include "common/time/date.h"

namespace plenary::committee {
namespace {

// The columns of a body; its one parameter is today.
#define BODY_COLUMNS                                                                              \
  "SELECT b.body, b.display_name, b.kind, b.purpose, b.seat_count,"                               \
  " (SELECT COUNT(*) FROM holdings h WHERE h.body = b.body AND h.current = 1 AND h.end_date > ?)" \
  " FROM bodies b"
// The columns of a holding; its one parameter is today.
#define HOLDING_COLUMNS                                                                             \
  "h.holding, h.body, h.seat, h.person, h.full_name, h.origin, h.office, h.start_date, h.end_date," \
  " h.election, h.current IS NULL OR h.end_date <= ?"

constexpr char kInsertBody[] =
    "INSERT INTO bodies (body, display_name, kind, purpose, seat_count) VALUES (?, ?, ?, ?, ?)";
constexpr char kInsertSeats[] = "INSERT INTO seats (body, seat) VALUES";
constexpr char kFindBody[] = BODY_COLUMNS " WHERE b.body = ?";
constexpr char kLockBody[] = "SELECT seat_count FROM bodies WHERE body = ? FOR UPDATE";
constexpr char kListBodies[] = BODY_COLUMNS " WHERE b.body > ? ORDER BY b.body LIMIT ?";

constexpr char kListSeats[] =
    "SELECT " HOLDING_COLUMNS
    ", s.seat FROM seats s LEFT JOIN holdings h ON h.body = s.body AND h.seat = s.seat AND h.current = 1"
    " AND h.end_date > ? WHERE s.body = ? ORDER BY s.seat";
constexpr char kFindHolder[] =
    "SELECT " HOLDING_COLUMNS
    " FROM holdings h WHERE h.body = ? AND h.person = ? AND h.current = 1 AND h.end_date > ?";
constexpr char kPresentHolders[] =
    "SELECT " HOLDING_COLUMNS
    " FROM holdings h WHERE h.body = ? AND h.current = 1 AND h.end_date > ? ORDER BY h.seat";
// An empty body or person asks for all; an empty start date begins at the newest.
constexpr char kListHoldings[] = "SELECT " HOLDING_COLUMNS
                                 " FROM holdings h WHERE (? = '' OR h.body = ?) AND (? = '' OR h.person = ?)"
                                 " AND (h.start_date < ? OR (h.start_date = ? AND h.holding < ?))"
                                 " ORDER BY h.start_date DESC, h.holding DESC LIMIT ?";

constexpr char kInsertHolding[] =
    "INSERT INTO holdings (holding, body, seat, person, full_name, origin, office, start_date, end_date, "
    "election,"
    " current, chair) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)";
constexpr char kOpenHoldings[] =
    "SELECT holding, body, seat, person, end_date FROM holdings WHERE current = 1 ORDER BY body, seat";
constexpr char kEndHolding[] =
    "UPDATE holdings SET current = NULL, chair = NULL WHERE holding = ? AND current = 1";

constexpr char kInsertSeating[] =
    "INSERT INTO seatings (election, request_hash, response, seated_at) VALUES (?, ?, NULL, ?)";
// Shared, as the refused INSERT already is: two that were refused do not wait for each other.
constexpr char kLoadSeating[] =
    "SELECT request_hash, response FROM seatings WHERE election = ? LOCK IN SHARE MODE";
constexpr char kSaveSeatingResponse[] = "UPDATE seatings SET response = ? WHERE election = ?";

// Later than any holding: where a list that goes back in time begins.
constexpr char kEndOfTime[] = "9999-12-31";

v1::Body ReadBody(const db::Row& row) {
  v1::Body body;
  body.set_name(BodyName(row.Text(0)));
  body.set_display_name(row.Text(1));
  body.set_kind(static_cast<v1::Body::Kind>(row.Int64(2)));
  body.set_purpose(row.Text(3));
  body.set_seat_count(static_cast<int>(row.Int64(4)));
  body.set_filled_seats(static_cast<int>(row.Int64(5)));
  return body;
}

v1::Holding ReadHolding(const db::Row& row) {
  v1::Holding holding;
  holding.set_seat(SeatName(row.Text(1), static_cast<int>(row.Int64(2))));
  holding.set_person(ResourceName("people", row.Text(3)));
  holding.set_full_name(row.Text(4));
  holding.set_origin(static_cast<v1::Holding::Origin>(row.Int64(5)));
  holding.set_office(static_cast<v1::Holding::Office>(row.Int64(6)));
  holding.set_start_date(row.Text(7));
  holding.set_end_date(row.Text(8));
  if (!row.IsNull(9)) holding.set_election(ResourceName("elections", row.Text(9)));
  holding.set_ended(row.Bool(10));
  return holding;
}

}  // namespace

absl::StatusOr<db::InsertOutcome> BodyStore::InsertBody(db::Transaction& tx, const v1::Body& body) const {
  const std::string id = *ResourceId("bodies", body.name());
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   tx.Insert(kInsertBody, {id, body.display_name(), static_cast<int>(body.kind()),
                                           body.purpose(), body.seat_count()}));
  if (outcome.duplicate()) return outcome;
  std::vector<db::Params> seats;
  for (int seat = 1; seat <= body.seat_count(); ++seat) seats.push_back({id, seat});
  return tx.InsertMany(kInsertSeats, seats);
}

absl::StatusOr<std::optional<v1::Body>> BodyStore::FindBody(db::Session& session, const std::string& body,
                                                            absl::CivilDay today) const {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kFindBody, {FormatDate(today), body}));
  if (!row) return std::nullopt;
  return ReadBody(*row);
}

absl::StatusOr<std::optional<int>> BodyStore::LockBody(db::Transaction& tx, const std::string& body) const {
  ASSIGN_OR_RETURN(const auto row, tx.QueryOne(kLockBody, {body}));
  if (!row) return std::nullopt;
  return static_cast<int>(row->Int64(0));
}

absl::StatusOr<std::vector<v1::Body>> BodyStore::ListBodies(db::Session& session, const std::string& after,
                                                            int limit, absl::CivilDay today) const {
  std::vector<v1::Body> bodies;
  RETURN_IF_ERROR(session.Query(kListBodies, {FormatDate(today), after, limit},
                                [&](const db::Row& row) { bodies.push_back(ReadBody(row)); }));
  return bodies;
}

absl::StatusOr<std::vector<v1::Seat>> BodyStore::ListSeats(db::Session& session, const std::string& body,
                                                           absl::CivilDay today) const {
  const std::string day = FormatDate(today);
  std::vector<v1::Seat> seats;
  RETURN_IF_ERROR(session.Query(kListSeats, {day, day, body}, [&](const db::Row& row) {
    v1::Seat& seat = seats.emplace_back();
    seat.set_name(SeatName(body, static_cast<int>(row.Int64(11))));
    if (!row.IsNull(0)) *seat.mutable_holding() = ReadHolding(row);
  }));
  return seats;
}

absl::StatusOr<std::optional<v1::Holding>> BodyStore::FindHolder(db::Session& session,
                                                                 const std::string& body,
                                                                 const std::string& person,
                                                                 absl::CivilDay today) const {
  const std::string day = FormatDate(today);
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kFindHolder, {day, body, person, day}));
  if (!row) return std::nullopt;
  return ReadHolding(*row);
}

absl::StatusOr<std::vector<v1::Holding>> BodyStore::PresentHolders(db::Session& session,
                                                                   const std::string& body,
                                                                   absl::CivilDay today) const {
  const std::string day = FormatDate(today);
  std::vector<v1::Holding> holders;
  RETURN_IF_ERROR(session.Query(kPresentHolders, {day, body, day},
                                [&](const db::Row& row) { holders.push_back(ReadHolding(row)); }));
  return holders;
}

absl::StatusOr<std::vector<BodyStore::ListedHolding>> BodyStore::ListHoldings(
    db::Session& session, const HoldingFilter& filter, const std::optional<HoldingKey>& after, int limit,
    absl::CivilDay today) const {
  const std::string start = after ? after->start_date : kEndOfTime;
  const std::string id = after ? after->id : "";
  std::vector<ListedHolding> holdings;
  RETURN_IF_ERROR(session.Query(
      kListHoldings,
      {FormatDate(today), filter.body, filter.body, filter.person, filter.person, start, start, id, limit},
      [&](const db::Row& row) {
        holdings.push_back({{row.Text(7), row.Text(0)}, ReadHolding(row)});
      }));
  return holdings;
}

absl::StatusOr<db::InsertOutcome> BodyStore::InsertHolding(db::Transaction& tx, const std::string& id,
                                                           const SeatId& seat,
                                                           const v1::Holding& holding) const {
  const bool chair = holding.office() == v1::Holding::OFFICE_CHAIR;
  return tx.Insert(kInsertHolding,
                   {id, seat.body, seat.number, *ResourceId("people", holding.person()), holding.full_name(),
                    static_cast<int>(holding.origin()), static_cast<int>(holding.office()),
                    holding.start_date(), holding.end_date(), ResourceId("elections", holding.election()),
                    chair ? std::optional<int>(1) : std::nullopt});
}

absl::StatusOr<std::vector<rules::OpenHolding>> BodyStore::OpenHoldings(db::Session& session) const {
  std::vector<rules::OpenHolding> holdings;
  RETURN_IF_ERROR(session.Query(kOpenHoldings, {}, [&](const db::Row& row) {
    holdings.push_back({.id = row.Text(0),
                        .body = BodyName(row.Text(1)),
                        .seat = static_cast<int>(row.Int64(2)),
                        .person = ResourceName("people", row.Text(3)),
                        .end_date = ParseDate(row.Text(4)).value_or(absl::CivilDay::max())});
  }));
  return holdings;
}

absl::Status BodyStore::EndHolding(db::Transaction& tx, const std::string& id) const {
  return tx.Execute(kEndHolding, {id}).status();
}

absl::StatusOr<db::InsertOutcome> BodyStore::InsertSeating(db::Transaction& tx, const std::string& election,
                                                           const std::string& request_hash,
                                                           absl::Time at) const {
  return tx.Insert(kInsertSeating, {election, request_hash, db::ToMicros(at)});
}

absl::StatusOr<Seating> BodyStore::LoadSeating(db::Transaction& tx, const std::string& election) const {
  ASSIGN_OR_RETURN(const auto row, tx.QueryOne(kLoadSeating, {election}));
  if (!row || row->IsNull(1)) return absl::InternalError("a seating is stored without its response");
  return Seating{row->Bytes(0), row->Bytes(1)};
}

absl::Status BodyStore::SaveSeatingResponse(db::Transaction& tx, const std::string& election,
                                            const std::string& response) const {
  return tx.Execute(kSaveSeatingResponse, {response, election}).status();
}

}  // namespace plenary::committee
