// plenary-committee: bodies, seats and motions. Wiring only.
#include <memory>
#include <string>

#include "common/outbox/outbox.h"
#include "common/rpc/service_main.h"
#include "services/committee/body_service.h"
#include "services/committee/membership_peer.h"
#include "services/committee/motion_service.h"

int main(int argc, char** argv) {
  using namespace plenary;  // NOLINT: wiring names something of every room
  std::string membership_address;
  rpc::ServiceSpec spec;
  spec.name = "committee";
  spec.description = "Bodies, their seats and who holds them, motions and roll calls";
  spec.schema_dir = PLENARY_SCHEMA_DIR;
  spec.add_flags = [&](CLI::App& app) {
    app.add_option("--membership", membership_address, "Address of the membership service, HOST:PORT")
        ->default_val("127.0.0.1:7401");
  };
  spec.wire = [&](rpc::Runtime& runtime) -> absl::StatusOr<rpc::Wiring> {
    auto membership =
        std::make_shared<committee::MembershipPeer>(rpc::LoopbackChannel(membership_address), runtime.peers);
    auto dispatcher = std::make_shared<outbox::Dispatcher>(
        runtime.pool, [&clock = runtime.clock] { return clock.Now(); }, membership->Handlers());
    dispatcher->Start();

    rpc::Wiring wiring;
    wiring.parts = {membership, dispatcher};
    wiring.services.push_back(
        std::make_unique<committee::BodyService>(runtime.edge, runtime.pool, runtime.ids, *membership));
    wiring.services.push_back(std::make_unique<committee::MotionService>(
        runtime.edge, runtime.pool, runtime.ids, [effects = dispatcher.get()] { effects->Notify(); }));
    wiring.on_drain.push_back([effects = dispatcher.get()] { effects->Stop(); });
    return wiring;
  };
  return rpc::ServiceMain(spec, argc, argv);
}
