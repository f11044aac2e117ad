// What the command says: tables and sentences for people, or one JSON document for programs.
//
// Messages of the contract are written by protobuf's JSON mapping with the field names of the contract
// (snake_case) and every field without a value too: bytes are base64, 64-bit integers are strings, instants
// are RFC 3339. Documents that the command composes itself write hashes, keys and signatures as lower-case
// hexadecimal.
#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"
#include "nlohmann/json.hpp"
#include "services/cli/table.h"

namespace plenary::cli {

using Json = nlohmann::ordered_json;

// A message of the contract as a JSON value.
Json JsonOf(const google::protobuf::Message& message);

// "2022-08-03 09:30:00" in UTC; "" for an absent one.
std::string InstantText(bool present, const google::protobuf::Timestamp& timestamp);

// The id at the end of a resource name, "people/0abc" -> "0abc".
std::string LastSegment(std::string_view name);

class Output {
 public:
  enum class Format { kPeople, kJson };

  // Borrows both streams.
  Output(std::ostream& out, std::ostream& err, Format format) : out_(out), err_(err), format_(format) {}

  bool json() const { return format_ == Format::kJson; }

  // The one document; nothing when the output is for people.
  void Document(const google::protobuf::Message& message);
  void Document(const Json& json);

  // For people; nothing when the output is JSON. A line is made printable.
  void Line(std::string_view text);
  void Print(const Table& table, std::string_view empty_sentence);
  void Print(const Facts& facts);

  // The error on standard error: the sentence, each field at fault, "[REASON]"; as JSON one object.
  void Error(const absl::Status& error);
  // What the document of an error says besides, whatever the error; "" takes it out.
  void AddToError(const std::string& key, const std::string& value);

 private:
  std::ostream& out_;
  std::ostream& err_;
  const Format format_;
  Json beside_error_ = Json::object();
};

}  // namespace plenary::cli
