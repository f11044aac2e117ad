// CSV (RFC 4180): a header with the options' names, then a row for each ballot and a cell for each option.
#include <absl/strings/match.h>

#include <algorithm>

#include "services/election/rules/ballot_files/ballot_file.h"
#include "services/election/rules/ballot_files/byte_source.h"
#include "services/election/rules/ballot_files/faults.h"
#include "services/election/rules/ballot_files/intake.h"
#include "services/election/rules/ballot_files/option_names.h"

namespace plenary::election::ballot_files {
namespace {

using counting::BallotKind;

// Longest cell of a ballot in bytes, blanks around it included.
constexpr std::size_t kLongestCell = 64;

// The header of a first column that holds weights instead of an option, in any case: spreadsheets capitalise.
// Nowhere else may it stand, for as an option the weights could win.
constexpr std::string_view kWeight = "weight";

// Highest score of any method.
constexpr std::uint32_t kHighestScore = 1'000;

// What comes behind a cell.
enum class After { kCell, kEndOfRow, kFault };

// The number that the whole of `text` is; -1 when it is none. 18 digits are more than anything may have.
std::int64_t NumberIn(std::string_view text) {
  if (text.empty() || text.size() > 18) return -1;
  std::int64_t number = 0;
  for (const char byte : text) {
    if (!IsDigit(byte)) return -1;
    number = 10 * number + (byte - '0');
  }
  return number;
}

// Read… and Take… functions that give a bool: false when the file has a fault, which is then in fault_.
class CsvReader {
 public:
  CsvReader(std::istream& in, const Expectation& expectation) : source_(in), expectation_(expectation) {
    expectation_.max_score = std::min(expectation_.max_score, kHighestScore);
  }

  Reading Read() {
    const bool whole = ReadHeader() && ReadRows() && FailIf(intake_->NothingToCount());
    if (source_.broken()) return faults::FileUnreadable();
    if (!whole) return std::move(fault_);
    return intake_->TakeFile("", std::nullopt, std::move(options_));
  }

 private:
  bool Fail(ReadFault fault) {
    fault_ = std::move(fault);
    return false;
  }
  bool FailIf(std::optional<ReadFault> fault) { return !fault.has_value() || Fail(*std::move(fault)); }
  After Stop(ReadFault fault) {
    fault_ = std::move(fault);
    return After::kFault;
  }

  // Reads a cell of at most `longest` bytes into cell_, and what comes behind it.
  After ReadCell(std::size_t longest, ReadFault (*too_long)(std::int64_t)) {
    cell_.clear();
    if (source_.Peek() == '"') return ReadQuotedCell(longest, too_long);
    for (int byte = source_.Peek(); byte != ',' && byte != '\n' && byte != ByteSource::kEnd;
         byte = source_.Peek()) {
      if (byte == '"') return Stop(faults::QuoteMisplaced(source_.line()));
      if (cell_.size() == longest + 1) return Stop(too_long(source_.line()));  // one more for a CR
      cell_.push_back(static_cast<char>(byte));
      source_.Skip();
    }
    if (source_.Peek() != ',' && !cell_.empty() && cell_.back() == '\r') cell_.pop_back();
    if (cell_.size() > longest) return Stop(too_long(source_.line()));
    return PassSeparator();
  }

  After ReadQuotedCell(std::size_t longest, ReadFault (*too_long)(std::int64_t)) {
    const std::int64_t line = source_.line();
    source_.Skip();
    for (;;) {
      const int byte = source_.Peek();
      if (byte == ByteSource::kEnd) return Stop(faults::QuoteNotClosed(line));
      source_.Skip();
      if (byte == '"') {
        if (source_.Peek() != '"') break;
        source_.Skip();
      }
      if (cell_.size() == longest) return Stop(too_long(line));
      cell_.push_back(static_cast<char>(byte));
    }
    const bool tab = source_.Peek() == '\t';
    source_.SkipBlanks();
    const int next = source_.Peek();
    if (next == ',' || next == '\n' || next == ByteSource::kEnd) return PassSeparator();
    if (tab || next == ';') return Stop(faults::SeparatorNotComma(source_.line(), tab ? '\t' : ';'));
    return Stop(faults::QuoteMisplaced(source_.line()));
  }

  After PassSeparator() {
    const bool more = source_.Peek() == ',';
    if (source_.Peek() != ByteSource::kEnd) source_.Skip();
    return more ? After::kCell : After::kEndOfRow;
  }

