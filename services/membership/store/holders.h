// Those who hold memberships: people and companies.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/db/session.h"

namespace plenary::membership::store {

enum class HolderKind { kPerson, kCompany };

struct Holder {
  HolderKind kind = HolderKind::kPerson;
  std::string id;

  friend bool operator==(const Holder&, const Holder&) = default;
};

// "people/…" or "companies/…"; nullopt for a name that is neither.
std::string HolderName(const Holder& holder);
std::optional<Holder> ParseHolder(std::string_view name);

// As an ENUM('PERSON', 'COMPANY') column says it.
std::string_view KindColumn(HolderKind kind);
HolderKind KindOf(std::string_view column);

// Holds the person's or the company's row for the rest of the transaction. Called before anything else is
// read. False when there is none.
absl::StatusOr<bool> LockHolder(db::Transaction& transaction, const Holder& holder);
// What the holder is called; nullopt when there is none.
absl::StatusOr<std::optional<std::string>> NameOfHolder(db::Session& session, const Holder& holder);

// Somebody who is told about a membership.
struct Addressee {
  std::string person;
  std::string email;
  std::string full_name;
};
// The person; for a company its administrators, at most `limit` of them; without any its representative;
// without one the people who work there, the first `limit` of them by id.
absl::StatusOr<std::vector<Addressee>> AddresseesOf(db::Session& session, const Holder& holder,
                                                    std::int64_t limit);

// Holders with something to do about the end of a membership, ascending by id beyond `after`, at most
// `limit`: a period that ends from `first` to `last`, or a price lock without a period that reaches beyond
// `today`.
absl::StatusOr<std::vector<Holder>> HoldersWithEndings(db::Session& session, std::string_view after,
                                                       absl::CivilDay first, absl::CivilDay last,
                                                       absl::CivilDay today, std::int64_t limit);

}  // namespace plenary::membership::store
