#include "services/membership/rules/import_row.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/time/date.h"
#include "services/membership/errors.h"
#include "services/membership/limits.h"
#include "services/membership/rules/company_key.h"
#include "services/membership/rules/email.h"
#include "services/membership/rules/text.h"

namespace plenary::membership::rules {
namespace {

constexpr std::array<std::string_view, kColumnCount> kColumnNames = {"email",
                                                                     "full_name",
                                                                     "company",
                                                                     "category",
                                                                     "started_on",
                                                                     "paid_through",
                                                                     "letters",
                                                                     "representative",
                                                                     "company_category",
                                                                     "company_started_on",
                                                                     "company_paid_through",
                                                                     "person_id",
                                                                     "company_id"};

// The latest year of a date: beyond it there is a slip of the pen, and none is stored without an end.
constexpr int kLastYear = 2999;

// Reads the fields of one row until the first problem.
class RowReader {
 public:
  RowReader(std::int64_t line, const CsvFields& fields, const CsvColumns& columns,
            const Categories& categories, const FileTime& time)
      : line_(line), fields_(fields), columns_(columns), categories_(categories), time_(time) {}

  std::optional<RowProblem> Read(ImportRow& row) {
    row.line = line_;
    if (fields_.size() != columns_.size()) {
      return ProblemOf(
          line_, "", "WRONG_FIELD_COUNT",
          fmt::format("The row has {} fields, the header {}. Check its commas and quotation marks.",
                      fields_.size(), columns_.size()));
    }
    ReadPerson(row);
    ReadCategory(Column::kCategory, /*needed=*/true, row.category);
    ReadDays(Column::kStartedOn, Column::kPaidThrough, row.days);
    ReadLetters(row.letters);
    ReadRepresentative(row);
    ReadCategory(Column::kCompanyCategory, /*needed=*/false, row.company_category);
    StatedDays company_days;
    ReadDays(Column::kCompanyStartedOn, Column::kCompanyPaidThrough, company_days);
    if (company_days != StatedDays()) row.company_days = company_days;
    row.company_key = CompanyKey(row.company.empty() ? row.full_name : row.company);
    return std::move(problem_);
  }

 private:
  std::string_view Get(Column column) const { return columns_.Get(fields_, column); }

  void Fail(Column column, std::string_view reason, std::string message) {
    if (!problem_.has_value()) problem_ = ProblemOf(line_, ColumnName(column), reason, std::move(message));
  }

  bool Missing(Column column) {
    if (!Get(column).empty()) return false;
    Fail(column, "FIELD_MISSING", fmt::format("Fill in {}.", ColumnName(column)));
    return true;
  }

  void ReadText(Column column, std::size_t longest, std::string& text) {
    text = Get(column);
    const auto characters = CountPlainCharacters(text);
    if (!characters.has_value()) {
      Fail(column, "FIELD_INVALID",
           fmt::format("Remove line breaks and control characters from {}.", ColumnName(column)));
    } else if (*characters > longest) {
      Fail(column, "FIELD_TOO_LONG",
           fmt::format("Shorten {} to {} characters; it has {}.", ColumnName(column), longest, *characters));
    }
  }

  void ReadPerson(ImportRow& row) {
    if (!Missing(Column::kEmail)) {
      auto email = NormaliseEmail(Get(Column::kEmail));
      if (!email.has_value()) {
        Fail(Column::kEmail, "EMAIL_INVALID", "This is no e-mail address. Write it as name@example.org.");
      }
      row.email = std::move(email).value_or("");
    }
    if (!Missing(Column::kFullName)) ReadText(Column::kFullName, limits::kLongestPersonName, row.full_name);
    ReadText(Column::kCompany, limits::kLongestCompanyName, row.company);
  }

  void ReadCategory(Column column, bool needed, std::string& category) {
    category = Get(column);
    if (category.empty() ? needed && Missing(column) : !categories_.contains(category)) {
      Fail(column, "CATEGORY_UNKNOWN",
           fmt::format("There is no category \"{}\". Correct it, or save the category first.", category));
    }
  }

