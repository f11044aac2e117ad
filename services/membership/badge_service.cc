#include "services/membership/badge_service.h"

#include <optional>
#include <string>
#include <utility>

#include "common/mutation/mutate.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "services/membership/errors.h"
#include "services/membership/errors_education.h"
#include "services/membership/limits_education.h"
#include "services/membership/names.h"
#include "services/membership/rules/badge.h"
#include "services/membership/store/badges.h"
#include "services/membership/store/certifications.h"
#include "services/membership/store/facts.h"
#include "services/membership/store/register.h"

namespace plenary::membership {
namespace {

constexpr char kIssueBadge[] = "plenary.membership.v1.BadgeService.IssueBadge";
constexpr char kRevokeBadge[] = "plenary.membership.v1.BadgeService.RevokeBadge";

std::string BadgeId(const std::string& name) { return ResourceId("badges", name).value_or(""); }

// What the register says of a person on a day; "" for nobody: the same questions are asked for a badge that
// is good, for one that is not, and for an id that is none.
struct Showing {
  std::string full_name;
  std::string category;  // what people call it; "" when no membership is in good standing
  std::string company;
  std::vector<v1::Certification> certifications;
};

absl::StatusOr<Showing> LoadShowing(db::Session& session, const std::string& person, absl::CivilDay day) {
  ASSIGN_OR_RETURN(const auto facts, store::LoadPersonFacts(session, person, day));
  ASSIGN_OR_RETURN(const rules::Categories categories, store::LoadCategories(session, day));
  ASSIGN_OR_RETURN(const auto row, store::FindPerson(session, person));
  ASSIGN_OR_RETURN(const auto company, store::FindCompany(session, row.has_value() ? row->company : ""));
  Showing showing;
  ASSIGN_OR_RETURN(showing.certifications,
                   store::LatestCertifications(session, person, day, limits::kMostTranscriptCertifications));
  if (!facts.has_value()) return showing;
  showing.full_name = facts->full_name;
  if (company.has_value()) showing.company = company->display_name;
  const rules::Period* const period = rules::PeriodToShow(facts->periods, facts->acts, categories, day);
  if (period != nullptr) showing.category = categories.at(period->category).display_name();
  return showing;
}

v1::CheckBadgeResponse Answer(const std::optional<v1::Badge>& badge, const Showing& showing,
                              absl::CivilDay day) {
  v1::CheckBadgeResponse response;
  response.set_checked_on(FormatDate(day));
  if (!badge.has_value()) {
    response.set_state(v1::CheckBadgeResponse::STATE_UNKNOWN);
    return response;
  }
  if (badge->has_revoke_time() || showing.category.empty()) {
    response.set_state(v1::CheckBadgeResponse::STATE_NOT_VALID);
    return response;
  }
  response.set_state(v1::CheckBadgeResponse::STATE_VALID);
  response.set_full_name(showing.full_name);
  response.set_category_display_name(showing.category);
  if (badge->show_company()) response.set_company_display_name(showing.company);
  for (const v1::Certification& certification : showing.certifications) {
    if (certification.state() == v1::Certification::STATE_VALID &&
        response.certifications_size() < limits::kMostBadgeCertifications) {
      response.add_certifications(certification.track_title());
    }
  }
  return response;
}

// Ends the badge that the new one takes the place of. BADGE_NOT_FOUND unless it is a live one of the person.
absl::Status EndRenewed(db::Transaction& transaction, const v1::IssueBadgeRequest& request,
                        const std::string& person, absl::Time now) {
  if (request.renews().empty()) return absl::OkStatus();
  const std::string id = BadgeId(request.renews());
  ASSIGN_OR_RETURN(const auto old, store::FindBadge(transaction, id));
  if (!old.has_value() || old->person() != person) return errors::BadgeNotFound(request.renews());
  ASSIGN_OR_RETURN(const bool ended, store::RevokeBadge(transaction, id, now));
  return ended ? absl::OkStatus() : errors::BadgeNotFound(request.renews());
}

}  // namespace

absl::StatusOr<v1::Badge> BadgeService::IssueBadge(rpc::Call& call, const v1::IssueBadgeRequest& request) {
  FieldChecks checks;
  checks.Text("label", request.label(), 0, limits::kLongestBadgeLabel);
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  const std::string& name = call.principal().person;
  const std::string person = ResourceId(kPeople, name).value_or("");
  return Mutate<v1::Badge>(
      pool_, call, kIssueBadge, request, [&](db::Transaction& transaction) -> absl::StatusOr<v1::Badge> {
        ASSIGN_OR_RETURN(const auto held, store::LockPerson(transaction, person));
        if (!held.has_value()) return errors::PersonNotFound(name);
        ASSIGN_OR_RETURN(const Showing showing, LoadShowing(transaction, person, DateOf(call.now())));
        if (showing.category.empty()) return errors::NoBadgeWithoutMembership();
        RETURN_IF_ERROR(EndRenewed(transaction, request, name, call.now()));
        ASSIGN_OR_RETURN(const std::int64_t live, store::CountLiveBadges(transaction, person));
        if (live >= limits::kMostLiveBadges) return errors::TooManyBadges(limits::kMostLiveBadges);
        v1::Badge badge;
        badge.set_name(ResourceName("badges", ids_.NextText()));
        badge.set_person(name);
        badge.set_label(request.label());
        badge.set_show_company(request.show_company());
        *badge.mutable_issue_time() = ToTimestamp(call.now());
        RETURN_IF_ERROR(store::InsertBadge(transaction, badge));
        RETURN_IF_ERROR(RecordAct(transaction, call, kIssueBadge, badge.name(), request.renews()));
        return badge;
      });
}

absl::StatusOr<v1::CheckBadgeResponse> BadgeService::CheckBadge(rpc::Call& call,
                                                                const v1::CheckBadgeRequest& request) {
  const absl::CivilDay today = DateOf(call.now());
  return db::Transact(
      pool_, call.deadline(), [&](db::Transaction& transaction) -> absl::StatusOr<v1::CheckBadgeResponse> {
        ASSIGN_OR_RETURN(const auto badge, store::FindBadge(transaction, BadgeId(request.name())));
        const std::string person =
            badge.has_value() ? ResourceId(kPeople, badge->person()).value_or("") : std::string();
        ASSIGN_OR_RETURN(const Showing showing, LoadShowing(transaction, person, today));
        return Answer(badge, showing, today);
      });
}

absl::StatusOr<v1::ListMyBadgesResponse> BadgeService::ListMyBadges(rpc::Call& call,
                                                                    const v1::ListMyBadgesRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token()));
  const std::string& name = request.person().empty() ? call.principal().person : request.person();
  const std::string person = ResourceId(kPeople, name).value_or("");
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListMyBadgesResponse> {
        ASSIGN_OR_RETURN(auto rows, store::ListBadges(session, person, page.after, page.size + 1));
        v1::ListMyBadgesResponse response;
        if (CutToPage(rows, page)) {
          response.set_next_page_token(rpc::PageToken(BadgeId(rows.back().name())));
        }
        response.mutable_badges()->Add(rows.begin(), rows.end());
        return response;
      });
}

absl::StatusOr<v1::Badge> BadgeService::RevokeBadge(rpc::Call& call, const v1::RevokeBadgeRequest& request) {
  const std::string id = BadgeId(request.name());
  ASSIGN_OR_RETURN(const auto seen, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store::FindBadge(session, id);
                   }));
  const bool owns = seen.has_value() && seen->person() == call.principal().person;
  if (!seen.has_value() || (!owns && !call.principal().HasRole("staff"))) {
    return errors::BadgeNotFound(request.name());
  }
  call.ProveRelation();
  return Mutate<v1::Badge>(
      pool_, call, kRevokeBadge, request, [&](db::Transaction& transaction) -> absl::StatusOr<v1::Badge> {
        ASSIGN_OR_RETURN(const bool revoked, store::RevokeBadge(transaction, id, call.now()));
        if (revoked) RETURN_IF_ERROR(RecordAct(transaction, call, kRevokeBadge, request.name(), ""));
        ASSIGN_OR_RETURN(const auto badge, store::FindBadge(transaction, id));
        if (!badge.has_value()) return errors::BadgeNotFound(request.name());
        return *badge;
      });
}

}  // namespace plenary::membership
