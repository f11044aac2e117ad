#include "services/membership/store/lookup.h"

#include "common/status/macros.h"

namespace plenary::membership::store {
namespace {

// Keys a statement asks for at once. Statements are constants, so a shorter list repeats its last key.
constexpr std::size_t kKeysPerLookup = 250;

std::string Placeholders() {
  std::string list = " (?";
  for (std::size_t i = 1; i < kKeysPerLookup; ++i) list += ", ?";
  return list + ") ";
}

}  // namespace

absl::Status LookUp(db::Session& session, std::string_view before, std::string_view after,
                    const std::set<std::string>& keys, const db::Params& more,
                    const std::function<void(const db::Row&)>& each) {
  static const std::string& placeholders = *new std::string(Placeholders());
  const std::string statement = std::string(before) + placeholders + std::string(after);
  for (auto next = keys.begin(); next != keys.end();) {
    db::Params params;
    for (; params.size() < kKeysPerLookup && next != keys.end(); ++next) params.emplace_back(*next);
    params.resize(kKeysPerLookup, params.back());
    params.insert(params.end(), more.begin(), more.end());
    RETURN_IF_ERROR(session.Query(statement, params, each));
  }
  return absl::OkStatus();
}

}  // namespace plenary::membership::store
