// The real ballot box behind a loopback server, with a database and a log folder of its own; what is said to
// it; and the sample election in it.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/crypto/random.h"
#include "common/testing/loopback.h"
#include "common/testing/mariadb.h"
#include "common/testing/status_matchers.h"
#include "services/election/ballot_box.h"
#include "services/election/ballot_box_control_service.h"
#include "services/election/ballot_box_service.h"
#include "services/election/limits.h"
#include "services/election/testing/sample.h"

namespace plenary::election::testing {

// A folder that is gone in the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "plenary-box.XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// One process of the box: it has a beginning and an end. Its sequencer works when a test says so (MergeDue).
class BoxProcess {
 public:
  using TestSuite = plenary::testing::TestSuite;
  using Boxes = v1::BallotBoxService::Stub;
  using Controls = v1::BallotBoxControlService::Stub;

  BoxProcess(TestSuite& suite, std::unique_ptr<BallotBox> opened)
      : parts(std::move(opened)),
        box(suite.edge(), *parts),
        control(suite.edge(), random, *parts),
        server({&box, &control}, kBoxMessageBytes),
        box_stub(v1::BallotBoxService::NewStub(server.channel())),
        control_stub(v1::BallotBoxControlService::NewStub(server.channel())),
        suite_(suite) {}

  static std::unique_ptr<BallotBox> Begin(db::Pool& pool, const std::string& log_dir) {
    auto opened = BallotBox::Open(pool, {.log_dir = log_dir});
    if (!opened.ok()) throw std::runtime_error(plenary::testing::Describe(opened.status()));
    return *std::move(opened);
  }

  absl::StatusOr<v1::CastBallotResponse> Cast(const std::string& ballot,
                                              std::unique_ptr<grpc::ClientContext> context) {
    v1::CastBallotRequest request;
    request.set_ballot(ballot);
    return plenary::testing::Invoke(&Boxes::CastBallot, *box_stub, std::move(context), request);
  }
  absl::StatusOr<v1::CastBallotResponse> Cast(const std::string& ballot) {
    return Cast(ballot, TestSuite::Anonymous());
  }

  absl::StatusOr<v1::PrepareBoxResponse> Prepare(const std::string& election) {
    v1::PrepareBoxRequest request;
    request.set_election(election);
    return plenary::testing::Invoke(&Controls::PrepareBox, *control_stub, suite_.Service("election"),
                                    request);
  }
  absl::StatusOr<v1::OpenBoxResponse> Open(const std::string& election, const std::string& manifest) {
    v1::OpenBoxRequest request;
    request.set_election(election);
    request.set_manifest(manifest);
    return plenary::testing::Invoke(&Controls::OpenBox, *control_stub, suite_.Service("election"), request);
  }
  absl::StatusOr<v1::CloseBoxResponse> Close(const std::string& election,
                                             const std::vector<std::string>& lists) {
    v1::CloseBoxRequest request;
    request.set_election(election);
    for (const std::string& list : lists) request.add_issuance_list_sha256(list);
    return plenary::testing::Invoke(&Controls::CloseBox, *control_stub, suite_.Service("election"), request);
  }

  absl::StatusOr<std::vector<std::string>> Checkpoints(const std::string& election) {
    v1::ListCheckpointsRequest request;
    request.set_election(election);
    auto response =
        plenary::testing::Invoke(&Boxes::ListCheckpoints, *box_stub, TestSuite::Anonymous(), request);
    if (!response.ok()) return response.status();
    return std::vector<std::string>(response->checkpoints().begin(), response->checkpoints().end());
  }
  absl::StatusOr<std::string> Tile(const std::string& election, const std::string& path) {
    v1::GetTileRequest request;
    request.set_election(election);
    request.set_path(path);
    auto response = plenary::testing::Invoke(&Boxes::GetTile, *box_stub, TestSuite::Anonymous(), request);
    if (!response.ok()) return response.status();
    return response->content();
  }
  absl::StatusOr<std::vector<std::string>> Entries(const std::string& election, std::int64_t first = 0) {
    v1::ListEntriesRequest request;
    request.set_election(election);
    request.set_first_index(first);
    const auto context = TestSuite::Anonymous();
    const auto reader = box_stub->ListEntries(context.get(), request);
    std::vector<std::string> entries;
    v1::ListEntriesResponse response;
    while (reader->Read(&response)) {
      largest_answer = std::max(largest_answer, response.ByteSizeLong());
      entries.insert(entries.end(), response.entries().begin(), response.entries().end());
    }
    const grpc::Status status = reader->Finish();
    if (!status.ok()) return FromGrpcStatus(status);
    return entries;
  }

  // Prepares and opens the box of the sample election; returns the manifest's bytes.
  std::string OpenSample() {
    const std::string election = SampleElection().name();
    ManifestParts parts_of_it = SampleParts(*crypto::Ed25519KeyPair::FromSeed(std::string(32, 'x')));
    parts_of_it.box_key = Prepare(election).value().box_key();
    std::string bytes = BuildManifest(parts_of_it).value();
    Open(election, bytes).value();
    return bytes;
  }

  const std::unique_ptr<BallotBox> parts;
  crypto::SystemRandom random;
  BallotBoxServiceImpl box;
  BallotBoxControlServiceImpl control;
  plenary::testing::Loopback server;
  std::unique_ptr<Boxes> box_stub;
  std::unique_ptr<Controls> control_stub;
  std::size_t largest_answer = 0;

 private:
  TestSuite& suite_;
};

// What outlives a process of the box.
struct BoxHome {
  plenary::testing::TestDatabase database{
      {plenary::testing::MigrationsOf("ballot-box", "services/election/schema/box")}};
  TemporaryFolder log_dir;
};

// The two together.
class BoxServer : public BoxHome, public BoxProcess {
 public:
  explicit BoxServer(TestSuite& suite) : BoxProcess(suite, Begin(database.pool(), log_dir.path())) {}
};

// Hashes of two issuance lists, as the close record names them.
inline std::vector<std::string> SampleLists() { return {std::string(32, '1'), std::string(32, '2')}; }

}  // namespace plenary::election::testing