  bool ReadHeader() {
    if (source_.Peek() == 0xFE || source_.Peek() == 0xFF) return Fail(faults::NotUtf8(1));
    SkipEmptyLines();
    if (source_.Peek() == ByteSource::kEnd) return Fail(faults::FileEmpty());
    const std::int64_t first_line = source_.line();
    std::vector<std::int64_t> lines;
    bool quoted = false;
    for (After after = After::kCell; after == After::kCell;) {
      const std::int64_t line = source_.line();
      quoted = source_.Peek() == '"';
      after = ReadCell(kLongestName, faults::NameTooLong);
      if (after == After::kFault) return false;
      const std::string_view name = Trimmed(cell_);
      if (!quoted && name.find('\t') != std::string_view::npos) {
        return Fail(faults::SeparatorNotComma(line, '\t'));
      }
      if (!FailIf(CheckName(name, line))) return false;
      const std::string seen = AsSeen(name);
      if (absl::EqualsIgnoreCase(seen, {kWeight.data(), kWeight.size()})) {
        if (!options_.empty() || weighted_) return Fail(faults::WeightNotFirst(line));
        weighted_ = true;
        continue;
      }
      if (options_.size() == counting::kMostOptions) return Fail(faults::TooManyOptions(line));
      options_.push_back({std::string(name)});
      lines.push_back(line);
    }
    if (options_.empty()) return Fail(faults::NoOptions(first_line));
    if (options_.size() == 1 && !weighted_ && !quoted && options_[0].name.find(';') != std::string::npos) {
      return Fail(faults::SeparatorNotComma(first_line, ';'));
    }
    intake_.emplace(static_cast<std::uint32_t>(options_.size()), expectation_);
    rank_used_.assign(options_.size() + 1, 0);
    return FailIf(CheckDistinct(options_, lines));
  }

  // An empty line is no ballot, in no method: the blank ballot of a file with one column is "".
  void SkipEmptyLines() {
    while (source_.Peek() == '\n' || source_.Peek() == '\r') source_.Skip();
  }

  bool ReadRows() {
    for (;;) {
      SkipEmptyLines();
      if (source_.Peek() == ByteSource::kEnd) return true;
      if (!ReadRow(source_.line())) return false;
    }
  }

  bool ReadRow(std::int64_t line) {
    const std::size_t columns = options_.size() + (weighted_ ? 1 : 0);
    std::int64_t weight = 1;
    for (std::size_t column = 0; column < columns; ++column) {
      const After after = ReadCell(kLongestCell, faults::CellTooLong);
      if (after == After::kFault) return false;
      if ((after == After::kCell) != (column + 1 < columns))
        return Fail(faults::CellCountWrong(line, columns));
      const std::string_view cell = Trimmed(cell_);
      if (weighted_ && column == 0) {
        weight = NumberIn(cell);
      } else if (!TakeCell(static_cast<std::uint32_t>(column - (weighted_ ? 1 : 0)), cell, line)) {
        return false;
      }
    }
    if (!CheckRanks(line)) return false;
    return FailIf(intake_->Finish(weight, line));
  }

  bool TakeCell(std::uint32_t option, std::string_view cell, std::int64_t line) {
    if (cell.empty()) return true;
    const std::string_view name = options_[option].name;
    switch (expectation_.kind) {
      case BallotKind::kMarks:
        if (cell == "0") return true;
        return cell == "x" || cell == "X" || cell == "1" ? intake_->Mark(option, 1)
                                                         : Fail(faults::MarkInvalid(line, name));
      case BallotKind::kScores: {
        const std::int64_t score = NumberIn(cell);
        if (score < 0) return Fail(faults::ScoreInvalid(line, name));
        if (score > expectation_.max_score)
          return Fail(faults::ScoreTooHigh(line, name, expectation_.max_score));
        return score == 0 || intake_->Mark(option, static_cast<std::uint32_t>(score));
      }
      case BallotKind::kRanks:
        return TakeRank(option, NumberIn(cell), line);
    }
    return true;
  }

  bool TakeRank(std::uint32_t option, std::int64_t rank, std::int64_t line) {
    if (rank < 1) return Fail(faults::RankInvalid(line, options_[option].name));
    if (rank > static_cast<std::int64_t>(options_.size())) {
      // Even with a rank for each option, one before this one is empty.
      return Fail(faults::RankSkipped(line, rank - 1));
    }
    std::int64_t& used_in = rank_used_[static_cast<std::size_t>(rank)];
    if (used_in == row_ && !expectation_.equal_ranks) return Fail(faults::EqualRanks(line));
    used_in = row_;
    last_rank_ = std::max(last_rank_, rank);
    return intake_->Mark(option, static_cast<std::uint32_t>(rank));
  }

  // That the row gave every rank up to its last; begins the next row.
  bool CheckRanks(std::int64_t line) {
    for (std::int64_t rank = 1; rank <= last_rank_; ++rank) {
      if (rank_used_[static_cast<std::size_t>(rank)] != row_) return Fail(faults::RankSkipped(line, rank));
    }
    last_rank_ = 0;
    ++row_;
    return true;
  }

  ByteSource source_;
  Expectation expectation_;
  ReadFault fault_;
  bool weighted_ = false;
  std::vector<FileOption> options_;
  std::optional<Intake> intake_;
  std::string cell_;
  std::vector<std::int64_t> rank_used_;  // by rank: the last row that gave it
  std::int64_t row_ = 1;
  std::int64_t last_rank_ = 0;
};

}  // namespace

Reading ReadCsv(std::istream& in, const Expectation& expectation) {
  return CsvReader(in, expectation).Read();
}

}  // namespace plenary::election::ballot_files
