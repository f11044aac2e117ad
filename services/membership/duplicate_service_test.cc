#include "services/membership/duplicate_service.h"

#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

#include "common/testing/every_caller.h"
#include "services/membership/limits_duplicates.h"
#include "services/membership/testing_membership.h"

namespace plenary::membership {
namespace {

using testing::Invoke;
using testing::IsError;

constexpr absl::StatusCode kPrecondition = absl::StatusCode::kFailedPrecondition;

class DuplicateServiceTest : public MembershipTest {
 protected:
  // Ada stands on the register twice, in two companies of one name but for the legal form.
  DuplicateServiceTest()
      : duplicate_service_(suite_.edge(), database_.pool(), ids_),
        duplicate_loopback_({&duplicate_service_}),
        duplicates_(v1::DuplicateService::NewStub(duplicate_loopback_.channel())) {
    SaveCategories();
    MustImport(
        "ada@acme.example,Ada Voorbeeld,Acme Inc,professional,2021-08-24,2022-12-31,2,yes,\n"
        "ada+work@acme.example,Voorbeeld Ada,Acme LLC,professional,2020-08-24,2021-08-23,3,yes,\n"
        "priya@zeta.example,Priya Exempel,Zeta,professional,2021-08-24,2022-12-31,2,yes,\n");
  }

  v1::FindDuplicatesResponse::Result Find(v1::DuplicateKind kind) {
    v1::FindDuplicatesRequest request;
    request.set_kind(kind);
    const auto context = suite_.Staff();
    const auto reader = duplicates_->FindDuplicates(context.get(), request);
    v1::FindDuplicatesResponse part;
    v1::FindDuplicatesResponse::Result result;
    progress_ = 0;
    while (reader->Read(&part)) {
      if (part.has_progress()) progress_ = part.progress().read();
      if (part.has_result()) result = part.result();
    }
    EXPECT_TRUE(reader->Finish().ok());
    return result;
  }

  std::vector<v1::Duplicate> List(v1::Duplicate::State state = v1::Duplicate::STATE_PROPOSED) {
    v1::ListDuplicatesRequest request;
    request.set_state(state);
    const auto response =
        Invoke(&v1::DuplicateService::Stub::ListDuplicates, *duplicates_, suite_.Staff(), request);
    EXPECT_OK(response);
    return {response->duplicates().begin(), response->duplicates().end()};
  }

  absl::StatusOr<v1::MergeRecord> Merge(const std::string& survivor, const std::string& duplicate,
                                        bool validate_only = false, const std::string& request_id = "") {
    v1::MergeRequest request;
    request.set_survivor(survivor);
    request.set_duplicate(duplicate);
    request.set_reason("The same person, says the office.");
    request.set_validate_only(validate_only);
    request.set_request_id(request_id);
    return Invoke(&v1::DuplicateService::Stub::Merge, *duplicates_, suite_.Staff(), request);
  }

  absl::StatusOr<v1::MergeRecord> Undo(const std::string& name) {
    v1::UndoMergeRequest request;
    request.set_name(name);
    request.set_reason("They are two after all.");
    return Invoke(&v1::DuplicateService::Stub::UndoMerge, *duplicates_, suite_.Staff(), request);
  }

  // Everything the register says, row by row: what a merge and its undoing must give back.
  std::map<std::string, std::vector<std::string>> Register() {
    std::map<std::string, std::vector<std::string>> tables;
    tables["people"] = database_.Column(
        "SELECT CONCAT_WS('|', id, email, full_name, company, accepted_letters) FROM "
        "people ORDER BY id");
    tables["companies"] = database_.Column(
        "SELECT CONCAT_WS('|', id, display_name, name_key, COALESCE(representative, '-')) FROM companies "
        "ORDER BY id");
    tables["memberships"] = database_.Column(
        "SELECT CONCAT_WS('|', holder, category, start_date, COALESCE(end_date, '-'), source) FROM "
        "memberships "
        "ORDER BY holder, category, start_date");
    tables["links"] = database_.Column(
        "SELECT CONCAT_WS('|', id, person, company, role, start_date, COALESCE(end_date, '-'), end_source, "
        "COALESCE(employee_now, '-'), COALESCE(administrator_now, '-'), COALESCE(representative_now, '-')) "
        "FROM links "
        "ORDER BY id");
    tables["words"] =
        database_.Column("SELECT CONCAT_WS('|', word, holder) FROM search_words ORDER BY holder, word");
    return tables;
  }

