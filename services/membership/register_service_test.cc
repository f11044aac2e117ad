#include <atomic>
#include <functional>
#include <thread>

#include "common/ids/id.h"
#include "services/membership/limits.h"
#include "services/membership/testing_membership.h"

namespace plenary::membership {
namespace {

using testing::Invoke;
using testing::IsError;
using Stub = v1::RegisterService::Stub;

class RegisterServiceTest : public MembershipTest {
 protected:
  // Ann and Bob vote for nobody yet: Acme has two professionals and named none. Cy is registered.
  RegisterServiceTest() {
    SaveCategories();
    MustImport(
        "ann@example.org,Ann,Acme,professional,2021-08-24,2022-08-23,2,,\n"
        "bob@example.org,Bob,Acme,professional,2021-08-24,2022-08-23,2,,\n"
        "cy@example.org,Cy,Acme,registered,2021-08-24,,,,\n"
        "di@example.org,Di,Dico,professional,2021-08-24,2022-08-23,0,,\n");
  }

  absl::StatusOr<v1::Company> Name(std::unique_ptr<grpc::ClientContext> context, const std::string& company,
                                   const std::string& representative, const std::string& etag = "",
                                   const std::string& request_id = "") {
    v1::NameRepresentativeRequest request;
    request.set_company(company);
    request.set_representative(representative);
    request.set_etag(etag);
    request.set_request_id(request_id);
    return Invoke(&Stub::NameRepresentative, *register_, std::move(context), request);
  }

  static v1::GrantWaiverRequest WaiverRequest() {
    v1::GrantWaiverRequest request;
    v1::Waiver& waiver = *request.mutable_waiver();
    waiver.set_requirement(v1::REQUIREMENT_REFERENCE_LETTERS);
    waiver.add_acts(v1::ACT_HOLD_OFFICE);
    waiver.add_acts(v1::ACT_VOTE);
    waiver.set_motion("bodies/board/motions/m1");
    waiver.set_valid_from("2022-08-01");
    waiver.set_valid_until("2022-12-31");
    return request;
  }

  absl::StatusOr<v1::Waiver> Grant(const v1::GrantWaiverRequest& request) {
    return Invoke(&Stub::GrantWaiver, *register_, suite_.Service("committee"), request);
  }

