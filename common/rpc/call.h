// One call, as a method sees it.
#pragma once

#include <utility>

#include "absl/time/time.h"
#include "common/auth/principal.h"

namespace plenary::rpc {

class Call {
 public:
  Call(auth::Principal principal, absl::Time deadline, absl::Time now)
      : principal_(std::move(principal)), deadline_(deadline), now_(now) {}

  const auth::Principal& principal() const { return principal_; }

  // Real time; never farther than the server's limit. Handed to every transaction and peer.
  absl::Time deadline() const { return deadline_; }

  // The suite's clock when the call began: one "now" for the whole call.
  absl::Time now() const { return now_; }

  // The method looked up the relation that its policy asks for, and it holds.
  void ProveRelation() { relation_proven_ = true; }
  bool relation_proven() const { return relation_proven_; }

 private:
  auth::Principal principal_;
  absl::Time deadline_;
  absl::Time now_;
  bool relation_proven_ = false;
};

}  // namespace plenary::rpc
