// status, clock
#include <future>

#include "absl/time/clock.h"
#include "common/time/clock.h"
#include "common/time/date.h"
#include "fmt/format.h"
#include "services/cli/commands.h"
#include "services/cli/errors.h"
#include "services/cli/health.h"

namespace plenary::cli {
namespace {

// Long enough for a busy machine, short enough to wait for.
constexpr absl::Duration kHealthWait = absl::Seconds(3);

absl::Status ShowStatus(Invocation& run) {
  ASSIGN_OR_RETURN(const Stack stack, run.FindServices());
  std::vector<std::future<Health>> answers;
  for (const Part part : kParts) {
    ASSIGN_OR_RETURN(const std::string address, stack.AddressOf(part));
    ASSIGN_OR_RETURN(const auto channel, run.Channel(part));
    answers.push_back(std::async(std::launch::async, CheckHealth, channel, absl::Now() + kHealthWait));
  }
  Table table({"SERVICE", "ADDRESS", "STATE"});
  Json services = Json::array();
  int not_serving = 0;
  for (const Part part : kParts) {
    const auto index = static_cast<std::size_t>(part);
    const Health health = answers[index].get();
    if (health != Health::kServing) ++not_serving;
    table.Row({std::string(PartName(part)), stack.addresses[index], std::string(HealthWord(health))});
    services.push_back(
        {{"service", PartName(part)}, {"address", stack.addresses[index]}, {"state", HealthWord(health)}});
  }
  run.out().Print(table, "No services.");
  run.out().Document(Json{{"services", services}, {"serving", not_serving == 0}});
  return not_serving == 0 ? absl::OkStatus() : errors::NotServing(not_serving);
}

absl::StatusOr<std::string> ClockFile(Invocation& run) {
  ASSIGN_OR_RETURN(const Stack stack, run.FindServices());
  if (stack.clock_file.empty()) return errors::ClockNotSimulated();
  return stack.clock_file;
}

void PrintClock(Invocation& run, absl::Time now, const std::string& file) {
  run.out().Line(FormatInstant(now) + (file.empty() ? "  (real time)" : "  (simulated)"));
  run.out().Document(Json{{"now", FormatInstant(now)}, {"simulated", !file.empty()}, {"clock_file", file}});
}

absl::Status ShowClock(Invocation& run) {
  ASSIGN_OR_RETURN(const Stack stack, run.FindServices());
  const absl::Time now = stack.clock_file.empty() ? absl::Now() : FileClock(stack.clock_file).Now();
  PrintClock(run, now, stack.clock_file);
  return absl::OkStatus();
}

absl::StatusOr<absl::Time> ReadInstant(const std::string& text) {
  if (text == "real") return absl::Now();
  if (const auto instant = ParseInstant(text)) return *instant;
  if (const auto day = ParseDate(text)) return StartOf(*day);
  return errors::WrongUsage(fmt::format(
      "\"{}\" is no instant. Use 2022-08-03T09:30:00Z, a date such as 2022-08-03, or `real`.", text));
}

absl::Status SetClock(Invocation& run, const std::string& text) {
  ASSIGN_OR_RETURN(const std::string file, ClockFile(run));
  ASSIGN_OR_RETURN(const absl::Time instant, ReadInstant(text));
  RETURN_IF_ERROR(FileClock::Set(file, instant));
  PrintClock(run, FileClock(file).Now(), file);
  return absl::OkStatus();
}

}  // namespace

void AddStackCommands(CommandSet& commands) {
  commands.Command(commands.root(), "status", "Whether every service serves; exit 4 when one does not",
                   "plenary status --json", ShowStatus);
  CLI::App& clock = commands.Group("clock", "The simulated clock of a development stack");
  commands.Command(clock, "show", "What time it is for the services", "plenary clock show", ShowClock);
  const auto instant = std::make_shared<std::string>();
  CLI::App& set = commands.Command(clock, "set", "Make it another time for every service of the stack",
                                   "plenary clock set 2022-09-15T00:00:00Z",
                                   [instant](Invocation& run) { return SetClock(run, *instant); });
  set.add_option("INSTANT", *instant, "RFC 3339 instant, date (00:00 UTC), or `real`")->required();
}

}  // namespace plenary::cli
