// The real election service and the real ballot box behind loopback servers, each with its database, among
// stand-ins for membership, the auditor's registrar, committee and ethics; and the steps of an election as
// the people in it make them.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "common/ids/id.h"
#include "common/outbox/outbox.h"
#include "common/status/macros.h"
#include "common/testing/loopback.h"
#include "common/testing/mariadb.h"
#include "common/testing/status_matchers.h"
#include "services/election/candidacy_service.h"
#include "services/election/client/vote_session.h"
#include "services/election/effects.h"
#include "services/election/election_service.h"
#include "services/election/tally_service.h"
#include "services/election/testing/box_server.h"
#include "services/election/testing/peers.h"
#include "services/election/testing/sample.h"
#include "services/election/testing/trustees.h"
#include "services/election/trustee_service.h"

namespace plenary::election::testing {

class ElectionTest : public ::testing::Test {
 protected:
  using TestSuite = plenary::testing::TestSuite;
  using Elections = v1::ElectionService::Stub;
  using Candidacies = v1::CandidacyService::Stub;
  using Tallies = v1::TallyService::Stub;
  using TrusteeStub = v1::TrusteeService::Stub;

  // Both registrars and the box take the manifest over.
  static constexpr int kManifestEffects = 3;
  // Both registrars destroy their keys.
  static constexpr int kCertifyEffects = 2;

  ElectionTest()
      : suite_(Day(8, 2)),
        box_(suite_),
        peer_server_({&register_, &rolls_, &registrar_, &bodies_, &code_}, kBoxMessageBytes),
        auditor_server_({&auditor_}, kBoxMessageBytes),
        database_({plenary::testing::CommonMigrations(),
                   plenary::testing::MigrationsOf("election", "services/election/schema")}),
        peers_(suite_.Caller("election"), {.membership = peer_server_.channel(),
                                           .auditor = auditor_server_.channel(),
                                           .committee = peer_server_.channel(),
                                           .ethics = peer_server_.channel(),
                                           .ballot_box = box_.server.channel()}),
        effects_(database_.pool(), [this] { return suite_.clock().Now(); },
                 EffectHandlers(database_.pool(), suite_.clock(), peers_),
                 {.first_pause = absl::ZeroDuration(), .longest_pause = absl::ZeroDuration()}),
        election_service_(suite_.edge(), database_.pool(), ids_, peers_, effects_),
        candidacy_service_(suite_.edge(), database_.pool(), ids_, peers_),
        tally_service_(suite_.edge(), database_.pool(), peers_, effects_),
        trustee_service_(suite_.edge(), database_.pool()),
        server_({&election_service_, &candidacy_service_, &tally_service_, &trustee_service_}),
        elections_(v1::ElectionService::NewStub(server_.channel())),
        candidacies_(v1::CandidacyService::NewStub(server_.channel())),
        tallies_(v1::TallyService::NewStub(server_.channel())),
        trustee_stub_(v1::TrusteeService::NewStub(server_.channel())),
        trustees_(suite_, *trustee_stub_, box_.random, {"people/tia", "people/tom", "people/tua"}) {}

  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Ask(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                               Stub& stub, std::unique_ptr<grpc::ClientContext> context,
                               const Request& request) {
    return plenary::testing::Invoke(method, stub, std::move(context), request);
  }
  std::unique_ptr<grpc::ClientContext> Officer() { return suite_.Person("people/officer"); }

  absl::StatusOr<v1::Election> Create(const v1::Election& wanted, const std::string& request_id = "") {
    v1::CreateElectionRequest request;
    *request.mutable_election() = wanted;
    request.set_request_id(request_id);
    return Ask(&Elections::CreateElection, *elections_, suite_.Staff(), request);
  }
  absl::StatusOr<v1::Election> GetElection() {
    v1::GetElectionRequest request;
    request.set_name(election_);
    return Ask(&Elections::GetElection, *elections_, TestSuite::Anonymous(), request);
  }
  // Calls the sample election, or another; its name is election_ from then on.
  void CallElection(const v1::Election& wanted = WantedElection()) {
    const auto created = Create(wanted);
    ASSERT_OK(created);
    election_ = created->name();
  }
  // The same, and its trustees have made, dealt and accepted their keys.
  void CallElectionWithKeys(const v1::Election& wanted = WantedElection()) {
    ASSERT_NO_FATAL_FAILURE(CallElection(wanted));
    trustees_.Prepare(election_);
  }

