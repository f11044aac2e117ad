// The list that a registrar signs once issuing is over: which lines of the roll collected a credential, and
// for which blinded message.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/crypto/ed25519.h"
#include "common/ids/id.h"

namespace plenary::membership::rules {

struct IssuanceLine {
  IdBytes unit;                    // of the company or person
  std::string blinded_msg_sha256;  // 32 bytes
};

// `PLI1 || manifest_hash 32 || u8 registrar || u32 count || count x (unit 16 || SHA-256(blinded_msg) 32),
// strictly ascending by unit || sig 64`, integers big-endian; the signature is over "plenary-issuance-v1" and
// all bytes before. `registrar` is its number in the manifest, from 0. Lines in any order; units are
// distinct.
std::string SignIssuanceList(std::string_view manifest_hash, std::uint8_t registrar,
                             std::vector<IssuanceLine> lines, const crypto::Ed25519KeyPair& list_key);

}  // namespace plenary::membership::rules
