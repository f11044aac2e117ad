#include "services/membership/import_members.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/mutation/mutate.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "services/membership/errors.h"
#include "services/membership/import_upload.h"
#include "services/membership/limits.h"
#include "services/membership/limits_imports.h"
#include "services/membership/names.h"
#include "services/membership/rules/import_plan.h"
#include "services/membership/store/facts.h"
#include "services/membership/store/import.h"
#include "services/membership/store/import_rows.h"

namespace plenary::membership {
namespace {

using Progress = v1::ImportMembersUpdate::Progress;

constexpr char kMethod[] = "plenary.membership.v1.RegisterService.ImportMembers";

// The ids of one import: eight random bytes that they share, and a number. They follow each other, so that
// the tables grow at one place; rows all over them would need all of every index in the server's memory.
class IdsInOrder final : public IdSource {
 public:
  explicit IdsInOrder(IdSource& random) : next_(random.Next()) {
    std::fill(next_.begin() + kShared, next_.end(), 0);
  }

  IdBytes Next() override {
    for (auto byte = next_.rbegin(); byte != next_.rend() - kShared && ++*byte == 0; ++byte) {
    }
    return next_;
  }

 private:
  static constexpr std::ptrdiff_t kShared = 8;
  IdBytes next_;
};

absl::StatusOr<v1::ImportMembersRequest::Header> ReadHeader(ImportStream& stream, absl::CivilDay today) {
  v1::ImportMembersRequest request;
  if (!stream.Read(&request) || !request.has_header()) {
    return errors::FieldInvalid("header", "Send the header first, then the bytes of the file.");
  }
  const int year = request.header().year();
  FieldChecks checks;
  checks.Text("header.source", request.header().source(), 1, limits::kLongestSource);
  checks.Require(year == 0 || (year >= limits::kFirstImportYear && year < today.year()), "header.year",
                 "Give a year from 1900 to last year, or none for the people who are members now.");
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  return request.header();
}

absl::Status ReadFile(grpc::ServerContext& context, ImportStream& stream, ImportUpload& upload) {
  RETURN_IF_ERROR(upload.Begin());
  v1::ImportMembersRequest request;
  while (stream.Read(&request)) {
    if (!request.has_content() || request.content().size() > limits::kLongestContent) {
      return errors::FieldInvalid("content",
                                  "After the header, send pieces of the file of at most 60,000 bytes.");
    }
    RETURN_IF_ERROR(upload.Feed(request.content()));
  }
  // A caller who went away half way ends the stream as a caller who is done does.
  if (context.IsCancelled()) return errors::ImportCutShort();
  return upload.Finish();
}

// One import under way, in its transaction.
class Import {
 public:
  // Borrows all of it.
  Import(db::Transaction& transaction, IdSource& ids, const rpc::Call& call,
         const grpc::ServerContext& context, ImportStream& stream, const ImportUpload& upload,
         const rules::FileTime& time)
      : transaction_(transaction),
        ids_(ids),
        call_(call),
        context_(context),
        stream_(stream),
        upload_(upload),
        time_(time) {}

  absl::StatusOr<v1::ImportMembersResponse> Run(const v1::ImportMembersRequest::Header& header) {
    RETURN_IF_ERROR(store::TakeImportTurn(transaction_));
    RETURN_IF_ERROR(store::PrepareRows(transaction_, upload_.id(), upload_.last_line()));
    v1::ImportMembersResponse report;
    report.set_rows(upload_.rows());
    ASSIGN_OR_RETURN(const rules::ImportCounts checked, Check(report));
    if (report.problem_count() > 0) return report;
    if (header.validate_only()) {
      checked.FillIn(report);
      return report;
    }
    RETURN_IF_ERROR(Store(header, report));
    if (context_.IsCancelled()) return errors::ImportCutShort();
    report.set_applied(true);
    return report;
  }

 private:
  // Every page of the file, planned against the register as it is at that moment.
  absl::Status EachPage(Progress::Phase phase, const std::function<absl::Status(rules::ImportPlan)>& take) {
    rules::ImportPlanner planner(time_, ids_);
    std::optional<rules::ImportRow> last;
    v1::ImportMembersUpdate update;
    update.mutable_progress()->set_phase(phase);
    update.mutable_progress()->set_rows_total(upload_.good_rows());
    while (true) {
      ASSIGN_OR_RETURN(const std::vector<rules::ImportRow> rows,
                       store::NextRows(transaction_, upload_.id(), last.has_value() ? &*last : nullptr,
                                       limits::kImportPage));
      if (rows.empty()) return absl::OkStatus();
      ASSIGN_OR_RETURN(const rules::KnownRegister known,
                       store::LoadForImport(transaction_, rows, call_.now()));
      RETURN_IF_ERROR(take(planner.PlanPage(rows, known)));
      last = rows.back();
      update.mutable_progress()->set_rows_done(update.progress().rows_done() +
                                               static_cast<std::int64_t>(rows.size()));
      stream_.Write(update);
      if (context_.IsCancelled()) return errors::ImportCutShort();
    }
  }

