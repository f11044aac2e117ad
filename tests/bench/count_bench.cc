// How long it takes to count, and what memory it takes beside the ballots: made-up ballots of a fixed seed,
// already in memory, one thread. Each figure stands beside the limit that the counting methods are held to.

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <new>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "fmt/format.h"
#include "services/election/rules/ballot_files/ballot_file.h"
#include "services/election/rules/counting/count.h"
#include "services/election/rules/counting/method.h"

namespace {

// Bytes that are allocated now, and most at once since somebody looked. One thread.
std::size_t allocated = 0;
std::size_t peak = 0;

void* Allocate(std::size_t size) {
  void* const block = std::malloc(size == 0 ? 1 : size);
  if (block == nullptr) throw std::bad_alloc();
  allocated += malloc_usable_size(block);
  peak = std::max(peak, allocated);
  return block;
}

void Free(void* block) {
  if (block != nullptr) allocated -= malloc_usable_size(block);
  std::free(block);
}

}  // namespace

// The whole program allocates through these, so that the memory of a count is known to the byte.
void* operator new(std::size_t size) { return Allocate(size); }
void* operator new[](std::size_t size) { return Allocate(size); }
void operator delete(void* block) noexcept { Free(block); }
void operator delete[](void* block) noexcept { Free(block); }
void operator delete(void* block, std::size_t) noexcept { Free(block); }
void operator delete[](void* block, std::size_t) noexcept { Free(block); }

namespace plenary::election::counting {
namespace {

// Those of the large and the small electorate.
constexpr std::uint32_t kLargeOptions = 20;
constexpr int kLargeBallots = 1'000'000;
constexpr std::uint32_t kSmallOptions = 10;
constexpr int kSmallBallots = 100'000;
constexpr std::uint32_t kSeats = 7;
// The k-th option in the order of popularity is this much less popular than the one before it.
constexpr double kPopularity = 0.85;
// Seven ballots in eight stop before they have ranked this many options.
constexpr std::size_t kUsualLength = 7;
constexpr std::uint64_t kRandomSeed = 20260101;
// Bytes beside the folded ballots, a distinct ballot.
constexpr double kMemoryLimit = 64;

struct Options {
  int runs = 7;
};

// Ballots as electorates cast them: popular options come first more often, and most ballots stop early. The
// numbers are those of the standard's generator, but drawn from it without its distributions, which differ
// between libraries.
class Electorate {
 public:
  explicit Electorate(std::uint32_t options) : random_(kRandomSeed), left_(options) {}

  // Options in order of preference.
  const std::vector<std::uint16_t>& Ballot() {
    for (std::uint16_t i = 0; i < left_.size(); ++i) left_[i] = i;
    ballot_.clear();
    const std::size_t length = Length();
    while (ballot_.size() < length) {
      std::size_t next = 0;
      while (next + 1 < left_.size() && Unit() < 1 - Share()) ++next;
      ballot_.push_back(left_[next]);
      left_.erase(left_.begin() + static_cast<std::ptrdiff_t>(next));
    }
    left_.resize(left_.size() + ballot_.size());
    return ballot_;
  }

 private:
  double Unit() { return static_cast<double>(random_() >> 11) * 0x1.0p-53; }
  // How likely a voter is to take an option rather than look at the next less popular one.
  static double Share() { return 1 - kPopularity; }
  std::size_t Length() {
    if (Unit() < 0.125) return left_.size();
    return 1 + static_cast<std::size_t>(Unit() * static_cast<double>(std::min(left_.size(), kUsualLength)));
  }

