#include "services/membership/rules/company_key.h"

#include "services/membership/rules/text.h"

namespace plenary::membership::rules {
namespace {

// Simple case folding of the scripts in which the register's names are written (Unicode CaseFolding.txt,
// status C, for these ranges).
char32_t Fold(char32_t c) {
  if (c >= 'A' && c <= 'Z') return c + 0x20;
  if (c < 0x80) return c;
  if (c >= 0xc0 && c <= 0xde && c != 0xd7) return c + 0x20;                    // Latin-1
  if ((c >= 0x100 && c <= 0x12f) || (c >= 0x132 && c <= 0x137)) return c | 1;  // Latin Extended-A,
  if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e))
    return c + (c & 1);  // pairs even-odd, odd-even
  if (c >= 0x14a && c <= 0x177) return c | 1;
  if (c == 0x178) return 0xff;
  if (c >= 0x391 && c <= 0x3a9) return c + 0x20;  // Greek
  if (c >= 0x400 && c <= 0x40f) return c + 0x50;  // Cyrillic
  if (c >= 0x410 && c <= 0x42f) return c + 0x20;
  return c;
}

}  // namespace

std::string CompanyKey(std::string_view name) {
  std::string key;
  bool gap = false;
  name = Trim(name);
  while (const auto next = DecodeUtf8(name)) {
    name.remove_prefix(next->size);
    if (IsBlank(next->value)) {
      gap = true;
      continue;
    }
    if (gap) key.push_back(' ');
    gap = false;
    AppendUtf8(key, Fold(next->value));
  }
  return key;
}

}  // namespace plenary::membership::rules
