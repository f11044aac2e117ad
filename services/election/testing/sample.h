// A small election for tests: two contests, five candidates, two registrars and three trustees whose keys
// never change, voters whose every byte follows from a seed; and polls by any method.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "common/crypto/ed25519.h"
#include "common/crypto/random.h"
#include "common/crypto/rsa_key.h"
#include "plenary/election/v1/resources.pb.h"
#include "services/election/client/voter.h"
#include "services/election/rules/manifest_build.h"

namespace plenary::election::testing {

// 1 August 2022 to 1 October 2022, as the society did it.
absl::Time Day(int month, int day);
v1::Schedule SampleSchedule();

// As a caller sends it to CreateElection: "contests/governance" with 2 seats (2 years, 1 year) and
// "contests/finance" with 3 seats (two for 2 years, one for 1 year). Returning officer "people/officer".
v1::Election WantedElection();

// The same with nothing but polls: "contests/logo", a ranked one (Schulze) between Anchor, Lantern and Swirl,
// and "contests/motto", scores of 1 to 5 for Onward and Together, or none of these.
v1::Election WantedPolls();

// A poll "contests/{id}" in which one option wins. An option called "Red" is "options/red".
v1::Contest& AddPoll(v1::Election& election, const std::string& id, v1::CountingMethod method,
                     const std::vector<std::string>& options);

// As stored under "elections/{id}".
v1::Election Stored(v1::Election wanted);
v1::Election SampleElection();

// Accepted: Ada, Ben, Cem in governance; Dee, Eve in finance. Persons "people/ada" and so on.
std::vector<v1::Candidacy> SampleCandidacies();

// FOR TESTS ONLY: keys that everybody knows, of two registrars, numbered from 0, and three trustees, of whom
// any two make up for the third. The hashes of their shares belong to no shares.
const crypto::RsaPrivateKey& RegistrarKey(int number);
const crypto::Ed25519KeyPair& ListKey(int number);
v1::Manifest::Registrar RegistrarEntry(int number);
TallySecrets SampleSecrets();
std::vector<v1::Manifest::Trustee> TrusteeEntries();

ManifestParts SampleParts(const crypto::Ed25519KeyPair& box_key);
PublishedManifest SampleManifest(const crypto::Ed25519KeyPair& box_key);

// A credential of each sample registrar and the seed of its ballot key.
struct TestVoter {
  std::string seed;
  std::vector<Credential> credentials;
};
TestVoter MakeVoter(const PublishedManifest& manifest, crypto::RandomSource& random);

// A ballot with these marks, as numbers of options per contest.
counting::Ballot MarksOf(const std::vector<std::vector<int>>& options);
std::string BallotOf(const PublishedManifest& manifest, const TestVoter& voter,
                     const std::vector<std::vector<int>>& options);
// A ballot with these marks, ranks and scores.
std::string BallotWith(const PublishedManifest& manifest, const TestVoter& voter,
                       const counting::Ballot& marks);

// A ballot around any plaintext, signed by the voter's key: what an ill-meaning client could send.
std::string BallotAround(const PublishedManifest& manifest, const TestVoter& voter,
                         std::string_view plaintext);
// The same around anything where the sealed boxes should be, of their length.
std::string BallotWithSealed(const PublishedManifest& manifest, const TestVoter& voter,
                             std::string_view sealed);

}  // namespace plenary::election::testing
