// RFC 9162 section 2.1: known answers, and properties over many sizes.
#include "common/crypto/merkle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "common/crypto/bytes.h"
#include "common/crypto/random.h"
#include "common/testing/status_matchers.h"

namespace plenary::crypto {
namespace {

using nlohmann::json;
using testing::IsError;

const auto kInvalid = IsError(absl::StatusCode::kInvalidArgument, "PROOF_INVALID");
const auto kOutOfRange = IsError(absl::StatusCode::kOutOfRange, "PROOF_OUT_OF_RANGE");

json ReadKnownAnswers(const std::string& name) {
  const char* root = std::getenv("PLENARY_SOURCE_DIR");
  std::ifstream file(std::string(root == nullptr ? "." : root) + "/tests/data/rfc9162/" + name);
  return json::parse(file);
}

// Standard base64 with padding, which the known answers are in.
std::string FromBase64(std::string text) {
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  while (text.ends_with('=')) text.pop_back();
  return Base64UrlDecode(text).value();
}

std::vector<std::string> ProofOf(const json& entry) {
  std::vector<std::string> proof;
  if (entry.at("proof").is_null()) return proof;
  for (const json& hash : entry.at("proof")) proof.push_back(FromBase64(hash.get<std::string>()));
  return proof;
}

MerkleTree TreeOf(std::uint64_t size) {
  MerkleTree tree;
  for (std::uint64_t i = 0; i < size; ++i) tree.AppendLeaf("leaf " + std::to_string(i));
  return tree;
}

// MTH of RFC 9162 section 2.1.1 as it is written there.
std::string PlainRoot(std::uint64_t begin, std::uint64_t end) {
  if (begin == end) return Sha256("");
  if (end - begin == 1) return Sha256(std::string("\0", 1) + "leaf " + std::to_string(begin));
  std::uint64_t split = 1;
  while (split * 2 < end - begin) split *= 2;
  return Sha256("\x01" + PlainRoot(begin, begin + split) + PlainRoot(begin + split, end));
}

TEST(MerkleKnownAnswers, RootsOfEverySizeAreThoseOfTheRfc) {
  const json known = ReadKnownAnswers("roots.json");
  MerkleTree tree;
  RootBuilder builder;
  const json& roots = known.at("roots_hex_by_size");
  ASSERT_EQ(roots.size(), known.at("leaves_hex").size() + 1);
  for (std::size_t size = 0; size < roots.size(); ++size) {
    const std::string root = HexDecode(roots[size].get<std::string>()).value();
    EXPECT_EQ(tree.Root(), root) << size;
    EXPECT_EQ(builder.Root(), root) << size;
    if (size + 1 == roots.size()) break;
    const std::string leaf = HexDecode(known.at("leaves_hex")[size].get<std::string>()).value();
    tree.AppendLeaf(leaf);
    builder.AppendLeaf(leaf);
  }
}

TEST(MerkleKnownAnswers, InclusionProofsHoldOrFailAsTheyShould) {
  const json known = ReadKnownAnswers("inclusion.json");
  EXPECT_EQ(known.size(), 98);
  for (const json& entry : known) {
    const absl::Status verified =
        VerifyInclusion(entry.at("leafIdx").get<std::uint64_t>(), entry.at("treeSize").get<std::uint64_t>(),
                        FromBase64(entry.at("leafHash").get<std::string>()), ProofOf(entry),
                        FromBase64(entry.at("root").get<std::string>()));
    EXPECT_EQ(verified.ok(), !entry.at("wantErr").get<bool>()) << entry.at("case");
    if (!verified.ok()) {
      EXPECT_THAT(verified, kInvalid);
    }
  }
}

TEST(MerkleKnownAnswers, ConsistencyProofsHoldOrFailAsTheyShould) {
  const json known = ReadKnownAnswers("consistency.json");
  EXPECT_EQ(known.size(), 98);
  for (const json& entry : known) {
    const absl::Status verified = VerifyConsistency(
        entry.at("size1").get<std::uint64_t>(), entry.at("size2").get<std::uint64_t>(), ProofOf(entry),
        FromBase64(entry.at("root1").get<std::string>()), FromBase64(entry.at("root2").get<std::string>()));
    EXPECT_EQ(verified.ok(), !entry.at("wantErr").get<bool>()) << entry.at("case");
    if (!verified.ok()) {
      EXPECT_THAT(verified, kInvalid);
    }
  }
}

TEST(MerkleTree, EveryWayToTheRootGivesTheRootOfTheDefinition) {
  const MerkleTree tree = TreeOf(140);
  RootBuilder builder;
  for (std::uint64_t size = 0; size <= tree.size(); ++size) {
    const std::string root = PlainRoot(0, size);
    EXPECT_EQ(builder.Root(), root) << size;
    EXPECT_EQ(builder.size(), size);
    EXPECT_EQ(TreeOf(size).Root(), root) << size;
    ASSERT_OK_AND_ASSIGN(const std::string at, tree.RootAt(size));
    EXPECT_EQ(at, root) << size;
    builder.AppendLeaf("leaf " + std::to_string(size));
  }
}

TEST(MerkleTree, EveryInclusionProofOfSmallTreesHoldsAndForNoOtherLeaf) {
  const MerkleTree tree = TreeOf(35);
  for (std::uint64_t size = 1; size <= tree.size(); ++size) {
    const std::string root = *tree.RootAt(size);
    for (std::uint64_t index = 0; index < size; ++index) {
      ASSERT_OK_AND_ASSIGN(const std::vector<std::string> proof, tree.InclusionProof(index, size));
      const std::string leaf = *tree.SubtreeRoot(0, index);
      EXPECT_OK(VerifyInclusion(index, size, leaf, proof, root)) << index << " of " << size;
      EXPECT_THAT(VerifyInclusion(index ^ 1, size, leaf, proof, root), kInvalid);
      EXPECT_THAT(VerifyInclusion(index, size, LeafHash("another"), proof, root), kInvalid);
    }
  }
}

TEST(MerkleTree, EveryConsistencyProofOfSmallTreesHoldsAndForNoOtherRoots) {
  const MerkleTree tree = TreeOf(35);
  for (std::uint64_t size2 = 1; size2 <= tree.size(); ++size2) {
    for (std::uint64_t size1 = 1; size1 <= size2; ++size1) {
      ASSERT_OK_AND_ASSIGN(const std::vector<std::string> proof, tree.ConsistencyProof(size1, size2));
      const std::string root1 = *tree.RootAt(size1), root2 = *tree.RootAt(size2);
      EXPECT_OK(VerifyConsistency(size1, size2, proof, root1, root2)) << size1 << " in " << size2;
      EXPECT_THAT(VerifyConsistency(size1, size2, proof, EmptyRoot(), root2), kInvalid);
      EXPECT_THAT(VerifyConsistency(size1, size2, proof, root1, EmptyRoot()), kInvalid);
    }
  }
}

TEST(MerkleTree, ProofsOfRandomSizesHoldAndNoneWithABitChanged) {
  SeededRandom random("sizes of logs");
  const MerkleTree tree = TreeOf(5000);
  const auto below = [&random](std::uint64_t most) {
    const std::string bytes = random.Bytes(4);
    return ByteReader(bytes).ReadU32().value() % most;
  };
  for (int round = 0; round < 200; ++round) {
    const std::uint64_t size2 = 2 + below(tree.size() - 1), size1 = 1 + below(size2 - 1),
                        index = below(size2);
    const std::string root1 = *tree.RootAt(size1), root2 = *tree.RootAt(size2),
                      leaf = *tree.SubtreeRoot(0, index);
    std::vector<std::string> inclusion = *tree.InclusionProof(index, size2);
    std::vector<std::string> consistency = *tree.ConsistencyProof(size1, size2);
    EXPECT_OK(VerifyInclusion(index, size2, leaf, inclusion, root2));
    EXPECT_OK(VerifyConsistency(size1, size2, consistency, root1, root2));

    std::vector<std::string> longer = inclusion;
    longer.push_back(root1);
    EXPECT_THAT(VerifyInclusion(index, size2, leaf, longer, root2), kInvalid);
    inclusion[below(inclusion.size())][below(32)] ^= 4;
    EXPECT_THAT(VerifyInclusion(index, size2, leaf, inclusion, root2), kInvalid);
    consistency[below(consistency.size())][below(32)] ^= 4;
    EXPECT_THAT(VerifyConsistency(size1, size2, consistency, root1, root2), kInvalid);
    consistency.pop_back();
    EXPECT_THAT(VerifyConsistency(size1, size2, consistency, root1, root2), kInvalid);
  }
}

TEST(MerkleTree, GivesNoProofBeyondItsLeaves) {
  const MerkleTree tree = TreeOf(5);
  EXPECT_OK(tree.InclusionProof(4, 5));
  EXPECT_THAT(tree.InclusionProof(5, 5), kOutOfRange);
  EXPECT_THAT(tree.InclusionProof(0, 6), kOutOfRange);
  EXPECT_OK(tree.ConsistencyProof(5, 5));
  EXPECT_THAT(tree.ConsistencyProof(0, 5), kOutOfRange);
  EXPECT_THAT(tree.ConsistencyProof(4, 3), kOutOfRange);
  EXPECT_THAT(tree.ConsistencyProof(1, 6), kOutOfRange);
  EXPECT_THAT(tree.RootAt(6), kOutOfRange);
  EXPECT_EQ(MerkleTree().Root(), EmptyRoot());
}

TEST(MerkleTree, GivesTheRootsOfItsCompleteSubtreesOnly) {
  const MerkleTree tree = TreeOf(13);
  EXPECT_EQ(*tree.SubtreeRoot(3, 0), PlainRoot(0, 8));
  EXPECT_EQ(*tree.SubtreeRoot(2, 2), PlainRoot(8, 12));
  EXPECT_THAT(tree.SubtreeRoot(2, 3), kOutOfRange);
  EXPECT_THAT(tree.SubtreeRoot(3, 1), kOutOfRange);
  EXPECT_THAT(tree.SubtreeRoot(4, 0), kOutOfRange);
}

TEST(RootBuilder, ACopyGoesOnByItself) {
  RootBuilder builder;
  for (int i = 0; i < 5; ++i) builder.AppendLeaf("leaf " + std::to_string(i));
  RootBuilder copy = builder;
  copy.AppendLeaf("leaf 5");
  EXPECT_EQ(builder.Root(), PlainRoot(0, 5));
  EXPECT_EQ(copy.Root(), PlainRoot(0, 6));
}

TEST(MerkleHashesDeathTest, AHashOfAnotherLengthEndsTheProcess) {
  MerkleTree tree;
  EXPECT_DEATH(tree.AppendLeafHash("short"), "32 bytes");
}

}  // namespace
}  // namespace plenary::crypto
