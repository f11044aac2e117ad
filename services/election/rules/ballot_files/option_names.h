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

// Why `name` cannot be a name or title: empty, longer than kLongestName, not UTF-8, or with control
// characters (which could write over a terminal).
std::optional<ReadFault> CheckName(std::string_view name, std::int64_t line);

// That two options have one name; `lines` are those of the options.
std::optional<ReadFault> CheckDistinct(const std::vector<FileOption>& options,
                                       const std::vector<std::int64_t>& lines);

}  // namespace plenary::election::ballot_files
