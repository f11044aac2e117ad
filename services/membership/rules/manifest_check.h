// Whether a published manifest is one that this registrar may sign for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "plenary/election/v1/manifest.pb.h"

namespace plenary::membership::rules {

// What this registrar knows of the election by itself.
struct RegistrarFacts {
  std::string election;  // "elections/{election}"
  std::string roll_sha256;
  std::uint32_t roll_count = 0;
  bool roll_of_people = false;
  std::string rsa_n;
  std::string rsa_e;
  std::string list_key;
};

// The manifest of these bytes. MANIFEST_INVALID when they are too long, no manifest, not its canonical
// serialisation (fields in order, none unknown: one manifest has one hash), or its instants do not ascend
// (issuing opens < issuing closes <= voting closes).
absl::StatusOr<election::v1::Manifest> ReadManifest(std::string_view bytes);

// OK, or MANIFEST_MISMATCH: another election, another roll, candidacies on a roll of people (seats are one
// vote a company), this registrar's keys not named exactly once, or a modulus that two registrars share.
absl::Status CheckManifest(const election::v1::Manifest& manifest, const RegistrarFacts& facts);

}  // namespace plenary::membership::rules
