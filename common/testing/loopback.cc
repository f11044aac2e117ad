#include "common/testing/loopback.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <chrono>

#include "fmt/format.h"

namespace plenary::testing {
namespace {

constexpr absl::Duration kTestDeadline = absl::Seconds(20);

std::unique_ptr<grpc::ClientContext> ContextWith(const std::string& token) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(absl::ToChronoTime(absl::Now() + kTestDeadline));
  if (!token.empty()) context->AddMetadata("authorization", "Bearer " + token);
  return context;
}

}  // namespace

TestSuite::TestSuite(absl::Time start, rpc::Edge::Options options)
    : clock_(start), edge_(clock_, keys_, metrics_, options) {}

const auth::TokenSigner& TestSuite::Signer(const std::string& service) {
  for (const auto& [name, signer] : signers_) {
    if (name == service) return *signer;
  }
  auto signer =
      std::make_unique<auth::TokenSigner>(service, service + "-test", crypto::Es256PrivateKey::Generate());
  (void)keys_.Add(signer->PublicKeyJson());
  return *signers_.emplace_back(service, std::move(signer)).second;
}

rpc::PeerCaller& TestSuite::Caller(const std::string& service) {
  for (const auto& [name, caller] : callers_) {
    if (name == service) return *caller;
  }
  return *callers_.emplace_back(service, std::make_unique<rpc::PeerCaller>(Signer(service), clock_)).second;
}

std::unique_ptr<grpc::ClientContext> TestSuite::Person(const std::string& person, const std::string& company,
                                                       std::vector<std::string> roles) {
  const auth::Principal principal{auth::Principal::Kind::kPerson, person, company, std::move(roles), ""};
  return ContextWith(Signer("membership").SignPerson(principal, audience_, clock_.Now()));
}

std::unique_ptr<grpc::ClientContext> TestSuite::Staff() {
  return Person("people/staff", "companies/office", {"staff"});
}

std::unique_ptr<grpc::ClientContext> TestSuite::Service(const std::string& name) {
  return ContextWith(Signer(name).SignService(audience_, clock_.Now()));
}

std::unique_ptr<grpc::ClientContext> TestSuite::ServiceAccount(std::vector<std::string> roles) {
  const auth::Principal principal{.kind = auth::Principal::Kind::kServiceAccount,
                                  .person = "",
                                  .company = "",
                                  .roles = std::move(roles),
                                  .service = "",
                                  .account = "serviceAccounts/sync"};
  return ContextWith(Signer("membership").SignPerson(principal, audience_, clock_.Now()));
}

std::unique_ptr<grpc::ClientContext> TestSuite::Anonymous() { return ContextWith(""); }

Loopback::Loopback(const std::vector<grpc::Service*>& services, int max_receive_bytes) {
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(max_receive_bytes);
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  for (grpc::Service* service : services) builder.RegisterService(service);
  server_ = builder.BuildAndStart();
  address_ = fmt::format("127.0.0.1:{}", port);
  channel_ = rpc::LoopbackChannel(address_);
}

Loopback::~Loopback() {
  channel_.reset();
  server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(2));
  server_->Wait();
}

std::shared_ptr<grpc::Channel> Loopback::FreshChannel() const {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address_, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace plenary::testing
