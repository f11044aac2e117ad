#include "services/membership/store/chapters.h"

#include "common/ids/id.h"
#include "services/membership/names.h"
#include "services/membership/store/dates.h"
#include "services/membership/store/read_rows.h"

namespace plenary::membership::store {
namespace {

constexpr char kSaveChapter[] =
    "INSERT INTO chapters (id, display_name, kind, closed) VALUES (?, ?, ?, ?)"
    " ON DUPLICATE KEY UPDATE display_name = VALUES(display_name), kind = VALUES(kind), closed = "
    "VALUES(closed)";
constexpr char kFindChapter[] =
    "SELECT c.id, c.display_name, c.kind, c.closed, (SELECT COUNT(*) FROM chapter_memberships m"
    " WHERE m.chapter = c.id AND m.person_now IS NOT NULL) FROM chapters c WHERE c.id = ?";
constexpr char kLockChapter[] =
    "SELECT id, display_name, kind, closed, 0 FROM chapters WHERE id = ? LOCK IN SHARE MODE";
constexpr char kListChapters[] =
    "SELECT c.id, c.display_name, c.kind, c.closed, (SELECT COUNT(*) FROM chapter_memberships m"
    " WHERE m.chapter = c.id AND m.person_now IS NOT NULL) FROM chapters c WHERE c.id > ? ORDER BY c.id "
    "LIMIT ?";

constexpr char kChapterNow[] =
    "SELECT m.id, m.person, m.chapter, m.start_date, m.end_date, m.source, p.full_name"
    " FROM chapter_memberships m JOIN people p ON p.id = m.person WHERE m.person_now = ?";
constexpr char kInsertMembership[] =
    "INSERT INTO chapter_memberships (id, person, chapter, start_date, source, person_now)"
    " VALUES (?, ?, ?, ?, ?, ?)";
// A membership never ends before it began.
constexpr char kEndMembership[] =
    "UPDATE chapter_memberships SET end_date = GREATEST(start_date, ?), end_source = ?, person_now = NULL"
    " WHERE id = ?";
constexpr char kMembersOfChapter[] =
    "SELECT m.id, m.person, m.chapter, m.start_date, m.end_date, m.source, p.full_name"
    " FROM chapter_memberships m JOIN people p ON p.id = m.person WHERE m.chapter = ? AND m.id > ?"
    " AND m.start_date <= ? AND (m.end_date IS NULL OR m.end_date > ?) ORDER BY m.id LIMIT ?";
constexpr char kChaptersOfPerson[] =
    "SELECT m.id, m.person, m.chapter, m.start_date, m.end_date, m.source, p.full_name"
    " FROM chapter_memberships m JOIN people p ON p.id = m.person"
    " WHERE m.person = ? AND CONCAT(m.start_date, '/', m.id) > ? ORDER BY m.start_date, m.id LIMIT ?";

constexpr std::string_view kKindPrefix = "KIND_";

v1::Chapter ChapterOf(const db::Row& row) {
  v1::Chapter chapter;
  chapter.set_name(ResourceName("chapters", row.Text(0)));
  chapter.set_display_name(row.Text(1));
  v1::Chapter::Kind kind = v1::Chapter::KIND_UNSPECIFIED;
  v1::Chapter::Kind_Parse(std::string(kKindPrefix) + row.Text(2), &kind);
  chapter.set_kind(kind);
  chapter.set_closed(row.Bool(3));
  chapter.set_people(static_cast<int>(row.Int64(4)));
  return chapter;
}

StoredChapterMembership MembershipOf(const db::Row& row) {
  StoredChapterMembership stored{.id = row.Text(0)};
  stored.membership.set_person(ResourceName(kPeople, row.Text(1)));
  stored.membership.set_chapter(ResourceName("chapters", row.Text(2)));
  stored.membership.set_start_date(row.Text(3));
  stored.membership.set_end_date(row.OptionalText(4).value_or(""));
  stored.membership.set_source(row.Text(5));
  stored.membership.set_full_name(row.Text(6));
  return stored;
}

}  // namespace

absl::Status SaveChapter(db::Transaction& transaction, std::string_view id, const v1::Chapter& chapter) {
  const std::string kind = v1::Chapter::Kind_Name(chapter.kind()).substr(kKindPrefix.size());
  return transaction.Execute(kSaveChapter, {id, chapter.display_name(), kind, chapter.closed()}).status();
}

absl::StatusOr<std::optional<v1::Chapter>> FindChapter(db::Session& session, std::string_view id) {
  return ReadOne<v1::Chapter>(session, kFindChapter, {id}, ChapterOf);
}

absl::StatusOr<std::optional<v1::Chapter>> LockChapter(db::Transaction& transaction, std::string_view id) {
  return ReadOne<v1::Chapter>(transaction, kLockChapter, {id}, ChapterOf);
}

absl::StatusOr<std::vector<v1::Chapter>> ListChapters(db::Session& session, std::string_view after,
                                                      std::int64_t limit) {
  return ReadAll<v1::Chapter>(session, kListChapters, {after, limit}, ChapterOf);
}

absl::StatusOr<std::optional<StoredChapterMembership>> ChapterNow(db::Session& session,
                                                                  std::string_view person) {
  return ReadOne<StoredChapterMembership>(session, kChapterNow, {person}, MembershipOf);
}

absl::StatusOr<bool> InsertChapterMembership(db::Transaction& transaction, std::string_view id,
                                             const v1::ChapterMembership& membership) {
  const std::string person = ResourceId(kPeople, membership.person()).value_or("");
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   transaction.Insert(kInsertMembership,
                                      {id, person, ResourceId("chapters", membership.chapter()).value_or(""),
                                       membership.start_date(), membership.source(), person}));
  return outcome.inserted();
}

absl::Status EndChapterMembership(db::Transaction& transaction, std::string_view id, absl::CivilDay on,
                                  std::string_view source) {
  return transaction.Execute(kEndMembership, {FormatDate(on), source, id}).status();
}

absl::StatusOr<std::vector<StoredChapterMembership>> MembersOfChapter(db::Session& session,
                                                                      std::string_view chapter,
                                                                      absl::CivilDay day,
                                                                      std::string_view after,
                                                                      std::int64_t limit) {
  const std::string date = FormatDate(day);
  return ReadAll<StoredChapterMembership>(session, kMembersOfChapter, {chapter, after, date, date, limit},
                                          MembershipOf);
}

absl::StatusOr<std::vector<StoredChapterMembership>> ChaptersOfPerson(db::Session& session,
                                                                      std::string_view person,
                                                                      std::string_view after,
                                                                      std::int64_t limit) {
  return ReadAll<StoredChapterMembership>(session, kChaptersOfPerson, {person, after, limit}, MembershipOf);
}

std::string ChapterKey(const StoredChapterMembership& row) {
  return row.membership.start_date() + "/" + row.id;
}

}  // namespace plenary::membership::store
