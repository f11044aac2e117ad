// plenary-ethics: the code of ethics, its versions, and who accepted which. Wiring only.
#include <memory>

#include "common/rpc/service_main.h"
#include "services/ethics/code_service.h"
#include "services/ethics/limits.h"

int main(int argc, char** argv) {
  using namespace plenary;  // NOLINT: wiring names something of every room
  rpc::ServiceSpec spec;
  spec.name = "ethics";
  spec.description = "The code of ethics, its versions, and who accepted which";
  spec.schema_dir = PLENARY_SCHEMA_DIR;
  spec.max_receive_bytes = ethics::limits::kMessageBytes;
  spec.wire = [](rpc::Runtime& runtime) -> absl::StatusOr<rpc::Wiring> {
    rpc::Wiring wiring;
    wiring.services.push_back(std::make_unique<ethics::CodeService>(runtime.edge, runtime.pool));
    return wiring;
  };
  return rpc::ServiceMain(spec, argc, argv);
}
