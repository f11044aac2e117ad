#include "common/audit/audit.h"

#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/testing/mariadb.h"
#include "common/testing/status_matchers.h"

namespace plenary::audit {
namespace {

using testing::IsOk;
using testing::StatusIs;
using testing::TestDatabase;

absl::Time Soon() { return absl::Now() + absl::Seconds(20); }
const Act kAct = {absl::FromUnixMicros(1709164800123456), "people/1", "Seat", "bodies/board",
                  "Zoë took seat 3."};

TEST(Audit, KeepsActsInTheirOrder) {
  TestDatabase database({testing::CommonMigrations()});
  for (const char* detail : {"first", "second"}) {
    Act act = kAct;
    act.detail = detail;
    ASSERT_THAT(db::Transact(database.pool(), Soon(), [&](db::Transaction& tx) { return Append(tx, act); }),
                IsOk());
  }
  EXPECT_EQ(database.Column("SELECT detail FROM audit WHERE resource = 'bodies/board' ORDER BY sequence"),
            (std::vector<std::string>{"first", "second"}));
  EXPECT_EQ(database.Column("SELECT DISTINCT CONCAT_WS(' ', at, actor, act) FROM audit"),
            std::vector<std::string>{"1709164800123456 people/1 Seat"});
}

TEST(Audit, AnActThatIsUndoneLeavesNoRecord) {
  TestDatabase database({testing::CommonMigrations()});
  const absl::Status status = db::Transact(database.pool(), Soon(), [](db::Transaction& tx) -> absl::Status {
    EXPECT_THAT(Append(tx, kAct), IsOk());
    return absl::FailedPreconditionError("no");
  });
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(database.One("SELECT COUNT(*) FROM audit"), "0");
}

}  // namespace
}  // namespace plenary::audit
