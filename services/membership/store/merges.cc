#include "services/membership/store/merges.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "common/db/timestamps.h"
#include "common/status/macros.h"
#include "services/membership/errors_duplicates.h"
#include "services/membership/store/dates.h"
#include "services/membership/store/links.h"
#include "services/membership/store/read_rows.h"
#include "services/membership/store/register.h"
#include "services/membership/store/search.h"

namespace plenary::membership::store {
namespace {

// A kind of fact that follows its holder. `list` gives the keys of the holder's rows, one or two columns;
// `move` takes (to, from, to, key, key): who the row goes to, what to put in the place of what within the
// column whose key makes the invariant, and the row. A move that breaks a UNIQUE key leaves the row where it
// is.
struct Fact {
  const char* name;
  const char* list;
  const char* move;
};

constexpr std::array kFactsOfPeople = {
    Fact{"memberships", "SELECT category, start_date FROM memberships WHERE holder = ? FOR UPDATE",
         "UPDATE memberships SET holder = ? WHERE ? <> ? AND category = ? AND start_date = ? AND holder = ?"},
    Fact{"acts", "SELECT sequence, '' FROM membership_acts WHERE holder = ? FOR UPDATE",
         "UPDATE membership_acts SET holder = ? WHERE ? <> ? AND sequence = ? AND '' = ? AND holder = ?"},
    Fact{"price_locks", "SELECT category, since FROM price_locks WHERE holder = ? FOR UPDATE",
         "UPDATE price_locks SET holder = ? WHERE ? <> ? AND category = ? AND since = ? AND holder = ?"},
    Fact{
        "invoices", "SELECT sequence, '' FROM invoices WHERE holder = ? FOR UPDATE",
        "UPDATE invoices SET holder = ?, period_now = REPLACE(period_now, ?, ?) WHERE sequence = ? AND '' = ?"
        " AND holder = ?"},
    Fact{"payments", "SELECT sequence, '' FROM payments WHERE holder = ? FOR UPDATE",
         "UPDATE payments SET holder = ? WHERE ? <> ? AND sequence = ? AND '' = ? AND holder = ?"},
    Fact{"credits", "SELECT id, '' FROM credits WHERE person = ? FOR UPDATE",
         "UPDATE credits SET person = ? WHERE ? <> ? AND id = ? AND '' = ? AND person = ?"},
    Fact{"certifications", "SELECT id, '' FROM certifications WHERE person = ? FOR UPDATE",
         "UPDATE certifications SET person = ?, held_now = REPLACE(held_now, ?, ?) WHERE id = ? AND '' = ?"
         " AND person = ?"},
    Fact{
        "code_acceptances", "SELECT code_version, '' FROM code_acceptances WHERE person = ? FOR UPDATE",
        "UPDATE code_acceptances SET person = ? WHERE ? <> ? AND code_version = ? AND '' = ? AND person = ?"},
    Fact{"letters", "SELECT id, '' FROM letters WHERE person = ? FOR UPDATE",
         "UPDATE letters SET person = ? WHERE ? <> ? AND id = ? AND '' = ? AND person = ?"},
    Fact{"vouches", "SELECT sequence, '' FROM vouches WHERE person = ? FOR UPDATE",
         "UPDATE vouches SET person = ?, person_now = REPLACE(person_now, ?, ?) WHERE sequence = ? AND '' = ?"
         " AND person = ?"},
    Fact{"vouches_given", "SELECT sequence, '' FROM vouches WHERE voucher = ? FOR UPDATE",
         "UPDATE vouches SET voucher = ? WHERE ? <> ? AND sequence = ? AND '' = ? AND voucher = ?"},
    Fact{"verifications", "SELECT category, motion FROM verification_grants WHERE person = ? FOR UPDATE",
         "UPDATE verification_grants SET person = ? WHERE ? <> ? AND category = ? AND motion = ? AND person "
         "= ?"},
    Fact{"badges", "SELECT id, '' FROM badges WHERE person = ? FOR UPDATE",
         "UPDATE badges SET person = ? WHERE ? <> ? AND id = ? AND '' = ? AND person = ?"},
    Fact{"chapters", "SELECT id, '' FROM chapter_memberships WHERE person = ? FOR UPDATE",
         "UPDATE chapter_memberships SET person = ?, person_now = REPLACE(person_now, ?, ?) WHERE id = ? AND "
         "'' = ?"
         " AND person = ?"},
    Fact{"offers_of_help", "SELECT sequence, '' FROM help_offers WHERE person = ? FOR UPDATE",
         "UPDATE help_offers SET person = ? WHERE ? <> ? AND sequence = ? AND '' = ? AND person = ?"},
    Fact{"seats", "SELECT company, number FROM seats WHERE holder = ? FOR UPDATE",
         "UPDATE seats SET holder = ? WHERE ? <> ? AND company = ? AND number = ? AND holder = ?"},
    Fact{"help_offers", "SELECT id, '' FROM help_offers WHERE person = ? FOR UPDATE",
         "UPDATE help_offers SET person = ? WHERE ? <> ? AND id = ? AND '' = ? AND person = ?"},
    Fact{"telephone", "SELECT phone, '' FROM phones WHERE person = ? FOR UPDATE",
         "UPDATE phones SET person = ? WHERE ? <> ? AND phone = ? AND '' = ? AND person = ?"},
};

constexpr std::array kFactsOfCompanies = {
    kFactsOfPeople[0],
    kFactsOfPeople[1],
    kFactsOfPeople[2],
    kFactsOfPeople[3],
    kFactsOfPeople[4],
    Fact{"seats_bought", "SELECT sequence, '' FROM seat_purchases WHERE company = ? FOR UPDATE",
         "UPDATE seat_purchases SET company = ? WHERE ? <> ? AND sequence = ? AND '' = ? AND company = ?"},
    Fact{"codes_to_join", "SELECT id, '' FROM join_codes WHERE company = ? FOR UPDATE",
         "UPDATE join_codes SET company = ? WHERE ? <> ? AND id = ? AND '' = ? AND company = ?"},
    Fact{"seat_purchases", "SELECT id, '' FROM seat_purchases WHERE company = ? FOR UPDATE",
         "UPDATE seat_purchases SET company = ? WHERE ? <> ? AND id = ? AND '' = ? AND company = ?"},
    Fact{"seats_of_company", "SELECT number, '' FROM seats WHERE company = ? FOR UPDATE",
         "UPDATE seats SET company = ? WHERE ? <> ? AND number = ? AND '' = ? AND company = ?"},
    Fact{"join_codes", "SELECT id, '' FROM join_codes WHERE company = ? FOR UPDATE",
         "UPDATE join_codes SET company = ? WHERE ? <> ? AND id = ? AND '' = ? AND company = ?"},
    Fact{"people", "SELECT id, '' FROM people WHERE company = ? FOR UPDATE",
         "UPDATE people SET company = ? WHERE ? <> ? AND id = ? AND '' = ? AND company = ?"},
    Fact{"links", "SELECT id, '' FROM links WHERE company = ? FOR UPDATE",
         "UPDATE links SET company = ? WHERE ? <> ? AND id = ? AND '' = ? AND company = ?"},
};

// Moves that are no fact of a table above.
constexpr char kLinkEnded[] = "link-ended";
constexpr char kLinkOpened[] = "link-opened";
constexpr char kLettersCount[] = "letters-count";
constexpr char kVouchEnded[] = "vouch-ended";
constexpr char kSeatGiven[] = "seat";
constexpr char kSeatFreed[] = "seat-freed";
constexpr char kSeatRenumbered[] = "seats";
constexpr char kPersonGone[] = "person-gone";
constexpr char kCompanyGone[] = "company-gone";

constexpr char kInsertMove[] =
    "INSERT INTO merge_moves (merge_id, sequence, fact, key_1, key_2) VALUES (?, ?, ?, ?, ?)";
constexpr char kListMoves[] =
    "SELECT fact, key_1, key_2 FROM merge_moves WHERE merge_id = ? ORDER BY sequence DESC";

constexpr char kOpenLinksOfPerson[] =
    "SELECT id, role, company, person, start_date FROM links WHERE person = ? AND end_date IS NULL ORDER BY "
    "role "
    "DESC FOR UPDATE";
constexpr char kOfficesOfCompany[] =
    "SELECT id, role, company, person, start_date FROM links WHERE company = ? AND end_date IS NULL"
    " AND role <> 'EMPLOYEE' ORDER BY role DESC FOR UPDATE";
constexpr char kEndLink[] =
    "UPDATE links SET end_date = ?, end_source = ?, employee_now = NULL, administrator_now = NULL,"
    " representative_now = NULL WHERE id = ?";
constexpr char kReopenLink[] =
    "UPDATE links SET end_date = NULL, end_source = '', employee_now = IF(role = 'EMPLOYEE', person, NULL),"
    " administrator_now = IF(role = 'ADMINISTRATOR', CONCAT(person, company), NULL),"
    " representative_now = IF(role = 'REPRESENTATIVE', company, NULL) WHERE id = ? AND end_source = ?";
constexpr char kOpenedLink[] =
    "SELECT id FROM links WHERE company = ? AND person = ? AND role = ? AND end_date IS NULL";
constexpr char kDeleteOpenedLink[] = "DELETE FROM links WHERE id = ? AND source = ? AND end_date IS NULL";
constexpr char kCompanyOfLink[] = "SELECT company FROM links WHERE id = ?";
// The company's representative is whoever the open link names.
constexpr char kFollowLinks[] =
    "UPDATE companies c SET c.version = c.version + 1, c.representative ="
    " (SELECT l.person FROM links l WHERE l.representative_now = c.id) WHERE c.id = ?";

constexpr char kKeepPerson[] =
    "REPLACE INTO merged_people (id, email, full_name, company, accepted_letters)"
    " SELECT id, email, full_name, company, accepted_letters FROM people WHERE id = ?";
constexpr char kDeletePerson[] = "DELETE FROM people WHERE id = ?";
constexpr char kGiveBackPerson[] =
    "INSERT INTO people (id, email, full_name, company, accepted_letters)"
    " SELECT id, email, full_name, company, accepted_letters FROM merged_people WHERE id = ?";
constexpr char kNameOfMergedPerson[] = "SELECT full_name FROM merged_people WHERE id = ?";
constexpr char kKeepCompany[] =
    "REPLACE INTO merged_companies (id, display_name, name_key, representative, version)"
    " SELECT id, display_name, name_key, representative, version FROM companies WHERE id = ?";
constexpr char kDeleteCompany[] = "DELETE FROM companies WHERE id = ?";
constexpr char kGiveBackCompany[] =
    "INSERT INTO companies (id, display_name, name_key, representative, version)"
    " SELECT id, display_name, name_key, NULL, version FROM merged_companies WHERE id = ?";
constexpr char kNameOfMergedCompany[] = "SELECT display_name FROM merged_companies WHERE id = ?";
constexpr char kLockMergedPerson[] = "SELECT company FROM merged_people WHERE id = ? FOR UPDATE";
constexpr char kDropPerson[] = "DELETE FROM merged_people WHERE id = ?";
constexpr char kDropCompany[] = "DELETE FROM merged_companies WHERE id = ?";
constexpr char kDeleteSearchWords[] = "DELETE FROM search_words WHERE holder = ?";

// Of one human a vouch counts once, and never for themselves.
constexpr char kVainVouches[] =
    "SELECT sequence, person_now FROM vouches WHERE person_now IS NOT NULL AND (voucher = ? OR (voucher = ? "
    "AND person ="
    " ?)) FOR UPDATE";
constexpr char kEndVouch[] =
    "UPDATE vouches SET end_date = GREATEST(start_date, ?), person_now = NULL WHERE sequence = ?";
constexpr char kReopenVouch[] =
    "UPDATE vouches SET end_date = NULL, person_now = ? WHERE sequence = ? AND person_now IS NULL";
constexpr char kCountAccepted[] = "SELECT COUNT(*) FROM letters WHERE person = ? AND state = 'ACCEPTED'";
constexpr char kSeatOfPerson[] =
    "SELECT company, number, category, held_since, covered_until FROM seats WHERE holder = ? FOR UPDATE";
constexpr char kGiveSeat[] = "UPDATE seats SET holder = ? WHERE holder = ?";
constexpr char kFreeSeat[] = "DELETE FROM seats WHERE holder = ?";
constexpr char kInsertSeat[] =
    "INSERT INTO seats (company, number, holder, category, held_since, covered_until) VALUES (?, ?, ?, ?, ?, "
    "?)";
constexpr char kHighestSeat[] = "SELECT COALESCE(MAX(number), 0) FROM seats WHERE company = ? FOR UPDATE";
constexpr char kSeatsOfCompany[] = "SELECT number FROM seats WHERE company = ? ORDER BY number FOR UPDATE";
constexpr char kRenumberSeat[] = "UPDATE seats SET company = ?, number = ? WHERE company = ? AND number = ?";
constexpr char kInsertSeatMove[] =
    "INSERT INTO seat_moves (company, number, kind, person_out, person_in, moved_on, source) VALUES (?, ?, "
    "?, ?, ?, ?, "
    "?)";
constexpr char kCountSeats[] = "SELECT COUNT(*) FROM seats WHERE holder IN (?, ?) OR company IN (?, ?)";

constexpr char kInsertMerge[] =
    "INSERT INTO merges (id, survivor, duplicate, duplicate_now, record) VALUES (?, ?, ?, ?, ?)";
constexpr char kLockMerge[] =
    "SELECT sequence, id, survivor, duplicate, record, undone_at FROM merges WHERE id = ? FOR UPDATE";
constexpr char kMarkUndone[] = "UPDATE merges SET undone_at = ?, duplicate_now = NULL WHERE id = ?";
constexpr char kListMerges[] =
    "SELECT sequence, id, survivor, duplicate, record, undone_at FROM merges WHERE sequence < ? ORDER BY "
    "sequence "
    "DESC LIMIT ?";
constexpr char kIsOnRunningRoll[] =
    "SELECT 1 FROM roll_entries e LEFT JOIN manifests m ON m.election = e.election WHERE e.until_revision = 0"
    " AND (e.unit = ? OR e.company = ? OR e.representative = ?) AND COALESCE(m.voting_closes, ?) >= ? LIMIT "
    "1";

std::string SourceOf(const MergePair& pair) { return "merge " + pair.id; }

// Writes the moves of a merge in their order.
class Mover {
 public:
  Mover(db::Transaction& transaction, IdSource& ids, const MergePair& pair)
      : transaction_(transaction), ids_(ids), pair_(pair) {}

