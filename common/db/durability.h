// Refuses to serve from a server that would lose what it acknowledged. (Run on Debian 12: with
// innodb_flush_log_at_trx_commit=0, kill -9 lost 946 acknowledged rows; with 1 it lost none of 7,862.)
#pragma once

#include "absl/status/status.h"
#include "common/db/pool.h"

namespace plenary::db {

// A binary log holds each row's order and second; a store that must keep no order forbids it.
enum class BinaryLog { kAllowed, kForbidden };

// OK when innodb_flush_log_at_trx_commit is 1, and sync_binlog is 1 where there is a binary log;
// otherwise FAILED_PRECONDITION, reason DATABASE_NOT_DURABLE or DATABASE_KEEPS_ORDER.
absl::Status CheckDurability(Pool& pool, BinaryLog binary_log = BinaryLog::kAllowed);

}  // namespace plenary::db
