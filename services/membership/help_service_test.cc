#include "services/membership/help_service.h"

#include <functional>

#include "common/testing/every_caller.h"
#include "services/membership/limits_teams.h"
#include "services/membership/testing_membership.h"

namespace plenary::membership {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using testing::Invoke;
using ::testing::IsEmpty;
using testing::IsError;
using Help = v1::HelpService::Stub;

class HelpServiceTest : public MembershipTest {
 protected:
  HelpServiceTest() {
    SaveCategories();
    MustImport(
        "ann@example.org,Ann,Acme,professional,2021-08-24,2023-08-23,2,,\n"
        "bob@example.org,Bob,Bobco,professional,2021-08-24,2023-08-23,2,,\n");
  }

  static v1::OfferHelpRequest Offer(const std::string& skills, bool show_email = false) {
    v1::OfferHelpRequest request;
    request.set_hours_a_month(5);
    request.set_skills(skills);
    request.set_text("On weekends.");
    request.set_show_email(show_email);
    return request;
  }
  absl::StatusOr<v1::HelpOffer> Make(const v1::OfferHelpRequest& request,
                                     const std::string& email = "ann@example.org") {
    return Invoke(&Help::OfferHelp, *help_, As(email), request);
  }
  std::string MustOffer(const std::string& skills, bool show_email = false) {
    return Make(Offer(skills, show_email)).value().name();
  }
  absl::StatusOr<v1::HelpOffer> Withdraw(const std::string& name, std::unique_ptr<grpc::ClientContext> as) {
    v1::WithdrawHelpRequest request;
    request.set_name(name);
    return Invoke(&Help::WithdrawHelp, *help_, std::move(as), request);
  }
  absl::StatusOr<v1::HelpOffer> Take(const std::string& name, const std::string& taken_for,
                                     std::unique_ptr<grpc::ClientContext> as) {
    v1::MarkHelpTakenRequest request;
    request.set_name(name);
    request.set_taken_for(taken_for);
    return Invoke(&Help::MarkHelpTaken, *help_, std::move(as), request);
  }
  // "Bookkeeping ann@example.org OPEN", newest first.
  std::vector<std::string> List(std::unique_ptr<grpc::ClientContext> as,
                                const v1::ListHelpOffersRequest& request = {}) {
    const auto page = Invoke(&Help::ListHelpOffers, *help_, std::move(as), request);
    std::vector<std::string> lines;
    for (const v1::HelpOffer& offer : page.value().offers()) {
      lines.push_back(offer.skills() + " " + offer.email() + " " +
                      v1::HelpOffer::State_Name(offer.state()).substr(6));
    }
    return lines;
  }

