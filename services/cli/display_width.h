// How text from other people lands on a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace plenary::cli {

// Columns that UTF-8 text takes: 2 for wide characters (East Asian, most emoji), 0 for combining ones. A byte
// that is not UTF-8 counts as one column, as Printable() shows it.
std::size_t DisplayWidth(std::string_view text);

// The text without anything that could move the cursor or break a line: control characters and
// bidirectional overrides become a space, bytes that are not UTF-8 U+FFFD.
std::string Printable(std::string_view text);

}  // namespace plenary::cli
