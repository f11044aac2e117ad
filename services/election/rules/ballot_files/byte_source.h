// The bytes of a stream one by one, in big blocks and with the line they stand on.
#pragma once

#include <cstdint>
#include <istream>
#include <memory>
#include <string>

namespace plenary::election::ballot_files {

class ByteSource {
 public:
  static constexpr int kEnd = -1;

  // Passes over a UTF-8 byte order mark. `in` outlives the source.
  explicit ByteSource(std::istream& in);

  // The byte that comes next, 0 … 255, or kEnd.
  int Peek() { return next_ != end_ || Fill() ? static_cast<unsigned char>(*next_) : kEnd; }

  // Moves behind the byte that Peek gave, which was not kEnd.
  void Skip() {
    line_ += *next_ == '\n' ? 1 : 0;
    ++next_;
  }

  // The line of the byte that comes next, from 1. A line ends with LF.
  std::int64_t line() const { return line_; }

  // Whether the stream broke, which otherwise looks like its end.
  bool broken() const { return in_.bad(); }

  // The number whose first digit is next, digits to the last one. Numbers from 10^17 on come out as some
  // number from 10^17 on, however many digits they have.
  std::int64_t Number();

  // The same for what nearly every number of a file of ballots is: up to three digits and then a space, which
  // is passed over, too. -1, and nothing is passed over, when something else comes.
  int ShortNumber();

  // Space, tab and carriage return.
  void SkipBlanks();

  // To the end of the line, and behind it.
  void SkipLine();

  // A few bytes of what comes next up to a blank, made fit to be shown in a message; "the end of the file" or
  // "the end of the line" where nothing comes.
  std::string Show();

 private:
  bool Fill();

  std::istream& in_;
  std::unique_ptr<char[]> block_;
  const char* next_ = nullptr;
  const char* end_ = nullptr;
  std::int64_t line_ = 1;
};

inline bool IsDigit(int byte) { return byte >= '0' && byte <= '9'; }
inline bool IsBlank(int byte) { return byte == ' ' || byte == '\t' || byte == '\r'; }

inline std::int64_t ByteSource::Number() {
  constexpr std::int64_t kLargeEnough = 100'000'000'000'000'000;
  std::int64_t number = 0;
  for (int byte = Peek(); IsDigit(byte); byte = Peek()) {
    if (number < kLargeEnough) number = 10 * number + (byte - '0');
    ++next_;
  }
  return number;
}

inline int ByteSource::ShortNumber() {
  constexpr int kMostDigits = 3;
  if (end_ - next_ <= kMostDigits) return -1;
  int number = 0;
  for (int digits = 0; digits <= kMostDigits; ++digits) {
    const char byte = next_[digits];
    if (byte == ' ' && digits > 0) {
      next_ += digits + 1;
      return number;
    }
    if (!IsDigit(byte)) return -1;
    number = 10 * number + (byte - '0');
  }
  return -1;
}

inline void ByteSource::SkipBlanks() {
  while (IsBlank(Peek())) ++next_;
}

}  // namespace plenary::election::ballot_files
