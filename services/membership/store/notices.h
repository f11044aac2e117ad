// The queue of notices: what is written in the transaction that decides it.
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "common/ids/id.h"

namespace plenary::membership::store {

struct Notice {
  // What it is about, for ever: "renewal-30/people/…/2023-01-01". At most 255 bytes.
  std::string event;
  std::string template_name;                      // of rules/notice_templates.h
  std::string person;                             // id; "" when only an address is known
  std::string address;                            // normalised
  std::map<std::string, std::string> values;      // all that the template asks for
  absl::Time not_after = absl::InfiniteFuture();  // of the suite's clock: worthless later
};

// Queues the notice, which is sent after the transaction is stored. False when this event has its notice
// already: the first one stands. INTERNAL when the template does not take these values.
absl::StatusOr<bool> EnqueueNotice(db::Transaction& transaction, IdSource& ids, const Notice& notice,
                                   absl::Time now);

}  // namespace plenary::membership::store
