#include <atomic>
#include <thread>

#include "services/membership/limits.h"
#include "services/membership/testing_membership.h"

namespace plenary::membership {
namespace {

using ::testing::ElementsAre;
using testing::Invoke;
using ::testing::IsEmpty;
using testing::IsError;
using Stub = v1::PeopleService::Stub;
using Context = std::unique_ptr<grpc::ClientContext>;

class PeopleServiceTest : public MembershipTest {
 protected:
  // Ann votes for Acme, Bob is of Acme too; Cy votes for Cyco.
  PeopleServiceTest() {
    SaveCategories();
    MustImport(
        "ann@example.org,Ann Lee,Acme,professional,2021-08-24,2023-08-23,2,yes,\n"
        "bob@example.org,Bob,Acme,professional,2021-08-24,2023-08-23,2,,\n"
        "cy@example.org,Cy,Cyco,professional,2021-08-24,2023-08-23,2,,\n");
  }

  absl::StatusOr<v1::Person> Create(const std::string& full_name, const std::string& email,
                                    const std::string& company = "", const std::string& since = "") {
    v1::CreatePersonRequest request;
    request.set_full_name(full_name);
    request.set_email(email);
    request.set_company(company);
    request.set_since(since);
    return Invoke(&Stub::CreatePerson, *people_, suite_.Staff(), request);
  }

  absl::StatusOr<v1::Person> Move(const std::string& email, const std::string& company,
                                  const std::string& etag = "", const std::string& request_id = "") {
    v1::MovePersonRequest request;
    request.set_person(PersonAt(email).name());
    request.set_company(company);
    request.set_etag(etag);
    request.set_request_id(request_id);
    return Invoke(&Stub::MovePerson, *people_, suite_.Staff(), request);
  }

  absl::StatusOr<v1::Person> Update(Context context, const v1::UpdatePersonRequest& request) {
    return Invoke(&Stub::UpdatePerson, *people_, std::move(context), request);
  }

  absl::StatusOr<v1::Company> Rename(Context context, const std::string& company, const std::string& name,
                                     const std::string& etag = "") {
    v1::RenameCompanyRequest request;
    request.set_company(company);
    request.set_display_name(name);
    request.set_etag(etag);
    return Invoke(&Stub::RenameCompany, *people_, std::move(context), request);
  }

  absl::StatusOr<v1::Company> Appoint(Context context, const std::string& company, const std::string& email,
                                      const std::string& etag = "") {
    v1::AppointAdministratorRequest request;
    request.set_company(company);
    request.set_person(PersonAt(email).name());
    request.set_etag(etag);
    return Invoke(&Stub::AppointAdministrator, *people_, std::move(context), request);
  }

  absl::StatusOr<v1::Company> Remove(Context context, const std::string& company, const std::string& email) {
    v1::RemoveAdministratorRequest request;
    request.set_company(company);
    request.set_person(PersonAt(email).name());
    return Invoke(&Stub::RemoveAdministrator, *people_, std::move(context), request);
  }

  v1::Company Company(const std::string& name, const std::string& as_of = "") {
    v1::GetCompanyRequest request;
    request.set_name(name);
    request.set_as_of(as_of);
    return Invoke(&v1::RegisterService::Stub::GetCompany, *register_, suite_.Staff(), request).value();
  }

