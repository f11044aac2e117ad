// What the database server's own files tell of the order in which ballots came.
#include <gtest/gtest.h>

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

using plenary::testing::Invoke;
using plenary::testing::TestSuite;
using testing::Day;
using Control = v1::BallotBoxControlService::Stub;

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

TEST(BallotOrder, IsForgottenAtTheClose) {
  TestSuite suite(Day(9, 16));
  testing::BoxServer box(suite);
  const std::string election = testing::SampleElection().name();
  v1::PrepareBoxRequest prepare;
  prepare.set_election(election);
  ASSERT_OK_AND_ASSIGN(const auto prepared,
                       Invoke(&Control::PrepareBox, *box.control_stub, suite.Service("election"), prepare));
  ManifestParts parts = testing::SampleParts(*crypto::Ed25519KeyPair::FromSeed(std::string(32, 'x')));
  parts.box_key = prepared.box_key();
  v1::OpenBoxRequest open;
  open.set_election(election);
  ASSERT_OK_AND_ASSIGN(*open.mutable_manifest(), BuildManifest(parts));
  ASSERT_OK(Invoke(&Control::OpenBox, *box.control_stub, suite.Service("election"), open));
  ASSERT_OK_AND_ASSIGN(const auto manifest, PublishedManifest::Parse(open.manifest()));
  crypto::SeededRandom random("order");
  for (int i = 0; i < 12; ++i) {
    ASSERT_OK(box.Cast(testing::BallotOf(manifest, testing::MakeVoter(manifest, random), {{0}, {}})));
  }
  const OrderInFile before = ReadOrder(box.database, ElectionId(election));
  EXPECT_TRUE(before.numbered || !before.by_key) << "this test would see no order";
  suite.clock().Set(Day(9, 24));
  v1::CloseBoxRequest close;
  close.set_election(election);
  ASSERT_OK_AND_ASSIGN(const auto closed,
                       Invoke(&Control::CloseBox, *box.control_stub, suite.Service("election"), close));
  EXPECT_EQ(closed.ballot_count(), 12);
  const OrderInFile after = ReadOrder(box.database, ElectionId(election));
  EXPECT_FALSE(after.numbered);
  EXPECT_TRUE(after.by_key);
}

}  // namespace
}  // namespace plenary::election
