#include "services/membership/store/disputes.h"

#include "common/status/macros.h"

namespace plenary::membership::store {
namespace {

constexpr char kFind[] =
    "SELECT unit, text, blinded_msg, blind_signature, answer FROM disputes WHERE election = ? AND unit = ?";
constexpr char kRemoveAnswered[] = "DELETE FROM disputes WHERE election = ? AND unit = ? AND answer <> ''";
constexpr char kInsert[] =
    "INSERT INTO disputes (election, unit, text, blinded_msg, blind_signature, answer)"
    " VALUES (?, ?, ?, ?, ?, '')";
constexpr char kAnswer[] = "UPDATE disputes SET answer = ? WHERE election = ? AND unit = ? AND answer = ''";
constexpr char kList[] =
    "SELECT unit, text, blinded_msg, blind_signature, answer FROM disputes WHERE election = ?"
    " ORDER BY sequence";
constexpr char kCountOpen[] = "SELECT COUNT(*) FROM disputes WHERE election = ? AND answer = ''";

Dispute DisputeOf(const db::Row& row) {
  return {.unit = row.Text(0),
          .text = row.Text(1),
          .blinded_msg = row.Bytes(2),
          .blind_signature = row.Bytes(3),
          .answer = row.Text(4)};
}

}  // namespace

absl::StatusOr<std::optional<Dispute>> FindDispute(db::Session& session, std::string_view election,
                                                   std::string_view unit) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kFind, {election, unit}));
  return row.has_value() ? std::optional<Dispute>(DisputeOf(*row)) : std::nullopt;
}

absl::StatusOr<bool> FileDispute(db::Transaction& transaction, std::string_view election,
                                 const Dispute& dispute) {
  RETURN_IF_ERROR(transaction.Execute(kRemoveAnswered, {election, dispute.unit}).status());
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   transaction.Insert(kInsert, {election, dispute.unit, dispute.text, dispute.blinded_msg,
                                                dispute.blind_signature}));
  return outcome.inserted();
}

absl::StatusOr<bool> AnswerDispute(db::Transaction& transaction, std::string_view election,
                                   std::string_view unit, std::string_view answer) {
  ASSIGN_OR_RETURN(const std::int64_t changed, transaction.Execute(kAnswer, {answer, election, unit}));
  return changed == 1;
}

absl::StatusOr<std::vector<Dispute>> ListDisputes(db::Session& session, std::string_view election) {
  std::vector<Dispute> disputes;
  RETURN_IF_ERROR(
      session.Query(kList, {election}, [&](const db::Row& row) { disputes.push_back(DisputeOf(row)); }));
  return disputes;
}

absl::StatusOr<std::int64_t> CountOpenDisputes(db::Session& session, std::string_view election) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kCountOpen, {election}));
  return row->Int64(0);
}

}  // namespace plenary::membership::store
