#include "services/cli/published_log.h"

#include <optional>
#include <utility>

#include "common/crypto/bytes.h"
#include "common/crypto/merkle.h"
#include "fmt/format.h"
#include "plenary/election/v1/ballot_box_service.grpc.pb.h"
#include "plenary/election/v1/election_service.grpc.pb.h"
#include "plenary/election/v1/tally_service.grpc.pb.h"
#include "plenary/election/v1/trustee_service.grpc.pb.h"
#include "services/cli/errors.h"
#include "services/cli/service_part.h"
#include "services/election/rules/closed_log.h"
#include "services/election/rules/log_records.h"

namespace plenary::cli {
namespace {

using election::PublishedManifest;
using namespace election::v1;  // the messages of one contract, in one file
using TakeLeaf = std::function<absl::Status(const std::string& leaf)>;

absl::Status LogIsWrong(std::string_view how) {
  return errors::CheckFailed(fmt::format("The public log is not to be trusted: {}. Tell the auditors.", how));
}

// Hands over the first `size` leaves; fewer when the box gives fewer.
absl::Status StreamLeaves(Invocation& run, const std::string& election, std::uint64_t size,
                          const TakeLeaf& take) {
  ASSIGN_OR_RETURN(const auto channel, run.Channel(Part::kBox));
  BallotBoxService::Stub stub(channel);
  grpc::ClientContext context;
  run.PrepareStream(context, Part::kBox);
  ListEntriesRequest request;
  request.set_election(election);
  const auto reader = stub.ListEntries(&context, request);
  const auto progress = run.ShowProgress("Reading the log", static_cast<std::int64_t>(size));
  std::uint64_t taken = 0;
  absl::Status failure = absl::OkStatus();
  for (ListEntriesResponse part; failure.ok() && taken < size && reader->Read(&part);) {
    for (const std::string& leaf : part.entries()) {
      if (!failure.ok() || taken == size) break;
      failure = take(leaf);
      ++taken;
    }
    progress->Advance(part.entries_size());
  }
  const bool cut_short = !failure.ok() || taken == size;
  if (cut_short) context.TryCancel();
  const grpc::Status status = reader->Finish();
  if (!failure.ok()) return failure;
  return cut_short || status.ok() ? absl::OkStatus() : run.ErrorOf(Part::kBox, status);
}

absl::Status CheckIssuanceList(const PublishedManifest& manifest, const LogReading& log, int number,
                               const std::string& bytes) {
  const auto list = election::ReadIssuanceList(bytes);
  if (!list.has_value() || list->manifest_hash != manifest.hash() || list->registrar != number ||
      !list->IsSignedBy(manifest.manifest().registrars(number).list_key())) {
    return errors::CheckFailed(fmt::format(
        "The issuance list of registrar {} is not one of this election. Tell the auditors.", number + 1));
  }
  if (crypto::Sha256(bytes) != log.list_hashes.at(static_cast<std::size_t>(number))) {
    return errors::CheckFailed(
        fmt::format("The issuance list of registrar {} is another than the one that the log was closed with. "
                    "Tell the auditors.",
                    number + 1));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<PublishedManifest> GetPublishedManifest(Invocation& run, const std::string& election) {
  GetManifestRequest request;
  request.set_name(election);
  // Without the session, which would be renewed: whoever verifies a receipt has just voted.
  ASSIGN_OR_RETURN(const auto published, run.AskWithoutToken(&ElectionService::Stub::GetManifest, request));
  auto manifest = PublishedManifest::Parse(published.manifest());
  if (!manifest.ok() || manifest->hash() != published.manifest_hash() ||
      manifest->manifest().origin() != election) {
    return errors::CheckFailed("The published manifest is none of this election. Tell the auditors.");
  }
  return manifest;
}

absl::StatusOr<LogReading> ReadCheckpoints(Invocation& run, const PublishedManifest& manifest) {
  const std::string& election = manifest.manifest().origin();
  ListCheckpointsRequest request;
  request.set_election(election);
  ASSIGN_OR_RETURN(const auto listed, run.Ask(&BallotBoxService::Stub::ListCheckpoints, request));
  LogReading reading;
  reading.notes.assign(listed.checkpoints().begin(), listed.checkpoints().end());
  if (reading.notes.empty()) return LogIsWrong("it has no checkpoint");
  auto newest = crypto::OpenCheckpoint(reading.notes.back(), election, manifest.box_key());
  if (!newest.ok()) return LogIsWrong("its checkpoint is not signed by the box of this election");
  reading.newest = *std::move(newest);
  return reading;
}

absl::StatusOr<LogReading> ReadLeaves(Invocation& run, const PublishedManifest& manifest,
                                      const TakeLeaf& take) {
  ASSIGN_OR_RETURN(LogReading reading, ReadCheckpoints(run, manifest));
  crypto::RootBuilder root;
  RETURN_IF_ERROR(StreamLeaves(
      run, manifest.manifest().origin(), reading.newest.size, [&](const std::string& leaf) -> absl::Status {
        if (root.size() == 0 && crypto::Sha256(leaf) != manifest.hash()) {
          return LogIsWrong("it begins with another manifest");
        }
        root.AppendLeaf(leaf);
        if (root.size() == reading.newest.size && root.size() > 1) {
          const auto close = election::ReadCloseRecord(leaf, manifest.registrars().size());
          reading.closed = close.has_value();
          if (close.has_value()) reading.list_hashes = close->issuance_list_sha256;
        }
        return take(leaf);
      }));
  if (root.size() != reading.newest.size || root.Root() != reading.newest.root) {
    return LogIsWrong("its checkpoint does not follow from its leaves");
  }
  return reading;
}

absl::StatusOr<LogReading> ReadBallots(Invocation& run, const PublishedManifest& manifest,
                                       const TakeLeaf& take) {
  // One leaf behind, so that the last is known for what it is.
  std::optional<std::string> held;
  bool first = true;
  ASSIGN_OR_RETURN(const LogReading reading,
                   ReadLeaves(run, manifest, [&](const std::string& leaf) -> absl::Status {
                     if (std::exchange(first, false)) return absl::OkStatus();
                     if (held.has_value()) RETURN_IF_ERROR(take(*held));
                     held = leaf;
                     return absl::OkStatus();
                   }));
  if (held.has_value() && !reading.closed) RETURN_IF_ERROR(take(*held));
  return reading;
}

absl::StatusOr<election::TallySecrets> GetTallySecrets(Invocation& run, const PublishedManifest& manifest) {
  GetTallySecretsRequest request;
  request.set_election(manifest.manifest().origin());
  ASSIGN_OR_RETURN(const auto published, run.Ask(&TrusteeService::Stub::GetTallySecrets, request));
  election::TallySecrets secrets(published.tally_secrets().begin(), published.tally_secrets().end());
  if (manifest.FirstWrongSecret(secrets) != 0) {
    return errors::CheckFailed(
        "A published tally secret is not that of the manifest's key. Tell the auditors.");
  }
  return secrets;
}

absl::StatusOr<std::vector<std::string>> GetIssuanceLists(Invocation& run, const PublishedManifest& manifest,
                                                          const LogReading& log) {
  if (!log.closed) return LogIsWrong("it is not closed, though its election is");
  const std::size_t registrars = manifest.registrars().size();
  ASSIGN_OR_RETURN(const auto channel, run.Channel(Part::kElection));
  TallyService::Stub stub(channel);
  grpc::ClientContext context;
  run.PrepareStream(context, Part::kElection);
  StreamClosingRequest request;
  request.set_election(manifest.manifest().origin());
  const auto reader = stub.StreamClosing(&context, request);
  std::vector<std::string> lists(registrars);
  const std::size_t most = election::IssuanceListBytes(manifest.manifest().roll_count());
  for (StreamClosingResponse part; reader->Read(&part);) {
    // What belongs to no registrar of the manifest, or goes on for longer than the roll allows, is not kept.
    const auto number = static_cast<std::size_t>(part.registrar());
    if (part.registrar() < 0 || number >= registrars || lists[number].size() > most) continue;
    lists[number] += part.content();
  }
  const grpc::Status status = reader->Finish();
  if (!status.ok()) return run.ErrorOf(Part::kElection, status);
  for (int number = 0; const std::string& list : lists) {
    RETURN_IF_ERROR(CheckIssuanceList(manifest, log, number++, list));
  }
  return lists;
}

}  // namespace plenary::cli
