#include "services/membership/help_service.h"

#include <limits>

#include "common/db/transact.h"
#include "common/mutation/mutate.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"
#include "services/membership/errors.h"
#include "services/membership/errors_teams.h"
#include "services/membership/limits.h"
#include "services/membership/limits_teams.h"
#include "services/membership/names.h"
#include "services/membership/roll_names.h"
#include "services/membership/store/help_offers.h"
#include "services/membership/store/register.h"
#include "services/membership/team_names.h"

namespace plenary::membership {
namespace {

constexpr char kOfferHelp[] = "plenary.membership.v1.HelpService.OfferHelp";
constexpr char kWithdrawHelp[] = "plenary.membership.v1.HelpService.WithdrawHelp";
constexpr char kMarkHelpTaken[] = "plenary.membership.v1.HelpService.MarkHelpTaken";

constexpr std::size_t kStatePrefix = std::string_view("STATE_").size();

absl::Status CheckOffer(const v1::OfferHelpRequest& request) {
  FieldChecks checks;
  checks.Require(request.hours_a_month() >= 1 && request.hours_a_month() <= limits::kMostHoursAMonth,
                 "hours_a_month", "Offer 1 to 200 hours a month.");
  checks.Text("skills", request.skills(), 1, limits::kLongestSkills);
  checks.Text("text", request.text(), 0, limits::kLongestOfferText);
  return checks.Result(errors::kDomain);
}

bool IsMaker(const v1::HelpOffer& offer, const rpc::Call& call) {
  return call.principal().IsPerson() && offer.person() == call.principal().person;
}

// As the caller may see it.
v1::HelpOffer Shown(v1::HelpOffer offer, const rpc::Call& call) {
  const bool shows = offer.show_email() || IsMaker(offer, call) || call.principal().HasRole("staff");
  if (!shows) offer.clear_email();
  return offer;
}

absl::StatusOr<store::HelpFilter> ReadFilter(const rpc::Call& call,
                                             const v1::ListHelpOffersRequest& request) {
  FieldChecks checks;
  checks.Require(v1::HelpOffer::State_IsValid(request.state()), "state", "Ask for a state that there is.");
  checks.Text("word", request.word(), 0, limits::kLongestSearchWord);
  const bool open_only = !call.principal().HasRole("staff") && !request.mine();
  checks.Require(!open_only || request.state() == v1::HelpOffer::STATE_UNSPECIFIED ||
                     request.state() == v1::HelpOffer::STATE_OPEN,
                 "state", "Only staff see offers that are not open; ask for open ones, or for your own.");
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  store::HelpFilter filter{.word = request.word()};
  if (request.mine()) filter.person = ResourceId(kPeople, call.principal().person).value_or("-");
  if (request.state() != v1::HelpOffer::STATE_UNSPECIFIED) {
    filter.state = v1::HelpOffer::State_Name(request.state()).substr(kStatePrefix);
  }
  if (open_only) filter.state = "OPEN";
  return filter;
}

}  // namespace

absl::StatusOr<v1::HelpOffer> HelpService::OfferHelp(rpc::Call& call, const v1::OfferHelpRequest& request) {
  RETURN_IF_ERROR(CheckOffer(request));
  return Mutate<v1::HelpOffer>(
      pool_, call, kOfferHelp, request, [&](db::Transaction& transaction) -> absl::StatusOr<v1::HelpOffer> {
        const std::string person = ResourceId(kPeople, call.principal().person).value_or("");
        ASSIGN_OR_RETURN(const auto maker, store::LockPerson(transaction, person));
        if (!maker.has_value()) return errors::PersonNotFound(call.principal().person);
        ASSIGN_OR_RETURN(const std::int64_t open, store::CountOpenOffers(transaction, person));
        if (open >= limits::kMostOpenOffers) return errors::HelpOffersTooMany();
        v1::HelpOffer offer;
        offer.set_name(ResourceName(kHelpOffers, ids_.NextText()));
        offer.set_person(call.principal().person);
        offer.set_hours_a_month(request.hours_a_month());
        offer.set_skills(request.skills());
        offer.set_text(request.text());
        offer.set_show_email(request.show_email());
        RETURN_IF_ERROR(store::InsertHelpOffer(transaction, offer, call.now()));
        RETURN_IF_ERROR(RecordAct(transaction, call, kOfferHelp, offer.name(), ""));
        ASSIGN_OR_RETURN(
            const auto stored,
            store::LockHelpOffer(transaction, ResourceId(kHelpOffers, offer.name()).value_or("")));
        if (!stored.has_value()) return absl::InternalError("an offer of help is gone");
        return Shown(*stored, call);
      });
}

template <typename Request>
absl::StatusOr<v1::HelpOffer> HelpService::Change(
    rpc::Call& call, std::string_view method, const Request& request,
    const std::function<absl::Status(db::Transaction&, const v1::HelpOffer&)>& change) {
  auto answer = Mutate<v1::HelpOffer>(
      pool_, call, method, request, [&](db::Transaction& transaction) -> absl::StatusOr<v1::HelpOffer> {
        const std::string id = ResourceId(kHelpOffers, request.name()).value_or("");
        ASSIGN_OR_RETURN(const auto offer, store::LockHelpOffer(transaction, id));
        if (!offer.has_value()) return errors::HelpOfferNotFound(request.name());
        if (!IsMaker(*offer, call) && !call.principal().HasRole("staff")) return errors::NotMakerOfOffer();
        RETURN_IF_ERROR(change(transaction, *offer));
        ASSIGN_OR_RETURN(const auto changed, store::LockHelpOffer(transaction, id));
        if (!changed.has_value()) return absl::InternalError("an offer of help is gone");
        return Shown(*changed, call);
      });
  // Under the lock, or when this caller got the answer that is now repeated.
  if (answer.ok()) call.ProveRelation();
  return answer;
}

absl::StatusOr<v1::HelpOffer> HelpService::WithdrawHelp(rpc::Call& call,
                                                        const v1::WithdrawHelpRequest& request) {
  return Change(call, kWithdrawHelp, request,
                [&](db::Transaction& transaction, const v1::HelpOffer& offer) -> absl::Status {
                  if (offer.state() == v1::HelpOffer::STATE_WITHDRAWN) return absl::OkStatus();
                  const std::string id = ResourceId(kHelpOffers, offer.name()).value_or("");
                  ASSIGN_OR_RETURN(const bool settled,
                                   store::SettleHelpOffer(transaction, id, "WITHDRAWN", "", call.now()));
                  if (!settled) return errors::HelpOfferTaken(offer.name());
                  return RecordAct(transaction, call, kWithdrawHelp, offer.name(), "");
                });
}

absl::StatusOr<v1::HelpOffer> HelpService::MarkHelpTaken(rpc::Call& call,
                                                         const v1::MarkHelpTakenRequest& request) {
  FieldChecks checks;
  checks.Text("taken_for", request.taken_for(), 1, limits::kLongestTakenFor);
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  return Change(call, kMarkHelpTaken, request,
                [&](db::Transaction& transaction, const v1::HelpOffer& offer) -> absl::Status {
                  if (offer.state() == v1::HelpOffer::STATE_WITHDRAWN)
                    return errors::HelpOfferWithdrawn(offer.name());
                  const std::string id = ResourceId(kHelpOffers, offer.name()).value_or("");
                  ASSIGN_OR_RETURN(
                      const bool settled,
                      store::SettleHelpOffer(transaction, id, "TAKEN", request.taken_for(), call.now()));
                  if (settled) {
                    return RecordAct(transaction, call, kMarkHelpTaken, offer.name(), request.taken_for());
                  }
                  return offer.taken_for() == request.taken_for() ? absl::OkStatus()
                                                                  : errors::HelpOfferTaken(offer.name());
                });
}

absl::StatusOr<v1::ListHelpOffersResponse> HelpService::ListHelpOffers(
    rpc::Call& call, const v1::ListHelpOffersRequest& request) {
  ASSIGN_OR_RETURN(const store::HelpFilter filter, ReadFilter(call, request));
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ReadPage(request.page_size(), request.page_token(),
                                                       {limits::kDefaultPage, limits::kLargestPage}));
  ASSIGN_OR_RETURN(const std::uint64_t last, ReadSequence(page));
  const std::uint64_t before = page.after.empty() ? std::numeric_limits<std::uint64_t>::max() : last;
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListHelpOffersResponse> {
        ASSIGN_OR_RETURN(auto rows, store::ListHelpOffers(session, filter, before, page.size + 1));
        v1::ListHelpOffersResponse response;
        if (CutToPage(rows, page)) {
          response.set_next_page_token(rpc::PageToken(std::to_string(rows.back().sequence)));
        }
        for (const store::StoredOffer& row : rows) *response.add_offers() = Shown(row.offer, call);
        return response;
      });
}

}  // namespace plenary::membership
