// `plenary bundle export` and `plenary result recount` against services that stand in for the real ones: what
// is published is enough, no registrar is there, and nothing is believed that the close record does not name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "common/crypto/bytes.h"
#include "common/crypto/merkle.h"
#include "common/crypto/signed_note.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "common/testing/loopback.h"
#include "nlohmann/json.hpp"
#include "plenary/election/v1/ballot_box_service.grpc.pb.h"
#include "plenary/election/v1/election_service.grpc.pb.h"
#include "plenary/election/v1/tally_service.grpc.pb.h"
#include "plenary/election/v1/trustee_service.grpc.pb.h"
#include "plenary/membership/v1/roll_service.grpc.pb.h"
#include "services/cli/exit_code.h"
#include "services/cli/run.h"
#include "services/cli/testing/terminal.h"
#include "services/election/rules/tally.h"
#include "services/election/testing/sample_bundle.h"
#include "services/election/verify/bundle_verifier.h"

namespace plenary::cli {
namespace {

using namespace election::v1;
using election::testing::SampleBundle;
using grpc::ServerContext;
using ::testing::HasSubstr;

constexpr ErrorDomain kDomain("plenary.election");

// The sample with its lists, log and result.
const SampleBundle& Sample() {
  static const SampleBundle bundle = election::testing::MakeSampleBundle(20, "bundle export", 2);
  return bundle;
}
const election::testing::Files& SampleFiles() {
  static const election::testing::Files files = election::testing::FilesOf(Sample());
  return files;
}
const Manifest& SampleManifest() {
  static const Manifest manifest = [] {
    Manifest parsed;
    parsed.ParseFromString(Sample().manifest);
    return parsed;
  }();
  return manifest;
}

class FakeElections final : public ElectionService::Service {
  grpc::Status GetManifest(ServerContext*, const GetManifestRequest*,
                           GetManifestResponse* response) override {
    response->set_manifest(Sample().manifest);
    response->set_manifest_hash(crypto::Sha256(Sample().manifest));
    return grpc::Status::OK;
  }
  grpc::Status GetElection(ServerContext*, const GetElectionRequest* request, Election* response) override {
    response->set_name(request->name());
    return grpc::Status::OK;
  }
};

class FakeBox final : public BallotBoxService::Service {
  grpc::Status ListCheckpoints(ServerContext*, const ListCheckpointsRequest*,
                               ListCheckpointsResponse* response) override {
    crypto::ByteReader notes(SampleFiles().at("log/checkpoints"));
    while (notes.Remaining() != 0) {
      response->add_checkpoints(std::string(*notes.ReadBytes(*notes.ReadU16())));
    }
    return grpc::Status::OK;
  }
  grpc::Status ListEntries(ServerContext*, const ListEntriesRequest*,
                           grpc::ServerWriter<ListEntriesResponse>* writer) override {
    ListEntriesResponse part;
    part.mutable_entries()->Assign(Sample().leaves.begin(), Sample().leaves.end());
    writer->Write(part);
    return grpc::Status::OK;
  }
};

class FakeTrustees final : public TrusteeService::Service {
  grpc::Status GetTallySecrets(ServerContext*, const GetTallySecretsRequest*,
                               GetTallySecretsResponse* response) override {
    response->mutable_tally_secrets()->Assign(Sample().tally_secrets.begin(), Sample().tally_secrets.end());
    return grpc::Status::OK;
  }
};

class FakeRolls final : public membership::v1::RollService::Service {
  grpc::Status StreamRollBytes(ServerContext*, const membership::v1::StreamRollBytesRequest*,
                               grpc::ServerWriter<membership::v1::StreamRollBytesResponse>* writer) override {
    membership::v1::StreamRollBytesResponse part;
    part.set_content(Sample().roll);
    writer->Write(part);
    return grpc::Status::OK;
  }
};

// Shows the lists in pieces.
class FakeTallies final : public TallyService::Service {
 public:
  std::vector<std::string> lists = Sample().issuance_lists;
  election::Counted counted;
  bool is_counted = true;
  absl::Duration given;  // how long the caller of CountElection waits

