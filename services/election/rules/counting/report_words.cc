#include "services/election/rules/counting/report_words.h"

#include <algorithm>
#include <set>

#include "common/crypto/bytes.h"
#include "fmt/format.h"

namespace plenary::election::counting {
namespace {

constexpr int kMostDecimals = 18;

std::string Grouped(std::string digits) {
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string Formatted(std::int64_t units, int decimals, bool grouped) {
  const auto places = static_cast<std::size_t>(std::clamp(decimals, 0, kMostDecimals));
  // The magnitude of the least value fits too.
  const std::uint64_t magnitude =
      units < 0 ? 0 - static_cast<std::uint64_t>(units) : static_cast<std::uint64_t>(units);
  std::string digits = std::to_string(magnitude);
  if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
  const std::string fraction = digits.substr(digits.size() - places);
  digits.resize(digits.size() - places);
  if (grouped) digits = Grouped(std::move(digits));
  return (units < 0 ? "-" : "") + digits + (places > 0 ? "." + fraction : "");
}

bool AllDistinct(const std::vector<std::string>& names) {
  return std::set<std::string_view>(names.begin(), names.end()).size() == names.size();
}

std::string Numbered(const std::string& name, std::size_t option) {
  return name.empty() ? fmt::format("Option {}", option + 1)
                      : fmt::format("{} (option {})", name, option + 1);
}

}  // namespace

std::string Amount(std::int64_t units, int decimals) { return Formatted(units, decimals, false); }

std::string GroupedAmount(std::int64_t units, int decimals) { return Formatted(units, decimals, true); }

std::string Counted(std::int64_t count, std::string_view thing) {
  return fmt::format("{} {}{}", GroupedAmount(count, 0), thing, count == 1 ? "" : "s");
}

std::string Listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

OptionNames::OptionNames(const v1::CountReport& report, const Rewrite& rewrite) {
  for (const v1::CountedOption& option : report.options()) {
    names_.push_back(rewrite ? rewrite(option.display_name()) : option.display_name());
  }
  const std::vector<std::string> plain = names_;
  const std::multiset<std::string_view> shared(plain.begin(), plain.end());
  for (std::size_t i = 0; i < plain.size(); ++i) {
    if (plain[i].empty() || shared.count(plain[i]) > 1) names_[i] = Numbered(plain[i], i);
  }
  if (AllDistinct(names_)) return;
  // Somebody is called "Ann (option 3)". With a number behind every name no two are the same.
  for (std::size_t i = 0; i < plain.size(); ++i) names_[i] = fmt::format("{} (option {})", plain[i], i + 1);
}

const std::string& OptionNames::operator[](int option) const {
  static const std::string unknown = "?";
  const auto index = static_cast<std::size_t>(option);
  return option >= 0 && index < names_.size() ? names_[index] : unknown;
}

std::vector<std::string> OptionNames::All(
    const google::protobuf::RepeatedField<std::int32_t>& options) const {
  std::vector<std::string> names;
  for (const int option : options) names.push_back((*this)[option]);
  return names;
}

std::int64_t ValueAt(const google::protobuf::RepeatedField<std::int64_t>& values, int index) {
  return index >= 0 && index < values.size() ? values.Get(index) : 0;
}

const v1::CountedOption& OptionAt(const v1::CountReport& report, int option) {
  const bool known = option >= 0 && option < report.options_size();
  return known ? report.options(option) : v1::CountedOption::default_instance();
}

std::vector<int> ElectedOptions(const v1::CountReport& report) {
  std::vector<int> elected;
  for (const v1::CountPlacing& placing : report.placings()) {
    if (placing.elected()) elected.push_back(placing.option());
  }
  return elected;
}

bool SeatByLot(const v1::CountReport& report, int option) {
  return std::any_of(report.ties().begin(), report.ties().end(), [&](const v1::CountTie& tie) {
    return tie.settled() == v1::CountTie::SETTLED_LOT && tie.decides() != v1::CountTie::DECIDES_ORDER &&
           std::find(tie.options().begin(), tie.options().end(), option) != tie.options().end();
  });
}

std::vector<int> TiedOptions(const v1::CountReport& report) {
  if (!report.undecided()) return {};
  const std::vector<int> elected = ElectedOptions(report);
  const std::set<int> seated(elected.begin(), elected.end());
  // By what hangs on the tie: a seat itself, what leads to one, only the order and with it the terms.
  std::set<int> seat, way, order;
  for (const v1::CountTie& tie : report.ties()) {
    if (tie.settled() != v1::CountTie::SETTLED_OPEN) continue;
    const bool only_order = tie.decides() == v1::CountTie::DECIDES_ORDER;
    const bool concerns_seated = std::any_of(tie.options().begin(), tie.options().end(),
                                             [&](int option) { return seated.contains(option); });
    std::set<int>& tied = tie.decides() == v1::CountTie::DECIDES_SEAT ? seat : only_order ? order : way;
    for (const int option : tie.options()) {
      const bool hangs =
          only_order ? concerns_seated && !OptionAt(report, option).holds_seat() : !seated.contains(option);
      if (hangs) tied.insert(option);
    }
  }
  const std::set<int>& tied = !seat.empty() ? seat : !way.empty() ? way : order;
  return {tied.begin(), tied.end()};
}

bool HasRank(const v1::CountReport& report, const v1::CountPlacing& placing) {
  return placing.elected() || !report.undecided();
}

std::int64_t FirstQuota(const v1::CountReport& report) {
  return report.stages().empty() ? 0 : report.stages(0).quota();
}

std::string_view ActWord(v1::CountStage::Act act) {
  switch (act) {
    case v1::CountStage::ACT_FIRST_COUNT:
      return "first-count";
    case v1::CountStage::ACT_SURPLUS:
      return "surplus";
    case v1::CountStage::ACT_EXCLUSION:
      return "exclusion";
    case v1::CountStage::ACT_DISTRIBUTION:
      return "distribution";
    default:
      return "";
  }
}

std::string_view DecidesWord(v1::CountTie::Decides decides) {
  switch (decides) {
    case v1::CountTie::DECIDES_EXCLUSION:
      return "exclusion";
    case v1::CountTie::DECIDES_SURPLUS:
      return "surplus";
    case v1::CountTie::DECIDES_SEAT:
      return "seat";
    case v1::CountTie::DECIDES_ORDER:
      return "order";
    case v1::CountTie::DECIDES_MAJORITY:
      return "majority";
    default:
      return "";
  }
}

std::string_view SettledWord(v1::CountTie::Settled settled) {
  switch (settled) {
    case v1::CountTie::SETTLED_EARLIER_STAGE:
      return "earlier-stage";
    case v1::CountTie::SETTLED_LOT:
      return "lot";
    case v1::CountTie::SETTLED_WITHOUT_EFFECT:
      return "without-effect";
    case v1::CountTie::SETTLED_OPEN:
      return "open";
    default:
      return "";
  }
}

std::string_view OutcomeWord(v1::Majority::Outcome outcome) {
  switch (outcome) {
    case v1::Majority::OUTCOME_LOCKED:
      return "locked";
    case v1::Majority::OUTCOME_PASSED_OVER:
      return "passed-over";
    case v1::Majority::OUTCOME_OPEN:
      return "open";
    default:
      return "";
  }
}

std::string Hex(std::string_view bytes) { return crypto::HexEncode(bytes); }

}  // namespace plenary::election::counting
