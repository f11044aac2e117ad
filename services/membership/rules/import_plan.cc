#include "services/membership/rules/import_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <tuple>

#include "services/membership/limits_imports.h"
#include "services/membership/rules/company_key.h"

namespace plenary::membership::rules {
namespace {

using Role = KnownLink::Role;

template <typename Map>
typename Map::mapped_type ValueOr(const Map& map, const std::string& key) {
  const auto found = map.find(key);
  return found == map.end() ? typename Map::mapped_type() : found->second;
}

// Whether two rows of one person say the same of them, whatever membership each is about.
bool SamePerson(const ImportRow& a, const ImportRow& b) {
  return a.full_name == b.full_name && a.company == b.company && a.letters == b.letters &&
         a.representative == b.representative;
}

bool SameMembership(const ImportRow& a, const ImportRow& b) {
  return a.category == b.category && a.days == b.days && a.company_category == b.company_category &&
         a.company_days == b.company_days;
}

std::vector<Stay> StaysOf(const std::vector<KnownLink>& links) {
  std::vector<Stay> stays;
  for (const KnownLink& link : links) stays.push_back(link.stay);
  return stays;
}

const KnownLink* Covering(const std::vector<KnownLink>& links, absl::CivilDay day) {
  const auto found =
      std::find_if(links.begin(), links.end(), [&](const KnownLink& link) { return link.stay.Covers(day); });
  return found == links.end() ? nullptr : &*found;
}

const KnownLink* StillOpen(const std::vector<KnownLink>& links) {
  const auto found = std::find_if(links.begin(), links.end(),
                                  [](const KnownLink& link) { return !link.stay.end.has_value(); });
  return found == links.end() ? nullptr : &*found;
}

}  // namespace

ImportCounts& ImportCounts::operator+=(const ImportCounts& other) {
  people_created += other.people_created;
  people_updated += other.people_updated;
  rows_unchanged += other.rows_unchanged;
  companies_created += other.companies_created;
  memberships_created += other.memberships_created;
  facts_kept += other.facts_kept;
  return *this;
}

void ImportCounts::FillIn(v1::ImportMembersResponse& report) const {
  report.set_people_created(people_created);
  report.set_people_updated(people_updated);
  report.set_rows_unchanged(rows_unchanged);
  report.set_companies_created(companies_created);
  report.set_memberships_created(memberships_created);
  report.set_facts_kept(facts_kept);
}

bool ImportOrder(const ImportRow& a, const ImportRow& b) {
  return std::tie(a.company_key, a.email, a.line) < std::tie(b.company_key, b.email, b.line);
}

ImportPlan ImportPlanner::PlanPage(Rows rows, const KnownRegister& known) {
  known_ = &known;
  ended_.clear();
  plan_ = {};
  while (!rows.empty()) {
    const auto next = std::find_if(rows.begin(), rows.end(), [&](const ImportRow& row) {
      return row.email != rows.front().email || row.company_key != rows.front().company_key;
    });
    const auto size = static_cast<std::size_t>(next - rows.begin());
    if (rows.front().company_key != key_) BeginCompany(rows.front().company_key);
    PlanPerson(rows.first(size));
    rows = rows.subspan(size);
  }
  PutCompany();
  plan_.counts.companies_created = static_cast<std::int64_t>(plan_.new_companies.size());
  plan_.counts.memberships_created = static_cast<std::int64_t>(plan_.new_periods.size());
  plan_.counts.people_created = static_cast<std::int64_t>(plan_.new_people.size());
  return std::move(plan_);
}

void ImportPlanner::Fail(const ImportRow& row, Column column, std::string_view reason, std::string message) {
  plan_.problems.push_back(ProblemOf(row.line, ColumnName(column), reason, std::move(message)));
}

void ImportPlanner::BeginCompany(const std::string& key) {
  PutCompany();
  key_ = key;
  company_.reset();
  const auto found = known_->companies.find(key);
  if (found == known_->companies.end()) return;
  company_ = PlannedCompany{.company = found->second};
  company_->periods = ValueOr(known_->periods, found->second.id);
  company_->representatives = ValueOr(known_->representatives, found->second.id);
  // Somebody of an earlier company of the page may have left this one.
  for (KnownLink& link : company_->representatives) {
    if (!ended_.contains(link.id)) continue;
    link.stay.end = std::max(time_.today, link.stay.start);
    if (company_->company.representative == link.person) company_->company.representative.clear();
  }
}

// Puts what was planned of the company into the page's plan. The next page may go on with it.
void ImportPlanner::PutCompany() {
  if (!company_.has_value()) return;
  if (company_->is_new) {
    plan_.new_companies.push_back(company_->company);
  } else if (company_->renamed_representative) {
    plan_.new_representatives.push_back({company_->company.id, company_->company.representative});
  }
  company_->is_new = false;
  company_->renamed_representative = false;
}

void ImportPlanner::MakeCompany(const ImportRow& row) {
  company_ = PlannedCompany{.company = {.id = ids_.NextText(),
                                        .display_name = row.company.empty() ? row.full_name : row.company,
                                        .key = key_},
                            .is_new = true,
                            .only_for = row.company.empty() ? row.email : ""};
}

void ImportPlanner::PlanPerson(Rows rows) {
  if (!Agree(rows)) return;
  const ImportRow& first = rows.front();
  const auto found = known_->people.find(first.email);
  const RegisterPerson* before = found == known_->people.end() ? nullptr : &found->second;
  PlannedCompany* company = nullptr;
  if (!FindCompany(first, before, company)) return;

  PlannedPerson planned = BeginPerson(rows, company);
  std::vector<bool> row_news;
  for (const ImportRow& row : rows) {
    const bool own = TakePeriod(row, planned);
    row_news.push_back(TakeCompanyPeriod(row, company) || own);
  }
  TakeName(first, planned);
  if (company != nullptr) TakeEmployment(first, planned, *company);
  TakeLetters(first, planned);
  if (company != nullptr) TakeRepresentative(first, planned, *company);
  Count(planned, row_news);
}

bool ImportPlanner::Agree(Rows rows) {
  const std::size_t before = plan_.problems.size();
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (!SamePerson(rows[i], rows.front())) {
      Fail(rows[i], Column::kEmail, "EMAIL_DUPLICATE",
           fmt::format(
               "Line {} has this address and says otherwise of name, company, letters or representative. "
               "Rows of one person differ in the membership alone: correct one of them.",
               rows.front().line));
    } else if (std::any_of(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(i),
                           [&](const ImportRow& row) { return SameMembership(row, rows[i]); })) {
      Fail(rows[i], Column::kEmail, "EMAIL_DUPLICATE",
           "Another row says the same of the same person. Remove one of them.");
    }
  }
  return plan_.problems.size() == before;
}