  // Fills in what is wrong with the file; nothing is stored.
  absl::StatusOr<rules::ImportCounts> Check(v1::ImportMembersResponse& report) {
    rules::ImportProblems problems = upload_.problems();
    ASSIGN_OR_RETURN(const store::RefusedRows refused,
                     store::ListRefusedRows(transaction_, upload_.id(), limits::kMostProblems));
    for (const std::int64_t line : refused.lines) {
      problems.Add(rules::ProblemOf(
          line, rules::ColumnName(rules::Column::kEmail), "EMAIL_DUPLICATE",
          fmt::format(
              "Another row has this address and names another company, or more than {} rows have it. A "
              "person is of one company and has a row for each membership: correct one of them.",
              limits::kMostRowsOfAPerson)));
    }
    problems.AddUntold(refused.count - static_cast<std::int64_t>(refused.lines.size()));
    rules::ImportCounts counts;
    RETURN_IF_ERROR(EachPage(Progress::PHASE_CHECKING, [&](rules::ImportPlan plan) {
      counts += plan.counts;
      for (rules::RowProblem& problem : plan.problems) problems.Add(std::move(problem));
      return absl::OkStatus();
    }));
    problems.FillIn(report);
    return counts;
  }

  absl::Status Store(const v1::ImportMembersRequest::Header& header, v1::ImportMembersResponse& report) {
    const store::ImportBatch batch = {.id = ids_.NextText(),
                                      .source = header.source(),
                                      .file_sha256 = upload_.sha256(),
                                      .year = header.year(),
                                      .row_count = upload_.rows(),
                                      .imported_at = call_.now(),
                                      .actor = call_.principal().Actor()};
    store::ImportWriter writer(transaction_, batch);
    rules::ImportCounts counts;
    RETURN_IF_ERROR(EachPage(Progress::PHASE_STORING, [&](rules::ImportPlan plan) {
      // The same pages against the same register, held since they were checked.
      if (!plan.problems.empty()) return errors::RegisterChanged();
      counts += plan.counts;
      return writer.Store(plan);
    }));
    counts.FillIn(report);
    if (writer.changes() == 0) return absl::OkStatus();
    RETURN_IF_ERROR(writer.Finish(counts));
    report.set_import(ResourceName(kImports, batch.id));
    return RecordAct(
        transaction_, call_, kMethod, report.import(),
        fmt::format("{}: {} rows, {} people added", batch.source, batch.row_count, counts.people_created));
  }

  db::Transaction& transaction_;
  IdSource& ids_;
  const rpc::Call& call_;
  const grpc::ServerContext& context_;
  ImportStream& stream_;
  const ImportUpload& upload_;
  const rules::FileTime& time_;
};

}  // namespace

absl::StatusOr<v1::ImportMembersResponse> ImportMembers(db::Pool& pool, IdSource& ids, rpc::Call& call,
                                                        grpc::ServerContext& context, ImportStream& stream) {
  const absl::CivilDay today = DateOf(call.now());
  ASSIGN_OR_RETURN(const v1::ImportMembersRequest::Header header, ReadHeader(stream, today));
  const rules::FileTime time = {.today = today, .year = header.year()};
  ASSIGN_OR_RETURN(rules::Categories categories,
                   db::Autocommit(pool, call.deadline(), [&](db::Session& session) {
                     return store::LoadCategories(session, today);
                   }));
  ImportUpload upload(pool, ids, call, std::move(categories), time);
  RETURN_IF_ERROR(ReadFile(context, stream, upload));
  return MutateOnce<v1::ImportMembersResponse>(
      pool, call, kMethod, header.request_id(), header.SerializeAsString() + upload.sha256(),
      [&](db::Transaction& transaction) {
        IdsInOrder in_order(ids);
        return Import(transaction, in_order, call, context, stream, upload, time).Run(header);
      });
}

}  // namespace plenary::membership
