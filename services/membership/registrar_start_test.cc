#include "services/membership/registrar_start.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "common/crypto/bytes.h"
#include "services/membership/testing_registrar.h"

namespace plenary::membership {
namespace {

using testing::IsError;

// A registrar that is started anew on the database of a running one.
class RegistrarStartTest : public RegistrarTest {
 protected:
  RegistrarStartTest() {
    files_ = {.journal = folder_.Path("next-journal"),
              .key_encryption = folder_.Path("next-key"),
              .may_hold_plain_keys = !AtAuditor()};
  }
  // With copies of the running one's files.
  void CopyFiles() {
    std::filesystem::copy_file(journal().path(), files_.journal);
    std::filesystem::copy_file(encryption().path(), files_.key_encryption);
  }
  const KeyEncryption& encryption() { return AtAuditor() ? auditor_.encryption() : *encryption_; }
  absl::Status Start() {
    return StartRegistrar(files_, database().pool(), random_, suite_.clock().Now(),
                          absl::Now() + absl::Seconds(20))
        .status();
  }
  void RemoveKeys() { database().Run("DELETE FROM registrar_keys"); }

  RegistrarFiles files_;
};
INSTANTIATE_TEST_SUITE_P(Both, RegistrarStartTest, ::testing::Values(Side::kMembership, Side::kAuditor),
                         NameOf);

TEST_P(RegistrarStartTest, MakesItsFilesWhereNothingDependsOnThem) {
  RemoveKeys();
  ASSERT_OK(Start());
  EXPECT_TRUE(std::filesystem::exists(files_.journal));
  EXPECT_TRUE(std::filesystem::exists(files_.key_encryption));
  EXPECT_OK(Start()) << "and finds them again";
}

TEST_P(RegistrarStartTest, AsksForBothFiles) {
  files_.journal = "";
  EXPECT_THAT(Start(), IsError(absl::StatusCode::kFailedPrecondition, "JOURNAL_MISSING"));
  files_ = {.journal = folder_.Path("next-journal"), .key_encryption = "", .may_hold_plain_keys = false};
  EXPECT_THAT(Start(), IsError(absl::StatusCode::kFailedPrecondition, "KEY_ENCRYPTION_MISSING"));
}

TEST_P(RegistrarStartTest, RefusesToServeWithoutTheJournalThatItHadWhenCredentialsAreOut) {
  OpenIssuing();
  ASSERT_OK(Issue("ann@example.org", Blinded()));
  CopyFiles();
  EXPECT_OK(Start());
  std::filesystem::remove(files_.journal);
  for (int i = 0; i < 2; ++i) {  // nor does it make one, which the next start would find
    EXPECT_THAT(Start(), IsError(absl::StatusCode::kFailedPrecondition, "JOURNAL_LOST"));
    EXPECT_FALSE(std::filesystem::exists(files_.journal));
  }
}

TEST_P(RegistrarStartTest, RefusesToServeWhenTheDatabaseIsBehindTheJournal) {
  OpenIssuing();
  ASSERT_OK(Issue("ann@example.org", Blinded()));
  CopyFiles();
  database().Run("DELETE FROM issuances");
  EXPECT_THAT(Start(), IsError(absl::StatusCode::kFailedPrecondition, "JOURNAL_AHEAD"));
}

// The auditor's database has no binary log: what last night's backup lacks is in the journal alone.
TEST_P(RegistrarStartTest, TakesItsJournalOverWhereNoNewerDatabaseIsToBeHad) {
  OpenIssuing();
  const std::string anns = Blinded();
  ASSERT_OK_AND_ASSIGN(const auto issued, Issue("ann@example.org", anns));
  const std::string acme = CompanyOf("ann@example.org").substr(10);
  CopyFiles();
  database().Run("DELETE FROM issuances");
  const absl::Status behind = Start();
  EXPECT_THAT(std::string(behind.message()), ::testing::HasSubstr("--take_over_journal"));
  files_.take_over_journal = true;
  const std::string journal = std::exchange(files_.journal, files_.journal + ".mistyped");
  EXPECT_THAT(Start(), IsError(absl::StatusCode::kFailedPrecondition, "JOURNAL_LOST"))
      << "an empty one knows of nobody";
  files_.journal = journal;
  ASSERT_OK(Start());
  files_.take_over_journal = false;
  ASSERT_OK(Start()) << "from then on as ever";
  EXPECT_EQ(
      database().One("SELECT CONCAT(resource, ': ', detail) FROM audit WHERE act = 'take_over_journal'"),
      "elections/e: 1 credentials of the journal");
  EXPECT_THAT(Issue("ann@example.org", Blinded()),
              IsError(absl::StatusCode::kAlreadyExists, "CREDENTIAL_ALREADY_ISSUED"));
  EXPECT_EQ(Issue("ann@example.org", anns)->blind_signature(), issued.blind_signature());
  EXPECT_EQ(GetIssuance("ann@example.org")->recovery_blob(), "");
  CloseIssuing();
  ASSERT_OK_AND_ASSIGN(const std::string list, List());
  EXPECT_NE(list.find(crypto::Sha256(anns)), std::string::npos);
  EXPECT_EQ(database().One("SELECT unit FROM issuances"), acme);
}

TEST_P(RegistrarStartTest, TakesOverNothingThatContradictsTheDatabase) {
  OpenIssuing();
  ASSERT_OK(Issue("ann@example.org", Blinded()));
  ASSERT_OK(Issue("cy@example.org", Blinded()));
  CopyFiles();
  files_.take_over_journal = true;
  const auto refused = [&](const std::string& because) {
    const absl::Status status = Start();
    EXPECT_THAT(status, IsError(absl::StatusCode::kFailedPrecondition, "JOURNAL_AHEAD"));
    EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr(because));
    EXPECT_EQ(database().One("SELECT COUNT(*) FROM audit WHERE act = 'take_over_journal'"), "0");
  };
  const std::string cyco = CompanyOf("cy@example.org").substr(10);
  database().Run("DELETE FROM issuances WHERE unit <> '" + cyco + "'");
  database().Run("UPDATE issuances SET blinded_msg_sha256 = REPEAT('x', 32)");
  refused("companies/" + cyco + " collected a credential for elections/e, and the database has another one");
  EXPECT_EQ(database().One("SELECT COUNT(*) FROM issuances"), "1") << "all or nothing";
  database().Run("DELETE FROM issuances");
  database().Run("UPDATE manifests SET listed = 1");
  refused("has signed the list");
  database().Run("UPDATE manifests SET listed = 0, unit = 'PERSON'");
  refused("is not of such units");
  database().Run("DELETE FROM manifests");
  refused("has no manifest");
}

TEST_P(RegistrarStartTest, RefusesToServeWithAnotherKeyThanTheOneThatSealed) {
  EXPECT_THAT(Start(), IsError(absl::StatusCode::kFailedPrecondition, "KEY_ENCRYPTION_UNUSABLE"))
      << "a missing file is not made anew when there is something to open";
  EXPECT_FALSE(std::filesystem::exists(files_.key_encryption));
  ASSERT_OK(KeyEncryption::Open(files_.key_encryption, KeyEncryption::WhenMissing::kMake, random_).status());
  EXPECT_THAT(Start(), IsError(absl::StatusCode::kFailedPrecondition, "KEY_ENCRYPTION_UNUSABLE"));
  std::filesystem::remove(files_.key_encryption);
  std::filesystem::copy_file(encryption().path(), files_.key_encryption);
  EXPECT_OK(Start());
}

TEST_P(RegistrarStartTest, StartsWithoutTheSealedKeysOfCertifiedElections) {
  OpenIssuing();
  CloseIssuing();
  ASSERT_OK(Destroy());
  EXPECT_OK(Start()) << "there is nothing left to open";
}

class PlainKeysTest : public RegistrarStartTest {};
INSTANTIATE_TEST_SUITE_P(Only, PlainKeysTest, ::testing::Values(Side::kMembership), NameOf);

TEST_P(PlainKeysTest, AreSealedAtTheFirstStart) {
  OpenIssuing();
  const std::string message = Blinded();
  const std::string before = Issue("ann@example.org", message)->blind_signature();
  const std::string der = crypto::HexEncode(SharedKeys().rsa.ToDer());
  const std::string seed = crypto::HexEncode(SharedKeys().list.Seed());
  database().Run("UPDATE registrar_keys SET sealed = NULL, rsa_private = x'" + der + "', list_seed = x'" +
                 seed + "'");
  CopyFiles();
  ASSERT_OK(Start());
  EXPECT_EQ(
      database().One("SELECT COUNT(*) FROM registrar_keys WHERE sealed IS NOT NULL AND rsa_private IS NULL "
                     "AND list_seed IS NULL"),
      "1");
  ASSERT_OK_AND_ASSIGN(
      const auto keys,
      InTransaction(database().pool(), [&](db::Transaction& transaction) -> absl::StatusOr<FoundKeys> {
        RegistrarKeys fresh(encryption());
        return fresh.Find(transaction, "e");
      }));
  EXPECT_EQ(keys.keys->rsa.public_key().n(), SharedKeys().rsa.public_key().n());
  EXPECT_EQ(Issue("ann@example.org", message)->blind_signature(), before);
}

}  // namespace
}  // namespace plenary::membership
