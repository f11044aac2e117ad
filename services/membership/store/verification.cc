#include "services/membership/store/verification.h"

#include "common/status/macros.h"
#include "services/membership/store/dates.h"
#include "services/membership/store/rows.h"

namespace plenary::membership::store {
namespace {

constexpr char kSaveWay[] =
    "REPLACE INTO verification_ways (category, way, valid_from, removed, display_name, letters, track, "
    "vouchers,"
    " board_motion) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kLoadWays[] =
    "SELECT category, way, valid_from, display_name, letters, track, vouchers, board_motion"
    " FROM verification_ways v WHERE v.valid_from = (SELECT MAX(w.valid_from) FROM verification_ways w"
    " WHERE w.category = v.category AND w.way = v.way AND w.valid_from <= ?) AND v.removed = 0"
    " ORDER BY v.category, v.way";
constexpr char kListWays[] =
    "SELECT category, way, valid_from, display_name, letters, track, vouchers, board_motion"
    " FROM verification_ways v WHERE v.valid_from = (SELECT MAX(w.valid_from) FROM verification_ways w"
    " WHERE w.category = v.category AND w.way = v.way AND w.valid_from <= ?) AND v.removed = 0"
    " AND (v.category > ? OR (v.category = ? AND v.way > ?)) ORDER BY v.category, v.way LIMIT ?";
constexpr char kListWaysOfCategory[] =
    "SELECT category, way, valid_from, display_name, letters, track, vouchers, board_motion"
    " FROM verification_ways v WHERE v.category = ? AND v.valid_from = (SELECT MAX(w.valid_from)"
    " FROM verification_ways w WHERE w.category = v.category AND w.way = v.way AND w.valid_from <= ?)"
    " AND v.removed = 0 AND v.way > ? ORDER BY v.way LIMIT ?";
constexpr char kFindWay[] =
    "SELECT category, way, valid_from, display_name, letters, track, vouchers, board_motion, removed"
    " FROM verification_ways WHERE category = ? AND way = ? AND valid_from <= ? ORDER BY valid_from DESC "
    "LIMIT 1";

constexpr char kLockPeople[] =
    "SELECT id, email, full_name, company, accepted_letters FROM people WHERE id IN (?, ?) ORDER BY id FOR "
    "UPDATE";

constexpr char kInsertVouch[] =
    "INSERT INTO vouches (voucher, person, person_now, start_date) VALUES (?, ?, ?, ?)";
constexpr char kOpenVouch[] =
    "SELECT sequence, voucher, person, start_date, end_date FROM vouches WHERE voucher = ? AND person_now = ?"
    " FOR UPDATE";
constexpr char kEndVouch[] =
    "UPDATE vouches SET end_date = GREATEST(start_date, ?), person_now = NULL WHERE voucher = ? AND "
    "person_now = ?";
constexpr char kListVouches[] =
    "SELECT sequence, voucher, person, start_date, end_date FROM vouches WHERE person = ? AND sequence > ?"
    " ORDER BY sequence LIMIT ?";

constexpr char kInsertGrant[] =
    "INSERT INTO verification_grants (person, category, motion, start_date) VALUES (?, ?, ?, ?)";
constexpr char kFindGrant[] =
    "SELECT person, category, motion, start_date, end_date, end_reason FROM verification_grants"
    " WHERE person = ? AND category = ? AND motion = ? FOR UPDATE";
constexpr char kEndGrant[] =
    "UPDATE verification_grants SET end_date = GREATEST(start_date, ?), end_reason = ?"
    " WHERE person = ? AND category = ? AND motion = ? AND end_date IS NULL";

constexpr char kInsertCodeAcceptance[] =
    "INSERT INTO code_acceptances (person, code_version, accepted_on) VALUES (?, ?, ?)";
constexpr char kFindCodeAcceptance[] =
    "SELECT accepted_on FROM code_acceptances WHERE person = ? AND code_version = ? FOR UPDATE";

StoredWay WayOf(const db::Row& row) {
  return {.way = {.category = row.Text(0),
                  .id = row.Text(1),
                  .display_name = row.Text(3),
                  .letters = static_cast<int>(row.Int64(4)),
                  .track = row.Text(5),
                  .vouchers = static_cast<int>(row.Int64(6)),
                  .board_motion = row.Bool(7)},
          .valid_from = StoredDate(row.Text(2))};
}

v1::Vouch VouchOf(const db::Row& row) {
  v1::Vouch vouch;
  vouch.set_voucher("people/" + row.Text(1));
  vouch.set_person("people/" + row.Text(2));
  vouch.set_start_date(row.Text(3));
  vouch.set_end_date(row.OptionalText(4).value_or(""));
  return vouch;
}

}  // namespace

absl::Status SaveWay(db::Transaction& transaction, const StoredWay& way, WayEnd end) {
  const rules::VerificationWay& says = way.way;
  return transaction
      .Execute(kSaveWay, {says.category, says.id, FormatDate(way.valid_from), end == WayEnd::kRemoved,
                          says.display_name, says.letters, says.track, says.vouchers, says.board_motion})
      .status();
}

absl::StatusOr<std::vector<StoredWay>> ListWays(db::Session& session, absl::CivilDay day,
                                                std::string_view category, const WayKey& after,
                                                std::int64_t limit) {
  std::vector<StoredWay> ways;
  const auto take = [&](const db::Row& row) { ways.push_back(WayOf(row)); };
  if (category.empty()) {
    RETURN_IF_ERROR(
        session.Query(kListWays, {FormatDate(day), after.category, after.category, after.id, limit}, take));
  } else {
    RETURN_IF_ERROR(session.Query(kListWaysOfCategory, {category, FormatDate(day), after.id, limit}, take));
  }
  return ways;
}

absl::StatusOr<std::optional<StoredWay>> FindWay(db::Session& session, absl::CivilDay day,
                                                 const WayKey& key) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kFindWay, {key.category, key.id, FormatDate(day)}));
  if (!row.has_value() || row->Bool(8)) return std::optional<StoredWay>();
  return std::optional<StoredWay>(WayOf(*row));
}

