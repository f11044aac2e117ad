// The voter's way through an election over the network: compare the manifest, collect the credentials with
// one's name, cast the ballot without it, and see it in the log.
#pragma once

#include <grpcpp/channel.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/crypto/random.h"
#include "plenary/membership/v1/registrar_service.pb.h"
#include "services/election/client/ballot_file.h"
#include "services/election/client/voter.h"

namespace plenary::election::client {

// A registrar as the voter reaches it, on its own address.
struct RegistrarAccess {
  std::string name;  // "the auditor's registrar": for errors
  std::shared_ptr<grpc::Channel> channel;
  // The voter's token for this registrar alone; asked for when a credential is collected or recovered, at
  // most once.
  std::function<absl::StatusOr<std::string>()> token;
};

// Not thread-safe; one voter. Everything may be repeated after any failure or kill: it continues with the
// same bytes.
class VoteSession {
 public:
  struct Settings {
    std::string election;  // "elections/{election}"
    std::shared_ptr<grpc::Channel> election_channel;
    std::vector<RegistrarAccess> registrars;  // in manifest order
    // Makes a connection that was never used before and carries no credentials; called for each cast.
    std::function<std::shared_ptr<grpc::Channel>()> fresh_box_channel;
    std::string state_path;  // where the ballot is kept before anything is sent; empty: in memory only
    std::function<absl::Time()> now = absl::Now;  // the voter's own clock, not the box's
  };

  struct Outcome {
    std::string receipt;             // 64 bytes
    std::string ballot_hash;         // 32 bytes
    std::string recovery_code_text;  // for the voter to keep
    std::string fingerprint;         // of the manifest, to be compared by phone
  };

  // Where a ballot that was cast is.
  struct Inclusion {
    bool included = false;       // in the log
    std::uint64_t log_size = 0;  // leaves, of which one is the manifest
    bool closed = false;         // the log ends here
  };

  // Borrows `random`.
  VoteSession(Settings settings, crypto::RandomSource& random);

  // Reads back what an earlier run kept, and fetches the manifest. Before a key is made, every registrar, the
  // ballot box and its log must name the hash of what the election service gives; with a kept key, it must be
  // the hash that was compared then, in the box and its log too, and no registrar is asked any more: one that
  // is away stops nobody who has collected. The manifest lives as long as the session. MANIFEST_FORGED or
  // MANIFEST_DIFFERS (metadata `where`); LOG_FORGED; REGISTRARS_UNKNOWN when it names more or fewer
  // registrars than the settings; BALLOT_STATE_BUSY when another process has the state.
  absl::StatusOr<const PublishedManifest*> Open();

  // Reads back what an earlier run kept, and asks nobody. BALLOT_ALREADY_CAST when the box refused its ballot
  // because another one stands under its key: there is nothing left to cast. BALLOT_STATE_BUSY.
  absl::Status CheckMayVote();

  // Makes the ballot key, unless one is kept: what there is to lose from now on, RecoveryCode() recovers.
  // Errors of Open.
  absl::Status MakeKey();

  // Makes the ballot key and has every registrar sign it, unless that is done. May be called as soon as
  // issuing opens, and better early. Errors of Open and IssueCredential; CREDENTIAL_ALREADY_ISSUED
  // means that the key was made elsewhere, CREDENTIALS_DIFFER that a registrar signed this one and
  // another one another.
  absl::Status CollectCredential();

  // What a voter keeps on paper: with it another device collects and casts. Empty before a key was made.
  std::string RecoveryCode() const;

  // Whether every registrar has signed.
  bool collected() const { return !kept_.credentials.empty(); }

  // On another device: takes over the ballot key that the credential was issued for, from the blob
  // a registrar keeps, whichever opens. `code_text` is what the voter kept. SECRET_WRONG;
  // CREDENTIAL_NOT_ISSUED when nobody collected, NOTHING_LEFT_TO_RECOVER when somebody did and left no blob.
  // Nothing happens when that key is here already; BALLOT_FIXED when there is another with its credentials.
  absl::Status Recover(const std::string& code_text);

  // Casts a ballot with these choices; none: a blank ballot. Collects the credentials first when needed.
  // VOTING_NOT_OPEN by the voter's own clock, and no ballot was made; BALLOT_FIXED when other choices were
  // sent before; errors of CheckMayVote, MarksFor and CastBallot. BALLOT_ALREADY_CAST is DATA_LOSS when the
  // box gave a receipt for this ballot before.
  absl::StatusOr<Outcome> Vote(const std::vector<Choice>& choices);

  // Looks for the ballot in the log, and casts the same bytes again while it is not there. BALLOT_NOT_CAST
  // when there is none; BALLOT_ALREADY_CAST as Vote, and one that was refused so is not cast again;
  // LOG_FORGED; BALLOT_STOLEN when the closed log lacks a ballot that the box gave a receipt for, which the
  // receipt proves.
  absl::StatusOr<Inclusion> CheckIncluded();

 private:
  absl::StatusOr<PublishedManifest> FetchManifest();
  absl::Status LoadKept();
  absl::Status Lock();
  absl::Status CompareWith(const RegistrarAccess& registrar, const PublishedManifest& manifest);
  absl::StatusOr<std::string> TokenFor(std::size_t registrar);
  absl::Status AskRegistrars();
  struct Recovered {
    CredentialState state;
    std::string blob;
  };

  absl::StatusOr<membership::v1::GetIssuanceResponse> AskForIssuance(std::size_t registrar);
  absl::StatusOr<Recovered> FetchRecovery(const std::string& code);
  absl::Status Seal(const std::vector<Choice>& choices);
  absl::Status Cast();
  absl::Status Refused(const absl::Status& refusal);
  absl::Status Keep() const;

  const Settings settings_;
  crypto::RandomSource& random_;
  std::unique_ptr<PublishedManifest> manifest_;
  std::string manifest_bytes_;
  std::vector<std::string> tokens_;  // by registrar; empty: not asked for yet
  std::unique_ptr<BallotFileLock> lock_;
  KeptBallot kept_;
};

// A plaintext channel that shares no connection with any other: for fresh_box_channel.
std::shared_ptr<grpc::Channel> FreshChannel(const std::string& address);

}  // namespace plenary::election::client
