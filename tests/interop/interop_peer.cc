// What a test in another language asks of our C++, a line of hexadecimal after the other on standard input:
//
//   plenary_interop_peer sign KEY.pem               blinded messages; answers with blind signatures
//   plenary_interop_peer check MANIFEST SECRETS     ballots; answers "counts CHOICES", "spoilt REASON" or
//   "refused REASON"
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>

#include "common/crypto/blind_rsa.h"
#include "common/crypto/bytes.h"
#include "common/status/error.h"
#include "services/election/rules/choices.h"
#include "services/election/rules/published_manifest.h"

namespace {

namespace crypto = plenary::crypto;
namespace election = plenary::election;

constexpr std::size_t kSecretSize = 32;
constexpr int kWrongUse = 2;

std::string ReadFile(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string Refused(const absl::Status& status) { return "refused " + plenary::ReasonOf(status); }

std::string SignedBy(const crypto::RsaPrivateKey& key, std::string_view blinded) {
  const auto signature = crypto::BlindSign(key, blinded);
  return signature.ok() ? crypto::HexEncode(*signature) : Refused(signature.status());
}

// As the box looks at a ballot, and then as the count does.
std::string Checked(const election::PublishedManifest& manifest, const election::TallySecrets& secrets,
                    std::string_view bytes) {
  const auto ballot = manifest.ReadBallot(bytes);
  if (!ballot.ok()) return Refused(ballot.status());
  if (const absl::Status signatures = manifest.CheckSignatures(*ballot); !signatures.ok()) {
    return Refused(signatures);
  }
  const election::OpenedPlaintext opened = manifest.Open(*ballot, secrets);
  if (opened.fault != election::PlaintextFault::kNone) {
    return "spoilt " + std::string(election::SpoiltReason(opened.fault));
  }
  return "counts " + crypto::HexEncode(election::EncodeChoices(opened.ballot));
}

// Answers every line of standard input; false when one is not hexadecimal.
template <typename Answer>
bool AnswerLines(Answer answer) {
  for (std::string line; std::getline(std::cin, line);) {
    const auto bytes = crypto::HexDecode(line);
    if (!bytes) return false;
    std::cout << answer(*bytes) << std::endl;
  }
  return true;
}

bool Sign(const char* key_file) {
  const auto key = crypto::RsaPrivateKey::FromPem(ReadFile(key_file));
  if (!key.ok()) return false;
  return AnswerLines([&](std::string_view blinded) { return SignedBy(*key, blinded); });
}

bool Check(const char* manifest_file, const char* secrets_file) {
  const auto manifest = election::PublishedManifest::Parse(ReadFile(manifest_file));
  if (!manifest.ok()) return false;
  const std::string together = ReadFile(secrets_file);
  election::TallySecrets secrets;
  for (std::size_t at = 0; at < together.size(); at += kSecretSize) {
    secrets.push_back(together.substr(at, kSecretSize));
  }
  if (manifest->FirstWrongSecret(secrets) != 0) return false;
  return AnswerLines([&](std::string_view ballot) { return Checked(*manifest, secrets, ballot); });
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view command = argc > 1 ? argv[1] : "";
  const bool done = command == "sign" && argc == 3    ? Sign(argv[2])
                    : command == "check" && argc == 4 ? Check(argv[2], argv[3])
                                                      : false;
  if (!done)
    std::cerr << "plenary_interop_peer: wrong use, a wrong file, or a line that is not hexadecimal\n";
  return done ? 0 : kWrongUse;
}
