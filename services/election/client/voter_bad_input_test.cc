// What a voter keeps, with every size and value around what is right, and what belongs to another voter or
// another election.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/crypto/blind_rsa.h"
#include "common/crypto/bytes.h"
#include "common/crypto/secretbox.h"
#include "common/testing/small_order.h"
#include "common/testing/status_matchers.h"
#include "services/election/client/trustee.h"
#include "services/election/client/voter.h"
#include "services/election/testing/sample.h"

namespace plenary::election::client {
namespace {

using plenary::testing::HasReason;

constexpr std::size_t kStateSize = 32 + 2 * (32 + 384 + 384);

class VoterBadInput : public ::testing::Test {
 protected:
  VoterBadInput()
      : random_("bad input"),
        box_key_(crypto::Ed25519KeyPair::Generate(random_)),
        manifest_(election::testing::SampleManifest(box_key_)),
        state_(PrepareCredential(manifest_, MakeBallotKey(random_), random_).value()),
        code_(MakeRecoveryCode(random_)),
        blob_(MakeRecoveryBlob(state_, code_, random_).value()) {}

  // What both registrars answer.
  static std::vector<std::string> SignaturesOf(const CredentialState& state) {
    std::vector<std::string> signatures;
    for (int i = 0; const Blinding& blinding : state.blindings) {
      signatures.push_back(
          crypto::BlindSign(election::testing::RegistrarKey(i++), blinding.blinded_msg).value());
    }
    return signatures;
  }
  // A box around any content of a state, as the voter's own code opens it.
  std::string BlobAround(const std::string& content, std::size_t size = kRecoveryBlobSize) {
    return crypto::SealWithSecret("plenary-recovery-v1", code_, content, size, random_).value();
  }

  crypto::SeededRandom random_;
  const crypto::Ed25519KeyPair box_key_;
  const PublishedManifest manifest_;
  const CredentialState state_;
  const std::string code_;
  const std::string blob_;
};

TEST_F(VoterBadInput, ABlobHasOneSizeAndOneCode) {
  EXPECT_EQ(OpenRecoveryBlob(blob_, code_, 2).value(), state_);
  for (const std::size_t size : {0, 1, 24, 39, 40, 41, 42, 43, 1024, 2047, 2049, 4096}) {
    std::string resized = blob_;
    resized.resize(size, '\0');
    EXPECT_THAT(OpenRecoveryBlob(resized, code_, 2), HasReason("SECRET_WRONG")) << size;
  }
  EXPECT_THAT(OpenRecoveryBlob(std::string(2048, '\0'), code_, 2), HasReason("SECRET_WRONG"));
  for (const std::string& code :
       {std::string(), code_.substr(1), code_ + '\0', std::string(16, '\0'), MakeRecoveryCode(random_)}) {
    EXPECT_THAT(OpenRecoveryBlob(blob_, code, 2), HasReason("SECRET_WRONG"));
  }
}

TEST_F(VoterBadInput, ABlobHoldsAStateAndNothingElse) {
  const std::string content = SerializeState(state_);
  EXPECT_EQ(OpenRecoveryBlob(BlobAround(content), code_, 2).value(), state_);
  for (const std::size_t size : {0, 1, 31, 32, 33, 831, 832, 833, 1631, 1633, 2006}) {
    std::string resized = content;
    resized.resize(size, '\0');
    EXPECT_THAT(OpenRecoveryBlob(BlobAround(resized), code_, 2), HasReason("BALLOT_STATE_UNUSABLE")) << size;
  }
  EXPECT_OK(OpenRecoveryBlob(BlobAround(content.substr(0, 832)), code_, 1)) << "of one registrar";
  EXPECT_THAT(OpenRecoveryBlob(BlobAround(content), code_, 1), HasReason("BALLOT_STATE_UNUSABLE"));
  // Sealed for another purpose under the same code.
  const auto relabelled =
      crypto::SealWithSecret("plenary-recovery-v2", code_, content, kRecoveryBlobSize, random_);
  EXPECT_THAT(OpenRecoveryBlob(*relabelled, code_, 2), HasReason("SECRET_WRONG"));
}

TEST_F(VoterBadInput, AStateHasOneLength) {
  const std::string content = SerializeState(state_);
  ASSERT_EQ(content.size(), kStateSize);
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{32}, kStateSize - 1, kStateSize + 1, 2 * kStateSize}) {
    std::string resized = content;
    resized.resize(size, '\0');
    EXPECT_THAT(ParseState(resized, 2), HasReason("BALLOT_STATE_UNUSABLE")) << size;
  }
  EXPECT_THAT(ParseState(content, 3), HasReason("BALLOT_STATE_UNUSABLE"));
}

TEST_F(VoterBadInput, SignaturesAreGoodForTheStateTheyWereAskedWith) {
  const std::vector<std::string> signatures = SignaturesOf(state_);
  ASSERT_OK(FinalizeCredential(manifest_, state_, signatures));
  const CredentialState other = PrepareCredential(manifest_, MakeBallotKey(random_), random_).value();
  EXPECT_THAT(FinalizeCredential(manifest_, other, signatures), HasReason("SIGNATURE_INVALID"))
      << "of another voter";
  const auto elsewhere = election::testing::SampleManifest(crypto::Ed25519KeyPair::Generate(random_));
  EXPECT_THAT(FinalizeCredential(elsewhere, state_, signatures), HasReason("SIGNATURE_INVALID"))
      << "of another election";
  struct Row {
    const char* sentence;
    void (*change)(CredentialState&);
  };
  for (const Row& row : {
           Row{"another seed", [](CredentialState& state) { state.seed[0] ^= 1; }},
           Row{"another prefix", [](CredentialState& state) { state.blindings[1].prefix[31] ^= 1; }},
           Row{"another inverse", [](CredentialState& state) { state.blindings[0].inv[383] ^= 1; }},
           Row{"an inverse of 0", [](CredentialState& state) { state.blindings[0].inv.assign(384, '\0'); }},
           Row{"blindings swapped",
               [](CredentialState& state) { std::swap(state.blindings[0], state.blindings[1]); }},
       }) {
    CredentialState changed = state_;
    row.change(changed);
    EXPECT_THAT(FinalizeCredential(manifest_, changed, signatures), HasReason("SIGNATURE_INVALID"))
        << row.sentence;
  }
}