// False: a problem. Without a company the row tells nothing of one: somebody of whom only the past is told.
bool ImportPlanner::FindCompany(const ImportRow& row, const RegisterPerson* before,
                                PlannedCompany*& company) {
  const bool names_none = row.company.empty();
  if (names_none && before != nullptr && time_.past()) {
    if (row.company_category.empty() && !row.representative) return true;
    Fail(row, Column::kCompany, "FIELD_MISSING",
         fmt::format("Name the company that the row tells of: in {} it may have been another one.",
                     time_.year));
    return false;
  }
  if (!company_.has_value()) {
    MakeCompany(row);
  } else if (!company_->only_for.empty() ? company_->only_for != row.email
                                         : names_none && before == nullptr) {
    Fail(row, Column::kCompany, "COMPANY_CONFLICT",
         fmt::format(
             "\"{}\" would be a company of one person who names none, and another company, on the register "
             "or in another row, has that name. Name the company in each of the rows.",
             names_none ? row.full_name : row.company));
    return false;
  }
  company = &*company_;
  return true;
}

ImportPlanner::PlannedPerson ImportPlanner::BeginPerson(Rows rows, const PlannedCompany* company) {
  const ImportRow& first = rows.front();
  PlannedPerson planned;
  if (const auto found = known_->people.find(first.email); found != known_->people.end()) {
    planned.before = &found->second;
    planned.person = found->second;
  } else {
    planned.person = {.id = ids_.NextText(),
                      .email = first.email,
                      .full_name = first.full_name,
                      .company = company->company.id};
  }
  planned.since = time_.last();
  for (const ImportRow& row : rows) {
    planned.since = std::min(planned.since, row.days.start.value_or(time_.first()));
    planned.since_is_stated = planned.since_is_stated || row.days.start.has_value();
  }
  planned.periods = ValueOr(known_->periods, planned.person.id);
  for (const KnownLink& link : ValueOr(known_->links, planned.person.id)) {
    if (link.role == Role::kEmployee) planned.employments.push_back(link);
  }
  return planned;
}

