#include "common/db/session.h"

#include <gtest/gtest.h>

#include <numeric>

#include "absl/time/clock.h"
#include "common/db/timestamps.h"
#include "common/db/transact.h"
#include "common/testing/mariadb.h"
#include "common/testing/status_matchers.h"

namespace plenary::db {
namespace {

using testing::IsOk;
using testing::StatusIs;
using testing::TestDatabase;

absl::Time Soon() { return absl::Now() + absl::Seconds(20); }

class SessionTest : public ::testing::Test {
 protected:
  SessionTest() {
    database_.Run(
        "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, signed_number BIGINT NULL, unsigned_number BIGINT "
        "UNSIGNED "
        "NULL, words VARCHAR(200) NULL, bits LONGBLOB NULL, day DATE NULL, UNIQUE KEY one_word (words))");
  }

  template <typename Body>
  auto With(Body body) {
    return Autocommit(database_.pool(), Soon(), body);
  }

  TestDatabase database_;
};

constexpr char kInsert[] =
    "INSERT INTO t (id, signed_number, unsigned_number, words, bits, day) VALUES (?, ?, ?, ?, ?, ?)";
constexpr char kSelect[] = "SELECT signed_number, unsigned_number, words, bits, day FROM t WHERE id = ?";

TEST_F(SessionTest, EveryKindOfValueReadsBackAsItWasWritten) {
  std::string every_byte(256, '\0');
  std::iota(every_byte.begin(), every_byte.end(), '\0');
  const std::string words = "Zürich, 東京 🗳 'quoted' \\ \"x\"";
  const auto row = With([&](Session& session) -> absl::StatusOr<std::optional<Row>> {
    const auto inserted =
        session.Insert(kInsert, {1, INT64_MIN, UINT64_MAX, words, every_byte, "2024-02-29"});
    if (!inserted.ok()) return inserted.status();
    return session.QueryOne(kSelect, {1});
  });
  ASSERT_THAT(row, IsOk());
  ASSERT_TRUE(row->has_value());
  EXPECT_EQ((*row)->Int64(0), INT64_MIN);
  EXPECT_EQ((*row)->Uint64(1), UINT64_MAX);
  EXPECT_EQ((*row)->Text(2), words);
  EXPECT_EQ((*row)->Bytes(3), every_byte);
  EXPECT_EQ((*row)->Text(4), "2024-02-29");
}

TEST_F(SessionTest, LargeBytesPassUnchanged) {
  std::string large(3 << 20, '\0');
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>(i * 7 + (i >> 8));
  const auto row = With([&](Session& session) -> absl::StatusOr<std::optional<Row>> {
    const auto inserted = session.Insert(kInsert, {1, Null(), Null(), Null(), large, Null()});
    if (!inserted.ok()) return inserted.status();
    return session.QueryOne(kSelect, {1});
  });
  ASSERT_THAT(row, IsOk());
  EXPECT_TRUE((*row)->Bytes(3) == large);
}

TEST_F(SessionTest, NullIsToldFromZeroAndFromTheEmptyText) {
  ASSERT_THAT(
      With([](Session& session) {
        return session.Insert(kInsert, {1, Null(), std::nullopt, std::optional<std::string>(), "", Null()});
      }),
      IsOk());
  const auto row = With([](Session& session) { return session.QueryOne(kSelect, {1}); });
  ASSERT_THAT(row, IsOk());
  EXPECT_TRUE((*row)->IsNull(0));
  EXPECT_EQ((*row)->OptionalInt64(0), std::nullopt);
  EXPECT_EQ((*row)->OptionalText(2), std::nullopt);
  EXPECT_FALSE((*row)->IsNull(3));
  EXPECT_EQ((*row)->Bytes(3), "");
}

TEST_F(SessionTest, AskingANullForItsValueFailsTheQuery) {
  database_.Run("INSERT INTO t (id) VALUES (1)");
  const auto status = With([](Session& session) {
    return session.Query(kSelect, {1}, [](const Row& row) { EXPECT_EQ(row.Int64(0), 0); });
  });
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInternal));
}

TEST_F(SessionTest, AskingForAColumnThatIsNotThereFailsTheQuery) {
  const auto status = With(
      [](Session& session) { return session.Query("SELECT 1", {}, [](const Row& row) { row.Text(1); }); });
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInternal));
}

TEST_F(SessionTest, ADuplicateIsAResultThatNamesItsKey) {
  const auto insert = [&](int id, const char* words) {
    return With([&](Session& session) {
      return session.Insert(kInsert, {id, Null(), Null(), words, Null(), Null()});
    });
  };
  ASSERT_OK_AND_ASSIGN(const InsertOutcome first, insert(1, "a"));
  EXPECT_TRUE(first.inserted());
  ASSERT_OK_AND_ASSIGN(const InsertOutcome same_id, insert(1, "b"));
  EXPECT_TRUE(same_id.duplicate("PRIMARY"));
  ASSERT_OK_AND_ASSIGN(const InsertOutcome same_word, insert(2, "a"));
  EXPECT_TRUE(same_word.duplicate("one_word"));
  EXPECT_FALSE(same_word.duplicate("PRIMARY"));
}

