// Who may call what, tried out on the real services: every method as every kind of caller.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/testing/loopback.h"

namespace plenary::testing {

// Calls each method of `services` (full names in the proto) with an empty request as everybody there is:
// nobody, a person without a role, a person of each role, a service account, each service. Expects that
// exactly those are let in whom the policy beside the RPC names, that nobody gets an answer by a relation
// that was not looked up, and that every refusal has a reason and a sentence. What is let in may write: give
// it a database of its own.
void ExpectEveryPolicyHolds(TestSuite& suite, const std::shared_ptr<grpc::Channel>& channel,
                            const std::vector<std::string>& services);

}  // namespace plenary::testing