  absl::StatusOr<v1::Candidacy> Declare(const std::string& person, const std::string& contest) {
    v1::DeclareCandidacyRequest request;
    request.set_contest(election_ + "/contests/" + contest);
    return Ask(&Candidacies::DeclareCandidacy, *candidacies_, suite_.Person(person), request);
  }
  absl::StatusOr<v1::Candidacy> Complete(const std::string& person, const std::string& candidacy) {
    v1::CompleteCandidacyRequest request;
    request.set_name(candidacy);
    request.mutable_page()->set_statement("I can count.");
    request.mutable_page()->set_conflict_of_interest("none");
    request.mutable_page()->add_links("https://example.org/1");
    request.mutable_page()->add_links("https://example.org/2");
    request.set_submit(true);
    return Ask(&Candidacies::CompleteCandidacy, *candidacies_, suite_.Person(person), request);
  }
  absl::StatusOr<v1::Candidacy> Accept(const std::string& candidacy) {
    v1::AcceptCandidacyRequest request;
    request.set_name(candidacy);
    return Ask(&Candidacies::AcceptCandidacy, *candidacies_, Officer(), request);
  }
  absl::StatusOr<v1::Candidacy> Withdraw(const std::string& person, const std::string& candidacy) {
    v1::WithdrawCandidacyRequest request;
    request.set_name(candidacy);
    return Ask(&Candidacies::WithdrawCandidacy, *candidacies_, suite_.Person(person), request);
  }
  // Declared, completed and accepted; its name.
  std::string Candidate(const std::string& person, const std::string& contest) {
    const auto declared = Declare(person, contest);
    EXPECT_OK(declared);
    if (!declared.ok()) return "";
    EXPECT_OK(Complete(person, declared->name()));
    EXPECT_OK(Accept(declared->name()));
    return declared->name();
  }

  absl::StatusOr<v1::Election> Publish() {
    v1::PublishManifestRequest request;
    request.set_name(election_);
    return Ask(&Elections::PublishManifest, *elections_, Officer(), request);
  }
  int DeliverEffects() {
    const auto delivered = effects_.DeliverDue();
    EXPECT_OK(delivered);
    return delivered.value_or(-1);
  }
  // An election in which ada, ben and cem run for governance and dee for finance, at the opening of voting.
  void OpenVoting() {
    CallElectionWithKeys();
    ada_ = Candidate("people/ada", "governance");
    ben_ = Candidate("people/ben", "governance");
    cem_ = Candidate("people/cem", "governance");
    dee_ = Candidate("people/dee", "finance");
    PublishAndOpen();
  }
  // Publishes what was called; everybody has the manifest, and voting opens.
  void PublishAndOpen() {
    suite_.clock().Set(Day(9, 2));
    ASSERT_OK(Publish());
    ASSERT_EQ(DeliverEffects(), kManifestEffects);
    suite_.clock().Set(Day(9, 15));
  }

  // `clock`: what the voter's own clock shows, if not the time of everybody else.
  client::VoteSession Session(const std::string& company, const std::string& state_path = "",
                              std::optional<absl::Time> clock = std::nullopt) {
    const auto token = [company] { return absl::StatusOr<std::string>(company); };
    return client::VoteSession({.election = election_,
                                .election_channel = server_.channel(),
                                .registrars = {{"the association's registrar", peer_server_.channel(), token},
                                               {"the auditor's registrar", auditor_server_.channel(), token}},
                                .fresh_box_channel = [this] { return box_.server.FreshChannel(); },
                                .state_path = state_path,
                                .now = [this, clock] { return clock.value_or(suite_.clock().Now()); }},
                               box_.random);
  }
  void Vote(const std::string& company, const std::vector<client::Choice>& choices) {
    EXPECT_OK(Session(company).Vote(choices));
  }

  absl::StatusOr<v1::Election> Close(const std::string& request_id = "") {
    v1::CloseElectionRequest request;
    request.set_election(election_);
    request.set_request_id(request_id);
    return Ask(&Tallies::CloseElection, *tallies_, Officer(), request);
  }
  // Once voting has closed: closed, every secret released, counted.
  absl::StatusOr<v1::Result> CloseAndCount() {
    RETURN_IF_ERROR(Close().status());
    trustees_.ReleaseAll();
    return Count();
  }
  absl::StatusOr<v1::Result> Count() {
    v1::CountElectionRequest request;
    request.set_election(election_);
    return Ask(&Tallies::CountElection, *tallies_, Officer(), request);
  }
  absl::StatusOr<v1::Result> Certify(const std::string& request_id = "") {
    v1::CertifyResultRequest request;
    request.set_election(election_);
    request.set_request_id(request_id);
    return Ask(&Tallies::CertifyResult, *tallies_, Officer(), request);
  }

  TestSuite suite_;
  BoxServer box_;
  FakeRegister register_;
  FakeRolls rolls_;
  FakeRegistrar registrar_{0};
  FakeRegistrar auditor_{1};
  FakeBodies bodies_;
  FakeCode code_;
  plenary::testing::Loopback peer_server_;
  plenary::testing::Loopback auditor_server_;
  plenary::testing::TestDatabase database_;
  RandomIds ids_;
  Peers peers_;
  outbox::Dispatcher effects_;
  ElectionServiceImpl election_service_;
  CandidacyServiceImpl candidacy_service_;
  TallyServiceImpl tally_service_;
  TrusteeServiceImpl trustee_service_;
  plenary::testing::Loopback server_;
  std::unique_ptr<Elections> elections_;
  std::unique_ptr<Candidacies> candidacies_;
  std::unique_ptr<Tallies> tallies_;
  std::unique_ptr<TrusteeStub> trustee_stub_;
  TestTrustees trustees_;
  std::string election_;
  std::string ada_, ben_, cem_, dee_;
};

}  // namespace plenary::election::testing