  template <typename Facts>
  absl::Status MoveFacts(const Facts& facts) {
    for (const Fact& fact : facts) {
      std::vector<std::pair<std::string, std::string>> keys;
      RETURN_IF_ERROR(transaction_.Query(fact.list, {pair_.duplicate}, [&](const db::Row& row) {
        keys.emplace_back(row.Text(0), row.Text(1));
      }));
      for (const auto& [first, second] : keys) {
        ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                         transaction_.Insert(fact.move, {pair_.survivor, pair_.duplicate, pair_.survivor,
                                                         first, second, pair_.duplicate}));
        if (outcome.duplicate()) {
          ++facts_.kept_apart[fact.name];
        } else {
          ++facts_.moved[fact.name];
          RETURN_IF_ERROR(Note(fact.name, first, second));
        }
      }
    }
    return absl::OkStatus();
  }

  // Ends the open links that the statement finds for `whose`; they are what it returns.
  absl::StatusOr<std::vector<Link>> EndLinks(const char* sql, const std::string& whose) {
    std::vector<Link> links;
    RETURN_IF_ERROR(transaction_.Query(sql, {whose}, [&](const db::Row& row) {
      Link link{
          .id = row.Text(0), .person = row.Text(3), .company = row.Text(2), .start = StoredDate(row.Text(4))};
      if (row.Text(1) == "ADMINISTRATOR") link.role = LinkRole::kAdministrator;
      if (row.Text(1) == "REPRESENTATIVE") link.role = LinkRole::kRepresentative;
      links.push_back(std::move(link));
    }));
    for (const Link& link : links) {
      RETURN_IF_ERROR(
          transaction_
              .Execute(kEndLink, {DateValue(std::max(link.start, pair_.on)), SourceOf(pair_), link.id})
              .status());
      RETURN_IF_ERROR(transaction_.Execute(kFollowLinks, {link.company}).status());
      RETURN_IF_ERROR(Note(kLinkEnded, link.id, ""));
    }
    return links;
  }

