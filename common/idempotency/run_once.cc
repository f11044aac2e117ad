#include "common/idempotency/run_once.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "common/crypto/bytes.h"
#include "common/db/timestamps.h"
#include "common/ids/id.h"
#include "common/status/error.h"

namespace plenary {
namespace {

constexpr ErrorDomain kDomain("plenary.request");

constexpr char kInsert[] =
    "INSERT INTO requests (caller, request_id, request_hash, response, created_at) VALUES (?, ?, ?, NULL, ?)";
// A locking read sees what the other transaction committed, whatever this one has read before. A shared
// lock is what the refused INSERT holds already: asking for more would deadlock those who wait together.
constexpr char kSelect[] =
    "SELECT request_hash, response FROM requests WHERE caller = ? AND request_id = ? LOCK IN SHARE MODE";
constexpr char kStoreResponse[] = "UPDATE requests SET response = ? WHERE caller = ? AND request_id = ?";

absl::StatusOr<std::string> FirstAnswer(db::Transaction& transaction, const OneRequest& request,
                                        const std::string& request_id, const std::string& hash) {
  ASSIGN_OR_RETURN(const auto row, transaction.QueryOne(kSelect, {request.caller, request_id}));
  if (!row.has_value()) return absl::InternalError("the request that refused this one is gone");
  if (row->Bytes(0) != hash) {
    return kDomain.Error(
        absl::StatusCode::kAlreadyExists, "REQUEST_ID_REUSED",
        "This request_id was used for another request. Send a new UUID with each new request.",
        {{"request_id", request_id}});
  }
  if (row->IsNull(1)) return absl::InternalError("a request was stored without its response");
  return row->Bytes(1);
}

}  // namespace

absl::StatusOr<std::string> RunOnceBytes(db::Transaction& transaction, const OneRequest& request,
                                         const std::function<absl::StatusOr<std::string>()>& body) {
  if (request.request_id.empty()) return body();
  if (!IsUuid(request.request_id)) {
    return kDomain.BadRequest("REQUEST_ID_INVALID",
                              {{"request_id", "Give a UUID such as 123e4567-e89b-42d3-a456-426614174000."}});
  }
  const std::string request_id = absl::AsciiStrToLower(request.request_id);
  const std::string hash = crypto::Sha256(request.method + '\0' + request.bytes);
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   transaction.Insert(kInsert, {request.caller, request_id, hash, db::ToMicros(request.at)}));
  if (outcome.duplicate()) return FirstAnswer(transaction, request, request_id, hash);
  ASSIGN_OR_RETURN(const std::string response, body());
  RETURN_IF_ERROR(transaction.Execute(kStoreResponse, {response, request.caller, request_id}).status());
  return response;
}

}  // namespace plenary
