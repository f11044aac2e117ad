// Many voters at once, each the whole way that `plenary vote` goes: what the fault tests drive a stack with.
// FOR TESTS ONLY: it holds the keys of both registrars and signs every voter in by itself.
//
//   --mode vote   every voter votes, and goes on with the same bytes after whatever failed, until the box
//   gave a receipt
//   --mode race   every client tries for every voter, each with a key of its own; at most one may get through
//
// Prints a line a receipt, "unit ballot_hash receipt" in hexadecimal, and at the end a line of JSON.

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/time/clock.h"
#include "common/auth/key_folder.h"
#include "common/crypto/bytes.h"
#include "common/crypto/random.h"
#include "common/rpc/peer.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/time/clock.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "services/election/client/vote_session.h"
#include "services/membership/copied_rolls.h"

namespace plenary {
namespace {

using election::client::RegistrarAccess;
using election::client::VoteSession;

struct Options {
  std::string election, membership, auditor, election_service, box;
  std::string key_dir, auditor_key_dir, clock_file, roll, state_dir, mode = "vote";
  int clients = 32;
  int seconds = 600;
};

struct Voter {
  std::string unit, person, email;
};

// "unit person address", a line each.
std::vector<Voter> ReadRoll(const std::string& path) {
  std::ifstream file(path);
  std::vector<Voter> voters;
  for (Voter voter; file >> voter.unit >> voter.person >> voter.email;) voters.push_back(voter);
  return voters;
}

// What came of it, and by whom.
class Tally {
 public:
  void Received(const Voter& voter, const VoteSession::Outcome& outcome) {
    const std::lock_guard lock(mutex_);
    ++receipts_by_unit_[voter.unit];
    fmt::print("{} {} {}\n", voter.unit, crypto::HexEncode(outcome.ballot_hash),
               crypto::HexEncode(outcome.receipt));
    std::fflush(stdout);
  }
  void Refused(const absl::Status& status) {
    const std::lock_guard lock(mutex_);
    ++refused_[std::string(ReasonOf(status))];
  }
  void GaveUp(const Voter& voter, const absl::Status& status) {
    const std::lock_guard lock(mutex_);
    gave_up_.push_back(fmt::format("{}: {}", voter.unit, std::string(status.message())));
  }

  int Print(std::size_t voters) const {
    std::size_t once = 0, more = 0;
    for (const auto& [unit, receipts] : receipts_by_unit_) (receipts == 1 ? once : more) += 1;
    const nlohmann::json told = {{"voters", voters},
                                 {"once", once},
                                 {"more_than_once", more},
                                 {"refused", refused_},
                                 {"gave_up", gave_up_}};
    fmt::print("{}\n", told.dump());
    return more == 0 && once == voters && gave_up_.empty() ? 0 : 1;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, int> receipts_by_unit_;
  std::map<std::string, int> refused_;
  std::vector<std::string> gave_up_;
};

class Voters {
 public:
  static absl::StatusOr<std::unique_ptr<Voters>> Open(const Options& options) {
    auto voters = std::unique_ptr<Voters>(new Voters(options));
    ASSIGN_OR_RETURN(voters->membership_, auth::LoadSigner(options.key_dir, "membership"));
    ASSIGN_OR_RETURN(voters->auditor_, auth::LoadSigner(options.auditor_key_dir, "registrar"));
    return voters;
  }

  // One vote, begun or gone on with. `state_path` may be empty.
  absl::StatusOr<VoteSession::Outcome> Vote(const Voter& voter, const std::string& state_path) {
    const auto registrar = [&](const char* name, const std::string& address, const auth::TokenSigner& signer,
                               const std::string& claim) {
      return RegistrarAccess{name, election::client::FreshChannel(address),
                             [this, voter, name, &signer, claim] {
                               return absl::StatusOr<std::string>(Token(voter, signer, name, claim));
                             }};
    };
    VoteSession session(
        {.election = options_.election,
         .election_channel = election::client::FreshChannel(options_.election_service),
         .registrars = {registrar("membership", options_.membership, *membership_, voter.unit),
                        registrar("registrar", options_.auditor, *auditor_,
                                  membership::AddressClaim(voter.email))},
         .fresh_box_channel = [this] { return election::client::FreshChannel(options_.box); },
         .state_path = state_path},
        random_);
    return session.Vote({});
  }

