// Whole files, read and written.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace plenary::cli {

// The bytes. NOT_FOUND when there is no such file; INVALID_ARGUMENT, reason FILE_UNREADABLE, otherwise.
absl::StatusOr<std::string> ReadFile(const std::string& path);

// The bytes of a file that somebody named: a missing one is FILE_UNREADABLE too.
absl::StatusOr<std::string> ReadNamedFile(const std::string& path);

// The lines of a text, without their ends (LF or CRLF) and without those that are empty.
std::vector<std::string> LinesOf(std::string_view content);

// Makes the missing folders above a file, mode 0700.
absl::Status MakeFolderOf(const std::string& path);

// Replaces the file in one step; only its owner may read it. Durable when it returns. Makes missing folders,
// mode 0700.
absl::Status WriteSecretFile(const std::string& path, std::string_view bytes);

// Writes a file that anybody may read.
absl::Status WritePublicFile(const std::string& path, std::string_view bytes);

}  // namespace plenary::cli
