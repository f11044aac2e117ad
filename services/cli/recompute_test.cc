#include "services/cli/recompute.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "common/crypto/bytes.h"
#include "common/crypto/ed25519.h"
#include "common/crypto/random.h"
#include "common/ids/id.h"
#include "common/testing/status_matchers.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "services/cli/receipt.h"

namespace plenary::cli {
namespace {

using ::plenary::testing::IsError;
using ::plenary::testing::IsOk;
using ::testing::SizeIs;

constexpr int kBallots = 7;

std::string SampleSeed() {
  return LotSeed(crypto::Sha256("sample-root"),
                 {crypto::Sha256("sample-secret-1"), crypto::Sha256("sample-secret-2"),
                  crypto::Sha256("sample-secret-3")});
}

TEST(Lot, GivesTheKnownAnswerOfTheSampleSociety) {
  std::ifstream file(std::string(std::getenv("PLENARY_SOURCE_DIR")) +
                     "/tests/data/society/expected/lots.json");
  const auto known = nlohmann::json::parse(file);
  const std::string seed = SampleSeed();
  EXPECT_EQ(crypto::HexEncode(seed), known["seed"]);
  for (const auto& option : known["options"]) {
    EXPECT_EQ(crypto::HexEncode(Lot(seed, known["contest"], option["option"])), option["lot"]);
  }
}

TEST(RollSha256, IsTheHashOfTheIdsAscendingWhateverTheOrder) {
  CountingIds ids;
  const IdBytes first = ids.Next(), second = ids.Next();
  std::string bytes("PLR1\0\0\0\2", 8);
  bytes.append(first.begin(), first.end());
  bytes.append(second.begin(), second.end());
  ASSERT_OK_AND_ASSIGN(const std::string hash,
                       RollSha256({"companies/" + IdText(second), "companies/" + IdText(first)}));
  EXPECT_EQ(hash, crypto::Sha256(bytes));
  EXPECT_THAT(RollSha256({"seats/" + IdText(first)}), IsError(absl::StatusCode::kDataLoss, "CHECK_FAILED"));
}

// Two tied options and one apart, in the order that the ballots give.
class CheckLotsTest : public ::testing::Test {
 protected:
  CheckLotsTest() {
    auto& contest = *manifest_.add_contests();
    contest.set_name("elections/e/contests/board");
    contest.set_method(election::v1::COUNTING_METHOD_BLOCK_PLURALITY);
    auto& counted = *result_.add_contests();
    counted.set_contest(contest.name());
    const std::string seed = SampleSeed();
    for (const char* name : {"Ada", "Bo", "Cy"}) {
      auto& option = *contest.add_options();
      option.set_name(std::string("elections/e/candidacies/") + name);
      option.set_display_name(name);
    }
    const std::uint16_t winner = Lot(seed, 0, 1) < Lot(seed, 0, 2) ? 1 : 2;
    Count(counted, 0, 9, "");
    Count(counted, winner, 5, Lot(seed, 0, winner));
    Count(counted, 3 - winner, 5, Lot(seed, 0, static_cast<std::uint16_t>(3 - winner)));
    result_.set_lot_seed(seed);
    result_.set_ballot_count(kBallots);
  }

  void Count(election::v1::ContestResult& contest, int option, int votes, const std::string& lot) {
    auto& added = *contest.add_options();
    added.set_option(manifest_.contests(0).options(option).name());
    added.set_display_name(manifest_.contests(0).options(option).display_name());
    added.set_votes(votes);
    added.set_rank(contest.options_size());
    added.set_tied(!lot.empty());
    added.set_lot(lot);
  }

  absl::Status Check() { return CheckLots(manifest_, result_, seed_, ballots_).status(); }

