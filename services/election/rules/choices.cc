#include "services/election/rules/choices.h"

#include <algorithm>

#include "common/crypto/bytes.h"
#include "services/election/rules/ballot_layout.h"

namespace plenary::election {
namespace {

constexpr std::uint16_t kPlainMark = 1;
constexpr std::size_t kCountSize = 2;
constexpr std::size_t kMarkSize = 4;
constexpr std::size_t kLengthSize = 2;

// One rank an option, or shared where that is allowed; the ranks that are used are 1 … k.
PlaintextFault CheckRanks(const counting::Marks& marks, bool equal_ranks) {
  std::vector<bool> used(marks.size() + 1);
  std::size_t lowest = 0;
  std::size_t distinct = 0;
  for (const counting::Mark& mark : marks) {
    if (mark.value == 0 || mark.value > marks.size()) return PlaintextFault::kRanksInvalid;
    if (used[mark.value] && !equal_ranks) return PlaintextFault::kRanksInvalid;
    if (!used[mark.value]) ++distinct;
    used[mark.value] = true;
    lowest = std::max<std::size_t>(lowest, mark.value);
  }
  return distinct == lowest ? PlaintextFault::kNone : PlaintextFault::kRanksInvalid;
}

PlaintextFault CheckValues(const counting::Marks& marks, const ContestRule& contest) {
  const auto within = [&](std::uint32_t highest) {
    return std::all_of(marks.begin(), marks.end(),
                       [&](const counting::Mark& mark) { return mark.value >= 1 && mark.value <= highest; });
  };
  switch (contest.kind) {
    case counting::BallotKind::kMarks:
      return within(kPlainMark) ? PlaintextFault::kNone : PlaintextFault::kMalformed;
    case counting::BallotKind::kScores:
      return within(contest.max_score) ? PlaintextFault::kNone : PlaintextFault::kScoreInvalid;
    case counting::BallotKind::kRanks:
      return CheckRanks(marks, contest.equal_ranks);
  }
  return PlaintextFault::kMalformed;
}

PlaintextFault ParseContest(crypto::ByteReader& reader, const ContestRule& contest, counting::Marks& marks) {
  const auto count = reader.ReadU16();
  if (!count.has_value() || reader.Remaining() < *count * kMarkSize) return PlaintextFault::kMalformed;
  if (*count > contest.max_marks) return PlaintextFault::kTooManyMarks;
  if (*count != 0 && *count < contest.min_marks) return PlaintextFault::kTooFewMarks;
  marks.reserve(*count);
  for (int i = 0; i < *count; ++i) {
    const std::uint16_t option = *reader.ReadU16();
    const std::uint16_t value = *reader.ReadU16();
    if (option >= contest.options) return PlaintextFault::kOptionUnknown;
    if (!marks.empty() && option <= marks.back().option) return PlaintextFault::kMalformed;
    marks.push_back({option, value});
  }
  return CheckValues(marks, contest);
}

}  // namespace

std::string_view SpoiltReason(PlaintextFault fault) {
  switch (fault) {
    case PlaintextFault::kNone:
      return "";
    case PlaintextFault::kOpen:
      return "OPEN";
    case PlaintextFault::kPk:
      return "PK";
    case PlaintextFault::kLength:
      return "LENGTH";
    case PlaintextFault::kPadding:
      return "PADDING";
    case PlaintextFault::kMalformed:
    case PlaintextFault::kTooManyMarks:
    case PlaintextFault::kOptionUnknown:
    case PlaintextFault::kTooFewMarks:
    case PlaintextFault::kRanksInvalid:
    case PlaintextFault::kScoreInvalid:
      return "CHOICES";
  }
  return "CHOICES";
}

std::size_t PlaintextLength(const std::vector<ContestRule>& contests) {
  std::size_t length = kBallotKeySize + kLengthSize;
  for (const ContestRule& contest : contests) length += kCountSize + kMarkSize * contest.max_marks;
  return length;
}

std::string EncodeChoices(const counting::Ballot& ballot) {
  std::string bytes;
  for (const counting::Marks& marks : ballot) {
    crypto::AppendU16(bytes, static_cast<std::uint16_t>(marks.size()));
    for (const counting::Mark& mark : marks) {
      crypto::AppendU16(bytes, mark.option);
      crypto::AppendU16(bytes, mark.value);
    }
  }
  return bytes;
}

OpenedPlaintext ParseChoices(std::string_view choices, const std::vector<ContestRule>& contests) {
  crypto::ByteReader reader(choices);
  OpenedPlaintext opened;
  for (const ContestRule& contest : contests) {
    opened.fault = ParseContest(reader, contest, opened.ballot.emplace_back());
    if (opened.fault != PlaintextFault::kNone) return opened;
  }
  if (reader.Remaining() != 0) opened.fault = PlaintextFault::kMalformed;
  return opened;
}

std::string EncodePlaintext(std::string_view pk, std::string_view choices, std::size_t length) {
  std::string bytes(pk);
  crypto::AppendU16(bytes, static_cast<std::uint16_t>(choices.size()));
  bytes += choices;
  bytes.resize(length, '\0');
  return bytes;
}

OpenedPlaintext OpenPlaintext(std::string_view plaintext, std::string_view pk,
                              const std::vector<ContestRule>& contests) {
  crypto::ByteReader reader(plaintext);
  const auto own_key = reader.ReadBytes(kBallotKeySize);
  if (!own_key.has_value() || *own_key != pk) return {.fault = PlaintextFault::kPk};
  const auto length = reader.ReadU16();
  const auto choices = length.has_value() ? reader.ReadBytes(*length) : std::nullopt;
  if (!choices.has_value()) return {.fault = PlaintextFault::kLength};
  const std::string_view padding = *reader.ReadBytes(reader.Remaining());
  if (padding.find_first_not_of('\0') != std::string_view::npos) return {.fault = PlaintextFault::kPadding};
  return ParseChoices(*choices, contests);
}

}  // namespace plenary::election