  // Nothing when a key says that there is such a link.
  absl::Status Open(const std::string& person, const std::string& company, LinkRole role) {
    ASSIGN_OR_RETURN(const bool opened,
                     OpenLink(transaction_, ids_, person, company, role, pair_.on, SourceOf(pair_)));
    if (!opened) return absl::OkStatus();
    const char* word = role == LinkRole::kRepresentative ? "REPRESENTATIVE" : "ADMINISTRATOR";
    ASSIGN_OR_RETURN(const auto link, transaction_.QueryOne(kOpenedLink, {company, person, word}));
    if (!link.has_value()) return absl::InternalError("a link that was opened is gone");
    return Note(kLinkOpened, link->Text(0), "");
  }

  // A fact that went over otherwise than by one statement of its table.
  absl::Status Moved(const std::string& fact, std::string_view first, std::string_view second) {
    ++facts_.moved[fact];
    return Note(fact, std::string(first), std::string(second));
  }

  absl::Status Note(const std::string& fact, const std::string& first, const std::string& second) {
    return transaction_.Execute(kInsertMove, {pair_.id, ++sequence_, fact, first, second}).status();
  }

  MovedFacts facts() && { return std::move(facts_); }

 private:
  db::Transaction& transaction_;
  IdSource& ids_;
  const MergePair& pair_;
  int sequence_ = 0;
  MovedFacts facts_;
};

// From today on the survivor has as many letters as the one of the two who had more, and no fewer than stand
// there.
absl::Status TakeLetters(db::Transaction& transaction, const MergePair& pair, Mover& mover) {
  ASSIGN_OR_RETURN(const auto survivor, LockPerson(transaction, pair.survivor));
  ASSIGN_OR_RETURN(const auto duplicate, LockPerson(transaction, pair.duplicate));
  ASSIGN_OR_RETURN(const auto accepted, transaction.QueryOne(kCountAccepted, {pair.survivor}));
  if (!survivor.has_value() || !duplicate.has_value() || !accepted.has_value()) {
    return absl::InternalError("a locked person is gone");
  }
  const int letters = std::max(
      {survivor->accepted_letters, duplicate->accepted_letters, static_cast<int>(accepted->Int64(0))});
  if (letters == survivor->accepted_letters) return absl::OkStatus();
  RETURN_IF_ERROR(SetAcceptedLetters(transaction, pair.survivor, letters, pair.on, SourceOf(pair)));
  return mover.Note(kLettersCount, std::to_string(survivor->accepted_letters), std::to_string(letters));
}

absl::Status EndVainVouches(db::Transaction& transaction, const MergePair& pair, Mover& mover) {
  std::vector<std::pair<std::string, std::string>> vain;
  RETURN_IF_ERROR(
      transaction.Query(kVainVouches, {pair.duplicate, pair.survivor, pair.survivor},
                        [&](const db::Row& row) { vain.emplace_back(row.Text(0), row.Text(1)); }));
  for (const auto& [sequence, person] : vain) {
    RETURN_IF_ERROR(transaction.Execute(kEndVouch, {DateValue(pair.on), sequence}).status());
    RETURN_IF_ERROR(mover.Note(kVouchEnded, sequence, person));
  }
  return absl::OkStatus();
}

// The duplicate's seat goes to a survivor of the same company who has none; else it comes free.
absl::Status TakeSeat(db::Transaction& transaction, const MergePair& pair, std::string_view company,
                      Mover& mover) {
  ASSIGN_OR_RETURN(const auto seat, transaction.QueryOne(kSeatOfPerson, {pair.duplicate}));
  if (!seat.has_value()) return absl::OkStatus();
  const std::string number = seat->Text(1);
  if (seat->Text(0) == company) {
    ASSIGN_OR_RETURN(const db::InsertOutcome given,
                     transaction.Insert(kGiveSeat, {pair.survivor, pair.duplicate}));
    if (given.inserted()) {
      RETURN_IF_ERROR(mover.Moved(kSeatGiven, company, number));
      return transaction
          .Execute(kInsertSeatMove, {company, number, "SWAPPED", pair.duplicate, pair.survivor,
                                     DateValue(pair.on), SourceOf(pair)})
          .status();
    }
  }
  RETURN_IF_ERROR(transaction.Execute(kFreeSeat, {pair.duplicate}).status());
  RETURN_IF_ERROR(transaction
                      .Execute(kInsertSeatMove, {seat->Text(0), number, "FREED", pair.duplicate, db::Null(),
                                                 DateValue(pair.on), SourceOf(pair)})
                      .status());
  return mover.Note(kSeatFreed, seat->Text(0) + "/" + number,
                    seat->Text(2) + "/" + seat->Text(3) + "/" + seat->OptionalText(4).value_or(""));
}

// The seats of the duplicate stand behind those of the survivor: both companies' seats together are enough
// for them.
absl::Status TakeSeats(db::Transaction& transaction, const MergePair& pair, Mover& mover) {
  ASSIGN_OR_RETURN(const auto highest, transaction.QueryOne(kHighestSeat, {pair.survivor}));
  std::int64_t next = highest.has_value() ? highest->Int64(0) : 0;
  std::vector<std::int64_t> numbers;
  RETURN_IF_ERROR(transaction.Query(kSeatsOfCompany, {pair.duplicate},
                                    [&](const db::Row& row) { numbers.push_back(row.Int64(0)); }));
  for (const std::int64_t number : numbers) {
    RETURN_IF_ERROR(
        transaction.Execute(kRenumberSeat, {pair.survivor, ++next, pair.duplicate, number}).status());
    RETURN_IF_ERROR(mover.Moved(kSeatRenumbered, std::to_string(number), std::to_string(next)));
  }
  return absl::OkStatus();
}

absl::Status Gone(std::string_view what) {
  return errors::MergeBuiltUpon(std::string(what) + " that it moved has changed since");
}

// Gives back what stands in for a person or company as such.
absl::Status GiveBack(db::Transaction& transaction, const char* insert, const char* name, const char* drop,
                      const MergePair& pair) {
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome, transaction.Insert(insert, {pair.duplicate}));
  if (outcome.duplicate()) return errors::MergeBuiltUpon("the duplicate's address or name is taken by now");
  ASSIGN_OR_RETURN(const auto row, transaction.QueryOne(name, {pair.duplicate}));
  if (!row.has_value()) return absl::InternalError("a merged record is gone");
  RETURN_IF_ERROR(InsertSearchWords(transaction, {{pair.duplicate, row->Text(0)}}));
  return transaction.Execute(drop, {pair.duplicate}).status();
}

