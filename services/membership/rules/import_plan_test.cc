#include "services/membership/rules/import_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "services/membership/limits.h"
#include "services/membership/rules/company_key.h"
#include "services/membership/rules/import_problems.h"
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

ImportPlan Plan(const std::vector<ImportRow>& rows, const KnownRegister& known = {}, int year = 0) {
  RandomIds ids;
  return PlanImport(rows, known, {.today = Day(kToday), .year = year}, ids);
}

void Replace(std::vector<KnownLink>& links, const KnownLink& changed) {
  std::erase_if(links, [&](const KnownLink& link) { return link.id == changed.id; });
  links.push_back(changed);
  std::sort(links.begin(), links.end(),
            [](const KnownLink& a, const KnownLink& b) { return a.stay.start < b.stay.start; });
}

// The register after the plan was stored.
KnownRegister After(KnownRegister known, const ImportPlan& plan) {
  EXPECT_TRUE(plan.problems.empty()) << plan.problems.front().ShortDebugString();
  for (const RegisterCompany& company : plan.new_companies) known.companies[company.key] = company;
  for (const NewRepresentative& named : plan.new_representatives) {
    for (auto& [key, company] : known.companies) {
      if (company.id == named.company) company.representative = named.person;
    }
  }
  for (const auto* people : {&plan.new_people, &plan.changed_people}) {
    for (const RegisterPerson& person : *people) known.people[person.email] = person;
  }
  for (const NewPeriod& period : plan.new_periods) known.periods[period.holder].push_back(period.period);
  for (const auto* links : {&plan.ended_links, &plan.new_links}) {
    for (const KnownLink& link : *links) {
      Replace(known.links[link.person], link);
      if (link.role == KnownLink::Role::kRepresentative) Replace(known.representatives[link.company], link);
    }
  }
  for (const NewLetters& letters : plan.new_letters) {
    auto& counts = known.letters[letters.person];
    counts.push_back(letters.count);
    std::stable_sort(counts.begin(), counts.end(), [](const LetterCount& a, const LetterCount& b) {
      return a.recorded_on < b.recorded_on;
    });
  }
  return known;
}

bool Empty(const ImportPlan& plan) {
  return plan.problems.empty() && plan.new_companies.empty() && plan.new_people.empty() &&
         plan.changed_people.empty() && plan.renames.empty() && plan.new_periods.empty() &&
         plan.new_links.empty() && plan.ended_links.empty() && plan.new_letters.empty() &&
         plan.new_representatives.empty();
}

std::string OnlyReason(const ImportPlan& plan) {
  return plan.problems.size() == 1 ? plan.problems.front().reason() : "";
}

std::string Text(const Stay& stay) {
  return FormatDate(stay.start) + ".." + (stay.end.has_value() ? FormatDate(*stay.end) : "");
}

TEST(PlanImport, AddsPeopleCompaniesAndPeriods) {
  const ImportPlan plan = Plan({Row(2, "ann", "Acme"), Row(3, "bob", "ACME "), Row(4, "cy", "")});
  EXPECT_EQ(plan.counts.people_created, 3);
  EXPECT_EQ(plan.counts.companies_created, 2);
  EXPECT_EQ(plan.counts.memberships_created, 3);
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
  EXPECT_EQ(again.counts.rows_unchanged, 3);
  EXPECT_EQ(again.counts.people_updated, 0);
  EXPECT_TRUE(Empty(again));
}

TEST(PlanImport, CountsEveryRowOnce) {
  const KnownRegister known = After({}, Plan({Row(2, "ann", "Acme"), Row(3, "bob", "")}));
  ImportRow renewed = Row(2, "ann", "Acme");
  renewed.days = {.start = Day("2022-08-24"), .end = Day("2023-08-24")};
  const ImportPlan plan = Plan({renewed, Row(3, "bob", ""), Row(4, "cy", "")}, known);
  EXPECT_EQ(plan.counts.people_created, 1);
  EXPECT_EQ(plan.counts.people_updated, 1);
  EXPECT_EQ(plan.counts.rows_unchanged, 1);
  EXPECT_EQ(plan.counts.memberships_created, 2);
  EXPECT_TRUE(plan.changed_people.empty()) << "a renewal does not touch the person";
}