 private:
  explicit Voters(const Options& options) : options_(options), clock_(options.clock_file) {}

  // As each registrar makes them: membership names the company, the auditor's the address that was proven.
  std::string Token(const Voter& voter, const auth::TokenSigner& signer, const char* audience,
                    const std::string& claim) const {
    return signer.SignPerson({.kind = auth::Principal::Kind::kPerson,
                              .person = voter.person,
                              .company = claim,
                              .roles = {"representative", "member"}},
                             {audience}, clock_.Now());
  }

  const Options options_;
  const FileClock clock_;
  crypto::SystemRandom random_;
  std::unique_ptr<auth::TokenSigner> membership_;
  std::unique_ptr<auth::TokenSigner> auditor_;
};

// Goes on until the receipt is there: what a person does who runs `plenary vote` again.
void VoteUntilReceived(Voters& voters, const Voter& voter, const std::string& state, absl::Time until,
                       Tally& tally) {
  while (true) {
    const auto outcome = voters.Vote(voter, state);
    if (outcome.ok()) return tally.Received(voter, *outcome);
    if (absl::Now() > until) return tally.GaveUp(voter, outcome.status());
    tally.Refused(outcome.status());
    absl::SleepFor(absl::Milliseconds(100));  // between two tries; nothing is expected of it
  }
}

std::string StatePath(const Options& options, const Voter& voter) {
  const std::string id = voter.unit.substr(voter.unit.find('/') + 1);
  return (std::filesystem::path(options.state_dir) / (id + ".json")).string();
}

absl::StatusOr<int> Run(const Options& options) {
  const std::vector<Voter> roll = ReadRoll(options.roll);
  if (roll.empty()) return absl::InvalidArgumentError("the roll has no line");
  ASSIGN_OR_RETURN(const auto voters, Voters::Open(options));
  const bool race = options.mode == "race";
  const absl::Time until = absl::Now() + absl::Seconds(options.seconds);
  const std::size_t tries = race ? roll.size() * static_cast<std::size_t>(options.clients) : roll.size();
  Tally tally;
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> clients;
  for (int client = 0; client < options.clients; ++client) {
    clients.emplace_back([&] {
      for (std::size_t item = next++; item < tries; item = next++) {
        if (!race) {
          VoteUntilReceived(*voters, roll[item], StatePath(options, roll[item]), until, tally);
          continue;
        }
        // Neighbouring items are the same voter: all clients try for one at the same time.
        const Voter& voter = roll[item / static_cast<std::size_t>(options.clients)];
        const auto outcome = voters->Vote(voter, "");
        if (outcome.ok()) {
          tally.Received(voter, *outcome);
        } else {
          tally.Refused(outcome.status());
        }
      }
    });
  }
  for (std::thread& client : clients) client.join();
  return tally.Print(roll.size());
}

}  // namespace
}  // namespace plenary

int main(int argc, char** argv) {
  CLI::App app("Votes for many voters at once; for tests only");
  plenary::Options options;
  app.add_option("--election", options.election, "elections/…")->required();
  app.add_option("--membership", options.membership, "Address of membership")->required();
  app.add_option("--auditor", options.auditor, "Address of the auditor's registrar")->required();
  app.add_option("--election_service", options.election_service, "Address of the election service")
      ->required();
  app.add_option("--box", options.box, "Address of the ballot box")->required();
  app.add_option("--key_dir", options.key_dir, "Folder of the stack's keys")->required();
  app.add_option("--auditor_key_dir", options.auditor_key_dir, "Folder of the auditor's keys")->required();
  app.add_option("--clock_file", options.clock_file, "The stack's clock")->required();
  app.add_option("--roll", options.roll, "File with a line \"unit person address\" each")->required();
  app.add_option("--state_dir", options.state_dir, "Folder of the voters' files; needed to vote");
  app.add_option("--mode", options.mode, "vote or race")->check(CLI::IsMember({"vote", "race"}));
  app.add_option("--clients", options.clients, "Voters at the same time")->check(CLI::Range(1, 256));
  app.add_option("--seconds", options.seconds, "When to give up")->check(CLI::Range(1, 86'400));
  CLI11_PARSE(app, argc, argv);
  const auto result = plenary::Run(options);
  if (result.ok()) return *result;
  fmt::print(stderr, "plenary_fault_voters: {}\n",
             result.status().ToString(absl::StatusToStringMode::kWithNoExtraData));
  return 2;
}
