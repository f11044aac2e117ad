// What voters and trustees keep.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "common/crypto/blind_rsa.h"
#include "common/crypto/bytes.h"
#include "common/crypto/sealed_box.h"
#include "common/crypto/secretbox.h"
#include "services/election/client/ballot_file.h"
#include "services/election/client/trustee.h"
#include "services/election/client/voter.h"
#include "services/election/rules/shares.h"
#include "services/election/rules/trustees.h"
#include "services/election/testing/sample.h"
#include "tests/fuzz/edits.h"
#include "tests/fuzz/proof_checks.h"
#include "tests/fuzz/proof_sample.h"
#include "tests/fuzz/require.h"

namespace plenary::fuzz {
namespace {

using election::DealerOf;
using election::client::BuildBallot;
using election::client::CredentialState;
using election::client::KeptBallot;
using election::client::MakeTrusteeKeys;
using election::client::PrepareCredential;
using election::client::TrusteeKeys;

constexpr int kTrustees = 3;
constexpr int kThreshold = 2;
constexpr std::size_t kRegistrars = 2;

// A voter in the middle of things: everything was collected, nothing was cast.
struct Voter {
  CredentialState state;
  std::string code;
  std::string blob;
  std::vector<std::string> blind_signatures;
  std::vector<election::Credential> credentials;
};

Voter MakeVoter() {
  crypto::SeededRandom random("a voter to fuzz");
  Voter voter;
  voter.state = PrepareCredential(SampleManifest(), election::client::MakeBallotKey(random), random).value();
  voter.code = election::client::MakeRecoveryCode(random);
  voter.blob = MakeRecoveryBlob(voter.state, voter.code, random).value();
  for (int i = 0; const auto& blinding : voter.state.blindings) {
    voter.blind_signatures.push_back(
        crypto::BlindSign(election::testing::RegistrarKey(i++), blinding.blinded_msg).value());
  }
  voter.credentials = FinalizeCredential(SampleManifest(), voter.state, voter.blind_signatures).value();
  return voter;
}

const Voter& SampleVoter() {
  static const Voter voter = MakeVoter();
  return voter;
}

void CheckBlob(std::string_view edits) {
  const Voter& voter = SampleVoter();
  const std::string blob = Edited(voter.blob, edits);
  const auto opened = election::client::OpenRecoveryBlob(blob, voter.code, kRegistrars);
  Require(opened.ok() == (blob == voter.blob), "a blob opens as it was sealed, or not at all");
  Require(!opened.ok() || *opened == voter.state, "a blob gives the state back");
}

void CheckState(const CredentialState& state) {
  const Voter& voter = SampleVoter();
  const auto credentials = FinalizeCredential(SampleManifest(), state, voter.blind_signatures);
  if (!credentials.ok()) {
    Require(!(state == voter.state), "the sample stays good");
    return;
  }
  Require(state.seed == voter.state.seed && *credentials == voter.credentials,
          "signatures are good for the key they were asked for");
}

// Sealed again by somebody who knows the code: the voter, or a program of theirs that is at fault.
void CheckInsideBlob(std::string_view edits) {
  const Voter& voter = SampleVoter();
  crypto::SeededRandom random("sealed again");
  const std::string inside = Edited(SerializeState(voter.state), edits);
  const auto blob = crypto::SealWithSecret("plenary-recovery-v1", voter.code, inside,
                                           election::client::kRecoveryBlobSize, random);
  if (!blob.ok()) return;  // too long for a blob
  const auto opened = election::client::OpenRecoveryBlob(*blob, voter.code, kRegistrars);
  if (!opened.ok()) {
    Require(inside.size() != SerializeState(voter.state).size(), "only another length is no state");
    return;
  }
  Require(SerializeState(*opened) == inside, "a state has one spelling");
  CheckState(*opened);
}

void CheckStateBytes(std::string_view edits) {
  const std::string bytes = Edited(SerializeState(SampleVoter().state), edits);
  for (const std::size_t registrars : {std::size_t{1}, kRegistrars}) {
    const auto state = election::client::ParseState(bytes, registrars);
    if (!state.ok()) continue;
    Require(SerializeState(*state) == bytes, "a state has one spelling");
    Require(state->blindings.size() == registrars, "a state has a blinding for each registrar");
    if (registrars == kRegistrars) CheckState(*state);
  }
}

std::string TextOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

KeptBallot SampleFile() {
  const Voter& voter = SampleVoter();
  KeptBallot kept{.election = SampleManifest().manifest().origin(),
                  .manifest_hash = SampleManifest().hash(),
                  .state = SerializeState(voter.state),
                  .recovery_code = voter.code,
                  .recovery_blob = voter.blob,
                  .credentials = voter.credentials};
  const election::counting::Ballot blank(SampleManifest().contests().size());
  kept.ballot = BuildBallot(SampleManifest(), voter.state.seed, voter.credentials, blank).value();
  return kept;
}

void CheckVotersFile(std::string_view edits) {
  static const std::string path = (ScratchFolder() / "ballot.json").string();
  static const std::string good = [] {
    Require(SaveBallot(path, SampleFile()).ok(), "a voter's file can be kept");
    return TextOf(path);
  }();
  const std::string text = Edited(good, edits);
  std::ofstream(path, std::ios::binary) << text;
  const auto kept = election::client::LoadBallot(path);
  if (!kept.ok()) {
    Require(text != good, "the sample stays good");
    return;
  }
  Require(kept->has_value(), "a file that is there is read");
  Require(SaveBallot(path, **kept).ok(), "what was read can be kept");
  const auto again = election::client::LoadBallot(path);
  Require(again.ok() && *again == *kept, "what was kept comes back");
}

void CheckReceipt(std::string_view edits) {
  const std::string& ballot = Sample().leaves.at(GoodLeaf());
  const std::string good =
      SampleBoxKey().Sign(election::ReceiptMessage(SampleManifest().hash(), crypto::Sha256(ballot)));
  const std::string receipt = Edited(good, edits);
  Require(election::client::VerifyReceipt(SampleManifest(), ballot, receipt).ok() == (receipt == good),
          "only what the box signed is a receipt");
}

// Three trustees who have dealt, and what each of them has accepted.
struct Trustees {
  std::vector<TrusteeKeys> keys;
  election::v1::ListTrusteesResponse circle;
  std::vector<election::v1::DealSharesRequest> dealt;
};

Trustees MakeTrustees() {
  crypto::SeededRandom random("trustees to fuzz");
  Trustees all;
  all.circle.set_threshold(kThreshold);
  for (int i = 1; i <= kTrustees; ++i) {
    all.keys.push_back(MakeTrusteeKeys(SampleManifest().manifest().origin(), random));
    const auto sent = KeysToSend(all.keys.back());
    election::v1::Trustee& trustee = *all.circle.add_trustees();
    trustee.set_person("people/t" + std::to_string(i));
    trustee.set_number(i);
    trustee.set_tally_key(sent.tally_key());
    trustee.set_transport_key(sent.transport_key());
  }
  for (int i = 0; TrusteeKeys & keys : all.keys) {
    Require(SplitTallySecret(keys, all.circle, random).ok(), "a secret can be split");
    all.dealt.push_back(SharesToSend(keys, all.circle, random).value());
    *all.circle.mutable_trustees(i++)->mutable_share_sha256() = all.dealt.back().share_sha256();
  }
  return all;
}

const Trustees& SampleTrustees() {
  static const Trustees trustees = MakeTrustees();
  return trustees;
}

election::v1::ListDealtSharesResponse DealtTo(int number) {
  election::v1::ListDealtSharesResponse response;
  for (const auto& dealt : SampleTrustees().dealt) {
    response.add_sealed_shares(dealt.sealed_shares(number - 1));
  }
  return response;
}

// The share of the first trustee's secret that the second holds.
void CheckShare(std::string_view edits) {
  const Trustees& all = SampleTrustees();
  const std::string& good = all.keys[0].dealt[1];
  const std::string bytes = Edited(good, edits);
  const auto share = election::ReadShare(bytes);
  Require(share.has_value() || bytes != good, "the sample stays good");
  Require(!share.has_value() || EncodeShare(*share) == bytes, "a share has one spelling");
  const election::Trustees trustees(all.circle.trustees().begin(), all.circle.trustees().end());
  for (int holder = 1; holder <= kTrustees; ++holder) {
    Require(DealerOf(bytes, holder, trustees).ok() == (bytes == good && holder == 2),
            "a share is taken from whom it was dealt to, as it was dealt");
  }
  const std::string& key = all.circle.trustees(0).tally_key();
  const auto secret = election::SecretFromShares({bytes, all.keys[0].dealt[0]}, kThreshold, key);
  Require(!secret.has_value() || *secret == all.keys[0].tally_secret, "shares give the secret or nothing");
  Require(secret.has_value() || bytes != good, "the sample stays good");
  if (!share.has_value()) return;
  // With as many good ones as are needed, one that is no good does no harm.
  const auto others =
      election::SecretFromShares({bytes, all.keys[0].dealt[0], all.keys[0].dealt[2]}, kThreshold, key);
  Require(others == all.keys[0].tally_secret, "a stray share does not spoil the others");
}

void CheckTallySecret(std::string_view edits) {
  auto secrets = Sample().tally_secrets;
  const std::string good = secrets[1];
  secrets[1] = Edited(good, edits);
  Require((SampleManifest().FirstWrongSecret(secrets) == 0) == (secrets[1] == good),
          "a tally secret has one spelling");
  Require(election::CheckTallySecret(secrets[1], SampleManifest().manifest().trustees(1).tally_key()).ok() ==
              (secrets[1] == good),
          "the service and the verifier take the same secrets");
}

void CheckTrusteesFile(std::string_view edits) {
  static const TrusteeKeys accepted = [] {
    TrusteeKeys keys = SampleTrustees().keys[0];
    Require(AcceptDealt(keys, 1, SampleTrustees().circle, DealtTo(1), election::client::WhenNotDealt::kRefuse)
                .ok(),
            "shares can be accepted");
    keys.manifest_hash = SampleManifest().hash();
    return keys;
  }();
  static const std::string good = WriteTrusteeKeys(accepted);
  const std::string text = Edited(good, edits);
  const auto read = election::client::ReadTrusteeKeys(text);
  if (!read.ok()) {
    Require(text != good, "the sample stays good");
    return;
  }
  TrusteeKeys keys = *read;
  Require(keys.threshold == 0 || (keys.threshold >= 2 && keys.threshold <= 9), "a threshold is one");
  const auto again = election::client::ReadTrusteeKeys(WriteTrusteeKeys(keys));
  Require(again.ok() && *again == keys, "what was read can be kept and comes back");
  // Any file that can be read can be used: for what it holds, or for nothing.
  crypto::SeededRandom random("a trustee's file");
  const auto sent = SharesToSend(keys, SampleTrustees().circle, random);
  Require(!sent.ok() || keys.dealt_to == accepted.dealt_to, "shares are sealed to whom they were dealt to");
  const absl::Status taken =
      AcceptDealt(keys, 1, SampleTrustees().circle, DealtTo(1), election::client::WhenNotDealt::kRefuse);
  Require(!taken.ok() || keys.accepted == accepted.accepted, "what is accepted is what was dealt");
}

}  // namespace

void CheckProofOfBlob(std::string_view input) {
  constexpr void (*kParts[])(std::string_view) = {CheckBlob,        CheckInsideBlob,  CheckStateBytes,
                                                  CheckVotersFile,  CheckReceipt,     CheckShare,
                                                  CheckTallySecret, CheckTrusteesFile};
  const unsigned part = TakeByte(input) % std::size(kParts);
  kParts[part](input);
}

}  // namespace plenary::fuzz
