// Whole reads and writes of files that must be on the disk: the registrar's journal and its key.
#pragma once

#include <string>
#include <string_view>

namespace plenary::membership {

// Appends everything from the descriptor's position to `content`; false, with errno, when a read fails.
bool ReadAll(int file, std::string& content);
// False, with errno, when a write fails.
bool WriteAll(int file, std::string_view bytes);
// Makes the file's name durable: a new file may be gone after a power cut as long as its folder was not
// synced.
bool SyncFolderOf(const std::string& path);

}  // namespace plenary::membership
