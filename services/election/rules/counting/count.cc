#include "services/election/rules/counting/count.h"

#include <algorithm>

#include "services/election/rules/counting/method.h"
#include "services/election/rules/counting/methods.h"

namespace plenary::election::counting {
namespace {

// What every report begins with. A ballot with marks for withdrawn options alone counts for nothing.
v1::CountReport Begin(const Contest& contest, const Profile& profile) {
  v1::CountReport report;
  report.set_method(contest.method);
  report.set_seats(static_cast<std::int32_t>(contest.seats));
  report.set_decimals(FindMethod(contest.method)->decimals);
  report.set_lot_seed(contest.lot_seed);
  bool withdrawn = false;
  for (const Option& option : contest.options) {
    v1::CountedOption& entry = *report.add_options();
    entry.set_display_name(option.display_name);
    entry.set_withdrawn(option.withdrawn);
    entry.set_none_of_these(option.none_of_these);
    entry.set_holds_seat(option.holds_seat);
    withdrawn = withdrawn || option.withdrawn;
  }
  std::int64_t valid = profile.ballots();
  for (std::size_t i = 0; withdrawn && i < profile.size(); ++i) {
    const auto marks = profile.marks(i);
    const bool counts = std::any_of(marks.begin(), marks.end(), [&](const Mark& mark) {
      return !contest.options[mark.option].withdrawn;
    });
    if (!counts) valid -= profile.weight(i);
  }
  report.set_valid_ballots(valid);
  report.set_blank_ballots(profile.blanks());
  report.set_withdrawn_only_ballots(profile.ballots() - valid);
  report.set_spoilt_ballots(profile.spoilt());
  return report;
}

}  // namespace

v1::CountReport Count(const Contest& contest, const Profile& profile) {
  v1::CountReport report = Begin(contest, profile);
  switch (contest.method) {
    case v1::COUNTING_METHOD_INSTANT_RUNOFF:
      CountInstantRunoff(contest, profile, report);
      break;
    case v1::COUNTING_METHOD_SCOTTISH_STV:
      CountScottishStv(contest, profile, report);
      break;
    case v1::COUNTING_METHOD_MEEK_STV:
      CountMeekStv(contest, profile, report);
      break;
    case v1::COUNTING_METHOD_SCHULZE:
      CountSchulze(contest, profile, report);
      break;
    case v1::COUNTING_METHOD_RANKED_PAIRS:
      CountRankedPairs(contest, profile, report);
      break;
    default:
      CountSums(contest, profile, report);
      break;
  }
  return report;
}

v1::CountReport CountBack(const Contest& contest, const Profile& profile, const v1::CountReport& report,
                          const std::vector<std::uint16_t>& departed) {
  if (departed.empty()) return Count(contest, profile);
  Contest vacancy = contest;
  vacancy.terms.clear();
  vacancy.stay_vacant = static_cast<std::uint32_t>(report.vacancies());
  for (const v1::CountPlacing& placing : report.placings()) {
    if (placing.elected()) vacancy.options[static_cast<std::size_t>(placing.option())].holds_seat = true;
  }
  for (const std::uint16_t option : departed) {
    vacancy.options[option].holds_seat = false;
    vacancy.options[option].withdrawn = true;
  }
  return Count(vacancy, profile);
}

}  // namespace plenary::election::counting