absl::Status GiveBackLetters(db::Transaction& transaction, const MergePair& pair, const std::string& before,
                             const std::string& after) {
  ASSIGN_OR_RETURN(const auto survivor, FindPerson(transaction, pair.survivor));
  if (!survivor.has_value() || std::to_string(survivor->accepted_letters) != after) {
    return Gone("the count of letters");
  }
  return SetAcceptedLetters(transaction, pair.survivor, std::stoi(before), pair.on,
                            SourceOf(pair) + " undone");
}

absl::Status FollowLink(db::Transaction& transaction, const std::string& link) {
  ASSIGN_OR_RETURN(const auto company, transaction.QueryOne(kCompanyOfLink, {link}));
  if (!company.has_value()) return Gone("a link");
  return transaction.Execute(kFollowLinks, {company->Text(0)}).status();
}

absl::Status ReopenLink(db::Transaction& transaction, const MergePair& pair, const std::string& link) {
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome, transaction.Insert(kReopenLink, {link, SourceOf(pair)}));
  if (outcome.duplicate() || outcome.rows == 0) return Gone("a link");
  return FollowLink(transaction, link);
}

absl::Status TakeBackLink(db::Transaction& transaction, const MergePair& pair, const std::string& link) {
  ASSIGN_OR_RETURN(const auto company, transaction.QueryOne(kCompanyOfLink, {link}));
  ASSIGN_OR_RETURN(const std::int64_t deleted,
                   transaction.Execute(kDeleteOpenedLink, {link, SourceOf(pair)}));
  if (!company.has_value() || deleted == 0) return Gone("a link");
  return transaction.Execute(kFollowLinks, {company->Text(0)}).status();
}

