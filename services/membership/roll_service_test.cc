#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

#include "common/ids/id.h"
#include "services/membership/rules/roll_bytes.h"
#include "services/membership/testing_membership.h"

namespace plenary::membership {
namespace {

using testing::Invoke;
using testing::IsError;

class RollServiceTest : public MembershipTest {
 protected:
  // One company for each reason there is; "solo" and "named" can vote.
  RollServiceTest() {
    SaveCategories();
    MustImport(
        "solo@example.org,Solo,Solo,professional,2021-08-24,2022-08-23,2,,\n"
        "named@example.org,Named,Named,professional,2021-08-24,2022-08-23,2,yes,\n"
        "second@example.org,Second,Named,professional,2021-08-24,2022-08-23,2,,\n"
        "free@example.org,Free,Free,registered,2021-08-24,,,,\n"
        "lapsed@example.org,Lapsed,Lapsed,professional,2020-08-24,2021-08-23,2,,\n"
        "letters@example.org,Letters,Letters,professional,2021-08-24,2022-08-23,1,,\n"
        "one@example.org,One,Several,professional,2021-08-24,2022-08-23,2,,\n"
        "two@example.org,Two,Several,professional,2021-08-24,2022-08-23,2,,\n"
        "off@example.org,Off,Misnamed,professional,2020-08-24,2021-08-23,2,yes,\n"
        "on@example.org,On,Misnamed,professional,2021-08-24,2022-08-23,2,,\n");
  }

  absl::StatusOr<v1::ExplainEligibilityResponse> Explain(const std::string& as_of = "", int page_size = 0,
                                                         const std::string& page_token = "",
                                                         const std::string& company = "") {
    v1::ExplainEligibilityRequest request;
    request.set_as_of(as_of);
    request.set_page_size(page_size);
    request.set_page_token(page_token);
    request.set_company(company);
    return Invoke(&v1::RollService::Stub::ExplainEligibility, *rolls_, suite_.Staff(), request);
  }

  std::map<std::string, std::string> Reasons(const std::string& as_of) {
    std::map<std::string, std::string> reasons;
    const auto response = Explain(as_of);
    EXPECT_OK(response);
    for (const v1::Eligibility& company : response->companies()) {
      reasons[company.company_display_name()] = company.reason();
      EXPECT_EQ(company.eligible(), !company.representative().empty());
      EXPECT_EQ(company.eligible(), company.remedy().empty());
    }
    return reasons;
  }

