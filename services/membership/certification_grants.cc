#include "services/membership/certification_grants.h"

#include "common/mutation/mutate.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "services/membership/errors_education.h"
#include "services/membership/names.h"
#include "services/membership/rules/education.h"
#include "services/membership/store/certifications.h"
#include "services/membership/store/credits.h"

namespace plenary::membership {
namespace {

struct Grant {
  std::string person;  // name
  v1::Track track;
  std::string granted_by;
  rules::GrantStep step = rules::GrantStep::kGrant;
};

absl::StatusOr<v1::Certification> Store(db::Transaction& transaction, IdSource& ids, const rpc::Call& call,
                                        std::string_view method, const Grant& grant,
                                        const store::TrackRecord& record) {
  const absl::CivilDay today = DateOf(call.now());
  const bool renews = grant.step == rules::GrantStep::kRenew;
  v1::Certification certification;
  certification.set_name(ResourceName("certifications", ids.NextText()));
  certification.set_person(grant.person);
  certification.set_track(grant.track.name());
  certification.set_track_title(grant.track.title());
  certification.set_granted_on(FormatDate(today));
  if (grant.track.valid_months() > 0) {
    const absl::CivilDay from = renews ? *record.held->valid_until : today;
    certification.set_valid_until(FormatDate(rules::AddMonths(from, grant.track.valid_months())));
  }
  certification.set_state(v1::Certification::STATE_VALID);
  certification.set_granted_by(grant.granted_by);
  if (!record.held_id.empty()) {
    const absl::CivilDay over = renews ? today : *record.held->valid_until;
    RETURN_IF_ERROR(store::HandOver(transaction, record.held_id, over));
  }
  ASSIGN_OR_RETURN(const bool granted, store::InsertCertification(transaction, certification));
  if (!granted) return errors::CertificationHolds("");
  RETURN_IF_ERROR(RecordAct(transaction, call, method, certification.name(),
                            grant.person + " " + grant.track.name() + " by " + grant.granted_by));
  return certification;
}

}  // namespace

absl::StatusOr<v1::Certification> GrantByStaff(db::Transaction& transaction, IdSource& ids,
                                               const rpc::Call& call, std::string_view method,
                                               const std::string& person, const v1::Track& track) {
  const absl::CivilDay today = DateOf(call.now());
  const std::string person_id = ResourceId(kPeople, person).value_or("");
  ASSIGN_OR_RETURN(
      const store::TrackRecord record,
      store::FindTrackRecord(transaction, person_id, ResourceId("tracks", track.name()).value_or("")));
  const rules::GrantStep step =
      rules::StepOfGrant(record.held, record.revoked_before, rules::GrantedBy::kStaff, today);
  if (step == rules::GrantStep::kHolds) {
    const auto& until = record.held->valid_until;
    return errors::CertificationHolds(until.has_value() ? FormatDate(*until) : "");
  }
  ASSIGN_OR_RETURN(const auto credits, store::ApprovedCredits(transaction, person_id));
  if (const rules::TrackGap gap = rules::GapOf(track, credits, today); !gap.empty()) {
    return errors::TrackIncomplete(gap.Text());
  }
  return Store(transaction, ids, call, method, {person, track, call.principal().Actor(), step}, record);
}

absl::StatusOr<int> GrantByRule(db::Transaction& transaction, IdSource& ids, const rpc::Call& call,
                                std::string_view method, const std::string& person,
                                const std::vector<v1::Track>& tracks) {
  if (tracks.empty()) return 0;
  const absl::CivilDay today = DateOf(call.now());
  const std::string person_id = ResourceId(kPeople, person).value_or("");
  ASSIGN_OR_RETURN(const auto credits, store::ApprovedCredits(transaction, person_id));
  int granted = 0;
  for (const v1::Track& track : tracks) {
    if (!rules::GapOf(track, credits, today).empty()) continue;
    ASSIGN_OR_RETURN(
        const store::TrackRecord record,
        store::FindTrackRecord(transaction, person_id, ResourceId("tracks", track.name()).value_or("")));
    const rules::GrantStep step =
        rules::StepOfGrant(record.held, record.revoked_before, rules::GrantedBy::kRule, today);
    if (step == rules::GrantStep::kHolds || step == rules::GrantStep::kLeaveToStaff) continue;
    RETURN_IF_ERROR(Store(transaction, ids, call, method, {person, track, kByRule, step}, record).status());
    ++granted;
  }
  return granted;
}

}  // namespace plenary::membership
