#include "services/membership/rules/csv.h"

#include "common/status/macros.h"
#include "services/membership/errors.h"
#include "services/membership/limits.h"
#include "services/membership/rules/text.h"

namespace plenary::membership::rules {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kUtf16Marks[] = {"\xff\xfe", "\xfe\xff"};

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const auto next = DecodeUtf8(text);
    if (!next.has_value()) return false;
    text.remove_prefix(next->size);
  }
  return true;
}

// Whether the text, behind marks of its own, begins as a formula does.
bool LooksLikeFormula(std::string_view text) {
  const std::size_t first = text.find_first_not_of('\'');
  return first != std::string_view::npos &&
         std::string_view("=+-@").find(text[first]) != std::string_view::npos;
}

}  // namespace

std::string CsvField(std::string_view text) {
  std::string field;
  if (LooksLikeFormula(text)) field.push_back('\'');
  field += text;
  if (field.find_first_of(",\"\r\n") == std::string::npos && Trim(field) == field) return field;
  std::string quoted = "\"";
  for (const char c : field) {
    if (c == '"') quoted.push_back('"');
    quoted.push_back(c);
  }
  return quoted + '"';
}

std::string_view PlainText(std::string_view field) {
  if (!field.empty() && field.front() == '\'' && LooksLikeFormula(field)) field.remove_prefix(1);
  return field;
}

absl::Status CsvReader::Feed(std::string_view bytes) {
  size_ += bytes.size();
  if (size_ > limits::kLargestFile) {
    return errors::CsvTooLarge("The file has more than 64 MiB. Cut it into several.");
  }
  if (started_) return Consume(bytes);
  head_ += bytes;
  if (head_.size() < kByteOrderMark.size()) return absl::OkStatus();
  started_ = true;
  std::string_view rest = head_;
  for (const std::string_view mark : kUtf16Marks) {
    if (rest.substr(0, mark.size()) == mark) {
      return errors::CsvEncodingInvalid(1, "The file is UTF-16.");
    }
  }
  if (rest.substr(0, kByteOrderMark.size()) == kByteOrderMark) rest.remove_prefix(kByteOrderMark.size());
  RETURN_IF_ERROR(Consume(rest));
  head_.clear();
  return absl::OkStatus();
}

absl::Status CsvReader::Finish() {
  if (!started_) RETURN_IF_ERROR(Consume(head_));
  switch (state_) {
    case State::kQuoted:
      return errors::CsvMalformed(record_line_,
                                  "A quotation mark opens a field here and none closes it. Close it.");
    case State::kAfterCarriageReturn:
      return errors::CsvMalformed(
          line_, "The file ends in a carriage return without a line feed. End lines with CRLF or LF.");
    default:
      break;
  }
  if (fields_.empty() && field_.empty() && !quoted_) return absl::OkStatus();
  return EndRecord();
}

absl::Status CsvReader::Consume(std::string_view bytes) {
  for (const char c : bytes) RETURN_IF_ERROR(Step(c));
  return absl::OkStatus();
}

absl::Status CsvReader::Step(char c) {
  if (c == '\0') return errors::CsvEncodingInvalid(line_, "There is a NUL byte; perhaps the file is UTF-16.");
  switch (state_) {
    case State::kQuoted:
      if (c == '"') {
        state_ = State::kQuoteInQuoted;
        return absl::OkStatus();
      }
      if (c == '\n') ++line_;
      return Append(c);
    case State::kQuoteInQuoted:
      if (c == '"') {
        state_ = State::kQuoted;
        return Append(c);
      }
      if (c != ',' && c != '\n' && c != '\r') {
        return errors::CsvMalformed(line_,
                                    "There is text after a closing quotation mark. Double a quotation mark "
                                    "that belongs to the text.");
      }
      return StepOutsideQuotes(c);
    case State::kAfterCarriageReturn:
      if (c != '\n') {
        return errors::CsvMalformed(
            line_, "There is a carriage return without a line feed. End lines with CRLF or LF.");
      }
      return StepOutsideQuotes(c);
    case State::kFieldStart:
      if (c == '"') {
        quoted_ = true;
        state_ = State::kQuoted;
        return absl::OkStatus();
      }
      return StepOutsideQuotes(c);
    case State::kPlain:
      return StepOutsideQuotes(c);
  }
  return absl::OkStatus();
}

absl::Status CsvReader::StepOutsideQuotes(char c) {
  switch (c) {
    case ',':
      return EndField();
    case '\n':
      ++line_;
      return EndRecord();
    case '\r':
      state_ = State::kAfterCarriageReturn;
      return absl::OkStatus();
    case '"':
      return errors::CsvMalformed(line_,
                                  "There is a quotation mark inside a field without quotation marks. Put the "
                                  "whole field into quotation marks and double those inside.");
    default:
      state_ = State::kPlain;
      return Append(c);
  }
}

absl::Status CsvReader::Append(char c) {
  if (field_.size() == limits::kLongestField) {
    return errors::CsvMalformed(
        record_line_,
        "A field has more than 10,000 bytes. Shorten it, or close the quotation mark that is open.");
  }
  field_.push_back(c);
  return absl::OkStatus();
}

absl::Status CsvReader::EndField() {
  // Separators are ASCII, so no character of UTF-8 reaches over the end of a field.
  if (!IsUtf8(field_)) return errors::CsvEncodingInvalid(record_line_, "The text is not UTF-8.");
  if (fields_.size() == limits::kMostFields) {
    return errors::CsvMalformed(
        record_line_, "There are more than 100 fields in one row. Check its commas and quotation marks.");
  }
  fields_.push_back(std::move(field_));
  field_.clear();
  state_ = State::kFieldStart;
  return absl::OkStatus();
}

absl::Status CsvReader::EndRecord() {
  RETURN_IF_ERROR(EndField());
  const bool empty_line = fields_.size() == 1 && fields_.front().empty() && !quoted_;
  const absl::Status status = empty_line ? absl::OkStatus() : each_(record_line_, fields_);
  fields_.clear();
  quoted_ = false;
  record_line_ = line_;
  return status;
}

}  // namespace plenary::membership::rules