  std::string seed_ = SampleSeed();
  int ballots_ = kBallots;
  election::v1::Manifest manifest_;
  election::v1::Result result_;
};

TEST_F(CheckLotsTest, ListsTheTiedOptions) {
  ASSERT_OK_AND_ASSIGN(const auto lines, CheckLots(manifest_, result_, seed_, ballots_));
  EXPECT_THAT(lines, SizeIs(2));
}

TEST_F(CheckLotsTest, FindsABallotThatIsMissing) {
  --ballots_;
  EXPECT_THAT(Check(), IsError(absl::StatusCode::kDataLoss, "CHECK_FAILED"));
}

TEST_F(CheckLotsTest, FindsAnotherRootOrAnotherSecret) {
  for (const std::size_t at : {0, 32, 64, 96}) {
    seed_ = SampleSeed();
    seed_[at] = static_cast<char>(seed_[at] ^ 1);
    EXPECT_THAT(Check(), IsError(absl::StatusCode::kDataLoss, "CHECK_FAILED")) << at;
  }
}

TEST_F(CheckLotsTest, FindsALotThatWasChanged) {
  result_.mutable_contests(0)->mutable_options(1)->set_lot(std::string(32, '\0'));
  EXPECT_THAT(Check(), IsError(absl::StatusCode::kDataLoss, "CHECK_FAILED"));
}

TEST_F(CheckLotsTest, FindsAnOrderAgainstTheLot) {
  result_.mutable_contests(0)->mutable_options()->SwapElements(1, 2);
  EXPECT_THAT(Check(), IsError(absl::StatusCode::kDataLoss, "CHECK_FAILED"));
}

TEST_F(CheckLotsTest, FindsAnOrderAgainstTheVotes) {
  result_.mutable_contests(0)->mutable_options()->SwapElements(0, 1);
  EXPECT_THAT(Check(), IsError(absl::StatusCode::kDataLoss, "CHECK_FAILED"));
}

TEST_F(CheckLotsTest, FindsAnOptionThatIsNotOnTheBallot) {
  result_.mutable_contests(0)->mutable_options(0)->set_option("elections/e/candidacies/Dee");
  EXPECT_THAT(Check(), IsError(absl::StatusCode::kDataLoss, "CHECK_FAILED"));
}

TEST_F(CheckLotsTest, FindsAContestInThePlaceOfAnother) {
  result_.mutable_contests(0)->set_contest("elections/e/contests/finance");
  EXPECT_THAT(Check(), IsError(absl::StatusCode::kDataLoss, "CHECK_FAILED"));
}

TEST_F(CheckLotsTest, HoldsApprovalsAndScoresAgainstTheirSumsToo) {
  for (const auto method : {election::v1::COUNTING_METHOD_APPROVAL, election::v1::COUNTING_METHOD_SCORE}) {
    manifest_.mutable_contests(0)->set_method(method);
    EXPECT_OK(Check());
  }
  result_.mutable_contests(0)->mutable_options()->SwapElements(1, 2);
  EXPECT_THAT(Check(), IsError(absl::StatusCode::kDataLoss, "CHECK_FAILED"));
}

TEST_F(CheckLotsTest, LeavesTheOrderByRanksToARecountButNoLotUnchecked) {
  manifest_.mutable_contests(0)->set_method(election::v1::COUNTING_METHOD_SCOTTISH_STV);
  result_.mutable_contests(0)->set_decimals(5);
  result_.mutable_contests(0)->mutable_options()->SwapElements(0, 2);
  ASSERT_OK_AND_ASSIGN(const auto lines, CheckLots(manifest_, result_, seed_, ballots_));
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_EQ(lines[0].decimals, 5);
  auto& first = *result_.mutable_contests(0)->mutable_options(0);
  first.set_tied(false);
  EXPECT_THAT(Check(), IsError(absl::StatusCode::kDataLoss, "CHECK_FAILED")) << "a lot that nobody drew";
  first.set_lot("");
  EXPECT_OK(Check()) << "votes alone do not make a tie of ranks";
}

class ReceiptTest : public ::testing::Test {
 protected:
  ReceiptTest() : random_("receipt"), box_(crypto::Ed25519KeyPair::Generate(random_)) {
    receipt_ = {"elections/e", std::string(32, 'm'), std::string(32, 'b'), ""};
    receipt_.signature =
        box_.Sign(std::string("plenary-receipt-v1\0", 19) + receipt_.manifest_hash + receipt_.ballot_hash);
  }

  crypto::SeededRandom random_;
  crypto::Ed25519KeyPair box_;
  Receipt receipt_;
};

TEST_F(ReceiptTest, SurvivesTheFile) {
  ASSERT_OK_AND_ASSIGN(const Receipt read, ParseReceipt(ReceiptJson(receipt_)));
  EXPECT_EQ(read, receipt_);
  EXPECT_OK(CheckReceipt(read, box_.public_key().bytes()));
}

TEST_F(ReceiptTest, IsNoGoodForAnotherBallot) {
  receipt_.ballot_hash[0] ^= 1;
  EXPECT_THAT(CheckReceipt(receipt_, box_.public_key().bytes()),
              IsError(absl::StatusCode::kDataLoss, "CHECK_FAILED"));
}

TEST_F(ReceiptTest, RefusesAFileThatHoldsNone) {
  for (const char* bad : {"", "{}", R"({"election":"elections/e","receipt":"00"})"}) {
    EXPECT_THAT(ParseReceipt(bad), IsError(absl::StatusCode::kInvalidArgument, "INPUT_INVALID")) << bad;
  }
}

}  // namespace
}  // namespace plenary::cli
