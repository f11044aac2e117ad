// Ballots in piles, one pile an option, passed on from one to the next: what instant run-off and the Scottish
// rules count with. Six bytes a ballot.
#pragma once

#include <cstdint>
#include <vector>

#include "services/election/rules/counting/profile.h"
#include "services/election/rules/counting/stages.h"

namespace plenary::election::counting {

class Piles {
 public:
  // Borrows both. Sorts the ballots by their first preference, each at value `unit`, and adds them to
  // stages.votes().
  Piles(const Profile& profile, Stages& stages, std::int64_t unit);

  // Passes the option's whole pile on to the next preferences that continue, each ballot at
  // value * numerator / denominator rounded down, and writes the transfers into the current stage. Votes of
  // the option fall by `moved`; what of that no option could take is added to not_transferable().
  void PassOn(std::uint16_t option, std::int64_t numerator, std::int64_t denominator, std::int64_t moved);

  // Votes that left the count.
  std::int64_t not_transferable() const { return not_transferable_; }

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;

  // Ballots of one value, chained.
  struct Parcel {
    std::int64_t value = 0;
    std::uint32_t first = kNone;
    std::uint32_t last = kNone;
  };
  // What one option gets of a parcel.
  struct Share {
    Parcel parcel;
    std::int64_t ballots = 0;
  };

  void Scatter(std::uint32_t first, std::int64_t value);
  void PutTogether(std::uint16_t option, const Parcel& parcel);
  // The place of the ballot's next preference that continues, from `from` on; past the end: none.
  std::size_t NextPlace(std::uint32_t ballot, std::size_t from) const;

  const Profile& profile_;
  Stages& stages_;
  std::vector<std::uint32_t> next_;   // in the same parcel
  std::vector<std::uint16_t> place_;  // which preference the ballot counts for
  std::vector<std::vector<Parcel>> piles_;
  std::vector<Share> shares_;            // of the parcel at hand, by option; the last: not transferable
  std::vector<std::int64_t> got_votes_;  // of the act at hand, by option
  std::vector<std::int64_t> got_ballots_;
  std::int64_t not_transferable_ = 0;
};

}  // namespace plenary::election::counting
