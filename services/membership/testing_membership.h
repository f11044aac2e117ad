// The whole membership service behind a loopback server with a database of its own, and a small society in
// it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/crypto/random.h"
#include "common/testing/loopback.h"
#include "common/testing/mariadb.h"
#include "common/testing/status_matchers.h"
#include "common/time/date.h"
#include "services/membership/directory_service.h"
#include "services/membership/identity_service.h"
#include "services/membership/key_encryption.h"
#include "services/membership/people_service.h"
#include "services/membership/register_rolls.h"
#include "services/membership/register_service.h"
#include "services/membership/registrar_service.h"
#include "services/membership/roll_service.h"

namespace plenary::membership {

// A folder that is gone with the test.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  std::string Path(std::string_view name) const;

 private:
  std::string path_;
};

// "2022-08-20", noon: the day on which every test begins.
absl::Time Noon(std::string_view date);

class MembershipTest : public ::testing::Test {
 protected:
  MembershipTest();

  // Categories: professional (vote, office, two letters, 30 days of grace), registered, vendor-partner,
  // staff.
  void SaveCategories();
  absl::StatusOr<v1::ImportMembersResponse> Import(const std::string& csv, const std::string& request_id = "",
                                                   bool validate_only = false, int year = 0);
  // Imports rows under the full header and expects that they were taken.
  void MustImport(const std::string& rows);

  v1::Person PersonAt(const std::string& email);
  std::string CompanyOf(const std::string& email) { return PersonAt(email).company(); }
  // The context of a person who signed in; roles and company as of now.
  std::unique_ptr<grpc::ClientContext> As(const std::string& email);

  struct Frozen {
    std::vector<v1::RollEntry> entries;
    v1::Roll roll;
  };
  absl::StatusOr<Frozen> Freeze(const std::string& election, const std::string& date = "2022-08-20",
                                const std::string& request_id = "", v1::Unit unit = v1::UNIT_UNSPECIFIED);

  // Gives membership's registrar these keys for an election, by its bare id.
  void StoreKeys(const std::string& election, const ElectionKeys& keys);

  // The lines as staff export them.
  absl::StatusOr<std::vector<v1::RollCopyLine>> ExportRoll(const std::string& election);

  testing::TestDatabase database_;
  testing::TestSuite suite_;
  RandomIds ids_;
  crypto::SystemRandom random_;
  TemporaryFolder folder_;
  std::unique_ptr<RegistrarJournal> journal_;
  std::unique_ptr<KeyEncryption> encryption_;
  RegisterRolls register_rolls_;
  IdentityService identity_service_;
  DevelopmentIdentityService development_service_;
  RegisterService register_service_;
  PeopleService people_service_;
  DirectoryService directory_service_;
  RollService roll_service_;
  RegistrarService registrar_service_;
  testing::Loopback loopback_;
  std::unique_ptr<v1::IdentityService::Stub> identity_;
  std::unique_ptr<v1::DevelopmentIdentityService::Stub> development_;
  std::unique_ptr<v1::RegisterService::Stub> register_;
  std::unique_ptr<v1::PeopleService::Stub> people_;
  std::unique_ptr<v1::DirectoryService::Stub> directory_;
  std::unique_ptr<v1::RollService::Stub> rolls_;
  std::unique_ptr<v1::RegistrarService::Stub> registrar_;
};

inline constexpr char kHeader[] =
    "email,full_name,company,category,started_on,paid_through,letters,representative,company_category\n";

}  // namespace plenary::membership
