#include "services/cli/output.h"

#include "absl/status/statusor.h"
#include "common/status/error.h"
#include "common/time/proto_time.h"
#include "fmt/format.h"
#include "google/protobuf/util/json_util.h"
#include "services/cli/display_width.h"
#include "services/cli/exit_code.h"

namespace plenary::cli {
namespace {

// The sentence, the fields and the reason take three lines of a terminal at most.
std::string FieldsLine(const absl::Status& error) {
  std::string line;
  for (const FieldViolation& violation : FieldViolationsOf(error)) {
    if (!line.empty()) line += "; ";
    line += violation.field + ": " + violation.description;
  }
  return line;
}

}  // namespace

Json JsonOf(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string text;
  const auto written = google::protobuf::util::MessageToJsonString(message, &text, options);
  if (!written.ok()) return Json::object();
  return Json::parse(text, nullptr, /*allow_exceptions=*/false);
}

std::string InstantText(bool present, const google::protobuf::Timestamp& timestamp) {
  if (!present) return "";
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", FromTimestamp(timestamp), absl::UTCTimeZone());
}

std::string LastSegment(std::string_view name) { return std::string(name.substr(name.rfind('/') + 1)); }

void Output::Document(const google::protobuf::Message& message) {
  if (json()) Document(JsonOf(message));
}

void Output::Document(const Json& document) {
  if (json()) out_ << document.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

void Output::Line(std::string_view text) {
  if (!json()) out_ << Printable(text) << '\n';
}

void Output::Print(const Table& table, std::string_view empty_sentence) {
  if (!json()) table.Print(out_, empty_sentence);
}

void Output::Print(const Facts& facts) {
  if (!json()) facts.Print(out_);
}

void Output::AddToError(const std::string& key, const std::string& value) {
  if (value.empty()) {
    beside_error_.erase(key);
  } else {
    beside_error_[key] = value;
  }
}

void Output::Error(const absl::Status& error) {
  const std::string message(error.message());
  const std::string reason = ReasonOf(error);
  if (json()) {
    Json fields = Json::array();
    for (const FieldViolation& violation : FieldViolationsOf(error)) {
      fields.push_back({{"field", violation.field}, {"description", violation.description}});
    }
    Json document = {{"error",
                      {{"code", std::string(absl::StatusCodeToString(error.code()))},
                       {"reason", reason},
                       {"message", message},
                       {"field_violations", fields},
                       {"exit_code", ExitCodeOf(error)}}}};
    document.update(beside_error_);
    err_ << document.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
    return;
  }
  err_ << Printable(message) << '\n';
  const std::string fields = FieldsLine(error);
  if (!fields.empty()) err_ << "  " << Printable(fields) << '\n';
  if (!reason.empty()) err_ << '[' << Printable(reason) << "]\n";
}

}  // namespace plenary::cli
