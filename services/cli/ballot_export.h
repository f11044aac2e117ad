// The published ballots of a contest as a file that `plenary count` reads, and the command that counts it:
// whoever trusts neither service nor recount reads the file, or hands it to another program.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plenary/election/v1/manifest.pb.h"
#include "plenary/election/v1/resources.pb.h"
#include "services/election/rules/counting/profile.h"

namespace plenary::cli {

// CSV: a header "weight" and the options' names, then a row for each different ballot with how many there are
// of it, ascending by cells, so that nothing of the order in the box remains. Marks are 1, ranks and scores
// numbers; a blank ballot has empty cells. Spoilt ballots are in no row.
struct BallotTable {
  std::vector<std::string> names;  // of the header, by number of option
  std::string csv;
  std::int64_t rows = 0;
  std::int64_t ballots = 0;  // of all rows
  std::int64_t blank = 0;    // of these
};

// `ballots` is of the contest. The header holds names as a report shows them, printable and each another; one
// that the file cannot hold, or that looks like another, goes by its number from 1, "Ann (option 3)".
BallotTable TableOf(const election::v1::Manifest::Contest& contest,
                    const election::counting::Profile& ballots);

// What a count has to know besides the file.
struct ExportedContest {
  std::uint16_t number = 0;  // on the ballot, from 0
  election::v1::Manifest::Contest printed;
  election::v1::Contest called;  // for its terms
  std::string lot_seed;          // as published: 32 bytes, and 32 for each trustee
};

// The words of the `plenary count` that counts the table from the file `path`, "plenary" first. Flags that
// say what `plenary count` takes for granted are left out.
std::vector<std::string> CountCommand(const ExportedContest& contest, const BallotTable& table,
                                      const std::string& path);

// One line that a POSIX shell splits into the same words.
std::string ShellLine(const std::vector<std::string>& words);

}  // namespace plenary::cli
