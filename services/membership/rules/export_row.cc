#include "services/membership/rules/export_row.h"

#include <algorithm>
#include <array>

#include "common/time/date.h"
#include "services/membership/rules/csv.h"
#include "services/membership/rules/import_row.h"

namespace plenary::membership::rules {
namespace {

using Texts = std::array<std::string, kColumnCount>;

std::string& At(Texts& texts, Column column) { return texts[static_cast<std::size_t>(column)]; }

std::string LineOf(const Texts& texts) {
  std::string line;
  for (const std::string& text : texts) {
    if (!line.empty()) line.push_back(',');
    line += CsvField(text);
  }
  return line + "\r\n";
}

std::string LastDay(const Period& period) {
  return period.end.has_value() ? FormatDate(*period.end - 1) : std::string();
}

}  // namespace

std::string ExportHeader() {
  Texts names;
  for (std::size_t i = 0; i < kColumnCount; ++i) names[i] = ColumnName(static_cast<Column>(i));
  return LineOf(names);
}

std::vector<std::string> ExportRows(const ExportedPerson& person) {
  std::vector<std::string> rows;
  if (person.periods.empty()) return rows;
  Texts texts;
  At(texts, Column::kEmail) = person.email;
  At(texts, Column::kFullName) = person.full_name;
  At(texts, Column::kCompany) = person.company_display_name;
  At(texts, Column::kLetters) = std::to_string(person.letters);
  At(texts, Column::kRepresentative) = person.representative ? "yes" : "no";
  At(texts, Column::kPersonId) = person.id;
  At(texts, Column::kCompanyId) = person.company;
  const std::size_t count = std::max(person.periods.size(), person.company_periods.size());
  for (std::size_t i = 0; i < count; ++i) {
    const Period& period = person.periods[std::min(i, person.periods.size() - 1)];
    At(texts, Column::kCategory) = period.category;
    At(texts, Column::kStartedOn) = FormatDate(period.start);
    At(texts, Column::kPaidThrough) = LastDay(period);
    const bool of_company = i < person.company_periods.size();
    const Period own = of_company ? person.company_periods[i] : Period();
    At(texts, Column::kCompanyCategory) = own.category;
    At(texts, Column::kCompanyStartedOn) = of_company ? FormatDate(own.start) : "";
    At(texts, Column::kCompanyPaidThrough) = of_company ? LastDay(own) : "";
    rows.push_back(LineOf(texts));
  }
  return rows;
}

}  // namespace plenary::membership::rules