  std::optional<absl::CivilDay> ReadDate(Column column) {
    const std::string_view text = Get(column);
    if (text.empty()) return std::nullopt;
    const auto day = ParseDate(text);
    if (!day.has_value() || day->year() > kLastYear) {
      Fail(column, "DATE_INVALID", fmt::format("\"{}\" is not a date. Write it as YYYY-MM-DD.", text));
      return std::nullopt;
    }
    return day;
  }

  void ReadDays(Column first, Column last, StatedDays& days) {
    days.start = ReadDate(first);
    if (time_.past() && days.start.has_value() && *days.start > time_.last()) {
      Fail(first, "DATE_AFTER_YEAR",
           fmt::format("{} lies after {}, the year of this file. Correct it, or import the row with a later "
                       "year.",
                       ColumnName(first), time_.year));
    }
    const auto paid_through = ReadDate(last);
    if (!paid_through.has_value()) return;
    if (!days.start.has_value()) {
      Missing(first);
    } else if (*paid_through < *days.start) {
      Fail(last, "DATE_INVALID",
           fmt::format("{} lies before {}. Correct one of them.", ColumnName(last), ColumnName(first)));
    }
    days.end = *paid_through + 1;
  }

  void ReadLetters(std::optional<int>& letters) {
    const std::string_view text = Get(Column::kLetters);
    if (text.empty()) return;
    const bool digits = text.size() <= 2 && text.find_first_not_of("0123456789") == std::string_view::npos;
    letters = digits ? std::stoi(std::string(text)) : -1;
    if (*letters < 0 || *letters > limits::kMostLetters) {
      Fail(Column::kLetters, "LETTERS_INVALID", "Write the number of accepted letters, 0 to 10.");
    }
  }

  void ReadRepresentative(ImportRow& row) {
    const std::string_view text = Get(Column::kRepresentative);
    row.representative = text == "yes";
    if (!text.empty() && text != "yes" && text != "no") {
      Fail(Column::kRepresentative, "REPRESENTATIVE_INVALID", "Write \"yes\" or \"no\", or leave it empty.");
    }
  }

  const std::int64_t line_;
  const CsvFields& fields_;
  const CsvColumns& columns_;
  const Categories& categories_;
  const FileTime& time_;
  std::optional<RowProblem> problem_;
};

}  // namespace

std::string_view ColumnName(Column column) { return kColumnNames[static_cast<std::size_t>(column)]; }

absl::StatusOr<CsvColumns> CsvColumns::FromHeader(const CsvFields& header) {
  CsvColumns columns;
  columns.size_ = header.size();
  for (std::size_t i = 0; i < header.size(); ++i) {
    const std::string_view name = Trim(header[i]);
    const auto found = std::find(kColumnNames.begin(), kColumnNames.end(), name);
    if (found == kColumnNames.end()) {
      return errors::CsvColumnsInvalid(
          fmt::format("\"{}\" is no column of this file. The first row names the columns: {}.", name,
                      fmt::join(kColumnNames, ", ")));
    }
    auto& position = columns.position_[static_cast<std::size_t>(found - kColumnNames.begin())];
    if (position.has_value()) {
      return errors::CsvColumnsInvalid(fmt::format("The column {} is there twice. Remove one.", name));
    }
    position = i;
  }
  for (std::size_t i = 0; i < kNeededColumns; ++i) {
    if (!columns.position_[i].has_value()) {
      return errors::CsvColumnsInvalid(fmt::format("The column {} is missing. Add it.", kColumnNames[i]));
    }
  }
  return columns;
}

std::string_view CsvColumns::Get(const CsvFields& fields, Column column) const {
  const auto& position = position_[static_cast<std::size_t>(column)];
  return position.has_value() ? PlainText(Trim(fields[*position])) : std::string_view();
}

RowProblem ProblemOf(std::int64_t line, std::string_view column, std::string_view reason,
                     std::string message) {
  RowProblem problem;
  problem.set_line(line);
  problem.set_column(std::string(column));
  problem.set_reason(std::string(reason));
  problem.set_message(std::move(message));
  return problem;
}

std::optional<RowProblem> ReadRow(std::int64_t line, const CsvFields& fields, const CsvColumns& columns,
                                  const Categories& categories, const FileTime& time, ImportRow& row) {
  return RowReader(line, fields, columns, categories, time).Read(row);
}

}  // namespace plenary::membership::rules
