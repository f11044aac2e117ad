#include "services/membership/privacy_service.h"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/testing/every_caller.h"
#include "services/membership/duplicate_service.h"
#include "services/membership/limits_duplicates.h"
#include "services/membership/testing_membership.h"

namespace plenary::membership {
namespace {

using testing::Invoke;
using testing::IsError;

class PrivacyServiceTest : public MembershipTest {
 protected:
  PrivacyServiceTest()
      : privacy_service_(suite_.edge(), database_.pool(), ids_),
        privacy_loopback_({&privacy_service_}),
        privacy_(v1::PrivacyService::NewStub(privacy_loopback_.channel())) {
    SaveCategories();
    MustImport(
        "ada@acme.example,Ada Voorbeeld,Acme,professional,2021-08-24,2022-12-31,2,yes,\n"
        "priya@zeta.example,Priya Exempel,Zeta,professional,2021-08-24,2022-12-31,2,yes,\n");
  }

  absl::StatusOr<std::string> Export(std::unique_ptr<grpc::ClientContext> context,
                                     const std::string& person) {
    v1::ExportPersonalDataRequest request;
    request.set_person(person);
    const auto reader = privacy_->ExportPersonalData(context.get(), request);
    std::string document;
    v1::ExportPersonalDataResponse piece;
    while (reader->Read(&piece)) {
      EXPECT_LE(piece.content().size(), limits::kExportPiece);
      document += piece.content();
    }
    const grpc::Status status = reader->Finish();
    if (!status.ok()) return FromGrpcStatus(status);
    return document;
  }

  absl::StatusOr<v1::SetPhoneResponse> SetPhone(std::unique_ptr<grpc::ClientContext> context,
                                                const std::string& person, const std::string& phone) {
    v1::SetPhoneRequest request;
    request.set_person(person);
    request.set_phone(phone);
    return Invoke(&v1::PrivacyService::Stub::SetPhone, *privacy_, std::move(context), request);
  }

  absl::StatusOr<v1::Erasure> Erase(std::unique_ptr<grpc::ClientContext> context, const std::string& person,
                                    const std::string& confirm) {
    v1::ErasePersonRequest request;
    request.set_person(person);
    request.set_confirm(confirm);
    request.set_reason("Asked by letter.");
    return Invoke(&v1::PrivacyService::Stub::ErasePerson, *privacy_, std::move(context), request);
  }

  // Every table and column of the database in which the text stands.
  std::vector<std::string> WhereIs(const std::string& text) {
    std::vector<std::string> found;
    for (const std::string& column :
         database_.Column("SELECT CONCAT(table_name, '.', column_name) FROM information_schema.columns WHERE "
                          "table_schema = "
                          "DATABASE() AND data_type IN ('varchar', 'char', 'text', 'mediumtext', 'longtext', "
                          "'blob', 'mediumblob', "
                          "'longblob', 'varbinary')")) {
      const std::string table = column.substr(0, column.find('.'));
      if (table == "audit" || table == "schema_migrations") continue;  // the record of acts is never changed
      const std::string name = column.substr(column.find('.') + 1);
      if (database_.One("SELECT COUNT(*) FROM " + table + " WHERE INSTR(" + name + ", '" + text + "') > 0") !=
          "0") {
        found.push_back(column);
      }
    }
    return found;
  }

