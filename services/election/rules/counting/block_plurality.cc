#include "services/election/rules/counting/block_plurality.h"

#include <algorithm>
#include <map>

#include "services/election/rules/counting/lot.h"

namespace plenary::election::counting {

ContestCount CountBlockPlurality(std::uint16_t contest_number, const Contest& contest,
                                 const std::vector<Ballot>& ballots, std::string_view lot_seed) {
  ContestCount count;
  for (std::uint32_t option = 0; option < contest.options; ++option) {
    count.options.push_back({.option = static_cast<std::uint16_t>(option)});
  }
  for (const Ballot& ballot : ballots) {
    const Marks& marks = ballot.at(contest_number);
    if (marks.empty()) ++count.blanks;
    for (const Mark& mark : marks) ++count.options.at(mark.option).votes;
  }
  std::map<std::int64_t, int> sharing;
  for (const OptionCount& option : count.options) ++sharing[option.votes];
  for (OptionCount& option : count.options) {
    option.tied = sharing[option.votes] > 1;
    if (option.tied) option.lot = Lot(lot_seed, contest_number, option.option);
  }
  std::sort(count.options.begin(), count.options.end(), [](const OptionCount& a, const OptionCount& b) {
    return a.votes != b.votes ? a.votes > b.votes : a.lot < b.lot;
  });
  int rank = 0;
  for (OptionCount& option : count.options) {
    option.rank = ++rank;
    option.elected = static_cast<std::uint32_t>(rank) <= contest.seats;
  }
  if (contest.seats > contest.options) count.vacancies = static_cast<int>(contest.seats - contest.options);
  return count;
}

}  // namespace plenary::election::counting
