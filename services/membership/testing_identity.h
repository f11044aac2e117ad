// The services of signing in behind a loopback server, and the mailbox of whoever asks.
#pragma once

#include <memory>
#include <string>

#include "nlohmann/json.hpp"
#include "services/membership/limits_identity.h"
#include "services/membership/service_account_service.h"
#include "services/membership/session_service.h"
#include "services/membership/testing_membership.h"

namespace plenary::membership {

class IdentityTest : public MembershipTest {
 protected:
  IdentityTest() {
    SaveCategories();
    MustImport(
        "ann@example.org,Ann Lee,Acme,professional,2021-08-24,2022-08-23,2,,\n"
        "bob@example.org,Bob,Acme,registered,2021-08-24,,,,\n"
        "olga@example.org,Olga,Office,staff,2021-08-24,,,,\n");
  }

  // A call from somewhere, through a proxy on this machine.
  static std::unique_ptr<grpc::ClientContext> From(const std::string& address) {
    auto context = testing::TestSuite::Anonymous();
    if (!address.empty()) context->AddMetadata("x-forwarded-for", address);
    return context;
  }

  absl::StatusOr<v1::RequestSignInResponse> Request(const std::string& email, const std::string& from = "") {
    v1::RequestSignInRequest request;
    request.set_email(email);
    return testing::Invoke(&v1::SessionService::Stub::RequestSignIn, *sessions_, From(from), request);
  }
  // What the last mail says.
  nlohmann::json Mail() {
    return nlohmann::json::parse(
        database_.One("SELECT template_values FROM notices ORDER BY sequence DESC LIMIT 1"));
  }
  std::string MailedCode() { return Mail().at("code").get<std::string>(); }

  absl::StatusOr<v1::SignedInSession> Complete(const std::string& sign_in, const std::string& code,
                                               const std::string& from = "") {
    v1::CompleteSignInRequest request;
    request.set_sign_in(sign_in);
    request.set_code(code);
    return testing::Invoke(&v1::SessionService::Stub::CompleteSignIn, *sessions_, From(from), request);
  }
  v1::SignedInSession SignIn(const std::string& email) {
    const auto request = Request(email);
    EXPECT_OK(request);
    const auto session = Complete(request->sign_in(), MailedCode());
    EXPECT_OK(session);
    return session.value_or(v1::SignedInSession());
  }
  absl::StatusOr<v1::SignedInSession> Refresh(const std::string& token, const std::string& request_id = "") {
    v1::RefreshSessionRequest request;
    request.set_refresh_token(token);
    request.set_request_id(request_id);
    return testing::Invoke(&v1::SessionService::Stub::RefreshSession, *sessions_,
                           testing::TestSuite::Anonymous(), request);
  }

  // Whether any column of any table holds the text; queued mails apart, which hold it until they are sent.
  bool IsStored(const std::string& text) {
    for (const std::string& column : database_.Column(
             "SELECT CONCAT(table_name, '.', column_name) FROM information_schema.columns WHERE table_schema "
             "= "
             "DATABASE() AND (data_type LIKE '%char' OR data_type LIKE '%text' OR data_type LIKE '%blob' OR "
             "data_type LIKE '%binary')")) {
      if (column == "notices.template_values") continue;
      const std::size_t dot = column.find('.');
      if (database_.One("SELECT COUNT(*) FROM `" + column.substr(0, dot) + "` WHERE INSTR(`" +
                        column.substr(dot + 1) + "`, '" + text + "') > 0") != "0") {
        return true;
      }
    }
    return false;
  }

  SessionService session_service_{{.edge = suite_.edge(),
                                   .pool = database_.pool(),
                                   .ids = ids_,
                                   .random = random_,
                                   .signer = suite_.Signer("membership"),
                                   .keys = suite_.keys()}};
  ServiceAccountService account_service_{suite_.edge(), database_.pool(), ids_, random_,
                                         suite_.Signer("membership")};
  testing::Loopback identity_loopback_{{&session_service_, &account_service_}};
  std::unique_ptr<v1::SessionService::Stub> sessions_ =
      v1::SessionService::NewStub(identity_loopback_.channel());
  std::unique_ptr<v1::ServiceAccountService::Stub> accounts_ =
      v1::ServiceAccountService::NewStub(identity_loopback_.channel());
};

}  // namespace plenary::membership
