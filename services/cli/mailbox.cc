#include "services/cli/mailbox.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <tuple>

#include "absl/strings/match.h"
#include "common/status/macros.h"
#include "services/cli/files.h"

namespace plenary::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCode = "\nCode: ";

// When a file arrived, by its name "SECONDS.M<microseconds>P<process>Q<count>.HOST"; then by the name.
using Arrival = std::tuple<std::int64_t, std::int64_t, std::string>;

std::int64_t NumberAt(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Arrival ArrivalOf(const std::string& name) {
  const std::size_t micros = name.find(".M");
  return {NumberAt(name),
          micros == std::string::npos ? 0 : NumberAt(std::string_view(name).substr(micros + 2)), name};
}

}  // namespace

absl::StatusOr<std::vector<CaughtMail>> ReadMailbox(const std::string& folder, const std::string& to) {
  std::vector<std::pair<Arrival, fs::path>> files;
  for (const char* part : {"new", "cur"}) {
    std::error_code error;
    for (fs::directory_iterator entry(fs::path(folder) / part, error), end; !error && entry != end;
         entry.increment(error)) {
      files.emplace_back(ArrivalOf(entry->path().filename().string()), entry->path());
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<CaughtMail> caught;
  int number = 0;
  for (const auto& [arrival, path] : files) {
    ++number;
    ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path.string()));
    auto mail = mail::Read(bytes);
    if (!mail.ok()) continue;
    if (to.empty() || absl::EqualsIgnoreCase(mail->to, to)) caught.push_back({number, *std::move(mail)});
  }
  return caught;
}

std::string CodeIn(const mail::ReadMail& mail) {
  const std::string text = "\n" + mail.text;
  const std::size_t at = text.find(kCode);
  if (at == std::string::npos) return "";
  const std::size_t start = at + kCode.size();
  return text.substr(start, text.find('\n', start) - start);
}

}  // namespace plenary::cli
