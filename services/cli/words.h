// Values of enums as the words that people type and read: STATE_PROPOSED of Motion is "proposed",
// ACT_HOLD_OFFICE "hold-office".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/generated_enum_reflection.h"

namespace plenary::cli {

// "" for the zero value, "?" for a number that this program does not know.
std::string WordOf(const google::protobuf::EnumDescriptor& type, int number);
// In the order of the contract, without the zero value.
std::vector<std::string> WordsOf(const google::protobuf::EnumDescriptor& type);
// 0 for a word that is none.
int NumberOf(const google::protobuf::EnumDescriptor& type, std::string_view word);

template <typename Enum>
std::string Word(Enum value) {
  return WordOf(*google::protobuf::GetEnumDescriptor<Enum>(), value);
}
template <typename Enum>
std::vector<std::string> Words() {
  return WordsOf(*google::protobuf::GetEnumDescriptor<Enum>());
}
template <typename Enum>
Enum ValueOf(std::string_view word) {
  return static_cast<Enum>(NumberOf(*google::protobuf::GetEnumDescriptor<Enum>(), word));
}

}  // namespace plenary::cli