  HelpService help_service_{suite_.edge(), database_.pool(), ids_};
  testing::Loopback help_loopback_{{&help_service_}};
  std::unique_ptr<Help> help_ = v1::HelpService::NewStub(help_loopback_.channel());
};

TEST_F(HelpServiceTest, EveryPolicyHolds) {
  testing::ExpectEveryPolicyHolds(suite_, help_loopback_.channel(), {"plenary.membership.v1.HelpService"});
}

TEST_F(HelpServiceTest, MembersSeeOpenOffersAndAnAddressThatIsShown) {
  MustOffer("Bookkeeping");
  MustOffer("French", true);
  const std::string gone = MustOffer("Plumbing");
  ASSERT_OK(Withdraw(gone, As("ann@example.org")));
  EXPECT_THAT(List(As("bob@example.org")), ElementsAre("French ann@example.org OPEN", "Bookkeeping  OPEN"));
  EXPECT_THAT(List(suite_.Staff()),
              ElementsAre("Plumbing ann@example.org WITHDRAWN", "French ann@example.org OPEN",
                          "Bookkeeping ann@example.org OPEN"));
  v1::ListHelpOffersRequest mine;
  mine.set_mine(true);
  EXPECT_THAT(List(As("bob@example.org"), mine), IsEmpty());
  mine.set_state(v1::HelpOffer::STATE_WITHDRAWN);
  EXPECT_THAT(List(As("ann@example.org"), mine), ElementsAre("Plumbing ann@example.org WITHDRAWN"));
  v1::ListHelpOffersRequest search;
  search.set_word("BOOK");
  EXPECT_THAT(List(As("bob@example.org"), search), ElementsAre("Bookkeeping  OPEN"));
  search.set_word("%");
  EXPECT_THAT(List(As("bob@example.org"), search), IsEmpty()) << "a word is a word";
  search.clear_word();
  search.set_state(v1::HelpOffer::STATE_WITHDRAWN);
  EXPECT_THAT(Invoke(&Help::ListHelpOffers, *help_, As("bob@example.org"), search),
              IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(HelpServiceTest, ListsPageByPage) {
  for (const char* skills : {"a", "b", "c"}) MustOffer(skills);
  v1::ListHelpOffersRequest request;
  request.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(const auto first, Invoke(&Help::ListHelpOffers, *help_, suite_.Staff(), request));
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second, Invoke(&Help::ListHelpOffers, *help_, suite_.Staff(), request));
  EXPECT_EQ(first.offers(1).skills(), "b");
  EXPECT_EQ(second.offers_size(), 1);
  EXPECT_EQ(second.next_page_token(), "");
}

TEST_F(HelpServiceTest, AnOfferIsTakenOnceOrTakenBack) {
  const std::string taken = MustOffer("French");
  ASSERT_OK_AND_ASSIGN(const v1::HelpOffer first, Take(taken, "bodies/finance: letters", suite_.Staff()));
  EXPECT_EQ(first.state(), v1::HelpOffer::STATE_TAKEN);
  EXPECT_TRUE(first.has_settle_time());
  EXPECT_OK(Take(taken, "bodies/finance: letters", As("ann@example.org"))) << "the same again";
  EXPECT_THAT(Take(taken, "bodies/board", suite_.Staff()),
              IsError(StatusCode::kFailedPrecondition, "HELP_OFFER_TAKEN"));
  EXPECT_THAT(Withdraw(taken, As("ann@example.org")),
              IsError(StatusCode::kFailedPrecondition, "HELP_OFFER_TAKEN"));
  const std::string gone = MustOffer("Plumbing");
  ASSERT_OK(Withdraw(gone, suite_.Staff()));
  EXPECT_OK(Withdraw(gone, As("ann@example.org"))) << "again";
  EXPECT_THAT(Take(gone, "bodies/board", suite_.Staff()),
              IsError(StatusCode::kFailedPrecondition, "HELP_OFFER_WITHDRAWN"));
}

TEST_F(HelpServiceTest, NobodyElseChangesAnOffer) {
  const std::string name = MustOffer("French");
  EXPECT_THAT(Withdraw(name, As("bob@example.org")),
              IsError(StatusCode::kPermissionDenied, "NOT_MAKER_OF_OFFER"));
  EXPECT_THAT(Take(name, "me", As("bob@example.org")),
              IsError(StatusCode::kPermissionDenied, "NOT_MAKER_OF_OFFER"));
  EXPECT_THAT(Withdraw("helpOffers/none", suite_.Staff()),
              IsError(StatusCode::kNotFound, "HELP_OFFER_NOT_FOUND"));
}

TEST_F(HelpServiceTest, HasLimits) {
  for (const auto& change : std::vector<std::function<void(v1::OfferHelpRequest&)>>{
           [](v1::OfferHelpRequest& r) { r.set_hours_a_month(0); },
           [](v1::OfferHelpRequest& r) { r.set_hours_a_month(limits::kMostHoursAMonth + 1); },
           [](v1::OfferHelpRequest& r) { r.clear_skills(); },
           [](v1::OfferHelpRequest& r) { r.set_skills(std::string(limits::kLongestSkills + 1, 'x')); },
           [](v1::OfferHelpRequest& r) { r.set_text(std::string(limits::kLongestOfferText + 1, 'x')); }}) {
    v1::OfferHelpRequest request = Offer("French");
    change(request);
    EXPECT_THAT(Make(request), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  }
  for (int i = 0; i < limits::kMostOpenOffers; ++i) MustOffer("French");
  EXPECT_THAT(Make(Offer("French")), IsError(StatusCode::kFailedPrecondition, "HELP_OFFERS_TOO_MANY"));
  EXPECT_OK(Make(Offer("French"), "bob@example.org"));
  EXPECT_THAT(Take("helpOffers/none", "", suite_.Staff()),
              IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Take("helpOffers/none", std::string(limits::kLongestTakenFor + 1, 'x'), suite_.Staff()),
              IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  v1::ListHelpOffersRequest search;
  search.set_word(std::string(limits::kLongestSearchWord + 1, 'x'));
  EXPECT_THAT(Invoke(&Help::ListHelpOffers, *help_, suite_.Staff(), search),
              IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

}  // namespace
}  // namespace plenary::membership
