// A fact of an import as a sentence.
#pragma once

#include <string>

#include "plenary/membership/v1/import_service.pb.h"

namespace plenary::membership::rules {

struct ImportedFact {
  v1::ImportFact fact;  // complete but for the sentence
  std::string subject;  // "Ann Lee (ann@example.org)"; "" when no longer on the register
  std::string company;  // of a link: its name; "" when no longer on the register
  std::string role;     // of a link: "EMPLOYEE" …
  std::string before;   // names, or counts of letters
  std::string after;
};

// "Ann Lee (ann@example.org) is an employee of Acme from 2021-08-24 on."
std::string SentenceOf(const ImportedFact& fact);

}  // namespace plenary::membership::rules
