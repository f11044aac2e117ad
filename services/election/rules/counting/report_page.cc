#include "services/election/rules/counting/report_page.h"

#include <algorithm>

namespace plenary::election::counting {

void Page::Say(std::string_view sentence, std::size_t indent) {
  // A sentence may begin with spaces; they stay.
  const std::size_t start = std::min(sentence.find_first_not_of(' '), sentence.size());
  std::string line(sentence.substr(0, start));
  sentence.remove_prefix(start);
  bool empty = true;
  while (!sentence.empty()) {
    const std::size_t end = std::min(sentence.find(' '), sentence.size());
    const std::string_view word = sentence.substr(0, end);
    if (!empty && Width(line) + 1 + Width(word) > screen_.columns) {
      lines_.push_back(std::move(line));
      line = std::string(indent, ' ');
      empty = true;
    }
    if (!empty) line += ' ';
    line += word;
    empty = false;
    sentence.remove_prefix(std::min(end + 1, sentence.size()));
  }
  lines_.push_back(std::move(line));
}

void Page::Gap() {
  if (!lines_.empty() && !lines_.back().empty()) lines_.emplace_back();
}

void Page::Table(const std::vector<std::string>& titles, const std::vector<std::vector<std::string>>& rows) {
  const std::size_t last = titles.size() - 1;
  std::vector<std::size_t> widths(titles.size(), 0);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < last; ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (std::size_t i = 0; i < last; ++i) {
    if (widths[i] > 0) widths[i] = std::max(widths[i], titles[i].size());
  }
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text;
    for (std::size_t i = 0; i < last; ++i) {
      if (widths[i] > 0) text += "  " + std::string(widths[i] - cells[i].size(), ' ') + cells[i];
    }
    lines_.push_back(text + "  " + cells[last]);
  };
  line(titles);
  for (const auto& row : rows) line(row);
}

}  // namespace plenary::election::counting
