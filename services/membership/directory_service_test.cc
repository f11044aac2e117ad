#include "common/db/transact.h"
#include "common/status/macros.h"
#include "common/testing/every_caller.h"
#include "services/membership/limits.h"
#include "services/membership/store/periods.h"
#include "services/membership/testing_membership.h"

namespace plenary::membership {
namespace {

using ::testing::ElementsAre;
using testing::Invoke;
using ::testing::IsEmpty;
using testing::IsError;
using ::testing::UnorderedElementsAre;
using Stub = v1::DirectoryService::Stub;
using Fact = v1::HistoricFact;

class DirectoryServiceTest : public MembershipTest {
 protected:
  DirectoryServiceTest() {
    SaveCategories();
    MustImport(
        "ann@example.org,Ann Lee,Acme Help,professional,2021-08-24,2022-08-23,2,yes,\n"
        "bob_1@example.org,Bob Annan,Acme Help,registered,2021-08-24,,,,\n"
        "cy@example.org,Cy O'Lee,Cyco,professional,2021-08-24,2022-02-23,1,,vendor-partner\n");
  }

  absl::StatusOr<v1::SearchPeopleResponse> Find(const v1::SearchPeopleRequest& request) {
    return Invoke(&Stub::SearchPeople, *directory_, suite_.Staff(), request);
  }

