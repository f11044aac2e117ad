#include "services/membership/rules/invoice.h"

#include <algorithm>

#include "common/time/date.h"
#include "fmt/format.h"

namespace plenary::membership::rules {

v1::Invoice::State InvoiceState(std::int64_t amount_cents, std::int64_t paid_cents, bool is_void) {
  if (is_void) return v1::Invoice::STATE_VOID;
  if (paid_cents >= amount_cents) return v1::Invoice::STATE_PAID;
  return paid_cents > 0 ? v1::Invoice::STATE_PARTLY_PAID : v1::Invoice::STATE_OPEN;
}

std::string FormatCents(std::int64_t cents) {
  const std::uint64_t amount =
      cents < 0 ? 0 - static_cast<std::uint64_t>(cents) : static_cast<std::uint64_t>(cents);
  return fmt::format("{}{}.{:02}", cents < 0 ? "-" : "", amount / 100, amount % 100);
}

std::optional<absl::CivilMonth> ParseMonth(std::string_view text) {
  const auto first = ParseDate(std::string(text) + "-01");
  if (!first.has_value()) return std::nullopt;
  return absl::CivilMonth(*first);
}

std::string FormatMonth(absl::CivilMonth month) {
  return fmt::format("{:04}-{:02}", month.year(), month.month());
}

absl::CivilDay DueOn(absl::CivilDay issued_on, std::optional<absl::CivilDay> period_start) {
  return std::max(issued_on + kDaysToPay, period_start.value_or(issued_on));
}

}  // namespace plenary::membership::rules
