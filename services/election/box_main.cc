// plenary-ballot-box: takes ballots, on a port and a database server of its own. Wiring only.
#include <memory>

#include "common/crypto/random.h"
#include "common/rpc/service_main.h"
#include "common/status/macros.h"
#include "services/election/ballot_box_control_service.h"
#include "services/election/ballot_box_service.h"
#include "services/election/limits.h"
#include "services/election/served_boxes.h"

namespace plenary::election {
namespace {

absl::StatusOr<rpc::Wiring> Wire(rpc::Runtime& runtime) {
  rpc::Wiring wiring;
  const auto random = std::make_shared<crypto::SystemRandom>();
  const auto boxes = std::make_shared<ServedBoxes>();
  RETURN_IF_ERROR(boxes->LoadAll(runtime.pool));
  wiring.services.push_back(std::make_unique<BallotBoxServiceImpl>(runtime.edge, runtime.pool, *boxes));
  wiring.services.push_back(
      std::make_unique<BallotBoxControlServiceImpl>(runtime.edge, runtime.pool, *random, *boxes));
  wiring.parts = {random, boxes};
  return wiring;
}

}  // namespace
}  // namespace plenary::election

int main(int argc, char** argv) {
  plenary::rpc::ServiceSpec spec;
  spec.name = "ballot-box";
  spec.description = "Plenary's ballot box: takes ballots without a name";
  spec.schema_dir = PLENARY_BALLOT_BOX_SCHEMA_DIR;
  spec.common_tables = plenary::rpc::ServiceSpec::CommonTables::kNo;
  spec.binary_log = plenary::db::BinaryLog::kForbidden;
  spec.max_receive_bytes = plenary::election::kBoxMessageBytes;
  spec.wire = plenary::election::Wire;
  return plenary::rpc::ServiceMain(spec, argc, argv);
}
