// PrefLib (https://www.preflib.org/format): lines of metadata, then a line for each order, "count:
// 1,2,{3,4}". The older header (number of alternatives, "n,name" for each, "voters,sum,unique orders", then
// "count,1,2,{3,4}") is read, too.
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "services/election/rules/ballot_files/ballot_file.h"
#include "services/election/rules/ballot_files/byte_source.h"
#include "services/election/rules/ballot_files/faults.h"
#include "services/election/rules/ballot_files/intake.h"
#include "services/election/rules/ballot_files/option_names.h"

namespace plenary::election::ballot_files {
namespace {

using counting::BallotKind;

// As much of a line of metadata as is kept: the key and a name. The rest of a longer one is passed over, and
// a name that reaches so far is too long anyway.
constexpr std::size_t kMostOfLine = kLongestName + 100;

constexpr std::string_view kAlternatives = "NUMBER ALTERNATIVES";
constexpr std::string_view kVoters = "NUMBER VOTERS";
constexpr std::string_view kUniqueOrders = "NUMBER UNIQUE ORDERS";
constexpr std::string_view kName = "ALTERNATIVE NAME ";
constexpr std::string_view kTitle = "TITLE";

// What a format promises, and where a file belongs that does not keep it.
struct Promise {
  std::string_view word;
  std::string_view incomplete;  // empty: orders may be incomplete
  std::string_view with_ties;   // empty: ranks may be shared
};

Promise PromiseOf(Format format) {
  switch (format) {
    case Format::kSoc:
      return {"soc", "soi", "toc"};
    case Format::kSoi:
      return {"soi", "", "toi"};
    case Format::kToc:
      return {"toc", "toi", ""};
    default:
      return {"toi", "", ""};
  }
}

// Read… and Take… functions: false when the file has a fault, which is then in fault_.
class PrefLibReader {
 public:
  PrefLibReader(std::istream& in, Format format, const Expectation& expectation)
      : source_(in), promise_(PromiseOf(format)), expectation_(expectation) {}

  Reading Read() {
    if (expectation_.kind == BallotKind::kScores) return faults::ScoresNeedCsv("PrefLib");
    const bool whole = ReadLines() && Judge();
    if (source_.broken()) return faults::FileUnreadable();
    if (!whole) return std::move(fault_);
    return intake_->TakeFile(std::move(title_), std::nullopt, std::move(options_));
  }

 private:
  bool Fail(ReadFault fault) {
    fault_ = std::move(fault);
    return false;
  }
  bool FailIf(std::optional<ReadFault> fault) { return !fault.has_value() || Fail(*std::move(fault)); }

  bool ReadLines() {
    if (source_.Peek() == 0xFE || source_.Peek() == 0xFF) return Fail(faults::NotUtf8(1));
    for (bool empty = true;; empty = false) {
      while (IsBlank(source_.Peek()) || source_.Peek() == '\n') source_.Skip();
      const int byte = source_.Peek();
      if (byte == ByteSource::kEnd) return !empty || Fail(faults::FileEmpty());
      const std::int64_t line = source_.line();
      if (byte == '#') {
        source_.Skip();
        if (!TakeMetadata(RestOfLine(), line)) return false;
      } else if (!ReadOrderOrOldHeader(line)) {
        return false;
      }
    }
  }

  // The rest of the line as far as kMostOfLine, without blanks around; moves behind the line.
  std::string RestOfLine() {
    std::string rest;
    source_.SkipBlanks();
    for (int byte = source_.Peek(); byte != ByteSource::kEnd && byte != '\n'; byte = source_.Peek()) {
      if (rest.size() == kMostOfLine) break;
      rest.push_back(static_cast<char>(byte));
      source_.Skip();
    }
    source_.SkipLine();
    while (!rest.empty() && IsBlank(rest.back())) rest.pop_back();
    return rest;
  }

  bool TakeMetadata(std::string_view text, std::int64_t line) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return true;  // a plain comment
    const std::string_view key = Trimmed(text.substr(0, colon));
    const std::string_view value = Trimmed(text.substr(colon + 1));
    if (key == kAlternatives) return TakeAlternatives(value, line);
    if (key == kVoters) return TakeAnnounced(kVoters, value, line, voters_);
    if (key == kUniqueOrders) return TakeAnnounced(kUniqueOrders, value, line, unique_orders_);
    if (key == kTitle) return TakeTitle(value, line);
    if (!absl::StartsWith({key.data(), key.size()}, {kName.data(), kName.size()})) return true;
    std::int64_t number = 0;
    return TakeNumber(key.substr(kName.size()), line, "the number of an alternative", number) &&
           TakeName(number, value, line);
  }

