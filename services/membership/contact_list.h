// What puts people on the mailing list and takes them off, one address at a time, within a transaction.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/session.h"
#include "common/ids/id.h"
#include "common/rpc/call.h"
#include "services/membership/store/contacts.h"

namespace plenary::membership {

// Names of topics as one text of ids (rules::JoinTopics). TOPIC_NOT_FOUND.
absl::StatusOr<std::string> KnownTopics(db::Session& session,
                                        const google::protobuf::RepeatedPtrField<std::string>& names);

// Who is to be on the list, by what.
struct ListEntry {
  std::string email;  // normalised
  std::string full_name;
  std::string topics;  // rules::JoinTopics
  std::string source;
  std::string evidence;
};

enum class Added { kNew, kMerged, kSuppressed };
struct AddedContact {
  Added outcome = Added::kSuppressed;
  store::StoredContact contact;  // unless suppressed
};
// The society's own way: refuses a suppressed address, and adds the topics to those of a contact that is
// there. FIELD_INVALID when that would be too many.
absl::StatusOr<AddedContact> AddToList(db::Transaction& transaction, IdSource& ids, const rpc::Call& call,
                                       const ListEntry& entry);

// The person's own way: ends a suppression; the topics take the place of those agreed to before.
absl::StatusOr<store::StoredContact> ConfirmOnList(db::Transaction& transaction, IdSource& ids,
                                                   const rpc::Call& call, const ListEntry& entry);

// Suppresses the address and makes letters under way worthless. The contact that was taken off; nullopt when
// none was on.
absl::StatusOr<std::optional<store::StoredContact>> TakeOffList(db::Transaction& transaction,
                                                                const rpc::Call& call,
                                                                const std::string& email);

// Forgets the contact, keeps the digest suppressed. CONTACT_NOT_FOUND.
absl::Status EraseFromList(db::Transaction& transaction, const rpc::Call& call,
                           const store::StoredContact& contact);

}  // namespace plenary::membership
