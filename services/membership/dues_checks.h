// The shape of requests about money, and the pages of its lists.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/rpc/call.h"
#include "common/status/field_checks.h"

namespace plenary::membership {

void CheckReference(FieldChecks& checks, const std::string& field, const std::string& reference);
void CheckAmount(FieldChecks& checks, const std::string& field, std::int64_t cents);

// A day that is not after today; today when the field is empty.
absl::StatusOr<absl::CivilDay> PastDay(const rpc::Call& call, const std::string& field,
                                       const std::string& text);

// Pages of lists by number, newest first.
struct NumberPage {
  int size = 0;
  std::uint64_t before = 0;  // 0: from the newest
};
// INVALID_ARGUMENT for a token that none of these lists gave.
absl::StatusOr<NumberPage> ReadNumberPage(int page_size, std::string_view page_token);

}  // namespace plenary::membership
