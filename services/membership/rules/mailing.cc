#include "services/membership/rules/mailing.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace plenary::membership::rules {
namespace {

constexpr std::string_view kFormulaStarts = "=+-@\t\r\n";

std::string CsvField(std::string_view value) {
  std::string field;
  if (!value.empty() && kFormulaStarts.find(value.front()) != std::string_view::npos) field += '\'';
  field += value;
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string quoted = "\"";
  for (const char c : field) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

std::string JoinTopics(std::vector<std::string> ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return fmt::format("{}", fmt::join(ids, " "));
}

std::vector<std::string> SplitTopics(std::string_view joined) {
  std::vector<std::string> ids;
  while (!joined.empty()) {
    const std::size_t end = std::min(joined.find(' '), joined.size());
    if (end > 0) ids.emplace_back(joined.substr(0, end));
    joined.remove_prefix(std::min(end + 1, joined.size()));
  }
  return ids;
}

std::string CsvRecord(const std::vector<std::string>& fields) {
  std::string record;
  for (const std::string& field : fields) {
    if (&field != &fields.front()) record += ',';
    record += CsvField(field);
  }
  return record + "\r\n";
}

}  // namespace plenary::membership::rules
