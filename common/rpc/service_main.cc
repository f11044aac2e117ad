#include "common/rpc/service_main.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <pthread.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <thread>

#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/auth/key_folder.h"
#include "common/idempotency/retention.h"
#include "common/log/log.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "fmt/format.h"

namespace plenary::rpc {
namespace {

constexpr ErrorDomain kDomain("plenary.rpc");
// Between NOT_SERVING and the shutdown, so that balancers notice.
constexpr std::chrono::milliseconds kDrainNotice(200);
// Calls that are being handled get this long to end.
constexpr std::chrono::seconds kDrainLimit(10);
// Threads of the driver and of gRPC beside the calls.
constexpr int kSpareThreads = 8;
constexpr int kShortestKeepaliveMs = 10'000;
// gRPC's synchronous server ends a thread that finishes a call while as many as the maximum wait for one, and
// makes another for the next call: its default of two makes and ends threads all the time under load.
constexpr int kFewestPollers = 2;
constexpr int kMostPollers = 32;

struct Flags {
  std::string listen = "127.0.0.1:0";
  std::string metrics_listen;
  std::string db_socket, db_user, db_schema, db_password_file;
  std::string key_dir, clock_file, schema_dir, log_level = "info";
  std::string common_schema_dir = PLENARY_COMMON_SCHEMA_DIR;
  std::string person_issuer;
  int db_connections = 16;
  int max_in_flight = 64;
  bool migrate = false, make_key = false, rotate_key = false, development = false;
};

void AddFlags(CLI::App& app, Flags& flags) {
  app.add_option("--listen", flags.listen, "Address to serve at; plaintext, so loopback only")
      ->capture_default_str();
  app.add_option("--metrics_listen", flags.metrics_listen, "Address of /metrics for Prometheus; empty: none");
  app.add_option("--db_socket", flags.db_socket, "Unix socket of the database server")->required(false);
  app.add_option("--db_user", flags.db_user, "Database account");
  app.add_option("--db_password_file", flags.db_password_file,
                 "File with the account's password; empty: none");
  app.add_option("--db_schema", flags.db_schema, "Database schema");
  app.add_option("--db_connections", flags.db_connections, "Connections kept to the database")
      ->check(CLI::Range(1, 512))
      ->capture_default_str();
  app.add_option("--max_in_flight", flags.max_in_flight,
                 "Calls handled at the same time, at most half of them streams; more are refused at once")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  app.add_option("--key_dir", flags.key_dir, "Folder of the stack's keys: <service>.pem and *.jwk");
  app.add_option("--person_issuer", flags.person_issuer, "Service whose tokens name people")
      ->capture_default_str();
  app.add_option("--schema_dir", flags.schema_dir, "Folder of the schema's migrations")
      ->capture_default_str();
  app.add_option("--common_schema_dir", flags.common_schema_dir, "Folder of the common migrations")
      ->capture_default_str();
  app.add_option("--log_level", flags.log_level, "Least level that is logged")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str();
  app.add_option("--clock_file", flags.clock_file,
                 "File with an offset in seconds from real time; needs --development");
  app.add_flag("--migrate", flags.migrate,
               "Bring the schema up to date (an account with DDL rights), then exit");
  app.add_flag("--make_key", flags.make_key,
               "Make this service's signing key in --key_dir unless it exists, then exit");
  app.add_flag("--rotate_key", flags.rotate_key,
               "Publish a next signing key in --key_dir, which signs half a minute later, then exit");
  app.add_flag("--development", flags.development, "Offer what only a development stack may have");
}

absl::Status CheckLoopback(std::string_view flag, const std::string& address) {
  const std::string host = address.substr(0, address.rfind(':'));
  if (host == "127.0.0.1" || host == "[::1]" || host == "localhost") return absl::OkStatus();
  return kDomain.Error(
      absl::StatusCode::kInvalidArgument, "LISTEN_NOT_LOOPBACK",
      fmt::format("{}={} is not on the loopback interface, and this service speaks plaintext. "
                  "Use 127.0.0.1:PORT and put a TLS proxy in front.",
                  flag, address));
}

absl::Status CheckFlags(const Flags& flags) {
  RETURN_IF_ERROR(CheckLoopback("--listen", flags.listen));
  if (!flags.metrics_listen.empty()) RETURN_IF_ERROR(CheckLoopback("--metrics_listen", flags.metrics_listen));
  if (!flags.clock_file.empty() && !flags.development) {
    return kDomain.Error(absl::StatusCode::kInvalidArgument, "CLOCK_NEEDS_DEVELOPMENT",
                         "--clock_file simulates time. Add --development, or leave it out.");
  }
  return absl::OkStatus();
}

absl::StatusOr<db::Settings> ReadSettings(const Flags& flags) {
  db::Settings settings;
  settings.socket = flags.db_socket;
  settings.user = flags.db_user;
  settings.schema = flags.db_schema;
  if (flags.db_password_file.empty()) return settings;
  std::ifstream file(flags.db_password_file);
  if (!std::getline(file, settings.password)) {
    return absl::NotFoundError(
        fmt::format("Cannot read --db_password_file={}. Check its path and owner.", flags.db_password_file));
  }
  return settings;
}

std::vector<db::MigrationSet> Migrations(const ServiceSpec& spec, const Flags& flags) {
  std::vector<db::MigrationSet> sets;
  if (spec.common_tables == ServiceSpec::CommonTables::kYes)
    sets.push_back({"common", flags.common_schema_dir});
  sets.push_back({spec.name, flags.schema_dir});
  return sets;
}

// SIGTERM and SIGINT, for the one thread that waits for them; blocked in every thread made after this.
sigset_t BlockStopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

void ConfigureServer(grpc::ServerBuilder& builder, const ServiceSpec& spec, const Flags& flags, int& port) {
  grpc::ResourceQuota quota(spec.name);
  quota.SetMaxThreads(flags.max_in_flight + kSpareThreads);
  builder.SetResourceQuota(quota);
  builder.SetSyncServerOption(grpc::ServerBuilder::MIN_POLLERS, kFewestPollers);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, kMostPollers);
  builder.SetMaxReceiveMessageSize(spec.max_receive_bytes);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kShortestKeepaliveMs);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // a second server on the port must fail
  builder.AddListeningPort(flags.listen, grpc::InsecureServerCredentials(), &port);
}