  // The addresses of all pages.
  std::vector<std::string> Found(const std::string& text, const std::string& category = "",
                                 v1::Membership::State state = v1::Membership::STATE_UNSPECIFIED,
                                 const std::string& as_of = "", int page_size = 1) {
    v1::SearchPeopleRequest request;
    request.set_text(text);
    request.set_category(category);
    request.set_state(state);
    request.set_as_of(as_of);
    request.set_page_size(page_size);
    std::vector<std::string> found;
    do {
      const auto page = Find(request);
      if (!page.ok()) throw std::runtime_error(testing::Describe(page.status()));
      for (const v1::Person& person : page->people()) found.push_back(person.email());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return found;
  }

  std::vector<std::string> FoundCompanies(const std::string& text, const std::string& category = "") {
    v1::SearchCompaniesRequest request;
    request.set_text(text);
    request.set_category(category);
    const auto page = Invoke(&Stub::SearchCompanies, *directory_, suite_.Staff(), request);
    if (!page.ok()) throw std::runtime_error(testing::Describe(page.status()));
    std::vector<std::string> found;
    for (const v1::Company& company : page->companies()) found.push_back(company.display_name());
    return found;
  }

  absl::StatusOr<std::vector<Fact>> History(std::unique_ptr<grpc::ClientContext> context,
                                            const std::string& holder, const std::string& as_of = "") {
    v1::ListHistoryRequest request;
    request.set_holder(holder);
    request.set_as_of(as_of);
    ASSIGN_OR_RETURN(const auto page, Invoke(&Stub::ListHistory, *directory_, std::move(context), request));
    return std::vector<Fact>(page.facts().begin(), page.facts().end());
  }

  void Move(const std::string& email, const std::string& company) {
    v1::MovePersonRequest request;
    request.set_person(PersonAt(email).name());
    request.set_company(company);
    ASSERT_OK(Invoke(&v1::PeopleService::Stub::MovePerson, *people_, suite_.Staff(), request));
  }

  void Rename(const std::string& email, const std::string& full_name) {
    v1::UpdatePersonRequest request;
    request.set_person(PersonAt(email).name());
    request.set_full_name(full_name);
    ASSERT_OK(Invoke(&v1::PeopleService::Stub::UpdatePerson, *people_, suite_.Staff(), request));
  }

  void Suspend(const std::string& email, const std::string& on) {
    const std::string holder = *ResourceId("people", PersonAt(email).name());
    const auto stored =
        db::Transact(database_.pool(), absl::Now() + absl::Seconds(20), [&](db::Transaction& transaction) {
          return store::InsertAct(transaction,
                                  {.id = ids_.NextText(),
                                   .holder = holder,
                                   .kind = rules::ActKind::kSuspended,
                                   .effective_on = ParseDate(on).value(),
                                   .motion = "bodies/board/motions/m1",
                                   .reason = "dues",
                                   .source = "services/committee"},
                                  suite_.clock().Now());
        });
    ASSERT_OK(stored);
    EXPECT_TRUE(*stored);
  }
};

TEST_F(DirectoryServiceTest, FindsPeopleByTheBeginningsOfWords) {
  EXPECT_THAT(Found("ann"), UnorderedElementsAre("ann@example.org", "bob_1@example.org"));
  EXPECT_THAT(Found("LEE"), UnorderedElementsAre("ann@example.org", "cy@example.org"));
  EXPECT_THAT(Found("ann lee"), ElementsAre("ann@example.org"));
  EXPECT_THAT(Found("lee acme"), ElementsAre("ann@example.org")) << "a word of the company counts, too";
  EXPECT_THAT(Found("help"), UnorderedElementsAre("ann@example.org", "bob_1@example.org"));
  EXPECT_THAT(Found("cy@ex"), ElementsAre("cy@example.org"));
  EXPECT_THAT(Found("bob_1@e"), ElementsAre("bob_1@example.org"));
  EXPECT_THAT(Found("bobx1@e"), IsEmpty()) << "an underscore stands for itself";
  EXPECT_THAT(Found("nn"), IsEmpty()) << "the middle of a word is no beginning";
  EXPECT_THAT(Found("å"), IsEmpty());
  EXPECT_EQ(Found("").size(), 3u) << "no filter lets everybody through";
}

TEST_F(DirectoryServiceTest, FindsPeopleByWordsThatManyHave) {
  database_.Run(
      "INSERT INTO search_words (word, holder) SELECT CONCAT('common', seq), LPAD(seq, 26, '0') FROM "
      "seq_1_to_" +
      std::to_string(limits::kCommonTerm));
  Rename("ann@example.org", "Ann Commoner");
  Rename("cy@example.org", "Cy Common");
  EXPECT_THAT(Found("common"), UnorderedElementsAre("ann@example.org", "cy@example.org"));
  EXPECT_THAT(Found("common commoner"), ElementsAre("ann@example.org"));
  EXPECT_THAT(Found("common help"), ElementsAre("ann@example.org"));
  v1::RenameCompanyRequest rename;
  rename.set_company(CompanyOf("ann@example.org"));
  rename.set_display_name("The Common Help");
  ASSERT_OK(Invoke(&v1::PeopleService::Stub::RenameCompany, *people_, suite_.Staff(), rename));
  EXPECT_THAT(FoundCompanies("comm"), ElementsAre("The Common Help"));
  EXPECT_EQ(Found("common").size(), 3u) << "a common word of the company's counts, too";
}

TEST_F(DirectoryServiceTest, FollowsANameThatChanges) {
  Rename("ann@example.org", "Zoe Zed");
  EXPECT_THAT(Found("zed"), ElementsAre("ann@example.org"));
  EXPECT_THAT(Found("lee"), ElementsAre("cy@example.org"));
  Move("ann@example.org", CompanyOf("cy@example.org"));
  EXPECT_THAT(Found("zed cyco"), ElementsAre("ann@example.org"));
  EXPECT_THAT(Found("zed acme"), IsEmpty());
}

TEST_F(DirectoryServiceTest, FiltersByCategoryAndByStateOnADate) {
  EXPECT_THAT(Found("", "categories/professional"),
              UnorderedElementsAre("ann@example.org", "cy@example.org"));
  EXPECT_THAT(Found("", "categories/professional", v1::Membership::STATE_UNSPECIFIED, "2021-08-23"),
              IsEmpty())
      << "nothing had begun";
  EXPECT_THAT(Found("", "", v1::Membership::STATE_ACTIVE),
              UnorderedElementsAre("ann@example.org", "bob_1@example.org"));
  EXPECT_THAT(Found("", "categories/professional", v1::Membership::STATE_ACTIVE),
              ElementsAre("ann@example.org"));
  EXPECT_THAT(Found("", "", v1::Membership::STATE_LAPSED), ElementsAre("cy@example.org"));
  EXPECT_THAT(Found("", "", v1::Membership::STATE_GRACE, "2022-09-01"), ElementsAre("ann@example.org"));
  EXPECT_THAT(Found("", "", v1::Membership::STATE_PENDING, "2021-01-01", 200),
              UnorderedElementsAre("ann@example.org", "bob_1@example.org", "cy@example.org"));
  Suspend("ann@example.org", "2022-08-10");
  EXPECT_THAT(Found("lee", "", v1::Membership::STATE_SUSPENDED), ElementsAre("ann@example.org"));
  EXPECT_THAT(Found("lee", "", v1::Membership::STATE_SUSPENDED, "2022-08-09"), IsEmpty());
}

TEST_F(DirectoryServiceTest, FindsCompanies) {
  EXPECT_THAT(FoundCompanies("acme"), ElementsAre("Acme Help"));
  EXPECT_THAT(FoundCompanies("help ac"), ElementsAre("Acme Help"));
  EXPECT_THAT(FoundCompanies("ann"), IsEmpty()) << "people's names are none of a company's";
  EXPECT_THAT(FoundCompanies("", "categories/vendor-partner"), ElementsAre("Cyco"));
}

TEST_F(DirectoryServiceTest, RefusesASearchThatCannotBe) {
  for (const auto& [text, why] : std::vector<std::pair<std::string, const char*>>{
           {"a b c d e", "five words"},
           {std::string(limits::kLongestSearch + 1, 'a'), "too long"},
           {"?!", "none"}}) {
    v1::SearchPeopleRequest request;
    request.set_text(text);
    EXPECT_THAT(Find(request), IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID")) << why;
  }
  v1::SearchPeopleRequest request;
  request.set_category("categories/none");
  EXPECT_THAT(Find(request), IsError(absl::StatusCode::kNotFound, "CATEGORY_NOT_FOUND"));
  request.set_category("professional");
  EXPECT_THAT(Find(request), IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  request.clear_category();
  request.set_as_of("2022-02-29");
  EXPECT_THAT(Find(request), IsError(absl::StatusCode::kInvalidArgument, "DATE_INVALID"));
}

TEST_F(DirectoryServiceTest, GivesAShortPageRatherThanLookingForLong) {
  std::vector<std::string> rows;
  for (int i = 0; i < limits::kMostSearched; ++i) {
    const std::string n = std::to_string(i);
    rows.push_back("('" + ids_.NextText() + "', 'x" + n + "@example.net', 'X', 'c', 0)");
  }
  std::string all;
  for (const std::string& row : rows) all += (all.empty() ? "" : ", ") + row;
  database_.Run("INSERT INTO people (id, email, full_name, company, accepted_letters) VALUES " + all);
  v1::SearchPeopleRequest request;
  request.set_state(v1::Membership::STATE_LAPSED);
  ASSERT_OK_AND_ASSIGN(const auto page, Find(request));
  EXPECT_NE(page.next_page_token(), "") << "three more are left";
  EXPECT_THAT(Found("", "", v1::Membership::STATE_LAPSED), ElementsAre("cy@example.org"));
}

TEST_F(DirectoryServiceTest, TellsWhatHeldOfAPersonWithItsSource) {
  const v1::Person ann = PersonAt("ann@example.org");
  const std::string acme = ann.company();
  const std::string cyco = CompanyOf("cy@example.org");
  suite_.clock().Set(Noon("2022-08-22"));
  Move("ann@example.org", cyco);
  Rename("ann@example.org", "Ann Lee-Moss");
  Suspend("ann@example.org", "2022-08-22");
  ASSERT_OK_AND_ASSIGN(const std::vector<Fact> facts, History(suite_.Staff(), ann.name()));
  ASSERT_EQ(facts.size(), 7u);
  const auto& name = facts[0];
  EXPECT_EQ(name.former_name(), "Ann Lee");
  EXPECT_EQ(name.start_date(), "") << "nobody knows since when";
  EXPECT_EQ(name.end_date(), "2022-08-22");
  int links = 0;
  for (const Fact& fact : facts) links += fact.has_link() ? 1 : 0;
  EXPECT_EQ(links, 3) << "with Acme as employee and representative, then with Cyco";
  const auto membership =
      std::find_if(facts.begin(), facts.end(), [](const Fact& f) { return f.has_membership(); });
  ASSERT_NE(membership, facts.end());
  EXPECT_EQ(membership->source(), "the register of August 2022");
  EXPECT_EQ(membership->membership().state(), v1::Membership::STATE_SUSPENDED);
  EXPECT_EQ(membership->membership().motion(), "bodies/board/motions/m1");
  const auto with_cyco =
      std::find_if(facts.begin(), facts.end(), [&](const Fact& f) { return f.link().company() == cyco; });
  ASSERT_NE(with_cyco, facts.end());
  EXPECT_EQ(with_cyco->start_date(), "2022-08-22");
  EXPECT_EQ(with_cyco->end_date(), "");
  EXPECT_EQ(with_cyco->link().company_display_name(), "Cyco");
  const auto decision =
      std::find_if(facts.begin(), facts.end(), [](const Fact& f) { return f.has_decision(); });
  ASSERT_NE(decision, facts.end());
  EXPECT_EQ(decision->decision().kind(), Fact::Decision::KIND_SUSPENDED);
  EXPECT_EQ(decision->decision().reason(), "dues");
  EXPECT_EQ(decision->source(), "services/committee");
}

TEST_F(DirectoryServiceTest, TellsWhatHeldOnADate) {
  const v1::Person ann = PersonAt("ann@example.org");
  suite_.clock().Set(Noon("2022-08-22"));
  Move("ann@example.org", CompanyOf("cy@example.org"));
  ASSERT_OK_AND_ASSIGN(const std::vector<Fact> before, History(suite_.Staff(), ann.name(), "2022-08-21"));
  ASSERT_EQ(before.size(), 4u) << "employee, representative, membership, letters";
  for (const Fact& fact : before) {
    if (fact.has_link()) {
      EXPECT_EQ(fact.link().company(), ann.company());
    }
  }
  ASSERT_OK_AND_ASSIGN(const std::vector<Fact> after, History(suite_.Staff(), ann.name(), "2022-08-22"));
  EXPECT_EQ(after.size(), 3u) << "employee of the other, membership, letters";
  ASSERT_OK_AND_ASSIGN(const std::vector<Fact> early, History(suite_.Staff(), ann.name(), "2020-01-01"));
  EXPECT_THAT(early, IsEmpty());
}

TEST_F(DirectoryServiceTest, PagesThroughAHistoryWithoutAGap) {
  const std::string acme = CompanyOf("ann@example.org");
  ASSERT_OK_AND_ASSIGN(const std::vector<Fact> whole, History(suite_.Staff(), acme));
  v1::ListHistoryRequest request;
  request.set_holder(acme);
  request.set_page_size(1);
  std::vector<std::string> paged;
  do {
    ASSERT_OK_AND_ASSIGN(const auto page, Invoke(&Stub::ListHistory, *directory_, suite_.Staff(), request));
    for (const Fact& fact : page.facts()) paged.push_back(fact.SerializeAsString());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  ASSERT_EQ(paged.size(), whole.size());
  EXPECT_EQ(whole.size(), 3u);
  for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_EQ(paged[i], whole[i].SerializeAsString());
  request.set_page_token("bm9uZQ");
  EXPECT_EQ(Invoke(&Stub::ListHistory, *directory_, suite_.Staff(), request).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(DirectoryServiceTest, ShowsAHistoryToThoseItIsAbout) {
  const std::string ann = PersonAt("ann@example.org").name();
  const std::string acme = CompanyOf("ann@example.org");
  EXPECT_OK(History(As("ann@example.org"), ""));
  EXPECT_OK(History(As("ann@example.org"), ann));
  EXPECT_THAT(History(As("bob_1@example.org"), ann),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_THE_HOLDER"));
  EXPECT_THAT(History(As("ann@example.org"), acme),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_ADMINISTRATOR"));
  v1::AppointAdministratorRequest appoint;
  appoint.set_company(acme);
  appoint.set_person(ann);
  ASSERT_OK(Invoke(&v1::PeopleService::Stub::AppointAdministrator, *people_, suite_.Staff(), appoint));
  EXPECT_OK(History(As("ann@example.org"), acme));
  EXPECT_THAT(History(suite_.Staff(), "people/none"),
              IsError(absl::StatusCode::kNotFound, "PERSON_NOT_FOUND"));
  EXPECT_THAT(History(suite_.Staff(), "companies/none"),
              IsError(absl::StatusCode::kNotFound, "COMPANY_NOT_FOUND"));
}

TEST_F(DirectoryServiceTest, LetsInWhomThePoliciesName) {
  testing::ExpectEveryPolicyHolds(
      suite_, loopback_.channel(),
      {"plenary.membership.v1.DirectoryService", "plenary.membership.v1.PeopleService"});
}

}  // namespace
}  // namespace plenary::membership
