#include "services/membership/key_encryption.h"

#include <sys/stat.h>

#include <fstream>

#include "common/crypto/bytes.h"
#include "services/membership/testing_registrar.h"

namespace plenary::membership {
namespace {

using testing::IsError;
using WhenMissing = KeyEncryption::WhenMissing;

constexpr auto kUnusable = "KEY_ENCRYPTION_UNUSABLE";

PrivateKeyBytes Bytes() {
  PrivateKeyBytes bytes;
  bytes.rsa_der = SharedKeys().rsa.ToDer();
  bytes.list_seed = SharedKeys().list.Seed();
  return bytes;
}

class KeyEncryptionTest : public ::testing::Test {
 protected:
  auto Open(const std::string& name, WhenMissing missing = WhenMissing::kMake) {
    return KeyEncryption::Open(folder_.Path(name), missing, random_);
  }
  void Write(const std::string& name, const std::string& bytes, mode_t mode = 0600) {
    std::ofstream(folder_.Path(name), std::ios::binary) << bytes;
    chmod(folder_.Path(name).c_str(), mode);
  }

  TemporaryFolder folder_;
  crypto::SystemRandom random_;
};

TEST_F(KeyEncryptionTest, MakesAFileThatOnlyItsOwnerReads) {
  EXPECT_THAT(Open("key", WhenMissing::kRefuse).status(),
              IsError(absl::StatusCode::kFailedPrecondition, kUnusable));
  ASSERT_OK(Open("key").status());
  struct stat facts = {};
  ASSERT_EQ(stat(folder_.Path("key").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  EXPECT_EQ(facts.st_size, 32);
  EXPECT_OK(Open("key", WhenMissing::kRefuse).status());
}

TEST_F(KeyEncryptionTest, RefusesAFileOfAnotherLengthOrForOthersToRead) {
  for (const std::size_t size : {0, 1, 31, 33, 64}) {
    Write("key", std::string(size, 'k'));
    EXPECT_THAT(Open("key").status(), IsError(absl::StatusCode::kFailedPrecondition, kUnusable)) << size;
  }
  for (const mode_t mode : {0640, 0604, 0666}) {
    Write("open", std::string(32, 'k'), mode);
    EXPECT_THAT(Open("open").status(), IsError(absl::StatusCode::kFailedPrecondition, kUnusable)) << mode;
  }
  EXPECT_THAT(Open("no/such/folder").status(), IsError(absl::StatusCode::kFailedPrecondition, kUnusable));
}

TEST_F(KeyEncryptionTest, OpensWhatItSealedForTheSameElectionAlone) {
  ASSERT_OK_AND_ASSIGN(const auto key, Open("key"));
  ASSERT_OK_AND_ASSIGN(const std::string sealed, key->Seal("e", Bytes(), random_));
  EXPECT_EQ(sealed.size(), kSealedKeysSize);
  ASSERT_OK_AND_ASSIGN(const PrivateKeyBytes opened, key->Unseal("e", sealed));
  EXPECT_EQ(opened.rsa_der, Bytes().rsa_der);
  EXPECT_EQ(opened.list_seed, Bytes().list_seed);
  EXPECT_FALSE(key->Unseal("f", sealed).ok()) << "a box moved to another election's row";
  ASSERT_OK_AND_ASSIGN(const auto other, Open("other"));
  EXPECT_FALSE(other->Unseal("e", sealed).ok());
  for (const std::size_t at : {std::size_t{0}, std::size_t{24}, sealed.size() - 1}) {
    std::string altered = sealed;
    altered[at] = static_cast<char>(altered[at] ^ 1);
    EXPECT_FALSE(key->Unseal("e", altered).ok()) << at;
  }
  EXPECT_FALSE(key->Unseal("e", "").ok());
  EXPECT_FALSE(key->Unseal("e", sealed.substr(1)).ok());
}

// Everything a dump of the database holds, as bytes.
std::string Dump(testing::TestDatabase& database) {
  std::string dump;
  for (const std::string& table : database.Column("SELECT table_name FROM information_schema.tables WHERE "
                                                  "table_schema = DATABASE()")) {
    for (const std::string& column : database.Column(
             "SELECT column_name FROM information_schema.columns WHERE table_schema = DATABASE() AND "
             "table_name = '" +
             table + "'")) {
      for (const std::string& value : database.Column("SELECT `" + column + "` FROM `" + table + "`"))
        dump += value + "|";
    }
  }
  return dump;
}

// Whether any 32 bytes of the secret stand in the dump; the box of another key would not.
bool HoldsPartOf(const std::string& dump, const std::string& secret) {
  for (std::size_t at = 0; at + 32 <= secret.size(); ++at) {
    if (dump.find(secret.substr(at, 32)) != std::string::npos) return true;
  }
  return false;
}

// What of a private key is no part of the public one.
std::string SecretPartOf(const PrivateKeyBytes& bytes) {
  const std::string& n = SharedKeys().rsa.public_key().n();
  return bytes.list_seed + bytes.rsa_der.substr(bytes.rsa_der.find(n) + n.size());
}

class KeysAtRestTest : public RegistrarTest {};
INSTANTIATE_TEST_SUITE_P(Both, KeysAtRestTest, ::testing::Values(Side::kMembership, Side::kAuditor), NameOf);

TEST_P(KeysAtRestTest, AreNotInADumpOfTheDatabase) {
  OpenIssuing();
  ASSERT_OK(Issue("ann@example.org", Blinded()));
  const PrivateKeyBytes bytes = Bytes();
  const std::string dump = Dump(database());
  EXPECT_TRUE(HoldsPartOf(dump, SharedKeys().rsa.public_key().n())) << "the search finds what is there";
  EXPECT_FALSE(HoldsPartOf(dump, SecretPartOf(bytes)));
  // The negative control: a registrar that stored them as they are.
  const PrivateKeyBytes plain = Bytes();
  database().Run("UPDATE registrar_keys SET sealed = x'" + crypto::HexEncode(plain.rsa_der) + "'");
  EXPECT_TRUE(HoldsPartOf(Dump(database()), SecretPartOf(bytes)));
}

}  // namespace
}  // namespace plenary::membership
