// Letters, verification and applications behind a loopback server, in the small society of MembershipTest.
#pragma once

#include <barrier>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "services/membership/letter_service.h"
#include "services/membership/testing_membership.h"
#include "services/membership/verification_service.h"

namespace plenary::membership {

// Runs an act in eight threads at the same moment.
inline void Race(const std::function<void()>& act) {
  constexpr int kThreads = 8;
  std::barrier start(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      start.arrive_and_wait();
      act();
    });
  }
  for (std::thread& thread : threads) thread.join();
}

class VerificationTest : public MembershipTest {
 protected:
  VerificationTest() {
    SaveCategories();
    MustImport(
        "ada@example.org,Ada,Acme,professional,2021-08-24,2022-12-31,0,,\n"
        "carl@example.org,Carl,Acme,professional,2021-08-24,2022-12-31,2,,\n"
        "bea@example.org,Bea,Bolt,professional,2021-08-24,2022-12-31,2,,\n"
        "dan@example.org,Dan,Dock,professional,2021-08-24,2022-12-31,2,,\n");
  }

  // The secret of the last mail of that template.
  std::string SecretOf(const std::string& template_name) {
    return database_.One(
        "SELECT JSON_UNQUOTE(JSON_EXTRACT(template_values, '$.code')) FROM notices WHERE template = '" +
        template_name + "' ORDER BY sequence DESC LIMIT 1");
  }
  std::string Notices(const std::string& template_name) {
    return database_.One("SELECT COUNT(*) FROM notices WHERE template = '" + template_name + "'");
  }
  v1::RequestLetterRequest AskFor(const std::string& email) {
    v1::RequestLetterRequest request;
    request.mutable_referee()->set_full_name("Rita Referee");
    request.mutable_referee()->set_email(email);
    request.mutable_referee()->set_relation("client since 2015");
    request.set_not_relative(true);
    request.set_not_report(true);
    request.set_may_be_contacted(true);
    return request;
  }
  absl::StatusOr<v1::Letter> Request(const v1::RequestLetterRequest& request,
                                     const std::string& member = "ada@example.org") {
    return testing::Invoke(&v1::LetterService::Stub::RequestLetter, *letters_, As(member), request);
  }
  absl::StatusOr<v1::SubmitLetterResponse> Submit(const std::string& token,
                                                  const std::string& text = "She knows her trade.") {
    v1::SubmitLetterRequest request;
    request.set_token(token);
    request.set_text(text);
    return testing::Invoke(&v1::LetterService::Stub::SubmitLetter, *letters_, testing::TestSuite::Anonymous(),
                           request);
  }
  absl::StatusOr<v1::Letter> Check(const std::string& name) {
    v1::CheckLetterRequest request;
    request.set_name(name);
    request.set_note("Rung up; stands by it.");
    return testing::Invoke(&v1::LetterService::Stub::CheckLetter, *letters_, suite_.Staff(), request);
  }
  absl::StatusOr<v1::Letter> Accept(const std::string& name) {
    v1::AcceptLetterRequest request;
    request.set_name(name);
    return testing::Invoke(&v1::LetterService::Stub::AcceptLetter, *letters_, suite_.Staff(), request);
  }
  absl::StatusOr<v1::Letter> Refuse(const std::string& name, const std::string& reason = "Not reached.") {
    v1::RefuseLetterRequest request;
    request.set_name(name);
    request.set_reason(reason);
    return testing::Invoke(&v1::LetterService::Stub::RefuseLetter, *letters_, suite_.Staff(), request);
  }
  absl::StatusOr<v1::Letter> Revoke(const std::string& name) {
    v1::RevokeLetterRequest request;
    request.set_name(name);
    request.set_reason("The referee is a cousin.");
    return testing::Invoke(&v1::LetterService::Stub::RevokeLetter, *letters_, suite_.Staff(), request);
  }
  absl::StatusOr<v1::Letter> Withdraw(const std::string& name,
                                      const std::string& member = "ada@example.org") {
    v1::WithdrawLetterRequest request;
    request.set_name(name);
    return testing::Invoke(&v1::LetterService::Stub::WithdrawLetter, *letters_, As(member), request);
  }
  absl::StatusOr<v1::Letter> Get(const std::string& name, std::unique_ptr<grpc::ClientContext> context) {
    v1::GetLetterRequest request;
    request.set_name(name);
    return testing::Invoke(&v1::LetterService::Stub::GetLetter, *letters_, std::move(context), request);
  }
  // The name of a letter about Ada that is checked.
  std::string CheckedLetter(const std::string& referee) {
    const auto letter = Request(AskFor(referee));
    if (!letter.ok() || !Submit(SecretOf("letter-request")).ok() || !Check(letter->name()).ok()) {
      throw std::runtime_error("no letter of " + referee);
    }
    return letter->name();
  }
  absl::StatusOr<v1::ExplainRightResponse> MayVote(const std::string& person, const std::string& as_of = "") {
    v1::ExplainRightRequest request;
    request.set_person(person);
    request.set_act(v1::ACT_VOTE);
    request.set_as_of(as_of);
    return testing::Invoke(&v1::RegisterService::Stub::ExplainRight, *register_, suite_.Staff(), request);
  }

  LetterService letter_service_{suite_.edge(), database_.pool(), ids_, random_};
  VerificationService verification_service_{suite_.edge(), database_.pool()};
  testing::Loopback verification_loopback_{{&letter_service_, &verification_service_}, limits::kMessageBytes};
  std::unique_ptr<v1::LetterService::Stub> letters_ =
      v1::LetterService::NewStub(verification_loopback_.channel());
  std::unique_ptr<v1::VerificationService::Stub> verification_ =
      v1::VerificationService::NewStub(verification_loopback_.channel());
};

}  // namespace plenary::membership
