// The price of a period: what was asked at the first paid enrolment holds for as long as the member renews
// without a lapse. It is a stored right; a lower price that is asked later is taken all the same.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/time/civil_time.h"

namespace plenary::membership::rules {

struct LockedPrice {
  std::int64_t cents = 0;
  absl::CivilDay since;

  friend bool operator==(const LockedPrice&, const LockedPrice&) = default;
};

struct PriceQuestion {
  bool continues = false;        // no lapse lies before the period
  absl::CivilDay member_since;   // with `continues`, of the membership that goes on
  absl::CivilDay period_start;   // of the period that is priced
  std::int64_t asked = 0;        // by the category on the day of the renewal
  std::int64_t asked_since = 0;  // by the category on member_since: for memberships that came without a lock
  std::optional<LockedPrice> stored;  // of the category, the last one
};

struct PriceAnswer {
  std::int64_t cents = 0;
  bool locked = false;              // the lock made it lower than what is asked
  std::optional<LockedPrice> lock;  // which holds from now on; nullopt while nothing was ever to pay
};

PriceAnswer PriceOf(const PriceQuestion& question);

}  // namespace plenary::membership::rules
