// Credits and certifications: what counts, when, and who may decide it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "plenary/membership/v1/education_service.pb.h"
#include "services/membership/rules/credit_years.h"

namespace plenary::membership::rules {

// Whether credits that were earned on a day can still, or yet, be claimed.
enum class EarnedDay { kCounts, kInFuture, kTooLongAgo };
EarnedDay JudgeEarnedDay(absl::CivilDay earned_on, absl::CivilDay today);

// Whether the course earns credits on the day: from its first to its last day, both included.
bool IsOffered(const v1::Course& course, absl::CivilDay day);

// What a decision on a claim comes up against, first row that applies:
//   kOwn        the claim is the decider's
//   kWithdrawn  the person took it back
//   kChanged    an etag was sent, and it is not the claim's
//   kDecided    the claim was decided, and no etag shows that the decider knows
//   kOpen       nothing
enum class DecisionBar { kOpen, kOwn, kWithdrawn, kChanged, kDecided };
DecisionBar BarOfDecision(const v1::Claim& claim, std::string_view decider, std::string_view etag);

struct ApprovedCredit {
  absl::CivilDay on;
  std::string course;  // "courses/…"; "" for none
  std::int64_t hundredths = 0;
};

// What is missing to a track.
struct TrackGap {
  std::vector<std::string> courses;  // names, in the order of the track
  std::int64_t hundredths = 0;

  bool empty() const { return courses.empty() && hundredths == 0; }
  // "courses/a, courses/b, 1.50 credits".
  std::string Text() const;
};
// What counts was earned by the day, and in the months before it that the track allows.
TrackGap GapOf(const v1::Track& track, const std::vector<ApprovedCredit>& credits, absl::CivilDay day);

// The same day so many months later (or, negative, earlier); the last of a month that has no such day.
absl::CivilDay AddMonths(absl::CivilDay day, int months);

struct CertificationDays {
  absl::CivilDay granted_on;
  std::optional<absl::CivilDay> valid_until;  // first day on which it is no longer good; nullopt: no end
  std::optional<absl::CivilDay> renewed_on;
  std::optional<absl::CivilDay> revoked_on;
};
// REVOKED, RENEWED, EXPIRED or VALID, the first that applies on the day.
v1::Certification::State CertificationStateOn(const CertificationDays& days, absl::CivilDay day);

// What a grant on the day does. `held` is the certification of the track that is neither revoked nor renewed.
enum class GrantStep {
  kGrant,         // from the day on
  kRenew,         // in the place of the held one, whose end is near
  kHolds,         // nothing: the held one is good, and not near its end
  kLeaveToStaff,  // nothing: what staff revoked, a rule does not give back
};
enum class GrantedBy { kStaff, kRule };
GrantStep StepOfGrant(const std::optional<CertificationDays>& held, bool revoked_before, GrantedBy granted_by,
                      absl::CivilDay day);

// A year of membership, and the credits earned in it.
struct CreditYear {
  std::string category;
  MembershipYear year;
  std::int64_t approved = 0;
  std::int64_t claimed = 0;
  std::int64_t required = 0;
  bool completed = false;

  std::int64_t missing() const { return required > approved ? required - approved : 0; }
};
// Every year that began by the day, of every membership but that of staff; the latest first. `categories` are
// those of the day.
std::vector<CreditYear> CreditYearsOf(const std::vector<Period>& periods,
                                      const std::vector<StandingAct>& acts, const Categories& categories,
                                      const std::vector<EarnedCredits>& approved,
                                      const std::vector<EarnedCredits>& claimed, absl::CivilDay day);

}  // namespace plenary::membership::rules