absl::StatusOr<std::vector<rules::VerificationWay>> LoadWays(db::Session& session, absl::CivilDay day) {
  std::vector<rules::VerificationWay> ways;
  const auto take = [&](const db::Row& row) { ways.push_back(WayOf(row).way); };
  RETURN_IF_ERROR(session.Query(kLoadWays, {FormatDate(day)}, take));
  return ways;
}

absl::StatusOr<std::vector<rules::RegisterPerson>> LockPeople(db::Transaction& transaction,
                                                              std::string_view one, std::string_view other) {
  std::vector<rules::RegisterPerson> people;
  RETURN_IF_ERROR(transaction.Query(kLockPeople, {one, other},
                                    [&](const db::Row& row) { people.push_back(PersonOf(row)); }));
  return people;
}

absl::StatusOr<bool> InsertVouch(db::Transaction& transaction, std::string_view voucher,
                                 std::string_view person, absl::CivilDay day) {
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   transaction.Insert(kInsertVouch, {voucher, person, person, FormatDate(day)}));
  return outcome.inserted();
}

absl::StatusOr<std::optional<v1::Vouch>> OpenVouch(db::Transaction& transaction, std::string_view voucher,
                                                   std::string_view person) {
  ASSIGN_OR_RETURN(const auto row, transaction.QueryOne(kOpenVouch, {voucher, person}));
  if (!row.has_value()) return std::optional<v1::Vouch>();
  return std::optional<v1::Vouch>(VouchOf(*row));
}

absl::StatusOr<bool> EndVouch(db::Transaction& transaction, std::string_view voucher, std::string_view person,
                              absl::CivilDay day) {
  ASSIGN_OR_RETURN(const std::int64_t ended,
                   transaction.Execute(kEndVouch, {FormatDate(day), voucher, person}));
  return ended == 1;
}

absl::StatusOr<std::vector<StoredVouch>> ListVouches(db::Session& session, std::string_view person,
                                                     std::uint64_t after, std::int64_t limit) {
  std::vector<StoredVouch> vouches;
  RETURN_IF_ERROR(session.Query(kListVouches, {person, after, limit}, [&](const db::Row& row) {
    vouches.push_back({.sequence = row.Uint64(0), .vouch = VouchOf(row)});
  }));
  return vouches;
}

absl::StatusOr<bool> InsertGrant(db::Transaction& transaction, std::string_view person,
                                 std::string_view category, std::string_view motion, absl::CivilDay day) {
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   transaction.Insert(kInsertGrant, {person, category, motion, FormatDate(day)}));
  return outcome.inserted();
}

absl::StatusOr<std::optional<v1::VerificationGrant>> FindGrant(db::Transaction& transaction,
                                                               std::string_view person,
                                                               std::string_view category,
                                                               std::string_view motion) {
  ASSIGN_OR_RETURN(const auto row, transaction.QueryOne(kFindGrant, {person, category, motion}));
  if (!row.has_value()) return std::optional<v1::VerificationGrant>();
  v1::VerificationGrant grant;
  grant.set_person("people/" + row->Text(0));
  grant.set_category("categories/" + row->Text(1));
  grant.set_motion(row->Text(2));
  grant.set_start_date(row->Text(3));
  grant.set_end_date(row->OptionalText(4).value_or(""));
  grant.set_end_reason(row->Text(5));
  return std::optional<v1::VerificationGrant>(std::move(grant));
}

absl::StatusOr<bool> EndGrant(db::Transaction& transaction, std::string_view person,
                              std::string_view category, std::string_view motion, absl::CivilDay day,
                              std::string_view reason) {
  ASSIGN_OR_RETURN(const std::int64_t ended,
                   transaction.Execute(kEndGrant, {FormatDate(day), reason, person, category, motion}));
  return ended == 1;
}

absl::StatusOr<bool> InsertCodeAcceptance(db::Transaction& transaction, std::string_view person,
                                          std::string_view version, absl::CivilDay day) {
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   transaction.Insert(kInsertCodeAcceptance, {person, version, FormatDate(day)}));
  return outcome.inserted();
}

absl::StatusOr<std::optional<absl::CivilDay>> FindCodeAcceptance(db::Transaction& transaction,
                                                                 std::string_view person,
                                                                 std::string_view version) {
  ASSIGN_OR_RETURN(const auto row, transaction.QueryOne(kFindCodeAcceptance, {person, version}));
  if (!row.has_value()) return std::optional<absl::CivilDay>();
  return std::optional<absl::CivilDay>(StoredDate(row->Text(0)));
}

}  // namespace plenary::membership::store
