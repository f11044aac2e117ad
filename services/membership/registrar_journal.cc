#include "services/membership/registrar_journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "common/crypto/bytes.h"
#include "common/ids/id.h"
#include "common/log/log.h"
#include "common/status/macros.h"
#include "services/membership/durable_file.h"
#include "services/membership/errors.h"
#include "services/membership/errors_registrar.h"
#include "services/membership/names.h"

namespace plenary::membership {
namespace {

constexpr mode_t kOwnerOnly = 0600;

absl::Status Unusable(const std::string& path) { return errors::JournalUnusable(path, std::strerror(errno)); }

std::string Format(const JournalLine& line) {
  return fmt::format("{}/{} {} {}\n", kElections, line.election, line.unit, crypto::HexEncode(line.sha256));
}

std::optional<JournalLine> Parse(std::string_view text) {
  const std::size_t first = text.find(' ');
  const std::size_t second = first == std::string_view::npos ? first : text.find(' ', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto election = ResourceId(kElections, text.substr(0, first));
  const std::string_view unit = text.substr(first + 1, second - first - 1);
  const auto sha256 = crypto::HexDecode(text.substr(second + 1));
  const bool names_unit = ResourceId(kCompanies, unit).has_value() || ResourceId(kPeople, unit).has_value();
  if (!election || !names_unit || !sha256 || sha256->size() != crypto::kSha256Size) return std::nullopt;
  return JournalLine{*election, std::string(unit), *sha256};
}

// Whether the unit of the line has one for another message.
bool HasAnotherOf(const JournalLine& line, const std::set<JournalLine>& lines) {
  const auto first = lines.lower_bound({line.election, line.unit, ""});
  return first != lines.end() && first->election == line.election && first->unit == line.unit &&
         first->sha256 != line.sha256;
}

}  // namespace

absl::StatusOr<std::unique_ptr<RegistrarJournal>> RegistrarJournal::Open(const std::string& path,
                                                                         WhenMissing missing) {
  const int make = missing == WhenMissing::kMake ? O_CREAT : 0;
  const int file = open(path.c_str(), O_RDWR | make | O_CLOEXEC, kOwnerOnly);
  if (file < 0 && errno == ENOENT && missing == WhenMissing::kRefuse) return errors::JournalLost(path);
  if (file < 0) return Unusable(path);
  std::unique_ptr<RegistrarJournal> journal(new RegistrarJournal(path, file));
  if (flock(file, LOCK_EX | LOCK_NB) != 0)
    return errors::JournalUnusable(path, "another registrar has it open");
  if (!SyncFolderOf(path)) return Unusable(path);
  RETURN_IF_ERROR(journal->Load());
  return journal;
}

RegistrarJournal::~RegistrarJournal() { close(file_); }

absl::Status RegistrarJournal::Load() {
  std::string content;
  if (!ReadAll(file_, content)) return Unusable(path_);
  std::string_view rest = content;
  for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    auto line = Parse(rest.substr(0, end));
    if (!line.has_value()) {
      return errors::JournalUnusable(path_, fmt::format("line {} is none of a journal", lines_.size() + 1));
    }
    lines_.insert(*std::move(line));
    rest.remove_prefix(end + 1);
  }
  const std::string_view lines = std::string_view(content).substr(0, content.size() - rest.size());
  if (!rest.empty()) {
    log::Warning("cut off the unfinished last line of the registrar's journal", {{"journal", path_}});
    if (ftruncate(file_, static_cast<off_t>(lines.size())) != 0) return Unusable(path_);
  }
  return WriteAgain(lines) ? absl::OkStatus() : Unusable(path_);
}

bool RegistrarJournal::WriteAgain(std::string_view lines) {
  return lseek(file_, 0, SEEK_SET) == 0 && WriteAll(file_, lines) && fsync(file_) == 0 &&
         fcntl(file_, F_SETFL, O_APPEND) == 0;
}

std::vector<absl::Status> RegistrarJournal::AppendAll(const std::vector<JournalLine>& lines) {
  std::vector<absl::Status> answers(lines.size());
  std::set<JournalLine> fresh;
  std::string text;
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const JournalLine& line = lines[i];
    if (broken_) {
      answers[i] = errors::JournalBroken();
    } else if (HasAnotherOf(line, lines_) || HasAnotherOf(line, fresh)) {
      // The database has stored what it should have refused: it was set back while this process served.
      broken_ = true;
      log::Error(
          "the registrar issues nothing more until it starts anew: its database is older than its journal",
          {{"journal", path_}, {"election", line.election}});
      answers[i] = errors::CredentialAlreadyIssued(ResourceName(kElections, line.election));
    } else if (!lines_.contains(line) && fresh.insert(line).second) {
      text += Format(line);
    }
  }
  if (text.empty()) return answers;
  if (WriteAll(file_, text) && fsync(file_) == 0) {
    lines_.merge(fresh);
    return answers;
  }
  broken_ = true;
  log::Error("the registrar's journal cannot be written",
             {{"journal", path_}, {"error", std::strerror(errno)}});
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (fresh.contains(lines[i])) answers[i] = errors::JournalBroken();
  }
  return answers;
}

std::set<JournalLine> RegistrarJournal::Lines() const {
  const std::lock_guard lock(mutex_);
  return lines_;
}

}  // namespace plenary::membership