// Parts of a text between slashes, exactly `count`; the last may be empty.
std::vector<std::string> PartsOf(const std::string& text, std::size_t count) {
  std::vector<std::string> parts(count);
  std::size_t from = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t end = i + 1 == count ? text.size() : text.find('/', from);
    parts[i] = text.substr(from, end - from);
    from = end + 1;
  }
  return parts;
}

absl::Status GiveBackSeat(db::Transaction& transaction, const MergePair& pair, const std::string& where,
                          const std::string& what) {
  const std::vector<std::string> seat = PartsOf(where, 2);
  const std::vector<std::string> terms = PartsOf(what, 3);
  ASSIGN_OR_RETURN(
      const db::InsertOutcome outcome,
      transaction.Insert(kInsertSeat, {seat[0], seat[1], pair.duplicate, terms[0], terms[1],
                                       terms[2].empty() ? db::Value(db::Null()) : db::Value(terms[2])}));
  if (outcome.duplicate()) return errors::MergeBuiltUpon("the duplicate's seat of a team is taken by now");
  return transaction
      .Execute(kInsertSeatMove, {seat[0], seat[1], "ASSIGNED", db::Null(), pair.duplicate, DateValue(pair.on),
                                 SourceOf(pair) + " undone"})
      .status();
}

absl::Status UndoSeat(db::Transaction& transaction, const MergePair& pair, const std::string& company,
                      const std::string& number) {
  ASSIGN_OR_RETURN(const auto seat, transaction.QueryOne(kSeatOfPerson, {pair.survivor}));
  if (!seat.has_value() || seat->Text(0) != company || seat->Text(1) != number) return Gone("a seat");
  RETURN_IF_ERROR(transaction.Insert(kGiveSeat, {pair.duplicate, pair.survivor}).status());
  return transaction
      .Execute(kInsertSeatMove, {company, number, "SWAPPED", pair.survivor, pair.duplicate,
                                 DateValue(pair.on), SourceOf(pair) + " undone"})
      .status();
}

