// Many voters at once, each the whole way that `plenary vote` goes: what the fault tests drive a stack with.
// FOR TESTS ONLY: it holds the keys of both registrars and signs every voter in by itself.
//
//   --mode vote             every voter votes, and goes on with the same bytes after whatever failed, until
//                           the box gave a receipt; some lose their device on the way, and who has voted
//                           looks for the ballot in the log
//   --mode race             every client tries for every voter, each with a key of its own
//   --mode race_credential  the same at the auditor's registrar alone, and nothing is cast
//   --mode race_ballot      every voter has one credential, with which every client casts a ballot of its own
//
// In the races at most one may get through. Prints a line a receipt, "unit ballot_hash receipt" in
// hexadecimal, and at the end a line of JSON.

#include <grpcpp/client_context.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/time/clock.h"
#include "common/auth/key_folder.h"
#include "common/crypto/bytes.h"
#include "common/crypto/random.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "common/status/macros.h"
#include "common/time/clock.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "plenary/membership/v1/registrar_service.grpc.pb.h"
#include "services/election/client/anonymous_call.h"
#include "services/election/client/vote_session.h"
#include "services/membership/copied_rolls.h"
#include "tests/fault/steps.h"

namespace plenary::fault {
namespace {

using election::client::Choice;
using election::client::RegistrarAccess;
using election::client::VoteSession;

// Of so many voters one loses the device after the credential was collected, and one looks into the log at
// once.
constexpr std::size_t kOneLosesTheDevice = 10;
constexpr std::size_t kOneLooks = 8;
// Between two tries; nothing is expected of it.
constexpr absl::Duration kPause = absl::Milliseconds(100);

struct Options {
  std::string election, membership, auditor, election_service, box;
  std::string key_dir, auditor_key_dir, auditor_signer = "registrar";
  std::string clock_file, roll, state_dir, steps_file, mode = "vote";
  int clients = 32;
  int seconds = 600;
};

struct Voter {
  std::string unit, person, email;
  std::string act;  // "vote", or "look": has voted, and looks for the ballot in the log
};

// "unit person address act", a line each.
std::vector<Voter> ReadRoll(const std::string& path) {
  std::ifstream file(path);
  std::vector<Voter> voters;
  for (Voter voter; file >> voter.unit >> voter.person >> voter.email >> voter.act;) voters.push_back(voter);
  return voters;
}

// What came of it, and by whom.
class Tally {
 public:
  void Received(const Voter& voter, const VoteSession::Outcome& outcome) {
    const std::string hash = crypto::HexEncode(outcome.ballot_hash);
    Won(voter, hash);
    const std::lock_guard lock(mutex_);
    fmt::print("{} {} {}\n", voter.unit, hash, crypto::HexEncode(outcome.receipt));
    std::fflush(stdout);
  }
  // Got what there is one of.
  void Won(const Voter& voter, const std::string& what) {
    const std::lock_guard lock(mutex_);
    won_[voter.unit].insert(what);
  }
  void Refused(const absl::Status& status) {
    const std::lock_guard lock(mutex_);
    const std::string reason = ReasonOf(status);
    ++refused_[reason.empty() ? absl::StatusCodeToString(status.code()) : reason];
  }
  void GaveUp(const Voter& voter, const absl::Status& status) {
    const std::lock_guard lock(mutex_);
    gave_up_.push_back(fmt::format("{}: {}", voter.unit, std::string(status.message())));
  }
  void Recovered() { ++recovered_; }
  void Looked(bool included) { ++(included ? included_ : not_yet_); }

  int Print(std::size_t voters) const {
    const auto once = static_cast<std::size_t>(
        std::count_if(won_.begin(), won_.end(), [](const auto& unit) { return unit.second.size() == 1; }));
    const std::size_t more = won_.size() - once;
    const nlohmann::json told = {{"voters", voters},
                                 {"once", once},
                                 {"more_than_once", more},
                                 {"refused", refused_},
                                 {"gave_up", gave_up_},
                                 {"recovered", recovered_.load()},
                                 {"included", included_.load()},
                                 {"not_yet_included", not_yet_.load()}};
    fmt::print("{}\n", told.dump());
    return more == 0 && once == voters && gave_up_.empty() ? 0 : 1;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::set<std::string>> won_;  // unit -> ballots or credentials, which differ
  std::map<std::string, int> refused_;
  std::vector<std::string> gave_up_;
  std::atomic<int> recovered_{0}, included_{0}, not_yet_{0};
};

// The way to the servers. Thread-safe.
class Electorate {
 public:
  static absl::StatusOr<std::unique_ptr<Electorate>> Open(const Options& options) {
    auto electorate = std::unique_ptr<Electorate>(new Electorate(options));
    ASSIGN_OR_RETURN(electorate->membership_, auth::LoadSigner(options.key_dir, "membership"));
    ASSIGN_OR_RETURN(electorate->auditor_, auth::LoadSigner(options.auditor_key_dir, options.auditor_signer));
    return electorate;
  }