  absl::StatusOr<v1::Roll> GetRoll(const std::string& election) {
    v1::GetRollRequest request;
    request.set_election(election);
    return Invoke(&v1::RollService::Stub::GetRoll, *rolls_, testing::TestSuite::Anonymous(), request);
  }
};

TEST_F(RollServiceTest, GivesEveryCompanyItsReason) {
  const std::map<std::string, std::string> expected = {{"Solo", "ELIGIBLE"},
                                                       {"Named", "ELIGIBLE"},
                                                       {"Free", "NO_VOTING_MEMBER"},
                                                       {"Lapsed", "NOT_IN_GOOD_STANDING"},
                                                       {"Letters", "LETTERS_MISSING"},
                                                       {"Several", "REPRESENTATIVE_NOT_NAMED"},
                                                       {"Misnamed", "REPRESENTATIVE_NOT_ENTITLED"}};
  EXPECT_EQ(Reasons(""), expected);
  EXPECT_EQ(Reasons("2022-09-22"), expected) << "grace";
  EXPECT_EQ(Reasons("2022-09-23")["Solo"], "NOT_IN_GOOD_STANDING") << "the grace days are over";
}

TEST_F(RollServiceTest, CountsTheWaiverOfTheBoard) {
  v1::GrantWaiverRequest request;
  v1::Waiver& waiver = *request.mutable_waiver();
  waiver.set_requirement(v1::REQUIREMENT_REFERENCE_LETTERS);
  waiver.add_acts(v1::ACT_VOTE);
  waiver.set_motion("bodies/board/motions/m1");
  waiver.set_valid_from("2022-08-01");
  waiver.set_valid_until("2022-12-31");
  ASSERT_OK_AND_ASSIGN(const v1::Waiver granted, Invoke(&v1::RegisterService::Stub::GrantWaiver, *register_,
                                                        suite_.Service("committee"), request));
  ASSERT_OK_AND_ASSIGN(const auto response, Explain("", 0, "", CompanyOf("letters@example.org")));
  EXPECT_TRUE(response.companies(0).eligible());
  EXPECT_EQ(response.companies(0).waiver(), granted.name());
  EXPECT_EQ(Reasons("2022-07-31")["Letters"], "LETTERS_MISSING");
}

TEST_F(RollServiceTest, GivesCompaniesPageByPage) {
  std::vector<std::string> names;
  std::string token;
  do {
    ASSERT_OK_AND_ASSIGN(const auto page, Explain("", 3, token));
    for (const v1::Eligibility& company : page.companies()) names.push_back(company.company());
    token = page.next_page_token();
  } while (!token.empty());
  EXPECT_EQ(names.size(), 7u);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_THAT(Explain("", 0, "x"), IsError(absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID"));
}

TEST_F(RollServiceTest, RefusesQuestionsWithoutAnAnswer) {
  EXPECT_THAT(Explain("2022-02-30"), IsError(absl::StatusCode::kInvalidArgument, "DATE_INVALID"));
  EXPECT_THAT(Explain("", 0, "", "companies/none"),
              IsError(absl::StatusCode::kNotFound, "COMPANY_NOT_FOUND"));
}

TEST_F(RollServiceTest, FreezesExactlyTheEligibleCompanies) {
  ASSERT_OK_AND_ASSIGN(const Frozen frozen, Freeze("elections/e"));
  ASSERT_EQ(frozen.entries.size(), 2u);
  EXPECT_TRUE(frozen.entries[0].company() < frozen.entries[1].company());
  EXPECT_EQ(frozen.roll.count(), 2);
  EXPECT_EQ(frozen.roll.record_date(), "2022-08-20");
  std::vector<IdBytes> units;
  for (const v1::RollEntry& entry : frozen.entries) {
    units.push_back(ParseId(entry.company().substr(10)).value());
    if (entry.company_display_name() == "Named") {
      EXPECT_EQ(entry.representative(), PersonAt("named@example.org").name());
    }
  }
  EXPECT_EQ(frozen.roll.sha256(), rules::RollSha256(units));
  ASSERT_OK_AND_ASSIGN(const v1::Roll roll, GetRoll("elections/e"));
  EXPECT_EQ(roll.SerializeAsString(), frozen.roll.SerializeAsString());
  v1::ListRollEntriesRequest request;
  request.set_election("elections/e");
  request.set_page_size(1);
  ASSERT_OK_AND_ASSIGN(const auto first, Invoke(&v1::RollService::Stub::ListRollEntries, *rolls_,
                                                As("free@example.org"), request));
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second, Invoke(&v1::RollService::Stub::ListRollEntries, *rolls_,
                                                 As("free@example.org"), request));
  EXPECT_EQ(first.entries(0).company(), frozen.entries[0].company());
  EXPECT_EQ(second.entries(0).company(), frozen.entries[1].company());
  EXPECT_EQ(second.next_page_token(), "");
}

TEST_F(RollServiceTest, KeepsAFrozenRollWhateverComesLater) {
  const std::string request_id = RandomUuid();
  ASSERT_OK_AND_ASSIGN(const Frozen first, Freeze("elections/e", "2022-08-20", request_id));
  MustImport("new@example.org,New,New,professional,2021-08-24,2022-08-23,2,,\n");
  EXPECT_THAT(Freeze("elections/e"), IsError(absl::StatusCode::kAlreadyExists, "ROLL_ALREADY_FROZEN"));
  EXPECT_EQ(GetRoll("elections/e")->SerializeAsString(), first.roll.SerializeAsString());
  ASSERT_OK_AND_ASSIGN(const Frozen again, Freeze("elections/e", "2022-08-20", request_id));
  EXPECT_EQ(again.roll.SerializeAsString(), first.roll.SerializeAsString());
  ASSERT_EQ(again.entries.size(), first.entries.size());
  ASSERT_OK_AND_ASSIGN(const Frozen other, Freeze("elections/f"));
  EXPECT_EQ(other.roll.count(), 3);
}

TEST_F(RollServiceTest, FreezesOnceWhenManyTry) {
  std::atomic<int> frozen{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const auto result = Freeze("elections/e");
      if (result.ok()) {
        ++frozen;
      } else {
        EXPECT_THAT(result, IsError(absl::StatusCode::kAlreadyExists, "ROLL_ALREADY_FROZEN"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(frozen, 1);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM roll_entries"), "2");
}

TEST_F(RollServiceTest, RefusesARollThatCannotBe) {
  EXPECT_THAT(Freeze("elections/e", "2022-08-21"),
              IsError(absl::StatusCode::kFailedPrecondition, "RECORD_DATE_IN_FUTURE"));
  EXPECT_THAT(Freeze("elections/e", "2019-01-01"),
              IsError(absl::StatusCode::kFailedPrecondition, "ROLL_EMPTY"));
  EXPECT_THAT(Freeze("elections/e", "today"), IsError(absl::StatusCode::kInvalidArgument, "DATE_INVALID"));
  EXPECT_THAT(Freeze("contests/e"), IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(GetRoll("elections/e"), IsError(absl::StatusCode::kNotFound, "ROLL_NOT_FOUND"));
  v1::ListRollEntriesRequest request;
  request.set_election("elections/e");
  EXPECT_THAT(Invoke(&v1::RollService::Stub::ListRollEntries, *rolls_, suite_.Staff(), request),
              IsError(absl::StatusCode::kNotFound, "ROLL_NOT_FOUND"));
}

TEST_F(RollServiceTest, IsFrozenByStaffOnly) {
  v1::FreezeRollRequest request;
  const auto context = As("solo@example.org");
  const auto reader = rolls_->FreezeRoll(context.get(), request);
  EXPECT_THAT(FromGrpcStatus(reader->Finish()), IsError(absl::StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM rolls"), "0");
}

}  // namespace
}  // namespace plenary::membership
