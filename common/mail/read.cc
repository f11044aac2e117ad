// Reading back what Compose() wrote.
#include <algorithm>
#include <cctype>
#include <map>

#include "common/crypto/bytes.h"
#include "common/mail/message.h"
#include "common/status/error.h"
#include "fmt/format.h"

namespace plenary::mail {
namespace {

constexpr ErrorDomain kDomain("plenary.mail");
constexpr std::string_view kWordStart = "=?UTF-8?B?";
constexpr std::string_view kWordEnd = "?=";
constexpr std::string_view kBoundary = "boundary=\"";

struct Parsed {
  std::map<std::string, std::string> headers;  // names in lower case, the last of each; unfolded
  std::string body;                            // lines ending in LF
};

std::string WithLineFeeds(std::string_view bytes) {
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (bytes[at] != '\r' || at + 1 == bytes.size() || bytes[at + 1] != '\n') text += bytes[at];
  }
  return text;
}

// Headers and body of a message, or of a part of one; `text` has line feeds only.
Parsed Parse(std::string_view text) {
  Parsed parsed;
  std::string name;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) break;
    const std::size_t colon = line.find(':');
    if (line[0] == ' ' || line[0] == '\t') {
      parsed.headers[name] += line;
    } else if (colon != std::string_view::npos) {
      name = line.substr(0, colon);
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
      std::string_view value = line.substr(colon + 1);
      while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
      parsed.headers[name] = value;
    }
  }
  parsed.body = text;
  return parsed;
}

std::string FromBase64(std::string text) {
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  while (!text.empty() && text.back() == '=') text.pop_back();
  return crypto::Base64UrlDecode(text).value_or("");
}

// Encoded words decoded; the blanks between two of them are no part of the text (RFC 2047 6.2).
std::string DecodeHeader(std::string_view text) {
  std::string decoded;
  bool after_word = false;
  while (!text.empty()) {
    const std::size_t start = text.find(kWordStart);
    const std::size_t end =
        start == std::string_view::npos ? start : text.find(kWordEnd, start + kWordStart.size());
    if (end == std::string_view::npos) break;
    const std::string_view before = text.substr(0, start);
    if (!after_word || before.find_first_not_of(" \t") != std::string_view::npos) decoded += before;
    decoded +=
        FromBase64(std::string(text.substr(start + kWordStart.size(), end - start - kWordStart.size())));
    text.remove_prefix(end + kWordEnd.size());
    after_word = true;
  }
  return decoded.append(text);
}

std::string DecodeQuotedPrintable(std::string_view text) {
  std::string decoded;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '=') {
      decoded += text[at];
    } else if (at + 1 < text.size() && text[at + 1] == '\n') {
      ++at;
    } else if (const auto byte = crypto::HexDecode(text.substr(at + 1, 2));
               byte.has_value() && byte->size() == 1) {
      decoded += *byte;
      at += 2;
    } else {
      decoded += text[at];
    }
  }
  return decoded;
}

// Whether a header's value begins with the word; both in lower case.
bool Is(const Parsed& part, const std::string& header, std::string_view word) {
  const auto found = part.headers.find(header);
  return found != part.headers.end() && found->second.rfind(word, 0) == 0;
}

void TakePart(const Parsed& part, ReadMail& mail) {
  const std::string text = Is(part, "content-transfer-encoding", "quoted-printable")
                               ? DecodeQuotedPrintable(part.body)
                               : part.body;
  (Is(part, "content-type", "text/html") ? mail.html : mail.text) = text;
}

void TakeParts(std::string_view body, const std::string& boundary, ReadMail& mail) {
  const std::string mark = "--" + boundary;
  std::size_t at = body.find(mark);
  while (at != std::string_view::npos) {
    const std::size_t start = at + mark.size() + 1;
    at = body.find("\n" + mark, start);
    if (at == std::string_view::npos) break;
    TakePart(Parse(body.substr(start, at - start)), mail);
    ++at;
  }
}

}  // namespace

absl::StatusOr<ReadMail> Read(std::string_view bytes) {
  const Parsed parsed = Parse(WithLineFeeds(bytes));
  const auto header = [&](const char* name) {
    const auto found = parsed.headers.find(name);
    return found == parsed.headers.end() ? std::string() : DecodeHeader(found->second);
  };
  ReadMail mail{.from = header("from"),
                .to = header("to"),
                .subject = header("subject"),
                .date = header("date"),
                .message_id = header("message-id"),
                .text = "",
                .html = ""};
  if (mail.from.empty() || mail.message_id.empty()) {
    return kDomain.Error(absl::StatusCode::kInvalidArgument, "MESSAGE_INVALID",
                         "This is no message that the suite sent.");
  }
  const std::string type = header("content-type");
  const std::size_t boundary = type.find(kBoundary);
  if (type.rfind("multipart/", 0) == 0 && boundary != std::string::npos) {
    const std::size_t start = boundary + kBoundary.size();
    TakeParts(parsed.body, type.substr(start, type.find('"', start) - start), mail);
  } else {
    TakePart(parsed, mail);
  }
  return mail;
}

}  // namespace plenary::mail
