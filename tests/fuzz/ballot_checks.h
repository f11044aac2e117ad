// What has to hold of any bytes that a reader of ballot files is given. A breach is printed, and ends the
// program.
#pragma once

#include <string_view>

namespace plenary::election::ballot_files {

// Read the bytes as each format, for each kind of method.
void CheckBlt(std::string_view bytes);
void CheckPrefLib(std::string_view bytes);
void CheckCsv(std::string_view bytes);

}  // namespace plenary::election::ballot_files
