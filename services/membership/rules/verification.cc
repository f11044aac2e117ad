#include "services/membership/rules/verification.h"

#include <fmt/format.h>

#include <algorithm>

namespace plenary::membership::rules {
namespace {

bool Contains(const std::vector<std::string>& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace

std::vector<std::string> MissingOf(const VerificationWay& way, int accepted_letters,
                                   const VerificationEvidence& evidence) {
  std::vector<std::string> missing;
  if (accepted_letters < way.letters) {
    missing.push_back(fmt::format("Hand in {} more letter(s) of reference: {} of {} are accepted.",
                                  way.letters - accepted_letters, accepted_letters, way.letters));
  }
  if (!way.track.empty() && !Contains(evidence.tracks, way.track)) {
    missing.push_back(fmt::format("Earn the certification of the track {}.", way.track));
  }
  if (evidence.vouchers < way.vouchers) {
    missing.push_back(fmt::format("Ask {} more member(s) of other companies to vouch for you: {} of {} do.",
                                  way.vouchers - evidence.vouchers, evidence.vouchers, way.vouchers));
  }
  if (way.board_motion && !Contains(evidence.granted_categories, way.category)) {
    missing.push_back("Ask the board for a motion that verifies you.");
  }
  return missing;
}

const VerificationWay* VerifiedBy(const std::vector<VerificationWay>& ways, std::string_view category,
                                  int accepted_letters, const VerificationEvidence& evidence) {
  const auto satisfies = [&](const VerificationWay& way) {
    return way.category == category && MissingOf(way, accepted_letters, evidence).empty();
  };
  const auto found = std::find_if(ways.begin(), ways.end(), satisfies);
  return found == ways.end() ? nullptr : &*found;
}

}  // namespace plenary::membership::rules
