// What the text and the JSON of a report share: names, amounts, words.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "plenary/election/v1/count_report.pb.h"

namespace plenary::election::counting {

// Units of 10^-decimals votes with exactly so many decimals: 191400000 with 5 is "1914.00000".
std::string Amount(std::int64_t units, int decimals);

// The same for people: "1,914.00000".
std::string GroupedAmount(std::int64_t units, int decimals);

// "1 ballot", "9,567 ballots".
std::string Counted(std::int64_t count, std::string_view thing);

// "A", "A and B", "A, B and C".
std::string Listed(const std::vector<std::string>& names);

// What options are called in a report, by number. Every name is another: those that are the same, or empty,
// are told apart by the option's number from 1, "Ann (option 3)".
class OptionNames {
 public:
  using Rewrite = std::function<std::string(std::string_view)>;

  // `rewrite` makes each name fit for where it is shown, before names are compared; none leaves them as they
  // are.
  explicit OptionNames(const v1::CountReport& report, const Rewrite& rewrite = nullptr);

  // "?" for a number that is none.
  const std::string& operator[](int option) const;
  std::vector<std::string> All(const google::protobuf::RepeatedField<std::int32_t>& options) const;

 private:
  std::vector<std::string> names_;
};

// The value of a list by number, 0 behind its end.
std::int64_t ValueAt(const google::protobuf::RepeatedField<std::int64_t>& values, int index);

// An option by number; an empty one for a number that is none.
const v1::CountedOption& OptionAt(const v1::CountReport& report, int option);

// Those elected, in order of rank.
std::vector<int> ElectedOptions(const v1::CountReport& report);

// Whether a lot settled more about the option than its place among those elected, or among the others.
bool SeatByLot(const v1::CountReport& report, int option);

// An undecided count: those for whom a seat, or how long they serve, hangs on the open tie, by number; else
// none. How long somebody serves who keeps a seat in a countback hangs on nothing.
std::vector<int> TiedOptions(const v1::CountReport& report);

// Whether the rank of a placing says anything: while the count is undecided, nobody behind those elected is a
// runner-up.
bool HasRank(const v1::CountReport& report, const v1::CountPlacing& placing);

// The first quota; 0 where the method has none.
std::int64_t FirstQuota(const v1::CountReport& report);

// "first-count", "surplus" …: the values as words, "" for one that is not known.
std::string_view ActWord(v1::CountStage::Act act);
std::string_view DecidesWord(v1::CountTie::Decides decides);
std::string_view SettledWord(v1::CountTie::Settled settled);
std::string_view OutcomeWord(v1::Majority::Outcome outcome);

// Lower-case hexadecimal.
std::string Hex(std::string_view bytes);

}  // namespace plenary::election::counting
