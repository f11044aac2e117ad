#include "services/cli/table.h"

#include <algorithm>

#include "services/cli/display_width.h"

namespace plenary::cli {
namespace {

constexpr std::string_view kGap = "  ";

void PrintLine(std::ostream& out, const std::vector<Column>& columns, const std::vector<std::size_t>& widths,
               const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string padding(widths[i] - DisplayWidth(cells[i]), ' ');
    if (i > 0) line += kGap;
    line += columns[i].align == Column::Align::kRight ? padding + cells[i] : cells[i] + padding;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  out << line << '\n';
}

}  // namespace

void Table::Row(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  for (std::string& cell : cells) cell = Printable(cell);
  rows_.push_back(std::move(cells));
}

void Table::Print(std::ostream& out, std::string_view empty_sentence) const {
  if (rows_.empty()) {
    out << empty_sentence << '\n';
    return;
  }
  std::vector<std::string> titles;
  std::vector<std::size_t> widths;
  for (const Column& column : columns_) {
    titles.push_back(column.title);
    widths.push_back(DisplayWidth(column.title));
  }
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], DisplayWidth(row[i]));
  }
  PrintLine(out, columns_, widths, titles);
  for (const auto& row : rows_) PrintLine(out, columns_, widths, row);
}

Facts& Facts::Add(std::string_view name, std::string_view value) {
  if (!value.empty()) facts_.emplace_back(std::string(name) + ":", Printable(value));
  return *this;
}

void Facts::Print(std::ostream& out) const {
  std::size_t widest = 0;
  for (const auto& [name, value] : facts_) widest = std::max(widest, DisplayWidth(name));
  for (const auto& [name, value] : facts_) {
    out << name << std::string(widest - DisplayWidth(name), ' ') << kGap << value << '\n';
  }
}

}  // namespace plenary::cli
