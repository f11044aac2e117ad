#include "services/cli/box_reader.h"

#include "common/crypto/bytes.h"

namespace plenary::cli {

using election::v1::BallotBoxService;
using election::v1::ListBallotsRequest;
using election::v1::ListBallotsResponse;

absl::Status ReadBallots(Invocation& run, const std::string& election,
                         const std::function<absl::Status(const std::string& ballot)>& take) {
  ASSIGN_OR_RETURN(const auto channel, run.Channel(Part::kBox));
  BallotBoxService::Stub stub(channel);
  grpc::ClientContext context;
  run.PrepareStream(context, Part::kBox);
  ListBallotsRequest request;
  request.set_election(election);
  const auto reader = stub.ListBallots(&context, request);
  const auto progress = run.ShowProgress("Reading ballots", 0);
  for (ListBallotsResponse part; reader->Read(&part);) {
    for (const std::string& ballot : part.ballots()) {
      if (absl::Status taken = take(ballot); !taken.ok()) {
        context.TryCancel();
        reader->Finish();
        return taken;
      }
    }
    progress->Advance(part.ballots_size());
  }
  const grpc::Status status = reader->Finish();
  return status.ok() ? absl::OkStatus() : run.ErrorOf(Part::kBox, status);
}

absl::StatusOr<std::vector<std::string>> ReadBallotHashes(Invocation& run, const std::string& election) {
  std::vector<std::string> hashes;
  RETURN_IF_ERROR(ReadBallots(run, election, [&](const std::string& ballot) {
    hashes.push_back(crypto::Sha256(ballot));
    return absl::OkStatus();
  }));
  return hashes;
}

}  // namespace plenary::cli
