// How invoices stand, and how money and months are written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/civil_time.h"
#include "plenary/membership/v1/dues_service.pb.h"

namespace plenary::membership::rules {

inline constexpr char kCurrency[] = "USD";

v1::Invoice::State InvoiceState(std::int64_t amount_cents, std::int64_t paid_cents, bool is_void);

// "100.00", "-0.50".
std::string FormatCents(std::int64_t cents);

// "2022-08"; nullopt for another shape. Years 1900 to 9999.
std::optional<absl::CivilMonth> ParseMonth(std::string_view text);
std::string FormatMonth(absl::CivilMonth month);

// The last day to pay: the first day of the period, or so many days after the invoice when that is later.
inline constexpr int kDaysToPay = 30;
absl::CivilDay DueOn(absl::CivilDay issued_on, std::optional<absl::CivilDay> period_start);

}  // namespace plenary::membership::rules
