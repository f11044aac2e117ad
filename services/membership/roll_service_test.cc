#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

#include "common/db/transact.h"
#include "common/ids/id.h"
#include "common/status/macros.h"
#include "services/membership/limits_rolls.h"
#include "services/membership/rules/roll_bytes.h"
#include "services/membership/store/rolls.h"
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

TEST_F(RollServiceTest, StreamsTheWholeRegisterAndCountsIt) {
  const auto stream = [&](const std::string& as_of, bool only_not_eligible) {
    v1::StreamEligibilityRequest request;
    request.set_as_of(as_of);
    request.set_only_not_eligible(only_not_eligible);
    const auto context = suite_.Staff();
    const auto reader = rolls_->StreamEligibility(context.get(), request);
    v1::StreamEligibilityResponse all;
    for (v1::StreamEligibilityResponse part; reader->Read(&part);) all.MergeFrom(part);
    const grpc::Status status = reader->Finish();
    return status.ok() ? absl::StatusOr<v1::StreamEligibilityResponse>(all) : FromGrpcStatus(status);
  };
  ASSERT_OK_AND_ASSIGN(const auto all, stream("", false));
  ASSERT_OK_AND_ASSIGN(const auto listed, Explain());
  ASSERT_EQ(all.companies_size(), listed.companies_size());
  for (int i = 0; i < all.companies_size(); ++i) {
    EXPECT_EQ(all.companies(i).SerializeAsString(), listed.companies(i).SerializeAsString());
  }
  EXPECT_TRUE(all.complete());
  EXPECT_EQ(all.companies_so_far(), 7);
  std::map<std::string, int> counts;
  for (const v1::ReasonCount& count : all.counts()) counts[count.reason()] = count.companies();
  EXPECT_EQ(counts["ELIGIBLE"], 2);
  EXPECT_EQ(counts["LETTERS_MISSING"], 1);
  ASSERT_OK_AND_ASSIGN(const auto some, stream("", true));
  EXPECT_EQ(some.companies_size(), 5);
  EXPECT_EQ(some.companies_so_far(), 7);
  EXPECT_THAT(stream("2022-02-30", false), IsError(absl::StatusCode::kInvalidArgument, "DATE_INVALID"));
}

TEST_F(RollServiceTest, TellsAMemberWhatTheOfficeIsTold) {
  const auto ask = [&](const std::string& email, const std::string& as_of = "") {
    v1::GetMyEligibilityRequest request;
    request.set_as_of(as_of);
    return Invoke(&v1::RollService::Stub::GetMyEligibility, *rolls_, As(email), request);
  };
  ASSERT_OK_AND_ASSIGN(const auto solo, ask("solo@example.org"));
  EXPECT_TRUE(solo.can_vote());
  EXPECT_EQ(solo.reason(), "ELIGIBLE");
  EXPECT_EQ(solo.remedy(), "");
  EXPECT_EQ(solo.rights_size(), 3);
  EXPECT_TRUE(solo.rights(0).allowed());
  ASSERT_OK_AND_ASSIGN(const auto second, ask("second@example.org"));
  EXPECT_FALSE(second.can_vote());
  EXPECT_EQ(second.reason(), "NOT_REPRESENTATIVE");
  EXPECT_EQ(second.representative_full_name(), "Named");
  EXPECT_THAT(second.remedy(), ::testing::HasSubstr("Named votes for the company"));
  for (const std::string email :
       {"free@example.org", "letters@example.org", "one@example.org", "on@example.org"}) {
    ASSERT_OK_AND_ASSIGN(const auto mine, ask(email));
    ASSERT_OK_AND_ASSIGN(const auto office, Explain("", 0, "", CompanyOf(email)));
    EXPECT_FALSE(mine.can_vote());
    EXPECT_EQ(mine.company().SerializeAsString(), office.companies(0).SerializeAsString());
    EXPECT_EQ(mine.reason(), office.companies(0).reason());
    EXPECT_EQ(mine.remedy(), office.companies(0).remedy());
  }
  ASSERT_OK_AND_ASSIGN(const auto later, ask("solo@example.org", "2022-09-23"));
  EXPECT_EQ(later.reason(), "NOT_IN_GOOD_STANDING") << "on a day to come as well";
  EXPECT_THAT(ask("solo@example.org", "soon"), IsError(absl::StatusCode::kInvalidArgument, "DATE_INVALID"));
}

