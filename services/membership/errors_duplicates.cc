#include "services/membership/errors_duplicates.h"

#include <fmt/format.h>

#include <string>

#include "services/membership/errors.h"

namespace plenary::membership::errors {

using absl::StatusCode;

absl::Status DuplicateNotFound(std::string_view duplicate) {
  return kDomain.Error(StatusCode::kNotFound, "DUPLICATE_NOT_FOUND",
                       "There is no such proposal. List the duplicates for their names.",
                       {{"duplicate", duplicate}});
}

absl::Status DuplicateDecided(std::string_view duplicate) {
  return kDomain.Error(StatusCode::kFailedPrecondition, "DUPLICATE_DECIDED",
                       "This proposal was decided before. To take a merge apart, undo the merge.",
                       {{"duplicate", duplicate}});
}

absl::Status MergeNotFound(std::string_view merge) {
  return kDomain.Error(StatusCode::kNotFound, "MERGE_NOT_FOUND",
                       "There is no such merge. List the merges for their names.", {{"merge", merge}});
}

absl::Status MergeUndone(std::string_view merge) {
  return kDomain.Error(StatusCode::kFailedPrecondition, "MERGE_UNDONE",
                       "This merge was taken apart before. Nothing is left to undo.", {{"merge", merge}});
}

absl::Status MergeBuiltUpon(std::string_view because) {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "MERGE_BUILT_UPON",
      fmt::format("The merge cannot be taken apart as it was made: {}. Undo what came after it first, or "
                  "correct the records by hand.",
                  because));
}

absl::Status RollNamesDuplicate(std::string_view duplicate) {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "ROLL_NAMES_DUPLICATE",
      "The duplicate stands on the roll of an election that is not over. Challenge its line, or name a "
      "substitute, first; or wait until voting has closed.",
      {{"duplicate", duplicate}});
}

absl::Status PhoneInvalid() {
  return kDomain.BadRequest(
      "PHONE_INVALID",
      {{"phone",
        "Write the number with its country: a plus sign and 7 to 15 digits, such as +1 212 555 0100."}});
}

absl::Status ErasureNotConfirmed() {
  return kDomain.Error(StatusCode::kFailedPrecondition, "ERASURE_NOT_CONFIRMED",
                       "Give the person's e-mail address once more to confirm: erasure cannot be undone.");
}

}  // namespace plenary::membership::errors
