#include "services/membership/office_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "common/testing/every_caller.h"
#include "services/membership/testing_membership.h"

namespace plenary::membership {
namespace {

using testing::Invoke;
using testing::IsError;
using Stub = v1::OfficeService::Stub;

class OfficeServiceTest : public MembershipTest {
 protected:
  OfficeServiceTest()
      : office_service_(suite_.edge(), database_.pool()),
        office_loopback_({&office_service_}),
        office_(v1::OfficeService::NewStub(office_loopback_.channel())) {
    SaveCategories();
    MustImport(
        "solo@example.org,Solo,Solo,professional,2021-08-24,2022-08-23,2,,\n"
        "free@example.org,Free,Free,registered,2021-08-24,,,,\n"
        "lapsed@example.org,Lapsed,Lapsed,professional,2020-08-24,2021-08-23,2,,\n"
        "letters@example.org,Letters,Letters,professional,2021-08-24,2022-08-23,1,,\n"
        "one@example.org,One,Several,professional,2021-08-24,2022-08-23,2,,\n"
        "two@example.org,Two,Several,professional,2021-08-24,2022-08-23,2,,\n"
        "other@example.org,Other,Several,registered,2021-08-24,,,,\n");
  }

  absl::StatusOr<v1::Figures> Figures(const std::string& as_of, const std::string& from = "",
                                      const std::string& until = "") {
    v1::GetFiguresRequest request;
    request.set_as_of(as_of);
    request.set_from(from);
    request.set_until(until);
    return Invoke(&Stub::GetFigures, *office_, suite_.Staff(), request);
  }

  absl::StatusOr<v1::ListCannotVoteResponse> CannotVote(const v1::ListCannotVoteRequest& request) {
    return Invoke(&Stub::ListCannotVote, *office_, suite_.Staff(), request);
  }

