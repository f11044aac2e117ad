// Bounds of continuing education, badges and chapters.
#pragma once

#include <cstddef>

namespace plenary::membership::limits {

// Characters.
inline constexpr std::size_t kLongestCourseTitle = 160;
inline constexpr std::size_t kLongestProvider = 120;
inline constexpr std::size_t kLongestCreditDescription = 200;
inline constexpr std::size_t kLongestEvidence = 2'000;
inline constexpr std::size_t kLongestDecisionReason = 500;
inline constexpr std::size_t kLongestBadgeLabel = 80;
inline constexpr std::size_t kLongestChapterName = 80;
// Of a row that an answer repeats: as long as an address may be.
inline constexpr std::size_t kLongestRepeatedRow = 254;

// Hundredths of a credit: of a course (100 credits), of a claim without one (40 credits, a week of hours),
// of a track.
inline constexpr int kMostCourseHundredths = 10'000;
inline constexpr int kMostClaimedHundredths = 4'000;
inline constexpr int kMostTrackHundredths = 100'000;
inline constexpr int kMostTrackCourses = 50;
inline constexpr int kMostTrackMonths = 1'200;

// Two years: who forgot to claim may catch up on the year that was just judged, and no further.
inline constexpr int kOldestClaimDays = 731;
// Claims of one person that wait for a decision: more is a script.
inline constexpr int kMostWaitingClaims = 100;
// People of one list of attendance: what one transaction stores within a call.
inline constexpr int kMostAttendees = 5'000;
// Before its end, when a certification may be renewed.
inline constexpr int kRenewalDays = 90;
// Tracks that an approval is held against; a society has a handful.
inline constexpr int kMostAutomaticTracks = 100;

// What a transcript shows.
inline constexpr int kMostTranscriptYears = 50;
inline constexpr int kMostTranscriptCertifications = 100;
inline constexpr int kMostTranscriptClaims = 200;

// A web site, a letterhead, two signatures and one to spare.
inline constexpr int kMostLiveBadges = 5;
// What a badge shows.
inline constexpr int kMostBadgeCertifications = 20;

}  // namespace plenary::membership::limits