void ImportPlanner::Count(const PlannedPerson& planned, const std::vector<bool>& row_news) {
  if (planned.before == nullptr) {
    plan_.new_people.push_back(planned.person);
  } else if (planned.person.full_name != planned.before->full_name ||
             planned.person.company != planned.before->company ||
             planned.person.accepted_letters != planned.before->accepted_letters) {
    plan_.changed_people.push_back(planned.person);
  }
  // Somebody new is counted by the first row.
  for (std::size_t i = planned.before == nullptr ? 1 : 0; i < row_news.size(); ++i) {
    const bool news = row_news[i] || (i == 0 && planned.news);
    ++(news ? plan_.counts.people_updated : plan_.counts.rows_unchanged);
  }
}

// A membership that a file of the present states, among the holder's periods.
ImportPlanner::Novelty ImportPlanner::Compare(const std::vector<Period>& held, const std::string& category,
                                              const StatedDays& days) const {
  const absl::CivilDay start = days.start.value_or(time_.today);
  bool overlaps = false;
  for (const Period& other : held) {
    if (other.category != category) continue;
    if (!days.start.has_value() && InGoodStanding(other, {}, known_->categories, time_.today)) {
      return Novelty::kKnown;
    }
    if (other.start == start) return other.end == days.end ? Novelty::kKnown : Novelty::kOtherEnd;
    overlaps = overlaps || ((!days.end.has_value() || other.start < *days.end) &&
                            (!other.end.has_value() || start < *other.end));
  }
  return overlaps ? Novelty::kOverlap : Novelty::kNew;
}

void ImportPlanner::FailHold(const ImportRow& row, Column overlap, Column end, Novelty novelty) {
  if (novelty == Novelty::kOtherEnd) {
    Fail(row, end, "MEMBERSHIP_CONFLICT",
         "The register, or another row, has this membership with another end, and a period is never "
         "overwritten. A renewal is a period of its own: give its own first day.");
  } else if (novelty == Novelty::kOverlap) {
    Fail(row, overlap, "MEMBERSHIP_CONFLICT",
         "The register, or another row, has this membership for some of these days. State the "
         "days alone that no other period covers.");
  }
}

ImportPlanner::Novelty ImportPlanner::Hold(const std::string& holder, std::vector<Period>& held,
                                           const std::string& category, const StatedDays& days) {
  Period period{.category = category, .start = days.start.value_or(time_.first()), .end = days.end};
  if (!time_.past()) {
    const Novelty novelty = Compare(held, category, days);
    if (novelty != Novelty::kNew) return novelty;
  } else {
    const Placement placement = PlacePastPeriod(held, category, days, time_);
    if (placement.kind == Placement::Kind::kKept) ++plan_.counts.facts_kept;
    if (placement.kind != Placement::Kind::kAdd) return Novelty::kKnown;
    period = {.category = category, .start = placement.stay.start, .end = placement.stay.end};
  }
  held.push_back(period);
  plan_.new_periods.push_back({holder, std::move(period)});
  return Novelty::kNew;
}

bool ImportPlanner::TakePeriod(const ImportRow& row, PlannedPerson& planned) {
  const Novelty novelty = Hold(planned.person.id, planned.periods, row.category, row.days);
  FailHold(row, Column::kStartedOn, Column::kPaidThrough, novelty);
  return novelty == Novelty::kNew;
}

bool ImportPlanner::TakeCompanyPeriod(const ImportRow& row, PlannedCompany* company) {
  if (row.company_category.empty()) return false;
  if (!row.company_days.has_value()) {
    std::pair<std::string, StatedDays> stated(row.company_category, row.days);
    if (company->stated == stated) return false;
    if (company->stated.has_value()) {
      Fail(row, Column::kCompanyCategory, "COMPANY_CONFLICT",
           "Another row states another membership, or other days, of this company. State it in one row only, "
           "or "
           "give company_started_on in each.");
      return false;
    }
    company->stated = std::move(stated);
  }
  const Novelty novelty =
      Hold(company->company.id, company->periods, row.company_category, row.company_days.value_or(row.days));
  FailHold(row, Column::kCompanyCategory, Column::kCompanyCategory, novelty);
  if (novelty == Novelty::kNew && ++company->stated_periods > limits::kMostStatedPeriodsOfACompany) {
    Fail(
        row, Column::kCompanyCategory, "COMPANY_CONFLICT",
        fmt::format("The file states more than {} memberships of this company. Correct the company's name in "
                    "these rows.",
                    limits::kMostStatedPeriodsOfACompany));
  }
  return novelty == Novelty::kNew;
}

