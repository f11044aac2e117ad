#include "services/membership/chapter_service.h"

#include <string>
#include <utility>

#include "common/mutation/mutate.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "services/membership/errors.h"
#include "services/membership/errors_education.h"
#include "services/membership/limits_education.h"
#include "services/membership/names.h"
#include "services/membership/store/chapters.h"
#include "services/membership/store/register.h"

namespace plenary::membership {
namespace {

constexpr char kSaveChapter[] = "plenary.membership.v1.ChapterService.SaveChapter";
constexpr char kJoinChapter[] = "plenary.membership.v1.ChapterService.JoinChapter";
constexpr char kLeaveChapter[] = "plenary.membership.v1.ChapterService.LeaveChapter";

std::string ChapterId(const std::string& name) { return ResourceId("chapters", name).value_or(""); }

absl::Status CheckChapter(const v1::Chapter& chapter) {
  FieldChecks checks;
  checks.Require(!ChapterId(chapter.name()).empty(), "chapter.name",
                 "Name the chapter \"chapters/{code}\" with a code of 1 to 63 characters of a-z, 0-9 and -.");
  checks.Text("chapter.display_name", chapter.display_name(), 1, limits::kLongestChapterName);
  checks.Require(v1::Chapter::Kind_IsValid(chapter.kind()) && chapter.kind() != v1::Chapter::KIND_UNSPECIFIED,
                 "chapter.kind", "Say whether it is the chapter of a state, of a country, or another one.");
  return checks.Result(errors::kDomain);
}

const std::string& PersonOf(const rpc::Call& call, const std::string& named) {
  return named.empty() ? call.principal().person : named;
}

// Who says it: the person, or the office.
std::string SourceOf(const rpc::Call& call, const std::string& person) {
  return person == call.principal().person ? "self" : "staff";
}

// Holds the person, and tells their full name.
absl::StatusOr<store::RegisterPerson> HoldPerson(db::Transaction& transaction, const std::string& name) {
  ASSIGN_OR_RETURN(const auto person, store::LockPerson(transaction, ResourceId(kPeople, name).value_or("")));
  if (!person.has_value()) return errors::PersonNotFound(name);
  return *person;
}

absl::StatusOr<v1::ChapterMembership> Join(db::Transaction& transaction, IdSource& ids, const rpc::Call& call,
                                           const std::string& name, const std::string& chapter_name) {
  ASSIGN_OR_RETURN(const store::RegisterPerson person, HoldPerson(transaction, name));
  ASSIGN_OR_RETURN(const auto chapter, store::LockChapter(transaction, ChapterId(chapter_name)));
  if (!chapter.has_value()) return errors::ChapterNotFound(chapter_name);
  ASSIGN_OR_RETURN(const auto now, store::ChapterNow(transaction, person.id));
  if (now.has_value() && now->membership.chapter() == chapter_name) return now->membership;
  if (chapter->closed()) return errors::ChapterClosed(chapter->display_name());
  const absl::CivilDay today = DateOf(call.now());
  const std::string source = SourceOf(call, name);
  if (now.has_value()) RETURN_IF_ERROR(store::EndChapterMembership(transaction, now->id, today, source));
  v1::ChapterMembership membership;
  membership.set_person(name);
  membership.set_chapter(chapter_name);
  membership.set_start_date(FormatDate(today));
  membership.set_source(source);
  membership.set_full_name(person.full_name);
  ASSIGN_OR_RETURN(const bool joined,
                   store::InsertChapterMembership(transaction, ids.NextText(), membership));
  if (!joined) return absl::InternalError("a person who is held is in two chapters");
  RETURN_IF_ERROR(RecordAct(transaction, call, kJoinChapter, name, chapter_name));
  return membership;
}

absl::StatusOr<v1::ChapterMembership> Leave(db::Transaction& transaction, const rpc::Call& call,
                                            const std::string& name) {
  ASSIGN_OR_RETURN(const store::RegisterPerson person, HoldPerson(transaction, name));
  ASSIGN_OR_RETURN(const auto now, store::ChapterNow(transaction, person.id));
  if (!now.has_value()) return errors::NotInChapter();
  const absl::CivilDay today = DateOf(call.now());
  RETURN_IF_ERROR(store::EndChapterMembership(transaction, now->id, today, SourceOf(call, name)));
  RETURN_IF_ERROR(RecordAct(transaction, call, kLeaveChapter, name, now->membership.chapter()));
  v1::ChapterMembership membership = now->membership;
  membership.set_end_date(FormatDate(today));
  return membership;
}

}  // namespace

absl::StatusOr<v1::Chapter> ChapterService::SaveChapter(rpc::Call& call,
                                                        const v1::SaveChapterRequest& request) {
  RETURN_IF_ERROR(CheckChapter(request.chapter()));
  return Mutate<v1::Chapter>(pool_, call, kSaveChapter, request,
                             [&](db::Transaction& transaction) -> absl::StatusOr<v1::Chapter> {
                               const std::string id = ChapterId(request.chapter().name());
                               RETURN_IF_ERROR(store::SaveChapter(transaction, id, request.chapter()));
                               ASSIGN_OR_RETURN(const auto chapter, store::FindChapter(transaction, id));
                               if (!chapter.has_value()) return absl::InternalError("a chapter is gone");
                               RETURN_IF_ERROR(RecordAct(transaction, call, kSaveChapter, chapter->name(),
                                                         request.chapter().ShortDebugString()));
                               return *chapter;
                             });
}

absl::StatusOr<v1::ListChaptersResponse> ChapterService::ListChapters(
    rpc::Call& call, const v1::ListChaptersRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token()));
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListChaptersResponse> {
        ASSIGN_OR_RETURN(auto rows, store::ListChapters(session, page.after, page.size + 1));
        v1::ListChaptersResponse response;
        if (CutToPage(rows, page)) {
          response.set_next_page_token(rpc::PageToken(ChapterId(rows.back().name())));
        }
        response.mutable_chapters()->Add(rows.begin(), rows.end());
        return response;
      });
}

