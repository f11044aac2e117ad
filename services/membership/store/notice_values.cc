#include "services/membership/store/notice_values.h"

#include "nlohmann/json.hpp"

namespace plenary::membership::store {

using Json = nlohmann::json;

std::string ToJson(const std::map<std::string, std::string>& values) {
  return Json(values).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::map<std::string, std::string> ValuesOf(const std::string& json) {
  std::map<std::string, std::string> values;
  const Json parsed = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return values;
  for (const auto& [name, value] : parsed.items()) {
    if (value.is_string()) values[name] = value.get<std::string>();
  }
  return values;
}

}  // namespace plenary::membership::store
