// The trustee's side, without any I/O: makes keys, splits the tally secret among all trustees, opens and
// checks what the others dealt, and compares the published manifest with all of it. Nothing here leaves
// secrets anywhere but in what it returns.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/crypto/random.h"
#include "plenary/election/v1/trustee_service.pb.h"
#include "services/election/rules/published_manifest.h"

namespace plenary::election::client {

// What a trustee keeps, in a file of their own; as secret as every ballot of the election until the close.
struct TrusteeKeys {
  // What was accepted of another trustee, and of oneself: what the manifest must say.
  struct Accepted {
    std::string person;                     // "people/…"
    std::string tally_key;                  // 32
    std::vector<std::string> share_sha256;  // 32 each, by number of the holder
    std::string share;  // "PLS1 …", of this trustee's secret; held by whom the file is of
    friend bool operator==(const Accepted&, const Accepted&) = default;
  };

  std::string election;               // "elections/…"
  std::string tally_secret;           // 32, clamped
  std::string transport_secret;       // 32
  std::vector<std::string> dealt;     // "PLS1 …" by number of the holder; empty: not split yet
  std::vector<std::string> dealt_to;  // 32 each, the transport keys they are sealed to, for ever
  int threshold = 0;                  // 0: nothing accepted yet
  std::vector<Accepted> accepted;     // by number
  std::string manifest_hash;          // 32, of the manifest that others named too; "" until it was compared
  std::string released_under;         // signed note of the log's final checkpoint; "" before anything left
  friend bool operator==(const TrusteeKeys&, const TrusteeKeys&) = default;
};

TrusteeKeys MakeTrusteeKeys(const std::string& election, crypto::RandomSource& random);

// The public halves, to be sent.
v1::SendTrusteeKeysRequest KeysToSend(const TrusteeKeys& keys);

// Splits the secret among these trustees, who have all sent keys, unless that is done: every subset of
// `threshold` shares was seen to give it back. From then on the shares are for these transport keys and no
// others. Keep `keys` before anything is sent.
absl::Status SplitTallySecret(TrusteeKeys& keys, const v1::ListTrusteesResponse& circle,
                              crypto::RandomSource& random);

// The shares, each sealed to its holder's transport key. TRUSTEE_KEYS_UNUSABLE when the secret was split for
// other trustees, or for other transport keys than are shown now.
absl::StatusOr<v1::DealSharesRequest> SharesToSend(const TrusteeKeys& keys,
                                                   const v1::ListTrusteesResponse& circle,
                                                   crypto::RandomSource& random);

// What of a file without shares of its own, a copy from before they were dealt: as good as any once the
// manifest is published; until then something can still be done about it.
enum class WhenNotDealt { kRefuse, kTake };

// Opens what was dealt to trustee `number`, checks it, and takes it into `keys`: keep them before it is said
// that they are accepted. DEALT_SHARE_WRONG names the dealer; TRUSTEE_KEYS_UNUSABLE when the service shows
// other keys or shares of this trustee than the file has, or other transport keys than this trustee's shares
// were sealed to: whoever put those in their place may have read the shares.
absl::Status AcceptDealt(TrusteeKeys& keys, int number, const v1::ListTrusteesResponse& circle,
                         const v1::ListDealtSharesResponse& dealt, WhenNotDealt when);

// MANIFEST_DIFFERS unless its trustees, their keys, the hashes of all shares and the threshold are those
// accepted, it is of this election, and no other was compared before.
absl::Status CheckManifest(const TrusteeKeys& keys, const PublishedManifest& manifest);

// What a trustee saw of the public log, read from its first leaf to its newest checkpoint, whose signature
// and root agreed.
struct LogSeen {
  std::uint64_t size = 0;  // of the checkpoint
  std::string last_leaf;
};

// NOT_SAFE_TO_RELEASE unless the manifest was compared, voting has closed and the log ends in the close
// record of this manifest over all its ballots; errors of CheckManifest. `clock` says whose time `now` is.
absl::Status CheckSafeToRelease(const TrusteeKeys& keys, const PublishedManifest& manifest, absl::Time now,
                                std::string_view clock, const LogSeen& log);

// What trustees read out to each other: first 20 base32 characters of SHA-256 over the election, the
// threshold, and who they are with all their public keys, in order. Whoever shows one of them other keys, to
// read the shares on their way, or a lower threshold, shows another fingerprint.
std::string CircleFingerprint(std::string_view election, const v1::ListTrusteesResponse& circle);

// JSON with bytes in base64url. Reading: TRUSTEE_KEYS_UNUSABLE when it is not one.
std::string WriteTrusteeKeys(const TrusteeKeys& keys);
absl::StatusOr<TrusteeKeys> ReadTrusteeKeys(std::string_view text);

}  // namespace plenary::election::client
