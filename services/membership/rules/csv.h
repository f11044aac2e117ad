// A reader of CSV (RFC 4180) that takes the file in pieces of any size and holds one record at a time.
//
// UTF-8, a byte-order mark allowed; lines end in CRLF or LF; a field in quotation marks may hold commas,
// quotation marks (doubled) and line breaks. Lines without a character are skipped. Anything that RFC 4180
// does not know is refused rather than guessed: a file that was read wrongly does more harm than one that
// was not read.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace plenary::membership::rules {

using CsvFields = std::vector<std::string>;

class CsvReader {
 public:
  // `each` is called for every record, in order, with the line it starts on (from 1); an error it returns
  // stops the reading.
  using Each = std::function<absl::Status(std::int64_t line, const CsvFields& fields)>;
  explicit CsvReader(Each each) : each_(std::move(each)) {}

  // CSV_ENCODING_INVALID (not UTF-8, or a NUL), CSV_MALFORMED, CSV_TOO_LARGE (limits.h), or the error of
  // `each`. After an error the reader is of no further use.
  absl::Status Feed(std::string_view bytes);

  // The end of the file: the last record may lack its line break.
  absl::Status Finish();

 private:
  enum class State { kFieldStart, kPlain, kQuoted, kQuoteInQuoted, kAfterCarriageReturn };

  absl::Status Consume(std::string_view bytes);
  absl::Status Step(char c);
  absl::Status StepOutsideQuotes(char c);
  absl::Status Append(char c);
  absl::Status EndField();
  absl::Status EndRecord();

  Each each_;
  std::string head_;  // what came before three bytes were there to look for the byte-order mark
  bool started_ = false;
  std::size_t size_ = 0;
  State state_ = State::kFieldStart;
  std::string field_;
  CsvFields fields_;
  bool quoted_ = false;  // the record holds a quoted field, so it is no empty line
  std::int64_t line_ = 1;
  std::int64_t record_line_ = 1;
};

// A field for a file that people open in a spreadsheet: in quotation marks where RFC 4180 asks for them, and
// with a mark (') in front where the spreadsheet would else take the text for a formula ("=cmd|…") and run
// it.
std::string CsvField(std::string_view text);

// The text of a field without that mark. PlainText of what CsvField marked is the text again, also of one
// that begins with a mark of its own.
std::string_view PlainText(std::string_view field);

}  // namespace plenary::membership::rules
