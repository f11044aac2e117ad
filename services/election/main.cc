// plenary-election: elections, candidacies, trustees, counts. Wiring only.
#include <memory>
#include <string>

#include "common/outbox/outbox.h"
#include "common/rpc/service_main.h"
#include "services/election/candidacy_service.h"
#include "services/election/effects.h"
#include "services/election/election_service.h"
#include "services/election/tally_service.h"
#include "services/election/trustee_service.h"

namespace plenary::election {
namespace {

struct Addresses {
  std::string membership;
  std::string auditor;
  std::string committee;
  std::string ethics;
  std::string ballot_box;
};

absl::StatusOr<rpc::Wiring> Wire(rpc::Runtime& runtime, const Addresses& addresses) {
  rpc::Wiring wiring;
  const auto peers = std::make_shared<Peers>(
      runtime.peers, Peers::Channels{.membership = rpc::LoopbackChannel(addresses.membership),
                                     .auditor = rpc::LoopbackChannel(addresses.auditor),
                                     .committee = rpc::LoopbackChannel(addresses.committee),
                                     .ethics = rpc::LoopbackChannel(addresses.ethics),
                                     .ballot_box = rpc::LoopbackChannel(addresses.ballot_box)});
  const auto effects = std::make_shared<outbox::Dispatcher>(
      runtime.pool, [&clock = runtime.clock] { return clock.Now(); },
      EffectHandlers(runtime.pool, runtime.clock, *peers));
  wiring.services.push_back(
      std::make_unique<ElectionServiceImpl>(runtime.edge, runtime.pool, runtime.ids, *peers, *effects));
  wiring.services.push_back(
      std::make_unique<CandidacyServiceImpl>(runtime.edge, runtime.pool, runtime.ids, *peers));
  wiring.services.push_back(std::make_unique<TallyServiceImpl>(runtime.edge, runtime.pool, *peers, *effects));
  wiring.services.push_back(std::make_unique<TrusteeServiceImpl>(runtime.edge, runtime.pool));
  wiring.parts = {peers, effects};
  wiring.on_drain.push_back([effects] { effects->Stop(); });
  effects->Start();
  return wiring;
}

}  // namespace
}  // namespace plenary::election

int main(int argc, char** argv) {
  plenary::election::Addresses addresses;
  plenary::rpc::ServiceSpec spec;
  spec.name = "election";
  spec.description = "Plenary's election service: elections, candidacies, trustees, counts";
  spec.schema_dir = PLENARY_ELECTION_SCHEMA_DIR;
  spec.add_flags = [&](CLI::App& app) {
    app.add_option("--membership", addresses.membership, "Address of the membership service, HOST:PORT");
    app.add_option("--auditor", addresses.auditor, "Address of the auditor's registrar, HOST:PORT");
    app.add_option("--committee", addresses.committee, "Address of the committee service, HOST:PORT");
    app.add_option("--ethics", addresses.ethics, "Address of the ethics service, HOST:PORT");
    app.add_option("--ballot_box", addresses.ballot_box, "Address of the ballot box, HOST:PORT");
  };
  spec.wire = [&](plenary::rpc::Runtime& runtime) { return plenary::election::Wire(runtime, addresses); };
  return plenary::rpc::ServiceMain(spec, argc, argv);
}
