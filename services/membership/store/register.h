// The register as its own methods read and write it: categories, people, companies, waivers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "plenary/membership/v1/resources.pb.h"
#include "services/membership/rules/import_plan.h"

namespace plenary::membership::store {

using rules::RegisterCompany;
using rules::RegisterPerson;

// Categories by id, beyond `after`, at most `limit`. Names are complete ("categories/…").
absl::StatusOr<std::vector<v1::Category>> ListCategories(db::Session& session, std::string_view after,
                                                         std::int64_t limit);
// Stores the category, in the place of the one of that name.
absl::Status SaveCategory(db::Transaction& transaction, std::string_view id, const v1::Category& category);

absl::StatusOr<std::optional<RegisterPerson>> FindPerson(db::Session& session, std::string_view id);
// `email` is normalised.
absl::StatusOr<std::optional<RegisterPerson>> FindPersonByEmail(db::Session& session, std::string_view email);
// By id; `company` "" means any.
absl::StatusOr<std::vector<RegisterPerson>> ListPeople(db::Session& session, std::string_view after,
                                                       std::string_view company, std::int64_t limit);
absl::Status SetAcceptedLetters(db::Transaction& transaction, std::string_view person, int letters);

absl::StatusOr<std::optional<RegisterCompany>> FindCompany(db::Session& session, std::string_view id);
absl::StatusOr<std::optional<RegisterCompany>> FindCompanyByKey(db::Session& session, std::string_view key);
absl::StatusOr<std::vector<RegisterCompany>> ListCompanies(db::Session& session, std::string_view after,
                                                           std::int64_t limit);
// Holds the company for the rest of the transaction. Called before anything else is read, so that what is
// read afterwards is what the holder before has committed. nullopt when there is no such company.
absl::StatusOr<std::optional<RegisterCompany>> LockCompany(db::Transaction& transaction, std::string_view id);
absl::Status SetRepresentative(db::Transaction& transaction, std::string_view company,
                               std::string_view person);

// A period with its holder and the source of the fact.
struct HeldPeriod {
  std::string holder;
  rules::Period period;
  std::string source;
};
// Of people (or of companies) with ids from `first` to `last`, oldest first for each; for people only those
// of `company`, "" meaning any.
absl::StatusOr<std::vector<HeldPeriod>> PeriodsOfPeople(db::Session& session, std::string_view first,
                                                        std::string_view last, std::string_view company);
absl::StatusOr<std::vector<HeldPeriod>> PeriodsOfCompanies(db::Session& session, std::string_view first,
                                                           std::string_view last);

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
