#include "services/election/rules/counting/report_json.h"

#include <algorithm>

#include "services/election/rules/counting/method.h"
#include "services/election/rules/counting/report_words.h"

namespace plenary::election::counting {
namespace {

using Json = nlohmann::ordered_json;

// null for what a method does not have: a stage or a quota of 0.
Json NumberOrNull(int number) { return number == 0 ? Json() : Json(number); }
Json AmountOrNull(std::int64_t units, int decimals) {
  return units == 0 ? Json() : Json(Amount(units, decimals));
}

// By name, of the options that are not withdrawn.
Json ByName(const v1::CountReport& report, const OptionNames& names,
            const google::protobuf::RepeatedField<std::int64_t>& values) {
  Json object = Json::object();
  for (int i = 0; i < report.options_size(); ++i) {
    if (!report.options(i).withdrawn()) object[names[i]] = Amount(ValueAt(values, i), report.decimals());
  }
  return object;
}

Json Stage(const v1::CountReport& report, const OptionNames& names, const v1::CountStage& stage) {
  Json transfers = Json::array();
  for (const v1::CountTransfer& transfer : stage.transfers()) {
    transfers.push_back({{"to", transfer.has_option() ? Json(names[transfer.option()]) : Json()},
                         {"ballots", transfer.ballots()},
                         {"votes", Amount(transfer.votes(), report.decimals())}});
  }
  Json json = {{"stage", stage.number()},
               {"act", ActWord(stage.act())},
               {"options", names.All(stage.subjects())},
               {"quota", AmountOrNull(stage.quota(), report.decimals())},
               {"surplus", Amount(stage.surplus(), report.decimals())},
               {"votes", ByName(report, names, stage.votes())},
               {"not_transferable", Amount(stage.not_transferable(), report.decimals())},
               {"transfers", std::move(transfers)}};
  if (!stage.keep_factors().empty()) {
    json["keep_factors"] = ByName(report, names, stage.keep_factors());
    json["distributions"] = stage.distributions();
  }
  json["elected"] = names.All(stage.elected());
  json["excluded"] = names.All(stage.excluded());
  return json;
}

Json Tie(const OptionNames& names, const v1::CountTie& tie) {
  Json lots = Json::array();
  for (const std::string& lot : tie.lots()) lots.push_back(Hex(lot));
  return {{"options", names.All(tie.options())},
          {"decides", DecidesWord(tie.decides())},
          {"settled", SettledWord(tie.settled())},
          {"stage", NumberOrNull(tie.stage())},
          {"earlier_stage", NumberOrNull(tie.earlier_stage())},
          {"lots", std::move(lots)}};
}

Json Placing(const v1::CountReport& report, const OptionNames& names, const v1::CountPlacing& placing) {
  return {{"rank", HasRank(report, placing) ? Json(placing.rank()) : Json()},
          {"name", names[placing.option()]},
          {"votes", report.stages().empty() ? Json() : Json(Amount(placing.votes(), report.decimals()))},
          {"elected", placing.elected()},
          {"tied", placing.tied()},
          {"stage", NumberOrNull(placing.stage())},
          {"lot", placing.lot().empty() ? Json() : Json(Hex(placing.lot()))}};
}

Json Matrix(const google::protobuf::RepeatedField<std::int64_t>& values, int columns) {
  Json rows = Json::array();
  for (int i = 0; i < values.size(); ++i) {
    if (i % columns == 0) rows.push_back(Json::array());
    rows.back().push_back(values.Get(i));
  }
  return rows;
}

Json PairwiseJson(const OptionNames& names, const v1::Pairwise& pairwise) {
  const int columns = std::max(pairwise.options_size(), 1);
  Json json = {{"options", names.All(pairwise.options())},
               {"preferences", Matrix(pairwise.preferences(), columns)}};
  if (!pairwise.strengths().empty()) json["strengths"] = Matrix(pairwise.strengths(), columns);
  if (!pairwise.majorities().empty()) {
    Json& majorities = json["majorities"] = Json::array();
    for (const v1::Majority& majority : pairwise.majorities()) {
      majorities.push_back({{"winner", names[majority.winner()]},
                            {"loser", names[majority.loser()]},
                            {"votes", majority.votes()},
                            {"opposition", majority.opposition()},
                            {"outcome", OutcomeWord(majority.outcome())}});
    }
  }
  return json;
}

template <typename Items, typename Write>
Json Each(const Items& items, const Write& write) {
  Json array = Json::array();
  for (const auto& item : items) array.push_back(write(item));
  return array;
}

}  // namespace

nlohmann::ordered_json ReportJson(const v1::CountReport& report) {
  const OptionNames names(report);
  const auto name = [&](int option) { return Json(names[option]); };
  const Method* method = FindMethod(report.method());
  Json withdrawn = Json::array();
  Json none;
  for (int i = 0; i < report.options_size(); ++i) {
    if (report.options(i).withdrawn()) withdrawn.push_back(names[i]);
    if (report.options(i).none_of_these()) none = names[i];
  }
  Json json;
  json["method"] = method == nullptr ? Json() : Json(method->word);
  json["seats"] = report.seats();
  json["elected"] = Each(ElectedOptions(report), name);
  json["tied"] = Each(TiedOptions(report), name);
  json["undecided"] = report.undecided();
  json["vacancies"] = report.vacancies();
  json["ballots"] = {{"valid", report.valid_ballots()},
                     {"blank", report.blank_ballots()},
                     {"spoilt", report.spoilt_ballots()},
                     {"withdrawn_only", report.withdrawn_only_ballots()}};
  json["quota"] = AmountOrNull(FirstQuota(report), report.decimals());
  json["stages"] =
      Each(report.stages(), [&](const v1::CountStage& stage) { return Stage(report, names, stage); });
  json["ties"] = Each(report.ties(), [&](const v1::CountTie& tie) { return Tie(names, tie); });
  json["order"] = Each(report.placings(),
                       [&](const v1::CountPlacing& placing) { return Placing(report, names, placing); });
  json["pairwise"] = report.has_pairwise() ? PairwiseJson(names, report.pairwise()) : Json();
  json["withdrawn"] = std::move(withdrawn);
  json["none_of_these"] = std::move(none);
  json["lot_seed"] = report.lot_seed().empty() ? Json() : Json(Hex(report.lot_seed()));
  return json;
}

}  // namespace plenary::election::counting
