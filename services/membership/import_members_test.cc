#include <fmt/format.h>

#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/ids/id.h"
#include "common/status/macros.h"
#include "services/membership/limits.h"
#include "services/membership/limits_imports.h"
#include "services/membership/store/import.h"
#include "services/membership/testing_membership.h"

namespace plenary::membership {
namespace {

using testing::IsError;

constexpr char kTwoPeople[] =
    "Ann@Example.org,Ann Lee,Acme,professional,2021-08-24,2022-08-23,2,yes,vendor-partner\n"
    "bob@example.org,=cmd|' /C calc'!A0,,registered,2021-09-01,,,,\n";

class ImportMembersTest : public MembershipTest {
 protected:
  ImportMembersTest() { SaveCategories(); }

  std::string Everything() {
    std::string all;
    for (const char* sql :
         {"SELECT CONCAT_WS('|', id, email, full_name, company, accepted_letters) FROM people ORDER BY id",
          "SELECT CONCAT_WS('|', id, display_name, name_key, representative, version) FROM companies ORDER "
          "BY id",
          "SELECT CONCAT_WS('|', holder, category, start_date, end_date, source) FROM memberships"
          " ORDER BY holder, category, start_date"}) {
      for (const std::string& row : database_.Column(sql)) all += row + "\n";
    }
    return all;
  }
};

TEST_F(ImportMembersTest, PutsTheRowsOnTheRegister) {
  ASSERT_OK_AND_ASSIGN(const auto response, Import(kHeader + std::string(kTwoPeople)));
  EXPECT_TRUE(response.applied()) << response.ShortDebugString();
  EXPECT_EQ(response.rows(), 2);
  EXPECT_EQ(response.people_created(), 2);
  EXPECT_EQ(response.companies_created(), 2);
  EXPECT_EQ(response.memberships_created(), 3);
  const v1::Person ann = PersonAt("ann@example.org");
  EXPECT_EQ(ann.full_name(), "Ann Lee");
  EXPECT_EQ(ann.accepted_letters(), 2);
  ASSERT_EQ(ann.memberships_size(), 1);
  EXPECT_EQ(ann.memberships(0).category(), "categories/professional");
  EXPECT_EQ(ann.memberships(0).start_date(), "2021-08-24");
  EXPECT_EQ(ann.memberships(0).end_date(), "2022-08-24");
  EXPECT_EQ(ann.memberships(0).state(), v1::Membership::STATE_ACTIVE);
  EXPECT_EQ(ann.memberships(0).source(), "the register of August 2022");
  EXPECT_EQ(PersonAt("BOB@example.org").full_name(), "=cmd|' /C calc'!A0")
      << "a name is a name, as it was written";
  v1::GetCompanyRequest request;
  request.set_name(ann.company());
  ASSERT_OK_AND_ASSIGN(const v1::Company acme, testing::Invoke(&v1::RegisterService::Stub::GetCompany,
                                                               *register_, suite_.Staff(), request));
  EXPECT_EQ(acme.representative(), ann.name());
  ASSERT_EQ(acme.memberships_size(), 1);
  EXPECT_EQ(acme.memberships(0).category(), "categories/vendor-partner");
}

TEST_F(ImportMembersTest, ChangesNothingTheSecondTime) {
  MustImport(kTwoPeople);
  const std::string before = Everything();
  ASSERT_OK_AND_ASSIGN(const auto again, Import(kHeader + std::string(kTwoPeople)));
  EXPECT_EQ(again.rows_unchanged(), 2);
  EXPECT_EQ(again.people_created() + again.people_updated() + again.companies_created() +
                again.memberships_created(),
            0);
  EXPECT_EQ(Everything(), before);
}

TEST_F(ImportMembersTest, AnswersARepeatedRequestWithTheFirstAnswer) {
  const std::string request_id = RandomUuid();
  ASSERT_OK_AND_ASSIGN(const auto first, Import(kHeader + std::string(kTwoPeople), request_id));
  ASSERT_OK_AND_ASSIGN(const auto second, Import(kHeader + std::string(kTwoPeople), request_id));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM import_batches"), "1");
  EXPECT_THAT(Import(kHeader + std::string("x@example.org,X,,registered,,,,,\n"), request_id),
              IsError(absl::StatusCode::kAlreadyExists, "REQUEST_ID_REUSED"));
}

TEST_F(ImportMembersTest, StoresNothingInADryRun) {
  const std::string before = Everything();
  ASSERT_OK_AND_ASSIGN(const auto response,
                       Import(kHeader + std::string(kTwoPeople), "", /*validate_only=*/true));
  EXPECT_FALSE(response.applied());
  EXPECT_EQ(response.people_created(), 2) << "it says what it would do";
  EXPECT_EQ(Everything(), before);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM import_batches"), "0");
}

TEST_F(ImportMembersTest, StoresNothingWhenARowIsBad) {
  const std::string before = Everything();
  ASSERT_OK_AND_ASSIGN(const auto response, Import(kHeader + std::string(kTwoPeople) +
                                                   "cy,Cy,,registered,,,,,\n"
                                                   "ann@example.org,Ann Again,,registered,,,,,\n"
                                                   "di@example.org,Di,,registered,2023-02-29,,,,\n"
                                                   "ed@example.org,Ed\n"));
  EXPECT_FALSE(response.applied());
  EXPECT_EQ(response.people_created(), 0);
  EXPECT_EQ(response.rows(), 6);
  ASSERT_EQ(response.problem_count(), 4) << response.ShortDebugString();
  EXPECT_EQ(response.problems(0).reason(), "EMAIL_INVALID");
  EXPECT_EQ(response.problems(0).line(), 4);
  EXPECT_EQ(response.problems(1).reason(), "EMAIL_DUPLICATE");
  EXPECT_EQ(response.problems(1).line(), 5);
  EXPECT_EQ(response.problems(2).reason(), "DATE_INVALID");
  EXPECT_EQ(response.problems(2).column(), "started_on");
  EXPECT_EQ(response.problems(3).reason(), "WRONG_FIELD_COUNT");
  for (const auto& problem : response.problems()) {
    EXPECT_THAT(problem.message(), ::testing::ContainsRegex("^[A-Z\"].+ .+[.]$")) << problem.message();
  }
  EXPECT_EQ(Everything(), before);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM import_batches"), "0");
}

TEST_F(ImportMembersTest, RefusesAFileThatCannotBeRead) {
  MustImport(kTwoPeople);
  const std::string before = Everything();
  EXPECT_THAT(
      Import(kHeader +
             std::string("cy@example.org,Cy,,registered,,,,,\nzo\xeb@example.org,Zo\xeb,,registered,,,,,\n")),
      IsError(absl::StatusCode::kInvalidArgument, "CSV_ENCODING_INVALID"));
  EXPECT_THAT(Import("email,name\n"), IsError(absl::StatusCode::kInvalidArgument, "CSV_COLUMNS_INVALID"));
  EXPECT_THAT(Import(""), IsError(absl::StatusCode::kInvalidArgument, "CSV_COLUMNS_INVALID"));
  EXPECT_THAT(Import(kHeader + std::string("\"ann\"x,,,,,,,,\n")),
              IsError(absl::StatusCode::kInvalidArgument, "CSV_MALFORMED"));
  EXPECT_THAT(Import(kHeader + std::string(limits::kLargestFile, '\n')),
              IsError(absl::StatusCode::kInvalidArgument, "CSV_TOO_LARGE"));
  EXPECT_EQ(Everything(), before);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM import_batches"), "1");
}

TEST_F(ImportMembersTest, RefusesMoreRowsThanOneTransactionTakes) {
  std::string csv = kHeader;
  for (std::int64_t i = 0; i <= limits::kMostRows; ++i) csv += "x\n";
  EXPECT_THAT(Import(csv), IsError(absl::StatusCode::kInvalidArgument, "CSV_TOO_LARGE"));
}

TEST_F(ImportMembersTest, StoresNothingWhenTheRegisterChangedUnderneath) {
  MustImport(kTwoPeople);
  rules::ImportPlan plan;
  plan.new_companies = {{.id = ids_.NextText(), .display_name = "New", .key = "new"}};
  plan.new_people = {{.id = ids_.NextText(), .email = "ann@example.org", .full_name = "Ann", .company = "c"}};
  const store::ImportBatch batch = {.id = ids_.NextText(), .source = "x"};
  const auto stored = db::Transact(
      database_.pool(), absl::Now() + absl::Seconds(20),
      [&](db::Transaction& transaction) { return store::ImportWriter(transaction, batch).Store(plan); });
  EXPECT_THAT(stored, IsError(absl::StatusCode::kAborted, "REGISTER_CHANGED"));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM companies WHERE name_key = 'new'"), "0");
}

TEST_F(ImportMembersTest, WantsTheHeaderFirstAndPiecesThatFit) {
  const auto send = [&](const std::vector<v1::ImportMembersRequest>& messages) {
    const auto context = suite_.Staff();
    const auto writer = register_->ImportMembers(context.get());
    for (const auto& message : messages) writer->Write(message);
    writer->WritesDone();
    for (v1::ImportMembersUpdate update; writer->Read(&update);) {
    }
    return FromGrpcStatus(writer->Finish());
  };
  v1::ImportMembersRequest header;
  header.mutable_header()->set_source("x");
  v1::ImportMembersRequest unnamed;
  unnamed.mutable_header();
  v1::ImportMembersRequest content;
  content.set_content(kHeader);
  v1::ImportMembersRequest large;
  large.set_content(std::string(limits::kLongestContent + 1, '\n'));
  for (const std::vector<v1::ImportMembersRequest>& messages : {std::vector<v1::ImportMembersRequest>{},
                                                                {content},
                                                                {unnamed, content},
                                                                {header, header},
                                                                {header, large}}) {
    EXPECT_THAT(send(messages), IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  }
  EXPECT_OK(send({header, content}));
}

TEST_F(ImportMembersTest, StoresNothingOfAFileWhoseSenderWentAway) {
  {
    const auto context = suite_.Staff();
    const auto writer = register_->ImportMembers(context.get());
    v1::ImportMembersRequest message;
    message.mutable_header()->set_source("x");
    writer->Write(message);
    message.set_content(kHeader + std::string(kTwoPeople));
    writer->Write(message);
    context->TryCancel();
    EXPECT_FALSE(writer->Finish().ok());
  }
  // The import that comes after it waits until it is over.
  ASSERT_OK(Import(kHeader + std::string("cy@example.org,Cy,,registered,,,,,\n")));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM people"), "1");
}

TEST_F(ImportMembersTest, IsForStaffOnly) {
  MustImport(kTwoPeople);
  const std::string before = Everything();
  const auto context = As("ann@example.org");
  const auto writer = register_->ImportMembers(context.get());
  EXPECT_THAT(FromGrpcStatus(writer->Finish()), IsError(absl::StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  EXPECT_EQ(Everything(), before);
}

TEST_F(ImportMembersTest, StoresThousandsOfRowsAndFindsThemAgain) {
  std::string rows;
  for (int i = 0; i < 3000; ++i) {
    rows += fmt::format("p{}@example.org,Person {},Company {},professional,2021-08-24,2022-08-23,2,,\n", i, i,
                        i / 2);
  }
  MustImport(rows);
  ASSERT_OK_AND_ASSIGN(const auto again, Import(kHeader + rows));
  EXPECT_EQ(again.rows_unchanged(), 3000);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM companies"), "1500");
  std::string changed = rows;
  for (std::size_t at = 0; (at = changed.find("Person", at)) != std::string::npos; ++at) changed[at] = 'H';
  ASSERT_OK_AND_ASSIGN(const auto update, Import(kHeader + changed));
  EXPECT_EQ(update.people_updated(), 3000);
  EXPECT_EQ(PersonAt("p2999@example.org").full_name(), "Herson 2999");
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM people"), "3000");
}

TEST_F(ImportMembersTest, TakesTwoImportsOfTheSameFileOneAfterTheOther) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { EXPECT_OK(Import(kHeader + std::string(kTwoPeople))); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM people"), "2");
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM memberships"), "3");
}

TEST_F(ImportMembersTest, DecidesByWhatIsCommittedWhateverItReadBefore) {
  MustImport(kTwoPeople);
  const std::string ann = PersonAt("ann@example.org").name().substr(7);
  const rules::ImportRow row{.email = "ann@example.org", .full_name = "Ann Lee", .company = "Acme"};
  bool changed = false;  // a server may want the transaction again, for its snapshot is an older one
  EXPECT_OK(db::Transact(
      database_.pool(), absl::Now() + absl::Seconds(20), [&](db::Transaction& transaction) -> absl::Status {
        RETURN_IF_ERROR(transaction.QueryOne("SELECT COUNT(*) FROM people").status());
        if (!std::exchange(changed, true)) {
          database_.Run("INSERT INTO memberships (holder, category, start_date, source) VALUES ('" + ann +
                        "', 'registered', '2022-08-20', 'by hand')");
          database_.Run("INSERT INTO letter_counts (person, recorded_on, accepted, source) VALUES ('" + ann +
                        "', '2022-08-20', 3, 'by hand')");
        }
        ASSIGN_OR_RETURN(const auto known, store::LoadForImport(transaction, {row}, absl::Now()));
        EXPECT_EQ(known.periods.at(ann).size(), 2u);
        EXPECT_EQ(known.letters.at(ann).size(), 2u);
        return absl::OkStatus();
      }));
}

TEST_F(ImportMembersTest, LeavesWhoCollectsWhereTheyAre) {
  MustImport(
      "ann@example.org,Ann,Acme,professional,2021-08-24,2022-08-23,2,yes,\n"
      "bob@example.org,Bob,Acme,professional,2021-08-24,2022-08-23,2,,\n");
  const std::string acme = CompanyOf("ann@example.org").substr(10);
  const std::string bob = PersonAt("bob@example.org").name().substr(7);
  database_.Run(
      "INSERT INTO roll_entries (election, company, company_display_name, representative, unit) VALUES"
      " ('e', '" +
      acme + "', 'Acme', '" + bob + "', '" + acme + "')");
  database_.Run(
      "INSERT INTO manifests (election, manifest, manifest_hash, issuing_opens, issuing_closes,"
      " voting_closes) VALUES ('e', '', '', 0, 0, 9000000000000000000)");
  database_.Run("INSERT INTO issuances (election, unit, blinded_msg_sha256, recovery_blob) VALUES ('e', '" +
                acme + "', 'x', 'y')");
  ASSERT_OK_AND_ASSIGN(
      const auto refused,
      Import(kHeader + std::string("bob@example.org,Bob,Beta,professional,2021-08-24,2022-08-23,2,,\n")));
  ASSERT_EQ(refused.problem_count(), 1) << "the substitute";
  EXPECT_EQ(refused.problems(0).reason(), "REPRESENTATIVE_INVALID");
  MustImport("ann@example.org,Ann,Beta,professional,2021-08-24,2022-08-23,2,,\n");
}

TEST_F(ImportMembersTest, RefusesRowsOfAPersonThatNoOrderReconciles) {
  std::string rows = kHeader;
  rows += "ann@example.org,Ann,Acme,professional,2021-01-01,2021-12-31,,,\n";
  rows += "ann@example.org,Ann,Beta,professional,2022-01-01,2022-12-31,,,\n";
  ASSERT_OK_AND_ASSIGN(const auto moved, Import(rows));
  ASSERT_EQ(moved.problem_count(), 1) << moved.ShortDebugString();
  EXPECT_EQ(moved.problems(0).line(), 3);
  EXPECT_EQ(moved.problems(0).reason(), "EMAIL_DUPLICATE");
  rows = kHeader;
  for (std::size_t i = 0; i <= limits::kMostRowsOfAPerson; ++i) {
    rows += fmt::format("bob@example.org,Bob,Acme,registered,{}-01-01,{}-12-31,,,\n", 1900 + i, 1900 + i);
  }
  ASSERT_OK_AND_ASSIGN(const auto many, Import(rows));
  EXPECT_EQ(many.problem_count(), static_cast<std::int64_t>(limits::kMostRowsOfAPerson));
  rows = kHeader;
  for (std::size_t i = 0; i < limits::kMostRowsOfAPerson; ++i) {
    rows += fmt::format("bob@example.org,Bob,Acme,registered,{}-01-01,{}-12-31,,,\n", 1900 + i, 1900 + i);
  }
  ASSERT_OK_AND_ASSIGN(const auto fits, Import(rows));
  EXPECT_TRUE(fits.applied()) << fits.ShortDebugString();
  EXPECT_EQ(fits.memberships_created(), static_cast<std::int64_t>(limits::kMostRowsOfAPerson));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM links"), "1");
}

TEST_F(ImportMembersTest, CountsTheMembershipsOfACompanyInAFile) {
  std::string rows = kHeader;
  rows.insert(rows.size() - 1, ",company_started_on,company_paid_through");
  for (int i = 0; i <= limits::kMostStatedPeriodsOfACompany; ++i) {
    rows += fmt::format(
        "p{0}@example.org,P {0},Acme,registered,2022-01-01,,,,vendor-partner,{1}-01-01,{1}-12-31\n", i,
        1900 + i);
  }
  ASSERT_OK_AND_ASSIGN(const auto response, Import(rows));
  ASSERT_EQ(response.problem_count(), 1) << response.ShortDebugString();
  EXPECT_EQ(response.problems(0).reason(), "COMPANY_CONFLICT");
}

TEST_F(ImportMembersTest, TellsHowFarItIsAndLeavesNoRowsWaiting) {
  std::string rows = kHeader;
  for (int i = 0; i < 2 * limits::kImportPage; ++i) {
    rows += fmt::format("p{0}@example.org,P {0},Acme,registered,2022-01-01,,,,\n", i);
  }
  database_.Run("INSERT INTO import_uploads (id, begun_at) VALUES ('left', 0)");
  database_.Run(
      "INSERT INTO import_rows (upload, line, email, full_name, company, company_key, category, "
      "representative,"
      " company_category) VALUES ('left', 2, 'x', 'x', 'x', 'x', 'x', 0, '')");
  const auto context = suite_.Staff();
  const auto stream = register_->ImportMembers(context.get());
  v1::ImportMembersRequest request;
  request.mutable_header()->set_source("x");
  stream->Write(request);
  for (std::size_t at = 0; at < rows.size(); at += limits::kLongestContent) {
    request.set_content(rows.substr(at, limits::kLongestContent));
    stream->Write(request);
  }
  stream->WritesDone();
  std::vector<std::string> told;
  for (v1::ImportMembersUpdate update; stream->Read(&update);) {
    const auto& progress = update.progress();
    told.push_back(update.has_result()
                       ? "result"
                       : fmt::format("{} {}", v1::ImportMembersUpdate::Progress::Phase_Name(progress.phase()),
                                     progress.rows_done() == progress.rows_total() ? "done" : "on the way"));
  }
  EXPECT_OK(FromGrpcStatus(stream->Finish()));
  ASSERT_GE(told.size(), 5u);
  EXPECT_EQ(told.front(), "PHASE_CHECKING on the way");
  EXPECT_EQ(told[told.size() - 2], "PHASE_STORING done");
  EXPECT_EQ(told.back(), "result");
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM import_rows"), "0") << "those left behind went, too";
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM import_uploads"), "0");
}

}  // namespace
}  // namespace plenary::membership
