// BLT: the format of Hill, Wichmann and Woodall's program, as common practice has widened it. Tokens are
// parted by blanks, line ends and comments; a ballot may span lines.
#include <absl/strings/str_cat.h>

#include "services/election/rules/ballot_files/ballot_file.h"
#include "services/election/rules/ballot_files/byte_source.h"
#include "services/election/rules/ballot_files/faults.h"
#include "services/election/rules/ballot_files/intake.h"
#include "services/election/rules/ballot_files/option_names.h"

namespace plenary::election::ballot_files {
namespace {

using counting::BallotKind;

// Read… and Check… functions: false when the file has a fault, which is then in fault_.
class BltReader {
 public:
  BltReader(std::istream& in, const Expectation& expectation) : source_(in), expectation_(expectation) {}

  Reading Read() {
    if (expectation_.kind == BallotKind::kScores) return faults::ScoresNeedCsv("BLT");
    const bool whole = ReadHeader() && ReadWithdrawn() && ReadBallots() && ReadNames() && Judge();
    if (source_.broken()) return faults::FileUnreadable();
    if (!whole) return std::move(fault_);
    return intake_->TakeFile(std::move(title_), seats_, std::move(options_));
  }

 private:
  bool Fail(ReadFault fault) {
    fault_ = std::move(fault);
    return false;
  }

  // To the next byte that is neither blank nor part of a comment.
  int NextByte() {
    for (;;) {
      const int byte = source_.Peek();
      if (IsBlank(byte) || byte == '\n') {
        source_.Skip();
      } else if (byte == '#') {
        source_.SkipLine();
      } else {
        return byte;
      }
    }
  }

  static bool MayFollowNumber(int byte) {
    return byte == ByteSource::kEnd || byte == '\n' || byte == '=' || byte == '#' || IsBlank(byte);
  }

  // A whole number, with digits next, and the blanks behind it; `what` it is goes into the fault.
  bool ReadNumber(std::string_view what, std::int64_t& number) {
    number = source_.Number();
    if (MayFollowNumber(source_.Peek())) {
      source_.SkipBlanks();
      return true;
    }
    const std::int64_t line = source_.line();
    return Fail(faults::NumberExpected(line, what, absl::StrCat("'", number, source_.Show().substr(1))));
  }

  bool ReadHeaderNumber(std::string_view what, std::int64_t& number) {
    if (IsDigit(NextByte())) return ReadNumber(what, number);
    const std::int64_t line = source_.line();
    return Fail(faults::NumberExpected(line, what, source_.Show()));
  }

  bool ReadHeader() {
    if (source_.Peek() == 0xFE || source_.Peek() == 0xFF) return Fail(faults::NotUtf8(1));
    if (NextByte() == ByteSource::kEnd) return Fail(faults::FileEmpty());
    std::int64_t options = 0;
    std::int64_t seats = 0;
    if (!ReadHeaderNumber("the number of candidates", options)) return false;
    const std::int64_t line = source_.line();
    if (options == 0) return Fail(faults::NoOptions(line));
    if (options > counting::kMostOptions) return Fail(faults::TooManyOptions(line));
    if (!ReadHeaderNumber("the number of seats", seats)) return false;
    if (seats == 0) return Fail(faults::NoSeats(source_.line()));
    if (seats > kMostSeats) return Fail(faults::TooManySeats(source_.line()));
    seats_ = static_cast<std::uint32_t>(seats);
    options_.resize(static_cast<std::size_t>(options));
    intake_.emplace(static_cast<std::uint32_t>(options), expectation_);
    return true;
  }

  // Lines of negative numbers only: a line that goes on with something else is a ballot with a negative
  // weight.
  bool ReadWithdrawn() {
    std::size_t left = options_.size();
    while (NextByte() == '-') {
      const std::int64_t line = source_.line();
      source_.Skip();
      if (!IsDigit(source_.Peek())) {
        return Fail(faults::NumberExpected(line, "the number of a withdrawn candidate", source_.Show()));
      }
      std::int64_t number = 0;
      if (!ReadNumber("the number of a withdrawn candidate", number)) return false;
      if (IsDigit(source_.Peek())) return Fail(faults::WeightNegative(line));
      if (!Known(number)) return Fail(faults::OptionUnknown(line, number, intake_->options()));
      bool& withdrawn = options_[static_cast<std::size_t>(number - 1)].withdrawn;
      left -= withdrawn ? 0 : 1;
      withdrawn = true;
    }
    return left > 0 || Fail(faults::NoOptionsLeft(source_.line()));
  }

  bool Known(std::int64_t number) const { return number >= 1 && number <= intake_->options(); }

  // Up to the 0 that ends the ballots, and behind it.
  bool ReadBallots() {
    for (;;) {
      const int byte = NextByte();
      const std::int64_t line = source_.line();
      if (!IsDigit(byte)) return Fail(NotABallot(byte, line));
      std::int64_t weight = 0;
      if (!ReadNumber("the weight of a ballot", weight)) return false;
      if (weight == 0) return !IsDigit(source_.Peek()) || Fail(faults::WeightInvalid(line));
      if (!ReadOrder(line)) return false;
      if (auto fault = intake_->Finish(weight, line)) return Fail(*std::move(fault));
    }
  }

