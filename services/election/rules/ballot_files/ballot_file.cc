#include "services/election/rules/ballot_files/ballot_file.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>

#include <algorithm>
#include <array>

namespace plenary::election::ballot_files {
namespace {

struct FormatWord {
  std::string_view ending;
  Format format;
};
constexpr std::array<FormatWord, 6> kWords = {{{"blt", Format::kBlt},
                                               {"soc", Format::kSoc},
                                               {"soi", Format::kSoi},
                                               {"toc", Format::kToc},
                                               {"toi", Format::kToi},
                                               {"csv", Format::kCsv}}};

std::optional<Format> FormatOfWord(std::string_view word) {
  for (const FormatWord& known : kWords) {
    if (absl::EqualsIgnoreCase({word.data(), word.size()}, {known.ending.data(), known.ending.size()})) {
      return known.format;
    }
  }
  return std::nullopt;
}

// What stands behind the last dot of the last part of a path.
std::string_view Ending(std::string_view file_name) {
  const std::size_t slash = file_name.rfind('/');
  if (slash != std::string_view::npos) file_name.remove_prefix(slash + 1);
  const std::size_t dot = file_name.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : file_name.substr(dot + 1);
}

// The words that a first line of two whole numbers, as in BLT, consists of, and nothing else.
bool TwoNumbers(std::string_view line) {
  int numbers = 0;
  bool within = false;
  for (const char byte : line.substr(0, line.find('#'))) {
    const bool digit = absl::ascii_isdigit(static_cast<unsigned char>(byte));
    if (!digit && !absl::ascii_isspace(static_cast<unsigned char>(byte))) return false;
    numbers += digit && !within ? 1 : 0;
    within = digit;
  }
  return numbers == 2;
}

}  // namespace

std::optional<Format> FormatOf(std::string_view file_name, std::string_view first_bytes) {
  if (const std::optional<Format> format = FormatOfWord(Ending(file_name))) return format;
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (first_bytes.substr(0, kByteOrderMark.size()) == kByteOrderMark)
    first_bytes.remove_prefix(kByteOrderMark.size());
  constexpr std::string_view kDataType = "# DATA TYPE: ";
  const std::size_t type = first_bytes.find(kDataType);
  if (type != std::string_view::npos) return FormatOfWord(first_bytes.substr(type + kDataType.size(), 3));
  if (first_bytes.find("# NUMBER ALTERNATIVES:") != std::string_view::npos)
    return Format::kToi;  // the freest
  while (!first_bytes.empty()) {
    const std::string_view line = first_bytes.substr(0, first_bytes.find('\n'));
    if (TwoNumbers(line)) return Format::kBlt;
    if (line.find_first_not_of(" \t\r") != std::string_view::npos && line.front() != '#') {
      return line.find(',') != std::string_view::npos ? std::optional(Format::kCsv) : std::nullopt;
    }
    first_bytes.remove_prefix(std::min(line.size() + 1, first_bytes.size()));
  }
  return std::nullopt;
}

Reading ReadBallotFile(std::istream& in, Format format, const Expectation& expectation) {
  switch (format) {
    case Format::kBlt:
      return ReadBlt(in, expectation);
    case Format::kCsv:
      return ReadCsv(in, expectation);
    default:
      return ReadPrefLib(in, format, expectation);
  }
}

}  // namespace plenary::election::ballot_files
