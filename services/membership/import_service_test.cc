#include "services/membership/import_service.h"

#include <fmt/format.h>

#include "common/testing/every_caller.h"
#include "services/membership/limits.h"
#include "services/membership/limits_imports.h"
#include "services/membership/testing_membership.h"

namespace plenary::membership {
namespace {

using testing::Invoke;
using testing::IsError;
using Stub = v1::ImportService::Stub;

constexpr char kMembers[] =
    "ann@example.org,Ann Lee,Acme,professional,2021-08-24,2022-08-23,2,yes,vendor-partner\n"
    "bob@example.org,=cmd|' /C calc'!A0,,registered,2021-09-01,,,,\n"
    "cy@example.org,Cy,Acme,professional,2022-01-01,2022-12-31,1,,\n";

// Everything that an import may touch, in words that do not depend on ids or sources.
constexpr const char* kRegister[] = {
    "SELECT CONCAT_WS('|', p.email, p.full_name, c.display_name, p.accepted_letters) AS t FROM people p"
    " JOIN companies c ON c.id = p.company ORDER BY t",
    "SELECT CONCAT_WS('|', c.display_name, c.name_key, COALESCE(p.email, '-')) AS t FROM companies c"
    " LEFT JOIN people p ON p.id = c.representative ORDER BY t",
    "SELECT CONCAT_WS('|', COALESCE(p.email, c.display_name), m.category, m.start_date, COALESCE(m.end_date, "
    "'-')) AS t"
    " FROM memberships m LEFT JOIN people p ON p.id = m.holder LEFT JOIN companies c ON c.id = m.holder "
    "ORDER BY t",
};
constexpr const char* kHistory[] = {
    "SELECT CONCAT_WS('|', p.email, c.display_name, l.role, l.start_date, COALESCE(l.end_date, '-'),"
    " l.employee_now IS NOT NULL, l.representative_now IS NOT NULL) AS t FROM links l JOIN people p ON p.id "
    "= l.person"
    " JOIN companies c ON c.id = l.company ORDER BY t",
    "SELECT CONCAT_WS('|', p.email, k.recorded_on, k.accepted) AS t FROM letter_counts k"
    " JOIN people p ON p.id = k.person ORDER BY t",
    "SELECT CONCAT_WS('|', word, holder) AS t FROM search_words ORDER BY t",
    "SELECT CONCAT_WS('|', holder, name) AS t FROM former_names ORDER BY t",
};

class ImportServiceTest : public MembershipTest {
 protected:
  ImportServiceTest()
      : service_(suite_.edge(), database_.pool()),
        import_loopback_({&service_}, limits::kMessageBytes),
        stub_(v1::ImportService::NewStub(import_loopback_.channel())) {
    SaveCategories();
  }

  std::string Told(const std::vector<const char*>& queries) {
    std::string all;
    for (const char* sql : queries) {
      for (const std::string& row : database_.Column(sql)) all += row + "\n";
    }
    return all;
  }
  std::string Register() { return Told({kRegister[0], kRegister[1], kRegister[2]}); }
  std::string Everything() { return Register() + Told({kHistory[0], kHistory[1], kHistory[2], kHistory[3]}); }

  std::string MustImportAs(const std::string& rows, int year = 0) {
    const auto response = Import(kHeader + rows, "", /*validate_only=*/false, year);
    EXPECT_OK(response.status());
    EXPECT_TRUE(response->applied()) << response->ShortDebugString();
    return response->import();
  }

  absl::StatusOr<v1::RevertImportResponse> Revert(const std::string& name, bool validate_only = false,
                                                  const std::string& request_id = "") {
    v1::RevertImportRequest request;
    request.set_name(name);
    request.set_validate_only(validate_only);
    request.set_request_id(request_id);
    const auto context = suite_.Staff();
    const auto reader = stub_->RevertImport(context.get(), request);
    v1::RevertImportResponse result;
    for (v1::RevertImportUpdate update; reader->Read(&update);) {
      if (update.has_result()) result = update.result();
      if (update.has_progress()) {
        EXPECT_LE(update.progress().steps_done(), update.progress().steps_total());
      }
    }
    const grpc::Status status = reader->Finish();
    if (!status.ok()) return FromGrpcStatus(status);
    return result;
  }

  absl::StatusOr<std::string> Export(const std::string& as_of = "", bool all = false) {
    v1::ExportMembersRequest request;
    request.set_as_of(as_of);
    if (all) request.set_memberships(v1::ExportMembersRequest::MEMBERSHIPS_ALL);
    const auto context = suite_.Staff();
    const auto reader = stub_->ExportMembers(context.get(), request);
    std::string csv;
    for (v1::ExportMembersResponse part; reader->Read(&part);) csv += part.content();
    const grpc::Status status = reader->Finish();
    if (!status.ok()) return FromGrpcStatus(status);
    return csv;
  }

