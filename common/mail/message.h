// An e-mail message as the wire wants it: RFC 5322 headers, RFC 2047 words, MIME multipart/alternative.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace plenary::mail {

struct Message {
  std::string from;       // address, ASCII
  std::string from_name;  // what a reader sees beside it, UTF-8; "": the address alone
  std::string to;         // address, ASCII
  std::string subject;    // one line, UTF-8
  std::string text;       // UTF-8; complete without the HTML
  std::string html;       // UTF-8; "": text alone
  // Without angle brackets, "notice.0@society.example": the same message has the same one each time it is
  // sent.
  std::string message_id;
  absl::Time date;
};

// The bytes, lines ending in CRLF and none longer than 998 bytes; the same message gives the same bytes.
// INVALID_ARGUMENT when something of it could break out of its header: a line break or another control
// character in names, subject or id, or an address that is none.
absl::StatusOr<std::string> Compose(const Message& message);

// Whether the text can be an address in an envelope: printable ASCII without blanks and angle brackets, one
// "@" with something on either side, at most 254 bytes.
bool IsEnvelopeAddress(std::string_view text);

// What a reader sees of a message: used by tests and by the command that shows caught mail.
struct ReadMail {
  std::string from;
  std::string to;
  std::string subject;  // decoded
  std::string date;
  std::string message_id;  // with angle brackets
  std::string text;        // decoded, lines ending in LF
  std::string html;        // the same; "" when there is none
};

// Reads what Compose() wrote, with any headers that servers added on its way. INVALID_ARGUMENT when it is not
// such a message. No general reader of MIME: encodings and parts that Compose() never writes stay as they
// are.
absl::StatusOr<ReadMail> Read(std::string_view bytes);

}  // namespace plenary::mail
