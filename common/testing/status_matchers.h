// GoogleTest matchers for absl::Status and absl::StatusOr: IsOk(), StatusIs(code), HasReason(reason).
#pragma once

#include <gmock/gmock.h>

#include <ostream>
#include <string>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/status/error.h"

namespace plenary::testing {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& status_or) {
  return status_or.status();
}

// Code, reason and message in one line, for failure messages.
std::string Describe(const absl::Status& status);

MATCHER(IsOk, negation ? "is not OK" : "is OK") {
  *result_listener << Describe(StatusOf(arg));
  return StatusOf(arg).ok();
}

MATCHER_P(StatusIs, code, "has status code " + absl::StatusCodeToString(code)) {
  *result_listener << Describe(StatusOf(arg));
  return StatusOf(arg).code() == code;
}

MATCHER_P(HasReason, reason, "has reason " + std::string(reason)) {
  *result_listener << Describe(StatusOf(arg));
  return ReasonOf(StatusOf(arg)) == reason;
}

// An error a person can act on: the code, the reason, and a message that is a sentence.
MATCHER_P2(IsError, code, reason, absl::StatusCodeToString(code) + " with reason " + std::string(reason)) {
  const absl::Status& status = StatusOf(arg);
  *result_listener << Describe(status);
  const std::string message(status.message());
  return status.code() == code && ReasonOf(status) == reason && message.size() > 10 &&
         message.find(' ') != std::string::npos && (message.back() == '.' || message.back() == '?');
}

}  // namespace plenary::testing

#define ASSERT_OK(expression) ASSERT_THAT(expression, ::plenary::testing::IsOk())
#define EXPECT_OK(expression) EXPECT_THAT(expression, ::plenary::testing::IsOk())

// Assigns the value of an absl::StatusOr, or fails the test.
#define ASSERT_OK_AND_ASSIGN(target, expression) \
  PLENARY_ASSERT_OK_AND_ASSIGN_(PLENARY_TEST_CONCAT_(status_or_, __LINE__), target, expression)
#define PLENARY_TEST_CONCAT_INNER_(a, b) a##b
#define PLENARY_TEST_CONCAT_(a, b) PLENARY_TEST_CONCAT_INNER_(a, b)
#define PLENARY_ASSERT_OK_AND_ASSIGN_(status_or, target, expression)               \
  auto status_or = (expression);                                                   \
  ASSERT_TRUE(status_or.ok()) << ::plenary::testing::Describe(status_or.status()); \
  target = *std::move(status_or)
