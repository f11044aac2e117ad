// plenary-ethics: the code of ethics, its versions, and who accepted which. Wiring only.
#include <map>
#include <memory>
#include <string>

#include "common/outbox/outbox.h"
#include "common/rpc/service_main.h"
#include "services/ethics/code_service.h"
#include "services/ethics/limits.h"
#include "services/ethics/membership_peer.h"

int main(int argc, char** argv) {
  using namespace plenary;  // NOLINT: wiring names something of every room
  std::string membership_address;
  rpc::ServiceSpec spec;
  spec.name = "ethics";
  spec.description = "The code of ethics, its versions, and who accepted which";
  spec.schema_dir = PLENARY_SCHEMA_DIR;
  spec.max_receive_bytes = ethics::limits::kMessageBytes;
  spec.add_flags = [&](CLI::App& app) {
    app.add_option("--membership", membership_address, "Address of the membership service, HOST:PORT")
        ->default_val("127.0.0.1:7401");
  };
  spec.wire = [&](rpc::Runtime& runtime) -> absl::StatusOr<rpc::Wiring> {
    auto membership =
        std::make_shared<ethics::MembershipPeer>(rpc::LoopbackChannel(membership_address), runtime.peers);
    auto dispatcher = std::make_shared<outbox::Dispatcher>(
        runtime.pool, [&clock = runtime.clock] { return clock.Now(); },
        std::map<std::string, outbox::Handler>{
            {ethics::kRecordCodeAcceptance, membership->AcceptanceHandler()}});
    dispatcher->Start();

    rpc::Wiring wiring;
    wiring.parts = {membership, dispatcher};
    wiring.services.push_back(std::make_unique<ethics::CodeService>(
        runtime.edge, runtime.pool, [effects = dispatcher.get()] { effects->Notify(); }));
    wiring.on_drain.push_back([effects = dispatcher.get()] { effects->Stop(); });
    return wiring;
  };
  return rpc::ServiceMain(spec, argc, argv);
}