TEST_F(SessionTest, InsertsManyRowsInBoundedStatements) {
  std::vector<Params> rows;
  for (int i = 0; i < 1203; ++i) rows.push_back({i, "word " + std::to_string(i)});
  ASSERT_OK_AND_ASSIGN(const InsertOutcome outcome, With([&](Session& session) {
                         return session.InsertMany("INSERT INTO t (id, words) VALUES", rows);
                       }));
  EXPECT_TRUE(outcome.inserted());
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM t"), "1203");
  ASSERT_OK_AND_ASSIGN(const InsertOutcome again, With([&](Session& session) {
                         return session.InsertMany("INSERT INTO t (id, words) VALUES", {rows.back()});
                       }));
  EXPECT_TRUE(again.duplicate("PRIMARY"));
}

TEST_F(SessionTest, RowsLeftUnreadByTheCallerDoNotFailTheNextStatement) {
  database_.Run("INSERT INTO t (id) VALUES (1), (2), (3)");
  EXPECT_THAT(With([](Session& session) -> absl::Status {
                const auto one_of_many = session.QueryOne("SELECT id FROM t LIMIT 1");
                if (!one_of_many.ok()) return one_of_many.status();
                int nested = 0;
                const absl::Status status = session.Query("SELECT id FROM t", {}, [&](const Row& row) {
                  EXPECT_THAT(session.QueryOne("SELECT id FROM t WHERE id = ?", {row.Int64(0)}), IsOk());
                  ++nested;
                });
                EXPECT_EQ(nested, 3);
                return status;
              }),
              IsOk());
}

TEST_F(SessionTest, QueryOneRefusesToChooseAmongRows) {
  database_.Run("INSERT INTO t (id) VALUES (1), (2)");
  EXPECT_THAT(With([](Session& session) { return session.QueryOne("SELECT id FROM t"); }),
              StatusIs(absl::StatusCode::kInternal));
}

TEST_F(SessionTest, ExecuteCountsTheRowsItChanged) {
  database_.Run("INSERT INTO t (id, signed_number) VALUES (1, 5), (2, 6)");
  ASSERT_OK_AND_ASSIGN(const std::int64_t changed, With([](Session& session) {
                         return session.Execute("UPDATE t SET signed_number = ?", {6});
                       }));
  EXPECT_EQ(changed, 1);
}

TEST_F(SessionTest, AnErrorOfTheServerIsInternalWithItsTextForTheLog) {
  const auto status =
      With([](Session& session) { return session.Execute("UPDATE no_such_table SET x = 1"); });
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInternal));
  EXPECT_NE(std::string(status.status().message()).find("no_such_table"), std::string::npos);
}

TEST_F(SessionTest, RefusesWhatWouldBeCutOrRounded) {
  EXPECT_THAT(With([](Session& session) {
                return session.Insert(kInsert, {1, Null(), Null(), std::string(201, 'x'), Null(), Null()});
              }),
              StatusIs(absl::StatusCode::kInternal));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM t"), "0");
}

TEST_F(SessionTest, SpeaksUtcStrictAndUtf8) {
  EXPECT_EQ(database_.One("SELECT @@session.time_zone"), "+00:00");
  EXPECT_NE(database_.One("SELECT @@session.sql_mode").find("STRICT_ALL_TABLES"), std::string::npos);
  EXPECT_EQ(database_.One("SELECT @@session.character_set_client"), "utf8mb4");
  EXPECT_EQ(database_.One("SELECT @@session.autocommit"), "1");
  EXPECT_EQ(database_.One("SELECT @@session.innodb_lock_wait_timeout"), "5");
}

TEST_F(SessionTest, MoreStatementsThanAreKeptPreparedStillRun) {
  EXPECT_THAT(With([](Session& session) -> absl::Status {
                for (int round = 0; round < 2; ++round) {
                  for (int i = 0; i < 300; ++i) {
                    const auto row = session.QueryOne("SELECT " + std::to_string(i) + " + ?", {1});
                    if (!row.ok()) return row.status();
                    EXPECT_EQ((*row)->Int64(0), i + 1);
                  }
                }
                return absl::OkStatus();
              }),
              IsOk());
}

TEST_F(SessionTest, ASlowStatementIsStopped) {
  Settings hasty = database_.settings();
  hasty.statement_timeout = absl::Seconds(1);
  Pool pool(hasty);
  const auto row =
      Autocommit(pool, Soon(), [](Session& session) { return session.QueryOne("SELECT SLEEP(30)"); });
  EXPECT_THAT(row, StatusIs(absl::StatusCode::kDeadlineExceeded));
}

TEST(Timestamps, KeepMicroseconds) {
  const absl::Time time = absl::FromUnixMicros(1709164800123456);
  EXPECT_EQ(FromMicros(ToMicros(time)), time);
}

}  // namespace
}  // namespace plenary::db
