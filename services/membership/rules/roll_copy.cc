#include "services/membership/rules/roll_copy.h"

#include <fmt/format.h>

#include <set>
#include <string_view>
#include <utility>

#include "common/ids/id.h"
#include "services/membership/errors_registrar.h"
#include "services/membership/limits.h"
#include "services/membership/rules/email.h"
#include "services/membership/rules/roll_bytes.h"
#include "services/membership/rules/text.h"

namespace plenary::membership::rules {
namespace {

constexpr std::string_view kPeople = "people";
constexpr std::string_view kCompanies = "companies";

std::optional<IdBytes> DrawnId(std::string_view collection, std::string_view name) {
  const auto id = ResourceId(collection, name);
  return id.has_value() ? ParseId(*id) : std::nullopt;
}

bool IsName(std::string_view text, std::size_t longest) {
  const auto characters = CountPlainCharacters(text);
  return characters.has_value() && !Trim(text).empty() && *characters <= longest;
}

bool IsPerson(std::string_view unit) { return unit.starts_with("people/"); }

// "" when the line is one.
std::string WhatIsWrong(v1::RollCopyLine& line) {
  const bool person = IsPerson(line.unit());
  if (!DrawnId(person ? kPeople : kCompanies, line.unit()).has_value())
    return "its unit is neither a company nor a person";
  if (!DrawnId(kPeople, line.representative()).has_value()) return "it does not say who collects";
  if (person && line.unit() != line.representative()) return "a person collects for another one";
  if (!IsName(line.unit_display_name(), limits::kLongestCompanyName))
    return "its unit has no name of 1 to 120 characters";
  if (!IsName(line.representative_full_name(), limits::kLongestPersonName))
    return "who collects has no name of 1 to 120 characters";
  const auto email = NormaliseEmail(line.email());
  if (!email.has_value()) return "who collects has no e-mail address, so nobody can prove to be them";
  line.set_email(*email);
  return "";
}

}  // namespace

absl::Status CheckRollCopyLine(v1::RollCopyLine& line) {
  const std::string wrong = WhatIsWrong(line);
  return wrong.empty() ? absl::OkStatus() : errors::RollCopyInvalid(fmt::format("In this line {}.", wrong));
}

absl::StatusOr<RollCopyPlan> CheckRollCopy(std::vector<v1::RollCopyLine> lines) {
  if (lines.empty()) return errors::RollCopyInvalid("The roll has no line.");
  RollCopyPlan plan{.of_people = IsPerson(lines.front().unit()), .sha256 = "", .lines = std::move(lines)};
  std::set<std::string_view> units, people, addresses;
  std::vector<IdBytes> ids;
  int number = 0;
  const auto refused = [&](std::string_view because) {
    return errors::RollCopyInvalid(fmt::format("Line {} cannot be taken: {}.", number, because));
  };
  for (v1::RollCopyLine& line : plan.lines) {
    ++number;
    const std::string wrong = WhatIsWrong(line);
    if (!wrong.empty()) return refused(wrong);
    if (IsPerson(line.unit()) != plan.of_people) return refused("companies and people are mixed");
    if (!units.insert(line.unit()).second) return refused("its unit stands there already");
    if (!people.insert(line.representative()).second) return refused("who collects has a line already");
    if (!addresses.insert(line.email()).second)
      return refused("its address is that of somebody else already");
    ids.push_back(DrawnId(plan.of_people ? kPeople : kCompanies, line.unit()).value_or(IdBytes()));
  }
  plan.sha256 = RollSha256(std::move(ids));
  return plan;
}

}  // namespace plenary::membership::rules