  bool TakeNumber(std::string_view text, std::int64_t line, std::string_view what, std::int64_t& number) {
    constexpr std::size_t kMostDigits = 18;
    const bool digits = text.find_first_not_of("0123456789") == std::string_view::npos;
    if (text.empty() || text.size() > kMostDigits || !digits) {
      return Fail(faults::NumberExpected(line, what, "what stands here"));
    }
    number = 0;
    for (const char digit : text) number = 10 * number + (digit - '0');
    return true;
  }

  bool TakeAlternatives(std::string_view value, std::int64_t line) {
    if (intake_.has_value()) return Fail(faults::MetadataRepeated(line, kAlternatives));
    std::int64_t number = 0;
    return TakeNumber(value, line, kAlternatives, number) && SetAlternatives(number, line);
  }

  bool SetAlternatives(std::int64_t number, std::int64_t line) {
    if (number == 0) return Fail(faults::NoOptions(line));
    if (number > counting::kMostOptions) return Fail(faults::TooManyOptions(line));
    options_.resize(static_cast<std::size_t>(number));
    name_lines_.resize(options_.size(), 0);
    intake_.emplace(static_cast<std::uint32_t>(number), expectation_);
    return true;
  }

  bool TakeAnnounced(std::string_view key, std::string_view value, std::int64_t line,
                     std::optional<std::int64_t>& announced) {
    if (announced.has_value()) return Fail(faults::MetadataRepeated(line, key));
    return TakeNumber(value, line, key, announced.emplace());
  }

  bool TakeTitle(std::string_view value, std::int64_t line) {
    if (!title_.empty()) return Fail(faults::MetadataRepeated(line, kTitle));
    title_ = value;
    return value.empty() || FailIf(CheckName(value, line));
  }

  bool TakeName(std::int64_t number, std::string_view name, std::int64_t line) {
    if (!intake_.has_value()) return Fail(faults::MetadataMissing(line, kAlternatives));
    if (!Known(number)) return Fail(faults::OptionUnknown(line, number, intake_->options()));
    const auto i = static_cast<std::size_t>(number - 1);
    if (name_lines_[i] != 0)
      return Fail(faults::MetadataRepeated(line, absl::StrCat("ALTERNATIVE NAME ", number)));
    name_lines_[i] = line;
    options_[i].name = name;
    return FailIf(CheckName(name, line));
  }

  bool Known(std::int64_t number) const { return number >= 1 && number <= intake_->options(); }

  // With a digit next: a line of ballots or, at the start of an older file, its number of alternatives alone.
  bool ReadOrderOrOldHeader(std::int64_t line) {
    std::int64_t number = 0;
    if (!ReadNumber("how many cast this ballot", number)) return false;
    source_.SkipBlanks();
    if (intake_.has_value()) return ReadOrder(number, line);
    if (!AtEndOfLine()) return Fail(faults::MetadataMissing(line, kAlternatives));
    separator_ = ',';
    return SetAlternatives(number, line) && ReadOldHeader();
  }

  // The rest of an older header: names, then "voters,sum,unique orders".
  bool ReadOldHeader() {
    for (std::size_t i = 0; i < options_.size(); ++i) {
      std::int64_t number = 0;
      std::int64_t line = 0;
      if (!ReadNumberOfOldHeader("the number of an alternative", number, line) || !Expect(',')) return false;
      if (!TakeName(number, RestOfLine(), line)) return false;
    }
    std::int64_t line = 0;
    std::int64_t sum = 0;
    if (!ReadNumberOfOldHeader("the number of voters", voters_.emplace(), line) || !Expect(',')) return false;
    if (!ReadNumberOfOldHeader("the sum of the votes", sum, line) || !Expect(',')) return false;
    if (!ReadNumberOfOldHeader("the number of unique orders", unique_orders_.emplace(), line)) return false;
    if (sum != *voters_) return Fail(faults::AnnouncedOtherwise("The number of voters", *voters_, sum));
    return ReadEndOfLine();
  }

  bool ReadNumberOfOldHeader(std::string_view what, std::int64_t& number, std::int64_t& line) {
    while (IsBlank(source_.Peek()) || source_.Peek() == '\n') source_.Skip();
    line = source_.line();
    return ReadNumber(what, number);
  }

  bool ReadNumber(std::string_view what, std::int64_t& number) {
    source_.SkipBlanks();
    const std::int64_t line = source_.line();
    if (!IsDigit(source_.Peek())) return Fail(faults::NumberExpected(line, what, source_.Show()));
    number = source_.Number();
    return true;
  }

