// The one main of every service: flags, keys, migrations, checks at the start, server, health,
// reflection, metrics, drain. A service's own main.cc only wires.
#pragma once

#include <grpcpp/impl/codegen/service_type.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/auth/token.h"
#include "common/db/durability.h"
#include "common/db/migrator.h"
#include "common/db/pool.h"
#include "common/ids/id.h"
#include "common/metrics/metrics.h"
#include "common/rpc/edge.h"
#include "common/rpc/peer.h"
#include "common/time/clock.h"

namespace plenary::rpc {

// What a service gets to wire itself with. Lives until the process ends.
struct Runtime {
  const Clock& clock;
  IdSource& ids;
  db::Pool& pool;
  Edge& edge;
  Metrics& metrics;
  const PeerCaller& peers;
  const auth::TokenSigner& signer;
  const auth::KeySet& keys;
  // Started with --development: sign-in without proof may be offered, time may be simulated.
  bool development;
};

// What a service serves. Destroyed in reverse order, after the server has drained.
struct Wiring {
  std::vector<std::shared_ptr<void>> parts;  // stores, peers, dispatchers: what the services borrow
  std::vector<std::unique_ptr<grpc::Service>> services;
  std::vector<std::function<void()>> on_drain;  // called once, when no call is handled
};

struct ServiceSpec {
  std::string name;         // "membership": of the key, the log and the token
  std::string description;  // one line for --help
  std::string schema_dir;   // default of --schema_dir
  // Whose tokens name people: default of --person_issuer.
  std::string person_issuer = "membership";
  // Whom tokens must be for; "": the service that a contract belongs to (Edge::Options::audience).
  std::string audience;
  // Whether the store also holds the common tables (outbox, requests, audit).
  enum class CommonTables { kYes, kNo } common_tables = CommonTables::kYes;
  db::BinaryLog binary_log = db::BinaryLog::kAllowed;
  int max_receive_bytes = kLongestMessage;
  // The service's own flags; may be empty.
  std::function<void(CLI::App&)> add_flags;
  // An act of the command line that needs the database and no server ("--create_staff"): OK and true
  // when it was asked for and done. May be empty.
  std::function<absl::StatusOr<bool>(Runtime&)> command;
  std::function<absl::StatusOr<Wiring>(Runtime&)> wire;
};

// Exit codes: 0 done or drained; 1 refused to start (the sentence is on standard error and in the
// log); 2 wrong flags.
int ServiceMain(const ServiceSpec& spec, int argc, char** argv);

}  // namespace plenary::rpc
