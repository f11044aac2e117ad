// Credentials for a ballot key of which nobody knows the secret: registrars sign blindly, and so for any. FOR
// TESTS ONLY.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/crypto/blind_rsa.h"
#include "common/crypto/random.h"
#include "services/election/rules/ballot_layout.h"
#include "services/election/testing/sample.h"

namespace plenary::election::testing {

// One of each sample registrar.
inline std::vector<Credential> CredentialsFor(std::string_view manifest_hash, std::string_view pk) {
  crypto::SeededRandom random("credentials");
  std::vector<Credential> credentials;
  for (int i = 0; i < 2; ++i) {
    const std::string input = crypto::PrepareRandomized(CredentialMessage(manifest_hash, pk), random);
    const crypto::RsaPrivateKey& key = RegistrarKey(i);
    const auto blinded = crypto::Blind(key.public_key(), input, random).value();
    const std::string signature = crypto::BlindSign(key, blinded.blinded_msg).value();
    credentials.push_back({input.substr(0, kPrefixSize),
                           crypto::Finalize(key.public_key(), input, signature, blinded.inv).value()});
  }
  return credentials;
}

}  // namespace plenary::election::testing
