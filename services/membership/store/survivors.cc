#include "services/membership/store/survivors.h"

#include "common/status/macros.h"

namespace plenary::membership::store {
namespace {

// Merges that lead from one to the next. A chain has no rings: a survivor that is merged is gone from the
// register.
constexpr int kLongestChain = 20;

constexpr char kSurvivor[] = "SELECT survivor FROM merges WHERE duplicate_now = ?";

}  // namespace

absl::StatusOr<std::string> SurvivorOf(db::Session& session, std::string_view id) {
  std::string current(id);
  for (int i = 0; i < kLongestChain; ++i) {
    ASSIGN_OR_RETURN(const auto row, session.QueryOne(kSurvivor, {current}));
    if (!row.has_value()) break;
    current = row->Text(0);
  }
  return current;
}

}  // namespace plenary::membership::store