TEST(PlanImport, LeavesWhatAnEmptyFieldDoesNotSay) {
  std::vector<ImportRow> rows = {Row(2, "ann", "Acme")};
  rows[0].letters = 2;
  rows[0].representative = true;
  const KnownRegister known = After({}, Plan(rows));
  const ImportPlan plan = Plan({Row(2, "ann", "")}, known);
  EXPECT_EQ(plan.counts.rows_unchanged, 1);
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
  EXPECT_EQ(plan.counts.people_updated, 1);
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

struct HoldCase {
  const char* what;
  Period held;
  StatedDays stated;
  std::string want;  // the reason of the problem, or the days to add; "": known
};

TEST(PlanImport, CoversADayOnce) {
  const Period year{"professional", Day("2022-01-01"), Day("2023-01-01")};
  const auto until = [](const std::string& end) {
    return Period{"professional", Day("2021-01-01"), Day(end)};
  };
  for (const HoldCase& c : std::vector<HoldCase>{
           {"the same", year, {Day("2022-01-01"), Day("2023-01-01")}, ""},
           {"the next", year, {Day("2023-01-01"), Day("2024-01-01")}, "2023-01-01..2024-01-01"},
           {"the one before", year, {Day("2021-01-01"), Day("2022-01-01")}, "2021-01-01..2022-01-01"},
           {"into it", year, {Day("2021-06-01"), Day("2022-01-02")}, "MEMBERSHIP_CONFLICT"},
           {"out of it", year, {Day("2022-12-31"), Day("2023-12-31")}, "MEMBERSHIP_CONFLICT"},
           {"within", year, {Day("2022-03-01"), Day("2022-04-01")}, "MEMBERSHIP_CONFLICT"},
           {"around, without an end", year, {Day("2021-06-01"), std::nullopt}, "MEMBERSHIP_CONFLICT"},
           {"no day, and it covers today", year, {}, ""},
           {"no day, and it is in grace", until("2022-07-22"), {}, ""},
           {"no day, and it has lapsed", until("2022-07-21"), {}, "2022-08-20.."},
           {"no day, and it is to come",
            {"professional", Day("2022-09-01"), Day("2023-09-01")},
            {},
            "MEMBERSHIP_CONFLICT"},
           {"another category", {"registered", Day("2022-01-01"), std::nullopt}, {}, "2022-08-20.."},
       }) {
    KnownRegister known = After({}, Plan({Row(2, "ann", "Acme")}));
    known.categories = Society().categories;
    known.periods[known.people.at("ann@example.org").id] = {c.held};
    ImportRow row = Row(2, "ann", "Acme");
    row.days = c.stated;
    const ImportPlan plan = Plan({row}, known);
    std::string got = OnlyReason(plan);
    for (const NewPeriod& added : plan.new_periods) got = Text(Stay{added.period.start, added.period.end});
    EXPECT_EQ(got, c.want) << c.what;
    if (!plan.problems.empty()) continue;
    EXPECT_TRUE(Empty(Plan({row}, After(known, plan)))) << c.what;
  }
}

TEST(PlanImport, TakesRowsOfAPersonThatAgree) {
  ImportRow otherwise = Row(3, "ann", "Acme");
  otherwise.full_name = "Ann Again";
  EXPECT_EQ(OnlyReason(Plan({Row(2, "ann", "Acme"), otherwise})), "EMAIL_DUPLICATE");
  EXPECT_EQ(OnlyReason(Plan({Row(2, "ann", "Acme"), Row(3, "ann", "Acme")})), "EMAIL_DUPLICATE");
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
  EXPECT_EQ(plan.problems.size(), 0u);
  EXPECT_EQ(plan.counts.memberships_created, 4);
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
  ASSERT_EQ(change.new_representatives.size(), 1u);
  EXPECT_EQ(change.new_representatives[0].person, plan.new_people[1].id);
  ASSERT_EQ(change.ended_links.size(), 1u);
  EXPECT_EQ(Text(change.ended_links[0].stay), "2021-08-24..2022-08-20");
  ASSERT_EQ(change.new_links.size(), 1u);
  EXPECT_EQ(Text(change.new_links[0].stay), "2022-08-20..");
  known.collectors[plan.new_companies[0].id] = {plan.new_people[0].id};
  EXPECT_EQ(OnlyReason(Plan(rows, known)), "REPRESENTATIVE_INVALID");
  known.collectors[plan.new_companies[0].id] = {plan.new_people[1].id};
  EXPECT_EQ(Plan(rows, known).new_representatives.size(), 1u) << "the substitute becomes what they stand for";
}

TEST(PlanImport, LinksAPersonSinceTheEarliestDayOfTheRows) {
  ImportRow before = Row(3, "ann", "Acme");
  before.days = {.start = Day("2020-08-24"), .end = Day("2021-08-24")};
  const ImportPlan plan = Plan({Row(2, "ann", "Acme"), before});
  EXPECT_EQ(plan.counts.people_created, 1);
  EXPECT_EQ(plan.counts.people_updated, 1) << "every row is counted";
  EXPECT_EQ(plan.new_periods.size(), 2u);
  ASSERT_EQ(plan.new_links.size(), 1u);
  EXPECT_EQ(Text(plan.new_links[0].stay), "2020-08-24..");
}

TEST(PlanImport, EndsWhatAPersonWasWhereTheyLeft) {
  ImportRow ann = Row(2, "ann", "Acme");
  ann.representative = true;
  KnownRegister known = After({}, Plan({ann}));
  const ImportPlan plan = Plan({Row(2, "ann", "Beta")}, known);
  EXPECT_EQ(plan.ended_links.size(), 2u) << "employee and representative";
  ASSERT_EQ(plan.new_links.size(), 1u);
  EXPECT_EQ(Text(plan.new_links[0].stay), "2022-08-20..");
  ASSERT_EQ(plan.new_representatives.size(), 1u);
  EXPECT_EQ(plan.new_representatives[0].person, "");
  known.collectors[known.companies.at("acme").id] = {known.people.at("ann@example.org").id};
  EXPECT_EQ(OnlyReason(Plan({Row(2, "ann", "Beta")}, known)), "REPRESENTATIVE_INVALID");
}

TEST(PlanImport, LetsOnlyWhoDoesNotCollectMoveDuringAnElection) {
  ImportRow ann = Row(2, "ann", "Acme");
  ann.representative = true;
  KnownRegister known = After({}, Plan({ann, Row(3, "bob", "Acme")}));
  known.collectors[known.companies.at("acme").id] = {known.people.at("bob@example.org").id};
  EXPECT_EQ(OnlyReason(Plan({Row(3, "bob", "Beta")}, known)), "REPRESENTATIVE_INVALID") << "the substitute";
  const ImportPlan plan = Plan({Row(2, "ann", "Beta")}, known);
  EXPECT_TRUE(plan.problems.empty()) << "named, but another collects";
  EXPECT_EQ(plan.ended_links.size(), 2u);
}

TEST(PlanImport, EndsALinkOnceWhenTheCompanyNamesAnotherToo) {
  ImportRow ann = Row(2, "ann", "Acme");
  ann.representative = true;
  for (const std::string to : {"Aardvark", "Beta"}) {
    const KnownRegister known = After({}, Plan({ann, Row(3, "bob", "Acme")}));
    ImportRow bob = Row(3, "bob", "Acme");
    bob.representative = true;
    const ImportPlan plan = Plan({Row(2, "ann", to), bob}, known);
    const KnownRegister after = After(known, plan);
    EXPECT_EQ(after.companies.at("acme").representative, after.people.at("bob@example.org").id) << to;
    EXPECT_EQ(plan.ended_links.size(), 2u) << to;
    EXPECT_TRUE(Empty(Plan({Row(2, "ann", to), bob}, after))) << to;
  }
}

TEST(PlanImport, GoesOnWithACompanyOnTheNextPage) {
  std::vector<ImportRow> rows = {Row(2, "ann", "Acme"), Row(3, "bob", "Acme"), Row(4, "cy", "")};
  for (ImportRow& row : rows) row.company_key = row.company.empty() ? row.full_name : "acme";
  rows[0].representative = rows[1].representative = true;
  RandomIds ids;
  ImportPlanner planner({.today = Day(kToday)}, ids);
  const ImportPlan first = planner.PlanPage(std::span(rows).first(1), {});
  EXPECT_EQ(first.new_companies.size(), 1u);
  const ImportPlan second = planner.PlanPage(std::span(rows).subspan(1), {});
  EXPECT_EQ(second.new_companies.size(), 1u) << "that of cy alone";
  EXPECT_EQ(second.new_people[0].company, first.new_companies[0].id);
  ASSERT_EQ(second.problems.size(), 1u);
  EXPECT_EQ(second.problems[0].reason(), "REPRESENTATIVE_INVALID");
}

// Who is a member today, and then what an earlier year says of them.
class PlanPastYear : public ::testing::Test {
 protected:
  KnownRegister Today() {
    ImportRow ann = Row(2, "ann", "Acme");
    ann.letters = 2;
    ann.representative = true;
    return After({}, Plan({ann}));
  }
  static ImportRow In2020(const std::string& company) {
    ImportRow row = Row(2, "ann", company);
    row.days = {.start = Day("2020-08-24"), .end = Day("2021-08-24")};
    return row;
  }
};

TEST_F(PlanPastYear, FillsInWhatHeldThenAndChangesNothingNewer) {
  const KnownRegister today = Today();
  ImportRow then = In2020("Beta");
  then.full_name = "Ann Maiden";
  then.letters = 1;
  then.representative = true;
  const ImportPlan plan = Plan({then}, today, 2020);
  EXPECT_TRUE(plan.renames.empty() && plan.ended_links.empty() && plan.new_representatives.empty() &&
              plan.changed_people.empty());
  EXPECT_EQ(plan.counts.facts_kept, 1) << "the name";
  ASSERT_EQ(plan.new_links.size(), 2u);
  EXPECT_EQ(Text(plan.new_links[0].stay), "2020-08-24..2021-08-24") << "up to the company of today";
  EXPECT_EQ(Text(plan.new_links[1].stay), "2020-08-24..2021-01-01") << "no longer than the file knows";
  ASSERT_EQ(plan.new_letters.size(), 1u);
  EXPECT_EQ(plan.new_letters[0].count.recorded_on, Day("2020-08-24"));
  EXPECT_EQ(plan.new_periods.size(), 1u);
  const KnownRegister after = After(today, plan);
  const ImportPlan again = Plan({then}, after, 2020);
  EXPECT_TRUE(Empty(again));
  EXPECT_EQ(again.counts.rows_unchanged, 1);
  ImportRow now = Row(2, "ann", "Acme");
  now.letters = 2;
  now.representative = true;
  EXPECT_TRUE(Empty(Plan({now}, after))) << "the present says what it said";
}

TEST_F(PlanPastYear, LeavesTheLettersThatHoldSinceBefore) {
  const KnownRegister today = Today();
  ImportRow then = Row(2, "ann", "Acme");
  then.letters = 1;
  const ImportPlan plan = Plan({then}, today, 2021);
  EXPECT_TRUE(Empty(plan)) << "two of them since August 2021";
  EXPECT_EQ(plan.counts.facts_kept, 1);
}

TEST_F(PlanPastYear, TellsTheLettersOfTodayWhereNothingElseDoes) {
  const KnownRegister today = After({}, Plan({Row(2, "ann", "Acme")}));
  ImportRow then = Row(2, "ann", "Acme");
  then.letters = 1;
  const KnownRegister after = After(today, Plan({then}, today, 2021));
  EXPECT_EQ(after.people.at("ann@example.org").accepted_letters, 1);
  then.letters = 2;
  then.days = {.start = Day("2020-08-24"), .end = Day("2021-08-24")};
  const KnownRegister older = After(after, Plan({then}, after, 2020));
  EXPECT_EQ(older.letters.at(after.people.at("ann@example.org").id).size(), 2u);
  EXPECT_EQ(older.people.at("ann@example.org").accepted_letters, 1);
}

TEST_F(PlanPastYear, KeepsWhatTheRegisterSaysOfTheSameDays) {
  ImportRow then = Row(2, "ann", "Beta");
  then.days.end = Day("2022-01-01");
  const ImportPlan plan = Plan({then}, Today(), 2021);
  EXPECT_TRUE(plan.new_links.empty() && plan.new_periods.empty());
  EXPECT_EQ(plan.counts.facts_kept, 2) << "company and period";
}

TEST_F(PlanPastYear, ClosesWhatTheFileLeavesOpen) {
  ImportRow bob = Row(3, "bob", "Old Inc");
  bob.days = {};
  const ImportPlan plan = Plan({bob}, Today(), 2019);
  ASSERT_EQ(plan.new_periods.size(), 1u);
  EXPECT_EQ(plan.new_periods[0].period.start, Day("2019-01-01"));
  EXPECT_EQ(plan.new_periods[0].period.end, Day("2020-01-01"));
  ASSERT_EQ(plan.new_links.size(), 1u);
  EXPECT_EQ(Text(plan.new_links[0].stay), "2019-01-01..") << "of somebody new nothing newer is known";
}

TEST_F(PlanPastYear, WantsTheCompanyWhoseFactsARowStates) {
  ImportRow then = In2020("");
  EXPECT_TRUE(Plan({then}, Today(), 2020).problems.empty());
  then.company_category = "vendor-partner";
  EXPECT_EQ(OnlyReason(Plan({then}, Today(), 2020)), "FIELD_MISSING");
}

struct StayCase {
  const char* what;
  std::vector<Stay> known;
  std::string since;
  std::string want;  // "kept", or the days to add
};

TEST(PlaceStay, FillsTheGapBeforeWhatIsKnown) {
  const Stay from_2021{Day("2021-08-24"), std::nullopt};
  const Stay in_2019{Day("2019-01-01"), Day("2019-07-01")};
  for (const StayCase& c : std::vector<StayCase>{
           {"nothing is known", {}, "2020-03-01", "2020-03-01.."},
           {"the newer one begins later", {from_2021}, "2020-03-01", "2020-03-01..2021-08-24"},
           {"the newer one covers the day", {from_2021}, "2021-09-01", "kept"},
           {"the newer one begins on the day", {from_2021}, "2021-08-24", "kept"},
           {"an older one has ended", {in_2019}, "2020-03-01", "2020-03-01..2021-01-01"},
           {"an older one has ended and a newer one begins",
            {in_2019, from_2021},
            "2020-03-01",
            "2020-03-01..2021-08-24"},
           {"an older one covers the day", {in_2019}, "2019-03-01", "kept"},
       }) {
    const Placement got = PlaceStay(c.known, Day(c.since), Day("2021-01-01"));
    EXPECT_EQ(got.kind == Placement::Kind::kKept ? "kept" : Text(got.stay), c.want) << c.what;
  }
}

TEST(PlacePastPeriod, NeverOverlapsWhatIsKnown) {
  const FileTime time{.today = Day(kToday), .year = 2020};
  const std::vector<Period> known = {{"professional", Day("2021-03-01"), Day("2022-03-01")},
                                     {"registered", Day("2018-01-01"), std::nullopt}};
  const auto place = [&](const std::string& category, const StatedDays& days) {
    const Placement got = PlacePastPeriod(known, category, days, time);
    return got.kind == Placement::Kind::kAdd     ? Text(got.stay)
           : got.kind == Placement::Kind::kKnown ? "known"
                                                 : "kept";
  };
  EXPECT_EQ(place("professional", {Day("2020-03-01"), Day("2021-03-01")}), "2020-03-01..2021-03-01");
  EXPECT_EQ(place("professional", {Day("2020-03-01"), Day("2021-06-01")}), "2020-03-01..2021-03-01");
  EXPECT_EQ(place("professional", {Day("2020-03-01"), std::nullopt}), "2020-03-01..2021-01-01");
  EXPECT_EQ(place("professional", {}), "2020-01-01..2021-01-01");
  EXPECT_EQ(place("registered", {}), "known");
  EXPECT_EQ(place("registered", {Day("2018-01-01"), std::nullopt}), "known");
  EXPECT_EQ(place("registered", {Day("2018-01-01"), Day("2019-01-01")}), "kept");
  EXPECT_EQ(place("registered", {Day("2019-01-01"), Day("2020-01-01")}), "kept");
  EXPECT_EQ(place("staff", {Day("2020-05-01"), Day("2020-06-01")}), "2020-05-01..2020-06-01");
}

TEST(PlaceLetters, ComesAfterWhatIsOlderAndBeforeWhatIsNewer) {
  const std::vector<LetterCount> known = {{Day("2019-01-01"), 1}, {Day("2022-01-01"), 2}};
  const auto place = [&](int accepted, int year) {
    const Placement got =
        PlaceLetters(known, accepted, Day("2018-06-01"), {.today = Day(kToday), .year = year});
    return got.kind == Placement::Kind::kAdd     ? FormatDate(got.stay.start)
           : got.kind == Placement::Kind::kKnown ? "known"
                                                 : "kept";
  };
  EXPECT_EQ(place(1, 2018), "2018-06-01");
  EXPECT_EQ(place(0, 2018), "known");
  EXPECT_EQ(place(1, 2020), "known");
  EXPECT_EQ(place(3, 2020), "kept");
  EXPECT_EQ(place(0, 2020), "kept");
  EXPECT_EQ(place(2, 0), "known");
  EXPECT_EQ(place(3, 0), kToday);
}

TEST(ImportProblems, TellsTheFirstThousandByLineAndCountsThemAll) {
  ImportProblems problems;
  for (int i = limits::kMostProblems + 5; i > 0; --i)
    problems.Add(ProblemOf(i, "email", "EMAIL_INVALID", "No."));
  problems.AddUntold(7);
  v1::ImportMembersResponse report;
  problems.FillIn(report);
  ASSERT_EQ(report.problems_size(), limits::kMostProblems);
  EXPECT_EQ(report.problems(0).line(), 1);
  EXPECT_EQ(report.problems(limits::kMostProblems - 1).line(), limits::kMostProblems);
  EXPECT_EQ(report.problem_count(), limits::kMostProblems + 12);
}

}  // namespace
}  // namespace plenary::membership::rules
