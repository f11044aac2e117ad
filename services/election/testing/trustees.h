// Trustees for tests: each does with the pure client what the `plenary` command does with a file.
#pragma once

#include <string>
#include <vector>

#include "common/crypto/random.h"
#include "common/testing/loopback.h"
#include "common/testing/status_matchers.h"
#include "plenary/election/v1/trustee_service.grpc.pb.h"
#include "services/election/client/trustee.h"

namespace plenary::election::testing {

class TestTrustees {
 public:
  using Stub = v1::TrusteeService::Stub;

  // `people` in the order of the election. Borrows all but the names.
  TestTrustees(plenary::testing::TestSuite& suite, Stub& stub, crypto::RandomSource& random,
               std::vector<std::string> people)
      : suite_(suite), stub_(stub), random_(random), people_(std::move(people)) {}

  template <typename Request, typename Response>
  absl::StatusOr<Response> Ask(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                               const std::string& person, const Request& request) {
    return plenary::testing::Invoke(method, stub_, suite_.Person(person), request);
  }
  absl::StatusOr<v1::ListTrusteesResponse> List(const std::string& election) {
    v1::ListTrusteesRequest request;
    request.set_election(election);
    return plenary::testing::Invoke(&Stub::ListTrustees, stub_, plenary::testing::TestSuite::Anonymous(),
                                    request);
  }

  // Everybody makes keys and sends the public halves.
  void SendKeys(const std::string& election) {
    keys.clear();
    for (const std::string& person : people_) {
      keys.push_back(client::MakeTrusteeKeys(election, random_));
      EXPECT_OK(Ask(&Stub::SendTrusteeKeys, person, client::KeysToSend(keys.back())));
    }
  }
  void Deal(const std::string& election) {
    const auto circle = List(election);
    ASSERT_OK(circle);
    for (std::size_t i = 0; i < people_.size(); ++i) {
      ASSERT_OK(client::SplitTallySecret(keys[i], *circle, random_));
      const auto shares = client::SharesToSend(keys[i], *circle, random_);
      ASSERT_OK(shares);
      EXPECT_OK(Ask(&Stub::DealShares, people_[i], *shares));
    }
  }
  void Accept(const std::string& election) {
    const auto circle = List(election);
    ASSERT_OK(circle);
    for (std::size_t i = 0; i < people_.size(); ++i) {
      v1::ListDealtSharesRequest list;
      list.set_election(election);
      const auto dealt = Ask(&Stub::ListDealtShares, people_[i], list);
      ASSERT_OK(dealt);
      ASSERT_OK(client::AcceptDealt(keys[i], static_cast<int>(i) + 1, *circle, *dealt,
                                    client::WhenNotDealt::kRefuse));
      v1::AcceptSharesRequest accept;
      accept.set_election(election);
      EXPECT_OK(Ask(&Stub::AcceptShares, people_[i], accept));
    }
  }
  // All of it.
  void Prepare(const std::string& election) {
    SendKeys(election);
    Deal(election);
    Accept(election);
  }

  // By number from 0.
  absl::StatusOr<v1::Trustee> ReleaseSecret(std::size_t trustee) {
    v1::ReleaseSecretRequest request;
    request.set_election(keys[trustee].election);
    request.set_tally_secret(keys[trustee].tally_secret);
    return Ask(&Stub::ReleaseSecret, people_[trustee], request);
  }
  absl::StatusOr<v1::Trustee> ReleaseShare(std::size_t holder, std::size_t dealer) {
    v1::ReleaseShareRequest request;
    request.set_election(keys[holder].election);
    request.set_share(keys[holder].accepted[dealer].share);
    return Ask(&Stub::ReleaseShare, people_[holder], request);
  }
  void ReleaseAll() {
    for (std::size_t i = 0; i < people_.size(); ++i) EXPECT_OK(ReleaseSecret(i));
  }

  std::vector<client::TrusteeKeys> keys;  // by number from 0

 private:
  plenary::testing::TestSuite& suite_;
  Stub& stub_;
  crypto::RandomSource& random_;
  const std::vector<std::string> people_;
};

}  // namespace plenary::election::testing
