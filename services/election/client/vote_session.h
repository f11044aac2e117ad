// The voter's way through an election over the network: compare the manifest, collect the credential with
// one's name, cast the ballot without it.
#pragma once

#include <grpcpp/channel.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/crypto/random.h"
#include "services/election/client/ballot_file.h"
#include "services/election/client/voter.h"

namespace plenary::election::client {

// Not thread-safe; one voter. Everything may be repeated after any failure: it continues with the same bytes.
class VoteSession {
 public:
  struct Settings {
    std::string election;  // "elections/{election}"
    std::shared_ptr<grpc::Channel> election_channel;
    std::shared_ptr<grpc::Channel> registrar_channel;
    // Makes a connection that was never used before and carries no credentials; called for each cast.
    std::function<std::shared_ptr<grpc::Channel>()> fresh_box_channel;
    std::string token;       // the person's access token; goes to the registrar only
    std::string state_path;  // where the ballot is kept before anything is sent; empty: in memory only
  };

  struct Outcome {
    std::string receipt;             // 64 bytes
    std::string ballot_hash;         // 32 bytes
    std::string recovery_code_text;  // for the voter to keep
    std::string fingerprint;         // of the manifest, to be compared by phone
  };

  // Borrows `random`.
  VoteSession(Settings settings, crypto::RandomSource& random);

  // The manifest from the election service, after registrar and ballot box named the same hash.
  // MANIFEST_FORGED or MANIFEST_DIFFERS (metadata `where`: "the registrar", "the ballot box").
  absl::StatusOr<PublishedManifest> FetchManifest();

  // Makes the ballot key and has it signed, unless that is done. May be called as soon as issuing opens.
  // Errors of FetchManifest and IssueCredential; CREDENTIAL_ALREADY_ISSUED means that the key was made
  // elsewhere.
  absl::Status CollectCredential();

  // On another device: takes over the ballot key that the credential was issued for, from the blob
  // the registrar keeps. `code_text` is what the voter kept. SECRET_WRONG; CREDENTIAL_NOT_ISSUED;
  // BALLOT_FIXED when this session has a key already.
  absl::Status Recover(const std::string& code_text);

  // Casts a ballot with these choices; none: a blank ballot. Collects the credential first when needed.
  // BALLOT_FIXED when other choices were sent before; errors of MarksFor and CastBallot.
  absl::StatusOr<Outcome> Vote(const std::vector<Choice>& choices);

 private:
  absl::Status Begin();
  absl::Status MakeKey();
  absl::Status AskRegistrar();
  absl::Status Seal(const std::vector<Choice>& choices);
  absl::Status Cast();
  absl::Status Keep() const;

  const Settings settings_;
  crypto::RandomSource& random_;
  std::unique_ptr<PublishedManifest> manifest_;
  KeptBallot kept_;
};

// A plaintext channel that shares no connection with any other: for fresh_box_channel.
std::shared_ptr<grpc::Channel> FreshChannel(const std::string& address);

}  // namespace plenary::election::client
