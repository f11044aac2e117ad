// The mailing list's topics as text, and its export.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plenary::membership::rules {

// Ids of topics in one text: sorted, each once, separated by spaces.
std::string JoinTopics(std::vector<std::string> ids);
std::vector<std::string> SplitTopics(std::string_view joined);

// A record of CSV (RFC 4180) with its line break. A field that a spreadsheet would take for a formula (it
// begins with = + - @, a tab or a line break; OWASP "CSV Injection") begins with an apostrophe instead.
std::string CsvRecord(const std::vector<std::string>& fields);

}  // namespace plenary::membership::rules
