#include "services/cli/ballot_export.h"

#include <map>
#include <sstream>
#include <variant>

#include "common/crypto/bytes.h"
#include "fmt/format.h"
#include "services/cli/count_file.h"
#include "services/cli/display_width.h"
#include "services/election/rules/ballot_files/ballot_file.h"
#include "services/election/rules/ballot_files/option_names.h"
#include "services/election/rules/counting/method.h"
#include "services/election/rules/counting/report_words.h"

namespace plenary::cli {
namespace {

namespace counting = election::counting;
namespace ballot_files = election::ballot_files;
using election::v1::Manifest;

constexpr std::string_view kWeight = "weight";

// The value of each option by number, 0 for none.
using Cells = std::vector<std::uint16_t>;

std::string Quoted(std::string_view cell) {
  std::string quoted = "\"";
  for (const char byte : cell) quoted += byte == '"' ? std::string("\"\"") : std::string(1, byte);
  return quoted + '"';
}

std::string HeaderOf(const std::vector<std::string>& names) {
  std::string header(kWeight);
  for (const std::string& name : names) header += "," + Quoted(name);
  return header + '\n';
}

// Whether the reader of CSV takes these names: it refuses those that look the same to people.
bool Readable(const std::vector<std::string>& names) {
  std::istringstream file(HeaderOf(names) + "1,1" + std::string(names.size() - 1, ',') + '\n');
  return std::holds_alternative<ballot_files::BallotFile>(ballot_files::ReadCsv(file, {}));
}

std::vector<std::string> NamesOf(const Manifest::Contest& contest) {
  election::v1::CountReport report;
  for (const Manifest::Option& option : contest.options()) {
    report.add_options()->set_display_name(option.display_name());
  }
  const counting::OptionNames told_apart(
      report, [](std::string_view name) { return std::string(ballot_files::Trimmed(Printable(name))); });
  std::vector<std::string> names;
  for (int option = 0; option < contest.options_size(); ++option) {
    const std::string name(ballot_files::Trimmed(told_apart[option]));
    const std::string number = fmt::format("(option {})", option + 1);
    const std::string numbered = fmt::format("{} {}", name, number);
    names.push_back(Readable({name})       ? name
                    : Readable({numbered}) ? numbered
                                           : fmt::format("Option {}", option + 1));
  }
  if (names.empty() || Readable(names)) return names;
  for (std::size_t option = 0; option < names.size(); ++option) {
    const std::string number = fmt::format("(option {})", option + 1);
    if (!names[option].ends_with(number)) names[option] += " " + number;
  }
  return names;
}

std::map<Cells, std::int64_t> Folded(const counting::Profile& ballots) {
  std::map<Cells, std::int64_t> folded;
  if (ballots.blanks() > 0) folded[Cells(ballots.options())] = ballots.blanks();
  for (std::size_t i = 0; i < ballots.size(); ++i) {
    Cells cells(ballots.options());
    for (const counting::Mark& mark : ballots.marks(i)) cells[mark.option] = mark.value;
    folded[std::move(cells)] += ballots.weight(i);
  }
  return folded;
}

// "5x2,4x1": five serve two years, the next four one.
std::string TermsText(const election::v1::Contest& contest) {
  std::string text;
  for (const election::v1::TermRule& rule : contest.terms()) {
    text += fmt::format("{}{}x{}", text.empty() ? "" : ",", rule.winners(), rule.years());
  }
  return text;
}

// How many options a ballot may mark, rank or score when nothing says otherwise.
std::uint32_t UsualMost(const Manifest::Contest& contest) {
  return contest.method() == election::v1::COUNTING_METHOD_BLOCK_PLURALITY
             ? contest.seats()
             : static_cast<std::uint32_t>(contest.options_size());
}

}  // namespace

BallotTable TableOf(const Manifest::Contest& contest, const counting::Profile& ballots) {
  BallotTable table{.names = NamesOf(contest)};
  table.csv = HeaderOf(table.names);
  for (const auto& [cells, weight] : Folded(ballots)) {
    table.csv += std::to_string(weight);
    for (const std::uint16_t value : cells) table.csv += value == 0 ? "," : fmt::format(",{}", value);
    table.csv += '\n';
    ++table.rows;
  }
  table.ballots = ballots.ballots() + ballots.blanks();
  table.blank = ballots.blanks();
  return table;
}

std::vector<std::string> CountCommand(const ExportedContest& contest, const BallotTable& table,
                                      const std::string& path) {
  const Manifest::Contest& printed = contest.printed;
  const counting::Method& method = *counting::FindMethod(printed.method());
  std::vector<std::string> words = {"plenary", "count", "--method", std::string(method.word)};
  const auto add = [&](const char* flag, std::string value) {
    words.emplace_back(flag);
    words.push_back(std::move(value));
  };
  add("--seats", std::to_string(printed.seats()));
  if (printed.min_marks() > 1) add("--min-marks", std::to_string(printed.min_marks()));
  if (printed.max_marks() != UsualMost(printed)) add("--max-marks", std::to_string(printed.max_marks()));
  if (method.kind == counting::BallotKind::kScores && printed.max_score() != kUsualMaxScore) {
    add("--max-score", std::to_string(printed.max_score()));
  }
  if (printed.none_of_these()) add("--none-of-these", table.names.back());
  if (!contest.called.terms().empty()) add("--terms", TermsText(contest.called));
  add("--lot-seed", crypto::HexEncode(contest.lot_seed));
  add("--contest-number", std::to_string(contest.number));
  if (!path.ends_with(".csv")) add("--format", "csv");
  words.push_back(path.starts_with('-') ? "./" + path : path);
  return words;
}

std::string ShellLine(const std::vector<std::string>& words) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./,:=+@%";
  std::string line;
  for (const std::string& word : words) {
    if (!line.empty()) line += ' ';
    if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) {
      line += word;
      continue;
    }
    line += '\'';
    for (const char byte : word) line += byte == '\'' ? std::string("'\\''") : std::string(1, byte);
    line += '\'';
  }
  return line;
}

}  // namespace plenary::cli
