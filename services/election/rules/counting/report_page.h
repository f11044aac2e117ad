// The page on which the text of a report is set, and the parts of it that have files of their own.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plenary/election/v1/count_report.pb.h"
#include "services/election/rules/counting/report_text.h"
#include "services/election/rules/counting/report_words.h"

namespace plenary::election::counting {

class Page {
 public:
  // Borrows both.
  Page(const v1::CountReport& report, const Screen& screen)
      : report_(report), screen_(screen), names_(report, screen.printable) {}

  const v1::CountReport& report() const { return report_; }
  const OptionNames& names() const { return names_; }

  // An amount of votes for people: "1,914.00000".
  std::string Votes(std::int64_t units) const { return GroupedAmount(units, report_.decimals()); }

  // A sentence, wrapped between words; from its second line on `indent` spaces deep.
  void Say(std::string_view sentence, std::size_t indent = 0);
  // A line as it is.
  void Line(std::string line) { lines_.push_back(std::move(line)); }
  // A line without anything; never two, and none at the top.
  void Gap();

  // Columns of numbers, aligned to the right, and last a text. Columns that are empty in all rows are left
  // out.
  void Table(const std::vector<std::string>& titles, const std::vector<std::vector<std::string>>& rows);

  std::vector<std::string> Take() { return std::move(lines_); }

  std::size_t columns() const { return screen_.columns; }
  std::size_t Width(std::string_view text) const { return screen_.width ? screen_.width(text) : text.size(); }

 private:
  const v1::CountReport& report_;
  const Screen& screen_;
  OptionNames names_;
  std::vector<std::string> lines_;
};

// What was done at each stage, and what came of it.
void TellStages(Page& page);

// A tie, what settled it, and how.
void TellTie(Page& page, const v1::CountTie& tie);

// Every option against every other.
void TellPairwise(Page& page);

}  // namespace plenary::election::counting
