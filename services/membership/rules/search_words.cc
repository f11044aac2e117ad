#include "services/membership/rules/search_words.h"

#include <algorithm>
#include <utility>

#include "services/membership/rules/company_key.h"
#include "services/membership/rules/text.h"

namespace plenary::membership::rules {
namespace {

bool PartsWords(char32_t c) {
  const bool letter_or_digit = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  return c < 0x80 ? !letter_or_digit : IsBlank(c);
}

}  // namespace

std::vector<std::string> SearchWords(std::string_view text) {
  const std::string key = CompanyKey(text);
  std::vector<std::string> words;
  std::size_t length = 0;  // of the word that is being read
  std::string_view rest = key;
  while (const auto next = DecodeUtf8(rest)) {
    rest.remove_prefix(next->size);
    if (PartsWords(next->value)) {
      length = 0;
      continue;
    }
    if (length == 0) {
      if (words.size() == kMostSearchWords) break;
      words.emplace_back();
    }
    if (length++ < kLongestSearchWord) AppendUtf8(words.back(), next->value);
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

std::optional<std::vector<std::string>> SearchTerms(std::string_view text) {
  if (!CountPlainCharacters(text).has_value()) return std::nullopt;
  // Folded, with single spaces between the parts.
  const std::string key = CompanyKey(text);
  std::vector<std::string> terms;
  for (std::size_t start = 0; start < key.size();) {
    const std::size_t end = std::min(key.find(' ', start), key.size());
    const std::string part = key.substr(start, end - start);
    if (part.find('@') != std::string::npos) {
      terms.push_back(part);
    } else {
      for (std::string& word : SearchWords(part)) terms.push_back(std::move(word));
    }
    start = end + 1;
  }
  if (terms.empty() && !key.empty()) return std::nullopt;
  return terms;
}

}  // namespace plenary::membership::rules
