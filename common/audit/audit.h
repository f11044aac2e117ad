// The record of acts: who did what to which resource, and when. Append-only: nothing here, and no
// statement anywhere, changes or removes a row; accounts of services hold INSERT and SELECT on it only.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/db/session.h"

namespace plenary::audit {

struct Act {
  absl::Time at;         // of the suite's clock
  std::string actor;     // "people/…", or the name of a service
  std::string act;       // the RPC's full name, or what a service did by itself
  std::string resource;  // resource name
  std::string detail;    // for a reader; never a secret
};

// Appends in the transaction of the act itself, so that neither is stored without the other.
absl::Status Append(db::Transaction& transaction, const Act& act);

}  // namespace plenary::audit
