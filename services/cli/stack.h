// Where the services of a stack are: flags, then environment, then the stack file.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/cli/surroundings.h"

namespace plenary::cli {

// The servers of a stack. The ballot box has one of its own, which takes no identity; the auditor's registrar
// has its own sign-in.
enum class Part { kMembership, kCommittee, kEthics, kElection, kBox, kAuditor };
inline constexpr std::array kParts = {Part::kMembership, Part::kCommittee, Part::kEthics,
                                      Part::kElection,   Part::kBox,       Part::kAuditor};

// "membership": the flag "--membership", and PLENARY_MEMBERSHIP in the environment and the file.
std::string_view PartName(Part part);

using PartAddresses = std::array<std::string, kParts.size()>;

struct Stack {
  PartAddresses addresses;  // "127.0.0.1:7401"; "" when nothing names one
  std::string clock_file;   // "" when time is real
  std::string mail_dir;     // where a development stack's mail lands; "" when it keeps none

  // UNAVAILABLE with reason STACK_NOT_FOUND and how to start a stack when the part has no address.
  absl::StatusOr<std::string> AddressOf(Part part) const;
};

// Each address from the first that names it: `flags`, the environment (PLENARY_MEMBERSHIP …), the stack file.
// The stack file is PLENARY_STACK, or the first var/stack/stack.env found upward from the current folder, or
// else upward from the program's folder. It holds lines KEY=VALUE; blank lines and those that begin with #
// are skipped, quotes around a value are dropped. A relative PLENARY_CLOCK_FILE or
// PLENARY_MAIL_DIR in it is relative to it.
// INVALID_ARGUMENT, reason STACK_FILE_INVALID: PLENARY_STACK cannot be read, or a line is not KEY=VALUE.
absl::StatusOr<Stack> FindStack(const PartAddresses& flags, const Surroundings& surroundings);

}  // namespace plenary::cli