  const Options& options() const { return options_; }
  crypto::RandomSource& random() { return random_; }
  std::string StatePath(const Voter& voter) const {
    const std::string id = voter.unit.substr(voter.unit.find('/') + 1);
    return (std::filesystem::path(options_.state_dir) / (id + ".json")).string();
  }

  // `state_path` may be empty.
  std::unique_ptr<VoteSession> Session(const Voter& voter, const std::string& state_path) {
    const auto registrar = [&](int number, const std::string& address) {
      const std::string name = number == 0 ? "membership" : "registrar";
      return RegistrarAccess{name, election::client::FreshChannel(address), [this, number, voter] {
                               if (auto* walker = Walker::OfThisThread()) walker->AsksRegistrar(number);
                               return absl::StatusOr<std::string>(Token(voter, number));
                             }};
    };
    return std::make_unique<VoteSession>(
        VoteSession::Settings{
            .election = options_.election,
            .election_channel = election::client::FreshChannel(options_.election_service),
            .registrars = {registrar(0, options_.membership), registrar(1, options_.auditor)},
            .fresh_box_channel = [this] { return election::client::FreshChannel(options_.box); },
            .state_path = state_path},
        random_);
  }

  // As each registrar makes them: membership names the company, the auditor's the address that was proven.
  std::string Token(const Voter& voter, int registrar) const {
    const auth::TokenSigner& signer = registrar == 0 ? *membership_ : *auditor_;
    return signer.SignPerson({.kind = auth::Principal::Kind::kPerson,
                              .person = voter.person,
                              .company = registrar == 0 ? voter.unit : membership::AddressClaim(voter.email),
                              .roles = {"representative", "member"}},
                             {registrar == 0 ? "membership" : "registrar"}, clock_.Now());
  }

 private:
  explicit Electorate(const Options& options) : options_(options), clock_(options.clock_file) {}

  const Options options_;
  const FileClock clock_;
  crypto::SystemRandom random_;
  std::unique_ptr<auth::TokenSigner> membership_;
  std::unique_ptr<auth::TokenSigner> auditor_;
};

// One voter of --mode vote, who goes on where the last try ended.
class Vote {
 public:
  Vote(Electorate& electorate, const Voter& voter, std::size_t number, Tally& tally)
      : electorate_(electorate),
        voter_(voter),
        tally_(tally),
        state_(electorate.StatePath(voter)),
        loses_device_(voter.act == "vote" && number % kOneLosesTheDevice == 0),
        looks_(voter.act == "look" || number % kOneLooks == 1),
        received_(voter.act == "look") {}

  // Goes on until the receipt is there: what a person does who runs `plenary vote` again.
  void Persist(absl::Time until) {
    const Walker walker;
    for (;;) {
      const absl::Status status = Try();
      if (status.ok()) return;
      if (absl::Now() > until) return tally_.GaveUp(voter_, status);
      tally_.Refused(status);
      absl::SleepFor(kPause);
    }
  }

 private:
  absl::Status Try() {
    auto session = electorate_.Session(voter_, state_);
    if (loses_device_ && !lost_) {
      RETURN_IF_ERROR(session->CollectCredential());
      code_ = session->RecoveryCode();
      std::filesystem::remove(state_);
      lost_ = true;
      session.reset();
      session = electorate_.Session(voter_, state_);
    }
    if (lost_ && !recovered_) {
      RETURN_IF_ERROR(session->Recover(code_));
      recovered_ = true;
      tally_.Recovered();
    }
    if (!received_) {
      ASSIGN_OR_RETURN(const auto outcome, session->Vote({}));
      tally_.Received(voter_, outcome);
      received_ = true;
    }
    if (!looks_) return absl::OkStatus();
    Walker::OfThisThread()->LooksForBallot();
    ASSIGN_OR_RETURN(const auto seen, session->CheckIncluded());
    tally_.Looked(seen.included);
    return absl::OkStatus();
  }

