// plenary-ballot-box: takes ballots, on a port and a database server of its own. Wiring only.
#include <memory>
#include <string>

#include "common/crypto/random.h"
#include "common/rpc/service_main.h"
#include "common/status/macros.h"
#include "services/election/ballot_box.h"
#include "services/election/ballot_box_control_service.h"
#include "services/election/ballot_box_service.h"
#include "services/election/limits.h"

namespace plenary::election {
namespace {

struct Flags {
  std::string log_dir;
  std::int64_t batch_seconds = absl::ToInt64Seconds(kBatchInterval);
};

void AddFlags(CLI::App& app, Flags& flags) {
  app.add_option(
      "--log_dir", flags.log_dir,
      "Folder of the public log and of the count of receipts, needed to serve; not on the database's disk, "
      "and never set back to an older copy, not even together with the database");
  app.add_option("--batch_seconds", flags.batch_seconds,
                 "Seconds between two batches of the log; the more, the less it tells of when somebody voted")
      ->check(CLI::Range(1, 86'400))
      ->capture_default_str();
}

absl::StatusOr<rpc::Wiring> Wire(rpc::Runtime& runtime, const Flags& flags) {
  rpc::Wiring wiring;
  const auto random = std::make_shared<crypto::SystemRandom>();
  ASSIGN_OR_RETURN(std::shared_ptr<BallotBox> box,
                   BallotBox::Open(runtime.pool, {.log_dir = flags.log_dir,
                                                  .batch_interval = absl::Seconds(flags.batch_seconds)}));
  wiring.services.push_back(std::make_unique<BallotBoxServiceImpl>(runtime.edge, *box));
  wiring.services.push_back(std::make_unique<BallotBoxControlServiceImpl>(runtime.edge, *random, *box));
  wiring.parts = {random, box};
  wiring.on_drain.push_back([box] { box->sequencer().Stop(); });
  box->sequencer().Start();
  return wiring;
}

}  // namespace
}  // namespace plenary::election

int main(int argc, char** argv) {
  plenary::election::Flags flags;
  plenary::rpc::ServiceSpec spec;
  spec.name = "ballot-box";
  spec.description = "Plenary's ballot box: takes ballots without a name, and keeps their public log";
  spec.schema_dir = PLENARY_BALLOT_BOX_SCHEMA_DIR;
  spec.common_tables = plenary::rpc::ServiceSpec::CommonTables::kNo;
  spec.binary_log = plenary::db::BinaryLog::kForbidden;
  spec.max_receive_bytes = plenary::election::kBoxMessageBytes;
  spec.add_flags = [&](CLI::App& app) { plenary::election::AddFlags(app, flags); };
  spec.wire = [&](plenary::rpc::Runtime& runtime) { return plenary::election::Wire(runtime, flags); };
  return plenary::rpc::ServiceMain(spec, argc, argv);
}
