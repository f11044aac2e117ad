// The words of a notice, with {{placeholders}}.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/membership/rules/notice_templates.h"

namespace plenary::membership::rules {

struct NoticeWords {
  std::string subject;  // one line
  std::string text;
  std::string html;
};

// OK when the words ask for what the template gives and for nothing else: every "{{name}}" is one of its
// placeholders or {{public_url}}, the text alone uses every placeholder, the subject is one line, and no "{{"
// or
// "}}" stands about. FAILED_PRECONDITION, reason NOTICE_TEMPLATE_INVALID.
absl::Status CheckNoticeWords(const NoticeTemplate& notice, const NoticeWords& words);

// The words with the values in their places. A value is text, whatever it looks like: nothing in it is read
// as a placeholder or as HTML, control and direction-changing characters are left out, and in the subject a
// line break is a blank. INTERNAL when a value is missing.
absl::StatusOr<NoticeWords> RenderNotice(const NoticeWords& words,
                                         const std::map<std::string, std::string>& values);

}  // namespace plenary::membership::rules
