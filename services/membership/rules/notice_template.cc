#include "services/membership/rules/notice_template.h"

#include <algorithm>
#include <functional>
#include <set>

#include "common/status/macros.h"
#include "fmt/format.h"
#include "services/membership/errors_notices.h"
#include "services/membership/rules/text.h"

namespace plenary::membership::rules {
namespace {

constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";
constexpr char32_t kReplacement = 0xfffd;  // Unicode: what stands for bytes that are no character

// Calls `plain` for what stands between placeholders and `placeholder` for the name inside each. False when
// braces do not pair up.
bool Walk(std::string_view words, const std::function<void(std::string_view)>& plain,
          const std::function<void(std::string_view)>& placeholder) {
  while (true) {
    const std::size_t open = words.find(kOpen);
    const std::string_view before = words.substr(0, open);
    if (before.find(kClose) != std::string_view::npos) return false;
    plain(before);
    if (open == std::string_view::npos) return true;
    words.remove_prefix(open + kOpen.size());
    const std::size_t close = words.find(kClose);
    if (close == std::string_view::npos || words.substr(0, close).find('{') != std::string_view::npos)
      return false;
    placeholder(words.substr(0, close));
    words.remove_prefix(close + kClose.size());
  }
}

// Characters that turn the direction of what follows (Unicode Bidi_Control): a name could dress up as
// another.
bool ChangesDirection(char32_t c) {
  return c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069);
}

// A value as it may stand in a text: lines end in LF, no other control but the tab.
std::string CleanValue(std::string_view value) {
  std::string clean;
  while (!value.empty()) {
    const CodePoint next = DecodeUtf8(value).value_or(CodePoint{kReplacement, 1});
    value.remove_prefix(next.size);
    const char32_t c = next.value;
    if (c == 0x2028 || c == 0x2029) {
      clean += '\n';
    } else if (c == '\n' || c == '\t' || !(c < 0x20 || (c >= 0x7f && c < 0xa0) || ChangesDirection(c))) {
      AppendUtf8(clean, c);
    }
  }
  return clean;
}

std::string OneLine(std::string value) {
  std::replace_if(
      value.begin(), value.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return value;
}

std::string EscapeHtml(std::string_view value) {
  std::string escaped;
  for (const char c : value) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      case '\n':
        escaped += "<br>\n";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

// `words` with each placeholder as `shown` shows its value.
absl::StatusOr<std::string> Fill(std::string_view words, const std::map<std::string, std::string>& values,
                                 const std::function<std::string(std::string)>& shown) {
  std::string filled;
  std::string missing;
  const bool sound = Walk(
      words, [&](std::string_view plain) { filled += plain; },
      [&](std::string_view name) {
        const auto value = values.find(std::string(name));
        if (value == values.end()) {
          missing = name;
        } else {
          filled += shown(CleanValue(value->second));
        }
      });
  if (!sound) return absl::InternalError("the braces of a notice do not pair up");
  if (!missing.empty()) return absl::InternalError(fmt::format("a notice lacks the value '{}'", missing));
  return filled;
}

absl::StatusOr<std::set<std::string>> PlaceholdersOf(const NoticeTemplate& notice, std::string_view file,
                                                     std::string_view words) {
  std::set<std::string> names;
  if (!Walk(
          words, [](std::string_view) {}, [&](std::string_view name) { names.emplace(name); })) {
    return errors::NoticeTemplateInvalid(notice.name, file, "its double braces do not pair up");
  }
  for (const std::string& name : names) {
    if (name != kPublicUrl && std::find(notice.placeholders.begin(), notice.placeholders.end(), name) ==
                                  notice.placeholders.end()) {
      return errors::NoticeTemplateInvalid(notice.name, file, fmt::format("nothing fills {{{{{}}}}}", name));
    }
  }
  return names;
}

}  // namespace

absl::Status CheckNoticeWords(const NoticeTemplate& notice, const NoticeWords& words) {
  RETURN_IF_ERROR(PlaceholdersOf(notice, "subject.txt", words.subject).status());
  RETURN_IF_ERROR(PlaceholdersOf(notice, "html", words.html).status());
  ASSIGN_OR_RETURN(const std::set<std::string> in_text, PlaceholdersOf(notice, "txt", words.text));
  for (const std::string_view placeholder : notice.placeholders) {
    if (!in_text.contains(std::string(placeholder))) {
      return errors::NoticeTemplateInvalid(notice.name, "txt",
                                           fmt::format("it leaves {{{{{}}}}} out", placeholder));
    }
  }
  if (words.subject.empty() || CleanValue(words.subject) != OneLine(words.subject)) {
    return errors::NoticeTemplateInvalid(notice.name, "subject.txt", "a subject is one line");
  }
  if (words.html.empty()) return errors::NoticeTemplateInvalid(notice.name, "html", "it is empty");
  return absl::OkStatus();
}

absl::StatusOr<NoticeWords> RenderNotice(const NoticeWords& words,
                                         const std::map<std::string, std::string>& values) {
  NoticeWords rendered;
  ASSIGN_OR_RETURN(rendered.subject, Fill(words.subject, values, OneLine));
  ASSIGN_OR_RETURN(rendered.text, Fill(words.text, values, [](std::string value) { return value; }));
  ASSIGN_OR_RETURN(rendered.html, Fill(words.html, values, EscapeHtml));
  return rendered;
}

}  // namespace plenary::membership::rules
