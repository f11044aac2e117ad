#include "services/membership/rules/import_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/membership/limits.h"
#include "services/membership/rules/company_key.h"
#include "services/membership/rules/testing_society.h"

namespace plenary::membership::rules {
namespace {

constexpr char kToday[] = "2022-08-20";

ImportRow Row(std::int64_t line, const std::string& name, const std::string& company) {
  return {.line = line,
          .email = name + "@example.org",
          .full_name = name,
          .company = company,
          .category = "professional",
          .days = {.start = Day("2021-08-24"), .end = Day("2022-08-24")}};
}

ImportPlan Plan(const std::vector<ImportRow>& rows, const KnownRegister& known = {}) {
  RandomIds ids;
  return PlanImport(rows, {}, known, Day(kToday), ids);
}

// The register after the plan was stored.
KnownRegister After(KnownRegister known, const ImportPlan& plan) {
  for (const auto* companies : {&plan.new_companies, &plan.changed_companies}) {
    for (const RegisterCompany& company : *companies) known.companies[company.key] = company;
  }
  for (const auto* people : {&plan.new_people, &plan.changed_people}) {
    for (const RegisterPerson& person : *people) known.people[person.email] = person;
  }
  for (const NewPeriod& period : plan.new_periods) known.periods[period.holder].push_back(period.period);
  return known;
}

std::string OnlyReason(const ImportPlan& plan) {
  return plan.report.problems_size() == 1 ? plan.report.problems(0).reason() : "";
}

TEST(PlanImport, AddsPeopleCompaniesAndPeriods) {
  const ImportPlan plan = Plan({Row(2, "ann", "Acme"), Row(3, "bob", "ACME "), Row(4, "cy", "")});
  EXPECT_EQ(plan.report.rows(), 3);
  EXPECT_EQ(plan.report.people_created(), 3);
  EXPECT_EQ(plan.report.companies_created(), 2);
  EXPECT_EQ(plan.report.memberships_created(), 3);
  EXPECT_EQ(plan.new_people[0].company, plan.new_people[1].company);
  EXPECT_EQ(plan.new_companies[1].display_name, "cy");
}

TEST(PlanImport, FindsNothingNewInTheSameFile) {
  std::vector<ImportRow> rows = {Row(2, "ann", "Acme"), Row(3, "bob", ""), Row(4, "cy", "Cy & Co")};
  rows[0].representative = true;
  rows[0].company_category = "vendor-partner";
  rows[1].letters = 2;
  rows[2].days = {};
  const KnownRegister known = After({}, Plan(rows));
  const ImportPlan again = Plan(rows, known);
  EXPECT_EQ(again.report.rows_unchanged(), 3);
  EXPECT_EQ(again.report.people_updated(), 0);
  EXPECT_TRUE(again.new_companies.empty() && again.changed_companies.empty() && again.new_people.empty() &&
              again.changed_people.empty() && again.new_periods.empty());
}

TEST(PlanImport, CountsEveryRowOnce) {
  const KnownRegister known = After({}, Plan({Row(2, "ann", "Acme"), Row(3, "bob", "")}));
  ImportRow renewed = Row(2, "ann", "Acme");
  renewed.days = {.start = Day("2022-08-24"), .end = Day("2023-08-24")};
  const ImportPlan plan = Plan({renewed, Row(3, "bob", ""), Row(4, "cy", "")}, known);
  EXPECT_EQ(plan.report.people_created(), 1);
  EXPECT_EQ(plan.report.people_updated(), 1);
  EXPECT_EQ(plan.report.rows_unchanged(), 1);
  EXPECT_EQ(plan.report.memberships_created(), 2);
  EXPECT_TRUE(plan.changed_people.empty()) << "a renewal does not touch the person";
}

TEST(PlanImport, LeavesWhatAnEmptyFieldDoesNotSay) {
  std::vector<ImportRow> rows = {Row(2, "ann", "Acme")};
  rows[0].letters = 2;
  rows[0].representative = true;
  const KnownRegister known = After({}, Plan(rows));
  const ImportPlan plan = Plan({Row(2, "ann", "")}, known);
  EXPECT_EQ(plan.report.rows_unchanged(), 1);
}

TEST(PlanImport, MovesAPersonAndRecordsLetters) {
  const KnownRegister known = After({}, Plan({Row(2, "ann", "Acme")}));
  ImportRow moved = Row(2, "ann", "Beta");
  moved.letters = 1;
  moved.full_name = "Ann Lee";
  const ImportPlan plan = Plan({moved}, known);
  ASSERT_EQ(plan.changed_people.size(), 1u);
  EXPECT_EQ(plan.changed_people[0].company, plan.new_companies[0].id);
  EXPECT_EQ(plan.changed_people[0].accepted_letters, 1);
  EXPECT_EQ(plan.changed_people[0].full_name, "Ann Lee");
  EXPECT_EQ(plan.report.people_updated(), 1);
}

TEST(PlanImport, StartsTodayWhenTheRowSaysNoDay) {
  ImportRow row = Row(2, "ann", "Acme");
  row.days = {};
  const ImportPlan plan = Plan({row});
  ASSERT_EQ(plan.new_periods.size(), 1u);
  EXPECT_EQ(plan.new_periods[0].period.start, Day(kToday));
  EXPECT_FALSE(plan.new_periods[0].period.end.has_value());
}

TEST(PlanImport, NeverOverwritesAPeriod) {
  const KnownRegister known = After({}, Plan({Row(2, "ann", "Acme")}));
  ImportRow later = Row(2, "ann", "Acme");
  later.days.end = Day("2023-08-24");
  EXPECT_EQ(OnlyReason(Plan({later}, known)), "MEMBERSHIP_CONFLICT");
}

TEST(PlanImport, TakesAPersonOnce) {
  EXPECT_EQ(OnlyReason(Plan({Row(2, "ann", "Acme"), Row(3, "ann", "Beta")})), "EMAIL_DUPLICATE");
}

TEST(PlanImport, DoesNotMergeCompaniesOfOne) {
  ImportRow namesake = Row(3, "ann", "");
  namesake.email = "other@example.org";
  EXPECT_EQ(OnlyReason(Plan({Row(2, "ann", ""), namesake})), "COMPANY_CONFLICT");
  EXPECT_EQ(OnlyReason(Plan({Row(2, "ann", ""), Row(3, "bob", "ANN")})), "COMPANY_CONFLICT");
  EXPECT_EQ(OnlyReason(Plan({Row(2, "bob", "ANN"), Row(3, "ann", "")})), "COMPANY_CONFLICT");
  const KnownRegister known = After({}, Plan({Row(2, "bob", "ANN")}));
  EXPECT_EQ(OnlyReason(Plan({Row(2, "ann", "")}, known)), "COMPANY_CONFLICT");
}

TEST(PlanImport, TakesTheCompanysOwnMembershipOnce) {
  std::vector<ImportRow> rows = {Row(2, "ann", "Acme"), Row(3, "bob", "Acme"), Row(4, "cy", "Acme")};
  rows[0].company_category = rows[1].company_category = "vendor-partner";
  const ImportPlan plan = Plan(rows);
  EXPECT_EQ(plan.report.problem_count(), 0);
  EXPECT_EQ(plan.report.memberships_created(), 4);
  rows[1].company_category = "registered";
  EXPECT_EQ(OnlyReason(Plan(rows)), "COMPANY_CONFLICT");
  rows[1].company_category = "vendor-partner";
  rows[1].days.end = Day("2023-01-01");
  EXPECT_EQ(OnlyReason(Plan(rows)), "COMPANY_CONFLICT");
}

TEST(PlanImport, NamesOneRepresentativeACompany) {
  std::vector<ImportRow> rows = {Row(2, "ann", "Acme"), Row(3, "bob", "Acme")};
  rows[0].representative = true;
  const ImportPlan plan = Plan(rows);
  EXPECT_EQ(plan.new_companies[0].representative, plan.new_people[0].id);
  rows[1].representative = true;
  EXPECT_EQ(OnlyReason(Plan(rows)), "REPRESENTATIVE_INVALID");

  KnownRegister known = After({}, plan);
  rows[0].representative = false;
  const ImportPlan change = Plan(rows, known);
  ASSERT_EQ(change.changed_companies.size(), 1u);
  EXPECT_EQ(change.changed_companies[0].representative, plan.new_people[1].id);
  EXPECT_EQ(change.changed_companies[0].version, 2);
  known.credential_issued.insert(plan.new_companies[0].id);
  EXPECT_EQ(OnlyReason(Plan(rows, known)), "REPRESENTATIVE_INVALID");
}

TEST(PlanImport, PlansNothingWhenARowIsBad) {
  RandomIds ids;
  const ImportPlan plan =
      PlanImport({Row(2, "ann", "Acme"), Row(5, "ann", "Acme")},
                 {ProblemOf(3, "email", "EMAIL_INVALID", "No address.")}, {}, Day(kToday), ids);
  EXPECT_EQ(plan.report.rows(), 3);
  EXPECT_EQ(plan.report.problem_count(), 2);
  EXPECT_EQ(plan.report.problems(0).line(), 3) << "in file order";
  EXPECT_EQ(plan.report.problems(1).line(), 5);
  EXPECT_EQ(plan.report.people_created(), 0);
  EXPECT_TRUE(plan.new_people.empty() && plan.new_companies.empty() && plan.new_periods.empty());
}

TEST(PlanImport, TellsAThousandProblemsAndCountsThemAll) {
  const std::vector<RowProblem> problems(limits::kMostProblems + 5,
                                         ProblemOf(3, "email", "EMAIL_INVALID", "No."));
  RandomIds ids;
  const ImportPlan plan = PlanImport({}, problems, {}, Day(kToday), ids);
  EXPECT_EQ(plan.report.problems_size(), limits::kMostProblems);
  EXPECT_EQ(plan.report.problem_count(), limits::kMostProblems + 5);
}

}  // namespace
}  // namespace plenary::membership::rules