TEST_F(RollServiceTest, FreezesARollOfPeople) {
  v1::FreezeRollRequest request;
  request.set_election("elections/poll");
  request.set_record_date("2022-08-20");
  request.set_unit(v1::UNIT_PERSON);
  request.set_act(v1::ACT_CONTEST);
  const auto context = suite_.Staff();
  const auto reader = rolls_->FreezeRoll(context.get(), request);
  std::vector<IdBytes> units;
  std::vector<std::string> names;
  v1::Roll roll;
  for (v1::FreezeRollResponse part; reader->Read(&part);) {
    if (part.has_roll()) roll = part.roll();
    if (!part.has_entry()) continue;
    EXPECT_EQ(part.entry().unit(), part.entry().representative());
    EXPECT_FALSE(part.entry().company().empty());
    units.push_back(ParseId(part.entry().unit().substr(7)).value());
    names.push_back(part.entry().unit_display_name());
  }
  ASSERT_TRUE(reader->Finish().ok());
  EXPECT_TRUE(std::is_sorted(units.begin(), units.end()));
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{"Named", "On", "One", "Second", "Solo", "Two"}))
      << "everybody who may, whoever votes for the company";
  EXPECT_EQ(roll.sha256(), rules::RollSha256(units));
  EXPECT_EQ(roll.unit(), v1::UNIT_PERSON);
  EXPECT_EQ(roll.act(), v1::ACT_CONTEST);
  v1::ListRollEntriesRequest list;
  list.set_election("elections/poll");
  list.set_page_size(4);
  ASSERT_OK_AND_ASSIGN(const auto first,
                       Invoke(&v1::RollService::Stub::ListRollEntries, *rolls_, suite_.Staff(), list));
  list.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second,
                       Invoke(&v1::RollService::Stub::ListRollEntries, *rolls_, suite_.Staff(), list));
  EXPECT_EQ(first.entries_size() + second.entries_size(), 6);
  EXPECT_EQ(second.next_page_token(), "");
}

TEST_F(RollServiceTest, RefusesAPlanThatIsNone) {
  const auto freeze = [&](v1::Unit unit, v1::Act act, int challenge_days) {
    v1::FreezeRollRequest request;
    request.set_election("elections/e");
    request.set_record_date("2022-08-20");
    request.set_unit(unit);
    request.set_act(act);
    request.set_challenge_days(challenge_days);
    const auto context = suite_.Staff();
    const auto reader = rolls_->FreezeRoll(context.get(), request);
    for (v1::FreezeRollResponse part; reader->Read(&part);) continue;
    return FromGrpcStatus(reader->Finish());
  };
  const auto invalid = IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID");
  EXPECT_THAT(freeze(v1::UNIT_COMPANY, v1::ACT_CONTEST, 0), invalid);
  EXPECT_THAT(freeze(v1::UNIT_PERSON, v1::ACT_HOLD_OFFICE, 0), invalid);
  EXPECT_THAT(freeze(static_cast<v1::Unit>(9), v1::ACT_VOTE, 0), invalid);
  EXPECT_THAT(freeze(v1::UNIT_COMPANY, v1::ACT_VOTE, -1), invalid);
  EXPECT_THAT(freeze(v1::UNIT_COMPANY, v1::ACT_VOTE, limits::kMostChallengeDays + 1), invalid);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM rolls"), "0");
  EXPECT_OK(freeze(v1::UNIT_COMPANY, v1::ACT_VOTE, limits::kMostChallengeDays));
}

TEST_F(RollServiceTest, ListsRevisionsThatAre) {
  ASSERT_OK(Freeze("elections/e"));
  v1::ListRollEntriesRequest request;
  request.set_election("elections/e");
  for (const int revision : {-1, 2}) {
    request.set_revision(revision);
    EXPECT_THAT(Invoke(&v1::RollService::Stub::ListRollEntries, *rolls_, suite_.Staff(), request),
                IsError(absl::StatusCode::kNotFound, "ROLL_NOT_FOUND"));
  }
  v1::ListRollRevisionsRequest revisions;
  revisions.set_election("elections/none");
  EXPECT_THAT(Invoke(&v1::RollService::Stub::ListRollRevisions, *rolls_, suite_.Staff(), revisions),
              IsError(absl::StatusCode::kNotFound, "ROLL_NOT_FOUND"));
}

