#include "services/election/rules/result_bytes.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "common/crypto/bytes.h"

namespace plenary::election {
namespace {

constexpr std::string_view kResultMagic = "PLT1";
constexpr std::uint8_t kElected = 1;
constexpr std::uint8_t kTied = 2;
constexpr std::array<std::string_view, 5> kReasons = {"OPEN", "PK", "LENGTH", "PADDING", "CHOICES"};

void AppendU64(std::string& bytes, std::uint64_t value) {
  crypto::AppendU32(bytes, static_cast<std::uint32_t>(value >> 32));
  crypto::AppendU32(bytes, static_cast<std::uint32_t>(value));
}

// From 1; 0 for a reason that there is not.
std::uint8_t NumberOf(std::string_view reason) {
  const auto* const found = std::find(kReasons.begin(), kReasons.end(), reason);
  return found == kReasons.end() ? 0 : static_cast<std::uint8_t>(found - kReasons.begin() + 1);
}

bool AppendSpoilt(std::string& bytes, const v1::Result& result) {
  std::map<std::string_view, std::uint8_t> spoilt;
  for (const v1::SpoiltBallot& ballot : result.spoilt()) {
    spoilt.emplace(ballot.ballot_hash(), NumberOf(ballot.reason()));
  }
  crypto::AppendU32(bytes, static_cast<std::uint32_t>(spoilt.size()));
  for (const auto& [hash, reason] : spoilt) {
    if (reason == 0 || hash.size() != kHashSize) return false;
    bytes += hash;
    crypto::AppendU8(bytes, reason);
  }
  return spoilt.size() == static_cast<std::size_t>(result.spoilt_size());
}

bool AppendContest(std::string& bytes, const v1::Manifest::Contest& contest,
                   const v1::ContestResult& result) {
  if (result.contest() != contest.name() || result.options_size() != contest.options_size()) return false;
  std::map<std::string_view, std::uint16_t> numbers;
  for (int i = 0; i < contest.options_size(); ++i) {
    numbers.emplace(contest.options(i).name(), static_cast<std::uint16_t>(i));
  }
  crypto::AppendU32(bytes, static_cast<std::uint32_t>(result.blank_count()));
  crypto::AppendU16(bytes, static_cast<std::uint16_t>(result.vacancies()));
  crypto::AppendU16(bytes, static_cast<std::uint16_t>(result.options_size()));
  for (const v1::OptionResult& option : result.options()) {
    const auto number = numbers.find(option.option());
    if (number == numbers.end()) return false;
    crypto::AppendU16(bytes, number->second);
    AppendU64(bytes, static_cast<std::uint64_t>(option.votes()));
    crypto::AppendU8(
        bytes, static_cast<std::uint8_t>((option.elected() ? kElected : 0) | (option.tied() ? kTied : 0)));
  }
  return true;
}

}  // namespace

std::optional<std::string> EncodeResult(const PublishedManifest& manifest, const v1::Result& result) {
  if (result.lot_seed().size() < kHashSize || result.contests_size() != manifest.manifest().contests_size()) {
    return std::nullopt;
  }
  std::string bytes(kResultMagic);
  bytes += manifest.hash();
  bytes += result.lot_seed().substr(0, kHashSize);
  crypto::AppendU32(bytes, static_cast<std::uint32_t>(result.ballot_count()));
  if (!AppendSpoilt(bytes, result)) return std::nullopt;
  for (int i = 0; i < result.contests_size(); ++i) {
    if (!AppendContest(bytes, manifest.manifest().contests(i), result.contests(i))) return std::nullopt;
  }
  return bytes;
}

}  // namespace plenary::election
