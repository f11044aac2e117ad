// The command tree: CLI11 subcommands, each with an example, a handler, and the flags that many share.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "services/cli/invocation.h"
#include "services/cli/words.h"

namespace plenary::cli {

using Handler = std::function<absl::Status(Invocation&)>;

class CommandSet {
 public:
  // Borrows both.
  CommandSet(CLI::App& root, GlobalFlags& flags) : root_(root), flags_(flags) {}

  CLI::App& root() { return root_; }

  // A word that only groups: "plenary person …".
  CLI::App& Group(const std::string& name, const std::string& description);
  CLI::App& Group(CLI::App& parent, const std::string& name, const std::string& description);

  // A command; `example` closes its --help.
  CLI::App& Command(CLI::App& parent, const std::string& name, const std::string& description,
                    const std::string& example, Handler handler);
  // A command that changes something: with --request-id.
  CLI::App& Mutation(CLI::App& parent, const std::string& name, const std::string& description,
                     const std::string& example, Handler handler);
  // A command that lists: with --limit.
  CLI::App& List(CLI::App& parent, const std::string& name, const std::string& description,
                 const std::string& example, Handler handler);

  // What was chosen on the command line; empty before parsing.
  const Handler& chosen() const { return chosen_; }

 private:
  CLI::App& root_;
  GlobalFlags& flags_;
  Handler chosen_;
};

// A flag that takes one of the words of an enum.
template <typename Enum>
CLI::Option* AddWord(CLI::App& command, const std::string& name, std::string& target,
                     const std::string& description) {
  return command.add_option(name, target, description)->check(CLI::IsMember(Words<Enum>()));
}

}  // namespace plenary::cli
