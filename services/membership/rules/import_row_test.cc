#include "services/membership/rules/import_row.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "services/membership/rules/testing_society.h"

namespace plenary::membership::rules {
namespace {

using testing::IsError;

const CsvFields kHeader = {"email",        "full_name", "company",        "category",        "started_on",
                           "paid_through", "letters",   "representative", "company_category"};

// A good row, with one field replaced.
CsvFields RowWith(Column column, const std::string& text) {
  CsvFields fields = {
      "ann@example.org", "Ann Lee", "Acme", "professional", "2021-08-24", "2022-08-23", "2", "yes", ""};
  fields[static_cast<std::size_t>(column)] = text;
  return fields;
}

std::optional<RowProblem> Read(const CsvFields& fields, ImportRow& row, int year = 0) {
  return ReadRow(7, fields, CsvColumns::FromHeader(kHeader).value(), Society().categories,
                 {.today = Day("2022-08-20"), .year = year}, row);
}

TEST(ReadRow, ReadsTheFactsOfAGoodRow) {
  ImportRow row;
  ASSERT_FALSE(Read({" ANN@example.org ", " Ann Lee", "Acme  Inc", "professional", "2021-08-24", "2022-08-23",
                     "2", "yes", "vendor-partner"},
                    row)
                   .has_value());
  EXPECT_EQ(row.line, 7);
  EXPECT_EQ(row.email, "ann@example.org");
  EXPECT_EQ(row.full_name, "Ann Lee");
  EXPECT_EQ(row.company, "Acme  Inc");
  EXPECT_EQ(row.category, "professional");
  EXPECT_EQ(row.days.start, Day("2021-08-24"));
  EXPECT_EQ(row.days.end, Day("2022-08-24")) << "the day after the last one that is paid";
  EXPECT_EQ(row.letters, 2);
  EXPECT_TRUE(row.representative);
  EXPECT_EQ(row.company_category, "vendor-partner");
}

TEST(ReadRow, ReadsTheColumnsInAnyOrderAndWithoutTheLastOnes) {
  ASSERT_OK_AND_ASSIGN(const CsvColumns columns,
                       CsvColumns::FromHeader({"category", " email", "company", "full_name"}));
  ImportRow row;
  ASSERT_FALSE(
      ReadRow(2, {"registered", "ann@example.org", "", "Ann Lee"}, columns, Society().categories, {}, row));
  EXPECT_EQ(row.company, "");
  EXPECT_FALSE(row.days.start.has_value());
  EXPECT_FALSE(row.days.end.has_value());
  EXPECT_FALSE(row.letters.has_value());
  EXPECT_FALSE(row.representative);
}

struct Case {
  const char* sentence;
  Column column;
  std::string text;
  const char* reason;
};

TEST(ReadRow, NamesTheColumnAtFault) {
  const Case cases[] = {
      {"no address", Column::kEmail, " ", "FIELD_MISSING"},
      {"an address without a domain", Column::kEmail, "ann", "EMAIL_INVALID"},
      {"no name", Column::kFullName, "", "FIELD_MISSING"},
      {"a name of 121 characters", Column::kFullName, std::string(121, 'a'), "FIELD_TOO_LONG"},
      {"a name of two lines", Column::kFullName, "Ann\nLee", "FIELD_INVALID"},
      {"a company of 121 characters", Column::kCompany, std::string(121, 'a'), "FIELD_TOO_LONG"},
      {"no category", Column::kCategory, "", "FIELD_MISSING"},
      {"a category that is not there", Column::kCategory, "Professional", "CATEGORY_UNKNOWN"},
      {"a day that does not exist", Column::kStartedOn, "2023-02-29", "DATE_INVALID"},
      {"a day as Americans write it", Column::kStartedOn, "8/24/2021", "DATE_INVALID"},
      {"an end without a start", Column::kStartedOn, "", "FIELD_MISSING"},
      {"an end before the start", Column::kPaidThrough, "2021-08-23", "DATE_INVALID"},
      {"a year that is a slip", Column::kPaidThrough, "9999-12-31", "DATE_INVALID"},
      {"letters in words", Column::kLetters, "two", "LETTERS_INVALID"},
      {"eleven letters", Column::kLetters, "11", "LETTERS_INVALID"},
      {"letters below zero", Column::kLetters, "-1", "LETTERS_INVALID"},
      {"a representative by half", Column::kRepresentative, "maybe", "REPRESENTATIVE_INVALID"},
      {"a company category that is not there", Column::kCompanyCategory, "partner", "CATEGORY_UNKNOWN"},
  };
  for (const Case& bad : cases) {
    ImportRow row;
    const auto problem = Read(RowWith(bad.column, bad.text), row);
    ASSERT_TRUE(problem.has_value()) << bad.sentence;
    EXPECT_EQ(problem->line(), 7);
    EXPECT_EQ(problem->column(), ColumnName(bad.column)) << bad.sentence;
    EXPECT_EQ(problem->reason(), bad.reason) << bad.sentence;
    EXPECT_EQ(problem->message().back(), '.') << bad.sentence;
  }
}

TEST(ReadRow, TakesARepresentativeWhoMayNotVoteAsNamed) {
  ImportRow row;
  const auto problem = Read(RowWith(Column::kCategory, "registered"), row);
  EXPECT_FALSE(problem.has_value());
  EXPECT_TRUE(row.representative);
}

TEST(ReadRow, TakesAOneDayMembershipAndALongName) {
  ImportRow row;
  EXPECT_FALSE(Read(RowWith(Column::kPaidThrough, "2021-08-24"), row).has_value());
  EXPECT_EQ(row.days.end, Day("2021-08-25"));
  std::string name;
  for (int i = 0; i < 120; ++i) name += "ë";
  EXPECT_FALSE(Read(RowWith(Column::kFullName, name), row).has_value()) << "characters count, not bytes";
}

TEST(ReadRow, RefusesADayAfterTheYearOfTheFile) {
  ImportRow row;
  const auto problem = Read(RowWith(Column::kStartedOn, "2021-01-01"), row, 2020);
  ASSERT_TRUE(problem.has_value());
  EXPECT_EQ(problem->reason(), "DATE_AFTER_YEAR");
  EXPECT_EQ(problem->column(), "started_on");
  EXPECT_FALSE(Read(RowWith(Column::kStartedOn, "2020-12-31"), row, 2020).has_value())
      << "what was paid then may reach into the next year";
}

TEST(ReadRow, ReadsTheCompanysOwnDaysAndPassesOverIds) {
  CsvFields header = kHeader;
  CsvFields fields = RowWith(Column::kCompanyCategory, "vendor-partner");
  for (const char* name : {"company_started_on", "company_paid_through", "person_id", "company_id"}) {
    header.push_back(name);
  }
  for (const char* text : {"2020-01-01", "2020-12-31", "whatever", "it says"}) fields.push_back(text);
  ImportRow row;
  const auto problem =
      ReadRow(2, fields, CsvColumns::FromHeader(header).value(), Society().categories, {}, row);
  ASSERT_FALSE(problem.has_value()) << problem->ShortDebugString();
  EXPECT_EQ(row.company_days, (StatedDays{Day("2020-01-01"), Day("2021-01-01")}));
  EXPECT_EQ(row.company_key, "acme");
}

TEST(ReadRow, TakesTheMarkOfASpreadsheetOff) {
  ImportRow row;
  ASSERT_FALSE(Read(RowWith(Column::kFullName, "'=cmd|' /C calc'!A0"), row).has_value());
  EXPECT_EQ(row.full_name, "=cmd|' /C calc'!A0");
  ASSERT_FALSE(Read(RowWith(Column::kFullName, "'t Hooft"), row).has_value());
  EXPECT_EQ(row.full_name, "'t Hooft");
}

TEST(ReadRow, RefusesAnotherNumberOfFields) {
  ImportRow row;
  for (const CsvFields& fields : {CsvFields{"ann@example.org"}, CsvFields(10, "x")}) {
    const auto problem = Read(fields, row);
    ASSERT_TRUE(problem.has_value());
    EXPECT_EQ(problem->reason(), "WRONG_FIELD_COUNT");
    EXPECT_EQ(problem->column(), "");
  }
}

TEST(CsvColumns, RefuseAHeaderThatIsNone) {
  for (const CsvFields& header : {CsvFields{"email", "full_name", "company"},
                                  CsvFields{"email", "full_name", "company", "category", "phone"},
                                  CsvFields{"email", "full_name", "company", "category", "email"},
                                  CsvFields{"Email", "full_name", "company", "category"}, CsvFields{""}}) {
    EXPECT_THAT(CsvColumns::FromHeader(header),
                IsError(absl::StatusCode::kInvalidArgument, "CSV_COLUMNS_INVALID"));
  }
}

}  // namespace
}  // namespace plenary::membership::rules
