// Ballots and manifests.
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "common/status/error.h"
#include "services/election/limits.h"
#include "services/election/rules/counting/method.h"
#include "tests/fuzz/edits.h"
#include "tests/fuzz/proof_checks.h"
#include "tests/fuzz/proof_sample.h"
#include "tests/fuzz/require.h"

namespace plenary::fuzz {
namespace {

using election::BallotView;
using election::ContestRule;
using election::EncodeChoices;
using election::EncodePlaintext;
using election::OpenedPlaintext;
using election::PlaintextFault;
using election::PublishedManifest;
using election::counting::BallotKind;
using election::counting::Mark;
using election::counting::Marks;

const std::string& GoodBallot() {
  static const std::string& ballot = Sample().leaves.at(GoodLeaf());
  return ballot;
}

// All that a ballot says before its sealed boxes: whose it is, and who let it in.
std::string_view HeadOf(const BallotView& ballot) {
  return ballot.unsigned_bytes.substr(0, ballot.unsigned_bytes.size() - ballot.sealed.size());
}

void CheckReading(std::string_view bytes, bool signed_again) {
  const PublishedManifest& manifest = SampleManifest();
  const auto ballot = manifest.ReadBallot(bytes);
  if (!ballot.ok()) {
    const std::string reason = ReasonOf(ballot.status());
    Require(reason == "BALLOT_MALFORMED" || reason == "MANIFEST_UNKNOWN" || reason == "BALLOT_LENGTH_INVALID",
            "bytes that are no ballot are refused for their form");
    return;
  }
  Require(bytes.size() == manifest.ballot_length(), "ballots have one length");
  std::vector<election::Credential> credentials;
  for (const auto& credential : ballot->credentials) {
    credentials.push_back({std::string(credential.prefix), std::string(credential.signature)});
  }
  Require(election::UnsignedBallot(ballot->manifest_hash, ballot->pk, credentials, ballot->sealed) ==
              ballot->unsigned_bytes,
          "a ballot has one spelling");
  if (!manifest.CheckSignatures(*ballot).ok()) {
    Require(bytes != GoodBallot(), "the sample stays good");
    return;
  }
  const BallotView good = BallotAt(GoodLeaf());
  Require(HeadOf(*ballot) == HeadOf(good), "nobody is let in whom the registrars did not sign for");
  Require(signed_again || bytes == GoodBallot(), "nothing is taken that the ballot's key did not sign");
  const OpenedPlaintext opened = manifest.Open(*ballot, Sample().tally_secrets);
  Require((opened.fault == PlaintextFault::kNone) == (ballot->sealed == good.sealed),
          "sealed boxes open as they were sealed, or not at all");
}

void CheckBallot(std::string_view edits) {
  CheckReading(Edited(GoodBallot(), edits), /*signed_again=*/false);
}

void CheckBallotSignedAgain(std::string_view edits) {
  CheckReading(SignedAgain(GoodLeaf(), Edited(GoodBallot(), edits)), /*signed_again=*/true);
}

void CheckRanks(const Marks& marks, bool equal_ranks) {
  std::set<int> ranks;
  for (const Mark& mark : marks) ranks.insert(mark.value);
  Require(marks.empty() || (*ranks.begin() == 1 && *ranks.rbegin() == static_cast<int>(ranks.size())),
          "ranks begin with 1 and have no gaps");
  Require(equal_ranks || ranks.size() == marks.size(), "ranks are shared only where they may be");
}

void CheckMarks(const Marks& marks, const ContestRule& contest) {
  Require(marks.size() <= contest.max_marks, "a ballot with too many marks is spoilt");
  Require(marks.empty() || marks.size() >= contest.min_marks, "one with too few is, unless it is blank");
  for (std::size_t i = 0; i < marks.size(); ++i) {
    Require(marks[i].option < contest.options, "options are known");
    Require(i == 0 || marks[i - 1].option < marks[i].option, "options ascend");
    Require(contest.kind != BallotKind::kMarks || marks[i].value == 1, "the value of a mark is 1");
    Require(
        contest.kind != BallotKind::kScores || (marks[i].value >= 1 && marks[i].value <= contest.max_score),
        "a score is within its limits");
  }
  if (contest.kind == BallotKind::kRanks) CheckRanks(marks, contest.equal_ranks);
}

void CheckOpened(const OpenedPlaintext& opened, const std::vector<ContestRule>& contests) {
  Require(opened.ballot.size() == contests.size(), "every contest is answered");
  for (std::size_t i = 0; i < contests.size(); ++i) CheckMarks(opened.ballot[i], contests[i]);
}

std::string GoodPlaintext() {
  const BallotView ballot = BallotAt(GoodLeaf());
  const OpenedPlaintext opened = SampleManifest().Open(ballot, Sample().tally_secrets);
  return EncodePlaintext(ballot.pk, EncodeChoices(opened.ballot), SampleManifest().plaintext_length());
}

void CheckPlaintext(std::string_view edits) {
  static const std::string good = GoodPlaintext();
  const std::string plaintext = Edited(good, edits);
  const std::string_view pk = BallotAt(GoodLeaf()).pk;
  const auto& contests = SampleManifest().contests();
  const OpenedPlaintext opened = OpenPlaintext(plaintext, pk, contests);
  if (opened.fault != PlaintextFault::kNone) {
    Require(!SpoiltReason(opened.fault).empty(), "a spoilt ballot has a reason");
    Require(plaintext != good, "the sample stays good");
    return;
  }
  CheckOpened(opened, contests);
  Require(EncodePlaintext(pk, EncodeChoices(opened.ballot), plaintext.size()) == plaintext,
          "a plaintext has one spelling");
}

// Two contests: "u8 kind || u8 options || u8 least || u8 most || u8 highest score" each, then the choices.
void CheckChoices(std::string_view input) {
  std::vector<ContestRule> contests;
  for (int i = 0; i < 2; ++i) {
    const unsigned kind = TakeByte(input);
    ContestRule& contest = contests.emplace_back();
    contest.kind = kind % 3 == 0   ? BallotKind::kMarks
                   : kind % 3 == 1 ? BallotKind::kScores
                                   : BallotKind::kRanks;
    contest.equal_ranks = (kind & 0x80) != 0;
    contest.options = TakeByte(input);
    contest.min_marks = TakeByte(input);
    contest.max_marks = TakeByte(input);
    contest.max_score = TakeByte(input);
  }
  const OpenedPlaintext opened = ParseChoices(input, contests);
  if (opened.fault != PlaintextFault::kNone) {
    Require(SpoiltReason(opened.fault) == "CHOICES", "choices are spoilt as choices");
    return;
  }
  CheckOpened(opened, contests);
  Require(EncodeChoices(opened.ballot) == input, "choices have one spelling");
}

// As many marks as there can be.
Marks FullMarks(const ContestRule& contest) {
  Marks marks;
  for (std::uint32_t i = 0; i < std::min(contest.options, contest.max_marks); ++i) {
    const bool ranks = contest.kind == BallotKind::kRanks;
    const std::uint32_t value = contest.kind == BallotKind::kScores ? contest.max_score : ranks ? i + 1 : 1;
    marks.push_back({static_cast<std::uint16_t>(i), static_cast<std::uint16_t>(value)});
  }
  return marks;
}

void CheckRoomForEveryBallot(const PublishedManifest& manifest) {
  const std::string pk(election::kBallotKeySize, 'k');
  election::counting::Ballot blank(manifest.contests().size()), full;
  for (const ContestRule& contest : manifest.contests()) full.push_back(FullMarks(contest));
  for (const auto& ballot : {blank, full}) {
    const std::string plaintext = EncodePlaintext(pk, EncodeChoices(ballot), manifest.plaintext_length());
    const OpenedPlaintext opened = OpenPlaintext(plaintext, pk, manifest.contests());
    Require(opened.fault == PlaintextFault::kNone && opened.ballot == ballot,
            "a blank ballot and a full one can be cast");
  }
}

void CheckManifest(std::string_view bytes) {
  const google::protobuf::LogSilencer silence;
  const auto manifest = PublishedManifest::Parse(bytes);
  if (!manifest.ok()) {
    Require(ReasonOf(manifest.status()) == "MANIFEST_INVALID", "a manifest is refused for what it is");
    Require(bytes != Sample().manifest, "the sample stays good");
    return;
  }
  const election::v1::Manifest& facts = manifest->manifest();
  Require(facts.SerializeAsString() == bytes, "a manifest has one spelling");
  Require(bytes.size() <= election::kLongestManifest, "a manifest fits into a leaf");
  Require(manifest->ballot_length() <= election::kLongestBallot, "a ballot fits into an answer");
  Require(facts.contests_size() >= 1 && facts.contests_size() <= election::kMostContests, "contests");
  Require(facts.registrars_size() >= 1 && facts.registrars_size() <= election::kMostRegistrars, "registrars");
  Require(
      facts.trustees_size() >= election::kFewestTrustees && facts.trustees_size() <= election::kMostTrustees,
      "trustees");
  Require(facts.threshold() >= election::kLowestThreshold &&
              facts.threshold() <= static_cast<std::uint32_t>(facts.trustees_size()),
          "no single trustee can open, and all together can");
  Require((manifest->hash() == SampleManifest().hash()) == (bytes == Sample().manifest),
          "every manifest has a hash of its own");
  CheckRoomForEveryBallot(*manifest);
}

void CheckManifestBytes(std::string_view edits) { CheckManifest(Edited(Sample().manifest, edits)); }

bool KnowsEveryMethod(const election::v1::Manifest& manifest) {
  return std::ranges::all_of(manifest.contests(), [](const auto& contest) {
    return election::counting::FindMethod(contest.method()) != nullptr;
  });
}

// "u8 what is dropped: 1 contests, 2 registrars, 4 trustees; 8: set the length of choices || fields that are
// merged into what is left, as protobuf writes them".
void CheckManifestFields(std::string_view input) {
  const google::protobuf::LogSilencer silence;
  const unsigned how = TakeByte(input);
  election::v1::Manifest manifest = SampleManifest().manifest();
  if ((how & 1) != 0) manifest.clear_contests();
  if ((how & 2) != 0) manifest.clear_registrars();
  if ((how & 4) != 0) manifest.clear_trustees();
  if (!manifest.MergeFromString(std::string(input))) return;
  if ((how & 8) != 0 && KnowsEveryMethod(manifest)) {
    manifest.set_choices_length(
        static_cast<std::uint32_t>(election::PlaintextLength(election::ContestRules(manifest))));
  }
  CheckManifest(manifest.SerializeAsString());
}

}  // namespace

void CheckProofOfBallot(std::string_view input) {
  constexpr void (*kParts[])(std::string_view) = {CheckBallot,  CheckBallotSignedAgain, CheckPlaintext,
                                                  CheckChoices, CheckManifestBytes,     CheckManifestFields};
  const unsigned part = TakeByte(input) % std::size(kParts);
  kParts[part](input);
}

}  // namespace plenary::fuzz
