#include "services/election/store/closing_store.h"

#include "common/db/timestamps.h"
#include "common/status/macros.h"
#include "services/election/rules/names.h"

namespace plenary::election {
namespace {

constexpr char kInsertClosing[] = "INSERT INTO closings (election, checkpoint, closed_at) VALUES (?, ?, ?)";
constexpr char kInsertList[] = "INSERT INTO issuance_lists (election, registrar, list) VALUES (?, ?, ?)";
constexpr char kSelectClosing[] = "SELECT checkpoint FROM closings WHERE election = ?";
constexpr char kSelectList[] = "SELECT list FROM issuance_lists WHERE election = ? AND registrar = ?";
constexpr char kSelectLists[] = "SELECT list FROM issuance_lists WHERE election = ? ORDER BY registrar";

}  // namespace

absl::StatusOr<bool> ClosingStore::Insert(db::Transaction& tx, const std::string& election,
                                          const Closing& closing, absl::Time now) {
  const std::string id = ElectionId(election);
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   tx.Insert(kInsertClosing, {id, closing.checkpoint, db::ToMicros(now)}));
  if (!outcome.inserted()) return false;
  for (std::size_t i = 0; i < closing.issuance_lists.size(); ++i) {
    RETURN_IF_ERROR(tx.Execute(kInsertList, {id, i, closing.issuance_lists[i]}).status());
  }
  return true;
}

absl::StatusOr<std::optional<std::string>> ClosingStore::LoadCheckpoint(db::Session& session,
                                                                        const std::string& election) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kSelectClosing, {ElectionId(election)}));
  return row.has_value() ? std::optional(row->Bytes(0)) : std::nullopt;
}

absl::StatusOr<std::optional<std::string>> ClosingStore::LoadList(db::Session& session,
                                                                  const std::string& election,
                                                                  int registrar) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kSelectList, {ElectionId(election), registrar}));
  return row.has_value() ? std::optional(row->Bytes(0)) : std::nullopt;
}

absl::StatusOr<std::optional<Closing>> ClosingStore::Load(db::Session& session, const std::string& election) {
  ASSIGN_OR_RETURN(const auto checkpoint, LoadCheckpoint(session, election));
  if (!checkpoint.has_value()) return std::optional<Closing>();
  Closing closing{.checkpoint = *checkpoint, .issuance_lists = {}};
  RETURN_IF_ERROR(session.Query(kSelectLists, {ElectionId(election)}, [&](const db::Row& list) {
    closing.issuance_lists.push_back(list.Bytes(0));
  }));
  return std::optional<Closing>(std::move(closing));
}

}  // namespace plenary::election
