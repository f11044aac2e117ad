// What the office's figures and work list are read from.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "services/membership/rules/figures.h"

namespace plenary::membership::store {

// Holders of memberships with ids beyond `after`, ascending, at most `limit`; `last` is the id of the last
// one.
struct HolderChunk {
  std::vector<rules::HolderFacts> holders;
  std::string last;
};
absl::StatusOr<HolderChunk> LoadHolders(db::Session& session, std::string_view after, std::int64_t limit);

// Addresses that were on the mailing list at that instant, by what is recorded of consent.
absl::StatusOr<std::int64_t> CountContacts(db::Session& session, absl::Time before);

struct Revenue {
  std::string kind;  // lower case
  std::int64_t amount_cents = 0;
  std::int64_t payments = 0;
};
// By kind; refunds are taken off.
absl::StatusOr<std::vector<Revenue>> RevenueOf(db::Session& session, absl::CivilDay from,
                                               absl::CivilDay until);

struct Colleague {
  std::string person;  // id
  std::string email;
  std::string full_name;
  bool administrator = false;
};
// The people of the company today, by id.
absl::StatusOr<std::vector<Colleague>> ColleaguesIn(db::Session& session, std::string_view company);

}  // namespace plenary::membership::store
