#include "services/membership/import_members.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/crypto/bytes.h"
#include "common/mutation/mutate.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "services/membership/errors.h"
#include "services/membership/limits.h"
#include "services/membership/rules/csv.h"
#include "services/membership/rules/import_plan.h"
#include "services/membership/rules/import_row.h"
#include "services/membership/store/facts.h"
#include "services/membership/store/import.h"

namespace plenary::membership {
namespace {

constexpr char kMethod[] = "plenary.membership.v1.RegisterService.ImportMembers";

// A file as it comes in: its rows, the problems of those that cannot be read, and its hash.
class File {
 public:
  explicit File(rules::Categories categories)
      : categories_(std::move(categories)),
        reader_([this](std::int64_t line, const rules::CsvFields& fields) { return Take(line, fields); }) {}

  absl::Status Feed(std::string_view bytes) {
    hasher_.Update(bytes);
    return reader_.Feed(bytes);
  }

  absl::Status Finish() {
    RETURN_IF_ERROR(reader_.Finish());
    if (!columns_.has_value()) {
      return errors::CsvColumnsInvalid("The file is empty. Its first row names the columns.");
    }
    sha256_ = hasher_.Finish();
    return absl::OkStatus();
  }

  const std::vector<rules::ImportRow>& rows() const { return rows_; }
  const std::vector<rules::RowProblem>& problems() const { return problems_; }
  const std::string& sha256() const { return sha256_; }

 private:
  absl::Status Take(std::int64_t line, const rules::CsvFields& fields) {
    if (!columns_.has_value()) {
      ASSIGN_OR_RETURN(columns_, rules::CsvColumns::FromHeader(fields));
      return absl::OkStatus();
    }
    if (rows_.size() + problems_.size() == static_cast<std::size_t>(limits::kMostRows)) {
      return errors::CsvTooLarge("The file has more than 250,000 rows. Cut it into several.");
    }
    rules::ImportRow row;
    if (auto problem = rules::ReadRow(line, fields, *columns_, categories_, row); problem.has_value()) {
      problems_.push_back(*std::move(problem));
    } else {
      rows_.push_back(std::move(row));
    }
    return absl::OkStatus();
  }

  const rules::Categories categories_;
  rules::CsvReader reader_;
  std::optional<rules::CsvColumns> columns_;
  std::vector<rules::ImportRow> rows_;
  std::vector<rules::RowProblem> problems_;
  crypto::Sha256Hasher hasher_;
  std::string sha256_;
};

absl::StatusOr<v1::ImportMembersRequest::Header> ReadHeader(ImportStream& reader) {
  v1::ImportMembersRequest request;
  if (!reader.Read(&request) || !request.has_header()) {
    return errors::FieldInvalid("header", "Send the header first, then the bytes of the file.");
  }
  FieldChecks checks;
  checks.Text("header.source", request.header().source(), 1, limits::kLongestSource);
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  return request.header();
}

absl::Status ReadFile(grpc::ServerContext& context, ImportStream& reader, File& file) {
  v1::ImportMembersRequest request;
  while (reader.Read(&request)) {
    if (!request.has_content() || request.content().size() > limits::kLongestContent) {
      return errors::FieldInvalid("content",
                                  "After the header, send pieces of the file of at most 60,000 bytes.");
    }
    RETURN_IF_ERROR(file.Feed(request.content()));
  }
  // A caller who went away half way ends the stream as a caller who is done does.
  if (context.IsCancelled()) return errors::ImportCutShort();
  return file.Finish();
}

absl::StatusOr<v1::ImportMembersResponse> Apply(db::Transaction& transaction, IdSource& ids,
                                                const rpc::Call& call, const grpc::ServerContext& context,
                                                const v1::ImportMembersRequest::Header& header,
                                                const File& file) {
  RETURN_IF_ERROR(store::TakeImportTurn(transaction));
  ASSIGN_OR_RETURN(const rules::KnownRegister known,
                   store::LoadForImport(transaction, file.rows(), call.now()));
  rules::ImportPlan plan = rules::PlanImport(file.rows(), file.problems(), known, DateOf(call.now()), ids);
  if (header.validate_only() || plan.report.problem_count() > 0) return std::move(plan.report);

  const store::ImportBatch batch = {.id = ids.NextText(),
                                    .source = header.source(),
                                    .file_sha256 = file.sha256(),
                                    .row_count = plan.report.rows(),
                                    .imported_at = call.now(),
                                    .actor = call.principal().Actor()};
  RETURN_IF_ERROR(store::StoreImport(transaction, plan, batch));
  RETURN_IF_ERROR(RecordAct(transaction, call, kMethod, ResourceName("imports", batch.id),
                            fmt::format("{}: {} rows, {} people added", batch.source, batch.row_count,
                                        plan.report.people_created())));
  if (context.IsCancelled()) return errors::ImportCutShort();
  plan.report.set_applied(true);
  return std::move(plan.report);
}

}  // namespace

absl::StatusOr<v1::ImportMembersResponse> ImportMembers(db::Pool& pool, IdSource& ids, rpc::Call& call,
                                                        grpc::ServerContext& context, ImportStream& reader) {
  ASSIGN_OR_RETURN(const v1::ImportMembersRequest::Header header, ReadHeader(reader));
  ASSIGN_OR_RETURN(rules::Categories categories,
                   db::Autocommit(pool, call.deadline(), [&](db::Session& session) {
                     return store::LoadCategories(session, DateOf(call.now()));
                   }));
  File file(std::move(categories));
  RETURN_IF_ERROR(ReadFile(context, reader, file));
  return MutateOnce<v1::ImportMembersResponse>(
      pool, call, kMethod, header.request_id(), header.SerializeAsString() + file.sha256(),
      [&](db::Transaction& transaction) { return Apply(transaction, ids, call, context, header, file); });
}

}  // namespace plenary::membership