  DuplicateService duplicate_service_;
  testing::Loopback duplicate_loopback_;
  std::unique_ptr<v1::DuplicateService::Stub> duplicates_;
  std::int64_t progress_ = 0;
};

TEST_F(DuplicateServiceTest, ProposesPeopleWithPointsAndReasonsAndProposesThemOnce) {
  const auto first = Find(v1::DUPLICATE_KIND_PERSON);
  EXPECT_EQ(first.compared(), 3);
  EXPECT_EQ(first.proposed(), 1);
  EXPECT_EQ(progress_, 3);
  const auto pairs = List();
  ASSERT_EQ(pairs.size(), 1u);
  EXPECT_EQ(pairs[0].score(), 80) << "the same mailbox and the same name";
  EXPECT_THAT(pairs[0].reasons(), ::testing::SizeIs(2));
  EXPECT_THAT(pairs[0].first_label() + pairs[0].second_label(),
              ::testing::HasSubstr("ada+work@acme.example"));
  const auto second = Find(v1::DUPLICATE_KIND_PERSON);
  EXPECT_EQ(second.proposed(), 0);
  EXPECT_EQ(second.known(), 1);
}

TEST_F(DuplicateServiceTest, ProposesCompaniesByNameAndDomain) {
  EXPECT_EQ(Find(v1::DUPLICATE_KIND_COMPANY).proposed(), 1);
  const auto pairs = List();
  ASSERT_EQ(pairs.size(), 1u);
  EXPECT_EQ(pairs[0].kind(), v1::DUPLICATE_KIND_COMPANY);
  EXPECT_EQ(pairs[0].score(), 80);
}

TEST_F(DuplicateServiceTest, APairThatWasDismissedStaysDismissed) {
  Find(v1::DUPLICATE_KIND_PERSON);
  v1::DismissDuplicateRequest request;
  request.set_name(List().at(0).name());
  request.set_reason("Mother and daughter.");
  const auto dismiss = [&] {
    return Invoke(&v1::DuplicateService::Stub::DismissDuplicate, *duplicates_, suite_.Staff(), request);
  };
  EXPECT_OK(dismiss());
  EXPECT_THAT(dismiss(), IsError(kPrecondition, "DUPLICATE_DECIDED"));
  EXPECT_EQ(Find(v1::DUPLICATE_KIND_PERSON).proposed(), 0);
  EXPECT_TRUE(List().empty());
  EXPECT_EQ(List(v1::Duplicate::STATE_DISMISSED).size(), 1u);
  request.set_name("duplicates/none");
  EXPECT_THAT(dismiss(), IsError(absl::StatusCode::kNotFound, "DUPLICATE_NOT_FOUND"));
}

TEST_F(DuplicateServiceTest, APreviewTellsTheEffectAndChangesNothing) {
  const auto before = Register();
  ASSERT_OK_AND_ASSIGN(const v1::MergeRecord preview,
                       Merge(CompanyOf("ada@acme.example"), CompanyOf("ada+work@acme.example"), true));
  EXPECT_EQ(preview.name(), "");
  EXPECT_EQ(preview.moved().at("people"), 1);
  EXPECT_EQ(Register(), before);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM merges"), "0");
}

TEST_F(DuplicateServiceTest, MergingPeopleMovesPeriodsAndLettersAndLeavesOneVote) {
  const std::string survivor = PersonAt("ada@acme.example").name();
  const std::string duplicate = PersonAt("ada+work@acme.example").name();
  Find(v1::DUPLICATE_KIND_PERSON);
  ASSERT_OK_AND_ASSIGN(const v1::MergeRecord record, Merge(survivor, duplicate));
  EXPECT_EQ(record.moved().at("memberships"), 1);
  EXPECT_EQ(record.votes_before(), 1);
  EXPECT_EQ(record.votes_after(), 1);
  const v1::Person person = PersonAt("ada@acme.example");
  EXPECT_EQ(person.memberships_size(), 2);
  EXPECT_EQ(person.accepted_letters(), 3) << "the higher count";
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM people WHERE email LIKE 'ada%'"), "1");
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM companies WHERE representative IS NOT NULL"), "2")
      << "the company that the duplicate represented has nobody now";
  EXPECT_EQ(List(v1::Duplicate::STATE_MERGED).size(), 1u);
}

TEST_F(DuplicateServiceTest, TheNameOfAMergedPersonLeadsToTheSurvivor) {
  const std::string survivor = PersonAt("ada@acme.example").name();
  const std::string duplicate = PersonAt("ada+work@acme.example").name();
  ASSERT_OK(Merge(survivor, duplicate));
  v1::GetPersonRequest request;
  request.set_name(duplicate);
  ASSERT_OK_AND_ASSIGN(const v1::Person person,
                       Invoke(&v1::RegisterService::Stub::GetPerson, *register_, suite_.Staff(), request));
  EXPECT_EQ(person.name(), survivor);
  v1::ExplainRightRequest right;
  right.set_person(duplicate);
  right.set_act(v1::ACT_VOTE);
  ASSERT_OK_AND_ASSIGN(const auto answer,
                       Invoke(&v1::RegisterService::Stub::ExplainRight, *register_, suite_.Staff(), right));
  EXPECT_TRUE(answer.allowed());
}

TEST_F(DuplicateServiceTest, AColleagueWhoRepresentsPassesTheOfficeToTheSurvivor) {
  MustImport("twin@acme.example,Ada Voorbeeld,Acme Inc,professional,2021-08-24,2022-12-31,2,,\n");
  const std::string survivor = PersonAt("twin@acme.example").name();
  ASSERT_OK(Merge(survivor, PersonAt("ada@acme.example").name()));
  v1::GetCompanyRequest request;
  request.set_name(CompanyOf("twin@acme.example"));
  ASSERT_OK_AND_ASSIGN(const v1::Company company,
                       Invoke(&v1::RegisterService::Stub::GetCompany, *register_, suite_.Staff(), request));
  EXPECT_EQ(company.representative(), survivor);
}

TEST_F(DuplicateServiceTest, MergingCompaniesJoinsTheirPeopleAndKeepsTheSurvivorsRepresentative) {
  const std::string survivor = CompanyOf("ada@acme.example");
  ASSERT_OK_AND_ASSIGN(const v1::MergeRecord record, Merge(survivor, CompanyOf("ada+work@acme.example")));
  EXPECT_EQ(CompanyOf("ada+work@acme.example"), survivor);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM companies WHERE representative IS NOT NULL"), "2");
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM links WHERE role = 'REPRESENTATIVE' AND end_date IS NULL"),
            "2");
  EXPECT_EQ(record.votes_after(), 1);
}

TEST_F(DuplicateServiceTest, UndoingAMergeGivesEverythingBack) {
  const auto before = Register();
  for (const auto& [survivor, duplicate] :
       {std::pair(PersonAt("ada@acme.example").name(), PersonAt("ada+work@acme.example").name()),
        std::pair(CompanyOf("ada@acme.example"), CompanyOf("ada+work@acme.example"))}) {
    SCOPED_TRACE(duplicate);
    ASSERT_OK_AND_ASSIGN(const v1::MergeRecord record, Merge(survivor, duplicate));
    EXPECT_NE(Register(), before);
    ASSERT_OK_AND_ASSIGN(const v1::MergeRecord undone, Undo(record.name()));
    EXPECT_TRUE(undone.has_undo_time());
    EXPECT_EQ(Register(), before);
    EXPECT_THAT(Undo(record.name()), IsError(kPrecondition, "MERGE_UNDONE"));
  }
  EXPECT_THAT(Undo("merges/none"), IsError(absl::StatusCode::kNotFound, "MERGE_NOT_FOUND"));
}

TEST_F(DuplicateServiceTest, WhatWasBuiltUponAMergeHoldsItsUndoingUp) {
  const std::string survivor = PersonAt("ada@acme.example").name();
  ASSERT_OK_AND_ASSIGN(const v1::MergeRecord record,
                       Merge(survivor, PersonAt("ada+work@acme.example").name()));
  // Somebody took the address that came free.
  MustImport("ada+work@acme.example,Ada Young,Other,registered,2022-08-20,,,,\n");
  EXPECT_THAT(Undo(record.name()), IsError(kPrecondition, "MERGE_BUILT_UPON"));
  database_.Run("DELETE FROM people WHERE full_name = 'Ada Young'");
  database_.Run("DELETE FROM memberships WHERE start_date = '2020-08-24'");
  EXPECT_THAT(Undo(record.name()), IsError(kPrecondition, "MERGE_BUILT_UPON"));
}

TEST_F(DuplicateServiceTest, OneWhoseSurvivorWasMergedFurtherIsUndoneAfterThat) {
  const std::string priya = PersonAt("priya@zeta.example").name();
  const std::string ada = PersonAt("ada@acme.example").name();
  const std::string twin = PersonAt("ada+work@acme.example").name();
  ASSERT_OK_AND_ASSIGN(const v1::MergeRecord first, Merge(ada, twin));
  ASSERT_OK_AND_ASSIGN(const v1::MergeRecord second, Merge(priya, ada));
  v1::GetPersonRequest request;
  request.set_name(twin);
  EXPECT_EQ(Invoke(&v1::RegisterService::Stub::GetPerson, *register_, suite_.Staff(), request)->name(),
            priya);
  EXPECT_THAT(Undo(first.name()), IsError(kPrecondition, "MERGE_BUILT_UPON"));
  EXPECT_OK(Undo(second.name()));
  EXPECT_OK(Undo(first.name()));
}

TEST_F(DuplicateServiceTest, ARollThatIsNotOverHoldsAMergeUp) {
  ASSERT_OK(Freeze("elections/e1"));
  EXPECT_THAT(Merge(CompanyOf("priya@zeta.example"), CompanyOf("ada@acme.example")),
              IsError(kPrecondition, "ROLL_NAMES_DUPLICATE"));
  EXPECT_THAT(Merge(PersonAt("priya@zeta.example").name(), PersonAt("ada@acme.example").name()),
              IsError(kPrecondition, "ROLL_NAMES_DUPLICATE"));
  EXPECT_OK(Merge(PersonAt("ada@acme.example").name(), PersonAt("ada+work@acme.example").name()))
      << "the survivor may stand on it";
}

TEST_F(DuplicateServiceTest, TwoThatAreNoPairAreRefused) {
  const std::string ada = PersonAt("ada@acme.example").name();
  constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(Merge(ada, ada), IsError(kInvalid, "FIELD_INVALID"));
  EXPECT_THAT(Merge(ada, CompanyOf("ada@acme.example")), IsError(kInvalid, "FIELD_INVALID"));
  EXPECT_THAT(Merge(ada, "people/nobody"), IsError(absl::StatusCode::kNotFound, "PERSON_NOT_FOUND"));
  EXPECT_THAT(Merge(CompanyOf("ada@acme.example"), "companies/none"),
              IsError(absl::StatusCode::kNotFound, "COMPANY_NOT_FOUND"));
  v1::MergeRequest request;
  request.set_survivor(ada);
  request.set_duplicate(PersonAt("priya@zeta.example").name());
  request.set_reason(std::string(limits::kLongestDecisionReason + 1, 'x'));
  EXPECT_THAT(Invoke(&v1::DuplicateService::Stub::Merge, *duplicates_, suite_.Staff(), request),
              IsError(kInvalid, "FIELD_INVALID"));
  v1::FindDuplicatesRequest find;
  const auto context = suite_.Staff();
  const auto reader = duplicates_->FindDuplicates(context.get(), find);
  v1::FindDuplicatesResponse part;
  EXPECT_FALSE(reader->Read(&part));
  EXPECT_THAT(FromGrpcStatus(reader->Finish()), IsError(kInvalid, "FIELD_INVALID"));
}

TEST_F(DuplicateServiceTest, ARepeatedMergeGetsItsFirstAnswer) {
  const std::string survivor = PersonAt("ada@acme.example").name();
  const std::string duplicate = PersonAt("ada+work@acme.example").name();
  const std::string id = RandomUuid();
  ASSERT_OK_AND_ASSIGN(const v1::MergeRecord first, Merge(survivor, duplicate, false, id));
  ASSERT_OK_AND_ASSIGN(const v1::MergeRecord again, Merge(survivor, duplicate, false, id));
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM merges"), "1");
}

TEST_F(DuplicateServiceTest, MergesAreListedNewestFirstInPages) {
  const std::string ada = PersonAt("ada@acme.example").name();
  ASSERT_OK(Merge(ada, PersonAt("ada+work@acme.example").name()));
  ASSERT_OK(Merge(ada, PersonAt("priya@zeta.example").name()));
  v1::ListMergesRequest request;
  request.set_page_size(1);
  ASSERT_OK_AND_ASSIGN(
      auto page, Invoke(&v1::DuplicateService::Stub::ListMerges, *duplicates_, suite_.Staff(), request));
  ASSERT_EQ(page.merges_size(), 1);
  const std::string newest = page.merges(0).duplicate();
  request.set_page_token(page.next_page_token());
  ASSERT_OK_AND_ASSIGN(
      page, Invoke(&v1::DuplicateService::Stub::ListMerges, *duplicates_, suite_.Staff(), request));
  ASSERT_EQ(page.merges_size(), 1);
  EXPECT_NE(page.merges(0).duplicate(), newest);
  EXPECT_EQ(page.next_page_token(), "");
}

TEST_F(DuplicateServiceTest, EveryPolicyHolds) {
  testing::ExpectEveryPolicyHolds(suite_, duplicate_loopback_.channel(),
                                  {"plenary.membership.v1.DuplicateService"});
}

}  // namespace
}  // namespace plenary::membership
