// Addresses that people give for pictures and links.
#pragma once

#include <string_view>

#include "services/election/limits.h"

namespace plenary::election {

// Whether an address begins with https://, is at most kLongestUri long, and holds nothing that would break
// out of an attribute of a page.
inline bool IsHttps(std::string_view uri) {
  constexpr std::string_view kHttps = "https://";
  return uri.size() > kHttps.size() && uri.size() <= kLongestUri && uri.substr(0, kHttps.size()) == kHttps &&
         uri.find_first_of(" \t\r\n\"<>") == std::string_view::npos;
}

inline constexpr char kHttpsSentence[] =
    "Give an address that begins with https:// and has at most 500 characters.";

}  // namespace plenary::election
