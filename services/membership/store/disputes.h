// What people say is wrong with their line at a registrar, and the answers: all of it is kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/session.h"

namespace plenary::membership::store {

struct Dispute {
  std::string unit;  // bare id
  int number = 1;    // of the line's disputes, in the order in which they were filed
  std::string text;
  std::string blinded_msg;
  std::string blind_signature;
  std::string answer;  // "": open
};

absl::StatusOr<std::optional<Dispute>> FindDispute(db::Session& session, std::string_view election,
                                                   std::string_view unit, int number);
// The newest of the line.
absl::StatusOr<std::optional<Dispute>> FindLastDispute(db::Session& session, std::string_view election,
                                                       std::string_view unit);
// False when the line has one of that number.
absl::StatusOr<bool> FileDispute(db::Transaction& transaction, std::string_view election,
                                 const Dispute& dispute);
// False when there is none that is open.
absl::StatusOr<bool> AnswerDispute(db::Transaction& transaction, std::string_view election,
                                   std::string_view unit, int number, std::string_view answer);
// Oldest first: as many as `most_bytes` hold once they are a v1::Dispute, those without an answer before all
// others and then the newest answered.
absl::StatusOr<std::vector<Dispute>> ListDisputes(db::Session& session, std::string_view election,
                                                  int most_bytes);
// Those without an answer.
absl::StatusOr<std::int64_t> CountOpenDisputes(db::Session& session, std::string_view election);

}  // namespace plenary::membership::store