void ImportPlanner::TakeName(const ImportRow& row, PlannedPerson& planned) {
  if (planned.person.full_name == row.full_name) return;
  if (time_.past()) {
    ++plan_.counts.facts_kept;
    return;
  }
  plan_.renames.push_back({planned.person.id, planned.person.full_name, row.full_name});
  planned.person.full_name = row.full_name;
  planned.news = true;
}

void ImportPlanner::TakeLetters(const ImportRow& row, PlannedPerson& planned) {
  if (!row.letters.has_value()) return;
  const std::vector<LetterCount> known = ValueOr(known_->letters, planned.person.id);
  const Placement placement = PlaceLetters(known, *row.letters, planned.since, time_);
  if (placement.kind == Placement::Kind::kKept) ++plan_.counts.facts_kept;
  if (placement.kind != Placement::Kind::kAdd) return;
  const absl::CivilDay day = placement.stay.start;
  plan_.new_letters.push_back({planned.person.id, {day, *row.letters}, LettersOn(known, day)});
  // How many there are today is for an earlier year to say only where nothing else says it.
  if (!time_.past() || known.empty()) planned.person.accepted_letters = *row.letters;
  planned.news = true;
}

KnownLink ImportPlanner::AddLink(const std::string& person, const std::string& company, Role role,
                                 Stay stay) {
  plan_.new_links.push_back(
      {.id = ids_.NextText(), .person = person, .company = company, .role = role, .stay = stay});
  return plan_.new_links.back();
}

// Ends an open link today, or on the day it begins if that is later.
absl::CivilDay ImportPlanner::End(const KnownLink& link) {
  const absl::CivilDay day = std::max(time_.today, link.stay.start);
  if (ended_.insert(link.id).second) {
    plan_.ended_links.push_back(link);
    plan_.ended_links.back().stay.end = day;
  }
  return day;
}

void ImportPlanner::TakeEmployment(const ImportRow& row, PlannedPerson& planned,
                                   const PlannedCompany& company) {
  if (planned.before == nullptr) {
    planned.employments.push_back(
        AddLink(planned.person.id, company.company.id, Role::kEmployee, {planned.since, std::nullopt}));
    return;
  }
  if (row.company.empty()) return;
  if (time_.past()) {
    TakePastEmployment(planned, company);
    return;
  }
  if (planned.before->company != company.company.id) {
    Move(row, planned, company);
    return;
  }
  // The company of today, and since when: an earlier day than the register has makes it longer.
  if (!planned.since_is_stated || planned.employments.empty()) return;
  const KnownLink& first = planned.employments.front();
  if (first.company != company.company.id || first.stay.start <= planned.since) return;
  planned.employments.push_back(
      AddLink(planned.person.id, company.company.id, Role::kEmployee, {planned.since, first.stay.start}));
  planned.news = true;
}

void ImportPlanner::TakePastEmployment(PlannedPerson& planned, const PlannedCompany& company) {
  const Placement placement = PlaceStay(StaysOf(planned.employments), planned.since, time_.last() + 1);
  if (placement.kind == Placement::Kind::kAdd) {
    planned.employments.push_back(
        AddLink(planned.person.id, company.company.id, Role::kEmployee, placement.stay));
    planned.news = true;
    return;
  }
  const KnownLink* there = Covering(planned.employments, planned.since);
  if (there == nullptr || there->company != company.company.id) ++plan_.counts.facts_kept;
}

bool ImportPlanner::Collects(const std::string& person, const std::string& company) const {
  const auto found = known_->collectors.find(company);
  return found != known_->collectors.end() && found->second.contains(person);
}