// More companies than are judged, read and sent at a time.
TEST_F(RollServiceTest, FreezesManyCompaniesChunkByChunk) {
  constexpr int kMany = 2 * limits::kCompaniesAtATime + 1;
  const std::string numbers =
      "(SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS n FROM digits a, digits b, digits c, digits e)";
  database_.Run("CREATE TABLE digits (d INT)");
  database_.Run("INSERT INTO digits VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)");
  const auto fill = [&](const std::string& into, const std::string& values) {
    database_.Run("INSERT INTO " + into + " SELECT " + values + " FROM " + numbers + " t WHERE n < " +
                  std::to_string(kMany));
  };
  const std::string id = "CONCAT('1', LPAD(n, 24, '0'), '0')";
  fill("companies (id, display_name, name_key, version)", id + ", CONCAT('C', n), CONCAT('c', n), 1");
  fill("people (id, email, full_name, company, accepted_letters)",
       id + ", CONCAT('p', n, '@c.org'), CONCAT('P', n), " + id + ", 2");
  fill("links (id, person, company, role, start_date, source, employee_now)",
       id + ", " + id + ", " + id + ", 'EMPLOYEE', '2021-01-01', 'test', " + id);
  fill("letter_counts (person, recorded_on, accepted, source)", id + ", '2021-01-01', 2, 'test'");
  fill("memberships (holder, category, start_date, source)", id + ", 'professional', '2021-01-01', 'test'");
  ASSERT_OK_AND_ASSIGN(const Frozen frozen, Freeze("elections/many"));
  EXPECT_EQ(frozen.roll.count(), kMany + 2);
  EXPECT_EQ(frozen.entries.size(), static_cast<std::size_t>(kMany + 2));
  std::vector<IdBytes> units;
  for (const v1::RollEntry& entry : frozen.entries) units.push_back(ParseId(entry.unit().substr(10)).value());
  EXPECT_EQ(frozen.roll.sha256(), rules::RollSha256(units));
}

TEST_F(RollServiceTest, EndsWhenNobodyReadsAnyMore) {
  ASSERT_OK(Freeze("elections/e"));
  const auto context = suite_.Staff();
  const auto reader = rolls_->StreamEligibility(context.get(), {});
  context->TryCancel();
  for (v1::StreamEligibilityResponse part; reader->Read(&part);) continue;
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
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

// A freeze that has read the register and is not committed yet: the representative who is named meanwhile
// finds its roll, because naming waits for it.
TEST_F(RollServiceTest, NamesARepresentativeBeforeOrAfterAFreeze) {
  const std::string company = CompanyOf("named@example.org");
  v1::NameRepresentativeRequest request;
  request.set_company(company);
  request.set_representative(PersonAt("second@example.org").name());
  const auto name = [&](absl::Duration patience) {
    auto staff = suite_.Staff();
    staff->set_deadline(absl::ToChronoTime(absl::Now() + patience));
    return Invoke(&v1::RegisterService::Stub::NameRepresentative, *register_, std::move(staff), request);
  };
  const std::string id = company.substr(company.find('/') + 1);
  const std::string before = PersonAt("named@example.org").name();
  v1::Roll roll;
  roll.set_record_date("2022-08-20");
  ASSERT_OK(db::Transact(
      database_.pool(), absl::Now() + absl::Seconds(20), [&](db::Transaction& transaction) -> absl::Status {
        RETURN_IF_ERROR(store::TakeRollTurn(transaction));
        EXPECT_EQ(name(absl::Seconds(1)).status().code(), absl::StatusCode::kDeadlineExceeded);
        RETURN_IF_ERROR(store::InsertRoll(transaction, "e", roll).status());
        return store::InsertRollLines(transaction, "e", 1,
                                      {{.unit = id,
                                        .unit_display_name = "Named",
                                        .company = id,
                                        .company_display_name = "Named",
                                        .representative = before.substr(before.find('/') + 1)}})
            .status();
      }));
  ASSERT_OK(name(absl::Seconds(20)));
  EXPECT_EQ("people/" + database_.One("SELECT representative FROM roll_entries WHERE unit = '" + id + "'"),
            request.representative());
}

TEST_F(RollServiceTest, FreezesOnceNobodyIsBeingNamed) {
  ASSERT_OK(db::Transact(
      database_.pool(), absl::Now() + absl::Seconds(20), [&](db::Transaction& transaction) -> absl::Status {
        RETURN_IF_ERROR(store::ShareRollTurn(transaction));
        v1::FreezeRollRequest request;
        request.set_election("elections/e");
        request.set_record_date("2022-08-20");
        const auto staff = suite_.Staff();
        staff->set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(1)));
        const auto reader = rolls_->FreezeRoll(staff.get(), request);
        EXPECT_EQ(FromGrpcStatus(reader->Finish()).code(), absl::StatusCode::kDeadlineExceeded);
        return absl::OkStatus();
      }));
  EXPECT_OK(Freeze("elections/f"));
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
