#include "services/cli/recount.h"

#include <gtest/gtest.h>

#include "common/crypto/bytes.h"
#include "common/testing/status_matchers.h"
#include "plenary/election/v1/count_report.pb.h"

namespace plenary::cli {
namespace {

using ::plenary::testing::IsError;

// One contest counted; what was published is the same, certified.
class CompareCountTest : public ::testing::Test {
 protected:
  CompareCountTest() {
    election::v1::CountReport report;
    report.set_valid_ballots(3);
    reports_.push_back(report.SerializeAsString());
    counted_.reports = reports_;
    counted_.result.set_election("elections/e");
    counted_.result.set_state(election::v1::Result::STATE_PROVISIONAL);
    counted_.result.set_roll_count(5);
    counted_.result.set_ballot_count(3);
    counted_.result.set_lot_seed(std::string(32, 's'));
    auto& contest = *counted_.result.add_contests();
    contest.set_contest("elections/e/contests/logo");
    contest.set_display_name("Logo");
    contest.set_method(election::v1::COUNTING_METHOD_SCHULZE);
    contest.set_report_sha256(crypto::Sha256(reports_[0]));
    contest.add_options()->set_elected(true);
    published_ = counted_.result;
    published_.set_state(election::v1::Result::STATE_CERTIFIED);
    published_.mutable_count_time()->set_seconds(1);
    published_.mutable_certify_time()->set_seconds(2);
  }

  void ExpectDifference(const std::string& sentence) {
    const absl::Status compared = CompareCount(published_, reports_, counted_);
    EXPECT_THAT(compared, IsError(absl::StatusCode::kDataLoss, "CHECK_FAILED"));
    EXPECT_EQ(compared.message().substr(0, sentence.size()), sentence);
  }

  election::v1::Result published_;
  std::vector<std::string> reports_;
  election::Counted counted_;
};

TEST_F(CompareCountTest, TakesStateAndTimesAsTheyWerePublished) {
  EXPECT_OK(CompareCount(published_, reports_, counted_));
}

TEST_F(CompareCountTest, FindsAnotherWinner) {
  published_.mutable_contests(0)->mutable_options(0)->set_elected(false);
  ExpectDifference("Logo has another result");
}

TEST_F(CompareCountTest, FindsAnotherFigure) {
  published_.set_ballot_count(4);
  ExpectDifference("The number of ballots is another one");
}

TEST_F(CompareCountTest, FindsASpoiltBallotThatIsNone) {
  published_.add_spoilt()->set_reason("PK");
  ExpectDifference("The result is another one");
}

TEST_F(CompareCountTest, FindsAReportThatTellsAnotherStory) {
  reports_[0] += '\x20';
  ExpectDifference("Logo has another report");
}

TEST_F(CompareCountTest, FindsAReportThatTheResultDoesNotMean) {
  reports_[0].clear();
  counted_.reports[0].clear();
  ExpectDifference("Logo has another report");
}

TEST_F(CompareCountTest, TakesAResultFromBeforeThereWereReports) {
  auto& contest = *published_.mutable_contests(0);
  contest.clear_method();
  contest.clear_report_sha256();
  reports_[0].clear();
  EXPECT_OK(CompareCount(published_, reports_, counted_));
  contest.mutable_options(0)->set_elected(false);
  ExpectDifference("Logo has another result");
}

TEST_F(CompareCountTest, FindsAContestWithoutAReport) {
  reports_.clear();
  ExpectDifference("There are other reports");
}

}  // namespace
}  // namespace plenary::cli
