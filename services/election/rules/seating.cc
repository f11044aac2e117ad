#include "services/election/rules/seating.h"

#include <map>

#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "services/election/rules/contests.h"

namespace plenary::election {

committee::v1::SeatWinnersRequest SeatingOf(const v1::Election& election, const v1::Result& result,
                                            const std::vector<v1::Candidacy>& candidacies) {
  std::map<std::string, const v1::Candidacy*> by_name;
  for (const v1::Candidacy& candidacy : candidacies) by_name[candidacy.name()] = &candidacy;
  committee::v1::SeatWinnersRequest request;
  request.set_election(election.name());
  request.set_seats_on(FormatDate(DateOf(FromTimestamp(election.schedule().seats_on()))));
  for (int i = 0; i < result.contests_size(); ++i) {
    if (IsPoll(election.contests(i))) continue;
    auto* body = request.add_bodies();
    body->set_body(election.contests(i).body());
    body->set_open_seats(election.contests(i).seats());
    for (const v1::OptionResult& option : result.contests(i).options()) {
      if (!option.elected()) continue;
      const v1::Candidacy& candidacy = *by_name.at(option.option());
      auto* winner = body->add_winners();
      winner->set_person(candidacy.person());
      winner->set_full_name(candidacy.full_name());
      winner->set_term_years(option.term_years());
    }
  }
  return request;
}

}  // namespace plenary::election