  std::vector<std::string> Reasons(const std::string& import) {
    const auto preview = Revert(import, /*validate_only=*/true);
    EXPECT_OK(preview.status());
    std::vector<std::string> reasons;
    for (const v1::ImportObstacle& obstacle : preview->obstacles()) reasons.push_back(obstacle.reason());
    return reasons;
  }

  ImportService service_;
  testing::Loopback import_loopback_;
  std::unique_ptr<Stub> stub_;
};

TEST_F(ImportServiceTest, ListsImportsNewestFirstPageByPage) {
  const std::string first = MustImportAs(kMembers);
  const std::string second = MustImportAs("di@example.org,Di,,registered,2022-01-01,,,,\n");
  EXPECT_EQ(MustImportAs(kMembers), "") << "what changes nothing is no import";
  v1::ListImportsRequest request;
  request.set_page_size(1);
  ASSERT_OK_AND_ASSIGN(auto page, Invoke(&Stub::ListImports, *stub_, suite_.Staff(), request));
  ASSERT_EQ(page.imports_size(), 1);
  EXPECT_EQ(page.imports(0).name(), second);
  request.set_page_token(page.next_page_token());
  ASSERT_OK_AND_ASSIGN(page, Invoke(&Stub::ListImports, *stub_, suite_.Staff(), request));
  ASSERT_EQ(page.imports_size(), 1);
  EXPECT_EQ(page.imports(0).name(), first);
  EXPECT_EQ(page.imports(0).rows(), 3);
  EXPECT_EQ(page.imports(0).people_created(), 3);
  EXPECT_EQ(page.imports(0).actor(), "people/staff");
  EXPECT_EQ(page.next_page_token(), "");
  v1::GetImportRequest get;
  get.set_name(first);
  ASSERT_OK_AND_ASSIGN(const v1::Import import, Invoke(&Stub::GetImport, *stub_, suite_.Staff(), get));
  EXPECT_EQ(import.ShortDebugString(), page.imports(0).ShortDebugString());
  get.set_name("imports/none");
  EXPECT_THAT(Invoke(&Stub::GetImport, *stub_, suite_.Staff(), get),
              IsError(absl::StatusCode::kNotFound, "IMPORT_NOT_FOUND"));
}

TEST_F(ImportServiceTest, TellsEveryFactOfAnImportInWords) {
  v1::ExplainImportRequest request;
  request.set_name(MustImportAs(kMembers));
  request.set_page_size(4);
  std::vector<std::string> sentences;
  do {
    ASSERT_OK_AND_ASSIGN(const auto page, Invoke(&Stub::ExplainImport, *stub_, suite_.Staff(), request));
    for (const v1::ImportFact& fact : page.facts()) sentences.push_back(fact.sentence());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(
      sentences,
      ::testing::IsSupersetOf(
          {"Acme came onto the register.", "Ann Lee (ann@example.org) came onto the register.",
           "Ann Lee (ann@example.org) is an employee of Acme from 2021-08-24 on.",
           "Ann Lee (ann@example.org) is the voting representative of Acme from 2021-08-24 on.",
           "Ann Lee (ann@example.org) holds categories/professional from 2021-08-24 to 2022-08-23.",
           "Acme holds categories/vendor-partner from 2021-08-24 to 2022-08-23.",
           "Cy (cy@example.org) has 1 accepted letters of reference, 0 before, from 2022-01-01 on."}));
  v1::GetImportRequest get;
  get.set_name(request.name());
  ASSERT_OK_AND_ASSIGN(const v1::Import import, Invoke(&Stub::GetImport, *stub_, suite_.Staff(), get));
  EXPECT_EQ(import.fact_count(), static_cast<std::int64_t>(sentences.size()));
}

TEST_F(ImportServiceTest, TakesBackExactlyWhatAnImportBrought) {
  MustImportAs(kMembers);
  const std::string before = Everything();
  const std::string rows =
      "ann@example.org,Ann Moss,Beta,professional,2022-08-24,2023-08-23,3,,\n"
      "cy@example.org,Cy,Acme,professional,2022-01-01,2022-12-31,2,yes,\n"
      "di@example.org,Di,Beta,registered,2022-01-01,,,,staff\n";
  const std::string import = MustImportAs(rows);
  const std::string after = Everything();
  EXPECT_NE(after, before);
  ASSERT_OK_AND_ASSIGN(const auto preview, Revert(import, /*validate_only=*/true));
  EXPECT_FALSE(preview.reverted());
  EXPECT_EQ(preview.obstacle_count(), 0) << preview.ShortDebugString();
  EXPECT_EQ(preview.people_deleted(), 1);
  EXPECT_EQ(preview.companies_deleted(), 1);
  EXPECT_EQ(Everything(), after) << "a preview changes nothing";
  const std::string request_id = RandomUuid();
  ASSERT_OK_AND_ASSIGN(const auto reverted, Revert(import, false, request_id));
  EXPECT_TRUE(reverted.reverted());
  EXPECT_EQ(Everything(), before);
  ASSERT_OK_AND_ASSIGN(const auto repeated, Revert(import, false, request_id));
  EXPECT_EQ(repeated.ShortDebugString(), reverted.ShortDebugString());
  EXPECT_THAT(Revert(import), IsError(absl::StatusCode::kFailedPrecondition, "IMPORT_REVERTED"));
  v1::GetImportRequest get;
  get.set_name(import);
  ASSERT_OK_AND_ASSIGN(const v1::Import listed, Invoke(&Stub::GetImport, *stub_, suite_.Staff(), get));
  EXPECT_TRUE(listed.has_revert_time());
  EXPECT_EQ(listed.reverted_by(), "people/staff");
  MustImportAs(rows);
  EXPECT_EQ(PersonAt("ann@example.org").full_name(), "Ann Moss");
}

TEST_F(ImportServiceTest, LeavesAnEmptyRegisterOfTheOnlyImport) {
  const std::string empty = Everything();
  const std::string import = MustImportAs(kMembers);
  ASSERT_OK(Revert(import));
  EXPECT_EQ(Everything(), empty);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM people"), "0");
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM companies"), "0");
  EXPECT_EQ(MustImportAs(kMembers).substr(0, 8), "imports/");
}

TEST_F(ImportServiceTest, KeepsWhatLaterActsStandOn) {
  const std::string import = MustImportAs(kMembers);
  EXPECT_THAT(Reasons(import), ::testing::IsEmpty());
  const std::string ann = PersonAt("ann@example.org").name().substr(7);
  const std::string acme = CompanyOf("ann@example.org").substr(10);
  const auto stands_on_it = [&](const std::string& arrange, const std::string& undo,
                                const std::string& reason) {
    database_.Run(arrange);
    EXPECT_THAT(Reasons(import), ::testing::Contains(reason)) << arrange;
    EXPECT_THAT(Revert(import), IsError(absl::StatusCode::kFailedPrecondition, "IMPORT_IN_USE")) << arrange;
    database_.Run(undo);
    EXPECT_THAT(Reasons(import), ::testing::IsEmpty()) << undo;
  };
  stands_on_it("INSERT INTO issuances (election, unit, blinded_msg_sha256, recovery_blob) VALUES ('e', '" +
                   acme + "', 'x', 'y')",
               "DELETE FROM issuances", "CREDENTIAL_ISSUED");
  stands_on_it("INSERT INTO issuances (election, unit, blinded_msg_sha256, recovery_blob) VALUES ('e', '" +
                   ann + "', 'x', 'y')",
               "DELETE FROM issuances", "CREDENTIAL_ISSUED");
  stands_on_it("INSERT INTO memberships (holder, category, start_date, source) VALUES ('" + ann +
                   "', 'professional', '2022-08-24', 'a renewal')",
               "DELETE FROM memberships WHERE source = 'a renewal'", "MEMBERSHIP_FOLLOWED");
  stands_on_it("INSERT INTO letter_counts (person, recorded_on, accepted, source) VALUES ('" + ann +
                   "', '2022-08-20', 3, 'by hand')",
               "DELETE FROM letter_counts WHERE source = 'by hand'", "LETTERS_RECORDED");
  stands_on_it("INSERT INTO code_acceptances (person, code_version, accepted_on) VALUES ('" + ann +
                   "', 'codeVersions/1', '2022-08-20')",
               "DELETE FROM code_acceptances", "RECORD_FOLLOWED");
  stands_on_it(
      "INSERT INTO join_codes (id, company, code_sha256, uses, most_uses, expires_at, creator, created_at)"
      " VALUES ('j', '" +
          acme + "', REPEAT('x', 32), 0, 1, 1, 'people/staff', 0)",
      "DELETE FROM join_codes", "RECORD_FOLLOWED");
  stands_on_it(
      "INSERT INTO oidc_subjects (issuer, subject, person, linked_at) VALUES ('i', 's', '" + ann + "', 0)",
      "DELETE FROM oidc_subjects", "RECORD_FOLLOWED");
  stands_on_it("INSERT INTO merges (id, survivor, duplicate, duplicate_now, record) VALUES ('m', '" + acme +
                   "', 'd', 'd', '')",
               "UPDATE merges SET duplicate_now = NULL, undone_at = 0", "RECORD_FOLLOWED");
  stands_on_it("INSERT INTO former_names (holder, name, held_until, source) VALUES ('" + ann +
                   "', 'Ann', '2022-08-20', 'by hand')",
               "DELETE FROM former_names", "RENAMED_SINCE");
  stands_on_it("UPDATE people SET id = 'merged' WHERE id = '" + ann + "'",
               "UPDATE people SET id = '" + ann + "' WHERE id = 'merged'", "FACT_GONE");
  ASSERT_OK(Freeze("elections/e2022"));
  EXPECT_THAT(Reasons(import), ::testing::Contains("ON_A_ROLL"));
}

TEST_F(ImportServiceTest, KeepsWhatALaterImportMoved) {
  const std::string first = MustImportAs(kMembers);
  const std::string second =
      MustImportAs("ann@example.org,Ann Lee,Beta,professional,2021-08-24,2022-08-23,2,,\n");
  EXPECT_THAT(Reasons(first), ::testing::Contains("MOVED_SINCE"));
  ASSERT_OK(Revert(second));
  ASSERT_OK(Revert(first));
}

TEST_F(ImportServiceTest, GoesBackYearByYearAndTakesAYearBack) {
  MustImportAs(kMembers);
  const std::string today = Everything();
  const std::string year =
      "ann@example.org,Ann Maiden,Old Works,professional,2020-08-24,2021-08-23,1,yes,\n"
      "old@example.org,Old Member,,registered,2020-02-29,,,,\n";
  const std::string import = MustImportAs(year, 2020);
  const v1::Person ann = PersonAt("ann@example.org");
  EXPECT_EQ(ann.full_name(), "Ann Lee");
  EXPECT_EQ(ann.accepted_letters(), 2);
  EXPECT_EQ(ann.memberships_size(), 2);
  EXPECT_EQ(PersonAt("old@example.org").memberships(0).end_date(), "2021-01-01");
  ASSERT_OK_AND_ASSIGN(const auto again, Import(kHeader + year, "", false, 2020));
  EXPECT_EQ(again.import(), "");
  EXPECT_EQ(again.rows_unchanged(), 2);
  EXPECT_EQ(MustImportAs(kMembers), "") << "the present says what it said";
  ASSERT_OK_AND_ASSIGN(const std::string then, Export("2020-12-31"));
  EXPECT_THAT(then, ::testing::HasSubstr(
                        "ann@example.org,Ann Lee,Old Works,professional,2020-08-24,2021-08-23,1,yes"));
  ASSERT_OK(Revert(import));
  EXPECT_EQ(Everything(), today);
  EXPECT_THAT(Import(kHeader + year, "", false, 2022),
              IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Import(kHeader + year, "", false, 1899),
              IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(ImportServiceTest, ExportsWhatBecomesTheSameRegisterElsewhere) {
  std::string rows = kMembers;
  rows += "ann@example.org,Ann Lee,Acme,registered,2020-01-01,2020-12-31,2,yes,\n";
  rows += "+1@example.org,\"Lee, \"\"Al\"\"\",'=Acme,professional,2022-02-01,,0,no,staff\n";
  for (int i = 0; i < limits::kExportPage + 20; ++i) {
    rows += fmt::format("p{}@example.org,Person {},Company {},registered,2022-01-01,,,,{}\n", i, i, i % 300,
                        i < 300 && i % 7 == 0 ? "vendor-partner" : "");
  }
  MustImportAs(rows);
  MustImportAs("cy@example.org,Cy,Acme,professional,2022-01-01,2022-12-31,1,,staff\n");
  const std::string before = Register();
  ASSERT_OK_AND_ASSIGN(const std::string csv, Export("", /*all=*/true));
  for (const char* table : {"people", "companies", "memberships", "links", "letter_counts", "search_words",
                            "former_names", "import_batches", "import_changes"}) {
    database_.Run(std::string("DELETE FROM ") + table);
  }
  ASSERT_OK_AND_ASSIGN(const auto imported, Import(csv));
  EXPECT_TRUE(imported.applied()) << imported.ShortDebugString();
  EXPECT_EQ(Register(), before);
  EXPECT_EQ(csv.find("\n="), std::string::npos);
  EXPECT_EQ(csv.find(",="), std::string::npos) << "no spreadsheet runs it";
  EXPECT_THAT(Export("2022-02-30"), IsError(absl::StatusCode::kInvalidArgument, "DATE_INVALID"));
}

TEST_F(ImportServiceTest, LetsInWhomThePoliciesName) {
  testing::ExpectEveryPolicyHolds(suite_, import_loopback_.channel(),
                                  {"plenary.membership.v1.ImportService"});
}

}  // namespace
}  // namespace plenary::membership
