#include "services/membership/store/search.h"

#include "common/status/macros.h"
#include "services/membership/rules/search_words.h"

namespace plenary::membership::store {
namespace {

constexpr char kInsertWords[] = "INSERT INTO search_words (word, holder) VALUES";
constexpr char kDeleteWords[] = "DELETE FROM search_words WHERE holder = ?";

}  // namespace

absl::Status InsertSearchWords(db::Transaction& transaction, const std::vector<NamedHolder>& holders) {
  std::vector<db::Params> rows;
  for (const NamedHolder& holder : holders) {
    for (std::string& word : rules::SearchWords(holder.name)) rows.push_back({std::move(word), holder.id});
  }
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome, transaction.InsertMany(kInsertWords, rows));
  return outcome.inserted() ? absl::OkStatus() : absl::InternalError("a new name has its words already");
}

absl::Status ReplaceSearchWords(db::Transaction& transaction, const NamedHolder& holder) {
  RETURN_IF_ERROR(transaction.Execute(kDeleteWords, {holder.id}).status());
  return InsertSearchWords(transaction, {holder});
}

}  // namespace plenary::membership::store
