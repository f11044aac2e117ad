// How the values of a notice are stored: a JSON object of texts.
#pragma once

#include <map>
#include <string>

namespace plenary::membership::store {

// Bytes that are no UTF-8 become U+FFFD.
std::string ToJson(const std::map<std::string, std::string>& values);
// Empty for text that ToJson() did not write.
std::map<std::string, std::string> ValuesOf(const std::string& json);

}  // namespace plenary::membership::store
