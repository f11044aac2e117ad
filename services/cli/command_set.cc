#include "services/cli/command_set.h"

#include <utility>

#include "common/ids/id.h"

namespace plenary::cli {
namespace {

std::string CheckUuid(const std::string& text) {
  return IsUuid(text) ? "" : "\"" + text + "\" is no UUID (8-4-4-4-12 hexadecimal digits)";
}

}  // namespace

CLI::App& CommandSet::Group(const std::string& name, const std::string& description) {
  return Group(root_, name, description);
}

CLI::App& CommandSet::Group(CLI::App& parent, const std::string& name, const std::string& description) {
  CLI::App& group = *parent.add_subcommand(name, description);
  group.require_subcommand(1);
  group.footer("`plenary " + name + " COMMAND --help` shows an example of each.");
  return group;
}

CLI::App& CommandSet::Command(CLI::App& parent, const std::string& name, const std::string& description,
                              const std::string& example, Handler handler) {
  CLI::App& command = *parent.add_subcommand(name, description);
  command.require_subcommand(0);
  command.footer("Example:\n  " + example);
  command.callback([this, handler = std::move(handler)] { chosen_ = handler; });
  return command;
}

CLI::App& CommandSet::Mutation(CLI::App& parent, const std::string& name, const std::string& description,
                               const std::string& example, Handler handler) {
  CLI::App& command = Command(parent, name, description, example, std::move(handler));
  command
      .add_option("--request-id", flags_.request_id,
                  "UUID of the request; the same one again gets the first answer (default: drawn at random)")
      ->check(CheckUuid);
  return command;
}

CLI::App& CommandSet::List(CLI::App& parent, const std::string& name, const std::string& description,
                           const std::string& example, Handler handler) {
  CLI::App& command = Command(parent, name, description, example, std::move(handler));
  command.add_option("--limit", flags_.limit, "At most so many (default: all)")->check(CLI::PositiveNumber);
  return command;
}

}  // namespace plenary::cli
