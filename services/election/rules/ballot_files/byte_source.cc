#include "services/election/rules/ballot_files/byte_source.h"

#include <cstring>

namespace plenary::election::ballot_files {
namespace {

// Large enough that the stream's own work does not show, small enough to stay in the cache.
constexpr std::streamsize kBlockBytes = 64 * 1024;

// As much of a wrong word as a message shows.
constexpr std::size_t kMostShown = 20;

}  // namespace

ByteSource::ByteSource(std::istream& in)
    : in_(in), block_(std::make_unique_for_overwrite<char[]>(kBlockBytes)) {
  if (Fill() && end_ - next_ >= 3 && std::memcmp(next_, "\xEF\xBB\xBF", 3) == 0) next_ += 3;
}

bool ByteSource::Fill() {
  if (!in_) return false;
  in_.read(block_.get(), kBlockBytes);
  next_ = block_.get();
  end_ = next_ + in_.gcount();
  return next_ != end_;
}

void ByteSource::SkipLine() {
  while (Peek() != kEnd) {
    const auto* found =
        static_cast<const char*>(std::memchr(next_, '\n', static_cast<std::size_t>(end_ - next_)));
    if (found != nullptr) {
      next_ = found + 1;
      ++line_;
      return;
    }
    next_ = end_;
  }
}

std::string ByteSource::Show() {
  if (Peek() == kEnd) return "the end of the file";
  if (Peek() == '\n' || Peek() == '\r') return "the end of the line";
  std::string shown = "'";
  for (int byte = Peek(); byte != kEnd && byte != '\n' && !IsBlank(byte); byte = Peek()) {
    if (shown.size() > kMostShown) {
      shown += "...";
      break;
    }
    shown += byte >= 0x20 && byte < 0x7F ? static_cast<char>(byte) : '?';
    ++next_;
  }
  return shown + "'";
}

}  // namespace plenary::election::ballot_files
