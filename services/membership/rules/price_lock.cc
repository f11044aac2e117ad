#include "services/membership/rules/price_lock.h"

#include <algorithm>

namespace plenary::membership::rules {
namespace {

std::optional<LockedPrice> LockOf(std::int64_t cents, absl::CivilDay since) {
  if (cents == 0) return std::nullopt;  // what was free is no price to keep
  return LockedPrice{.cents = cents, .since = since};
}

std::optional<LockedPrice> KeptLock(const PriceQuestion& question) {
  if (!question.continues) return std::nullopt;
  if (question.stored.has_value() && question.stored->since >= question.member_since) return question.stored;
  return LockOf(question.asked_since, question.member_since);
}

}  // namespace

PriceAnswer PriceOf(const PriceQuestion& question) {
  const std::optional<LockedPrice> kept = KeptLock(question);
  if (!kept.has_value()) {
    return {.cents = question.asked, .lock = LockOf(question.asked, question.period_start)};
  }
  return {
      .cents = std::min(question.asked, kept->cents), .locked = kept->cents < question.asked, .lock = kept};
}

}  // namespace plenary::membership::rules
