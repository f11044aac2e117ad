// The file in which the office hands a roll to the auditor: a line of JSON for the roll, then one for each of
// its lines, so that a person can read it, search it and compare it with what they know.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "plenary/membership/v1/auditor_service.pb.h"

namespace plenary::cli {

struct RollCopyFile {
  std::string election;  // "elections/…"
  std::string sha256;    // of the roll's bytes, 32 bytes
  std::vector<membership::v1::RollCopyLine> lines;
};

std::string WriteRollCopyFile(const RollCopyFile& file);

// INVALID_ARGUMENT, reason INPUT_INVALID, naming the line: no JSON, a field missing or of another type,
// another number of lines or another hash than the first line says.
absl::StatusOr<RollCopyFile> ReadRollCopyFile(std::string_view text);

}  // namespace plenary::cli
