#include "common/status/error.h"

#include <gtest/gtest.h>

#include "common/status/grpc_status.h"
#include "common/status/macros.h"
#include "common/testing/status_matchers.h"

namespace plenary {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::StatusIs;

constexpr ErrorDomain kDomain("plenary.test");

TEST(Error, KeepsCodeReasonMetadataAndMessageAcrossTheWire) {
  const absl::Status sent = kDomain.Error(absl::StatusCode::kNotFound, "ROLL_NOT_FOUND",
                                          "Freeze the roll first.", {{"election", "elections/1"}});
  const absl::Status received = FromGrpcStatus(ToGrpcStatus(sent));
  EXPECT_EQ(received, sent);
  EXPECT_THAT(received, HasReason("ROLL_NOT_FOUND"));
  EXPECT_EQ(ErrorMetadataOf(received, "election"), "elections/1");
  EXPECT_EQ(ErrorMetadataOf(received, "absent"), "");
}

TEST(Error, NamesEachFieldOfABadRequest) {
  const absl::Status status =
      kDomain.BadRequest("FIELD_INVALID", {{"name", "Give a name."}, {"seats", "At least 1."}});
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(status.message(), "Give a name.");
  const auto violations = FieldViolationsOf(FromGrpcStatus(ToGrpcStatus(status)));
  ASSERT_EQ(violations.size(), 2u);
  EXPECT_EQ(violations[1].field, "seats");
}

TEST(Error, HidesTheTextOfAnInternalError) {
  const grpc::Status wire = ToGrpcStatus(absl::InternalError("Table 'x' has gone away, password=hunter2"));
  EXPECT_EQ(wire.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(wire.error_message().find("hunter2"), std::string::npos);
  EXPECT_TRUE(wire.error_details().empty());
}

TEST(Error, AStatusMadeElsewhereHasNoReason) { EXPECT_THAT(absl::NotFoundError("x"), HasReason("")); }

absl::StatusOr<int> Half(int value) {
  if (value % 2 != 0) return absl::InvalidArgumentError("odd");
  return value / 2;
}
absl::StatusOr<int> Quarter(int value) {
  ASSIGN_OR_RETURN(const int half, Half(value));
  RETURN_IF_ERROR(Half(half).status());
  return Half(half);
}

TEST(Macros, PassTheFirstFailureUp) {
  EXPECT_THAT(Quarter(8), IsOk());
  EXPECT_EQ(Quarter(8).value(), 2);
  EXPECT_THAT(Quarter(6), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Quarter(3), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace plenary
