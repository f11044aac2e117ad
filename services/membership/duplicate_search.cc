#include "services/membership/duplicate_search.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "common/db/transact.h"
#include "common/status/macros.h"
#include "services/membership/errors.h"
#include "services/membership/errors_rolls.h"
#include "services/membership/limits_duplicates.h"

namespace plenary::membership {
namespace {

// A record and one of the groups it is in.
struct InGroup {
  std::size_t group = 0;  // a hash: two groups of one hash are compared in vain
  std::uint32_t record = 0;

  friend auto operator<=>(const InGroup&, const InGroup&) = default;
};

// Calls `each` once for every two records that share a group.
template <typename Features>
void EachPair(const std::vector<Features>& records,
              const std::function<void(const Features&, const Features&)>& each) {
  std::vector<InGroup> members;
  for (std::uint32_t i = 0; i < records.size(); ++i) {
    for (const std::string& group : rules::GroupsOf(records[i]))
      members.push_back({std::hash<std::string>()(group), i});
  }
  std::sort(members.begin(), members.end());
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
  for (std::size_t first = 0; first < members.size(); ++first) {
    for (std::size_t other = first + 1;
         other < members.size() && members[other].group == members[first].group; ++other) {
      if (members[first].record != members[other].record)
        pairs.emplace_back(members[first].record, members[other].record);
    }
  }
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  for (const auto& [a, b] : pairs) each(records[a], records[b]);
}

template <typename Features>
absl::StatusOr<Comparison> Compare(db::Pool& pool, const rpc::Call& call, v1::DuplicateKind kind,
                                   absl::StatusOr<std::vector<Features>> (*load)(db::Session&,
                                                                                 std::string_view,
                                                                                 std::int64_t),
                                   rules::Match (*compare)(const Features&, const Features&),
                                   const std::function<bool(std::int64_t, std::int64_t)>& read) {
  ASSIGN_OR_RETURN(const std::int64_t total, db::Autocommit(pool, call.deadline(), [&](db::Session& session) {
                     return store::CountToCompare(session, kind);
                   }));
  std::vector<Features> records;
  bool more = true;
  while (more && static_cast<std::int64_t>(records.size()) < limits::kMostCompared) {
    const std::string after = records.empty() ? "" : records.back().id;
    ASSIGN_OR_RETURN(auto page, db::Autocommit(pool, call.deadline(), [&](db::Session& session) {
                       return load(session, after, limits::kComparedAtOnce);
                     }));
    more = static_cast<std::int64_t>(page.size()) == limits::kComparedAtOnce;
    std::move(page.begin(), page.end(), std::back_inserter(records));
    if (!read(static_cast<std::int64_t>(records.size()), total)) return errors::CallerGone();
  }
  Comparison comparison{.compared = static_cast<std::int64_t>(records.size())};
  EachPair<Features>(records, [&](const Features& a, const Features& b) {
    rules::Match match = compare(a, b);
    if (match.score < rules::kProposeFrom) return;
    comparison.pairs.push_back({.kind = kind,
                                .first = std::min(a.id, b.id),
                                .second = std::max(a.id, b.id),
                                .match = std::move(match)});
  });
  // The likeliest first, should there be more than one call proposes.
  std::stable_sort(comparison.pairs.begin(), comparison.pairs.end(),
                   [](const auto& a, const auto& b) { return a.match.score > b.match.score; });
  return comparison;
}

}  // namespace

absl::StatusOr<Comparison> CompareAll(db::Pool& pool, const rpc::Call& call, v1::DuplicateKind kind,
                                      const std::function<bool(std::int64_t, std::int64_t)>& read) {
  if (kind == v1::DUPLICATE_KIND_COMPANY) {
    return Compare<rules::CompanyFeatures>(pool, call, kind, store::CompaniesToCompare,
                                           rules::CompareCompanies, read);
  }
  return Compare<rules::PersonFeatures>(pool, call, kind, store::PeopleToCompare, rules::ComparePeople, read);
}

}  // namespace plenary::membership
