// Who belongs to which company as what, and since when. A link holds over [start, end); what it says of the
// present day stands in people.company and companies.representative too, and changes with it.
//
// Whoever changes a link of a company holds the company's row (LockCompany) first, then the person's.
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
#include "common/ids/id.h"

namespace plenary::membership::store {

enum class LinkRole { kEmployee, kAdministrator, kRepresentative };

struct Link {
  std::string id;
  std::string person;
  std::string company;
  LinkRole role = LinkRole::kEmployee;
  absl::CivilDay start;
  std::optional<absl::CivilDay> end;  // nullopt: it still holds
  std::string source;
  std::string end_source;  // "" while it holds
};

// Holds the row of the person's company and that of `company`, then the person's; the id of the person's
// company. Called before a move that depends on what the locks protect. `last_seen` is the company the person
// had before the transaction began; with it nothing is read before it is locked. "": the transaction reads
// it. PERSON_NOT_FOUND, COMPANY_NOT_FOUND.
absl::StatusOr<std::string> LockForMove(db::Transaction& transaction, std::string_view person,
                                        std::string_view company, std::string last_seen = "");

// Ends the person's open links (employee, administrator, representative) at `on`, takes them off a seat, and
// begins an employee link with `company`. False, and nothing changes, when they are there already. A link
// never begins before the one that it follows. PERSON_NOT_FOUND, COMPANY_NOT_FOUND.
absl::StatusOr<bool> MovePerson(db::Transaction& transaction, IdSource& ids, std::string_view person,
                                std::string_view company, absl::CivilDay on, std::string_view source);

// False when a key says that such a link is open: the person has a company (employee), administers it already
// (administrator), or the company has a representative, this one or another.
absl::StatusOr<bool> OpenLink(db::Transaction& transaction, IdSource& ids, std::string_view person,
                              std::string_view company, LinkRole role, absl::CivilDay on,
                              std::string_view source);
// False when there was none open.
absl::StatusOr<bool> EndLink(db::Transaction& transaction, std::string_view person, std::string_view company,
                             LinkRole role, absl::CivilDay on, std::string_view source);

// Ends the link of the company's representative, whoever that is, and begins one of `person`. Called under
// LockCompany.
absl::Status ReplaceRepresentative(db::Transaction& transaction, IdSource& ids, std::string_view company,
                                   std::string_view person, absl::CivilDay on, std::string_view source);

// Every link of the person, oldest first.
absl::StatusOr<std::vector<Link>> LinksOfPerson(db::Session& session, std::string_view person);
// By id, beyond `after`, at most `limit`.
absl::StatusOr<std::vector<Link>> LinksOfCompany(db::Session& session, std::string_view company,
                                                 std::string_view after, std::int64_t limit);

absl::StatusOr<bool> IsAdministrator(db::Session& session, std::string_view person, std::string_view company);
// Who administers the company today.
absl::StatusOr<std::int64_t> CountAdministrators(db::Session& session, std::string_view company);

// Whether the person collects for the company, named or not, in a running election of which it holds a
// credential: then no link of theirs with the company may end. Reads what is committed, whatever the
// transaction read before.
absl::StatusOr<bool> HoldsRunningCredential(db::Transaction& transaction, std::string_view person,
                                            std::string_view company, absl::Time now);

// A person who comes onto the register, as an employee of `company`, or of a company of one named after them
// when it is empty.
struct NewPerson {
  std::string email;  // normalised
  std::string full_name;
  std::string company;   // id, or ""
  absl::CivilDay since;  // first day of the link
  std::string source;
};
// The person's id; nullopt when the address is taken. A company of one takes no other company's name:
// ALREADY_EXISTS, reason COMPANY_NAME_TAKEN.
absl::StatusOr<std::optional<std::string>> InsertPerson(db::Transaction& transaction, IdSource& ids,
                                                        const NewPerson& person);

// The company of that name (rules/company_key.h), made when there is none.
absl::StatusOr<std::string> FindOrInsertCompany(db::Transaction& transaction, IdSource& ids,
                                                std::string_view display_name);
// A new company's id; nullopt when the name is taken.
absl::StatusOr<std::optional<std::string>> InsertCompany(db::Transaction& transaction, IdSource& ids,
                                                         std::string_view display_name);

}  // namespace plenary::membership::store