TEST_F(VoterBadInput, ABlindSignatureHasOneSizeAndIsBelowTheModulus) {
  const std::vector<std::string> good = SignaturesOf(state_);
  const std::string& modulus = manifest_.registrars()[0].n();
  for (const std::string& wrong :
       {std::string(384, '\0'), std::string(383, '\0') + '\1', std::string(384, '\xff'), modulus}) {
    EXPECT_FALSE(FinalizeCredential(manifest_, state_, {wrong, good[1]}).ok());
  }
  for (const std::size_t size : {0, 1, 383, 385, 768}) {
    std::string resized = good[0];
    resized.resize(size, '\0');
    EXPECT_FALSE(FinalizeCredential(manifest_, state_, {resized, good[1]}).ok()) << size;
  }
}

TEST_F(VoterBadInput, AReceiptIsTheBoxsSignatureOverThisBallotOfThisElection) {
  const std::string hash = crypto::Sha256("ballot");
  const std::string receipt = box_key_.Sign(ReceiptMessage(manifest_.hash(), hash));
  EXPECT_OK(VerifyReceipt(manifest_, "ballot", receipt));
  const auto stranger = crypto::Ed25519KeyPair::Generate(random_);
  const std::pair<const char*, std::string> rows[] = {
      {"nothing", ""},
      {"a byte", "r"},
      {"a byte less", receipt.substr(0, 63)},
      {"a byte more", receipt + '\0'},
      {"zeros", std::string(64, '\0')},
      {"of another box", stranger.Sign(ReceiptMessage(manifest_.hash(), hash))},
      {"of another election", box_key_.Sign(ReceiptMessage(std::string(32, 'h'), hash))},
      {"of another ballot", box_key_.Sign(ReceiptMessage(manifest_.hash(), crypto::Sha256("other")))},
      {"over the ballot's hash alone", box_key_.Sign(hash)},
      {"in a second spelling", plenary::testing::SpelledAgain(receipt)},
  };
  for (const auto& [sentence, wrong] : rows) {
    EXPECT_THAT(VerifyReceipt(manifest_, "ballot", wrong), HasReason("RECEIPT_INVALID")) << sentence;
  }
}

// A trustee's file in which one thing is replaced.
std::string FileWith(const std::string& from, const std::string& to) {
  crypto::SeededRandom random("a trustee");
  std::string text = WriteTrusteeKeys(MakeTrusteeKeys("elections/00000000000000000000000004", random));
  return text.replace(text.find(from), from.size(), to);
}

TEST(TrusteesFileBadInput, AThresholdIsANumberThatAThresholdCanBe) {
  for (const char* good : {"0", "2", "9"}) {
    EXPECT_OK(ReadTrusteeKeys(FileWith("\"threshold\": 0", std::string("\"threshold\": ") + good))) << good;
  }
  for (const char* wrong : {"1", "10", "-1", "-2", "2.0", "2.5", "1e99", "-1e99", "true", "null", "\"2\"",
                            "[2]", "4294967298", "18446744073709551618"}) {
    EXPECT_THAT(ReadTrusteeKeys(FileWith("\"threshold\": 0", std::string("\"threshold\": ") + wrong)),
                HasReason("TRUSTEE_KEYS_UNUSABLE"))
        << wrong;
  }
}

TEST(TrusteesFileBadInput, EveryKeyHasOneSize) {
  const auto secret = [](std::size_t size) {
    crypto::SeededRandom random("a trustee");
    const TrusteeKeys keys = MakeTrusteeKeys("elections/00000000000000000000000004", random);
    return FileWith(crypto::Base64UrlEncode(keys.tally_secret),
                    crypto::Base64UrlEncode(std::string(size, 'k')));
  };
  EXPECT_OK(ReadTrusteeKeys(secret(32)));
  for (const std::size_t size : {0, 1, 31, 33, 64}) {
    EXPECT_THAT(ReadTrusteeKeys(secret(size)), HasReason("TRUSTEE_KEYS_UNUSABLE")) << size;
  }
  for (const char* field : {"dealt", "dealt_to"}) {
    const std::string empty = std::string("\"") + field + "\": []";
    const std::size_t right = field == std::string("dealt") ? 87 : 32;
    for (const std::size_t size : {std::size_t{0}, right - 1, right, right + 1}) {
      const std::string one =
          std::string("\"") + field + "\": [\"" + crypto::Base64UrlEncode(std::string(size, 's')) + "\"]";
      EXPECT_THAT(ReadTrusteeKeys(FileWith(empty, one)),
                  HasReason(size == right ? "" : "TRUSTEE_KEYS_UNUSABLE"))
          << field << " " << size;
    }
  }
}

}  // namespace
}  // namespace plenary::election::client