absl::Status UndoSeatNumber(db::Transaction& transaction, const MergePair& pair, const std::string& before,
                            const std::string& after) {
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   transaction.Insert(kRenumberSeat, {pair.duplicate, before, pair.survivor, after}));
  return outcome.duplicate() || outcome.rows == 0 ? Gone("a seat") : absl::OkStatus();
}

const Fact* FactNamed(std::string_view name) {
  for (const Fact& fact : kFactsOfPeople) {
    if (fact.name == name) return &fact;
  }
  for (const Fact& fact : kFactsOfCompanies) {
    if (fact.name == name) return &fact;
  }
  return nullptr;
}

absl::Status UndoMove(db::Transaction& transaction, const MergePair& pair, const std::string& what,
                      const std::string& first, const std::string& second) {
  if (what == kPersonGone)
    return GiveBack(transaction, kGiveBackPerson, kNameOfMergedPerson, kDropPerson, pair);
  if (what == kCompanyGone)
    return GiveBack(transaction, kGiveBackCompany, kNameOfMergedCompany, kDropCompany, pair);
  if (what == kLettersCount) return GiveBackLetters(transaction, pair, first, second);
  if (what == kLinkEnded) return ReopenLink(transaction, pair, first);
  if (what == kLinkOpened) return TakeBackLink(transaction, pair, first);
  if (what == kVouchEnded) {
    ASSIGN_OR_RETURN(const db::InsertOutcome outcome, transaction.Insert(kReopenVouch, {second, first}));
    return outcome.duplicate() || outcome.rows == 0 ? Gone("a vouch") : absl::OkStatus();
  }
  if (what == kSeatFreed) return GiveBackSeat(transaction, pair, first, second);
  if (what == kSeatGiven) return UndoSeat(transaction, pair, first, second);
  if (what == kSeatRenumbered) return UndoSeatNumber(transaction, pair, first, second);
  const Fact* fact = FactNamed(what);
  if (fact == nullptr) return absl::InternalError("a merge moved what this version does not know: " + what);
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   transaction.Insert(fact->move, {pair.duplicate, pair.survivor, pair.duplicate, first,
                                                   second, pair.survivor}));
  if (outcome.duplicate() || outcome.rows == 0) return Gone("one of the " + what);
  return absl::OkStatus();
}

