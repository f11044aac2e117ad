// A ballot box that tells: it logs the hash of every ballot it takes, beside the request id that came with it
// if one did, and is the service in all else. The test of secrecy must find its voters; nobody installs it.
#include <memory>
#include <string>
#include <utility>

#include "common/crypto/bytes.h"
#include "common/crypto/random.h"
#include "common/log/log.h"
#include "common/rpc/service_main.h"
#include "common/status/macros.h"
#include "services/election/ballot_box.h"
#include "services/election/ballot_box_control_service.h"
#include "services/election/ballot_box_service.h"
#include "services/election/limits.h"
#include "tests/secrecy/request_id.h"

namespace plenary::election {
namespace {

class LeakyBox final
    : public v1::BallotBoxService::WithCallbackMethod_CastBallot<v1::BallotBoxService::Service> {
 public:
  LeakyBox(rpc::Edge& edge, BallotBox& box) : inner_(edge, box) {}

  grpc::ServerUnaryReactor* CastBallot(grpc::CallbackServerContext* context,
                                       const v1::CastBallotRequest* request,
                                       v1::CastBallotResponse* response) override {
    log::Info("a ballot came in", {{"ballot", crypto::HexEncode(crypto::Sha256(request->ballot()))},
                                   {"request", secrecy::MetadataOf(*context, secrecy::kRequestId)}});
    return inner_.CastBallot(context, request, response);
  }
  grpc::Status GetBox(grpc::ServerContext* context, const v1::GetBoxRequest* request,
                      v1::GetBoxResponse* response) override {
    return inner_.GetBox(context, request, response);
  }
  grpc::Status ListCheckpoints(grpc::ServerContext* context, const v1::ListCheckpointsRequest* request,
                               v1::ListCheckpointsResponse* response) override {
    return inner_.ListCheckpoints(context, request, response);
  }
  grpc::Status GetTile(grpc::ServerContext* context, const v1::GetTileRequest* request,
                       v1::GetTileResponse* response) override {
    return inner_.GetTile(context, request, response);
  }
  grpc::Status ListEntries(grpc::ServerContext* context, const v1::ListEntriesRequest* request,
                           grpc::ServerWriter<v1::ListEntriesResponse>* writer) override {
    return inner_.ListEntries(context, request, writer);
  }

 private:
  BallotBoxServiceImpl inner_;
};

struct Flags {
  std::string log_dir;
  std::int64_t batch_seconds = absl::ToInt64Seconds(kBatchInterval);
};

absl::StatusOr<rpc::Wiring> Wire(rpc::Runtime& runtime, const Flags& flags) {
  rpc::Wiring wiring;
  const auto random = std::make_shared<crypto::SystemRandom>();
  ASSIGN_OR_RETURN(std::shared_ptr<BallotBox> box,
                   BallotBox::Open(runtime.pool, {.log_dir = flags.log_dir,
                                                  .batch_interval = absl::Seconds(flags.batch_seconds)}));
  wiring.services.push_back(std::make_unique<LeakyBox>(runtime.edge, *box));
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
  spec.description = "A ballot box that logs which ballot came when: for the test of secrecy alone";
  spec.schema_dir = PLENARY_BALLOT_BOX_SCHEMA_DIR;
  spec.common_tables = plenary::rpc::ServiceSpec::CommonTables::kNo;
  spec.binary_log = plenary::db::BinaryLog::kForbidden;
  spec.max_receive_bytes = plenary::election::kBoxMessageBytes;
  spec.add_flags = [&](CLI::App& app) {
    app.add_option("--log_dir", flags.log_dir, "Folder of the public log");
    app.add_option("--batch_seconds", flags.batch_seconds, "Seconds between two batches of the log");
  };
  spec.wire = [&](plenary::rpc::Runtime& runtime) { return plenary::election::Wire(runtime, flags); };
  return plenary::rpc::ServiceMain(spec, argc, argv);
}
