// Files that a power cut leaves whole: written aside, synced, and put in their place with their folder
// synced.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace plenary::election {

// Who may read what is made. Only the box's own process writes.
enum class Readers { kEverybody, kOwner };

// A file descriptor that closes itself; -1 when the file could not be opened.
class Descriptor {
 public:
  Descriptor(const std::string& path, int flags, Readers readers = Readers::kEverybody);
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// Every function here fails with LOG_FOLDER_UNUSABLE, which names the path.
absl::Status FileError(const std::string& path);

// Makes a folder and those above it, each durably. Those above are for everybody.
absl::Status MakeFolder(const std::string& path, Readers readers = Readers::kEverybody);

// Puts `bytes` at `path` durably and at once: whoever reads sees all of it or what was there before. `aside`
// is where they are written first: on the same disk, used by one writer at a time. Makes the folder.
absl::Status PutFile(const std::string& path, const std::string& aside, std::string_view bytes,
                     Readers readers = Readers::kEverybody);

// The content; nullopt when there is no such file.
absl::StatusOr<std::optional<std::string>> ReadFile(const std::string& path);

}  // namespace plenary::election
