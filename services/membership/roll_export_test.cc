#include "common/crypto/bytes.h"
#include "common/status/grpc_status.h"
#include "services/membership/rules/roll_bytes.h"
#include "services/membership/testing_registrar.h"

namespace plenary::membership {
namespace {

using testing::IsError;

class RollExportTest : public MembershipTest {
 protected:
  RollExportTest() {
    SaveCategories();
    MustImport(
        "ann@example.org,Ann,Acme,professional,2021-08-24,2023-08-23,2,yes,\n"
        "cy@example.org,Cy,Cyco,professional,2021-08-24,2023-08-23,2,,\n");
    roll_ = Freeze(kElection).value().roll;
  }

  absl::StatusOr<std::string> Bytes(const std::string& election) {
    v1::StreamRollBytesRequest request;
    request.set_election(election);
    const auto context = testing::TestSuite::Anonymous();
    const auto reader = rolls_->StreamRollBytes(context.get(), request);
    std::string bytes;
    for (v1::StreamRollBytesResponse part; reader->Read(&part);) bytes += part.content();
    const grpc::Status status = reader->Finish();
    if (!status.ok()) return FromGrpcStatus(status);
    return bytes;
  }

  v1::Roll roll_;
};

TEST_F(RollExportTest, GivesAnybodyTheBytesOfTheHash) {
  ASSERT_OK_AND_ASSIGN(const std::string bytes, Bytes(kElection));
  EXPECT_EQ(bytes.size(), 4u + 4 + 2 * 16);
  EXPECT_EQ(crypto::Sha256(bytes), roll_.sha256());
  EXPECT_THAT(Bytes("elections/none"), IsError(absl::StatusCode::kNotFound, "ROLL_NOT_FOUND"));
}

TEST_F(RollExportTest, GivesStaffTheLinesAndRecordsIt) {
  ASSERT_OK_AND_ASSIGN(const auto lines, ExportRoll(kElection));
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_LT(lines[0].unit(), lines[1].unit());
  for (const v1::RollCopyLine& line : lines) {
    const bool acme = line.unit_display_name() == "Acme";
    EXPECT_EQ(line.email(), acme ? "ann@example.org" : "cy@example.org");
    EXPECT_EQ(line.representative_full_name(), acme ? "Ann" : "Cy");
    EXPECT_EQ(line.representative(), PersonAt(line.email()).name());
    EXPECT_EQ(line.unit(), CompanyOf(line.email()));
  }
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM audit WHERE act LIKE '%ExportRoll'"), "1");
  EXPECT_THAT(ExportRoll("elections/none"), IsError(absl::StatusCode::kNotFound, "ROLL_NOT_FOUND"));
}

TEST_F(RollExportTest, TellsMembersNoAddresses) {
  v1::ExportRollRequest request;
  request.set_election(kElection);
  const auto context = As("ann@example.org");
  const auto reader = rolls_->ExportRoll(context.get(), request);
  v1::ExportRollResponse part;
  EXPECT_FALSE(reader->Read(&part));
  EXPECT_THAT(FromGrpcStatus(reader->Finish()), IsError(absl::StatusCode::kPermissionDenied, "NOT_ALLOWED"));
}

}  // namespace
}  // namespace plenary::membership
