// Names of options and titles, as they may stand in a report.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/election/rules/ballot_files/ballot_file.h"

namespace plenary::election::ballot_files {

// Without spaces and tabs around.
std::string_view Trimmed(std::string_view text);

// As a reader sees `text`, which is UTF-8: without blanks around, and with one space for each run of blanks
// of any kind, such as no-break spaces, within, and without joiners and selectors of variants, such as U+200D
// and U+FE0F.
std::string AsSeen(std::string_view text);

// Why `name` cannot be a name or title: empty to the eye, longer than kLongestName, not UTF-8, with control
// characters (which could write over a terminal) or with invisible ones (which tell two names apart for
// nobody, or show one in another order).
std::optional<ReadFault> CheckName(std::string_view name, std::int64_t line);

// That two options have names that look the same, as AsSeen has it; `lines` are those of the options.
// Composed and decomposed letters stay different, for to compare those takes Unicode's tables.
std::optional<ReadFault> CheckDistinct(const std::vector<FileOption>& options,
                                       const std::vector<std::int64_t>& lines);

}  // namespace plenary::election::ballot_files
