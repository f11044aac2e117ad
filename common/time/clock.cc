#include "common/time/clock.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>

#include "absl/time/clock.h"
#include "fmt/format.h"

namespace plenary {

absl::Time FileClock::Now() const {
  char text[32];
  std::int64_t seconds = 0;
  const int file = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (file >= 0) {
    const ssize_t size = ::read(file, text, sizeof text);
    ::close(file);
    if (size > 0) std::from_chars(text, text + size, seconds);
  }
  return absl::Now() + absl::Seconds(seconds);
}

absl::Status FileClock::Set(const std::string& path, absl::Time instant) {
  const std::string next = fmt::format("{}.{}", path, ::getpid());
  std::FILE* file = std::fopen(next.c_str(), "w");
  if (file == nullptr)
    return absl::UnavailableError(fmt::format("Cannot write {}: {}.", next, std::strerror(errno)));
  const std::string text =
      fmt::format("{}\n", absl::ToInt64Seconds(absl::Ceil(instant - absl::Now(), absl::Seconds(1))));
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if (std::fclose(file) != 0 || !written || std::rename(next.c_str(), path.c_str()) != 0) {
    return absl::UnavailableError(fmt::format("Cannot write {}: {}.", path, std::strerror(errno)));
  }
  return absl::OkStatus();
}

}  // namespace plenary
