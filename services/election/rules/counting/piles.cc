#include "services/election/rules/counting/piles.h"

#include <algorithm>
#include <numeric>

namespace plenary::election::counting {
namespace {

__extension__ using Wide = unsigned __int128;

std::int64_t MultipliedAndDivided(std::int64_t value, std::int64_t numerator, std::int64_t denominator) {
  return static_cast<std::int64_t>(static_cast<Wide>(value) * static_cast<Wide>(numerator) /
                                   static_cast<Wide>(denominator));
}

}  // namespace

Piles::Piles(const Profile& profile, Stages& stages, std::int64_t unit)
    : profile_(profile),
      stages_(stages),
      next_(profile.size(), kNone),
      place_(profile.size(), 0),
      piles_(profile.options()),
      shares_(profile.options() + 1) {
  for (std::uint32_t ballot = 0; ballot < profile.size(); ++ballot) {
    const auto marks = profile.marks(ballot);
    const std::size_t place = NextPlace(ballot, 0);
    place_[ballot] = static_cast<std::uint16_t>(place);
    if (place == marks.size()) continue;  // withdrawn options alone: it counts for nobody
    Share& share = shares_[marks[place].option];
    if (share.parcel.first == kNone) share.parcel.first = ballot;
    if (share.parcel.last != kNone) next_[share.parcel.last] = ballot;
    share.parcel.last = ballot;
    share.ballots += profile.weight(ballot);
  }
  for (std::uint16_t option = 0; option < profile.options(); ++option) {
    Share& share = shares_[option];
    if (share.parcel.first == kNone) continue;
    share.parcel.value = unit;
    piles_[option].push_back(share.parcel);
    stages.votes()[option] = share.ballots * unit;
    share = Share();
  }
}

std::size_t Piles::NextPlace(std::uint32_t ballot, std::size_t from) const {
  const auto marks = profile_.marks(ballot);
  while (from < marks.size() && !stages_.Continues(marks[from].option)) ++from;
  return from;
}

// Hands a parcel's ballots, at `value` each, to the options next on them.
void Piles::Scatter(std::uint32_t first, std::int64_t value) {
  const std::size_t none = profile_.options();
  for (std::uint32_t ballot = first; ballot != kNone;) {
    const std::uint32_t following = next_[ballot];
    const auto marks = profile_.marks(ballot);
    const std::size_t place = NextPlace(ballot, place_[ballot] + std::size_t{1});
    place_[ballot] = static_cast<std::uint16_t>(place);
    Share& share = shares_[place < marks.size() ? marks[place].option : none];
    next_[ballot] = share.parcel.first;
    if (share.parcel.first == kNone) share.parcel.last = ballot;
    share.parcel.first = ballot;
    share.ballots += profile_.weight(ballot);
    ballot = following;
  }
  for (std::size_t option = 0; option <= none; ++option) {
    Share& share = shares_[option];
    if (share.parcel.first == kNone) continue;
    share.parcel.value = value;
    got_ballots_[option] += share.ballots;
    if (option < none) {
      got_votes_[option] += share.ballots * value;
      PutTogether(static_cast<std::uint16_t>(option), share.parcel);
    }
    share = Share();
  }
}

// Parcels of one value are one: a pile has as many parcels as values, not as many as transfers.
void Piles::PutTogether(std::uint16_t option, const Parcel& parcel) {
  for (Parcel& mine : piles_[option]) {
    if (mine.value != parcel.value) continue;
    next_[parcel.last] = mine.first;
    mine.first = parcel.first;
    return;
  }
  piles_[option].push_back(parcel);
}

void Piles::PassOn(std::uint16_t option, std::int64_t numerator, std::int64_t denominator,
                   std::int64_t moved) {
  got_votes_.assign(profile_.options(), 0);
  got_ballots_.assign(profile_.options() + std::size_t{1}, 0);
  const std::vector<Parcel> pile = std::move(piles_[option]);
  piles_[option].clear();
  for (const Parcel& parcel : pile) {
    Scatter(parcel.first, MultipliedAndDivided(parcel.value, numerator, denominator));
  }
  v1::CountStage& stage = stages_.current();
  for (std::uint16_t to = 0; to < profile_.options(); ++to) {
    if (got_ballots_[to] == 0) continue;
    v1::CountTransfer& transfer = *stage.add_transfers();
    transfer.set_option(to);
    transfer.set_ballots(got_ballots_[to]);
    transfer.set_votes(got_votes_[to]);
    stages_.votes()[to] += got_votes_[to];
  }
  const std::int64_t lost = moved - std::accumulate(got_votes_.begin(), got_votes_.end(), std::int64_t{0});
  if (lost != 0 || got_ballots_.back() != 0) {
    v1::CountTransfer& transfer = *stage.add_transfers();
    transfer.set_ballots(got_ballots_.back());
    transfer.set_votes(lost);
  }
  stages_.votes()[option] -= moved;
  not_transferable_ += lost;
}

}  // namespace plenary::election::counting