  std::mt19937_64 random_;
  std::vector<std::uint16_t> left_;
  std::vector<std::uint16_t> ballot_;
};

Profile Ranked(std::uint32_t options, int ballots, Profile::Identical identical) {
  Electorate electorate(options);
  Profile profile(options, identical);
  Marks marks;
  for (int i = 0; i < ballots; ++i) {
    marks.clear();
    for (const std::uint16_t option : electorate.Ballot()) {
      marks.push_back({option, static_cast<std::uint16_t>(marks.size() + 1)});
    }
    (void)profile.Add(marks);  // fewer than kMostBallots
  }
  return profile;
}

// The same ballots as plain marks, at most `most` each.
Profile Marked(std::uint32_t options, int ballots, std::size_t most, Profile::Identical identical) {
  Electorate electorate(options);
  Profile profile(options, identical);
  Marks marks;
  for (int i = 0; i < ballots; ++i) {
    marks.clear();
    for (const std::uint16_t option : electorate.Ballot()) {
      if (marks.size() < most) marks.push_back({option, 1});
    }
    std::sort(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) { return a.option < b.option; });
    (void)profile.Add(marks);
  }
  return profile;
}

std::string BltOf(std::uint32_t options, int ballots) {
  Electorate electorate(options);
  std::string text = fmt::format("{} {}\n", options, kSeats);
  for (int i = 0; i < ballots; ++i) {
    text += '1';
    for (const std::uint16_t option : electorate.Ballot()) text += fmt::format(" {}", option + 1);
    text += " 0\n";
  }
  text += "0\n";
  for (std::uint32_t i = 0; i < options; ++i) text += fmt::format("\"Option {}\"\n", i + 1);
  return text + "\"Bench\"\n";
}

Contest ContestOf(v1::CountingMethod method, std::uint32_t seats, std::uint32_t options) {
  Contest contest{.method = method, .seats = seats};
  for (std::uint32_t i = 0; i < options; ++i) {
    contest.options.push_back({.display_name = fmt::format("Option {}", i + 1)});
  }
  contest.lot_seed = std::string(32, '\0');
  contest.lots = DrawLots(contest.lot_seed, 0, options);
  return contest;
}

void Describe(const char* what, const Profile& profile) {
  std::size_t longest = 0;
  double marks = 0;
  for (std::size_t i = 0; i < profile.size(); ++i) {
    longest = std::max(longest, profile.marks(i).size());
    marks += static_cast<double>(profile.marks(i).size()) * static_cast<double>(profile.weight(i));
  }
  fmt::print("{:<40} {:>9} ballots, {:>9} entries, {:.2f} marks a ballot, at most {}\n", what,
             profile.ballots(), profile.size(), marks / static_cast<double>(profile.ballots()), longest);
}

// What was made is read, so that nothing is thrown away unmade.
void Require(bool holds) {
  if (!holds) std::abort();
}

class Table {
 public:
  explicit Table(int runs) : runs_(runs) {
    fmt::print("\n{:<40} {:>9} {:>9} {:>9} {:>9}\n", "seconds", "limit", "best", "median", "of limit");
  }