// Serves until a stop signal, then drains.
absl::Status Serve(const ServiceSpec& spec, const Flags& flags, Wiring& wiring, Metrics& metrics,
                   const sigset_t& stop_signals) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  int port = 0;
  ConfigureServer(builder, spec, flags, port);
  for (const auto& service : wiring.services) builder.RegisterService(service.get());
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port == 0) {
    return kDomain.Error(
        absl::StatusCode::kUnavailable, "LISTEN_FAILED",
        fmt::format("Cannot listen at {}. Is the port taken? Choose another with --listen.", flags.listen));
  }
  if (!flags.metrics_listen.empty()) RETURN_IF_ERROR(metrics.Serve(flags.metrics_listen));
  server->GetHealthCheckService()->SetServingStatus(true);
  log::Info("serving",
            {{"address", fmt::format("{}:{}", flags.listen.substr(0, flags.listen.rfind(':')), port)}});

  int signal = 0;
  sigwait(&stop_signals, &signal);
  log::Info("draining");
  server->GetHealthCheckService()->SetServingStatus(false);
  std::this_thread::sleep_for(kDrainNotice);
  server->Shutdown(std::chrono::system_clock::now() + kDrainLimit);
  server->Wait();
  return absl::OkStatus();
}

absl::Status RotateKey(const ServiceSpec& spec, const Flags& flags) {
  ASSIGN_OR_RETURN(const auth::FolderKey key, auth::RotateServiceKey(flags.key_dir, spec.name, absl::Now()));
  fmt::print("{} signs with key {} from {} on. Tokens of the key before are taken until they expire.\n",
             spec.name, key.key_id, FormatInstant(key.signs_from));
  return absl::OkStatus();
}

absl::Status Run(const ServiceSpec& spec, const Flags& flags) {
  RETURN_IF_ERROR(CheckFlags(flags));
  if (flags.rotate_key) return RotateKey(spec, flags);
  if (flags.make_key) return auth::MakeServiceKey(flags.key_dir, spec.name);
  const sigset_t stop_signals = BlockStopSignals();
  db::InitDriver();
  ASSIGN_OR_RETURN(const db::Settings settings, ReadSettings(flags));
  if (flags.migrate) return db::Migrate(settings, Migrations(spec, flags));

  std::unique_ptr<Clock> clock = std::make_unique<SystemClock>();
  if (!flags.clock_file.empty()) clock = std::make_unique<FileClock>(flags.clock_file);
  const SystemClock real_time;
  ASSIGN_OR_RETURN(const auto key_ring,
                   auth::KeyRing::Open(flags.key_dir, spec.name, flags.person_issuer, real_time));
  key_ring->Watch();
  RandomIds ids;
  Metrics metrics(spec.name);
  Edge edge(*clock, key_ring->keys(), metrics,
            {.max_in_flight = flags.max_in_flight, .audience = spec.audience});
  const PeerCaller peers(key_ring->signer(), *clock);
  db::Pool pool(settings, {.max_connections = static_cast<std::size_t>(flags.db_connections)});
  RETURN_IF_ERROR(db::CheckDurability(pool, spec.binary_log));
  RETURN_IF_ERROR(db::RequireCurrent(pool, Migrations(spec, flags)));

  Runtime runtime{*clock,           ids, pool, edge, metrics, peers, key_ring->signer(), key_ring->keys(),
                  flags.development};
  if (spec.command != nullptr) {
    ASSIGN_OR_RETURN(const bool done, spec.command(runtime));
    if (done) return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(Wiring wiring, spec.wire(runtime));
  AnswerRetention retention(pool, *clock);
  if (spec.common_tables == ServiceSpec::CommonTables::kYes) retention.Start();
  const absl::Status served = Serve(spec, flags, wiring, metrics, stop_signals);
  retention.Stop();
  // Also of a server that never began to serve: what wire() started borrows the parts. Then the services,
  // which borrow them too.
  for (const auto& drain : wiring.on_drain) drain();
  wiring.on_drain.clear();
  wiring.services.clear();
  while (!wiring.parts.empty()) wiring.parts.pop_back();
  pool.Close();
  log::Info("stopped");
  return served;
}

}  // namespace

int ServiceMain(const ServiceSpec& spec, int argc, char** argv) {
  // Debian builds Abseil with its search for deadlocks: one lock for all mutexes of all threads, which gRPC's
  // calls would wait for.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  CLI::App app(spec.description, "plenary-" + spec.name);
  Flags flags;
  flags.schema_dir = spec.schema_dir;
  flags.person_issuer = spec.person_issuer;
  AddFlags(app, flags);
  if (spec.add_flags != nullptr) spec.add_flags(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  log::Start(spec.name, flags.log_level);
  const absl::Status status = Run(spec, flags);
  if (status.ok()) return 0;
  log::Error("stopped by an error", {{"reason", ReasonOf(status)}, {"error", std::string(status.message())}});
  fmt::print(stderr, "plenary-{}: {}\n", spec.name, std::string(status.message()));
  return 1;
}

}  // namespace plenary::rpc
