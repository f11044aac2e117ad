#include "services/cli/roll_copy_file.h"

#include <optional>

#include "common/crypto/bytes.h"
#include "common/status/macros.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "services/cli/errors.h"
#include "services/cli/files.h"
#include "services/cli/recompute.h"

namespace plenary::cli {
namespace {

using Json = nlohmann::ordered_json;
using membership::v1::RollCopyLine;

std::optional<std::string> TextOf(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

absl::Status WrongLine(std::size_t number) {
  return errors::InputInvalid(
      fmt::format("Line {} is none that `plenary roll export` wrote. Have the roll exported again.", number));
}

std::optional<RollCopyLine> LineOf(const Json& json) {
  const auto unit = TextOf(json, "unit");
  const auto unit_name = TextOf(json, "unit_display_name");
  const auto person = TextOf(json, "representative");
  const auto person_name = TextOf(json, "representative_full_name");
  const auto email = TextOf(json, "email");
  if (!unit || !unit_name || !person || !person_name || !email) return std::nullopt;
  RollCopyLine line;
  line.set_unit(*unit);
  line.set_unit_display_name(*unit_name);
  line.set_representative(*person);
  line.set_representative_full_name(*person_name);
  line.set_email(*email);
  return line;
}

absl::Status CheckHash(const RollCopyFile& file) {
  std::vector<std::string> units;
  for (const RollCopyLine& line : file.lines) units.push_back(line.unit());
  const auto computed = RollSha256(units);
  if (computed.ok() && *computed == file.sha256) return absl::OkStatus();
  return errors::InputInvalid(
      "The lines do not give the hash in the first line: the file was changed or is not whole. Have the roll "
      "exported again.");
}

}  // namespace

std::string WriteRollCopyFile(const RollCopyFile& file) {
  std::string text = Json{{"election", file.election},
                          {"lines", file.lines.size()},
                          {"sha256", crypto::HexEncode(file.sha256)}}
                         .dump() +
                     "\n";
  for (const RollCopyLine& line : file.lines) {
    text += Json{{"unit", line.unit()},
                 {"unit_display_name", line.unit_display_name()},
                 {"representative", line.representative()},
                 {"representative_full_name", line.representative_full_name()},
                 {"email", line.email()}}
                .dump() +
            "\n";
  }
  return text;
}

absl::StatusOr<RollCopyFile> ReadRollCopyFile(std::string_view text) {
  RollCopyFile file;
  std::size_t number = 0, expected = 0;
  for (const std::string& content : LinesOf(text)) {
    ++number;
    const Json json = Json::parse(content, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object()) return WrongLine(number);
    if (number == 1) {
      const auto sha256 = crypto::HexDecode(TextOf(json, "sha256").value_or(""));
      const auto lines = json.find("lines");
      if (!sha256.has_value() || lines == json.end() || !lines->is_number_unsigned()) return WrongLine(1);
      file.election = TextOf(json, "election").value_or("");
      file.sha256 = *sha256;
      expected = lines->get<std::size_t>();
      continue;
    }
    auto line = LineOf(json);
    if (!line.has_value()) return WrongLine(number);
    file.lines.push_back(*std::move(line));
  }
  if (number == 0) return WrongLine(1);
  if (file.lines.size() != expected) {
    return errors::InputInvalid(
        fmt::format("The file has {} lines of the roll, and says it has {}. Have the roll "
                    "exported again.",
                    file.lines.size(), expected));
  }
  RETURN_IF_ERROR(CheckHash(file));
  return file;
}

}  // namespace plenary::cli
