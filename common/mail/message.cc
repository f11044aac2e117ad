#include "common/mail/message.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/crypto/bytes.h"
#include "common/status/error.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "fmt/format.h"

namespace plenary::mail {
namespace {

constexpr ErrorDomain kDomain("plenary.mail");
constexpr std::size_t kLongestAddress = 254;  // RFC 5321 4.5.3.1.3 less the angle brackets
constexpr std::size_t kLongestLine = 76;      // RFC 2045 6.7
// Bytes in one encoded word, so that it is at most 75 characters (RFC 2047 2).
constexpr std::size_t kBytesInAWord = 42;
constexpr char kHex[] = "0123456789ABCDEF";

absl::Status Invalid(std::string_view field, std::string_view sentence) {
  return kDomain.BadRequest("MESSAGE_INVALID", {{std::string(field), std::string(sentence)}});
}

bool HasControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char byte) {
    return static_cast<unsigned char>(byte) < 0x20 || static_cast<unsigned char>(byte) == 0x7f;
  });
}

bool IsPlainAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char byte) { return byte >= 0x20 && byte < 0x7f; });
}

bool ContinuesCharacter(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

// Base64 with padding (RFC 4648 4), which the header's words want; crypto/bytes.h has the other alphabet.
std::string Base64(std::string_view bytes) {
  std::string text = crypto::Base64UrlEncode(bytes);
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

// The text of a header: as it is when that is safe and short, else in encoded words, folded.
std::string HeaderText(std::string_view text) {
  if (IsPlainAscii(text) && text.size() <= kLongestLine - 10 && text.find("=?") == std::string_view::npos) {
    return std::string(text);
  }
  std::string words;
  while (!text.empty()) {
    std::size_t size = std::min(text.size(), kBytesInAWord);
    while (size < text.size() && size > 1 && ContinuesCharacter(text[size])) --size;
    if (!words.empty()) words += "\r\n ";
    words += "=?UTF-8?B?" + Base64(text.substr(0, size)) + "?=";
    text.remove_prefix(size);
  }
  return words;
}

// "Name <address>"; the name as a quoted string when it is plain.
std::string Mailbox(const std::string& name, const std::string& address) {
  if (name.empty()) return address;
  std::string shown = HeaderText(name);
  if (shown == name) {
    std::string quoted;
    for (const char byte : name) {
      if (byte == '"' || byte == '\\') quoted += '\\';
      quoted += byte;
    }
    shown = "\"" + quoted + "\"";
  }
  return shown + " <" + address + ">";
}

// Lines of a text whatever they end in.
std::vector<std::string_view> LinesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string QuotedPrintable(std::string_view text) {
  std::string out;
  for (const std::string_view line : LinesOf(text)) {
    std::size_t width = 0;
    for (std::size_t at = 0; at < line.size(); ++at) {
      const auto byte = static_cast<unsigned char>(line[at]);
      const bool last = at + 1 == line.size();
      const bool plain =
          (byte > 0x20 && byte < 0x7f && byte != '=') || ((byte == ' ' || byte == '\t') && !last);
      const std::string piece =
          plain ? std::string(1, line[at]) : std::string{'=', kHex[byte >> 4], kHex[byte & 15]};
      if (width + piece.size() > kLongestLine - 1) {
        out += "=\r\n";
        width = 0;
      }
      out += piece;
      width += piece.size();
    }
    out += "\r\n";
  }
  return out;
}

std::string Part(std::string_view type, std::string_view text) {
  return fmt::format(
      "Content-Type: {}; charset=UTF-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}", type,
      QuotedPrintable(text));
}

absl::Status Check(const Message& message) {
  if (!IsEnvelopeAddress(message.from)) return Invalid("from", "Give the sender's address.");
  if (!IsEnvelopeAddress(message.to)) return Invalid("to", "Give the reader's address.");
  if (!IsEnvelopeAddress(message.message_id))
    return Invalid("message_id", "Give an id such as 1@example.org.");
  for (const auto& [field, text] :
       {std::pair("from_name", &message.from_name), std::pair("subject", &message.subject)}) {
    if (HasControl(*text) || Utf8Length(*text) < 0) return Invalid(field, "Write one line of UTF-8.");
  }
  if (Utf8Length(message.text) < 0 || Utf8Length(message.html) < 0) return Invalid("text", "Write UTF-8.");
  return absl::OkStatus();
}

}  // namespace

bool IsEnvelopeAddress(std::string_view text) {
  const std::size_t at = text.find('@');
  return text.size() <= kLongestAddress && at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find('@', at + 1) == std::string_view::npos &&
         std::all_of(text.begin(), text.end(),
                     [](char byte) { return byte > 0x20 && byte < 0x7f && byte != '<' && byte != '>'; });
}

absl::StatusOr<std::string> Compose(const Message& message) {
  RETURN_IF_ERROR(Check(message));
  std::string bytes = fmt::format(
      "From: {}\r\nTo: {}\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: <{}>\r\nMIME-Version: 1.0\r\n"
      "Auto-Submitted: auto-generated\r\n",
      Mailbox(message.from_name, message.from), message.to, HeaderText(message.subject),
      absl::FormatTime("%a, %d %b %E4Y %H:%M:%S +0000", message.date, absl::UTCTimeZone()),
      message.message_id);
  if (message.html.empty()) return bytes + Part("text/plain", message.text);
  // Its "=_" cannot stand in quoted-printable text (RFC 2045 6.7).
  const std::string boundary = "=_" + crypto::HexEncode(crypto::Sha256(message.message_id)).substr(0, 32);
  bytes += fmt::format("Content-Type: multipart/alternative; boundary=\"{}\"\r\n\r\n", boundary);
  bytes += fmt::format("--{0}\r\n{1}\r\n--{0}\r\n{2}\r\n--{0}--\r\n", boundary,
                       Part("text/plain", message.text), Part("text/html", message.html));
  return bytes;
}

}  // namespace plenary::mail
