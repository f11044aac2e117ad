// How long it takes to import a file of members, to find nothing new in it, to export the register and to
// take the import back, and what each adds to the memory of the process: a database server of its own, the
// services over the loopback interface. The client, in the same process, makes the file as it sends it and
// keeps nothing.

#include <cstdio>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/time/clock.h"
#include "common/db/migrator.h"
#include "common/db/transact.h"
#include "common/ids/id.h"
#include "common/log/log.h"
#include "common/status/grpc_status.h"
#include "common/status/macros.h"
#include "common/testing/loopback.h"
#include "common/testing/mariadb.h"
#include "common/time/date.h"
#include "fmt/format.h"
#include "services/membership/import_service.h"
#include "services/membership/register_service.h"

namespace plenary::membership {
namespace {

constexpr char kSchema[] = "import_bench";
constexpr char kToday[] = "2022-08-20";
// Of a call.
constexpr absl::Duration kPatience = absl::Minutes(10);
// Rows of the file that shows whether memory grows with the rows.
constexpr int kFewRows = 20'000;
// Bytes of a message of the file.
constexpr std::size_t kPiece = 48 * 1024;

struct Options {
  int rows = 100'000;
};

// Two people a company, one of them its representative; every tenth company is a member itself.
std::string Row(char file, int i) {
  return fmt::format(
      "{}{}@bench.example,Person {} of File {},Company {}{} Imaginary,professional,2021-08-24,"
      "2022-08-23,2,{},{}\n",
      file, i, i, file, file, i / 2, i % 2 == 0 ? "yes" : "", i % 20 == 0 ? "vendor-partner" : "");
}

std::unique_ptr<grpc::ClientContext> Office(testing::TestSuite& suite) {
  auto context = suite.Staff();
  context->set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
  return context;
}

absl::StatusOr<v1::ImportMembersResponse> Import(testing::TestSuite& suite, v1::RegisterService::Stub& stub,
                                                 char file, int rows) {
  const auto context = Office(suite);
  const auto stream = stub.ImportMembers(context.get());
  v1::ImportMembersRequest request;
  request.mutable_header()->set_source("the bench");
  bool open = stream->Write(request);
  std::string piece =
      "email,full_name,company,category,started_on,paid_through,letters,representative,company_category\n";
  for (int i = 0; i < rows && open; ++i) {
    piece += Row(file, i);
    if (piece.size() < kPiece && i + 1 < rows) continue;
    request.set_content(piece);
    open = stream->Write(request);
    piece.clear();
  }
  stream->WritesDone();
  v1::ImportMembersResponse result;
  for (v1::ImportMembersUpdate update; stream->Read(&update);) {
    if (update.has_result()) result = update.result();
  }
  RETURN_IF_ERROR(FromGrpcStatus(stream->Finish()));
  if (!result.applied()) return absl::DataLossError(result.ShortDebugString());
  return result;
}

absl::StatusOr<int> Export(testing::TestSuite& suite, v1::ImportService::Stub& stub) {
  const auto context = Office(suite);
  const auto reader = stub.ExportMembers(context.get(), v1::ExportMembersRequest());
  std::int64_t rows = 0;
  for (v1::ExportMembersResponse part; reader->Read(&part);) rows += part.rows();
  RETURN_IF_ERROR(FromGrpcStatus(reader->Finish()));
  return static_cast<int>(rows);
}

absl::StatusOr<int> Revert(testing::TestSuite& suite, v1::ImportService::Stub& stub,
                           const std::string& name) {
  v1::RevertImportRequest request;
  request.set_name(name);
  const auto context = Office(suite);
  const auto reader = stub.RevertImport(context.get(), request);
  v1::RevertImportResponse result;
  for (v1::RevertImportUpdate update; reader->Read(&update);) {
    if (update.has_result()) result = update.result();
  }
  RETURN_IF_ERROR(FromGrpcStatus(reader->Finish()));
  return static_cast<int>(result.people_deleted());
}

// MiB, of a line of /proc/self/status.
double Memory(const std::string& line) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word != line + ":") continue;
    double kib = 0;
    status >> kib;
    return kib / 1024;
  }
  return 0;
}

