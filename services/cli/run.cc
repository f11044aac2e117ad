#include "services/cli/run.h"

#include <algorithm>
#include <memory>

#include "CLI/CLI.hpp"
#include "fmt/format.h"
#include "services/cli/commands.h"
#include "services/cli/errors.h"
#include "services/cli/exit_code.h"

namespace plenary::cli {
namespace {

constexpr char kDescription[] = "plenary: the society's register, bodies, elections and code of ethics.";

constexpr char kFooter[] =
    R"(Names: people may be given by e-mail, companies by display name; an election by its id or as `current`;
bodies, seats and motions without their collection (board, board/3).

Where the services are: --membership … flags, else PLENARY_MEMBERSHIP … in the environment, else the file
var/stack/stack.env upward from the current folder or from the program (PLENARY_STACK names one).

Exit codes:
  0  done
  1  refused: a rule of the society said no
  2  wrong usage or bad input
  3  not signed in, or not allowed
  4  unavailable or too slow: try again
  5  found but different: a check failed
  6  undecided: a tie needs a lot

Example:
  plenary login --as office@society.example && plenary eligibility --not-eligible)";

void AddGlobalFlags(CLI::App& app, GlobalFlags& flags) {
  app.add_flag(
      "--json", flags.json,
      "One JSON document on standard output; errors as JSON on standard error. Bytes are hexadecimal, but "
      "base64 inside messages of the services");
  app.add_option("--session", flags.session_file,
                 "File of the session (default: PLENARY_SESSION, else ~/.local/state/plenary/session.json)");
  app.add_option("--timeout", flags.timeout_seconds, "Longest wait for one answer, in seconds")
      ->check(CLI::Range(1, 600))
      ->capture_default_str();
  app.add_flag("--progress", flags.progress, "Report progress on standard error without a terminal too");
  for (const Part part : kParts) {
    app.add_option(fmt::format("--{}", PartName(part)), flags.addresses[static_cast<std::size_t>(part)],
                   fmt::format("Address of the {} service, HOST:PORT", PartName(part)))
        ->group("Where the services are");
  }
}

void AddCommands(CommandSet& commands) {
  AddSessionCommands(commands);
  AddServiceAccountCommands(commands);
  AddStackCommands(commands);
  AddMailCommands(commands);
  AddNoticeCommands(commands);
  AddRegisterCommands(commands);
  AddPeopleCommands(commands);
  AddVerificationCommands(commands);
  AddApplicationCommands(commands);
  AddImportCommands(commands);
  AddEducationCommands(commands);
  AddCertificationCommands(commands);
  AddBadgeCommands(commands);
  AddContactCommands(commands);
  AddMembershipCommands(commands);
  AddDuesCommands(commands);
  AddTeamCommands(commands);
  AddJoinCommands(commands);
  AddHelpCommands(commands);
  AddDuplicateCommands(commands);
  AddPrivacyCommands(commands);
  AddRollCommands(commands);
  AddOfficeCommands(commands);
  AddBodyCommands(commands);
  AddMotionCommands(commands);
  AddCodeCommands(commands);
  AddElectionCommands(commands);
  AddCandidacyCommands(commands);
  AddTrusteeCommands(commands);
  AddAuditorCommands(commands);
  AddIssuanceCommands(commands);
  AddVoteCommands(commands);
  AddResultCommands(commands);
  AddBundleCommands(commands);
  AddCountCommands(commands);
  AddVerifyCommands(commands);
}

std::string Sentence(std::string text) {
  // CLI11 adds a list of choices on a line of its own.
  std::replace(text.begin(), text.end(), '\n', ' ');
  while (!text.empty() && (text.back() == ' ' || text.back() == '.')) text.pop_back();
  return text + ". See `plenary --help`, or add --help to the command.";
}

int Fail(Invocation& run, const absl::Status& error) {
  run.out().Error(error);
  return ExitCodeOf(error);
}

}  // namespace

int Run(const std::vector<std::string>& arguments, Surroundings& surroundings) {
  GlobalFlags flags;
  CLI::App app(kDescription, "plenary");
  app.fallthrough();
  app.require_subcommand(1);
  app.footer(kFooter);
  AddGlobalFlags(app, flags);
  CommandSet commands(app, flags);
  AddCommands(commands);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp& help) {
    app.exit(help, surroundings.out, surroundings.err);
    return kExitDone;
  } catch (const CLI::CallForAllHelp& help) {
    app.exit(help, surroundings.out, surroundings.err);
    return kExitDone;
  } catch (const CLI::ParseError& error) {
    flags.json = std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
    // CLI11 tells first what is missing; a word that it did not understand is what a person mistyped.
    const std::vector<std::string> unknown = app.remaining(/*recurse=*/true);
    Invocation run(flags, surroundings);
    return Fail(
        run, errors::WrongUsage(Sentence(
                 unknown.empty() ? error.what() : fmt::format("There is no \"{}\" here", unknown.front()))));
  }
  Invocation run(flags, surroundings);
  const absl::Status status = commands.chosen()(run);
  return status.ok() ? kExitDone : Fail(run, status);
}

}  // namespace plenary::cli