StoredMerge MergeOf(const db::Row& row) {
  StoredMerge merge{
      .sequence = row.Uint64(0), .id = row.Text(1), .survivor = row.Text(2), .duplicate = row.Text(3)};
  merge.record.ParseFromString(row.Bytes(4));
  if (const auto undone = row.OptionalInt64(5); undone.has_value()) merge.undone_at = db::FromMicros(*undone);
  return merge;
}

}  // namespace

absl::StatusOr<MovedFacts> MergePeople(db::Transaction& transaction, IdSource& ids, const MergePair& pair) {
  Mover mover(transaction, ids, pair);
  ASSIGN_OR_RETURN(const auto ended, mover.EndLinks(kOpenLinksOfPerson, pair.duplicate));
  ASSIGN_OR_RETURN(const auto survivor, FindPerson(transaction, pair.survivor));
  // Of the survivor's own company they do what the duplicate did.
  for (const Link& link : ended) {
    if (link.role == LinkRole::kEmployee || link.company != survivor->company) continue;
    RETURN_IF_ERROR(mover.Open(pair.survivor, link.company, link.role));
  }
  RETURN_IF_ERROR(TakeSeat(transaction, pair, survivor->company, mover));
  RETURN_IF_ERROR(mover.MoveFacts(kFactsOfPeople));
  RETURN_IF_ERROR(EndVainVouches(transaction, pair, mover));
  RETURN_IF_ERROR(TakeLetters(transaction, pair, mover));
  RETURN_IF_ERROR(transaction.Execute(kKeepPerson, {pair.duplicate}).status());
  RETURN_IF_ERROR(transaction.Execute(kDeletePerson, {pair.duplicate}).status());
  RETURN_IF_ERROR(transaction.Execute(kDeleteSearchWords, {pair.duplicate}).status());
  RETURN_IF_ERROR(mover.Note(kPersonGone, pair.duplicate, ""));
  return std::move(mover).facts();
}