  OfficeService office_service_;
  testing::Loopback office_loopback_;
  std::unique_ptr<v1::OfficeService::Stub> office_;
};

TEST_F(OfficeServiceTest, TellsTheFiguresOfAnyDay) {
  ASSERT_OK_AND_ASSIGN(const v1::Figures today, Figures(""));
  EXPECT_EQ(today.as_of(), "2022-08-20");
  EXPECT_EQ(today.professional(), 4);
  EXPECT_EQ(today.registered(), 2);
  ASSERT_OK_AND_ASSIGN(const v1::Figures before, Figures("2021-08-01"));
  EXPECT_EQ(before.professional(), 1) << "the one who lapsed later";
  EXPECT_EQ(before.registered(), 0);
  ASSERT_OK_AND_ASSIGN(const v1::Figures after, Figures("2022-09-23"));
  EXPECT_EQ(after.professional(), 0) << "grace is over";
  std::map<std::string, int> states;
  for (const v1::StandingCount& count : today.standings()) {
    states[count.category() + " " + v1::Membership::State_Name(count.state())] = count.people();
  }
  EXPECT_EQ(states, (std::map<std::string, int>{{"categories/professional STATE_ACTIVE", 4},
                                                {"categories/professional STATE_LAPSED", 1},
                                                {"categories/registered STATE_ACTIVE", 2}}));
}

TEST_F(OfficeServiceTest, TellsWhatMovedInAPeriod) {
  MustImport("solo@example.org,Solo,Solo,professional,2022-08-24,2023-08-23,2,,\n");
  ASSERT_OK_AND_ASSIGN(const v1::Figures year, Figures("", "2021-08-01", "2022-12-31"));
  EXPECT_EQ(year.as_of(), "2022-12-31");
  ASSERT_EQ(year.movements_size(), 2);
  EXPECT_EQ(year.movements(0).category(), "categories/professional");
  EXPECT_EQ(year.movements(0).joins(), 4);
  EXPECT_EQ(year.movements(0).renewals(), 1);
  EXPECT_EQ(year.movements(0).lapses(), 4) << "one in 2021, three of the four whose term ended in 2022";
  EXPECT_EQ(year.movements(1).joins(), 2);
}

TEST_F(OfficeServiceTest, TellsWhatCameInAndWhoGetsMail) {
  database_.Run(
      "INSERT INTO payments (id, reference, kind, amount_cents, refunded_cents, received_on, note, "
      "created_at)"
      " VALUES ('1', 'a', 'DUES', 10000, 2500, '2022-08-01', '', 0), ('2', 'b', 'DUES', -2500, 0, "
      "'2022-08-31', '', 0),"
      " ('3', 'c', 'DONATION', 500, 0, '2022-08-15', '', 0), ('4', 'd', 'DUES', 700, 0, '2022-09-01', '', "
      "0)");
  database_.Run(
      "INSERT INTO contact_consents (contact, act, evidence, topics, actor, at) VALUES"
      " ('a', 'ADDED', '', '', '', 1660953600000000), ('b', 'ADDED', '', '', '', 1660953600000000),"
      " ('b', 'UNSUBSCRIBED', '', '', '', 1661040000000000), ('c', 'CONFIRMED', '', '', '', "
      "1661040000000000)");
  ASSERT_OK_AND_ASSIGN(const v1::Figures august, Figures("2022-08-20", "2022-08-01", "2022-08-31"));
  ASSERT_EQ(august.revenue_size(), 2);
  EXPECT_EQ(august.revenue(0).kind(), "dues");
  EXPECT_EQ(august.revenue(0).amount_cents(), 7500) << "the refund is taken off";
  EXPECT_EQ(august.revenue(0).payments(), 2);
  EXPECT_EQ(august.revenue(1).kind(), "donation");
  EXPECT_EQ(august.contacts(), 2) << "on 20 August two were on the list";
  ASSERT_OK_AND_ASSIGN(const v1::Figures later, Figures("2022-08-21"));
  EXPECT_EQ(later.contacts(), 2) << "one came, one went";
  ASSERT_OK_AND_ASSIGN(const v1::Figures earlier, Figures("2022-08-19"));
  EXPECT_EQ(earlier.contacts(), 0);
}

TEST_F(OfficeServiceTest, RefusesDaysThatAreNone) {
  EXPECT_THAT(Figures("2022-02-30"), IsError(absl::StatusCode::kInvalidArgument, "DATE_INVALID"));
  EXPECT_THAT(Figures("", "yesterday"), IsError(absl::StatusCode::kInvalidArgument, "DATE_INVALID"));
  EXPECT_THAT(Figures("", "", "2023-02-29"), IsError(absl::StatusCode::kInvalidArgument, "DATE_INVALID"));
  EXPECT_THAT(Figures("", "2022-02-02", "2022-02-01"),
              IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(OfficeServiceTest, ListsWhoCannotVoteAndWhomToWriteTo) {
  v1::ListCannotVoteRequest request;
  request.set_count_reasons(true);
  ASSERT_OK_AND_ASSIGN(const auto all, CannotVote(request));
  std::map<std::string, std::vector<std::string>> addresses;
  for (const v1::CannotVote& company : all.companies()) {
    EXPECT_FALSE(company.eligibility().eligible());
    EXPECT_FALSE(company.eligibility().remedy().empty());
    auto& of = addresses[company.eligibility().reason()];
    for (const auto& contact : company.contacts()) of.push_back(contact.email());
    std::sort(of.begin(), of.end());
  }
  EXPECT_EQ(addresses, (std::map<std::string, std::vector<std::string>>{
                           {"LETTERS_MISSING", {"letters@example.org"}},
                           {"NOT_IN_GOOD_STANDING", {"lapsed@example.org"}},
                           {"NO_VOTING_MEMBER", {"free@example.org"}},
                           {"REPRESENTATIVE_NOT_NAMED", {"one@example.org", "two@example.org"}}}));
  EXPECT_EQ(all.counts_size(), 4);
  for (const v1::ReasonCount& count : all.counts()) EXPECT_EQ(count.companies(), 1);
}

TEST_F(OfficeServiceTest, WritesToAdministratorsFirst) {
  const v1::Person other = PersonAt("other@example.org");
  const std::string person = other.name().substr(7);
  const std::string company = other.company().substr(10);
  database_.Run(
      fmt::format("INSERT INTO links (id, person, company, role, start_date, source, administrator_now)"
                  " VALUES ('{}', '{}', '{}', 'ADMINISTRATOR', '2022-01-01', 'test', '{}{}')",
                  ids_.NextText(), person, company, person, company));
  v1::ListCannotVoteRequest request;
  request.set_reason("REPRESENTATIVE_NOT_NAMED");
  ASSERT_OK_AND_ASSIGN(const auto list, CannotVote(request));
  ASSERT_EQ(list.companies_size(), 1);
  ASSERT_EQ(list.companies(0).contacts_size(), 3);
  EXPECT_EQ(list.companies(0).contacts(0).email(), "other@example.org");
  EXPECT_TRUE(list.companies(0).contacts(0).administrator());
  EXPECT_FALSE(list.companies(0).contacts(1).administrator());
}

TEST_F(OfficeServiceTest, NamesFiveContactsAtMost) {
  std::string rows;
  for (char c = 'a'; c <= 'g'; ++c) {
    rows += fmt::format("{0}@big.org,{0},Big,professional,2021-08-24,2022-08-23,2,,\n", c);
  }
  MustImport(rows);
  v1::ListCannotVoteRequest request;
  request.set_reason("REPRESENTATIVE_NOT_NAMED");
  ASSERT_OK_AND_ASSIGN(const auto list, CannotVote(request));
  ASSERT_EQ(list.companies_size(), 2);
  EXPECT_EQ(std::max(list.companies(0).contacts_size(), list.companies(1).contacts_size()), 5);
}

TEST_F(OfficeServiceTest, ListsPageByPageAsOfADay) {
  v1::ListCannotVoteRequest request;
  request.set_page_size(2);
  std::vector<std::string> companies;
  do {
    ASSERT_OK_AND_ASSIGN(const auto page, CannotVote(request));
    EXPECT_LE(page.companies_size(), 2);
    EXPECT_EQ(page.counts_size(), 0);
    for (const v1::CannotVote& company : page.companies())
      companies.push_back(company.eligibility().company());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(companies.size(), 4u);
  EXPECT_TRUE(std::is_sorted(companies.begin(), companies.end()));
  request.set_as_of("2022-09-23");
  request.set_reason("NOT_IN_GOOD_STANDING");
  request.set_page_size(200);
  ASSERT_OK_AND_ASSIGN(const auto later, CannotVote(request));
  EXPECT_EQ(later.companies_size(), 4);
  request.set_as_of("2022-13-01");
  EXPECT_THAT(CannotVote(request), IsError(absl::StatusCode::kInvalidArgument, "DATE_INVALID"));
  request.set_as_of("");
  request.set_page_token("x");
  EXPECT_FALSE(CannotVote(request).ok());
}

TEST_F(OfficeServiceTest, IsForTheOfficeAlone) {
  testing::ExpectEveryPolicyHolds(suite_, office_loopback_.channel(),
                                  {"plenary.membership.v1.OfficeService"});
}

}  // namespace
}  // namespace plenary::membership