  Electorate& electorate_;
  const Voter& voter_;
  Tally& tally_;
  const std::string state_;
  const bool loses_device_;
  const bool looks_;
  std::string code_;
  bool lost_ = false;
  bool recovered_ = false;
  bool received_;
};

// One client of a race for one voter.
absl::Status Race(Electorate& electorate, const Voter& voter, Tally& tally) {
  ASSIGN_OR_RETURN(const auto outcome, electorate.Session(voter, "")->Vote({}));
  tally.Received(voter, outcome);
  return absl::OkStatus();
}

absl::Status RaceForCredential(Electorate& electorate, const Voter& voter, Tally& tally) {
  const auto session = electorate.Session(voter, "");
  ASSIGN_OR_RETURN(const auto* manifest, session->Open());
  ASSIGN_OR_RETURN(const auto state,
                   election::client::PrepareCredential(
                       *manifest, election::client::MakeBallotKey(electorate.random()), electorate.random()));
  membership::v1::IssueCredentialRequest request;
  request.set_election(electorate.options().election);
  request.set_blinded_msg(state.blindings[1].blinded_msg);
  membership::v1::IssueCredentialResponse response;
  grpc::ClientContext context;
  election::client::SetDeadline(context);
  context.AddMetadata("authorization", "Bearer " + electorate.Token(voter, 1));
  const auto registrar =
      membership::v1::RegistrarService::NewStub(election::client::FreshChannel(electorate.options().auditor));
  RETURN_IF_ERROR(FromGrpcStatus(registrar->IssueCredential(&context, request, &response)));
  tally.Won(voter, crypto::HexEncode(response.blind_signature()));
  return absl::OkStatus();
}

// Client by client another set of the contest's options; eight clients or more have every set of three.
absl::Status RaceWithBallot(Electorate& electorate, const Voter& voter, int client, Tally& tally) {
  const std::string kept = electorate.StatePath(voter);
  const std::string own = fmt::format("{}.{}", kept, client);
  std::filesystem::copy_file(kept, own);
  const auto session = electorate.Session(voter, own);
  ASSIGN_OR_RETURN(const auto* manifest, session->Open());
  const auto& options = manifest->manifest().contests(0).options();
  std::vector<Choice> choices;
  for (int i = 0; i < options.size(); ++i) {
    if ((client >> i) % 2 == 1) choices.emplace_back(options[i].name());
  }
  ASSIGN_OR_RETURN(const auto outcome, session->Vote(choices));
  tally.Received(voter, outcome);
  return absl::OkStatus();
}

// As many threads as there are clients take items 0, 1, … in turn.
void ForEach(std::size_t items, int clients, const std::function<void(std::size_t)>& act) {
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> threads;
  for (int client = 0; client < clients; ++client) {
    threads.emplace_back([&] {
      for (std::size_t item = next++; item < items; item = next++) act(item);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

absl::StatusOr<int> Run(const Options& options) {
  const std::vector<Voter> roll = ReadRoll(options.roll);
  if (roll.empty()) return absl::InvalidArgumentError("the roll has no line");
  RETURN_IF_ERROR(StepBoard::Open(options.steps_file));
  ASSIGN_OR_RETURN(const auto electorate, Electorate::Open(options));
  const absl::Time until = absl::Now() + absl::Seconds(options.seconds);
  Tally tally;
  const auto note = [&](const absl::Status& status) {
    if (!status.ok()) tally.Refused(status);
  };
  if (options.mode == "vote") {
    ForEach(roll.size(), options.clients,
            [&](std::size_t item) { Vote(*electorate, roll[item], item, tally).Persist(until); });
    return tally.Print(roll.size());
  }
  if (options.mode == "race_ballot") {
    ForEach(roll.size(), options.clients, [&](std::size_t item) {
      note(electorate->Session(roll[item], electorate->StatePath(roll[item]))->CollectCredential());
    });
  }
  // Neighbouring items are the same voter: all clients try for one at the same time.
  const auto clients = static_cast<std::size_t>(options.clients);
  ForEach(roll.size() * clients, options.clients, [&](std::size_t item) {
    const Voter& voter = roll[item / clients];
    if (options.mode == "race") return note(Race(*electorate, voter, tally));
    if (options.mode == "race_credential") return note(RaceForCredential(*electorate, voter, tally));
    note(RaceWithBallot(*electorate, voter, static_cast<int>(item % clients), tally));
  });
  return tally.Print(roll.size());
}

}  // namespace
}  // namespace plenary::fault

int main(int argc, char** argv) {
  CLI::App app("Votes for many voters at once; for tests only");
  plenary::fault::Options options;
  app.add_option("--election", options.election, "elections/…")->required();
  app.add_option("--membership", options.membership, "Address of membership")->required();
  app.add_option("--auditor", options.auditor, "Address of the auditor's registrar")->required();
  app.add_option("--election_service", options.election_service, "Address of the election service")
      ->required();
  app.add_option("--box", options.box, "Address of the ballot box")->required();
  app.add_option("--key_dir", options.key_dir, "Folder of the stack's keys")->required();
  app.add_option("--auditor_key_dir", options.auditor_key_dir, "Folder of the auditor's keys")->required();
  app.add_option("--auditor_signer", options.auditor_signer,
                 "Whose key signs people in at the auditor's registrar")
      ->capture_default_str();
  app.add_option("--clock_file", options.clock_file, "The stack's clock")->required();
  app.add_option("--roll", options.roll, "File with a line \"unit person address act\" each")->required();
  app.add_option("--state_dir", options.state_dir,
                 "Folder of the voters' files; not needed to race or race_credential");
  app.add_option("--steps_file", options.steps_file,
                 "File that tells how many voters are at which step (steps.h)");
  app.add_option("--mode", options.mode, "What the clients do")
      ->check(CLI::IsMember({"vote", "race", "race_credential", "race_ballot"}));
  app.add_option("--clients", options.clients, "Voters at the same time")->check(CLI::Range(1, 256));
  app.add_option("--seconds", options.seconds, "When to give up")->check(CLI::Range(1, 86'400));
  CLI11_PARSE(app, argc, argv);
  const auto result = plenary::fault::Run(options);
  if (result.ok()) return *result;
  fmt::print(stderr, "plenary_fault_voters: {}\n",
             result.status().ToString(absl::StatusToStringMode::kWithNoExtraData));
  return 2;
}
