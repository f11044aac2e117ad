// One row of an import: from the text of its fields to the facts it states.
//
//   email             needed; normalised (email.h)
//   full_name         needed; 1 to 120 characters
//   company           at most 120 characters; empty: stays where they are, or a company of one when new
//   category          needed; id of a category on the register ("professional")
//   started_on        first day; empty: since the day of the import, unless they hold the category that day,
//                     grace included
//   paid_through      last covered day, so the period ends the day after; empty: no end
//   letters           accepted letters of reference, 0 to 10; empty: as on the register, 0 when new
//   representative    "yes" names the person the company's voting representative; "no" and empty say nothing.
//                     Who may not vote is taken as named all the same, since an import tells what is:
//                     eligibility.h then says what stands in the company's way
//   company_category  a category the company itself holds; empty: none
//   company_started_on, company_paid_through   its days; both empty: those of the person
//   person_id, company_id                      of an export (export_row.h); not read
//
// In a file of an earlier year, "the day of the import" is the first day of that year, and no row begins
// later than the year ends.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "plenary/membership/v1/register_service.pb.h"
#include "services/membership/rules/csv.h"
#include "services/membership/rules/membership_state.h"

namespace plenary::membership::rules {

using RowProblem = v1::ImportMembersResponse::RowProblem;

enum class Column {
  kEmail,
  kFullName,
  kCompany,
  kCategory,
  kStartedOn,
  kPaidThrough,
  kLetters,
  kRepresentative,
  kCompanyCategory,
  kCompanyStartedOn,
  kCompanyPaidThrough,
  kPersonId,
  kCompanyId,
};
inline constexpr std::size_t kColumnCount = 13;
// The first four must be there.
inline constexpr std::size_t kNeededColumns = 4;
std::string_view ColumnName(Column column);

// Where each column stands in a row of the file.
class CsvColumns {
 public:
  // CSV_COLUMNS_INVALID when a needed column is missing, or one is unknown or there twice.
  static absl::StatusOr<CsvColumns> FromHeader(const CsvFields& header);

  std::size_t size() const { return size_; }
  // Trimmed, and without the mark of PlainText (csv.h); "" when the file has no such column. `fields` has
  // size() fields.
  std::string_view Get(const CsvFields& fields, Column column) const;

 private:
  std::array<std::optional<std::size_t>, kColumnCount> position_;
  std::size_t size_ = 0;
};

// The days of a membership as a row states them.
struct StatedDays {
  std::optional<absl::CivilDay> start;  // nullopt: since the day of the import
  std::optional<absl::CivilDay> end;    // first day that is not covered; nullopt: no end

  friend bool operator==(const StatedDays&, const StatedDays&) = default;
};

// Which time a file tells of.
struct FileTime {
  absl::CivilDay today;
  int year = 0;  // 0: the present

  bool past() const { return year != 0; }
  // What an empty started_on means, and the last day that the file knows.
  absl::CivilDay first() const { return past() ? absl::CivilDay(year, 1, 1) : today; }
  absl::CivilDay last() const { return past() ? absl::CivilDay(year, 12, 31) : today; }
};

struct ImportRow {
  std::int64_t line = 0;
  std::string email;
  std::string full_name;
  std::string company;
  std::string category;
  StatedDays days;
  std::optional<int> letters;
  bool representative = false;
  std::string company_category;
  std::optional<StatedDays> company_days;  // nullopt: those of the person
  // The company that the row is about: the key of its name, or that of where the person is when the row names
  // none. Rows are planned in its order.
  std::string company_key;
};

RowProblem ProblemOf(std::int64_t line, std::string_view column, std::string_view reason,
                     std::string message);

// Reads a row into `row`; the first problem when there is one (`row` is then of no use). The company_key is
// that of the names in the row.
std::optional<RowProblem> ReadRow(std::int64_t line, const CsvFields& fields, const CsvColumns& columns,
                                  const Categories& categories, const FileTime& time, ImportRow& row);

}  // namespace plenary::membership::rules
