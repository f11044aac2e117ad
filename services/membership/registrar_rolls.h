// Who collects for which line of a roll: the one thing in which the two registrars differ. Membership's goes
// by its register (register_rolls.h), the auditor's by the copy of the roll that it took over
// (copied_rolls.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/session.h"
#include "common/rpc/call.h"
#include "plenary/membership/v1/resources.pb.h"

namespace plenary::membership {

// A roll as a manifest is held against it.
struct RegistrarRoll {
  std::string sha256;
  std::int32_t count = 0;
  bool of_people = false;      // else of companies
  v1::Act act = v1::ACT_VOTE;  // what its lines may do
};

// The line that a caller collects for.
struct RegistrarLine {
  std::string unit;     // bare id of the company or person
  std::string why_not;  // a sentence: why no first credential goes to the caller today; "": one may
};

// Thread-safe. Elections are bare ids.
class RegistrarRolls {
 public:
  // What becomes of a line that another transaction holds: it is waited for, or left.
  enum class WhenHeld { kWait, kLeave };
  // A line; nullopt when it was left. PERMISSION_DENIED as for FindLine.
  using HeldLine = absl::StatusOr<std::optional<RegistrarLine>>;

  virtual ~RegistrarRolls() = default;

  // nullopt when there is none.
  virtual absl::StatusOr<std::optional<RegistrarRoll>> Find(db::Session& session,
                                                            const std::string& election) const = 0;
  // The same, held for the rest of the transaction, as it is committed.
  virtual absl::StatusOr<std::optional<RegistrarRoll>> Lock(db::Transaction& transaction,
                                                            const std::string& election) const = 0;
  // OK when a manifest may name the roll; ROLL_CHALLENGED, ROLL_NOT_FROZEN.
  virtual absl::Status CheckSettled(db::Session& session, const std::string& election) const = 0;
  // A manifest names it: it never changes again. Called under Lock().
  virtual absl::Status Fix(db::Transaction& transaction, const std::string& election) const = 0;

  // The line that the caller collects for, or may ask about and dispute though nobody collects for it any
  // more; its why_not is not judged. PERMISSION_DENIED, reason NOT_REPRESENTATIVE or NOT_ON_ROLL.
  virtual absl::StatusOr<RegistrarLine> FindLine(db::Session& session, const rpc::Call& call,
                                                 const std::string& election,
                                                 const RegistrarRoll& roll) const = 0;
  // The line that each of the callers collects for, in their order, with why_not, held: until the transaction
  // ends nobody else comes to collect for it. Called before anything else is read, so that everything is
  // judged as whoever held a line before has committed it. With kLeave a line that is not there may count as
  // left too.
  virtual absl::StatusOr<std::vector<HeldLine>> HoldLines(db::Transaction& transaction,
                                                          const std::vector<const rpc::Call*>& calls,
                                                          const std::string& election,
                                                          const RegistrarRoll& roll, WhenHeld when) const = 0;
};

}  // namespace plenary::membership