 private:
  grpc::Status StreamClosing(ServerContext*, const StreamClosingRequest*,
                             grpc::ServerWriter<StreamClosingResponse>* writer) override {
    constexpr std::size_t kPiece = 100;
    StreamClosingResponse part;
    part.set_checkpoint(SampleFiles().at("log/checkpoint"));
    for (int number = 0; const std::string& list : lists) {
      part.set_registrar(number++);
      for (std::size_t at = 0; at < list.size(); at += kPiece) {
        part.set_content(list.substr(at, kPiece));
        writer->Write(part);
        part.clear_checkpoint();
      }
    }
    return grpc::Status::OK;
  }
  grpc::Status CountElection(ServerContext* context, const CountElectionRequest*, Result* response) override {
    given = absl::FromChrono(context->deadline()) - absl::Now();
    *response = counted.result;
    return grpc::Status::OK;
  }
  grpc::Status GetResult(ServerContext*, const GetResultRequest*, Result* response) override {
    if (!is_counted)
      return ToGrpcStatus(kDomain.Error(absl::StatusCode::kNotFound, "RESULT_NOT_FOUND", "Not counted yet."));
    *response = counted.result;
    return grpc::Status::OK;
  }
  grpc::Status GetCountReport(ServerContext*, const GetCountReportRequest* request,
                              CountReport* response) override {
    const auto& contests = counted.result.contests();
    const auto found = std::ranges::find(contests, request->contest(), &ContestResult::contest);
    response->ParseFromString(counted.reports.at(static_cast<std::size_t>(found - contests.begin())));
    return grpc::Status::OK;
  }
};

class BundleCommandTest : public ::testing::Test {
 protected:
  BundleCommandTest() { tallies_.counted = CountSample(); }

  static election::Counted CountSample() {
    const auto manifest = election::PublishedManifest::Parse(Sample().manifest);
    election::Tally tally(*manifest, Sample().tally_secrets);
    crypto::RootBuilder root;
    for (std::size_t i = 0; const std::string& leaf : Sample().leaves) {
      root.AppendLeaf(leaf);
      const bool ballot = i != 0 && i + 1 != Sample().leaves.size();
      if (ballot) {
        EXPECT_TRUE(tally.Add(leaf).ok()) << i;
      }
      ++i;
    }
    constexpr int kCollectedAndNotCast = 2;
    return *tally.Count({}, root.Root(), tally.ballot_count() + kCollectedAndNotCast);
  }

  // No registrar has an address.
  int Run(const std::vector<std::string>& command) {
    std::vector<std::string> all = {"--election",      server_.address(), "--box",
                                    server_.address(), "--membership",    server_.address()};
    all.insert(all.end(), command.begin(), command.end());
    return cli::Run(all, terminal_.surroundings());
  }
  int Export(const std::string& folder) { return Run({"bundle", "export", Election(), "--out", folder}); }
  static std::string Election() { return SampleManifest().origin(); }

