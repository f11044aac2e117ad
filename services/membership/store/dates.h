// DATE columns: ISO text, which the database has checked.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/civil_time.h"
#include "common/db/value.h"
#include "common/time/date.h"

namespace plenary::membership::store {

// A date as it stands in a column; the first day of the calendar if it were none.
inline absl::CivilDay StoredDate(std::string_view text) { return ParseDate(text).value_or(absl::CivilDay()); }

inline db::Value DateValue(const std::optional<absl::CivilDay>& day) {
  return day.has_value() ? db::Value(FormatDate(*day)) : db::Value(db::Null());
}

}  // namespace plenary::membership::store
