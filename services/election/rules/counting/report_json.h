// A report as JSON, for programs. Amounts of votes are strings with the method's decimals; counts of ballots
// are numbers; options go by name (see OptionNames); keys stand in a fixed order.
#pragma once

#include "nlohmann/json.hpp"
#include "plenary/election/v1/count_report.pb.h"

namespace plenary::election::counting {

// {"method", "seats", "elected": [names in order], "tied": [names, while undecided], "undecided",
// "vacancies",
//  "ballots": {"valid", "blank", "spoilt", "withdrawn_only"}, "quota" (null where there is none), "stages":
//  [{"stage", "act", "options", "quota", "surplus", "votes": {name: amount}, "not_transferable", "transfers":
//  [{"to" (null: to none), "ballots", "votes"}], "keep_factors" and "distributions" (Meek), "elected",
//  "excluded"}], "ties":
//  [{"options", "decides", "settled", "stage", "earlier_stage", "lots"}], "order": [{"rank"
//  (null for those not elected while undecided), "name", "votes", "elected", "tied", "stage", "lot"}],
//  "pairwise":
//  {"options", "preferences", "strengths", "majorities"} (null where there is none), "withdrawn",
//  "none_of_these" (null where there is none), "lot_seed"}
nlohmann::ordered_json ReportJson(const v1::CountReport& report);

}  // namespace plenary::election::counting
