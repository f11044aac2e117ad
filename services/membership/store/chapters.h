// Chapters and who is in them. Whoever changes where a person is holds the person (LockPerson).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/db/session.h"
#include "plenary/membership/v1/chapter_service.pb.h"

namespace plenary::membership::store {

// Stores the chapter, in the place of the one of that name.
absl::Status SaveChapter(db::Transaction& transaction, std::string_view id, const v1::Chapter& chapter);
// With the people of today; nullopt when there is no such chapter.
absl::StatusOr<std::optional<v1::Chapter>> FindChapter(db::Session& session, std::string_view id);
// The same, held against changes for the rest of the transaction.
absl::StatusOr<std::optional<v1::Chapter>> LockChapter(db::Transaction& transaction, std::string_view id);
// By id, beyond `after`, at most `limit`.
absl::StatusOr<std::vector<v1::Chapter>> ListChapters(db::Session& session, std::string_view after,
                                                      std::int64_t limit);

struct StoredChapterMembership {
  std::string id;
  v1::ChapterMembership membership;
};
// The chapter that a person is in; nullopt for none.
absl::StatusOr<std::optional<StoredChapterMembership>> ChapterNow(db::Session& session,
                                                                  std::string_view person);
// False when the person is in a chapter: EndChapterMembership first.
absl::StatusOr<bool> InsertChapterMembership(db::Transaction& transaction, std::string_view id,
                                             const v1::ChapterMembership& membership);
absl::Status EndChapterMembership(db::Transaction& transaction, std::string_view id, absl::CivilDay on,
                                  std::string_view source);

// Who is in the chapter on the day; by id, beyond `after`, at most `limit`.
absl::StatusOr<std::vector<StoredChapterMembership>> MembersOfChapter(db::Session& session,
                                                                      std::string_view chapter,
                                                                      absl::CivilDay day,
                                                                      std::string_view after,
                                                                      std::int64_t limit);
// Where a person has been, oldest first. `after` is the key (ChapterKey) of the last row of the page before.
absl::StatusOr<std::vector<StoredChapterMembership>> ChaptersOfPerson(db::Session& session,
                                                                      std::string_view person,
                                                                      std::string_view after,
                                                                      std::int64_t limit);
std::string ChapterKey(const StoredChapterMembership& row);

}  // namespace plenary::membership::store
