// People as rows of the file that an import reads (import_row.h).
#pragma once

#include <string>
#include <vector>

#include "services/membership/rules/membership_state.h"

namespace plenary::membership::rules {

struct ExportedPerson {
  std::string id;
  std::string email;
  std::string full_name;
  std::string company;  // id
  std::string company_display_name;
  int letters = 0;
  bool representative = false;
  std::vector<Period> periods;
  // Of the company; of its first person with a membership alone, so that each is told once.
  std::vector<Period> company_periods;
};

// The row that names the columns, with its line end.
std::string ExportHeader();

// A row for each membership, and one more of the last for each further membership of the company; none for a
// person without a membership. Lines end in CRLF.
std::vector<std::string> ExportRows(const ExportedPerson& person);

}  // namespace plenary::membership::rules
