// Who a call comes from, as its token proves it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plenary::auth {

struct Principal {
  enum class Kind {
    kNobody,          // no token was shown
    kPerson,          // a person who signed in
    kService,         // another service of the suite
    kServiceAccount,  // a program that acts for the office
  };

  Kind kind = Kind::kNobody;
  std::string person;   // "people/…" of a person
  std::string company;  // "companies/…" of a person
  std::vector<std::string>
      roles;            // of a person by the facts when the token was issued; of an account as given
  std::string service;  // "election" of a service
  std::string account;  // "serviceAccounts/…" of a service account

  bool IsPerson() const { return kind == Kind::kPerson; }
  bool IsService(std::string_view name) const { return kind == Kind::kService && service == name; }
  bool IsServiceAccount() const { return kind == Kind::kServiceAccount; }
  bool HasRole(std::string_view role) const;

  // "people/…", "services/election", "serviceAccounts/…" or "anyone": for records of acts.
  std::string Actor() const;
};

}  // namespace plenary::auth
