#include "services/ethics/rules/code_shape.h"

#include <fmt/format.h>

#include <set>
#include <string>

#include "common/ids/id.h"
#include "common/status/field_checks.h"
#include "services/ethics/errors.h"
#include "services/ethics/limits.h"

namespace plenary::ethics::rules {
namespace {

constexpr char kIdWanted[] = "Give an id of 1 to 63 of a-z, 0-9 and -.";

// Ids inside a version have the alphabet of resource ids.
bool IsId(const std::string& id) { return ResourceId("x", "x/" + id).has_value(); }

std::string AreaPath(int area) { return fmt::format("code_version.areas[{}]", area); }
std::string ProvisionPath(int area, int provision) {
  return fmt::format("{}.provisions[{}]", AreaPath(area), provision);
}

void CheckArea(const v1::Area& area, int index, FieldChecks& checks) {
  const std::string path = AreaPath(index);
  checks.Require(IsId(area.id()), path + ".id", kIdWanted);
  checks.Text(path + ".title", area.title(), 1, limits::kAreaTitleLength);
  checks.Require(area.provisions_size() >= 1 && area.provisions_size() <= limits::kProvisionsOfArea,
                 path + ".provisions", fmt::format("Give 1 to {} provisions.", limits::kProvisionsOfArea));
  for (int i = 0; i < area.provisions_size(); ++i) {
    checks.Require(IsId(area.provisions(i).id()), ProvisionPath(index, i) + ".id", kIdWanted);
    checks.Text(ProvisionPath(index, i) + ".text", area.provisions(i).text(), 1, limits::kProvisionLength);
  }
}

absl::Status CheckIdsStandOnce(const v1::CodeVersion& code) {
  std::set<std::string> areas, provisions;
  for (int i = 0; i < code.areas_size(); ++i) {
    const v1::Area& area = code.areas(i);
    if (!areas.insert(area.id()).second) return errors::ProvisionDuplicate(AreaPath(i) + ".id", area.id());
    for (int j = 0; j < area.provisions_size(); ++j) {
      const std::string& id = area.provisions(j).id();
      if (!provisions.insert(id).second) return errors::ProvisionDuplicate(ProvisionPath(i, j) + ".id", id);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckCode(const v1::CodeVersion& code) {
  FieldChecks checks;
  const auto id = ResourceId("codeVersions", code.name());
  checks.Require(id && *id != "current", "code_version.name",
                 "Give codeVersions/{version}, the id of 1 to 63 of a-z, 0-9 and -, and not \"current\".");
  checks.Text("code_version.preamble", code.preamble(), 1, limits::kPreambleLength);
  checks.Require(code.areas_size() >= 1 && code.areas_size() <= limits::kAreasOfCode, "code_version.areas",
                 fmt::format("Give 1 to {} areas of responsibility.", limits::kAreasOfCode));
  for (int i = 0; i < code.areas_size(); ++i) CheckArea(code.areas(i), i, checks);
  if (!checks.ok()) return errors::Fields(checks);
  return CheckIdsStandOnce(code);
}

}  // namespace plenary::ethics::rules
