// Tables for people: columns aligned by what the terminal shows, two spaces apart, no lines.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plenary::cli {

struct Column {
  enum class Align { kLeft, kRight };
  Column(std::string title_in, Align align_in = Align::kLeft)  // NOLINT: a title alone is a column
      : title(std::move(title_in)), align(align_in) {}
  Column(const char* title_in) : Column(std::string(title_in)) {}  // NOLINT

  std::string title;
  Align align;
};

// A column of numbers.
inline Column Right(std::string title) { return {std::move(title), Column::Align::kRight}; }

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // One cell a column; missing ones are empty. Cells are made printable here.
  void Row(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }

  // The titles and the rows, or `empty_sentence` alone when there is no row. No line ends in a space.
  void Print(std::ostream& out, std::string_view empty_sentence) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// What is known of one thing, a line each: "name:  value", values aligned. Facts without a value are left
// out.
class Facts {
 public:
  Facts& Add(std::string_view name, std::string_view value);
  void Print(std::ostream& out) const;

 private:
  std::vector<std::pair<std::string, std::string>> facts_;
};

}  // namespace plenary::cli
