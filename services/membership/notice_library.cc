#include "services/membership/notice_library.h"

#include <fstream>
#include <sstream>
#include <utility>

#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "fmt/format.h"
#include "services/membership/errors_notices.h"
#include "services/membership/limits_notices.h"

namespace plenary::membership {
namespace {

absl::StatusOr<std::string> ReadWords(const std::string& folder, std::string_view name,
                                      std::string_view file) {
  std::ifstream stream(fmt::format("{}/{}.{}", folder, name, file), std::ios::binary);
  std::ostringstream bytes;
  if (!stream || !(bytes << stream.rdbuf())) {
    return errors::NoticeTemplateInvalid(name, file, "it is missing or empty in " + folder);
  }
  std::string words = std::move(bytes).str();
  if (words.size() > limits::kLargestTemplate || Utf8Length(words) < 0) {
    return errors::NoticeTemplateInvalid(name, file, "it is no UTF-8 text of at most 100,000 bytes");
  }
  return words;
}

absl::StatusOr<rules::NoticeWords> ReadNotice(const std::string& folder, std::string_view name) {
  rules::NoticeWords words;
  ASSIGN_OR_RETURN(words.subject, ReadWords(folder, name, "subject.txt"));
  if (!words.subject.empty() && words.subject.back() == '\n') words.subject.pop_back();
  ASSIGN_OR_RETURN(words.text, ReadWords(folder, name, "txt"));
  ASSIGN_OR_RETURN(words.html, ReadWords(folder, name, "html"));
  return words;
}

}  // namespace

absl::StatusOr<NoticeLibrary> NoticeLibrary::Load(const std::string& folder, std::string public_url) {
  NoticeLibrary library;
  library.public_url_ = std::move(public_url);
  for (const rules::NoticeTemplate& notice : rules::NoticeTemplates()) {
    ASSIGN_OR_RETURN(rules::NoticeWords words, ReadNotice(folder, notice.name));
    RETURN_IF_ERROR(rules::CheckNoticeWords(notice, words));
    library.words_.emplace(notice.name, std::move(words));
  }
  return library;
}

absl::StatusOr<rules::NoticeWords> NoticeLibrary::Render(const std::string& template_name,
                                                         std::map<std::string, std::string> values) const {
  const auto words = words_.find(template_name);
  if (words == words_.end()) return absl::InternalError("there is no notice template " + template_name);
  values[std::string(rules::kPublicUrl)] = public_url_;
  return rules::RenderNotice(words->second, values);
}

}  // namespace plenary::membership
