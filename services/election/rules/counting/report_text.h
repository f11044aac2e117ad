// A report as text: who was elected, and why, for people who want to follow the count by hand.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "plenary/election/v1/count_report.pb.h"

namespace plenary::election::counting {

enum class Detail {
  kSummary,    // who was counted, the quota, who is elected, what a lot decided or has to
  kExplained,  // every stage, tie and comparison as well, and the order of all options
};

// Where the text is shown. Names are text of others: what could move a cursor or break a line is for the
// screen's owner to know.
struct Screen {
  std::function<std::string(std::string_view)> printable;  // a name made harmless; none leaves it as it is
  std::function<std::size_t(std::string_view)> width;  // columns of a text; none takes a byte for a column
  std::size_t columns = 80;  // sentences are wrapped; a table's name stands last in its line
};

// A table of more rows leaves those out that tell nothing new, and says how many.
inline constexpr int kLongTable = 40;

// Lines without their ends. The same report gives the same lines.
std::vector<std::string> ReportText(const v1::CountReport& report, Detail detail, const Screen& screen);

}  // namespace plenary::election::counting
