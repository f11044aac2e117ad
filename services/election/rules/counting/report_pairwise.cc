// Schulze and ranked pairs: every option against every other, in words and figures.
#include <algorithm>
#include <optional>

#include "fmt/format.h"
#include "services/election/rules/counting/report_page.h"

namespace plenary::election::counting {
namespace {

// Columns that the matrix leaves for a name, at the end of its row.
constexpr std::size_t kRoomForName = 24;

// The matrices by place in the final order.
class Comparison {
 public:
  explicit Comparison(const v1::CountReport& report) : pairwise_(report.pairwise()) {
    std::vector<int> row_of(static_cast<std::size_t>(report.options_size()), -1);
    for (int i = 0; i < pairwise_.options_size(); ++i) {
      const auto option = static_cast<std::size_t>(pairwise_.options(i));
      if (option < row_of.size()) row_of[option] = i;
    }
    for (const v1::CountPlacing& placing : report.placings()) {
      const auto option = static_cast<std::size_t>(placing.option());
      if (option >= row_of.size() || row_of[option] < 0) continue;
      placings_.push_back(&placing);
      rows_.push_back(row_of[option]);
    }
  }

  std::size_t size() const { return rows_.size(); }
  const v1::CountPlacing& placing(std::size_t place) const { return *placings_[place]; }

  std::int64_t Preferences(std::size_t a, std::size_t b) const { return At(pairwise_.preferences(), a, b); }
  // Schulze only.
  std::int64_t Strength(std::size_t a, std::size_t b) const { return At(pairwise_.strengths(), a, b); }
  bool has_strengths() const { return !pairwise_.strengths().empty(); }

 private:
  std::int64_t At(const google::protobuf::RepeatedField<std::int64_t>& matrix, std::size_t a,
                  std::size_t b) const {
    return ValueAt(matrix, rows_[a] * pairwise_.options_size() + rows_[b]);
  }

