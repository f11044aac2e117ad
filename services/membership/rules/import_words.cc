#include "services/membership/rules/import_words.h"

#include <fmt/format.h>

#include "common/time/date.h"

namespace plenary::membership::rules {
namespace {

std::string Days(const v1::ImportFact& fact) {
  const auto end = ParseDate(fact.end_date());
  return end.has_value() ? fmt::format("from {} to {}", fact.start_date(), FormatDate(*end - 1))
                         : fmt::format("from {} on", fact.start_date());
}

std::string_view RoleWords(std::string_view role) {
  if (role == "REPRESENTATIVE") return "the voting representative of";
  return role == "ADMINISTRATOR" ? "an administrator of" : "an employee of";
}

}  // namespace

std::string SentenceOf(const ImportedFact& fact) {
  const v1::ImportFact& what = fact.fact;
  const std::string who =
      fact.subject.empty() ? what.subject() + " (no longer on the register)" : fact.subject;
  const std::string company = fact.company.empty() ? what.company() : fact.company;
  switch (what.kind()) {
    case v1::ImportFact::KIND_COMPANY_ADDED:
    case v1::ImportFact::KIND_PERSON_ADDED:
      return fmt::format("{} came onto the register.", who);
    case v1::ImportFact::KIND_PERSON_RENAMED:
      return fmt::format("{}, named \"{}\" before, is named \"{}\".", who, fact.before, fact.after);
    case v1::ImportFact::KIND_PERIOD_ADDED:
      return fmt::format("{} holds {} {}.", who, what.category(), Days(what));
    case v1::ImportFact::KIND_LINK_ADDED:
      return fmt::format("{} is {} {} {}.", who, RoleWords(fact.role), company, Days(what));
    case v1::ImportFact::KIND_LINK_ENDED:
      return fmt::format("{} is no longer {} {}, from {} on.", who, RoleWords(fact.role), company,
                         what.end_date());
    case v1::ImportFact::KIND_LETTERS_RECORDED:
      return fmt::format("{} has {} accepted letters of reference, {} before, from {} on.", who, fact.after,
                         fact.before, what.start_date());
    default:
      return "";
  }
}

}  // namespace plenary::membership::rules
