#include "services/membership/store/rows.h"

#include "services/membership/store/dates.h"

namespace plenary::membership::store {
namespace {

rules::ActKind KindOf(std::string_view word) {
  if (word == "SUSPENDED") return rules::ActKind::kSuspended;
  if (word == "REINSTATED") return rules::ActKind::kReinstated;
  return word == "DECEASED" ? rules::ActKind::kDeceased : rules::ActKind::kCancelled;
}

}  // namespace

v1::Category CategoryOf(const db::Row& row) {
  v1::Category category;
  category.set_name("categories/" + row.Text(0));
  category.set_display_name(row.Text(1));
  category.mutable_rights()->set_can_vote(row.Bool(2));
  category.mutable_rights()->set_can_hold_office(row.Bool(3));
  category.mutable_rights()->set_can_vote_in_committee(row.Bool(4));
  category.mutable_rights()->set_can_attend(row.Bool(5));
  category.set_seats_included(static_cast<int>(row.Int64(6)));
  category.set_price_cents(row.Int64(7));
  category.set_term_months(static_cast<int>(row.Int64(8)));
  category.set_grace_days(static_cast<int>(row.Int64(9)));
  category.set_required_letters(static_cast<int>(row.Int64(10)));
  category.set_required_credit_hundredths(static_cast<int>(row.Int64(11)));
  category.set_required_code_version(row.Text(12));
  category.set_valid_from(row.Text(13));
  return category;
}

v1::Requirement RequirementOf(std::string_view word) {
  if (word == "CREDITS") return v1::REQUIREMENT_CREDITS;
  return word == "CODE_ACCEPTANCE" ? v1::REQUIREMENT_CODE_ACCEPTANCE : v1::REQUIREMENT_REFERENCE_LETTERS;
}

const char* RequirementWord(v1::Requirement requirement) {
  switch (requirement) {
    case v1::REQUIREMENT_CREDITS:
      return "CREDITS";
    case v1::REQUIREMENT_CODE_ACCEPTANCE:
      return "CODE_ACCEPTANCE";
    default:
      return "REFERENCE_LETTERS";
  }
}

rules::RegisterPerson PersonOf(const db::Row& row) {
  return {.id = row.Text(0),
          .email = row.Text(1),
          .full_name = row.Text(2),
          .company = row.Text(3),
          .accepted_letters = static_cast<int>(row.Int64(4))};
}

rules::RegisterCompany CompanyOf(const db::Row& row) {
  return {.id = row.Text(0),
          .display_name = row.Text(1),
          .key = row.Text(2),
          .representative = row.OptionalText(3).value_or(""),
          .version = row.Int64(4)};
}

rules::Period PeriodOf(const db::Row& row, std::size_t column) {
  rules::Period period{.category = row.Text(column), .start = StoredDate(row.Text(column + 1))};
  if (const auto end = row.OptionalText(column + 2); end.has_value()) period.end = StoredDate(*end);
  return period;
}

rules::StandingAct ActOf(const db::Row& row, std::size_t column) {
  rules::StandingAct act{.kind = KindOf(row.Text(column)),
                         .on = StoredDate(row.Text(column + 1)),
                         .category = row.OptionalText(column + 2).value_or(""),
                         .motion = row.OptionalText(column + 4).value_or("")};
  if (const auto start = row.OptionalText(column + 3); start.has_value()) act.start = StoredDate(*start);
  return act;
}

}  // namespace plenary::membership::store