  ReadFault NotABallot(int byte, std::int64_t line) {
    if (byte == ByteSource::kEnd || byte == '"') return faults::EndMarkMissing(line);
    if (byte == '-') return faults::WeightNegative(line);
    if (byte == '(' || byte == '[') return faults::BallotIdUnsupported(line);
    return faults::NumberExpected(line, "the weight of a ballot", source_.Show());
  }

  // The options of the ballot that starts on line `start`, up to its 0 and behind it.
  bool ReadOrder(std::int64_t start) {
    std::uint32_t rank = 0;
    bool equal = false;  // an equals sign came before
    for (;;) {
      std::int64_t number = source_.ShortNumber();
      if (number < 0) {
        const int byte = NextByte();
        if (byte == '=') {
          if (!PassEqualsSign(rank > 0 && !equal)) return false;
          equal = true;
          continue;
        }
        if (!IsDigit(byte)) return Fail(NotAnOption(byte, start));
        if (!ReadNumber("the number of a candidate", number)) return false;
      }
      if (number == 0) return !equal || Fail(faults::EqualsSignMisplaced(source_.line()));
      if (!Known(number)) return Fail(faults::OptionUnknown(source_.line(), number, intake_->options()));
      rank += equal ? 0 : 1;
      equal = false;
      if (!intake_->Mark(static_cast<std::uint32_t>(number - 1), rank)) {
        return Fail(faults::OptionRepeatedInBlt(source_.line(), number, start));
      }
    }
  }

  bool PassEqualsSign(bool behind_option) {
    if (!behind_option) return Fail(faults::EqualsSignMisplaced(source_.line()));
    if (expectation_.kind == BallotKind::kRanks && !expectation_.equal_ranks) {
      return Fail(faults::EqualRanks(source_.line()));
    }
    source_.Skip();
    return true;
  }

  ReadFault NotAnOption(int byte, std::int64_t start) {
    const std::int64_t line = source_.line();
    if (byte == ByteSource::kEnd || byte == '"') return faults::BallotNotEnded(start);
    if (byte != '-') return faults::NumberExpected(line, "the number of a candidate", source_.Show());
    source_.Skip();
    if (!IsDigit(source_.Peek())) return faults::RankSkippedByDash(line);
    return faults::NumberExpected(line, "the number of a candidate",
                                  absl::StrCat("'-", source_.Number(), "'"));
  }

  bool ReadNames() {
    std::vector<std::int64_t> lines;
    for (FileOption& option : options_) {
      const int byte = NextByte();
      lines.push_back(source_.line());
      if (byte == ByteSource::kEnd) return Fail(faults::NamesMissing(lines.size() - 1, options_.size()));
      if (!ReadQuoted(option.name)) return false;
    }
    if (NextByte() == ByteSource::kEnd) return Fail(faults::TitleMissing(source_.line()));
    if (!ReadQuoted(title_)) return false;
    if (auto fault = CheckDistinct(options_, lines)) return Fail(*std::move(fault));
    return CheckNoNameTooMany();
  }

  // Remarks may follow the title, and published files have them. But one quoted text more, and then the end,
  // is what a name too many looks like.
  bool CheckNoNameTooMany() {
    if (NextByte() != '"') return true;
    const std::int64_t line = source_.line();
    std::string remark;
    if (!ReadQuoted(remark)) return true;  // not a name, so a remark
    return NextByte() != ByteSource::kEnd || Fail(faults::TooManyNames(line, options_.size()));
  }

  // A text in double quotes, on one line; a quote within is written \" or "", a backslash \\ or as it is.
  bool ReadQuoted(std::string& text) {
    const std::int64_t line = source_.line();
    if (source_.Peek() != '"') return Fail(faults::NameExpected(line, source_.Show()));
    source_.Skip();
    std::string read;
    for (;;) {
      int byte = source_.Peek();
      if (byte == ByteSource::kEnd || byte == '\n') return Fail(faults::NameNotClosed(line));
      source_.Skip();
      if (byte == '"') {
        if (source_.Peek() != '"') break;
        source_.Skip();
      } else if (byte == '\\' && (source_.Peek() == '"' || source_.Peek() == '\\')) {
        byte = source_.Peek();
        source_.Skip();
      }
      read.push_back(static_cast<char>(byte));
      if (read.size() > kLongestName) return Fail(faults::NameTooLong(line));
    }
    const int next = source_.Peek();
    if (next == '=' || !MayFollowNumber(next)) return Fail(faults::QuoteInName(line));
    text = Trimmed(read);
    if (auto fault = CheckName(text, line)) return Fail(*std::move(fault));
    return true;
  }

  bool Judge() {
    if (auto fault = intake_->NothingToCount()) return Fail(*std::move(fault));
    return true;
  }

  ByteSource source_;
  Expectation expectation_;
  ReadFault fault_;
  std::uint32_t seats_ = 0;
  std::string title_;
  std::vector<FileOption> options_;
  std::optional<Intake> intake_;
};

}  // namespace

Reading ReadBlt(std::istream& in, const Expectation& expectation) {
  return BltReader(in, expectation).Read();
}

}  // namespace plenary::election::ballot_files
