// Calendar dates as text, "YYYY-MM-DD", in the proleptic Gregorian calendar and in UTC.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace plenary {

// nullopt for another shape, or for a date that does not exist (2023-02-29). Years 1900 to 9999.
std::optional<absl::CivilDay> ParseDate(std::string_view text);
std::string FormatDate(absl::CivilDay day);

// The day of an instant, and the first instant of a day.
absl::CivilDay DateOf(absl::Time instant);
absl::Time StartOf(absl::CivilDay day);

// "2022-08-24T09:30:00Z"; nullopt for another shape.
std::optional<absl::Time> ParseInstant(std::string_view text);
std::string FormatInstant(absl::Time instant);

}  // namespace plenary
