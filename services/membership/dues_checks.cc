#include "services/membership/dues_checks.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "common/rpc/page.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "services/membership/errors.h"
#include "services/membership/limits.h"
#include "services/membership/limits_dues.h"

namespace plenary::membership {

void CheckReference(FieldChecks& checks, const std::string& field, const std::string& reference) {
  checks.Text(field, reference, 1, limits::kLongestPaymentReference);
  checks.Require(absl::StripAsciiWhitespace(reference).size() == reference.size(), field,
                 "Give the reference without blanks at its ends.");
}

void CheckAmount(FieldChecks& checks, const std::string& field, std::int64_t cents) {
  checks.Require(cents > 0 && cents <= limits::kHighestAmountCents, field,
                 "Give an amount of 1 to 100,000,000 cents.");
}

absl::StatusOr<absl::CivilDay> PastDay(const rpc::Call& call, const std::string& field,
                                       const std::string& text) {
  const absl::CivilDay today = DateOf(call.now());
  if (text.empty()) return today;
  const auto day = ParseDate(text);
  if (!day.has_value()) return errors::DateInvalid(field, text);
  if (*day > today) return errors::FieldInvalid(field, "Give a day that is not after today.");
  return *day;
}

absl::StatusOr<NumberPage> ReadNumberPage(int page_size, std::string_view page_token) {
  ASSIGN_OR_RETURN(const rpc::Page page,
                   rpc::ReadPage(page_size, page_token, {limits::kDefaultPage, limits::kLargestPage}));
  NumberPage numbers{.size = page.size};
  if (!page.after.empty() && (!absl::SimpleAtoi(page.after, &numbers.before) || numbers.before == 0)) {
    return errors::FieldInvalid("page_token",
                                "page_token is not one that this list gave. Start again without it.");
  }
  return numbers;
}

}  // namespace plenary::membership
