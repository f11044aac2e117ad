// The register as its own methods read and write it: categories, people, companies, waivers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "plenary/membership/v1/resources.pb.h"
#include "services/membership/rules/import_plan.h"

namespace plenary::membership::store {

using rules::RegisterCompany;
using rules::RegisterPerson;

// Of each category the version that holds on the day, by id, beyond `after`, at most `limit`. Names are
// complete
// ("categories/…").
absl::StatusOr<std::vector<v1::Category>> ListCategories(db::Session& session, absl::CivilDay day,
                                                         std::string_view after, std::int64_t limit);
// Every version of a category by the day from which it holds, beyond `after`, at most `limit`.
absl::StatusOr<std::vector<v1::Category>> ListCategoryVersions(db::Session& session, std::string_view id,
                                                               absl::CivilDay after, std::int64_t limit);
absl::StatusOr<bool> CategoryExists(db::Session& session, std::string_view id);
// Holds the category for the rest of the transaction; true when it has a version already.
absl::StatusOr<bool> LockCategory(db::Transaction& transaction, std::string_view id);
// Stores the version of category.valid_from(), in the place of the one of that day. Called under
// LockCategory.
absl::Status SaveCategory(db::Transaction& transaction, std::string_view id, const v1::Category& category);

// When something changes, and by what.
struct Change {
  absl::CivilDay on;
  std::string source;
};

absl::StatusOr<std::optional<RegisterPerson>> FindPerson(db::Session& session, std::string_view id);
// `email` is normalised.
absl::StatusOr<std::optional<RegisterPerson>> FindPersonByEmail(db::Session& session, std::string_view email);
// By id; `company` "" means any.
absl::StatusOr<std::vector<RegisterPerson>> ListPeople(db::Session& session, std::string_view after,
                                                       std::string_view company, std::int64_t limit);
// Holds the person for the rest of the transaction.
absl::StatusOr<std::optional<RegisterPerson>> LockPerson(db::Transaction& transaction, std::string_view id);
// The same without waiting: false when somebody holds them, or there is nobody.
absl::StatusOr<bool> TryLockPerson(db::Transaction& transaction, std::string_view id);
// The count that holds from `on` on, and today.
absl::Status SetAcceptedLetters(db::Transaction& transaction, std::string_view person, int letters,
                                absl::CivilDay on, std::string_view source);
// Stores name and address of `after`; a name before is kept. False when the address is somebody else's.
absl::StatusOr<bool> UpdatePerson(db::Transaction& transaction, const RegisterPerson& before,
                                  const RegisterPerson& after, const Change& change);

absl::StatusOr<std::optional<RegisterCompany>> FindCompany(db::Session& session, std::string_view id);
absl::StatusOr<std::optional<RegisterCompany>> FindCompanyByKey(db::Session& session, std::string_view key);
absl::StatusOr<std::vector<RegisterCompany>> ListCompanies(db::Session& session, std::string_view after,
                                                           std::int64_t limit);
// Holds the company for the rest of the transaction. Called before anything else is read, so that what is
// read afterwards is what the holder before has committed. nullopt when there is no such company.
absl::StatusOr<std::optional<RegisterCompany>> LockCompany(db::Transaction& transaction, std::string_view id);
// The same without waiting: false when somebody holds it, or there is none.
absl::StatusOr<bool> TryLockCompany(db::Transaction& transaction, std::string_view id);
// The name before is kept. False when the name is another company's.
absl::StatusOr<bool> RenameCompany(db::Transaction& transaction, const RegisterCompany& before,
                                   std::string_view display_name, const Change& change);

struct StoredWaiver {
  std::uint64_t sequence = 0;
  v1::Waiver waiver;  // complete
};
// False when a waiver of this motion is there already.
absl::StatusOr<bool> InsertWaiver(db::Transaction& transaction, std::string_view id, const v1::Waiver& waiver,
                                  absl::Time now);
// The waiver of a motion, as it is committed.
absl::StatusOr<std::optional<v1::Waiver>> WaiverOfMotion(db::Transaction& transaction,
                                                         std::string_view motion);
absl::StatusOr<std::vector<StoredWaiver>> ListWaivers(db::Session& session, std::uint64_t after,
                                                      std::int64_t limit);

}  // namespace plenary::membership::store
