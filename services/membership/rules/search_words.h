// Names as a search looks them up: by the beginnings of their words.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plenary::membership::rules {

// Words of a name that are looked up, and characters of a word.
inline constexpr std::size_t kMostSearchWords = 8;
inline constexpr std::size_t kLongestSearchWord = 40;

// The first words of UTF-8 text, folded as CompanyKey does, cut to size, sorted and each once. Blanks and
// ASCII punctuation part words: "O'Neil-Smith" has three.
std::vector<std::string> SearchWords(std::string_view text);

// What a person typed as beginnings to look up: words as above, and parts with an @, which are looked up as
// addresses. nullopt for text that is not UTF-8, or holds nothing to look up though it is not blank.
std::optional<std::vector<std::string>> SearchTerms(std::string_view text);

}  // namespace plenary::membership::rules
