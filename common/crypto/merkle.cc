#include "common/crypto/merkle.h"

#include <algorithm>
#include <bit>
#include <optional>

#include "common/crypto/bytes.h"
#include "common/crypto/errors.h"
#include "common/crypto/openssl_ptr.h"

namespace plenary::crypto {
namespace {

constexpr std::string_view kLeafPrefix{"\x00", 1};
constexpr std::string_view kNodePrefix{"\x01", 1};

static_assert(kMerkleHashSize == kSha256Size);

void RequireHash(std::string_view hash) {
  internal::Require(hash.size() == kMerkleHashSize, "a Merkle hash of 32 bytes");
}

// Where RFC 9162 splits a tree of `size` > 1 leaves: the largest power of two below the size.
std::uint64_t SplitOf(std::uint64_t size) { return std::bit_floor(size - 1); }

bool AllHashes(std::span<const std::string> proof) {
  return std::ranges::all_of(proof, [](const std::string& hash) { return hash.size() == kMerkleHashSize; });
}

// RFC 9162 section 2.1.3.2, the loop: the root that the proof leads to, or nothing when it is too short
// or too long.
std::optional<std::string> RootFromPath(std::uint64_t index, std::uint64_t last, std::string_view leaf_hash,
                                        std::span<const std::string> proof) {
  std::string hash(leaf_hash);
  for (const std::string& other : proof) {
    if (last == 0) return std::nullopt;
    if ((index & 1) != 0 || index == last) {
      hash = NodeHash(other, hash);
      while ((index & 1) == 0 && index != 0) index >>= 1, last >>= 1;
    } else {
      hash = NodeHash(hash, other);
    }
    index >>= 1, last >>= 1;
  }
  if (last != 0) return std::nullopt;
  return hash;
}

struct TwoRoots {
  std::string first;
  std::string second;
};

// RFC 9162 section 2.1.4.2, the loop; the path begins with the first tree's root when that is complete.
std::optional<TwoRoots> RootsFromPath(std::uint64_t size1, std::uint64_t size2,
                                      std::span<const std::string> path) {
  if (path.empty()) return std::nullopt;
  std::uint64_t index = size1 - 1, last = size2 - 1;
  while ((index & 1) != 0) index >>= 1, last >>= 1;
  TwoRoots roots{path.front(), path.front()};
  for (const std::string& other : path.subspan(1)) {
    if (last == 0) return std::nullopt;
    if ((index & 1) != 0 || index == last) {
      roots.first = NodeHash(other, roots.first);
      roots.second = NodeHash(other, roots.second);
      while ((index & 1) == 0 && index != 0) index >>= 1, last >>= 1;
    } else {
      roots.second = NodeHash(roots.second, other);
    }
    index >>= 1, last >>= 1;
  }
  if (last != 0) return std::nullopt;
  return roots;
}

}  // namespace

std::string LeafHash(std::string_view leaf) {
  static thread_local Sha256Hasher hasher;
  hasher.Update(kLeafPrefix);
  hasher.Update(leaf);
  return hasher.Finish();
}

std::string NodeHash(std::string_view left, std::string_view right) {
  static thread_local Sha256Hasher hasher;
  hasher.Update(kNodePrefix);
  hasher.Update(left);
  hasher.Update(right);
  return hasher.Finish();
}

std::string EmptyRoot() { return Sha256(""); }

void RootBuilder::AppendLeafHash(std::string_view leaf_hash) {
  RequireHash(leaf_hash);
  std::string hash(leaf_hash);
  for (std::uint64_t complete = size_; (complete & 1) != 0; complete >>= 1) {
    hash = NodeHash(subtrees_.back(), hash);
    subtrees_.pop_back();
  }
  subtrees_.push_back(std::move(hash));
  ++size_;
}

std::string RootBuilder::Root() const {
  if (subtrees_.empty()) return EmptyRoot();
  std::string root = subtrees_.back();
  for (std::size_t i = subtrees_.size() - 1; i-- > 0;) root = NodeHash(subtrees_[i], root);
  return root;
}

void MerkleTree::AppendLeafHash(std::string_view leaf_hash) {
  RequireHash(leaf_hash);
  if (levels_.empty()) levels_.emplace_back();
  levels_[0].append(leaf_hash);
  const std::uint64_t leaves = size();
  // Every subtree that this leaf makes complete.
  for (unsigned level = 1; (leaves & ((std::uint64_t{1} << level) - 1)) == 0; ++level) {
    const std::uint64_t right = (leaves >> (level - 1)) - 1;
    std::string node = NodeHash(NodeAt(level - 1, right - 1), NodeAt(level - 1, right));
    if (levels_.size() == level) levels_.emplace_back();
    levels_[level].append(node);
  }
}

std::uint64_t MerkleTree::size() const { return levels_.empty() ? 0 : levels_[0].size() / kMerkleHashSize; }

std::string_view MerkleTree::NodeAt(unsigned level, std::uint64_t index) const {
  return std::string_view(levels_[level]).substr(index * kMerkleHashSize, kMerkleHashSize);
}

std::string MerkleTree::RootOfRange(std::uint64_t begin, std::uint64_t end) const {
  const std::uint64_t count = end - begin;
  if (std::has_single_bit(count)) {
    const auto level = static_cast<unsigned>(std::countr_zero(count));
    return std::string(NodeAt(level, begin >> level));
  }
  const std::uint64_t middle = begin + SplitOf(count);
  return NodeHash(RootOfRange(begin, middle), RootOfRange(middle, end));
}

std::string MerkleTree::Root() const { return size() == 0 ? EmptyRoot() : RootOfRange(0, size()); }

absl::StatusOr<std::string> MerkleTree::RootAt(std::uint64_t size) const {
  if (size > this->size()) return errors::ProofOutOfRange(this->size());
  return size == 0 ? EmptyRoot() : RootOfRange(0, size);
}

absl::StatusOr<std::string> MerkleTree::SubtreeRoot(unsigned level, std::uint64_t index) const {
  if (level >= levels_.size() || index >= levels_[level].size() / kMerkleHashSize) {
    return errors::ProofOutOfRange(size());
  }
  return std::string(NodeAt(level, index));
}

absl::StatusOr<std::vector<std::string>> MerkleTree::InclusionProof(std::uint64_t index,
                                                                    std::uint64_t size) const {
  if (index >= size || size > this->size()) return errors::ProofOutOfRange(this->size());
  // Down from the root, PATH of RFC 9162 section 2.1.3.1, which lists the hashes the other way round.
  std::vector<std::string> proof;
  for (std::uint64_t begin = 0, end = size; end - begin > 1;) {
    const std::uint64_t middle = begin + SplitOf(end - begin);
    if (index < middle) {
      proof.push_back(RootOfRange(middle, end));
      end = middle;
    } else {
      proof.push_back(RootOfRange(begin, middle));
      begin = middle;
    }
  }
  std::ranges::reverse(proof);
  return proof;
}

absl::StatusOr<std::vector<std::string>> MerkleTree::ConsistencyProof(std::uint64_t size1,
                                                                      std::uint64_t size2) const {
  if (size1 == 0 || size1 > size2 || size2 > size()) return errors::ProofOutOfRange(size());
  // SUBPROOF of RFC 9162 section 2.1.4.1, the other way round.
  std::vector<std::string> proof;
  std::uint64_t begin = 0, end = size2;
  while (end != size1) {
    const std::uint64_t middle = begin + SplitOf(end - begin);
    if (size1 <= middle) {
      proof.push_back(RootOfRange(middle, end));
      end = middle;
    } else {
      proof.push_back(RootOfRange(begin, middle));
      begin = middle;
    }
  }
  // Whoever verifies has the root of the whole first tree, but not that of its last subtree.
  if (begin != 0) proof.push_back(RootOfRange(begin, end));
  std::ranges::reverse(proof);
  return proof;
}

absl::Status VerifyInclusion(std::uint64_t index, std::uint64_t size, std::string_view leaf_hash,
                             std::span<const std::string> proof, std::string_view root) {
  if (index >= size || leaf_hash.size() != kMerkleHashSize || !AllHashes(proof)) {
    return errors::ProofInvalid();
  }
  const std::optional<std::string> reached = RootFromPath(index, size - 1, leaf_hash, proof);
  if (!reached.has_value() || *reached != root) return errors::ProofInvalid();
  return absl::OkStatus();
}

absl::Status VerifyConsistency(std::uint64_t size1, std::uint64_t size2, std::span<const std::string> proof,
                               std::string_view root1, std::string_view root2) {
  if (size1 == 0 || size1 > size2) return errors::ProofInvalid();
  if (size1 == size2) {
    return proof.empty() && root1 == root2 ? absl::OkStatus() : errors::ProofInvalid();
  }
  if (proof.empty() || root1.size() != kMerkleHashSize || !AllHashes(proof)) return errors::ProofInvalid();
  std::vector<std::string> path(proof.begin(), proof.end());
  if (std::has_single_bit(size1)) path.insert(path.begin(), std::string(root1));
  const std::optional<TwoRoots> reached = RootsFromPath(size1, size2, path);
  if (!reached.has_value() || reached->first != root1 || reached->second != root2) {
    return errors::ProofInvalid();
  }
  return absl::OkStatus();
}

}  // namespace plenary::crypto
