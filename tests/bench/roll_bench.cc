// How long it takes to judge a whole register and to freeze a roll of it, and what that adds to the memory of
// the process: a database server of its own, a register filled by SQL, and both RPCs over the loopback
// interface. The client, in the same process, keeps 16 bytes a line, to compute the published hash again.

#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <tuple>
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
#include "services/membership/roll_service.h"
#include "services/membership/rules/roll_bytes.h"

namespace plenary::membership {
namespace {

constexpr char kSchema[] = "roll_bench";
constexpr char kToday[] = "2022-08-20";
constexpr char kElection[] = "elections/bench";
// By unit: a repeated request streams the stored roll alone.
constexpr const char* kRequestIds[] = {"", "123e4567-e89b-42d3-a456-426614174000",
                                       "123e4567-e89b-42d3-a456-426614174001"};
// Holds the register of 200,000 companies and its keys. With less the disk is measured: a person's facts lie
// anywhere.
constexpr char kBufferPool[] = "SET GLOBAL innodb_buffer_pool_size = 805306368";
// Of filling a table, and of a call.
constexpr absl::Duration kPatience = absl::Minutes(10);

struct Options {
  int companies = 200'000;
};

// Ids are spread over their whole range, as random ones are. Every third company has a second person, every
// tenth membership has lapsed, every seventh person lacks a letter; half of the periods were renewed once.
constexpr char kId[] = "CONCAT(SUBSTR(MD5(CONCAT('{}', n)), 1, 25), '0')";

std::string IdOf(char kind) { return fmt::format(fmt::runtime(kId), kind); }

std::vector<std::string> Statements(int companies) {
  // In the order of the ids, so that the rows are laid down one after the other.
  const auto numbers = [&](const std::string& condition) {
    return fmt::format(" FROM numbers WHERE n < {} AND {} ORDER BY 1", companies, condition);
  };
  const std::string all = numbers("TRUE");
  const std::string thirds = numbers("n % 3 = 0");
  const std::string company = IdOf('c');
  std::vector<std::string> statements = {
      "SET SESSION sql_log_bin = 0",
      "CREATE TABLE digits (d INT NOT NULL)",
      "INSERT INTO digits VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)",
      "CREATE TABLE numbers (n INT NOT NULL PRIMARY KEY)",
      "INSERT INTO numbers SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d + 100000 * g.d"
      " FROM digits a, digits b, digits c, digits e, digits f, digits g",
      "INSERT INTO categories (id) VALUES ('professional')",
      "INSERT INTO category_versions (category, valid_from, display_name, can_vote, can_hold_office,"
      " can_vote_in_committee, can_attend, seats_included, price_cents, term_months, grace_days, "
      "required_letters,"
      " required_credit_hundredths, required_code_version)"
      " VALUES ('professional', '1900-01-01', 'Professional', 1, 1, 1, 1, 0, 10000, 12, 30, 2, 0, '')",
      "INSERT INTO companies (id, display_name, name_key, version) SELECT " + company +
          ", CONCAT('Company ', n), CONCAT('company ', n), 1" + all,
      "INSERT INTO links (id, person, company, role, start_date, source, representative_now) SELECT " +
          IdOf('r') + ", " + IdOf('p') + ", " + company + ", 'REPRESENTATIVE', '2021-01-01', 'bench', " +
          company + thirds,
      "UPDATE companies c JOIN links l ON l.company = c.id SET c.representative = l.person",
  };
  for (const auto& [kind, where, renewed] :
       {std::tuple('p', all, numbers("n % 2 = 0")), std::tuple('q', thirds, numbers("n % 6 = 0"))}) {
    const std::string person = IdOf(kind);
    statements.push_back(fmt::format(
        "INSERT INTO people (id, email, full_name, company, accepted_letters) SELECT {}, CONCAT('{}', n,"
        " '@bench.example'), CONCAT('Person ', n), {}, IF(n % 7 = 6, 1, 2){}",
        person, kind, company, where));
    statements.push_back(
        fmt::format("INSERT INTO links (id, person, company, role, start_date, source, employee_now)"
                    " SELECT {0}, {0}, {1}, 'EMPLOYEE', '2021-01-01', 'bench', {0}{2}",
                    person, company, where));
    statements.push_back(
        fmt::format("INSERT INTO letter_counts (person, recorded_on, accepted, source)"
                    " SELECT {}, '2021-01-01', IF(n % 7 = 6, 1, 2), 'bench'{}",
                    person, where));
    statements.push_back(
        fmt::format("INSERT INTO memberships (holder, category, start_date, end_date, source)"
                    " SELECT {}, 'professional', '2020-09-01', '2021-09-01', 'bench'{}",
                    person, renewed));
    statements.push_back(fmt::format(
        "INSERT INTO memberships (holder, category, start_date, end_date, source)"
        " SELECT {}, 'professional', '2021-09-01', IF(n % 10 = 9, '2022-01-01', '2022-09-01'), 'bench'{}",
        person, where));
  }
  return statements;
}

absl::Status Run(db::Settings settings, const std::vector<std::string>& statements) {
  settings.statement_timeout = kPatience;
  db::Pool pool(settings);
  return db::Autocommit(pool, absl::Now() + kPatience, [&](db::Session& session) -> absl::Status {
    for (const std::string& statement : statements) RETURN_IF_ERROR(session.Execute(statement).status());
    return absl::OkStatus();
  });
}

absl::Status Fill(const testing::PrivateServer& server, int companies) {
  RETURN_IF_ERROR(Run(server.SettingsFor(""), {fmt::format("CREATE DATABASE {}", kSchema), kBufferPool}));
  const db::Settings settings = server.SettingsFor(kSchema);
  RETURN_IF_ERROR(db::Migrate(settings, {testing::CommonMigrations(),
                                         testing::MigrationsOf("membership", "services/membership/schema")}));
  return Run(settings, Statements(companies));
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

// Makes the highest memory so far that of now.
void ForgetPeak() { std::ofstream("/proc/self/clear_refs") << "5"; }

template <typename Work>
absl::Status Measure(const char* what, Work work) {
  ForgetPeak();
  const double before = Memory("VmRSS");
  const absl::Time start = absl::Now();
  ASSIGN_OR_RETURN(const int rows, work());
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  fmt::print("{:>18} {:>10} {:>9.2f} {:>12.0f} {:>12.1f} {:>12.1f}\n", what, rows, seconds, rows / seconds,
             before, Memory("VmHWM") - before);
  std::fflush(stdout);
  return absl::OkStatus();
}

std::unique_ptr<grpc::ClientContext> Office(testing::TestSuite& suite) {
  auto context = suite.Staff();
  context->set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
  return context;
}

absl::StatusOr<int> Judge(testing::TestSuite& suite, v1::RollService::Stub& stub) {
  const auto context = Office(suite);
  const auto reader = stub.StreamEligibility(context.get(), v1::StreamEligibilityRequest());
  v1::StreamEligibilityResponse part;
  int rows = 0;
  while (reader->Read(&part)) rows += part.companies_size();
  RETURN_IF_ERROR(FromGrpcStatus(reader->Finish()));
  return part.complete() ? absl::StatusOr<int>(rows) : absl::DataLossError("the stream broke off");
}

absl::StatusOr<int> Freeze(testing::TestSuite& suite, v1::RollService::Stub& stub, v1::Unit unit) {
  v1::FreezeRollRequest request;
  request.set_election(fmt::format("{}-{}", kElection, static_cast<int>(unit)));
  request.set_record_date(kToday);
  request.set_unit(unit);
  request.set_request_id(kRequestIds[unit]);
  const auto context = Office(suite);
  const auto reader = stub.FreezeRoll(context.get(), request);
  std::vector<IdBytes> units;
  v1::Roll roll;
  for (v1::FreezeRollResponse part; reader->Read(&part);) {
    if (part.has_roll()) {
      roll = part.roll();
    } else {
      const std::string& name = part.entry().unit();
      units.push_back(ParseId(std::string_view(name).substr(name.find('/') + 1)).value_or(IdBytes()));
    }
  }
  RETURN_IF_ERROR(FromGrpcStatus(reader->Finish()));
  const int rows = static_cast<int>(units.size());
  if (rules::RollSha256(std::move(units)) != roll.sha256()) return absl::DataLossError("another hash");
  return rows;
}

absl::Status Run(const Options& options) {
  testing::PrivateServer server;
  server.Start();
  fmt::print("Filling a register of {} companies; the database has a buffer pool of 768 MiB\n",
             options.companies);
  std::fflush(stdout);
  RETURN_IF_ERROR(Fill(server, options.companies));

  db::Pool pool(server.SettingsFor(kSchema));
  testing::TestSuite suite(StartOf(*ParseDate(kToday)));
  RandomIds ids;
  RollService service(suite.edge(), pool, ids);
  const testing::Loopback loopback({&service});
  const auto stub = v1::RollService::NewStub(loopback.channel());
  // A first call opens what every later one has.
  RETURN_IF_ERROR(FromGrpcStatus([&] {
    v1::Roll roll;
    v1::ExplainEligibilityResponse page;
    return stub->ExplainEligibility(Office(suite).get(), v1::ExplainEligibilityRequest(), &page);
  }()));
  fmt::print("\n{:>18} {:>10} {:>9} {:>12} {:>12} {:>12}\n", "call", "rows", "seconds", "rows/second",
             "RSS MiB", "growth MiB");
  RETURN_IF_ERROR(Measure("StreamEligibility", [&] { return Judge(suite, *stub); }));
  RETURN_IF_ERROR(Measure("FreezeRoll", [&] { return Freeze(suite, *stub, v1::UNIT_COMPANY); }));
  RETURN_IF_ERROR(Measure("the same, again", [&] { return Freeze(suite, *stub, v1::UNIT_COMPANY); }));
  return Measure("FreezeRoll, people", [&] { return Freeze(suite, *stub, v1::UNIT_PERSON); });
}

}  // namespace
}  // namespace plenary::membership

int main(int argc, char** argv) {
  CLI::App app("Measures StreamEligibility and FreezeRoll on a register of its own");
  plenary::membership::Options options;
  app.add_option("--companies", options.companies, "Companies on the register")
      ->capture_default_str()
      ->check(CLI::Range(1'000, 1'000'000));
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = plenary::membership::Run(options);
  if (status.ok()) return 0;
  fmt::print(stderr, "roll_bench: {}\n", status.ToString(absl::StatusToStringMode::kWithNoExtraData));
  return 1;
}
