// Motions and their roll calls in the database. No state: every call works in the session it is given.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "plenary/committee/v1/motion_service.pb.h"
#include "services/committee/names.h"

namespace plenary::committee {

class MotionStore {
 public:
  absl::Status InsertMotion(db::Transaction& tx, const MotionId& id, const v1::Motion& motion) const;

  // The motion with its roll call so far.
  absl::StatusOr<std::optional<v1::Motion>> FindMotion(db::Session& session, const MotionId& id) const;
  // As FindMotion, and keeps the row to the end of the transaction: whatever moves a motion, or votes on it,
  // stands in line here.
  absl::StatusOr<std::optional<v1::Motion>> LockMotion(db::Transaction& tx, const MotionId& id) const;

  // The place of a motion in its body's list: newest first, the id deciding among equals.
  struct MotionKey {
    absl::Time propose_time;
    std::string motion;
  };
  absl::StatusOr<std::vector<v1::Motion>> ListMotions(db::Session& session, const std::string& body,
                                                      const std::optional<MotionKey>& after, int limit) const;

  absl::Status SetState(db::Transaction& tx, const std::string& motion, v1::Motion::State state) const;
  absl::Status Announce(db::Transaction& tx, const std::string& motion, v1::Motion::State state,
                        const v1::MotionResult& result, absl::Time at) const;

  // Takes the place of an earlier vote of the seat.
  absl::Status SaveVote(db::Transaction& tx, const std::string& motion, const v1::MotionVote& vote) const;
  absl::Status DeleteVote(db::Transaction& tx, const std::string& motion, const v1::MotionVote& vote) const;
};

}  // namespace plenary::committee