void ImportPlanner::Move(const ImportRow& row, PlannedPerson& planned, const PlannedCompany& company) {
  absl::CivilDay day = time_.today;
  for (const KnownLink& link : ValueOr(known_->links, planned.person.id)) {
    if (link.stay.end.has_value() || ended_.contains(link.id)) continue;
    if (Collects(planned.person.id, link.company)) {
      Fail(row, Column::kCompany, "REPRESENTATIVE_INVALID",
           "This person collects for a company that has its credential for a running election. Move "
           "them after voting has closed.");
      return;
    }
    if (link.role == Role::kRepresentative) plan_.new_representatives.push_back({link.company, ""});
    day = std::max(day, End(link));
  }
  planned.person.company = company.company.id;
  planned.employments.push_back(
      AddLink(planned.person.id, company.company.id, Role::kEmployee, {day, std::nullopt}));
  planned.news = true;
}

void ImportPlanner::TakeRepresentative(const ImportRow& row, PlannedPerson& planned,
                                       PlannedCompany& company) {
  if (!row.representative) return;
  if (!company.named_by.empty()) {
    Fail(row, Column::kRepresentative, "REPRESENTATIVE_INVALID",
         fmt::format(
             "{} is the company's representative by another row, and a company has one. Leave one \"yes\".",
             company.named_by));
    return;
  }
  company.named_by = row.email;
  if (time_.past()) {
    TakePastRepresentative(planned, company);
  } else if (company.company.representative != planned.person.id) {
    NameRepresentative(row, planned, company);
  }
}

void ImportPlanner::TakePastRepresentative(PlannedPerson& planned, PlannedCompany& company) {
  const KnownLink* employment = Covering(planned.employments, planned.since);
  const KnownLink* there = Covering(company.representatives, planned.since);
  if (there != nullptr && there->person == planned.person.id) return;
  Placement placement = PlaceStay(StaysOf(company.representatives), planned.since, time_.last() + 1);
  if (employment == nullptr || employment->company != company.company.id ||
      placement.kind != Placement::Kind::kAdd) {
    ++plan_.counts.facts_kept;
    return;
  }
  // Of the past alone: who represents the company today is not for such a file to say.
  absl::CivilDay end = std::min(placement.stay.end.value_or(time_.last() + 1), time_.last() + 1);
  if (employment->stay.end.has_value()) end = std::min(end, *employment->stay.end);
  company.representatives.push_back(
      AddLink(planned.person.id, company.company.id, Role::kRepresentative, {placement.stay.start, end}));
  planned.news = true;
}

void ImportPlanner::NameRepresentative(const ImportRow& row, PlannedPerson& planned,
                                       PlannedCompany& company) {
  const auto collecting = ValueOr(known_->collectors, company.company.id);
  if (!collecting.empty() && collecting != std::set{planned.person.id}) {
    Fail(row, Column::kRepresentative, "REPRESENTATIVE_INVALID",
         "The company has its credential for a running election, and somebody else collects for it. Name "
         "another after voting has closed.");
    return;
  }
  const KnownLink* employment = StillOpen(planned.employments);
  absl::CivilDay since = company.representatives.empty() ? planned.since : time_.today;
  if (employment != nullptr) since = std::max(since, employment->stay.start);
  if (const KnownLink* open = StillOpen(company.representatives); open != nullptr) {
    since = std::max(since, End(*open));
  }
  company.representatives.push_back(
      AddLink(planned.person.id, company.company.id, Role::kRepresentative, {since, std::nullopt}));
  company.company.representative = planned.person.id;
  company.renamed_representative = !company.is_new;
  planned.news = true;
}

ImportPlan PlanImport(std::vector<ImportRow> rows, const KnownRegister& known, const FileTime& time,
                      IdSource& ids) {
  std::map<std::string, std::string> key_of;
  for (const auto& [key, company] : known.companies) key_of.emplace(company.id, key);
  for (ImportRow& row : rows) {
    row.company_key = CompanyKey(row.company.empty() ? row.full_name : row.company);
    const auto person = known.people.find(row.email);
    if (row.company.empty() && person != known.people.end())
      row.company_key = key_of.at(person->second.company);
  }
  std::sort(rows.begin(), rows.end(), ImportOrder);
  return ImportPlanner(time, ids).PlanPage(rows, known);
}

}  // namespace plenary::membership::rules