  v1::Person Person(const std::string& name, const std::string& as_of) {
    v1::GetPersonRequest request;
    request.set_name(name);
    request.set_as_of(as_of);
    return Invoke(&v1::RegisterService::Stub::GetPerson, *register_, suite_.Staff(), request).value();
  }
};

TEST_F(PeopleServiceTest, PutsAPersonIntoACompanyOrOneOfTheirOwn) {
  const std::string acme = CompanyOf("ann@example.org");
  ASSERT_OK_AND_ASSIGN(const v1::Person dee, Create(" Dee ", "DEE@example.org", acme, "2022-08-01"));
  EXPECT_EQ(dee.full_name(), "Dee");
  EXPECT_EQ(dee.email(), "dee@example.org");
  EXPECT_EQ(dee.company(), acme);
  EXPECT_EQ(dee.memberships_size(), 0) << "the register is no membership";
  EXPECT_EQ(Person(dee.name(), "2022-07-31").company(), "");
  EXPECT_EQ(Person(dee.name(), "2022-08-01").company(), acme);
  ASSERT_OK_AND_ASSIGN(const v1::Person sole, Create("Sole Sue", "sue@example.org"));
  EXPECT_EQ(Company(sole.company()).display_name(), "Sole Sue");
}

TEST_F(PeopleServiceTest, RefusesAPersonWhoCannotBe) {
  EXPECT_THAT(Create("Ann", "ANN@example.org"), IsError(absl::StatusCode::kAlreadyExists, "EMAIL_TAKEN"));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM companies"), "2") << "no company of one stays behind";
  EXPECT_THAT(Create("Acme", "new@example.org"),
              IsError(absl::StatusCode::kAlreadyExists, "COMPANY_NAME_TAKEN"));
  EXPECT_THAT(Create("New", "new@example.org", "companies/none"),
              IsError(absl::StatusCode::kNotFound, "COMPANY_NOT_FOUND"));
  for (const char* name : {"", "  ", "New\nName"}) {
    EXPECT_THAT(Create(name, "new@example.org"),
                IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  }
  EXPECT_THAT(Create(std::string(limits::kLongestPersonName + 1, 'x'), "new@example.org"),
              IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Create("New", "no address"), IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Create("New", "new@example.org", "", "2022-08-21"),
              IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Create("New", "new@example.org", "", "2022-02-29"),
              IsError(absl::StatusCode::kInvalidArgument, "DATE_INVALID"));
}

TEST_F(PeopleServiceTest, ChangesANameAndKeepsTheOneBefore) {
  const v1::Person ann = PersonAt("ann@example.org");
  suite_.clock().Set(Noon("2022-09-01"));
  v1::UpdatePersonRequest request;
  request.set_full_name("Ann Lee-Moss");
  request.set_etag(ann.etag());
  ASSERT_OK_AND_ASSIGN(const v1::Person changed, Update(As("ann@example.org"), request));
  EXPECT_EQ(changed.full_name(), "Ann Lee-Moss");
  EXPECT_EQ(changed.email(), ann.email());
  EXPECT_NE(changed.etag(), ann.etag());
  EXPECT_EQ(Person(ann.name(), "2022-08-31").full_name(), "Ann Lee");
  EXPECT_EQ(Person(ann.name(), "2022-09-01").full_name(), "Ann Lee-Moss");
  EXPECT_EQ(Person(ann.name(), "2022-08-31").etag(), changed.etag()) << "a change is about today";
  EXPECT_THAT(Update(suite_.Staff(),
                     [&] {
                       request.set_person(ann.name());
                       return request;
                     }()),
              IsError(absl::StatusCode::kAborted, "PERSON_CHANGED"));
}

TEST_F(PeopleServiceTest, LetsOnlyTheOfficeChangeAnAddress) {
  v1::UpdatePersonRequest request;
  request.set_email("Ann.Lee@example.org");
  EXPECT_THAT(Update(As("ann@example.org"), request),
              IsError(absl::StatusCode::kPermissionDenied, "EMAIL_NEEDS_OFFICE"));
  request.set_person(PersonAt("ann@example.org").name());
  EXPECT_THAT(Update(As("bob@example.org"), request),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  ASSERT_OK_AND_ASSIGN(const v1::Person changed, Update(suite_.Staff(), request));
  EXPECT_EQ(changed.email(), "ann.lee@example.org");
  EXPECT_EQ(changed.full_name(), "Ann Lee");
  request.set_email("bob@example.org");
  EXPECT_THAT(Update(suite_.Staff(), request), IsError(absl::StatusCode::kAlreadyExists, "EMAIL_TAKEN"));
  request.set_person("people/none");
  EXPECT_THAT(Update(suite_.Staff(), request), IsError(absl::StatusCode::kNotFound, "PERSON_NOT_FOUND"));
}

TEST_F(PeopleServiceTest, MovesAPersonAndEndsWhatTheyWereThere) {
  const std::string acme = CompanyOf("ann@example.org");
  const std::string cyco = CompanyOf("cy@example.org");
  const v1::Person ann = PersonAt("ann@example.org");
  ASSERT_OK(Appoint(suite_.Staff(), acme, "ann@example.org"));
  suite_.clock().Set(Noon("2022-09-01"));
  const std::string request_id = RandomUuid();
  ASSERT_OK_AND_ASSIGN(const v1::Person moved, Move("ann@example.org", cyco, ann.etag(), request_id));
  EXPECT_EQ(moved.company(), cyco);
  ASSERT_OK_AND_ASSIGN(const v1::Person again, Move("ann@example.org", cyco, ann.etag(), request_id));
  EXPECT_EQ(again.SerializeAsString(), moved.SerializeAsString());
  EXPECT_EQ(Company(acme).representative(), "");
  EXPECT_THAT(Company(acme).administrators(), IsEmpty());
  EXPECT_EQ(Company(acme, "2022-08-31").representative(), ann.name()) << "and the past stays as it was";
  EXPECT_THAT(Company(acme, "2022-08-31").administrators(), ElementsAre(ann.name()));
  EXPECT_EQ(Person(ann.name(), "2022-08-31").company(), acme);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM audit WHERE act LIKE '%MovePerson'"), "1");
  ASSERT_OK(Move("ann@example.org", cyco));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM audit WHERE act LIKE '%MovePerson'"), "1")
      << "who is there already is not moved";
}

TEST_F(PeopleServiceTest, RefusesAMoveThatCannotBe) {
  const std::string acme = CompanyOf("ann@example.org");
  EXPECT_THAT(Move("cy@example.org", "companies/none"),
              IsError(absl::StatusCode::kNotFound, "COMPANY_NOT_FOUND"));
  EXPECT_THAT(Move("cy@example.org", acme, "stale"), IsError(absl::StatusCode::kAborted, "PERSON_CHANGED"));
  v1::MovePersonRequest request;
  request.set_person("people/none");
  request.set_company(acme);
  EXPECT_THAT(Invoke(&Stub::MovePerson, *people_, suite_.Staff(), request),
              IsError(absl::StatusCode::kNotFound, "PERSON_NOT_FOUND"));
}

TEST_F(PeopleServiceTest, KeepsARepresentativeWhoseCompanyHoldsACredentialOfARunningElection) {
  const std::string acme = CompanyOf("ann@example.org");
  const std::string cyco = CompanyOf("cy@example.org");
  ASSERT_OK(Freeze("elections/e"));
  for (const std::string& company : {acme, cyco}) {
    database_.Run("INSERT INTO issuances VALUES ('e', '" + *ResourceId("companies", company) + "', 'x', '')");
  }
  database_.Run(
      "INSERT INTO manifests (election, manifest, manifest_hash, issuing_opens, issuing_closes, "
      "voting_closes)"
      " VALUES ('e', '', '', 0, 0, " +
      std::to_string(absl::ToUnixMicros(Noon("2022-09-23"))) + ")");
  EXPECT_THAT(Move("ann@example.org", cyco),
              IsError(absl::StatusCode::kFailedPrecondition, "CREDENTIAL_ALREADY_ISSUED"));
  EXPECT_THAT(Move("cy@example.org", acme),
              IsError(absl::StatusCode::kFailedPrecondition, "CREDENTIAL_ALREADY_ISSUED"))
      << "nobody named Cy, who is the only professional and collected";
  EXPECT_OK(Move("bob@example.org", cyco)) << "a colleague may leave";
  suite_.clock().Set(Noon("2022-09-24"));
  EXPECT_OK(Move("ann@example.org", cyco)) << "voting has closed";
}

TEST_F(PeopleServiceTest, RenamesACompanyForStaffAndItsAdministrators) {
  const std::string acme = CompanyOf("ann@example.org");
  EXPECT_THAT(Rename(As("ann@example.org"), acme, "Acme Ltd"),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_ADMINISTRATOR"));
  ASSERT_OK(Appoint(suite_.Staff(), acme, "bob@example.org"));
  suite_.clock().Set(Noon("2022-09-01"));
  ASSERT_OK_AND_ASSIGN(const v1::Company renamed, Rename(As("bob@example.org"), acme, " Acme Ltd "));
  EXPECT_EQ(renamed.display_name(), "Acme Ltd");
  EXPECT_EQ(Company(acme, "2022-08-31").display_name(), "Acme");
  EXPECT_OK(Rename(suite_.Staff(), acme, "ACME ltd")) << "another spelling of its own name is free";
  EXPECT_THAT(Rename(suite_.Staff(), acme, "cyco"),
              IsError(absl::StatusCode::kAlreadyExists, "COMPANY_NAME_TAKEN"));
  EXPECT_THAT(Rename(suite_.Staff(), acme, ""), IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Rename(suite_.Staff(), "companies/none", "New"),
              IsError(absl::StatusCode::kNotFound, "COMPANY_NOT_FOUND"));
  EXPECT_THAT(Rename(As("bob@example.org"), "companies/none", "New"),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_ADMINISTRATOR"));
}

TEST_F(PeopleServiceTest, TellsTheSecondOfTwoAdministratorsThatTheCompanyHasChanged) {
  const std::string acme = CompanyOf("ann@example.org");
  ASSERT_OK(Appoint(suite_.Staff(), acme, "ann@example.org"));
  ASSERT_OK(Appoint(suite_.Staff(), acme, "bob@example.org"));
  const std::string etag = Company(acme).etag();
  std::atomic<int> renamed{0};
  std::atomic<int> told{0};
  std::vector<std::thread> threads;
  for (const std::string email : {"ann@example.org", "bob@example.org"}) {
    threads.emplace_back([&, email] {
      const auto answer = Rename(As(email), acme, "Acme of " + email, etag);
      (answer.ok() ? renamed : told) += 1;
      if (!answer.ok()) {
        EXPECT_THAT(answer, IsError(absl::StatusCode::kAborted, "COMPANY_CHANGED"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(renamed, 1);
  EXPECT_EQ(told, 1);
}

TEST_F(PeopleServiceTest, MakesCompanies) {
  v1::CreateCompanyRequest request;
  request.set_display_name("Newco");
  ASSERT_OK_AND_ASSIGN(const v1::Company made,
                       Invoke(&Stub::CreateCompany, *people_, suite_.Staff(), request));
  EXPECT_EQ(Company(made.name()).display_name(), "Newco");
  request.set_display_name("NEWCO");
  EXPECT_THAT(Invoke(&Stub::CreateCompany, *people_, suite_.Staff(), request),
              IsError(absl::StatusCode::kAlreadyExists, "COMPANY_NAME_TAKEN"));
}

TEST_F(PeopleServiceTest, LetsAdministratorsAppointEachOther) {
  const std::string acme = CompanyOf("ann@example.org");
  EXPECT_THAT(Appoint(As("ann@example.org"), acme, "ann@example.org"),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_ADMINISTRATOR"));
  ASSERT_OK(Appoint(suite_.Staff(), acme, "ann@example.org"));
  ASSERT_OK_AND_ASSIGN(const v1::Company two, Appoint(As("ann@example.org"), acme, "bob@example.org"));
  EXPECT_EQ(two.administrators_size(), 2);
  ASSERT_OK_AND_ASSIGN(const v1::Company same, Appoint(As("ann@example.org"), acme, "bob@example.org"));
  EXPECT_EQ(same.etag(), two.etag()) << "who is one stays one";
  EXPECT_THAT(Appoint(As("ann@example.org"), acme, "cy@example.org"),
              IsError(absl::StatusCode::kFailedPrecondition, "NOT_EMPLOYEE"));
  v1::NameRepresentativeRequest name;
  name.set_company(acme);
  name.set_representative(PersonAt("bob@example.org").name());
  EXPECT_OK(Invoke(&v1::RegisterService::Stub::NameRepresentative, *register_, As("bob@example.org"), name));
}

TEST_F(PeopleServiceTest, LeavesACompanyWithoutAnAdministratorToTheOfficeOnly) {
  const std::string acme = CompanyOf("ann@example.org");
  ASSERT_OK(Appoint(suite_.Staff(), acme, "ann@example.org"));
  ASSERT_OK(Appoint(suite_.Staff(), acme, "bob@example.org"));
  EXPECT_OK(Remove(As("ann@example.org"), acme, "bob@example.org"));
  EXPECT_THAT(Remove(As("ann@example.org"), acme, "ann@example.org"),
              IsError(absl::StatusCode::kFailedPrecondition, "LAST_ADMINISTRATOR"));
  EXPECT_EQ(Company(acme).administrators_size(), 1) << "nothing was stored";
  ASSERT_OK_AND_ASSIGN(const v1::Company left, Remove(suite_.Staff(), acme, "ann@example.org"));
  EXPECT_THAT(left.administrators(), IsEmpty());
  EXPECT_OK(Remove(suite_.Staff(), acme, "ann@example.org")) << "who is none stays none";
}

TEST_F(PeopleServiceTest, StopsAtTheMostAdministrators) {
  const std::string acme = CompanyOf("ann@example.org");
  const std::string company = *ResourceId("companies", acme);
  for (int i = 0; i < limits::kMostAdministrators; ++i) {
    const std::string person = ids_.NextText();
    database_.Run(
        "INSERT INTO links (id, person, company, role, start_date, source, administrator_now) VALUES ('" +
        ids_.NextText() + "', '" + person + "', '" + company + "', 'ADMINISTRATOR', '2022-01-01', '', '" +
        person + company + "')");
  }
  EXPECT_THAT(Appoint(suite_.Staff(), acme, "ann@example.org"),
              IsError(absl::StatusCode::kFailedPrecondition, "TOO_MANY_ADMINISTRATORS"));
}

TEST_F(PeopleServiceTest, GivesAnAdministratorTheRole) {
  const std::string acme = CompanyOf("ann@example.org");
  ASSERT_OK(Appoint(suite_.Staff(), acme, "bob@example.org"));
  ASSERT_OK_AND_ASSIGN(const auto me, Invoke(&v1::IdentityService::Stub::GetMe, *identity_,
                                             As("bob@example.org"), v1::GetMeRequest()));
  EXPECT_THAT(me.roles(), ElementsAre("administrator", "member"));
}

}  // namespace
}  // namespace plenary::membership