absl::StatusOr<MovedFacts> MergeCompanies(db::Transaction& transaction, IdSource& ids,
                                          const MergePair& pair) {
  Mover mover(transaction, ids, pair);
  ASSIGN_OR_RETURN(const auto ended, mover.EndLinks(kOfficesOfCompany, pair.duplicate));
  RETURN_IF_ERROR(TakeSeats(transaction, pair, mover));
  RETURN_IF_ERROR(mover.MoveFacts(kFactsOfCompanies));
  for (const Link& link : ended) RETURN_IF_ERROR(mover.Open(link.person, pair.survivor, link.role));
  RETURN_IF_ERROR(transaction.Execute(kKeepCompany, {pair.duplicate}).status());
  RETURN_IF_ERROR(transaction.Execute(kDeleteCompany, {pair.duplicate}).status());
  RETURN_IF_ERROR(transaction.Execute(kDeleteSearchWords, {pair.duplicate}).status());
  RETURN_IF_ERROR(transaction.Execute(kFollowLinks, {pair.survivor}).status());
  RETURN_IF_ERROR(mover.Note(kCompanyGone, pair.duplicate, ""));
  return std::move(mover).facts();
}

absl::Status UndoMerge(db::Transaction& transaction, const MergePair& pair) {
  struct Move {
    std::string what;
    std::string first;
    std::string second;
  };
  std::vector<Move> moves;
  RETURN_IF_ERROR(transaction.Query(kListMoves, {pair.id}, [&](const db::Row& row) {
    moves.push_back({row.Text(0), row.Text(1), row.Text(2)});
  }));
  for (const Move& move : moves)
    RETURN_IF_ERROR(UndoMove(transaction, pair, move.what, move.first, move.second));
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> LockMergedPerson(db::Transaction& transaction,
                                                            std::string_view id) {
  return ReadOne<std::string>(transaction, kLockMergedPerson, {id},
                              [](const db::Row& row) { return row.Text(0); });
}

absl::Status InsertMerge(db::Transaction& transaction, const MergePair& pair, const v1::MergeRecord& record) {
  return transaction
      .Execute(kInsertMerge,
               {pair.id, pair.survivor, pair.duplicate, pair.duplicate, record.SerializeAsString()})
      .status();
}

absl::StatusOr<std::optional<StoredMerge>> LockMerge(db::Transaction& transaction, std::string_view id) {
  return ReadOne<StoredMerge>(transaction, kLockMerge, {id}, MergeOf);
}

absl::Status MarkUndone(db::Transaction& transaction, std::string_view id, absl::Time now) {
  return transaction.Execute(kMarkUndone, {db::ToMicros(now), id}).status();
}

absl::StatusOr<std::vector<StoredMerge>> ListMerges(db::Session& session, std::uint64_t before,
                                                    std::int64_t limit) {
  const std::uint64_t newest = std::numeric_limits<std::uint64_t>::max();
  return ReadAll<StoredMerge>(session, kListMerges, {before == 0 ? newest : before, limit}, MergeOf);
}

absl::StatusOr<bool> IsOnRunningRoll(db::Session& session, std::string_view id, absl::Time now) {
  const std::int64_t micros = db::ToMicros(now);
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kIsOnRunningRoll, {id, id, id, micros, micros}));
  return row.has_value();
}

absl::StatusOr<int> CountSeats(db::Session& session, const MergePair& pair) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kCountSeats, {pair.survivor, pair.duplicate,
                                                                  pair.survivor, pair.duplicate}));
  return row.has_value() ? static_cast<int>(row->Int64(0)) : 0;
}

}  // namespace plenary::membership::store