  // `limit` in seconds; 0: none. The median is what is compared with it.
  void Measure(const std::string& what, double limit, const std::function<void()>& work) const {
    std::vector<double> seconds;
    for (int i = 0; i < runs_; ++i) {
      const auto start = std::chrono::steady_clock::now();
      work();
      seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    std::sort(seconds.begin(), seconds.end());
    const double median = seconds[seconds.size() / 2];
    fmt::print("{:<40} {:>9} {:>9.4f} {:>9.4f} {:>9}\n", what, limit > 0 ? fmt::format("{:.3f}", limit) : "-",
               seconds.front(), median, limit > 0 ? fmt::format("{:.2f}", median / limit) : "-");
    std::fflush(stdout);
  }

 private:
  const int runs_;
};

void MeasureCount(const Table& table, v1::CountingMethod method, double limit, std::uint32_t seats,
                  const Profile& profile) {
  const Contest contest = ContestOf(method, seats, profile.options());
  table.Measure(fmt::format("  {}, {} seat{}", FindMethod(method)->word, seats, seats == 1 ? "" : "s"), limit,
                [&] { Require(Count(contest, profile).placings_size() > 0); });
}

void MeasureMemory(v1::CountingMethod method, std::uint32_t seats, const Profile& profile) {
  const Contest contest = ContestOf(method, seats, profile.options());
  const std::size_t before = allocated;
  peak = allocated;
  Require(Count(contest, profile).placings_size() > 0);
  const double bytes = static_cast<double>(peak - before) / static_cast<double>(profile.size());
  fmt::print("{:<40} {:>9.0f} {:>9.2f} {:>9} {:>9.2f}\n", fmt::format("  {}", FindMethod(method)->word),
             kMemoryLimit, bytes, "", bytes / kMemoryLimit);
}

void Run(const Options& options) {
  const Profile marked = Marked(kLargeOptions, kLargeBallots, kSeats, Profile::Identical::kFold);
  const Profile approved = Marked(kLargeOptions, kLargeBallots, kLargeOptions, Profile::Identical::kFold);
  const Profile ranked = Ranked(kLargeOptions, kLargeBallots, Profile::Identical::kFold);
  const Profile apart = Ranked(kSmallOptions, kSmallBallots, Profile::Identical::kKeepApart);
  Describe("20 options, at most 7 marks", marked);
  Describe("20 options, marks", approved);
  Describe("20 options, ranks", ranked);
  Describe("10 options, ranks, identical kept apart", apart);

  const Table table(options.runs);
  fmt::print("1,000,000 ballots x 20 options\n");
  MeasureCount(table, v1::COUNTING_METHOD_BLOCK_PLURALITY, 0.1, kSeats, marked);
  MeasureCount(table, v1::COUNTING_METHOD_APPROVAL, 0.1, kSeats, approved);
  MeasureCount(table, v1::COUNTING_METHOD_SCHULZE, 0.5, 1, ranked);
  MeasureCount(table, v1::COUNTING_METHOD_RANKED_PAIRS, 0, 1, ranked);
  MeasureCount(table, v1::COUNTING_METHOD_INSTANT_RUNOFF, 0, 1, ranked);
  MeasureCount(table, v1::COUNTING_METHOD_SCOTTISH_STV, 1, kSeats, ranked);
  MeasureCount(table, v1::COUNTING_METHOD_MEEK_STV, 0, kSeats, ranked);
  const Profile approved_apart =
      Marked(kLargeOptions, kLargeBallots, kLargeOptions, Profile::Identical::kKeepApart);
  const Profile none_alike = Ranked(kLargeOptions, kLargeBallots, Profile::Identical::kKeepApart);
  fmt::print("1,000,000 ballots x 20 options, identical kept apart\n");
  MeasureCount(table, v1::COUNTING_METHOD_APPROVAL, 0.1, kSeats, approved_apart);
  MeasureCount(table, v1::COUNTING_METHOD_SCHULZE, 0.5, 1, none_alike);
  MeasureCount(table, v1::COUNTING_METHOD_SCOTTISH_STV, 1, kSeats, none_alike);
  fmt::print("100,000 ballots x 10 options, identical kept apart\n");
  MeasureCount(table, v1::COUNTING_METHOD_SCOTTISH_STV, 0.015, kSeats, apart);
  MeasureCount(table, v1::COUNTING_METHOD_SCHULZE, 0.020, 1, apart);
  fmt::print("Reading\n");
  const std::string blt = BltOf(kLargeOptions, kLargeBallots);
  table.Measure("  1,000,000 BLT lines", 1, [&] {
    std::istringstream in(blt);
    Require(std::holds_alternative<ballot_files::BallotFile>(ballot_files::ReadBlt(in, {})));
  });

  fmt::print("\n{:<40} {:>9} {:>9} {:>9} {:>9}\n", "bytes beside the ballots, an entry", "limit", "most", "",
             "of limit");
  for (const Method& method : AllMethods()) {
    MeasureMemory(method.method, method.one_seat ? 1 : kSeats,
                  method.kind == BallotKind::kRanks ? ranked : approved);
  }
}

}  // namespace
}  // namespace plenary::election::counting

int main(int argc, char** argv) {
  CLI::App app("Measures the methods of counting on made-up ballots");
  plenary::election::counting::Options options;
  app.add_option("--runs", options.runs, "Runs of each measurement")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000));
  CLI11_PARSE(app, argc, argv);
  plenary::election::counting::Run(options);
  return 0;
}
