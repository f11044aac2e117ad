#include "common/db/session.h"

#include <fmt/format.h>

#include <charconv>

#include "common/db/connection.h"
#include "common/db/vendor_error.h"
#include "common/status/macros.h"

namespace plenary::db {
namespace {

template <typename Integer>
std::optional<Integer> ParseInteger(const std::string& text) {
  Integer value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

const std::string* Row::Column(std::size_t column) const {
  if (column >= columns_.size()) {
    misuse_ = fmt::format("column {} of {} was asked for", column, columns_.size());
    return nullptr;
  }
  if (!columns_[column].has_value()) {
    misuse_ = fmt::format("column {} is NULL", column);
    return nullptr;
  }
  return &*columns_[column];
}

bool Row::IsNull(std::size_t column) const {
  return column < columns_.size() && !columns_[column].has_value();
}

std::int64_t Row::Int64(std::size_t column) const {
  const std::string* text = Column(column);
  if (text == nullptr) return 0;
  const auto value = ParseInteger<std::int64_t>(*text);
  if (!value.has_value()) misuse_ = fmt::format("column {} is no integer", column);
  return value.value_or(0);
}

std::uint64_t Row::Uint64(std::size_t column) const {
  const std::string* text = Column(column);
  if (text == nullptr) return 0;
  const auto value = ParseInteger<std::uint64_t>(*text);
  if (!value.has_value()) misuse_ = fmt::format("column {} is no unsigned integer", column);
  return value.value_or(0);
}

const std::string& Row::Text(std::size_t column) const {
  static const std::string kEmpty;
  const std::string* text = Column(column);
  return text == nullptr ? kEmpty : *text;
}

std::optional<std::int64_t> Row::OptionalInt64(std::size_t column) const {
  if (IsNull(column)) return std::nullopt;
  return Int64(column);
}

std::optional<std::string> Row::OptionalText(std::size_t column) const {
  if (IsNull(column)) return std::nullopt;
  return Text(column);
}

absl::Status Session::Failed(absl::Status status, bool write) {
  if (status.ok()) return status;
  if (write && mode_ == Mode::kAutocommit && IsConnectionLoss(status)) status = OutcomeUnknownError(status);
  if (failure_.ok()) failure_ = status;
  return status;
}

absl::StatusOr<std::int64_t> Session::Execute(std::string_view sql, const Params& params) {
  if (!failure_.ok()) return failure_;
  auto changed = connection_.Execute(sql, params);
  if (!changed.ok()) return Failed(changed.status(), /*write=*/true);
  return changed;
}

absl::StatusOr<InsertOutcome> Session::Insert(std::string_view sql, const Params& params) {
  if (!failure_.ok()) return failure_;
  auto outcome = connection_.Insert(sql, params);
  if (!outcome.ok()) return Failed(outcome.status(), /*write=*/true);
  return outcome;
}

absl::StatusOr<InsertOutcome> Session::InsertMany(std::string_view prefix, const std::vector<Params>& rows) {
  for (std::size_t first = 0; first < rows.size(); first += kRowsPerInsert) {
    const std::size_t last = std::min(rows.size(), first + kRowsPerInsert);
    std::string sql(prefix);
    Params values;
    for (std::size_t i = first; i < last; ++i) {
      if (rows[i].empty() || rows[i].size() != rows.front().size()) {
        return Failed(absl::InternalError("InsertMany: rows of different length"), /*write=*/false);
      }
      sql += i == first ? " (?" : ", (?";
      for (std::size_t column = 1; column < rows[i].size(); ++column) sql += ", ?";
      sql += ')';
      values.insert(values.end(), rows[i].begin(), rows[i].end());
    }
    ASSIGN_OR_RETURN(InsertOutcome outcome, Insert(sql, values));
    if (outcome.duplicate()) return outcome;
  }
  return InsertOutcome{};
}

absl::Status Session::Query(std::string_view sql, const Params& params,
                            const std::function<void(const Row&)>& each) {
  if (!failure_.ok()) return failure_;
  const auto rows = connection_.Query(sql, params);
  if (!rows.ok()) return Failed(rows.status(), /*write=*/false);
  for (const Row& row : *rows) {
    each(row);
    if (!row.misuse_.empty()) {
      return Failed(absl::InternalError(fmt::format("{} (in: {})", row.misuse_, sql)), /*write=*/false);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Row>> Session::QueryOne(std::string_view sql, const Params& params) {
  if (!failure_.ok()) return failure_;
  auto rows = connection_.Query(sql, params);
  if (!rows.ok()) return Failed(rows.status(), /*write=*/false);
  if (rows->size() > 1) {
    return Failed(absl::InternalError(fmt::format("more than one row (in: {})", sql)), /*write=*/false);
  }
  if (rows->empty()) return std::optional<Row>();
  return std::optional<Row>(std::move(rows->front()));
}

}  // namespace plenary::db
