#include "services/cli/stack.h"

#include <fstream>
#include <map>
#include <optional>
#include <system_error>

#include "common/status/macros.h"
#include "services/cli/errors.h"

namespace plenary::cli {
namespace {

namespace fs = std::filesystem;

constexpr char kStackFile[] = "var/stack/stack.env";
constexpr char kClockFileKey[] = "PLENARY_CLOCK_FILE";
constexpr char kMailDirKey[] = "PLENARY_MAIL_DIR";

std::string KeyOf(Part part) {
  std::string key = "PLENARY_";
  for (const char letter : PartName(part)) key += static_cast<char>(letter - 'a' + 'A');
  return key;
}

std::optional<fs::path> FindUpward(fs::path folder) {
  while (!folder.empty()) {
    std::error_code error;
    const fs::path file = folder / kStackFile;
    if (fs::is_regular_file(file, error)) return file;
    if (folder == folder.parent_path()) break;
    folder = folder.parent_path();
  }
  return std::nullopt;
}

std::string Unquoted(const std::string& value) {
  const bool quoted =
      value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front();
  return quoted ? value.substr(1, value.size() - 2) : value;
}

absl::StatusOr<std::map<std::string, std::string>> ReadStackFile(const fs::path& path) {
  std::ifstream file(path);
  if (!file) return errors::StackFileInvalid(path.string(), "it cannot be read");
  std::map<std::string, std::string> values;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty() || line.front() == '#') continue;
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos || equals == 0) {
      return errors::StackFileInvalid(path.string(), "\"" + line + "\" is not KEY=VALUE");
    }
    values[line.substr(0, equals)] = Unquoted(line.substr(equals + 1));
  }
  return values;
}

std::optional<fs::path> StackFileOf(const Surroundings& surroundings) {
  const std::string named = surroundings.environment("PLENARY_STACK");
  if (!named.empty()) return fs::path(named);
  if (const auto found = FindUpward(surroundings.current_folder)) return found;
  return FindUpward(surroundings.program_folder);
}

}  // namespace

std::string_view PartName(Part part) {
  switch (part) {
    case Part::kMembership:
      return "membership";
    case Part::kCommittee:
      return "committee";
    case Part::kEthics:
      return "ethics";
    case Part::kElection:
      return "election";
    case Part::kBox:
      return "box";
    case Part::kAuditor:
      return "auditor";
  }
  return "";
}

absl::StatusOr<std::string> Stack::AddressOf(Part part) const {
  const std::string& address = addresses[static_cast<std::size_t>(part)];
  if (address.empty()) return errors::StackNotFound(PartName(part));
  return address;
}

absl::StatusOr<Stack> FindStack(const PartAddresses& flags, const Surroundings& surroundings) {
  std::map<std::string, std::string> file;
  fs::path folder;
  if (const auto path = StackFileOf(surroundings)) {
    ASSIGN_OR_RETURN(file, ReadStackFile(*path));
    folder = path->parent_path();
  }
  Stack stack;
  for (const Part part : kParts) {
    const auto index = static_cast<std::size_t>(part);
    std::string address = flags[index];
    if (address.empty()) address = surroundings.environment(KeyOf(part));
    if (address.empty()) address = file[KeyOf(part)];
    stack.addresses[index] = address;
  }
  const auto path_named = [&](const std::string& key) {
    const std::string named = surroundings.environment(key);
    if (!named.empty() || file[key].empty()) return named;
    return (folder / file[key]).string();  // an absolute one stays as it is
  };
  stack.clock_file = path_named(kClockFileKey);
  stack.mail_dir = path_named(kMailDirKey);
  return stack;
}

}  // namespace plenary::cli
