// What the database server's own files tell of the order in which ballots came.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/status/macros.h"
#include "common/testing/status_matchers.h"
#include "services/election/rules/names.h"
#include "services/election/testing/box_server.h"
#include "services/election/testing/sample.h"

namespace plenary::election {
namespace {

using testing::Day;

// The numbers of the ballots' transactions, and where in the file the ballots lie.
struct OrderInFile {
  bool numbered = false;
  bool by_key = true;
};

OrderInFile ReadOrder(plenary::testing::TestDatabase& database, const std::string& election) {
  const std::string path =
      database.One("SELECT @@datadir") + "/" + database.One("SELECT DATABASE()") + "/ballots.ibd";
  const auto ids = database.Column("SELECT id FROM ballots ORDER BY id");
  std::stringstream bytes;
  EXPECT_OK(db::Autocommit(database.pool(), absl::Now() + absl::Seconds(10), [&](db::Session& session) {
    RETURN_IF_ERROR(session.Execute("FLUSH TABLES ballots FOR EXPORT", {}).status());
    bytes << std::ifstream(path, std::ios::binary).rdbuf();
    return session.Execute("UNLOCK TABLES", {}).status();
  }));
  constexpr std::size_t kNumber = 6;   // the transaction's number follows the key,
  constexpr std::size_t kPointer = 7;  // and the pointer to its undo record that
  const std::string file = bytes.str();
  OrderInFile order;
  std::size_t before = 0;
  for (const std::string& id : ids) {
    std::size_t at = file.find(id);
    // The other index holds the key too, as the last of its columns.
    while (at != std::string::npos &&
           file.compare(at + id.size() + kNumber + kPointer, election.size(), election)) {
      at = file.find(id, at + 1);
    }
    EXPECT_NE(at, std::string::npos);
    if (at == std::string::npos) continue;
    if (file.compare(at + id.size(), kNumber, std::string(kNumber, '\0')) != 0) order.numbered = true;
    if (at < before) order.by_key = false;
    before = at;
  }
  return order;
}

// How many of the ballots stand in the server's redo log, in which they stand in the order of arrival.
int InRedoLog(plenary::testing::TestDatabase& database) {
  const std::string path = database.One("SELECT @@datadir") + "/ib_logfile0";
  std::stringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  const std::string log = bytes.str();
  const auto ids = database.Column("SELECT id FROM ballots ORDER BY id");
  return static_cast<int>(std::count_if(
      ids.begin(), ids.end(), [&](const std::string& id) { return log.find(id) != std::string::npos; }));
}

class BallotOrderTest : public ::testing::Test {
 protected:
  BallotOrderTest() : manifest_(*PublishedManifest::Parse(box_.OpenSample())) {}

  void Cast(int count) {
    for (int i = 0; i < count; ++i) {
      EXPECT_OK(box_.Cast(testing::BallotOf(manifest_, testing::MakeVoter(manifest_, random_), {{0}, {}})));
    }
  }
  OrderInFile Read() { return ReadOrder(box_.database, ElectionId(election_)); }
  void ExpectNone() {
    const OrderInFile order = Read();
    EXPECT_FALSE(order.numbered);
    EXPECT_TRUE(order.by_key);
    EXPECT_EQ(InRedoLog(box_.database), 0);
  }
  // What shows that the test would see an order.
  void ExpectSome() {
    const OrderInFile order = Read();
    EXPECT_TRUE(order.numbered || !order.by_key) << "this test would see no order";
    EXPECT_GE(InRedoLog(box_.database), 8) << "this test would see no redo log";
  }

  plenary::testing::TestSuite suite_{Day(9, 16)};
  testing::BoxServer box_{suite_};
  const std::string election_ = testing::SampleElection().name();
  const PublishedManifest manifest_;
  crypto::SeededRandom random_{"order"};
};

TEST_F(BallotOrderTest, IsForgottenAtTheClose) {
  Cast(12);
  ExpectSome();
  suite_.clock().Set(Day(9, 24));
  ASSERT_OK_AND_ASSIGN(const auto closed, box_.Close(election_, testing::SampleLists()));
  EXPECT_EQ(closed.ballot_count(), 12);
  ExpectNone();
}

TEST_F(BallotOrderTest, IsForgottenWithEachBatchBeforeTheClose) {
  Sequencer& sequencer = box_.parts->sequencer();
  const absl::Time start = absl::Now();
  Cast(8);
  ExpectSome();
  ASSERT_OK(sequencer.MergeDue(start + absl::Hours(1)));
  ExpectNone();
  Cast(8);
  ExpectSome();
  ASSERT_OK(sequencer.MergeDue(start + absl::Hours(2)));
  ExpectNone();
}

}  // namespace
}  // namespace plenary::election
