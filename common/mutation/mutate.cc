#include "common/mutation/mutate.h"

#include "common/audit/audit.h"

namespace plenary {

absl::Status RecordAct(db::Transaction& transaction, const rpc::Call& call, std::string_view method,
                       std::string_view resource, std::string_view detail) {
  return audit::Append(transaction, {.at = call.now(),
                                     .actor = call.principal().Actor(),
                                     .act = std::string(method),
                                     .resource = std::string(resource),
                                     .detail = std::string(detail)});
}

}  // namespace plenary
