// Pairs that may be one: what is compared, and what was proposed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "plenary/membership/v1/duplicate_service.pb.h"
#include "services/membership/rules/duplicates.h"

namespace plenary::membership::store {

// By id, beyond `after`, at most `limit`.
absl::StatusOr<std::vector<rules::PersonFeatures>> PeopleToCompare(db::Session& session,
                                                                   std::string_view after,
                                                                   std::int64_t limit);
// The same, each with the domains and telephones of its people.
absl::StatusOr<std::vector<rules::CompanyFeatures>> CompaniesToCompare(db::Session& session,
                                                                       std::string_view after,
                                                                       std::int64_t limit);
absl::StatusOr<std::int64_t> CountToCompare(db::Session& session, v1::DuplicateKind kind);

// A proposal as it is stored; `first` is the lower id.
struct Proposal {
  std::string id;
  v1::DuplicateKind kind = v1::DUPLICATE_KIND_UNSPECIFIED;
  std::string first;
  std::string second;
  rules::Match match;
  v1::Duplicate::State state = v1::Duplicate::STATE_PROPOSED;
  std::string first_label;  // as the register has it now; "" when it is gone
  std::string second_label;
};
// False when the pair was proposed before, whatever became of it.
absl::StatusOr<bool> InsertProposal(db::Transaction& transaction, const Proposal& proposal, absl::Time now);
// By id, beyond `after`, at most `limit`; unspecified state and kind mean any.
absl::StatusOr<std::vector<Proposal>> ListProposals(db::Session& session, std::string_view after,
                                                    v1::Duplicate::State state, v1::DuplicateKind kind,
                                                    std::int64_t limit);
absl::StatusOr<std::optional<Proposal>> FindProposal(db::Session& session, std::string_view id);
// False when it is not proposed any more.
absl::StatusOr<bool> DismissProposal(db::Transaction& transaction, std::string_view id,
                                     std::string_view reason);
// What became of the pair's proposal, if there is one: `state` is MERGED, or PROPOSED again.
absl::Status SettlePair(db::Transaction& transaction, std::string_view a, std::string_view b,
                        v1::Duplicate::State state);

// The normalised telephone; "" when none is known.
absl::StatusOr<std::string> FindPhone(db::Session& session, std::string_view person);
// "" removes it.
absl::Status SetPhone(db::Transaction& transaction, std::string_view person, std::string_view phone);

}  // namespace plenary::membership::store
