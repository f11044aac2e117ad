#include "services/membership/testing_membership.h"

#include <stdlib.h>

#include <filesystem>
#include <stdexcept>

#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/status/grpc_status.h"
#include "services/membership/limits.h"

namespace plenary::membership {

using testing::Invoke;

TemporaryFolder::TemporaryFolder() : path_("/tmp/plenary-membership.XXXXXX") {
  if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
}
TemporaryFolder::~TemporaryFolder() { std::filesystem::remove_all(path_); }
std::string TemporaryFolder::Path(std::string_view name) const { return path_ + "/" + std::string(name); }

absl::Time Noon(std::string_view date) { return StartOf(ParseDate(date).value()) + absl::Hours(12); }

MembershipTest::MembershipTest()
    : database_(
          {testing::CommonMigrations(), testing::MigrationsOf("membership", "services/membership/schema")}),
      suite_(Noon("2022-08-20")),
      journal_(RegistrarJournal::Open(folder_.Path("journal")).value()),
      encryption_(
          KeyEncryption::Open(folder_.Path("key"), KeyEncryption::WhenMissing::kMake, random_).value()),
      identity_service_(suite_.edge(), database_.pool()),
      development_service_(suite_.edge(), database_.pool(), suite_.Signer("membership")),
      register_service_(suite_.edge(), database_.pool(), ids_),
      people_service_(suite_.edge(), database_.pool(), ids_),
      directory_service_(suite_.edge(), database_.pool()),
      roll_service_(suite_.edge(), database_.pool(), ids_),
      registrar_service_({.edge = suite_.edge(),
                          .pool = database_.pool(),
                          .rolls = register_rolls_,
                          .journal = *journal_,
                          .encryption = *encryption_,
                          .random = random_}),
      loopback_({&identity_service_, &development_service_, &register_service_, &people_service_,
                 &directory_service_, &roll_service_, &registrar_service_},
                limits::kMessageBytes),
      identity_(v1::IdentityService::NewStub(loopback_.channel())),
      development_(v1::DevelopmentIdentityService::NewStub(loopback_.channel())),
      register_(v1::RegisterService::NewStub(loopback_.channel())),
      people_(v1::PeopleService::NewStub(loopback_.channel())),
      directory_(v1::DirectoryService::NewStub(loopback_.channel())),
      rolls_(v1::RollService::NewStub(loopback_.channel())),
      registrar_(v1::RegistrarService::NewStub(loopback_.channel())) {}

void MembershipTest::SaveCategories() {
  for (const std::string id : {"professional", "registered", "vendor-partner", "staff"}) {
    v1::SaveCategoryRequest request;
    v1::Category& category = *request.mutable_category();
    category.set_name("categories/" + id);
    category.set_display_name(id);
    category.mutable_rights()->set_can_attend(true);
    if (id == "professional") {
      category.mutable_rights()->set_can_vote(true);
      category.mutable_rights()->set_can_hold_office(true);
      category.set_grace_days(30);
      category.set_required_letters(2);
    }
    ASSERT_OK(Invoke(&v1::RegisterService::Stub::SaveCategory, *register_, suite_.Staff(), request));
  }
}

absl::StatusOr<v1::ImportMembersResponse> MembershipTest::Import(const std::string& csv,
                                                                 const std::string& request_id,
                                                                 bool validate_only, int year) {
  const auto context = suite_.Staff();
  const auto stream = register_->ImportMembers(context.get());
  v1::ImportMembersRequest request;
  request.mutable_header()->set_source("the register of August 2022");
  request.mutable_header()->set_year(year);
  request.mutable_header()->set_request_id(request_id);
  request.mutable_header()->set_validate_only(validate_only);
  bool open = stream->Write(request);
  for (std::size_t at = 0; open && at < csv.size(); at += limits::kLongestContent) {
    request.set_content(csv.substr(at, limits::kLongestContent));
    open = stream->Write(request);
  }
  stream->WritesDone();
  v1::ImportMembersResponse result;
  for (v1::ImportMembersUpdate update; stream->Read(&update);) {
    if (update.has_result()) result = update.result();
  }
  const grpc::Status status = stream->Finish();
  if (!status.ok()) return FromGrpcStatus(status);
  return result;
}

void MembershipTest::MustImport(const std::string& rows) {
  ASSERT_OK_AND_ASSIGN(const v1::ImportMembersResponse response, Import(kHeader + rows));
  ASSERT_TRUE(response.applied()) << response.ShortDebugString();
}

v1::Person MembershipTest::PersonAt(const std::string& email) {
  v1::ListPeopleRequest request;
  request.set_email(email);
  const auto people = Invoke(&v1::RegisterService::Stub::ListPeople, *register_, suite_.Staff(), request);
  if (!people.ok() || people->people_size() != 1) throw std::runtime_error("nobody at " + email);
  return people->people(0);
}

std::unique_ptr<grpc::ClientContext> MembershipTest::As(const std::string& email) {
  v1::SignInForDevelopmentRequest request;
  request.set_email(email);
  const auto session = Invoke(&v1::DevelopmentIdentityService::Stub::SignInForDevelopment, *development_,
                              testing::TestSuite::Anonymous(), request);
  if (!session.ok()) throw std::runtime_error("cannot sign in: " + email);
  auto context = testing::TestSuite::Anonymous();
  context->AddMetadata("authorization", "Bearer " + session->tokens(0).access_token());
  return context;
}

void MembershipTest::StoreKeys(const std::string& election, const ElectionKeys& keys) {
  ASSERT_OK(
      db::Transact(database_.pool(), absl::Now() + absl::Seconds(20), [&](db::Transaction& transaction) {
        return StoreElectionKeys(transaction, election, keys, *encryption_, random_);
      }));
}

absl::StatusOr<MembershipTest::Frozen> MembershipTest::Freeze(const std::string& election,
                                                              const std::string& date,
                                                              const std::string& request_id, v1::Unit unit) {
  v1::FreezeRollRequest request;
  request.set_unit(unit);
  request.set_election(election);
  request.set_record_date(date);
  request.set_request_id(request_id);
  const auto context = suite_.Staff();
  const auto reader = rolls_->FreezeRoll(context.get(), request);
  Frozen frozen;
  v1::FreezeRollResponse part;
  while (reader->Read(&part)) {
    if (part.has_entry()) frozen.entries.push_back(part.entry());
    if (part.has_roll()) frozen.roll = part.roll();
  }
  const grpc::Status status = reader->Finish();
  if (!status.ok()) return FromGrpcStatus(status);
  return frozen;
}

absl::StatusOr<std::vector<v1::RollCopyLine>> MembershipTest::ExportRoll(const std::string& election) {
  v1::ExportRollRequest request;
  request.set_election(election);
  const auto context = suite_.Staff();
  const auto reader = rolls_->ExportRoll(context.get(), request);
  std::vector<v1::RollCopyLine> lines;
  for (v1::ExportRollResponse part; reader->Read(&part);) {
    lines.insert(lines.end(), part.lines().begin(), part.lines().end());
  }
  const grpc::Status status = reader->Finish();
  if (!status.ok()) return FromGrpcStatus(status);
  return lines;
}

}  // namespace plenary::membership