  const v1::Pairwise& pairwise_;
  std::vector<const v1::CountPlacing*> placings_;
  std::vector<int> rows_;
};

using Cell = std::int64_t (Comparison::*)(std::size_t, std::size_t) const;

bool TellMatrix(Page& page, const Comparison& comparison, Cell cell) {
  std::vector<std::string> titles = {"rank"};
  std::vector<std::vector<std::string>> rows;
  std::size_t widest = 2;
  for (std::size_t a = 0; a < comparison.size(); ++a) {
    titles.push_back(std::to_string(comparison.placing(a).rank()));
    std::vector<std::string> row = {titles.back()};
    for (std::size_t b = 0; b < comparison.size(); ++b) {
      row.push_back(a == b ? "-" : GroupedAmount((comparison.*cell)(a, b), 0));
      widest = std::max(widest, row.back().size());
    }
    row.push_back(page.names()[comparison.placing(a).option()]);
    rows.push_back(std::move(row));
    if (6 + comparison.size() * (widest + 2) + kRoomForName > page.columns()) return false;
  }
  titles.emplace_back("option");
  page.Table(titles, rows);
  return true;
}

// One option against all others: the majorities, and the closest of those that it wins.
struct Duels {
  int won = 0;
  int even = 0;
  int lost = 0;
  std::optional<std::size_t> closest;
};

Duels DuelsOf(const Comparison& comparison, Cell cell, std::size_t a) {
  Duels duels;
  std::int64_t margin = 0;
  for (std::size_t b = 0; b < comparison.size(); ++b) {
    if (a == b) continue;
    const std::int64_t lead = (comparison.*cell)(a, b) - (comparison.*cell)(b, a);
    duels.won += lead > 0 ? 1 : 0;
    duels.even += lead == 0 ? 1 : 0;
    duels.lost += lead < 0 ? 1 : 0;
    if (lead > 0 && (!duels.closest.has_value() || lead < margin)) {
      duels.closest = b;
      margin = lead;
    }
  }
  return duels;
}

// Where a matrix is too wide: a line an option, with the closest of those that it wins against.
void TellDuels(Page& page, const Comparison& comparison, Cell cell) {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t a = 0; a < comparison.size(); ++a) {
    const Duels duels = DuelsOf(comparison, cell, a);
    std::vector<std::string> row = {std::to_string(comparison.placing(a).rank()),
                                    std::to_string(duels.won),
                                    std::to_string(duels.even),
                                    std::to_string(duels.lost),
                                    "",
                                    ""};
    if (duels.closest.has_value()) {
      const std::size_t b = *duels.closest;
      row[4] = fmt::format("{}:{}", GroupedAmount((comparison.*cell)(a, b), 0),
                           GroupedAmount((comparison.*cell)(b, a), 0));
      row[5] = std::to_string(comparison.placing(b).rank());
    }
    row.push_back(page.names()[comparison.placing(a).option()]);
    rows.push_back(std::move(row));
  }
  page.Table({"rank", "won", "even", "lost", "closest", "over", "option"}, rows);
}

void TellComparison(Page& page, const Comparison& comparison, std::string_view heading, Cell cell) {
  page.Gap();
  page.Say(heading);
  if (!TellMatrix(page, comparison, cell)) TellDuels(page, comparison, cell);
}

std::string Others(std::size_t count) {
  return count == 1 ? "the option behind it" : fmt::format("each of the {} options behind it", count);
}

// "77 to 57 against Bo": where the option at place `a` is least ahead of those behind it.
std::string Closest(const Page& page, const Comparison& comparison, Cell cell, std::size_t a) {
  std::size_t closest = a + 1;
  const auto lead = [&](std::size_t b) { return (comparison.*cell)(a, b) - (comparison.*cell)(b, a); };
  for (std::size_t b = a + 2; b < comparison.size(); ++b) {
    if (lead(b) < lead(closest)) closest = b;
  }
  return fmt::format("{} to {} against {}", GroupedAmount((comparison.*cell)(a, closest), 0),
                     GroupedAmount((comparison.*cell)(closest, a), 0),
                     page.names()[comparison.placing(closest).option()]);
}

// "Ada is elected: …", of the option at place `a`.
std::string WhyElected(const Page& page, const Comparison& comparison, std::size_t a) {
  const std::string who = page.names()[comparison.placing(a).option()];
  if (SeatByLot(page.report(), comparison.placing(a).option())) {
    return fmt::format("{} is elected by lot: see the ties.", who);
  }
  if (comparison.placing(a).tied()) return fmt::format("{} is elected however the ties fall.", who);
  const std::size_t behind = comparison.size() - a - 1;
  if (behind == 0) return fmt::format("{} is elected: there is a seat for every option.", who);
  bool beats_all = true;
  for (std::size_t b = a + 1; b < comparison.size(); ++b) {
    beats_all = beats_all && comparison.Preferences(a, b) > comparison.Preferences(b, a);
  }
  if (beats_all) {
    return fmt::format(
        "{} is elected: more ballots rank it ahead of {} than the other way round; the closest is {}.", who,
        Others(behind), Closest(page, comparison, &Comparison::Preferences, a));
  }
  if (comparison.has_strengths()) {
    return fmt::format(
        "{} is elected: its strongest path to {} is stronger than the one back; the closest is {}.", who,
        Others(behind), Closest(page, comparison, &Comparison::Strength, a));
  }
  return fmt::format(
      "{} is elected: the majorities that hold put it ahead of {}, some of them in more than one step.", who,
      Others(behind));
}

void TellWhy(Page& page, const Comparison& comparison) {
  page.Gap();
  for (std::size_t a = 0; a < comparison.size(); ++a) {
    if (comparison.placing(a).elected()) page.Say(WhyElected(page, comparison, a), 2);
  }
}

std::string_view WhatBecame(v1::Majority::Outcome outcome) {
  switch (outcome) {
    case v1::Majority::OUTCOME_LOCKED:
      return "holds";
    case v1::Majority::OUTCOME_PASSED_OVER:
      return "PASSED OVER: stronger ones say the opposite";
    default:
      return "OPEN: waits for a lot";
  }
}

// From the strongest to the weakest; in a long list those that hold are left out behind the first ones.
void TellMajorities(Page& page) {
  const auto& majorities = page.report().pairwise().majorities();
  if (majorities.empty()) return;
  page.Gap();
  page.Say("Majorities, from the strongest to the weakest:");
  std::vector<std::vector<std::string>> rows;
  for (int i = 0; i < majorities.size(); ++i) {
    const v1::Majority& majority = majorities.Get(i);
    if (i >= kLongTable && majority.outcome() == v1::Majority::OUTCOME_LOCKED) continue;
    rows.push_back({GroupedAmount(majority.votes(), 0), GroupedAmount(majority.opposition(), 0),
                    fmt::format("{} over {} - {}", page.names()[majority.winner()],
                                page.names()[majority.loser()], WhatBecame(majority.outcome()))});
  }
  page.Table({"for", "against", "majority"}, rows);
  const auto left_out = majorities.size() - static_cast<int>(rows.size());
  if (left_out > 0) page.Say(fmt::format("  {} more hold.", GroupedAmount(left_out, 0)));
}

}  // namespace

void TellPairwise(Page& page) {
  const v1::CountReport& report = page.report();
  if (!report.has_pairwise()) return;
  const Comparison comparison(report);
  TellWhy(page, comparison);
  TellComparison(page, comparison, "How many ballots rank the row's option ahead of the column's (by rank):",
                 &Comparison::Preferences);
  if (comparison.has_strengths()) {
    TellComparison(
        page, comparison,
        "The strongest path from the row's option to the column's; a path is as strong as its weakest "
        "majority:",
        &Comparison::Strength);
  }
  TellMajorities(page);
}

}  // namespace plenary::election::counting
