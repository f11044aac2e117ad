// What the methods that count in stages share: who is in, elected or out, the stages of the report, ties, and
// the places at the end.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "plenary/election/v1/count_report.pb.h"
#include "services/election/rules/counting/contest.h"

namespace plenary::election::counting {

class Stages {
 public:
  enum class Status { kContinuing, kElected, kExcluded, kWithdrawn };

  // Borrows both; sets up an option's status.
  Stages(const Contest& contest, v1::CountReport& report);

  const Contest& contest() const { return contest_; }
  Status status(std::uint16_t option) const { return status_[option]; }
  bool Continues(std::uint16_t option) const { return status_[option] == Status::kContinuing; }
  std::vector<std::uint16_t> Continuing() const;
  std::uint32_t elected() const { return static_cast<std::uint32_t>(elected_.size()); }

  // Votes now, by number of option; the method keeps them.
  std::vector<std::int64_t>& votes() { return votes_; }

  // A new stage of the report. Close() writes down the votes as they stand; what happens after it, until the
  // next stage, belongs to it.
  v1::CountStage& Open(v1::CountStage::Act act);
  void Close(std::int64_t not_transferable);
  v1::CountStage& current() { return *report_.mutable_stages(report_.stages_size() - 1); }

  // Elects those, most votes first, as far as seats are free for them: a holder of a seat keeps it. False
  // when a tie about the last seat is open; whoever is clear of it is elected all the same.
  [[nodiscard]] bool Elect(std::vector<std::uint16_t> options);
  // To be called while the option's votes are still those it goes out with.
  void Exclude(std::uint16_t option);

  // When the rest is clear (no seat is left, or no more options than seats): seats and excludes them, and
  // true. Holders of a seat and free seats are counted.
  bool Finish();

  // The one with the fewest votes that may be excluded; ties by an earlier stage (when `look_back`) and by
  // lot. nullopt: the tie is open, and so is the count. `margin`: votes within which options are tied with
  // the lowest.
  std::optional<std::uint16_t> Lowest(bool look_back, std::int64_t margin = 0);

  // The one of `options` with the most votes; ties likewise.
  std::optional<std::uint16_t> Highest(const std::vector<std::uint16_t>& options);

  // Writes places, vacancies and whether the count is undecided. The last call.
  void Place();

 private:
  // By votes now, then by the latest stage that tells them apart. Below 0: the first is ahead.
  int Compare(std::uint16_t a, std::uint16_t b) const;
  int StageThatTellsApart(std::uint16_t a, std::uint16_t b) const;  // 0: none
  void Rank();
  // As Compare when it looks back, then by lot, then by number.
  void Sort(std::vector<std::uint16_t>& options, bool look_back) const;
  std::optional<std::uint16_t> Settle(std::vector<std::uint16_t> tied, v1::CountTie::Decides decides,
                                      bool look_back);
  std::size_t SettleLastSeat(const std::vector<std::uint16_t>& options, std::size_t free);
  bool WithoutEffect(const std::vector<std::uint16_t>& tied) const;
  void RecordOrderTies(const std::vector<std::uint16_t>& options);
  bool NamedInLastTie(std::uint16_t option) const;
  void Record(const std::vector<std::uint16_t>& options, v1::CountTie::Decides decides,
              v1::CountTie::Settled settled, int earlier_stage);
  v1::CountTie::Settled Drawn() const;  // by lot, or open
  void Seat(std::uint16_t option);
  void Decide(std::uint16_t option);
  std::uint32_t FreeSeats() const;
  std::uint32_t Reserved() const;  // seats of holders who are not elected yet

  const Contest& contest_;
  v1::CountReport& report_;
  std::vector<Status> status_;
  std::vector<std::int64_t> votes_;
  std::vector<int> standing_;  // by the stages closed, the latest first: 0 is ahead; as good in all: the same
  std::vector<std::uint16_t> elected_;   // in order
  std::vector<std::uint16_t> excluded_;  // in order
  std::vector<int> decided_in_;          // stage, by number of option
  std::vector<std::int64_t> deciding_votes_;
  std::vector<bool> tied_;
};

}  // namespace plenary::election::counting
