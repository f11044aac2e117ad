#include "common/db/durability.h"

#include <fmt/format.h>

#include <string>

#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace plenary::db {
namespace {

constexpr ErrorDomain kDomain("plenary.db");
constexpr absl::Duration kPatience = absl::Seconds(10);

constexpr char kDurabilitySettings[] =
    "SELECT @@GLOBAL.innodb_flush_log_at_trx_commit, @@GLOBAL.log_bin, @@GLOBAL.sync_binlog";

struct DurabilitySettings {
  std::int64_t flush_log_at_commit = 0;
  bool binary_log = false;
  std::int64_t sync_binlog = 0;
};

absl::StatusOr<DurabilitySettings> Read(Pool& pool) {
  return Autocommit(pool, absl::Now() + kPatience,
                    [](Session& session) -> absl::StatusOr<DurabilitySettings> {
                      DurabilitySettings settings;
                      RETURN_IF_ERROR(session.Query(kDurabilitySettings, {}, [&](const Row& row) {
                        settings = {row.Int64(0), row.Bool(1), row.Int64(2)};
                      }));
                      return settings;
                    });
}

}  // namespace

absl::Status CheckDurability(Pool& pool, BinaryLog binary_log) {
  ASSIGN_OR_RETURN(const DurabilitySettings settings, Read(pool));
  if (settings.flush_log_at_commit != 1) {
    return kDomain.Error(
        absl::StatusCode::kFailedPrecondition, "DATABASE_NOT_DURABLE",
        fmt::format("The database has innodb_flush_log_at_trx_commit={} and would lose what it "
                    "acknowledged. Set it to 1.",
                    settings.flush_log_at_commit));
  }
  if (settings.binary_log && binary_log == BinaryLog::kForbidden) {
    return kDomain.Error(
        absl::StatusCode::kFailedPrecondition, "DATABASE_KEEPS_ORDER",
        "The database writes a binary log, which keeps the order and second of every row. Run "
        "this store on a server of its own with skip-log-bin.");
  }
  if (settings.binary_log && settings.sync_binlog != 1) {
    return kDomain.Error(
        absl::StatusCode::kFailedPrecondition, "DATABASE_NOT_DURABLE",
        fmt::format("The database has sync_binlog={} and would lose what it acknowledged. Set it "
                    "to 1.",
                    settings.sync_binlog));
  }
  return absl::OkStatus();
}

}  // namespace plenary::db