  absl::StatusOr<v1::ExplainRightResponse> Explain(std::unique_ptr<grpc::ClientContext> context,
                                                   const std::string& person, v1::Act act = v1::ACT_VOTE,
                                                   const std::string& as_of = "") {
    v1::ExplainRightRequest request;
    request.set_person(person);
    request.set_act(act);
    request.set_as_of(as_of);
    return Invoke(&Stub::ExplainRight, *register_, std::move(context), request);
  }
};

TEST_F(RegisterServiceTest, SavesACategoryInThePlaceOfTheOneOfItsName) {
  v1::SaveCategoryRequest request;
  request.mutable_category()->set_name("categories/professional");
  request.mutable_category()->set_display_name("Professional");
  request.mutable_category()->set_price_cents(10'000);
  request.set_request_id(RandomUuid());
  ASSERT_OK_AND_ASSIGN(const v1::Category first,
                       Invoke(&Stub::SaveCategory, *register_, suite_.Staff(), request));
  ASSERT_OK_AND_ASSIGN(const v1::Category again,
                       Invoke(&Stub::SaveCategory, *register_, suite_.Staff(), request));
  EXPECT_EQ(first.SerializeAsString(), again.SerializeAsString());
  v1::ListCategoriesRequest list;
  std::vector<std::string> names;
  for (list.set_page_size(3); names.empty() || !list.page_token().empty();) {
    ASSERT_OK_AND_ASSIGN(const auto page,
                         Invoke(&Stub::ListCategories, *register_, testing::TestSuite::Anonymous(), list));
    for (const v1::Category& category : page.categories()) {
      names.push_back(category.name());
      if (category.name() == first.name()) {
        EXPECT_EQ(category.price_cents(), 10'000);
      }
    }
    list.set_page_token(page.next_page_token());
  }
  EXPECT_EQ(names, (std::vector<std::string>{"categories/professional", "categories/registered",
                                             "categories/staff", "categories/vendor-partner"}));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM audit WHERE resource = 'categories/professional'"), "2")
      << "the repeated request left no second act";
}

TEST_F(RegisterServiceTest, KeepsWhatACategoryWasBeforeItChanges) {
  v1::SaveCategoryRequest request;
  v1::Category& category = *request.mutable_category();
  category.set_name("categories/professional");
  category.set_display_name("Professional");
  category.mutable_rights()->set_can_attend(true);
  category.set_valid_from("2022-09-01");
  ASSERT_OK(Invoke(&Stub::SaveCategory, *register_, suite_.Staff(), request));
  const auto can_vote = [&](const std::string& as_of) {
    v1::ListCategoriesRequest list;
    list.set_as_of(as_of);
    const auto all = Invoke(&Stub::ListCategories, *register_, testing::TestSuite::Anonymous(), list);
    return all->categories(0).rights().can_vote();
  };
  EXPECT_TRUE(can_vote(""));
  EXPECT_TRUE(can_vote("2022-08-31"));
  EXPECT_FALSE(can_vote("2022-09-01"));
  EXPECT_TRUE(can_vote("2000-01-01")) << "before the first version the first one holds";
  const std::string ann = PersonAt("ann@example.org").name();
  suite_.clock().Set(Noon("2022-09-02"));
  EXPECT_EQ(Explain(suite_.Staff(), ann)->reason(), "CATEGORY_WITHOUT_RIGHT");
  EXPECT_TRUE(Explain(suite_.Staff(), ann, v1::ACT_VOTE, "2022-08-31")->allowed());
}

TEST_F(RegisterServiceTest, ListsTheVersionsOfACategoryAndChangesNoneOfThePast) {
  v1::SaveCategoryRequest request;
  v1::Category& category = *request.mutable_category();
  category.set_name("categories/registered");
  category.set_display_name("Registered");
  for (const char* from : {"2023-01-01", "2022-10-01", "2023-01-01"}) {  // the last one again, replaced
    category.set_price_cents(category.price_cents() + 100);
    category.set_valid_from(from);
    ASSERT_OK(Invoke(&Stub::SaveCategory, *register_, suite_.Staff(), request));
  }
  category.set_valid_from("2022-08-19");
  EXPECT_THAT(Invoke(&Stub::SaveCategory, *register_, suite_.Staff(), request),
              IsError(absl::StatusCode::kFailedPrecondition, "CATEGORY_VERSION_PAST"));
  category.set_valid_from("2022-02-29");
  EXPECT_THAT(Invoke(&Stub::SaveCategory, *register_, suite_.Staff(), request),
              IsError(absl::StatusCode::kInvalidArgument, "DATE_INVALID"));
  v1::ListCategoryVersionsRequest list;
  list.set_category("categories/registered");
  list.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(const auto first, Invoke(&Stub::ListCategoryVersions, *register_,
                                                testing::TestSuite::Anonymous(), list));
  list.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second, Invoke(&Stub::ListCategoryVersions, *register_,
                                                 testing::TestSuite::Anonymous(), list));
  ASSERT_EQ(first.versions_size(), 2);
  ASSERT_EQ(second.versions_size(), 1);
  EXPECT_EQ(first.versions(0).valid_from(), "2022-08-20") << "the day on which it was made";
  EXPECT_EQ(first.versions(1).valid_from(), "2022-10-01");
  EXPECT_EQ(second.versions(0).price_cents(), 300);
  EXPECT_EQ(second.next_page_token(), "");
  list.set_category("categories/none");
  list.clear_page_token();
  EXPECT_THAT(Invoke(&Stub::ListCategoryVersions, *register_, testing::TestSuite::Anonymous(), list),
              IsError(absl::StatusCode::kNotFound, "CATEGORY_NOT_FOUND"));
}

TEST_F(RegisterServiceTest, MakesACategoryThatHoldsForTheYearsBefore) {
  v1::SaveCategoryRequest request;
  request.mutable_category()->set_name("categories/founder");
  request.mutable_category()->set_display_name("Founder");
  request.mutable_category()->set_valid_from("2019-01-01");
  EXPECT_OK(Invoke(&Stub::SaveCategory, *register_, suite_.Staff(), request)) << "nothing relies on it yet";
  EXPECT_THAT(Invoke(&Stub::SaveCategory, *register_, suite_.Staff(), request),
              IsError(absl::StatusCode::kFailedPrecondition, "CATEGORY_VERSION_PAST"));
}

TEST_F(RegisterServiceTest, RefusesRequirementsThatNobodyCanMeet) {
  for (const auto& change : std::vector<std::function<void(v1::Category&)>>{
           [](v1::Category& c) { c.set_required_credit_hundredths(limits::kMostCreditHundredths + 1); },
           [](v1::Category& c) { c.set_required_credit_hundredths(-1); },
           [](v1::Category& c) { c.set_required_code_version("2022-1"); },
           [](v1::Category& c) { c.set_required_code_version("codeVersions/current"); }}) {
    v1::SaveCategoryRequest request;
    request.mutable_category()->set_name("categories/certified");
    request.mutable_category()->set_display_name("Certified");
    change(*request.mutable_category());
    EXPECT_THAT(Invoke(&Stub::SaveCategory, *register_, suite_.Staff(), request),
                IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"))
        << request.ShortDebugString();
  }
}

TEST_F(RegisterServiceTest, RefusesACategoryThatCannotBe) {
  v1::SaveCategoryRequest request;
  request.mutable_category()->set_name("categories/No Name");
  request.mutable_category()->set_grace_days(-1);
  const auto refused = Invoke(&Stub::SaveCategory, *register_, suite_.Staff(), request);
  EXPECT_THAT(refused, IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_EQ(FieldViolationsOf(refused.status()).size(), 3u) << "all of it at once";
  EXPECT_THAT(Invoke(&Stub::SaveCategory, *register_, As("ann@example.org"), request),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_ALLOWED"));
}

TEST_F(RegisterServiceTest, ShowsAPersonToStaffAndToThemselves) {
  v1::GetPersonRequest request;
  request.set_name(PersonAt("ann@example.org").name());
  ASSERT_OK_AND_ASSIGN(const v1::Person to_staff,
                       Invoke(&Stub::GetPerson, *register_, suite_.Staff(), request));
  ASSERT_OK_AND_ASSIGN(const v1::Person to_ann,
                       Invoke(&Stub::GetPerson, *register_, As("ann@example.org"), {}));
  EXPECT_EQ(to_staff.SerializeAsString(), to_ann.SerializeAsString());
  EXPECT_THAT(Invoke(&Stub::GetPerson, *register_, As("bob@example.org"), request),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  for (const char* name : {"people/none", "ann", "people/' OR 1=1"}) {
    request.set_name(name);
    EXPECT_THAT(Invoke(&Stub::GetPerson, *register_, suite_.Staff(), request),
                IsError(absl::StatusCode::kNotFound, "PERSON_NOT_FOUND"));
  }
}

TEST_F(RegisterServiceTest, ListsPeopleAndCompanies) {
  v1::ListPeopleRequest people;
  people.set_company(CompanyOf("ann@example.org"));
  people.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(const auto first, Invoke(&Stub::ListPeople, *register_, suite_.Staff(), people));
  people.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second, Invoke(&Stub::ListPeople, *register_, suite_.Staff(), people));
  EXPECT_EQ(first.people_size(), 2);
  EXPECT_EQ(second.people_size(), 1);
  EXPECT_EQ(second.next_page_token(), "");
  for (const v1::Person& person : first.people()) EXPECT_EQ(person.memberships_size(), 1);
  v1::ListCompaniesRequest companies;
  companies.set_display_name(" aCmE ");
  ASSERT_OK_AND_ASSIGN(const auto found,
                       Invoke(&Stub::ListCompanies, *register_, As("cy@example.org"), companies));
  ASSERT_EQ(found.companies_size(), 1);
  EXPECT_EQ(found.companies(0).name(), CompanyOf("ann@example.org"));
  people.set_company("Acme");
  EXPECT_THAT(Invoke(&Stub::ListPeople, *register_, suite_.Staff(), people),
              IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  v1::GetCompanyRequest company;
  company.set_name("companies/none");
  EXPECT_THAT(Invoke(&Stub::GetCompany, *register_, suite_.Staff(), company),
              IsError(absl::StatusCode::kNotFound, "COMPANY_NOT_FOUND"));
}

TEST_F(RegisterServiceTest, LetsAProfessionalNameTheRepresentative) {
  const std::string acme = CompanyOf("ann@example.org");
  const std::string bob = PersonAt("bob@example.org").name();
  ASSERT_OK_AND_ASSIGN(const v1::Company named, Name(As("ann@example.org"), acme, bob));
  EXPECT_EQ(named.representative(), bob);
  ASSERT_OK_AND_ASSIGN(const v1::Company same, Name(As("bob@example.org"), acme, bob));
  EXPECT_EQ(same.etag(), named.etag()) << "naming the same person changes nothing";
}

TEST_F(RegisterServiceTest, GivesAProfessionalWhoAsksAgainTheFirstAnswer) {
  const std::string acme = CompanyOf("ann@example.org");
  const std::string bob = PersonAt("bob@example.org").name();
  const std::string request_id = RandomUuid();
  ASSERT_OK_AND_ASSIGN(const v1::Company first, Name(As("ann@example.org"), acme, bob, "", request_id));
  ASSERT_OK_AND_ASSIGN(const v1::Company again, Name(As("ann@example.org"), acme, bob, "", request_id));
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  EXPECT_THAT(Name(As("di@example.org"), acme, bob, "", request_id),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_PROFESSIONAL_OF_COMPANY"));
}

TEST_F(RegisterServiceTest, LetsNobodyElseNameTheRepresentative) {
  const std::string acme = CompanyOf("ann@example.org");
  const std::string ann = PersonAt("ann@example.org").name();
  for (const char* email : {"cy@example.org", "di@example.org"}) {
    EXPECT_THAT(Name(As(email), acme, ann),
                IsError(absl::StatusCode::kPermissionDenied, "NOT_PROFESSIONAL_OF_COMPANY"));
  }
  EXPECT_THAT(Name(As("ann@example.org"), "companies/none", ann),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_PROFESSIONAL_OF_COMPANY"));
  EXPECT_THAT(Name(suite_.Staff(), "companies/none", ann),
              IsError(absl::StatusCode::kNotFound, "COMPANY_NOT_FOUND"));
}

TEST_F(RegisterServiceTest, RefusesARepresentativeWhoMayNotVoteForTheCompany) {
  const std::string acme = CompanyOf("ann@example.org");
  for (const std::string& person : {PersonAt("cy@example.org").name(), PersonAt("di@example.org").name(),
                                    std::string("people/none"), std::string()}) {
    EXPECT_THAT(Name(suite_.Staff(), acme, person),
                IsError(absl::StatusCode::kFailedPrecondition, "REPRESENTATIVE_NOT_ENTITLED"));
  }
}

TEST_F(RegisterServiceTest, RefusesAnEtagOfYesterday) {
  const std::string acme = CompanyOf("ann@example.org");
  const std::string request_id = RandomUuid();
  const std::string ann = PersonAt("ann@example.org").name();
  ASSERT_OK_AND_ASSIGN(const v1::Company first, Name(suite_.Staff(), acme, ann, "1", request_id));
  EXPECT_THAT(Name(suite_.Staff(), acme, PersonAt("bob@example.org").name(), "1"),
              IsError(absl::StatusCode::kAborted, "COMPANY_CHANGED"));
  ASSERT_OK_AND_ASSIGN(const v1::Company again, Name(suite_.Staff(), acme, ann, "1", request_id));
  EXPECT_EQ(again.etag(), first.etag());
}

TEST_F(RegisterServiceTest, LetsOneOfTwoChangesWithTheSameEtagThrough) {
  const std::string acme = CompanyOf("ann@example.org");
  const std::vector<std::string> people = {PersonAt("ann@example.org").name(),
                                           PersonAt("bob@example.org").name()};
  std::atomic<int> named{0};
  std::vector<std::thread> threads;
  for (const std::string& person : people) {
    threads.emplace_back([&] { named += Name(suite_.Staff(), acme, person, "1").ok() ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(named, 1);
}

TEST_F(RegisterServiceTest, RecordsLetters) {
  v1::RecordReferenceLettersRequest request;
  request.set_person(PersonAt("di@example.org").name());
  request.set_accepted_letters(2);
  EXPECT_FALSE(Explain(suite_.Staff(), request.person())->allowed());
  ASSERT_OK_AND_ASSIGN(const v1::Person di,
                       Invoke(&Stub::RecordReferenceLetters, *register_, suite_.Staff(), request));
  EXPECT_EQ(di.accepted_letters(), 2);
  EXPECT_TRUE(Explain(suite_.Staff(), request.person())->allowed());
  EXPECT_FALSE(Explain(suite_.Staff(), request.person(), v1::ACT_VOTE, "2022-08-19")->allowed())
      << "letters count from the day on which they were accepted";
  request.set_accepted_letters(11);
  EXPECT_THAT(Invoke(&Stub::RecordReferenceLetters, *register_, suite_.Staff(), request),
              IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  request.set_accepted_letters(1);
  const std::string merged = ids_.NextText();
  database_.Run("INSERT INTO merges (id, survivor, duplicate, duplicate_now, record) VALUES ('" +
                ids_.NextText() + "', '" + di.name().substr(7) + "', '" + merged + "', '" + merged +
                "', '')");
  request.set_person("people/" + merged);
  EXPECT_THAT(Invoke(&Stub::RecordReferenceLetters, *register_, suite_.Staff(), request),
              IsError(absl::StatusCode::kNotFound, "PERSON_NOT_FOUND"))
      << "no letters are counted for a name that was merged away";
  EXPECT_EQ(PersonAt("di@example.org").accepted_letters(), 2);
  request.set_person("people/none");
  EXPECT_THAT(Invoke(&Stub::RecordReferenceLetters, *register_, suite_.Staff(), request),
              IsError(absl::StatusCode::kNotFound, "PERSON_NOT_FOUND"));
}

TEST_F(RegisterServiceTest, ExplainsARightToThoseWhoMayAsk) {
  const std::string di = PersonAt("di@example.org").name();
  for (const char* service : {"election", "committee"}) {
    ASSERT_OK_AND_ASSIGN(const auto answer, Explain(suite_.Service(service), di, v1::ACT_HOLD_OFFICE));
    EXPECT_FALSE(answer.allowed());
    EXPECT_EQ(answer.reason(), "LETTERS_MISSING");
    EXPECT_EQ(answer.full_name(), "Di");
    EXPECT_NE(answer.remedy(), "");
  }
  ASSERT_OK_AND_ASSIGN(const auto own, Explain(As("di@example.org"), ""));
  EXPECT_EQ(own.reason(), "LETTERS_MISSING");
  ASSERT_OK_AND_ASSIGN(const auto later, Explain(suite_.Staff(), di, v1::ACT_VOTE, "2022-10-01"));
  EXPECT_EQ(later.reason(), "NOT_IN_GOOD_STANDING");
  EXPECT_THAT(Explain(As("ann@example.org"), di),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  EXPECT_THAT(Explain(suite_.Staff(), "people/none"),
              IsError(absl::StatusCode::kNotFound, "PERSON_NOT_FOUND"));
  EXPECT_THAT(Explain(suite_.Service("election"), ""),
              IsError(absl::StatusCode::kNotFound, "PERSON_NOT_FOUND"));
  EXPECT_THAT(Explain(suite_.Staff(), di, v1::ACT_VOTE, "2022-02-30"),
              IsError(absl::StatusCode::kInvalidArgument, "DATE_INVALID"));
  EXPECT_THAT(Explain(suite_.Staff(), di, v1::ACT_UNSPECIFIED),
              IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(RegisterServiceTest, TakesAWaiverOverOnceAMotion) {
  ASSERT_OK_AND_ASSIGN(const v1::Waiver first, Grant(WaiverRequest()));
  suite_.clock().Advance(absl::Hours(1));
  v1::GrantWaiverRequest reordered = WaiverRequest();
  reordered.mutable_waiver()->mutable_acts()->SwapElements(0, 1);
  ASSERT_OK_AND_ASSIGN(const v1::Waiver again, Grant(reordered));
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  v1::GrantWaiverRequest other = WaiverRequest();
  other.mutable_waiver()->set_valid_until("2023-12-31");
  EXPECT_THAT(Grant(other), IsError(absl::StatusCode::kAlreadyExists, "WAIVER_EXISTS"));
  ASSERT_OK_AND_ASSIGN(const auto di, Explain(suite_.Staff(), PersonAt("di@example.org").name()));
  EXPECT_TRUE(di.allowed());
  EXPECT_EQ(di.waiver(), first.name());
  other.mutable_waiver()->set_motion("bodies/board/motions/m2");
  ASSERT_OK(Grant(other));
  v1::ListWaiversRequest list;
  list.set_page_size(1);
  ASSERT_OK_AND_ASSIGN(const auto page1,
                       Invoke(&Stub::ListWaivers, *register_, testing::TestSuite::Anonymous(), list));
  list.set_page_token(page1.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto page2,
                       Invoke(&Stub::ListWaivers, *register_, testing::TestSuite::Anonymous(), list));
  EXPECT_EQ(page1.waivers(0).motion(), "bodies/board/motions/m1") << "oldest first";
  EXPECT_EQ(page2.waivers(0).motion(), "bodies/board/motions/m2");
  EXPECT_EQ(page2.next_page_token(), "");
}

TEST_F(RegisterServiceTest, TakesOverWaiversOfEveryRequirement) {
  int motion = 1;
  for (const v1::Requirement requirement :
       {v1::REQUIREMENT_REFERENCE_LETTERS, v1::REQUIREMENT_CREDITS, v1::REQUIREMENT_CODE_ACCEPTANCE}) {
    v1::GrantWaiverRequest request = WaiverRequest();
    request.mutable_waiver()->set_requirement(requirement);
    request.mutable_waiver()->set_motion("bodies/board/motions/r" + std::to_string(motion++));
    ASSERT_OK_AND_ASSIGN(const v1::Waiver waiver, Grant(request));
    EXPECT_EQ(waiver.requirement(), requirement);
  }
}

TEST_F(RegisterServiceTest, RefusesAWaiverThatSaysTooLittle) {
  for (const auto& [reason, change] : std::vector<std::pair<const char*, std::function<void(v1::Waiver&)>>>{
           {"FIELD_INVALID", [](v1::Waiver& w) { w.clear_requirement(); }},
           {"FIELD_INVALID", [](v1::Waiver& w) { w.clear_acts(); }},
           {"FIELD_INVALID", [](v1::Waiver& w) { w.add_acts(v1::ACT_UNSPECIFIED); }},
           {"FIELD_INVALID", [](v1::Waiver& w) { w.set_motion("motions/m1"); }},
           {"FIELD_INVALID", [](v1::Waiver& w) { w.set_valid_until("2022-07-31"); }},
           {"DATE_INVALID", [](v1::Waiver& w) { w.set_valid_until(""); }},
           {"DATE_INVALID", [](v1::Waiver& w) { w.set_valid_from("2022-2-1"); }}}) {
    v1::GrantWaiverRequest request = WaiverRequest();
    change(*request.mutable_waiver());
    EXPECT_THAT(Grant(request), IsError(absl::StatusCode::kInvalidArgument, reason))
        << request.ShortDebugString();
  }
  EXPECT_THAT(Invoke(&Stub::GrantWaiver, *register_, suite_.Staff(), WaiverRequest()),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_ALLOWED"))
      << "a waiver comes from a motion, not from the office";
}

}  // namespace
}  // namespace plenary::membership
