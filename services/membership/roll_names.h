// Resource names and pages of rolls.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "plenary/membership/v1/roll_service.pb.h"
#include "services/membership/names.h"
#include "services/membership/sequence_page.h"

namespace plenary::membership {

inline constexpr char kChallenges[] = "challenges";

// The collection that a roll's units are of.
inline std::string_view CollectionOf(v1::Unit unit) { return unit == v1::UNIT_PERSON ? kPeople : kCompanies; }

inline absl::StatusOr<std::string> ReadElection(std::string_view name) {
  auto election = ResourceId(kElections, name);
  if (!election.has_value())
    return errors::FieldInvalid("election", "Name the election \"elections/{election}\".");
  return *std::move(election);
}

// "elections/{election}/challenges/{challenge}" in its two ids.
struct ChallengeName {
  std::string election;
  std::string challenge;
};

inline std::optional<ChallengeName> ReadChallengeName(std::string_view name) {
  constexpr std::string_view kInfix = "/challenges/";
  const std::size_t infix = name.find(kInfix);
  if (infix == std::string_view::npos) return std::nullopt;
  auto election = ResourceId(kElections, name.substr(0, infix));
  auto challenge = ResourceId(kChallenges, name.substr(infix + 1));
  if (!election.has_value() || !challenge.has_value()) return std::nullopt;
  return ChallengeName{*std::move(election), *std::move(challenge)};
}

inline std::string ShowChallengeName(std::string_view election, std::string_view challenge) {
  return ResourceName(kElections, election) + "/" + ResourceName(kChallenges, challenge);
}

}  // namespace plenary::membership
