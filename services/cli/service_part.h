// Which server serves which proto service.
#pragma once

#include "plenary/committee/v1/body_service.grpc.pb.h"
#include "plenary/committee/v1/motion_service.grpc.pb.h"
#include "plenary/election/v1/ballot_box_service.grpc.pb.h"
#include "plenary/election/v1/candidacy_service.grpc.pb.h"
#include "plenary/election/v1/election_service.grpc.pb.h"
#include "plenary/election/v1/tally_service.grpc.pb.h"
#include "plenary/election/v1/trustee_service.grpc.pb.h"
#include "plenary/ethics/v1/code_service.grpc.pb.h"
#include "plenary/membership/v1/auditor_service.grpc.pb.h"
#include "plenary/membership/v1/identity_service.grpc.pb.h"
#include "plenary/membership/v1/office_service.grpc.pb.h"
#include "plenary/membership/v1/register_service.grpc.pb.h"
#include "plenary/membership/v1/registrar_service.grpc.pb.h"
#include "plenary/membership/v1/roll_service.grpc.pb.h"
#include "services/cli/stack.h"

namespace plenary::cli {

template <typename Stub>
constexpr Part kPartOf = Part::kMembership;  // most services are its
template <>
inline constexpr Part kPartOf<committee::v1::BodyService::Stub> = Part::kCommittee;
template <>
inline constexpr Part kPartOf<committee::v1::MotionService::Stub> = Part::kCommittee;
template <>
inline constexpr Part kPartOf<ethics::v1::CodeService::Stub> = Part::kEthics;
template <>
inline constexpr Part kPartOf<election::v1::ElectionService::Stub> = Part::kElection;
template <>
inline constexpr Part kPartOf<election::v1::CandidacyService::Stub> = Part::kElection;
template <>
inline constexpr Part kPartOf<election::v1::TallyService::Stub> = Part::kElection;
template <>
inline constexpr Part kPartOf<election::v1::TrusteeService::Stub> = Part::kElection;
template <>
inline constexpr Part kPartOf<election::v1::BallotBoxService::Stub> = Part::kBox;
template <>
inline constexpr Part kPartOf<membership::v1::AuditorService::Stub> = Part::kAuditor;

}  // namespace plenary::cli
