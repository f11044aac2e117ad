// Writes a whole bundle of an election that never was: for verifiers to hold, and for programs that spoil it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

#include "services/election/testing/sample_bundle.h"
#include "services/election/testing/tampered_bundles.h"

namespace {

namespace testing = plenary::election::testing;

struct Flags {
  int ballots = 20;
  std::string seed = "sample";
  std::string out;
  std::string keys;
  bool tampered = false;
  unsigned threads = std::max(1u, std::thread::hardware_concurrency());
};

void Write(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary);
  file << bytes;
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

void Make(const Flags& flags) {
  const testing::SampleBundle bundle = testing::MakeSampleBundle(flags.ballots, flags.seed, flags.threads);
  testing::WriteFiles(flags.out, testing::FilesOf(bundle));
  if (!flags.keys.empty()) Write(flags.keys, testing::KeysAsJson(bundle));
}

// A folder for each way to tamper, and what each is and must be found to be in expected.json.
void MakeTampered(const std::string& out) {
  nlohmann::ordered_json expected = nlohmann::ordered_json::array();
  for (const testing::Tampering& tampering : testing::Tamperings()) {
    const std::string folder = fmt::format("{:02}", expected.size());
    testing::WriteFiles(out + "/" + folder, testing::TamperedFiles(tampering));
    const std::size_t space = tampering.expected.find(' ');
    nlohmann::ordered_json& entry = expected.emplace_back();
    entry = {{"folder", folder},
             {"sentence", tampering.sentence},
             {"reason", tampering.expected.substr(0, space)}};
    entry["place"] = nullptr;
    if (space != std::string::npos) entry["place"] = std::stoull(tampering.expected.substr(space));
  }
  Write(out + "/expected.json", expected.dump(1) + "\n");
}

}  // namespace

int main(int argc, char** argv) {
  Flags flags;
  CLI::App app("Writes a whole bundle of an election that never was. The same flags give the same bytes.");
  app.add_option("--ballots", flags.ballots, "Ballots in the log")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  app.add_option("--seed", flags.seed, "What every byte follows from")->capture_default_str();
  app.add_option("--out", flags.out, "Folder to write, new or empty")->required();
  app.add_option("--keys", flags.keys, "File to write every private key to, as JSON");
  app.add_flag("--tampered", flags.tampered,
               "Write a bundle for each way to tamper with one instead, and expected.json with the verdicts");
  app.add_option("--threads", flags.threads, "Threads that draw ballots")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    flags.tampered ? MakeTampered(flags.out) : Make(flags);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
  return 0;
}
