#include "services/membership/rules/import_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "services/membership/limits.h"
#include "services/membership/rules/company_key.h"

namespace plenary::membership::rules {
namespace {

enum class Novelty { kKnown, kNew, kConflict };

// The rows so far, laid over the register.
class Planner {
 public:
  Planner(const KnownRegister& known, absl::CivilDay today, IdSource& ids)
      : known_(known), today_(today), ids_(ids), periods_(known.periods) {
    for (const auto& [key, company] : known.companies) {
      companies_.emplace(key, PlannedCompany{.company = company});
      key_of_.emplace(company.id, key);
    }
  }

  void Take(const ImportRow& row);
  ImportPlan Finish(const std::vector<RowProblem>& problems, std::size_t rows) &&;

 private:
  struct PlannedCompany {
    RegisterCompany company;
    bool is_new = false;
    bool changed = false;
    bool company_of_one = false;  // made for a person without a company
    std::string named_by;         // the e-mail of the row that names a representative
    std::optional<std::pair<std::string, StatedDays>> stated;  // its own membership
  };

  void Fail(const ImportRow& row, Column column, std::string_view reason, std::string message) {
    problems_.push_back(ProblemOf(row.line, ColumnName(column), reason, std::move(message)));
  }

  PlannedCompany* CompanyOf(const ImportRow& row, const RegisterPerson* person);
  PlannedCompany& MakeCompany(const std::string& key, const std::string& display_name);
  Novelty Hold(const std::string& holder, const std::string& category, const StatedDays& days);
  bool TakePeriod(const ImportRow& row, const std::string& holder, bool& news);
  bool TakeCompanyPeriod(const ImportRow& row, PlannedCompany& company, bool& news);
  bool TakeRepresentative(const ImportRow& row, const std::string& person, PlannedCompany& company,
                          bool& news);

