#include "common/db/insert_new.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/testing/mariadb.h"
#include "common/testing/status_matchers.h"

namespace plenary::db {
namespace {

using testing::IsOk;

class InsertNewTest : public ::testing::Test {
 protected:
  InsertNewTest() {
    database_.Run("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, words VARCHAR(10) NOT NULL)");
  }

  absl::StatusOr<std::int64_t> Insert(const std::vector<Params>& rows, const char* column = "id") {
    return Transact(database_.pool(), absl::Now() + absl::Seconds(20), [&](Transaction& transaction) {
      return InsertNew(transaction, "INSERT INTO t (id, words) VALUES", column, rows);
    });
  }
  std::string Stored() {
    return database_.One("SELECT COALESCE(GROUP_CONCAT(id, words ORDER BY id SEPARATOR ' '), '') FROM t");
  }

  testing::TestDatabase database_;
};

TEST_F(InsertNewTest, CountsWhatCameIn) {
  EXPECT_EQ(*Insert({{1, "a"}}), 1);
  EXPECT_EQ(*Insert({{2, "b"}, {3, "c"}, {4, "d"}}), 3);
  EXPECT_EQ(Stored(), "1a 2b 3c 4d");
}

TEST_F(InsertNewTest, LeavesWhatIsThereAsItIs) {
  EXPECT_EQ(*Insert({{1, "a"}}), 1);
  EXPECT_EQ(*Insert({{1, "a"}}), 0) << "the same";
  EXPECT_EQ(*Insert({{1, "b"}}), 0) << "another one under its key";
  EXPECT_EQ(*Insert({{1, "c"}, {2, "d"}}), 1);
  EXPECT_EQ(Stored(), "1a 2d");
}

TEST_F(InsertNewTest, TakesTheFirstOfTwoUnderOneKey) {
  EXPECT_EQ(*Insert({{1, "a"}, {1, "b"}, {2, "c"}}), 2);
  EXPECT_EQ(Stored(), "1a 2c");
}

TEST_F(InsertNewTest, StoresNothingWhenOneRowCannotBe) {
  EXPECT_EQ(Insert({{1, "a"}, {2, "longer than a column"}}).status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(Stored(), "");
}

// A column that does change: two rows count for each that was there, so that the number would say nothing.
TEST_F(InsertNewTest, RefusesToCountRowsThatItChanged) {
  EXPECT_EQ(*Insert({{1, "a"}}), 1);
  EXPECT_EQ(Insert({{1, "b"}}, "words = VALUES(words), id").status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(Stored(), "1a");
}

}  // namespace
}  // namespace plenary::db