absl::StatusOr<v1::ChapterMembership> ChapterService::JoinChapter(rpc::Call& call,
                                                                  const v1::JoinChapterRequest& request) {
  const std::string& person = PersonOf(call, request.person());
  return Mutate<v1::ChapterMembership>(pool_, call, kJoinChapter, request, [&](db::Transaction& transaction) {
    return Join(transaction, ids_, call, person, request.chapter());
  });
}

absl::StatusOr<v1::ChapterMembership> ChapterService::LeaveChapter(rpc::Call& call,
                                                                   const v1::LeaveChapterRequest& request) {
  const std::string& person = PersonOf(call, request.person());
  return Mutate<v1::ChapterMembership>(
      pool_, call, kLeaveChapter, request,
      [&](db::Transaction& transaction) { return Leave(transaction, call, person); });
}

absl::StatusOr<v1::ListChapterMembersResponse> ChapterService::ListChapterMembers(
    rpc::Call& call, const v1::ListChapterMembersRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token()));
  const auto day = request.as_of().empty() ? DateOf(call.now()) : ParseDate(request.as_of());
  if (!day.has_value()) return errors::DateInvalid("as_of", request.as_of());
  const std::string chapter = ChapterId(request.chapter());
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListChapterMembersResponse> {
        ASSIGN_OR_RETURN(const auto known, store::FindChapter(session, chapter));
        if (!known.has_value()) return errors::ChapterNotFound(request.chapter());
        ASSIGN_OR_RETURN(auto rows,
                         store::MembersOfChapter(session, chapter, *day, page.after, page.size + 1));
        v1::ListChapterMembersResponse response;
        if (CutToPage(rows, page)) response.set_next_page_token(rpc::PageToken(rows.back().id));
        for (store::StoredChapterMembership& row : rows) *response.add_members() = std::move(row.membership);
        return response;
      });
}

absl::StatusOr<v1::ListChapterMembershipsResponse> ChapterService::ListChapterMemberships(
    rpc::Call& call, const v1::ListChapterMembershipsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ReadPage(request.page_size(), request.page_token(),
                                                       {limits::kDefaultPage, limits::kLargestPage}));
  const std::string person = ResourceId(kPeople, PersonOf(call, request.person())).value_or("");
  return db::Autocommit(pool_, call.deadline(),
                        [&](db::Session& session) -> absl::StatusOr<v1::ListChapterMembershipsResponse> {
                          ASSIGN_OR_RETURN(
                              auto rows, store::ChaptersOfPerson(session, person, page.after, page.size + 1));
                          v1::ListChapterMembershipsResponse response;
                          if (CutToPage(rows, page)) {
                            response.set_next_page_token(rpc::PageToken(store::ChapterKey(rows.back())));
                          }
                          for (store::StoredChapterMembership& row : rows) {
                            *response.add_memberships() = std::move(row.membership);
                          }
                          return response;
                        });
}

}  // namespace plenary::membership
