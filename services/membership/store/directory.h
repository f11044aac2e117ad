// Looking people and companies up by the beginnings of words, and telling what held of them.
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
#include "plenary/membership/v1/directory_service.pb.h"
#include "services/membership/store/register.h"

namespace plenary::membership::store {

// What has to fit; empty parts fit everybody.
struct SearchFilter {
  std::vector<std::string>
      terms;             // folded beginnings of words or addresses; at most limits::kMostSearchTerms
  std::string category;  // id: of a membership that had begun by `day`
  absl::CivilDay day;
};

// By id, beyond `after`, at most `limit`. A term fits a word of the person's name or of their company's, or
// the beginning of their address.
absl::StatusOr<std::vector<RegisterPerson>> SearchPeople(db::Session& session, const SearchFilter& filter,
                                                         std::string_view after, std::int64_t limit);
absl::StatusOr<std::vector<RegisterCompany>> SearchCompanies(db::Session& session, const SearchFilter& filter,
                                                             std::string_view after, std::int64_t limit);

// Where a page of a history begins: after the fact of this day and key.
struct HistoryPosition {
  absl::CivilDay day;
  std::string key;
};
struct StoredFact {
  HistoryPosition position;
  v1::HistoricFact fact;  // a period has no state yet
};
// Facts of a person, or of a company, by the first day; those that held on `as_of` when it is given. At most
// `limit`.
absl::StatusOr<std::vector<StoredFact>> HistoryOfPerson(db::Session& session, std::string_view person,
                                                        const std::optional<absl::CivilDay>& as_of,
                                                        const HistoryPosition& after, std::int64_t limit);
absl::StatusOr<std::vector<StoredFact>> HistoryOfCompany(db::Session& session, std::string_view company,
                                                         const std::optional<absl::CivilDay>& as_of,
                                                         const HistoryPosition& after, std::int64_t limit);

}  // namespace plenary::membership::store
