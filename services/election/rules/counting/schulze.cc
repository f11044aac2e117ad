#include <algorithm>

#include "services/election/rules/counting/methods.h"
#include "services/election/rules/counting/pairwise.h"
#include "services/election/rules/counting/placing.h"

namespace plenary::election::counting {
namespace {

// The widest paths between all pairs (Floyd and Warshall): a path is as strong as its weakest majority.
std::vector<std::int64_t> Strengths(const std::vector<std::int64_t>& preferences, std::size_t n) {
  std::vector<std::int64_t> strengths(n * n, 0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const std::int64_t votes = preferences[i * n + j];
      if (votes > preferences[j * n + i]) strengths[i * n + j] = votes;
    }
  }
  for (std::size_t via = 0; via < n; ++via) {
    const std::int64_t* const onward = strengths.data() + via * n;
    for (std::size_t i = 0; i < n; ++i) {
      if (i == via) continue;
      std::int64_t* const row = strengths.data() + i * n;
      const std::int64_t reach = row[via];
      for (std::size_t j = 0; j < n; ++j) {
        if (j != i) row[j] = std::max(row[j], std::min(reach, onward[j]));
      }
    }
  }
  return strengths;
}

}  // namespace

void CountSchulze(const Contest& contest, const Profile& profile, v1::CountReport& report) {
  Order order{Active(contest), {}};
  const std::size_t n = order.options.size();
  const std::vector<std::int64_t> preferences = Preferences(profile, order.options);
  const std::vector<std::int64_t> strengths = Strengths(preferences, n);
  order.ahead.assign(n * n, 0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      order.ahead[i * n + j] = strengths[i * n + j] > strengths[j * n + i] ? 1 : 0;
    }
  }
  v1::Pairwise& pairwise = *report.mutable_pairwise();
  pairwise.mutable_options()->Assign(order.options.begin(), order.options.end());
  pairwise.mutable_preferences()->Assign(preferences.begin(), preferences.end());
  pairwise.mutable_strengths()->Assign(strengths.begin(), strengths.end());
  Place(contest, order, {}, report);
}

}  // namespace plenary::election::counting
