// Whole bundles of an election that never was: any number of ballots, every byte of which follows from a
// seed, made without a server and with keys that everybody knows. FOR TESTS ONLY.
//
// The election: "governance", two seats by block plurality; "council", three seats by Scottish STV; "logo",
// by Schulze with equal ranks; "motto", by scores with "None of these". Two registrars; three trustees, of
// whom any two suffice (their shares are real). Of the first 51 ballots, and of those after each thousand,
// every third is spoilt, each in another way: 20 have every reason, 60 every kind. Up to twelve batches.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/crypto/ed25519.h"
#include "services/election/rules/log_records.h"
#include "services/election/rules/published_manifest.h"

namespace plenary::election::testing {

// What a bundle is made of, before it is cut into files: to be changed at will, then put together.
struct SampleBundle {
  std::string manifest;
  std::string roll;
  std::vector<std::string> issuance_lists;
  std::vector<std::string> leaves;              // the manifest, the ballots, the close record
  std::vector<std::uint64_t> checkpoint_sizes;  // ascending; the last is that of the whole log
  TallySecrets tally_secrets;
  std::string result;

  std::string box_seed;
  std::vector<std::string> ballot_seeds;  // the seed of the ballot key of leaf i + 1
};

// Draws on `threads` threads; the result does not depend on their number. About 7 ms a ballot and thread.
SampleBundle MakeSampleBundle(int ballots, std::string_view seed, unsigned threads);

// By path inside the bundle. Checkpoints are signed and tiles cut from the leaves as they are.
using Files = std::map<std::string, std::string>;
Files FilesOf(const SampleBundle& bundle);
// Makes the folder and the folders in it.
void WriteFiles(const std::string& folder, const Files& files);

// All private keys as JSON: PEM for the registrars', hexadecimal for the rest.
std::string KeysAsJson(const SampleBundle& bundle);

// For those who change a bundle and want what follows from it to follow. Units ascend as they are given.
std::string EncodeRoll(const std::vector<std::string>& units);
std::string SignedIssuanceList(std::string_view manifest_hash, int registrar,
                               const std::map<std::string, std::string>& hash_by_unit);
// The lists' hashes and the number of ballots again, in the last leaf.
void CloseAgain(SampleBundle& bundle);
// The result again, whatever the checks would say; the bundle must open.
void CountAgain(SampleBundle& bundle);
// A ballot that was cast again with other bytes under the same key and credentials.
std::string CastAgain(const SampleBundle& bundle, std::size_t leaf);

}  // namespace plenary::election::testing
