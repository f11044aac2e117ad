#include "services/cli/progress.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "fmt/format.h"

namespace plenary::cli {
namespace {
constexpr std::int64_t kBarWidth = 24;
constexpr absl::Duration kRedraw = absl::Milliseconds(100);
constexpr std::string_view kEraseLine = "\r\x1b[K";
// Without a known total, one line of a log for every so many.
constexpr std::int64_t kLineStep = 1000;
}  // namespace

std::string RenderProgress(std::string_view label, std::int64_t done, std::int64_t total) {
  if (total <= 0) return fmt::format("{}  {}", label, done);
  const std::int64_t shown = std::clamp<std::int64_t>(done, 0, total);
  const auto filled = static_cast<std::size_t>(shown * kBarWidth / total);
  return fmt::format("{}  [{}{}]  {:>3}%  {}/{}", label, std::string(filled, '#'),
                     std::string(kBarWidth - filled, '.'), shown * 100 / total, shown, total);
}

Progress::Progress(std::ostream& err, Style style, std::string label, std::int64_t total)
    : err_(err), style_(style), label_(std::move(label)), total_(total) {}

Progress::~Progress() {
  if (style_ == Style::kTerminal && drawn_ != absl::InfinitePast()) err_ << kEraseLine << std::flush;
}

void Progress::Advance(std::int64_t by) {
  done_ += by;
  if (style_ == Style::kTerminal) {
    const absl::Time now = absl::Now();
    if (now - drawn_ < kRedraw) return;
    drawn_ = now;
    err_ << kEraseLine << RenderProgress(label_, done_, total_) << std::flush;
  } else if (style_ == Style::kLines) {
    const std::int64_t tenth = total_ > 0 ? std::min(done_, total_) * 10 / total_ : done_ / kLineStep;
    if (tenth == tenth_shown_) return;
    tenth_shown_ = tenth;
    err_ << RenderProgress(label_, done_, total_) << std::endl;
  }
}

}  // namespace plenary::cli
