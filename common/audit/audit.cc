#include "common/audit/audit.h"

#include "common/db/timestamps.h"

namespace plenary::audit {
namespace {

constexpr char kInsert[] = "INSERT INTO audit (at, actor, act, resource, detail) VALUES (?, ?, ?, ?, ?)";

}  // namespace

absl::Status Append(db::Transaction& transaction, const Act& act) {
  return transaction.Execute(kInsert, {db::ToMicros(act.at), act.actor, act.act, act.resource, act.detail})
      .status();
}

}  // namespace plenary::audit
