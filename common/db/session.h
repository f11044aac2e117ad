// Running statements: Session (each statement its own transaction) and Transaction (all or nothing).
// A store's reads take Session&, its writes Transaction&; both are handed to a body by Transact() and
// Autocommit() in transact.h and are valid only during that call. Not thread-safe.
//
// Every statement is prepared on the server and kept per connection by its text, so a statement's text
// is a constant: values go in as parameters, never into the text.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/value.h"

namespace plenary::db {

class Connection;

// One row of a result, columns counted from 0. Asking a NULL column, or a column that is not there, for
// a value makes the query fail with INTERNAL after the callback returns, and reads as 0 or "" until then;
// the Optional… variants are for columns that may be NULL.
class Row {
 public:
  bool IsNull(std::size_t column) const;
  std::int64_t Int64(std::size_t column) const;
  std::uint64_t Uint64(std::size_t column) const;
  bool Bool(std::size_t column) const { return Int64(column) != 0; }
  const std::string& Text(std::size_t column) const;
  const std::string& Bytes(std::size_t column) const { return Text(column); }
  std::optional<std::int64_t> OptionalInt64(std::size_t column) const;
  std::optional<std::string> OptionalText(std::size_t column) const;
  std::size_t size() const { return columns_.size(); }

 private:
  friend class Connection;
  friend class Session;
  const std::string* Column(std::size_t column) const;

  std::vector<std::optional<std::string>> columns_;
  mutable std::string misuse_;  // what a caller asked that the row cannot answer
};

// What became of an INSERT. A duplicate is a result, not an error: it is how an invariant answers.
struct InsertOutcome {
  enum class Kind { kInserted, kDuplicate };
  Kind kind = Kind::kInserted;
  std::string
      duplicate_key;      // the UNIQUE key that refused the row, without the table: "PRIMARY", "one_per_roll"
  std::int64_t rows = 0;  // of Insert(): rows stored; an INSERT … SELECT may store none

  bool inserted() const { return kind == Kind::kInserted; }
  bool duplicate() const { return kind == Kind::kDuplicate; }
  bool duplicate(std::string_view key) const { return duplicate() && duplicate_key == key; }
};

// Statements, each a transaction of its own (autocommit). A write whose connection is lost before the
// answer came fails with UNAVAILABLE, reason COMMIT_OUTCOME_UNKNOWN: it may or may not be stored.
class Session {
 public:
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Runs a statement without a result. Returns how many rows it *changed*: an UPDATE that finds a row
  // already as asked counts 0, so a conditional UPDATE must always change something (a version, a state).
  // A duplicate key is an error here (INTERNAL): use Insert() where one can happen.
  absl::StatusOr<std::int64_t> Execute(std::string_view sql, const Params& params = {});

  // Runs an INSERT (or an UPDATE that may break a UNIQUE key) and says whether a key refused it.
  absl::StatusOr<InsertOutcome> Insert(std::string_view sql, const Params& params);

  // Inserts rows in statements of at most kRowsPerInsert: `prefix` is "INSERT INTO t (a, b) VALUES",
  // every row has the same number of values. Stops at the first duplicate; the rows of earlier
  // statements are then stored, so use it in a Transaction and return an error to undo them.
  absl::StatusOr<InsertOutcome> InsertMany(std::string_view prefix, const std::vector<Params>& rows);

  // Calls `each` for every row in order; the result is always read to its end, before the first call,
  // so `each` may run further statements.
  absl::Status Query(std::string_view sql, const Params& params, const std::function<void(const Row&)>& each);

  // The first row, or nullopt. INTERNAL when there is more than one: a caller who wants one of many says
  // LIMIT 1.
  absl::StatusOr<std::optional<Row>> QueryOne(std::string_view sql, const Params& params = {});

 protected:
  friend class SessionAccess;
  enum class Mode { kAutocommit, kTransaction };
  Session(Connection& connection, Mode mode) : connection_(connection), mode_(mode) {}
  ~Session() = default;

 private:
  absl::Status Failed(absl::Status status, bool write);

  Connection& connection_;
  Mode mode_;
  absl::Status failure_;  // the first failed statement
};

// Statements that are stored together or not at all. After a statement failed, every later one returns
// that same failure and the transaction cannot commit, whatever its body returns: a deadlock has already
// undone what came before. A duplicate from Insert() is not a failure.
class Transaction : public Session {
 private:
  friend class SessionAccess;
  explicit Transaction(Connection& connection) : Session(connection, Mode::kTransaction) {}
  ~Transaction() = default;
};

// Rows of one statement of InsertMany: large enough that a round trip no longer counts, small enough
// for max_allowed_packet (16 MiB) with rows of 32 KiB.
inline constexpr std::size_t kRowsPerInsert = 500;

}  // namespace plenary::db