absl::Status Measure(const char* what, const std::function<absl::StatusOr<int>()>& work) {
  std::ofstream("/proc/self/clear_refs") << "5";  // the highest memory so far is that of now
  const double before = Memory("VmRSS");
  const absl::Time start = absl::Now();
  ASSIGN_OR_RETURN(const int rows, work());
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  fmt::print("{:>22} {:>10} {:>9.2f} {:>12.0f} {:>12.1f} {:>12.1f}\n", what, rows, seconds, rows / seconds,
             before, Memory("VmHWM") - before);
  std::fflush(stdout);
  return absl::OkStatus();
}

absl::Status SaveCategories(testing::TestSuite& suite, v1::RegisterService::Stub& stub) {
  for (const std::string id : {"professional", "vendor-partner"}) {
    v1::SaveCategoryRequest request;
    request.mutable_category()->set_name("categories/" + id);
    request.mutable_category()->set_display_name(id);
    request.mutable_category()->mutable_rights()->set_can_vote(true);
    v1::Category saved;
    RETURN_IF_ERROR(FromGrpcStatus(stub.SaveCategory(Office(suite).get(), request, &saved)));
  }
  return absl::OkStatus();
}

absl::Status Run(const Options& options) {
  testing::PrivateServer server;
  server.Start();
  db::Pool outside(server.SettingsFor(""));
  RETURN_IF_ERROR(db::Autocommit(outside, absl::Now() + kPatience, [](db::Session& session) {
    return session.Execute(fmt::format("CREATE DATABASE {}", kSchema)).status();
  }));
  RETURN_IF_ERROR(db::Migrate(
      server.SettingsFor(kSchema),
      {testing::CommonMigrations(), testing::MigrationsOf("membership", "services/membership/schema")}));
  db::Pool pool(server.SettingsFor(kSchema));
  testing::TestSuite suite(StartOf(*ParseDate(kToday)));
  RandomIds ids;
  RegisterService register_service(suite.edge(), pool, ids);
  ImportService import_service(suite.edge(), pool);
  const testing::Loopback loopback({&register_service, &import_service});
  const auto stub = v1::RegisterService::NewStub(loopback.channel());
  const auto imports = v1::ImportService::NewStub(loopback.channel());
  RETURN_IF_ERROR(SaveCategories(suite, *stub));
  // A first one opens what every later one has.
  RETURN_IF_ERROR(Import(suite, *stub, 'z', 10).status());

  fmt::print("\n{:>22} {:>10} {:>9} {:>12} {:>12} {:>12}\n", "call", "rows", "seconds", "rows/second",
             "RSS MiB", "growth MiB");
  std::string import;
  const auto measure = [&](const char* what, char file, int rows) {
    return Measure(what, [&, file, rows]() -> absl::StatusOr<int> {
      ASSIGN_OR_RETURN(const v1::ImportMembersResponse result, Import(suite, *stub, file, rows));
      if (!result.import().empty()) import = result.import();
      return static_cast<int>(result.rows());
    });
  };
  RETURN_IF_ERROR(measure("ImportMembers, few", 'a', kFewRows));
  RETURN_IF_ERROR(measure("ImportMembers", 'b', options.rows));
  RETURN_IF_ERROR(measure("ImportMembers, again", 'b', options.rows));
  RETURN_IF_ERROR(Measure("ExportMembers", [&] { return Export(suite, *imports); }));
  return Measure("RevertImport", [&] { return Revert(suite, *imports, import); });
}

}  // namespace
}  // namespace plenary::membership

int main(int argc, char** argv) {
  CLI::App app("Measures ImportMembers, ExportMembers and RevertImport on a register of its own");
  plenary::membership::Options options;
  app.add_option("--rows", options.rows, "Rows of the file")
      ->capture_default_str()
      ->check(CLI::Range(1'000, 250'000));
  CLI11_PARSE(app, argc, argv);
  plenary::log::Start("import_bench", "warning");
  const absl::Status status = plenary::membership::Run(options);
  if (status.ok()) return 0;
  fmt::print(stderr, "import_bench: {}\n", status.ToString(absl::StatusToStringMode::kWithNoExtraData));
  return 1;
}
