// What a search looks up. Whoever stores a name stores its words in the same transaction.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/db/session.h"

namespace plenary::membership::store {

struct NamedHolder {
  std::string id;    // of a person or of a company
  std::string name;  // full name or display name
};
// The words of holders who have none yet, a few hundred a statement.
absl::Status InsertSearchWords(db::Transaction& transaction, const std::vector<NamedHolder>& holders);
// The words of a changed name, in the place of those of the name before.
absl::Status ReplaceSearchWords(db::Transaction& transaction, const NamedHolder& holder);

}  // namespace plenary::membership::store
