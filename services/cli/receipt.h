// A receipt as a file: the box's signature that it stored a ballot.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace plenary::cli {

// All bytes raw; hexadecimal in the file.
struct Receipt {
  std::string election;       // "elections/…"
  std::string manifest_hash;  // 32
  std::string ballot_hash;    // 32
  std::string signature;      // 64
  friend bool operator==(const Receipt&, const Receipt&) = default;
};

// {"election", "manifest_hash", "ballot_hash", "receipt"}
std::string ReceiptJson(const Receipt& receipt);
// INVALID_ARGUMENT, reason INPUT_INVALID.
absl::StatusOr<Receipt> ParseReceipt(std::string_view json);

// OK, or CHECK_FAILED: the signature is not that of the box key (32 bytes) over this ballot's hash.
absl::Status CheckReceipt(const Receipt& receipt, std::string_view box_key);

}  // namespace plenary::cli
