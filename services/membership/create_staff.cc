#include "services/membership/create_staff.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "common/audit/audit.h"
#include "common/db/transact.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "services/membership/errors.h"
#include "services/membership/limits.h"
#include "services/membership/names.h"
#include "services/membership/rules/eligibility.h"
#include "services/membership/rules/email.h"
#include "services/membership/rules/import_plan.h"
#include "services/membership/store/facts.h"
#include "services/membership/store/import.h"
#include "services/membership/store/register.h"

namespace plenary::membership {
namespace {

constexpr char kSource[] = "create_staff";

absl::Status Check(const NewStaff& staff) {
  FieldChecks checks;
  checks.Require(rules::NormaliseEmail(staff.email).has_value(), "create_staff",
                 "This is no e-mail address. Write it as name@example.org.");
  checks.Text("staff_name", staff.full_name, 1, limits::kLongestPersonName);
  checks.Text("office", staff.office, 1, limits::kLongestCompanyName);
  checks.Require(staff.since.empty() || ParseDate(staff.since).has_value(), "staff_since",
                 "This is no date. Write it as YYYY-MM-DD.");
  return checks.Result(errors::kDomain);
}

absl::Status MakeCategory(db::Transaction& transaction, absl::CivilDay today, std::string& done) {
  ASSIGN_OR_RETURN(const rules::Categories categories, store::LoadCategories(transaction, today));
  if (categories.contains(rules::kStaffCategory)) return absl::OkStatus();
  v1::Category category;
  category.set_name(ResourceName(kCategories, rules::kStaffCategory));
  category.set_display_name("Staff");
  category.mutable_rights()->set_can_attend(true);
  category.set_valid_from(FormatDate(today));
  done += fmt::format("made {}\n", category.name());
  RETURN_IF_ERROR(store::LockCategory(transaction, rules::kStaffCategory).status());
  return store::SaveCategory(transaction, rules::kStaffCategory, category);
}

}  // namespace

absl::StatusOr<std::string> CreateStaff(db::Pool& pool, IdSource& ids, const NewStaff& staff, absl::Time now,
                                        absl::Time deadline) {
  RETURN_IF_ERROR(Check(staff));
  return db::Transact(pool, deadline, [&](db::Transaction& transaction) -> absl::StatusOr<std::string> {
    RETURN_IF_ERROR(store::TakeImportTurn(transaction));
    std::string done;
    RETURN_IF_ERROR(MakeCategory(transaction, DateOf(now), done));
    rules::ImportRow row{.line = 1,
                         .email = *rules::NormaliseEmail(staff.email),
                         .full_name = staff.full_name,
                         .category = rules::kStaffCategory};
    row.days.start = ParseDate(staff.since);
    ASSIGN_OR_RETURN(const auto person, store::FindPersonByEmail(transaction, row.email));
    if (!person.has_value()) row.company = staff.office;
    ASSIGN_OR_RETURN(const rules::KnownRegister known, store::LoadForImport(transaction, {row}, now));
    const rules::ImportPlan plan = rules::PlanImport({row}, known, {.today = DateOf(now)}, ids);
    if (!plan.problems.empty()) return errors::FieldInvalid("create_staff", plan.problems.front().message());
    if (plan.counts.rows_unchanged == 1 && done.empty())
      return fmt::format("{} is staff already\n", row.email);
    const store::ImportBatch batch = {.id = ids.NextText(),
                                      .source = kSource,
                                      .file_sha256 = std::string(32, '\0'),
                                      .row_count = 1,
                                      .imported_at = now,
                                      .actor = kSource};
    store::ImportWriter writer(transaction, batch);
    RETURN_IF_ERROR(writer.Store(plan));
    if (writer.changes() > 0) RETURN_IF_ERROR(writer.Finish(plan.counts));
    RETURN_IF_ERROR(audit::Append(transaction, {now, kSource, kSource, row.email, done}));
    for (const auto& company : plan.new_companies)
      done += fmt::format("made {}/{}\n", kCompanies, company.id);
    for (const auto& added : plan.new_people)
      done += fmt::format("made {}/{} ({})\n", kPeople, added.id, added.email);
    if (!plan.new_periods.empty())
      done += fmt::format("{} is staff from {} on\n", row.email,
                          FormatDate(row.days.start.value_or(DateOf(now))));
    return done;
  });
}

}  // namespace plenary::membership
