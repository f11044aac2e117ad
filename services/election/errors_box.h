// The errors of the ballot box's log and of what it keeps outside its database. Domain "plenary.election".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace plenary::election::errors {

// Answers.
absl::Status LogNotFound();
absl::Status TileNotFound();
absl::Status IndexInvalid(std::uint64_t size);
absl::Status CloseRecordInvalid(std::size_t registrars);
absl::Status CloseRecordFixed();
// UNAVAILABLE: another process continues the log.
absl::Status LogFenced();

// Reasons for not serving. Each names the election and the folder, and says what to do.
// BOX_BEHIND: the database holds fewer ballots than receipts were given for.
absl::Status BoxBehind(std::string_view election, std::uint64_t stored, std::uint64_t acknowledged,
                       std::string_view folder);
// LOG_BEHIND: the database's log is shorter than the published one, or another; `what` is a clause.
absl::Status LogBehind(std::string_view election, std::string_view what, std::string_view folder);
// MARK_MISSING: the box is open, and the folder does not say how many ballots it took.
absl::Status MarkMissing(std::string_view election, std::string_view folder);
// LOG_FOLDER_UNUSABLE: it cannot be read or written, another process has it, or a file in it is damaged.
absl::Status LogFolderUnusable(std::string_view path, std::string_view what);

}  // namespace plenary::election::errors
