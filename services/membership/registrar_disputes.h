// Disputes as they are shown.
#pragma once

#include <string>

#include "plenary/membership/v1/registrar_service.pb.h"
#include "services/membership/store/disputes.h"

namespace plenary::membership {

inline constexpr char kDisputes[] = "disputes";

// Of an election's bare id.
v1::Dispute ShowDispute(const std::string& election, bool of_people, const store::Dispute& dispute);

}  // namespace plenary::membership
