#include "services/cli/receipt.h"

#include "common/crypto/bytes.h"
#include "common/crypto/ed25519.h"
#include "common/status/macros.h"
#include "nlohmann/json.hpp"
#include "services/cli/errors.h"

namespace plenary::cli {
namespace {

std::string HexField(const nlohmann::json& json, const char* key) {
  if (!json.contains(key) || !json[key].is_string()) return "";
  return crypto::HexDecode(json[key].get<std::string>()).value_or("");
}

}  // namespace

std::string ReceiptJson(const Receipt& receipt) {
  const nlohmann::ordered_json json = {{"election", receipt.election},
                                       {"manifest_hash", crypto::HexEncode(receipt.manifest_hash)},
                                       {"ballot_hash", crypto::HexEncode(receipt.ballot_hash)},
                                       {"receipt", crypto::HexEncode(receipt.signature)}};
  return json.dump(2) + "\n";
}

absl::StatusOr<Receipt> ParseReceipt(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_object() && json.contains("election") && json["election"].is_string()) {
    Receipt receipt{json["election"].get<std::string>(), HexField(json, "manifest_hash"),
                    HexField(json, "ballot_hash"), HexField(json, "receipt")};
    if (receipt.manifest_hash.size() == crypto::kSha256Size &&
        receipt.ballot_hash.size() == crypto::kSha256Size &&
        receipt.signature.size() == crypto::kEd25519SignatureSize) {
      return receipt;
    }
  }
  return errors::InputInvalid(
      "The file holds no receipt. Use the one that `plenary vote ELECTION --receipt FILE` wrote.");
}

absl::Status CheckReceipt(const Receipt& receipt, std::string_view box_key) {
  std::string message = "plenary-receipt-v1";
  message += '\0';
  message += receipt.manifest_hash;
  message += receipt.ballot_hash;
  ASSIGN_OR_RETURN(const auto key, crypto::Ed25519PublicKey::FromBytes(box_key));
  if (!crypto::VerifyEd25519(key, message, receipt.signature).ok()) {
    return errors::CheckFailed("The receipt is not signed by the ballot box of this election.");
  }
  return absl::OkStatus();
}

}  // namespace plenary::cli