  const KnownRegister& known_;
  const absl::CivilDay today_;
  IdSource& ids_;
  std::map<std::string, PlannedCompany> companies_;  // by key
  std::map<std::string, std::string> key_of_;        // company id -> key
  std::map<std::string, std::vector<Period>> periods_;
  std::set<std::string> emails_;
  std::vector<RowProblem> problems_;
  std::int64_t unchanged_ = 0;
  ImportPlan plan_;
};

void Planner::Take(const ImportRow& row) {
  if (!emails_.insert(row.email).second) {
    Fail(row, Column::kEmail, "EMAIL_DUPLICATE",
         "An earlier row has this address, and a person has one row in a file. Remove one of them.");
    return;
  }
  const auto found = known_.people.find(row.email);
  const RegisterPerson* before = found == known_.people.end() ? nullptr : &found->second;
  PlannedCompany* company = CompanyOf(row, before);
  if (company == nullptr) return;

  RegisterPerson person =
      before != nullptr ? *before : RegisterPerson{.id = ids_.NextText(), .email = row.email};
  person.full_name = row.full_name;
  person.company = company->company.id;
  person.accepted_letters = row.letters.value_or(person.accepted_letters);
  const bool changed =
      before != nullptr && (person.full_name != before->full_name || person.company != before->company ||
                            person.accepted_letters != before->accepted_letters);
  bool news = changed;
  if (!TakePeriod(row, person.id, news) || !TakeCompanyPeriod(row, *company, news) ||
      !TakeRepresentative(row, person.id, *company, news)) {
    return;
  }
  if (before == nullptr) {
    plan_.new_people.push_back(std::move(person));
  } else {
    if (changed) plan_.changed_people.push_back(std::move(person));
    if (news) {
      plan_.report.set_people_updated(plan_.report.people_updated() + 1);
    } else {
      ++unchanged_;
    }
  }
}

Planner::PlannedCompany* Planner::CompanyOf(const ImportRow& row, const RegisterPerson* person) {
  if (row.company.empty() && person != nullptr) return &companies_.at(key_of_.at(person->company));
  const std::string& display_name = row.company.empty() ? row.full_name : row.company;
  const std::string key = CompanyKey(display_name);
  const auto found = companies_.find(key);
  if (row.company.empty()) {
    if (found != companies_.end()) {
      Fail(row, Column::kCompany, "COMPANY_CONFLICT",
           fmt::format(
               "A company of one would be named \"{}\", and there is such a company. Name the company.",
               display_name));
      return nullptr;
    }
    PlannedCompany& company = MakeCompany(key, display_name);
    company.company_of_one = true;
    return &company;
  }
  if (found == companies_.end()) return &MakeCompany(key, display_name);
  if (found->second.company_of_one) {
    Fail(row, Column::kCompany, "COMPANY_CONFLICT",
         fmt::format("An earlier row is a company of one named \"{}\". Name the company in that row, too.",
                     display_name));
    return nullptr;
  }
  return &found->second;
}

Planner::PlannedCompany& Planner::MakeCompany(const std::string& key, const std::string& display_name) {
  PlannedCompany company{.company = {.id = ids_.NextText(), .display_name = display_name, .key = key},
                         .is_new = true};
  key_of_.emplace(company.company.id, key);
  return companies_.emplace(key, std::move(company)).first->second;
}

Novelty Planner::Hold(const std::string& holder, const std::string& category, const StatedDays& days) {
  std::vector<Period>& held = periods_[holder];
  for (const Period& period : held) {
    if (period.category != category) continue;
    if (!days.start.has_value()) return Novelty::kKnown;
    if (period.start == *days.start) return period.end == days.end ? Novelty::kKnown : Novelty::kConflict;
  }
  Period period{.category = category, .start = days.start.value_or(today_), .end = days.end};
  held.push_back(period);
  plan_.new_periods.push_back({holder, std::move(period)});
  return Novelty::kNew;
}

bool Planner::TakePeriod(const ImportRow& row, const std::string& holder, bool& news) {
  const Novelty novelty = Hold(holder, row.category, row.days);
  if (novelty == Novelty::kConflict) {
    Fail(row, Column::kPaidThrough, "MEMBERSHIP_CONFLICT",
         "The register has this membership with another end, and a period is never overwritten. A renewal is "
         "a period of its own: give its own started_on.");
  }
  news = news || novelty == Novelty::kNew;
  return novelty != Novelty::kConflict;
}

bool Planner::TakeCompanyPeriod(const ImportRow& row, PlannedCompany& company, bool& news) {
  if (row.company_category.empty()) return true;
  std::pair<std::string, StatedDays> stated(row.company_category, row.days);
  if (company.stated.has_value()) {
    if (*company.stated == stated) return true;
    Fail(row, Column::kCompanyCategory, "COMPANY_CONFLICT",
         "An earlier row states another membership, or other days, of this company. State it in one row "
         "only.");
    return false;
  }
  company.stated = std::move(stated);
  const Novelty novelty = Hold(company.company.id, row.company_category, row.days);
  if (novelty == Novelty::kConflict) {
    Fail(row, Column::kCompanyCategory, "MEMBERSHIP_CONFLICT",
         "The register has this membership of the company with another end, and a period is never "
         "overwritten. A renewal is a period of its own: give its own started_on.");
  }
  news = news || novelty == Novelty::kNew;
  return novelty != Novelty::kConflict;
}

bool Planner::TakeRepresentative(const ImportRow& row, const std::string& person, PlannedCompany& planned,
                                 bool& news) {
  if (!row.representative) return true;
  if (!planned.named_by.empty()) {
    Fail(
        row, Column::kRepresentative, "REPRESENTATIVE_INVALID",
        fmt::format(
            "{} is the company's representative by an earlier row, and a company has one. Leave one \"yes\".",
            planned.named_by));
    return false;
  }
  planned.named_by = row.email;
  RegisterCompany& company = planned.company;
  if (company.representative == person) return true;
  if (known_.credential_issued.contains(company.id)) {
    Fail(row, Column::kRepresentative, "REPRESENTATIVE_INVALID",
         "The company has collected its credential for a running election. Name another after voting has "
         "closed.");
    return false;
  }
  company.representative = person;
  planned.changed = !planned.is_new;
  if (planned.changed) ++company.version;
  news = true;
  return true;
}

ImportPlan Planner::Finish(const std::vector<RowProblem>& problems, std::size_t rows) && {
  problems_.insert(problems_.end(), problems.begin(), problems.end());
  std::stable_sort(problems_.begin(), problems_.end(),
                   [](const RowProblem& a, const RowProblem& b) { return a.line() < b.line(); });
  v1::ImportMembersResponse report;
  report.set_rows(static_cast<std::int64_t>(rows + problems.size()));
  if (!problems_.empty()) {
    report.set_problem_count(static_cast<std::int64_t>(problems_.size()));
    const std::size_t told = std::min<std::size_t>(problems_.size(), limits::kMostProblems);
    for (std::size_t i = 0; i < told; ++i) *report.add_problems() = std::move(problems_[i]);
    return {.report = std::move(report)};
  }
  for (auto& [key, planned] : companies_) {
    if (planned.is_new)
      plan_.new_companies.push_back(std::move(planned.company));
    else if (planned.changed)
      plan_.changed_companies.push_back(std::move(planned.company));
  }
  report.set_people_created(static_cast<std::int64_t>(plan_.new_people.size()));
  report.set_people_updated(plan_.report.people_updated());
  report.set_rows_unchanged(unchanged_);
  report.set_companies_created(static_cast<std::int64_t>(plan_.new_companies.size()));
  report.set_memberships_created(static_cast<std::int64_t>(plan_.new_periods.size()));
  plan_.report = std::move(report);
  return std::move(plan_);
}

}  // namespace

ImportPlan PlanImport(const std::vector<ImportRow>& rows, const std::vector<RowProblem>& problems,
                      const KnownRegister& known, absl::CivilDay today, IdSource& ids) {
  Planner planner(known, today, ids);
  for (const ImportRow& row : rows) planner.Take(row);
  return std::move(planner).Finish(problems, rows.size());
}

}  // namespace plenary::membership::rules
