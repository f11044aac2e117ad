#include "services/membership/import_upload.h"

#include <utility>

#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/log/log.h"
#include "common/rpc/edge.h"
#include "common/status/macros.h"
#include "services/membership/errors.h"
#include "services/membership/limits.h"
#include "services/membership/store/import_rows.h"

namespace plenary::membership {
namespace {

// An upload that was begun longer ago than any call lasts has been left behind by a process that died.
const absl::Duration kLeftBehind = 2 * rpc::kLongestStream;
// What clearing up may take.
constexpr absl::Duration kPatience = absl::Seconds(30);

}  // namespace

ImportUpload::ImportUpload(db::Pool& pool, IdSource& ids, const rpc::Call& call, rules::Categories categories,
                           const rules::FileTime& time)
    : pool_(pool),
      call_(call),
      categories_(std::move(categories)),
      time_(time),
      id_(ids.NextText()),
      reader_([this](std::int64_t line, const rules::CsvFields& fields) { return Take(line, fields); }) {}

ImportUpload::~ImportUpload() {
  if (!begun_) return;
  const absl::Status dropped = db::Autocommit(
      pool_, absl::Now() + kPatience, [&](db::Session& session) { return store::DropUpload(session, id_); });
  // The next import drops what stays.
  if (!dropped.ok()) log::Error("the rows of an upload stay", {{"error", std::string(dropped.message())}});
}

absl::Status ImportUpload::Begin() {
  begun_ = true;
  const absl::Time now = absl::Now();
  return db::Autocommit(pool_, call_.deadline(), [&](db::Session& session) {
    return store::BeginUpload(session, id_, now, now - kLeftBehind);
  });
}

absl::Status ImportUpload::Feed(std::string_view bytes) {
  hasher_.Update(bytes);
  return reader_.Feed(bytes);
}

absl::Status ImportUpload::Finish() {
  RETURN_IF_ERROR(reader_.Finish());
  if (!columns_.has_value()) {
    return errors::CsvColumnsInvalid("The file is empty. Its first row names the columns.");
  }
  sha256_ = hasher_.Finish();
  return Stage();
}

absl::Status ImportUpload::Take(std::int64_t line, const rules::CsvFields& fields) {
  if (!columns_.has_value()) {
    ASSIGN_OR_RETURN(columns_, rules::CsvColumns::FromHeader(fields));
    return absl::OkStatus();
  }
  if (rows_ == limits::kMostRows) {
    return errors::CsvTooLarge("The file has more than 250,000 rows. Cut it into several.");
  }
  ++rows_;
  rules::ImportRow row;
  if (auto problem = rules::ReadRow(line, fields, *columns_, categories_, time_, row); problem.has_value()) {
    problems_.Add(*std::move(problem));
    return absl::OkStatus();
  }
  ++good_rows_;
  last_line_ = line;
  pending_.push_back(std::move(row));
  return pending_.size() < db::kRowsPerInsert ? absl::OkStatus() : Stage();
}

absl::Status ImportUpload::Stage() {
  RETURN_IF_ERROR(db::Autocommit(pool_, call_.deadline(), [&](db::Session& session) {
    return store::StageRows(session, id_, pending_);
  }));
  pending_.clear();
  return absl::OkStatus();
}

}  // namespace plenary::membership
