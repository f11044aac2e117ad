// The registrar's memory outside its database: which company or person collected a credential, in a file
// that only grows. A line is on the disk before the credential leaves, so a database that was set back, by
// accident or on purpose, is found out at the next start, before it issues a second credential to the same
// one.
//
// A line is "elections/… companies/… <SHA-256 of the blinded message, hexadecimal>", or "people/…" in the
// second place. No time stands in it.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace plenary::membership {

struct JournalLine {
  std::string election;  // bare id
  std::string unit;      // "companies/…" or "people/…"
  std::string sha256;    // 32 bytes

  auto operator<=>(const JournalLine&) const = default;
};

// Thread-safe. One process at a time: the file is locked as long as the journal is open.
class RegistrarJournal {
 public:
  enum class WhenMissing { kMake, kRefuse };
  // Opens the file, or makes it, and writes all of it to the disk again. A last line without its end was
  // never acted on, and is cut off. JOURNAL_UNUSABLE when the file cannot be opened, is open in another
  // process, or holds a line of another shape; JOURNAL_LOST when it is missing and may not be made.
  static absl::StatusOr<std::unique_ptr<RegistrarJournal>> Open(const std::string& path,
                                                                WhenMissing missing = WhenMissing::kMake);
  ~RegistrarJournal();
  RegistrarJournal(const RegistrarJournal&) = delete;
  RegistrarJournal& operator=(const RegistrarJournal&) = delete;

  // OK once the line is on the disk; a line that is there already is not written again.
  // CREDENTIAL_ALREADY_ISSUED for another message of a unit that has a line: then the database was set back
  // beside the running process. JOURNAL_BROKEN after that, or after any failure to write, for ever: what the
  // disk holds then is known, and a database held against it, only at a restart.
  absl::Status Append(const JournalLine& line) { return AppendAll({line}).front(); }
  // Many, with one wait for the disk; an answer for each, in their order.
  std::vector<absl::Status> AppendAll(const std::vector<JournalLine>& lines);

  const std::string& path() const { return path_; }
  // The lines, in no order.
  std::set<JournalLine> Lines() const;

 private:
  RegistrarJournal(std::string path, int file) : path_(std::move(path)), file_(file) {}
  absl::Status Load();
  // The same lines in their place, on the disk when true; from then on the file only grows. A process that
  // ended between writing a line and syncing it left the line in memory only. After an fsync that failed the
  // system takes that memory for written, and another fsync says so of what the disk does not have: only what
  // is written anew is synced. In place, since the path may be a link to another disk.
  bool WriteAgain(std::string_view lines);

  const std::string path_;
  const int file_;
  mutable std::mutex mutex_;
  std::set<JournalLine> lines_;  // on the disk
  bool broken_ = false;
};

}  // namespace plenary::membership