  FakeElections elections_;
  FakeBox box_;
  FakeTrustees trustees_;
  FakeRolls rolls_;
  FakeTallies tallies_;
  plenary::testing::Loopback server_{{&elections_, &box_, &trustees_, &rolls_, &tallies_}};
  Terminal terminal_;
};

TEST_F(BundleCommandTest, ExportsABundleThatHoldsWhenNoRegistrarIsThereAnyMore) {
  const std::string folder = terminal_.folder() / "bundle";
  ASSERT_EQ(Export(folder), kExitDone) << terminal_.TakeErr();
  EXPECT_EQ(Run({"verify", folder}), kExitDone) << terminal_.TakeErr();
  const auto verdict = election::verify::VerifyBundle(folder, {});
  ASSERT_TRUE(verdict.ok());
  EXPECT_TRUE(verdict->holds());
  EXPECT_EQ(verdict->result.ballot_count(), 20);
}

TEST_F(BundleCommandTest, RefusesBeforeTheCountAndLeavesNothingBehind) {
  tallies_.is_counted = false;
  const std::filesystem::path made = terminal_.folder() / "above" / "bundle";
  EXPECT_EQ(Export(made), kExitRefused);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("[RESULT_NOT_FOUND]"));
  EXPECT_FALSE(std::filesystem::exists(made.parent_path()));
  EXPECT_EQ(Run({"--json", "bundle", "export", Election(), "--out", made}), kExitRefused);
  EXPECT_EQ(nlohmann::json::parse(terminal_.TakeErr())["error"]["exit_code"], kExitRefused);
  tallies_.is_counted = true;
  EXPECT_EQ(Export(made), kExitDone) << terminal_.TakeErr();
}

TEST_F(BundleCommandTest, TakesAwayWhatItMadeAndNothingElseWhenItFailsOnTheWay) {
  namespace fs = std::filesystem;
  tallies_.lists.pop_back();  // noticed after the log was written
  const fs::path made = terminal_.folder() / "above" / "bundle", there = terminal_.folder() / "there";
  EXPECT_EQ(Export(made), kExitDifferent);
  EXPECT_FALSE(fs::exists(made.parent_path()));
  fs::create_directories(there);
  EXPECT_EQ(Export(there), kExitDifferent);
  EXPECT_TRUE(fs::exists(there) && fs::is_empty(there)) << "it was there before";
  std::ofstream(there / "mine") << "x";
  EXPECT_EQ(Export(there), kExitWrongUsage);
  EXPECT_TRUE(fs::exists(there / "mine"));
  EXPECT_EQ(Export(there / "mine"), kExitWrongUsage);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("is no folder"));
}

TEST_F(BundleCommandTest, RecountsWhenNoRegistrarIsThereAnyMore) {
  ASSERT_EQ(Run({"result", "recount", Election()}), kExitDone) << terminal_.TakeErr();
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr("from 20 published ballots"));
}

TEST_F(BundleCommandTest, TakesNoListButTheOneThatTheLogWasClosedWith) {
  const std::vector<std::string> honest = tallies_.lists;
  // Signed by its registrar, of this election, and not the one of the close.
  const std::string hash = crypto::Sha256(Sample().manifest);
  struct Row {
    const char* sentence;
    std::vector<std::string> lists;
    const char* said;
  };
  std::string altered = honest[1];
  altered.back() = static_cast<char>(altered.back() ^ 1);
  for (const Row& row : {Row{"signed later",
                             {honest[0], election::testing::SignedIssuanceList(hash, 1, {})},
                             "registrar 2 is another than the one that the log was closed with"},
                         Row{"altered", {honest[0], altered}, "registrar 2 is not one of this election"},
                         Row{"swapped", {honest[1], honest[0]}, "registrar 1 is not one of this election"},
                         Row{"missing", {honest[0]}, "registrar 2 is not one of this election"},
                         Row{"without an end",
                             {honest[0] + std::string(100'000, 'x'), honest[1]},
                             "registrar 1 is not one of this election"}}) {
    tallies_.lists = row.lists;
    EXPECT_EQ(Export(terminal_.folder() / row.sentence), kExitDifferent) << row.sentence;
    EXPECT_THAT(terminal_.TakeErr(), HasSubstr(row.said)) << row.sentence;
    EXPECT_EQ(Run({"result", "recount", Election()}), kExitDifferent) << row.sentence;
    EXPECT_THAT(terminal_.TakeErr(), HasSubstr(row.said)) << row.sentence;
  }
}

TEST_F(BundleCommandTest, WaitsForACountAsLongAsForAStream) {
  ASSERT_EQ(Run({"--timeout", "40", "election", "count", Election()}), kExitDone) << terminal_.TakeErr();
  EXPECT_GT(tallies_.given, absl::Seconds(300));
}

}  // namespace
}  // namespace plenary::cli
