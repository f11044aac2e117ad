// Progress of long work, on standard error.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace plenary::cli {

// "Uploading  [########........]  50%  12/24", or without a bar when the total is not known (0):
// "Listing  240". `done` past `total` counts as done.
std::string RenderProgress(std::string_view label, std::int64_t done, std::int64_t total);

class Progress {
 public:
  enum class Style {
    kNone,      // shows nothing
    kTerminal,  // one line that is drawn over, ten times a second at most, and removed at the end
    kLines,     // a line for every tenth of the work: for logs
  };

  // Borrows the stream.
  Progress(std::ostream& err, Style style, std::string label, std::int64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Advance(std::int64_t by);

 private:
  std::ostream& err_;
  Style style_;
  std::string label_;
  std::int64_t total_;
  std::int64_t done_ = 0;
  std::int64_t tenth_shown_ = 0;
  absl::Time drawn_ = absl::InfinitePast();
};

}  // namespace plenary::cli
