#include "common/auth/principal.h"

#include <algorithm>

namespace plenary::auth {

bool Principal::HasRole(std::string_view role) const {
  return (IsPerson() || IsServiceAccount()) && std::find(roles.begin(), roles.end(), role) != roles.end();
}

std::string Principal::Actor() const {
  switch (kind) {
    case Kind::kPerson:
      return person;
    case Kind::kService:
      return "services/" + service;
    case Kind::kServiceAccount:
      return account;
    case Kind::kNobody:
      break;
  }
  return "anyone";
}

}  // namespace plenary::auth
