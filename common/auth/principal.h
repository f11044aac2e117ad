// Who a call comes from, as its token proves it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plenary::auth {

struct Principal {
  enum class Kind {
    kNobody,   // no token was shown
    kPerson,   // a person who signed in
    kService,  // another service of the suite
  };

  Kind kind = Kind::kNobody;
  std::string person;              // "people/…" of a person
  std::string company;             // "companies/…" of a person
  std::vector<std::string> roles;  // of a person, by the facts when the token was issued
  std::string service;             // "election" of a service

  bool IsPerson() const { return kind == Kind::kPerson; }
  bool IsService(std::string_view name) const { return kind == Kind::kService && service == name; }
  bool HasRole(std::string_view role) const;

  // "people/…", "services/election" or "anyone": for records of acts.
  std::string Actor() const;
};

}  // namespace plenary::auth
