// RETURN_IF_ERROR and ASSIGN_OR_RETURN: the two ways a failed absl::Status travels up.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Returns from the function with the status of `expression` when that is not OK.
#define RETURN_IF_ERROR(expression)                                                        \
  do {                                                                                     \
    if (absl::Status status_macro = (expression); !status_macro.ok()) return status_macro; \
  } while (false)

// Assigns the value of `expression` (an absl::StatusOr) to `target`, which may be a declaration,
// or returns from the function with its status.
#define ASSIGN_OR_RETURN(target, expression) \
  PLENARY_ASSIGN_OR_RETURN_(PLENARY_CONCAT_(status_or_, __LINE__), target, expression)

#define PLENARY_CONCAT_INNER_(a, b) a##b
#define PLENARY_CONCAT_(a, b) PLENARY_CONCAT_INNER_(a, b)
#define PLENARY_ASSIGN_OR_RETURN_(status_or, target, expression) \
  auto status_or = (expression);                                 \
  if (!status_or.ok()) return std::move(status_or).status();     \
  target = *std::move(status_or)
