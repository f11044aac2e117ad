// A small society for the tests of the rules: professionals (vote, office, two letters, 30 days of grace),
// registered members (no rights), staff; certified members (vote, 12 credits a year, the code of ethics); and
// one waiver of the letters, for voting and office, from August to the end of 2022.
#pragma once

#include <string>
#include <utility>

#include "common/time/date.h"
#include "services/membership/rules/eligibility.h"

namespace plenary::membership::rules {

inline absl::CivilDay Day(const std::string& text) { return ParseDate(text).value(); }

inline Provisions Society() {
  Provisions provisions;
  v1::Category professional;
  professional.mutable_rights()->set_can_vote(true);
  professional.mutable_rights()->set_can_hold_office(true);
  professional.set_required_letters(2);
  professional.set_grace_days(30);
  v1::Category certified;
  certified.mutable_rights()->set_can_vote(true);
  certified.set_required_credit_hundredths(1200);
  certified.set_required_code_version("codeVersions/2021-1");
  provisions.categories = {{"professional", professional},
                           {"certified", certified},
                           {"registered", {}},
                           {"staff", {}},
                           {"vendor-partner", {}}};
  provisions.waivers = {{.id = "w1",
                         .requirement = v1::REQUIREMENT_REFERENCE_LETTERS,
                         .acts = {v1::ACT_VOTE, v1::ACT_HOLD_OFFICE},
                         .valid_from = Day("2022-08-01"),
                         .valid_until = Day("2022-12-31")}};
  return provisions;
}

inline PersonFacts With(PersonFacts person, const std::string& category, const std::string& start,
                        const std::string& end = "") {
  Period period{.category = category, .start = Day(start)};
  if (!end.empty()) period.end = Day(end);
  person.periods.push_back(std::move(period));
  return person;
}

// From 2022 on, without an end.
inline PersonFacts Holder(const std::string& id, const std::string& category, int letters = 0) {
  return With({.id = id, .full_name = id, .accepted_letters = letters}, category, "2022-01-01");
}

inline PersonFacts Professional(const std::string& id, int letters, const std::string& end = "2023-01-01") {
  return With({.id = id, .full_name = id, .accepted_letters = letters}, "professional", "2022-01-01", end);
}

}  // namespace plenary::membership::rules