  PrivacyService privacy_service_;
  testing::Loopback privacy_loopback_;
  std::unique_ptr<v1::PrivacyService::Stub> privacy_;
};

TEST_F(PrivacyServiceTest, APersonReadsAllThatIsHeldAboutThem) {
  ASSERT_OK(SetPhone(As("ada@acme.example"), "", "+1 212 555 0100"));
  ASSERT_OK_AND_ASSIGN(const std::string document, Export(As("ada@acme.example"), ""));
  const nlohmann::json data = nlohmann::json::parse(document);
  EXPECT_EQ(data["person"][0]["email"], "ada@acme.example");
  EXPECT_EQ(data["telephone"][0]["phone"], "+12125550100");
  EXPECT_EQ(data["memberships"][0]["category"], "professional");
  EXPECT_EQ(data["companies"].size(), 2u) << "employee and representative";
  EXPECT_EQ(data["acts_of_the_person"][0]["act"], "plenary.membership.v1.PrivacyService.SetPhone");
  EXPECT_EQ(document.find("priya"), std::string::npos);
}

TEST_F(PrivacyServiceTest, NobodyElseButStaffReadsIt) {
  const std::string ada = PersonAt("ada@acme.example").name();
  EXPECT_OK(Export(suite_.Staff(), ada));
  EXPECT_THAT(Export(As("priya@zeta.example"), ada),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  EXPECT_THAT(Export(suite_.Staff(), "people/nobody"),
              IsError(absl::StatusCode::kNotFound, "PERSON_NOT_FOUND"));
}

TEST_F(PrivacyServiceTest, ATelephoneIsInternationalOrNone) {
  EXPECT_EQ(SetPhone(As("ada@acme.example"), "", "+1 (212) 555-0100")->phone(), "+12125550100");
  EXPECT_EQ(SetPhone(As("ada@acme.example"), "", "")->phone(), "");
  EXPECT_THAT(SetPhone(As("ada@acme.example"), "", "212 555 0100"),
              IsError(absl::StatusCode::kInvalidArgument, "PHONE_INVALID"));
  EXPECT_THAT(SetPhone(suite_.Staff(), "people/nobody", "+12125550100"),
              IsError(absl::StatusCode::kNotFound, "PERSON_NOT_FOUND"));
}

TEST_F(PrivacyServiceTest, ErasureLeavesATombstoneAndNoName) {
  const v1::Person ada = PersonAt("ada@acme.example");
  ASSERT_OK(SetPhone(As("ada@acme.example"), "", "+12125550100"));
  EXPECT_THAT(WhereIs("ada@acme.example"), ::testing::Not(::testing::IsEmpty()));
  ASSERT_OK_AND_ASSIGN(const v1::Erasure erasure, Erase(As("ada@acme.example"), "", "Ada@Acme.example"));
  EXPECT_EQ(erasure.person(), ada.name());
  EXPECT_THAT(WhereIs("ada@acme"), ::testing::IsEmpty());
  EXPECT_THAT(WhereIs("Voorbeeld"), ::testing::IsEmpty());
  EXPECT_THAT(WhereIs("12125550100"), ::testing::IsEmpty());

  v1::GetPersonRequest request;
  request.set_name(ada.name());
  ASSERT_OK_AND_ASSIGN(const v1::Person tombstone,
                       Invoke(&v1::RegisterService::Stub::GetPerson, *register_, suite_.Staff(), request));
  EXPECT_EQ(tombstone.full_name(), "Erased member");
  ASSERT_EQ(tombstone.memberships_size(), 1) << "periods stay";
  EXPECT_EQ(tombstone.memberships(0).state(), v1::Membership::STATE_CANCELLED);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM companies WHERE representative IS NOT NULL"), "1");
}

TEST_F(PrivacyServiceTest, ACompanyOfOneDoesNotGoOnTellingTheName) {
  MustImport("linnea@solo.example,Linnea Exemple,,professional,2021-08-24,2022-12-31,2,,\n");
  const std::string company = CompanyOf("linnea@solo.example");
  ASSERT_OK(Freeze("elections/e1"));
  ASSERT_OK(Erase(As("linnea@solo.example"), "", "linnea@solo.example"));
  EXPECT_THAT(WhereIs("innea"), ::testing::IsEmpty());
  v1::GetCompanyRequest request;
  request.set_name(company);
  EXPECT_THAT(
      Invoke(&v1::RegisterService::Stub::GetCompany, *register_, suite_.Staff(), request)->display_name(),
      ::testing::StartsWith("Erased company"));
}

TEST_F(PrivacyServiceTest, WhoWasMergedIntoThemIsForgottenToo) {
  MustImport(
      "old@home.example,Ada Olden,Former Employer,registered,2019-01-01,,,,\n"
      "older@home.example,Ada Oldest,Former Employer,registered,2018-01-01,,,,\n");
  DuplicateService duplicate_service(suite_.edge(), database_.pool(), ids_);
  testing::Loopback loopback({&duplicate_service});
  const auto duplicates = v1::DuplicateService::NewStub(loopback.channel());
  for (const auto& [survivor, duplicate] : {std::pair("old@home.example", "older@home.example"),
                                            std::pair("ada@acme.example", "old@home.example")}) {
    const v1::Person gone = PersonAt(duplicate);
    ASSERT_OK(SetPhone(suite_.Staff(), gone.name(), "+12125550177"));
    v1::MergeRequest merge;
    merge.set_survivor(PersonAt(survivor).name());
    merge.set_duplicate(gone.name());
    merge.set_reason("One person.");
    ASSERT_OK(Invoke(&v1::DuplicateService::Stub::Merge, *duplicates, suite_.Staff(), merge));
  }
  ASSERT_OK_AND_ASSIGN(const std::string document, Export(As("ada@acme.example"), ""));
  EXPECT_THAT(document, ::testing::HasSubstr("12125550177"));
  ASSERT_OK(Erase(suite_.Staff(), PersonAt("ada@acme.example").name(), "ada@acme.example"));
  for (const char* trace : {"home.example", "Olde", "12125550177", "Voorbeeld"}) {
    EXPECT_THAT(WhereIs(trace), ::testing::IsEmpty()) << trace;
  }
}

TEST_F(PrivacyServiceTest, ErasureIsConfirmedByTheAddress) {
  for (const std::string confirm : {"", "priya@zeta.example", "ada"}) {
    EXPECT_THAT(Erase(As("ada@acme.example"), "", confirm),
                IsError(absl::StatusCode::kFailedPrecondition, "ERASURE_NOT_CONFIRMED"));
  }
  EXPECT_EQ(PersonAt("ada@acme.example").full_name(), "Ada Voorbeeld");
}

TEST_F(PrivacyServiceTest, ASecondErasureFindsTheTombstone) {
  const std::string ada = PersonAt("ada@acme.example").name();
  ASSERT_OK_AND_ASSIGN(const v1::Erasure first, Erase(suite_.Staff(), ada, "ada@acme.example"));
  ASSERT_OK_AND_ASSIGN(const v1::Erasure again, Erase(suite_.Staff(), ada, "ada@acme.example"));
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  EXPECT_THAT(Erase(suite_.Staff(), "people/nobody", "x@y.example"),
              IsError(absl::StatusCode::kNotFound, "PERSON_NOT_FOUND"));
}

TEST_F(PrivacyServiceTest, TombstonesAreListedNewestFirst) {
  ASSERT_OK(Erase(suite_.Staff(), PersonAt("ada@acme.example").name(), "ada@acme.example"));
  const std::string priya = PersonAt("priya@zeta.example").name();
  ASSERT_OK(Erase(suite_.Staff(), priya, "priya@zeta.example"));
  v1::ListErasuresRequest request;
  request.set_page_size(1);
  ASSERT_OK_AND_ASSIGN(const auto page,
                       Invoke(&v1::PrivacyService::Stub::ListErasures, *privacy_, suite_.Staff(), request));
  ASSERT_EQ(page.erasures_size(), 1);
  EXPECT_EQ(page.erasures(0).person(), priya);
  request.set_page_token(page.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto next,
                       Invoke(&v1::PrivacyService::Stub::ListErasures, *privacy_, suite_.Staff(), request));
  EXPECT_EQ(next.next_page_token(), "");
}

TEST_F(PrivacyServiceTest, EveryPolicyHolds) {
  testing::ExpectEveryPolicyHolds(suite_, privacy_loopback_.channel(),
                                  {"plenary.membership.v1.PrivacyService"});
}

}  // namespace
}  // namespace plenary::membership
