// The Merkle tree of a transparency log: SHA-256, leaves and nodes kept apart by their first byte.
// Source: RFC 9162 sections 2.1.1 (tree), 2.1.3 (inclusion), 2.1.4 (consistency).
//
// Hashes are 32 bytes, sizes and indices count leaves from 0. A hash of another length given to a
// function that promises no status ends the process: hashes come from LeafHash, not from callers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace plenary::crypto {

inline constexpr std::size_t kMerkleHashSize = 32;

// SHA-256(00 || leaf), SHA-256(01 || left || right), SHA-256 of nothing.
std::string LeafHash(std::string_view leaf);
std::string NodeHash(std::string_view left, std::string_view right);
std::string EmptyRoot();

// The root of leaves that arrive one by one; holds one hash for each bit set in the size, so 2 kB at
// most. Copyable: a copy goes on by itself. Const use is thread-safe.
class RootBuilder {
 public:
  void AppendLeafHash(std::string_view leaf_hash);
  void AppendLeaf(std::string_view leaf) { AppendLeafHash(LeafHash(leaf)); }

  std::uint64_t size() const { return size_; }
  std::string Root() const;

 private:
  std::uint64_t size_ = 0;
  // The roots of the complete subtrees from left to right, the largest first.
  std::vector<std::string> subtrees_;
};

// Every hash of a growing tree: 64 bytes a leaf (its own hash, and as much again for the nodes above).
// Any proof takes O(log size). Const use is thread-safe.
class MerkleTree {
 public:
  void AppendLeafHash(std::string_view leaf_hash);
  void AppendLeaf(std::string_view leaf) { AppendLeafHash(LeafHash(leaf)); }

  std::uint64_t size() const;
  std::string Root() const;

  // The root of the first `size` leaves. PROOF_OUT_OF_RANGE when there are fewer.
  absl::StatusOr<std::string> RootAt(std::uint64_t size) const;

  // The root of the complete subtree over leaves index * 2^level up to (index + 1) * 2^level: level 0
  // gives leaf hashes, levels 8, 16, ... what hash tiles hold. PROOF_OUT_OF_RANGE when it is not
  // complete yet.
  absl::StatusOr<std::string> SubtreeRoot(unsigned level, std::uint64_t index) const;

  // Leads from leaf `index` to the root of the first `size` leaves, lowest hash first. PROOF_OUT_OF_RANGE
  // unless index < size <= size().
  absl::StatusOr<std::vector<std::string>> InclusionProof(std::uint64_t index, std::uint64_t size) const;

  // Shows that the first `size1` leaves of the tree of `size2` are the tree of `size1`; empty for equal
  // sizes. PROOF_OUT_OF_RANGE unless 1 <= size1 <= size2 <= size().
  absl::StatusOr<std::vector<std::string>> ConsistencyProof(std::uint64_t size1, std::uint64_t size2) const;

 private:
  std::string_view NodeAt(unsigned level, std::uint64_t index) const;
  // The root over leaves [begin, end), begin a multiple of the smallest power of two >= end - begin.
  std::string RootOfRange(std::uint64_t begin, std::uint64_t end) const;

  // By level, the hashes one after another.
  std::vector<std::string> levels_;
};

// OK when the proof leads from the leaf hash to the root, PROOF_INVALID otherwise; also when the index is
// not below the size or a hash has another length than 32 bytes.
absl::Status VerifyInclusion(std::uint64_t index, std::uint64_t size, std::string_view leaf_hash,
                             std::span<const std::string> proof, std::string_view root);

// OK when the tree of `size2` with `root2` begins with the tree of `size1` with `root1`, PROOF_INVALID
// otherwise; also for size1 = 0 (everything begins with nothing, so there is nothing to prove).
absl::Status VerifyConsistency(std::uint64_t size1, std::uint64_t size2, std::span<const std::string> proof,
                               std::string_view root1, std::string_view root2);

}  // namespace plenary::crypto