  bool AtEndOfLine() { return source_.Peek() == '\n' || source_.Peek() == ByteSource::kEnd; }

  bool ReadEndOfLine() {
    source_.SkipBlanks();
    if (AtEndOfLine()) return true;
    const std::int64_t line = source_.line();
    return Fail(faults::SignExpected(line, "the end of the line", source_.Show()));
  }

  // A sign that has to come next.
  bool Expect(char sign) {
    source_.SkipBlanks();
    if (source_.Peek() == sign) {
      source_.Skip();
      return true;
    }
    const std::int64_t line = source_.line();
    return Fail(faults::SignExpected(line, absl::StrCat("'", std::string(1, sign), "'"), source_.Show()));
  }

  // Behind the count: the separator, and the order to the end of the line.
  bool ReadOrder(std::int64_t weight, std::int64_t line) {
    const bool ends = separator_ == ',' && AtEndOfLine();
    if (!ends && !Expect(separator_)) return false;
    source_.SkipBlanks();
    if (!AtEndOfLine()) {
      std::uint32_t rank = 1;
      if (!ReadGroup(rank)) return false;
      for (source_.SkipBlanks(); source_.Peek() == ','; source_.SkipBlanks()) {
        source_.Skip();
        if (!ReadGroup(++rank)) return false;
      }
      if (!ReadEndOfLine()) return false;
    }
    if (!promise_.incomplete.empty() && !intake_->complete()) {
      return Fail(faults::OrderIncomplete(line, promise_.word, promise_.incomplete));
    }
    ++orders_;
    return FailIf(intake_->Finish(weight, line));
  }

  // One alternative, or several of the same rank in braces.
  bool ReadGroup(std::uint32_t rank) {
    source_.SkipBlanks();
    if (source_.Peek() != '{') return ReadAlternative(rank);
    source_.Skip();
    if (!ReadAlternative(rank)) return false;
    for (source_.SkipBlanks(); source_.Peek() == ','; source_.SkipBlanks()) {
      const std::int64_t line = source_.line();
      if (!promise_.with_ties.empty()) {
        return Fail(faults::EqualRanksNotOfFormat(line, promise_.word, promise_.with_ties));
      }
      if (expectation_.kind == BallotKind::kRanks && !expectation_.equal_ranks)
        return Fail(faults::EqualRanks(line));
      source_.Skip();
      if (!ReadAlternative(rank)) return false;
    }
    return Expect('}');
  }

  bool ReadAlternative(std::uint32_t rank) {
    std::int64_t number = 0;
    if (!ReadNumber("the number of an alternative", number)) return false;
    if (!Known(number)) return Fail(faults::OptionUnknown(source_.line(), number, intake_->options()));
    return intake_->Mark(static_cast<std::uint32_t>(number - 1), rank) ||
           Fail(faults::OptionRepeated(source_.line(), number));
  }

  // What can only be told at the end.
  bool Judge() {
    if (!intake_.has_value()) return Fail(faults::MetadataMissing(source_.line(), kAlternatives));
    std::size_t named = 0;
    for (const std::int64_t line : name_lines_) named += line != 0 ? 1 : 0;
    if (named < options_.size()) return Fail(faults::NamesMissing(named, options_.size()));
    if (!FailIf(CheckDistinct(options_, name_lines_))) return false;
    if (!FailIf(intake_->NothingToCount())) return false;
    if (voters_.value_or(intake_->ballots()) != intake_->ballots()) {
      return Fail(faults::AnnouncedOtherwise("The number of voters", *voters_, intake_->ballots()));
    }
    if (unique_orders_.value_or(orders_) != orders_) {
      return Fail(faults::AnnouncedOtherwise("The number of unique orders", *unique_orders_, orders_));
    }
    return true;
  }

  ByteSource source_;
  Promise promise_;
  Expectation expectation_;
  ReadFault fault_;
  char separator_ = ':';
  std::string title_;
  std::vector<FileOption> options_;
  std::vector<std::int64_t> name_lines_;  // 0: not named yet
  std::optional<std::int64_t> voters_;
  std::optional<std::int64_t> unique_orders_;
  std::int64_t orders_ = 0;
  std::optional<Intake> intake_;
};

}  // namespace

Reading ReadPrefLib(std::istream& in, Format format, const Expectation& expectation) {
  return PrefLibReader(in, format, expectation).Read();
}

}  // namespace plenary::election::ballot_files
