#include "services/membership/store/disputes.h"

#include "common/status/macros.h"

namespace plenary::membership::store {
namespace {

constexpr char kFind[] =
    "SELECT unit, number, text, blinded_msg, blind_signature, answer FROM disputes"
    " WHERE election = ? AND unit = ? AND number = ?";
constexpr char kFindLast[] =
    "SELECT unit, number, text, blinded_msg, blind_signature, answer FROM disputes"
    " WHERE election = ? AND unit = ? ORDER BY number DESC LIMIT 1";
constexpr char kInsert[] =
    "INSERT INTO disputes (election, unit, number, text, blinded_msg, blind_signature, answer)"
    " VALUES (?, ?, ?, ?, ?, ?, '')";
constexpr char kAnswer[] =
    "UPDATE disputes SET answer = ? WHERE election = ? AND unit = ? AND number = ? AND answer = ''";
// 256: the names of dispute and unit, and what tells the fields apart. The lengths are of bytes.
constexpr char kList[] =
    "SELECT unit, number, text, blinded_msg, blind_signature, answer FROM disputes d JOIN"
    " (SELECT sequence, SUM(256 + LENGTH(text) + LENGTH(answer) + LENGTH(blinded_msg) + "
    "LENGTH(blind_signature))"
    " OVER (ORDER BY answer <> '', IF(answer = '', sequence, 0), sequence DESC) AS bytes"
    " FROM disputes WHERE election = ?) sizes ON sizes.sequence = d.sequence"
    " WHERE sizes.bytes <= ? ORDER BY d.sequence";
constexpr char kCountOpen[] = "SELECT COUNT(*) FROM disputes WHERE election = ? AND answer = ''";

Dispute DisputeOf(const db::Row& row) {
  return {.unit = row.Text(0),
          .number = static_cast<int>(row.Int64(1)),
          .text = row.Text(2),
          .blinded_msg = row.Bytes(3),
          .blind_signature = row.Bytes(4),
          .answer = row.Text(5)};
}

absl::StatusOr<std::optional<Dispute>> OneDispute(db::Session& session, std::string_view sql,
                                                  const db::Params& params) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(sql, params));
  return row.has_value() ? std::optional<Dispute>(DisputeOf(*row)) : std::nullopt;
}

}  // namespace

absl::StatusOr<std::optional<Dispute>> FindDispute(db::Session& session, std::string_view election,
                                                   std::string_view unit, int number) {
  return OneDispute(session, kFind, {election, unit, number});
}

absl::StatusOr<std::optional<Dispute>> FindLastDispute(db::Session& session, std::string_view election,
                                                       std::string_view unit) {
  return OneDispute(session, kFindLast, {election, unit});
}

absl::StatusOr<bool> FileDispute(db::Transaction& transaction, std::string_view election,
                                 const Dispute& dispute) {
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   transaction.Insert(kInsert, {election, dispute.unit, dispute.number, dispute.text,
                                                dispute.blinded_msg, dispute.blind_signature}));
  return outcome.inserted();
}

absl::StatusOr<bool> AnswerDispute(db::Transaction& transaction, std::string_view election,
                                   std::string_view unit, int number, std::string_view answer) {
  ASSIGN_OR_RETURN(const std::int64_t changed,
                   transaction.Execute(kAnswer, {answer, election, unit, number}));
  return changed == 1;
}

absl::StatusOr<std::vector<Dispute>> ListDisputes(db::Session& session, std::string_view election,
                                                  int most_bytes) {
  std::vector<Dispute> disputes;
  RETURN_IF_ERROR(session.Query(kList, {election, most_bytes},
                                [&](const db::Row& row) { disputes.push_back(DisputeOf(row)); }));
  return disputes;
}

absl::StatusOr<std::int64_t> CountOpenDisputes(db::Session& session, std::string_view election) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kCountOpen, {election}));
  return row->Int64(0);
}

}  // namespace plenary::membership::store
