// The auditor's registrar without what keeps it honest, for the controls of the fault tests alone: they must
// find out that it is broken. Nobody installs it.
//
//   --fault early      signs and answers first, and writes row and journal a while later, as somebody might
//                      who wants to save the wait for the disk
//   --fault unlocked   looks whether the company has a credential and then stores one, without holding the
//                      company's line and without a journal: only the table's primary key is left
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "common/crypto/blind_rsa.h"
#include "common/crypto/bytes.h"
#include "common/crypto/random.h"
#include "common/db/transact.h"
#include "common/log/log.h"
#include "common/rpc/service_main.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/membership/auditor_service.h"
#include "services/membership/copied_rolls.h"
#include "services/membership/errors.h"
#include "services/membership/limits_registrar.h"
#include "services/membership/registrar_names.h"
#include "services/membership/registrar_service.h"
#include "services/membership/registrar_start.h"
#include "services/membership/roll_names.h"
#include "services/membership/store/issuances.h"

namespace plenary::membership {
namespace {

// What the checks at the start may take of real time.
constexpr absl::Duration kPatience = absl::Seconds(30);
// How much later an early answer is written down: long enough for a kill to come between.
constexpr absl::Duration kLater = absl::Seconds(10);
// Between looking and storing, as a very busy disk would make it: all who race have looked by then.
constexpr absl::Duration kBusyDisk = absl::Milliseconds(500);

struct Issued {
  JournalLine line;
  std::string unit;  // bare id
  std::string recovery_blob;
  absl::Time due;
};

class BrokenRegistrar final : public v1::RegistrarService::Service {
 public:
  enum class Fault { kEarly, kUnlocked };

  BrokenRegistrar(const RegistrarService::Parts& parts, Fault fault)
      : inner_(parts),
        guard_(parts.edge, "plenary.membership.v1.RegistrarService"),
        pool_(parts.pool),
        rolls_(parts.rolls),
        journal_(parts.journal),
        keys_(parts.encryption),
        fault_(fault),
        writer_([this] { WriteLater(); }) {}
  ~BrokenRegistrar() override { Stop(); }

  // Writes down what is left.
  void Stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    came_.notify_all();
    if (writer_.joinable()) writer_.join();
  }

  grpc::Status IssueCredential(grpc::ServerContext* context, const v1::IssueCredentialRequest* request,
                               v1::IssueCredentialResponse* response) override {
    return guard_.Unary(context, "IssueCredential", *request, *response,
                        [&](rpc::Call& call) { return Issue(call, *request); });
  }
  grpc::Status GetManifestHash(grpc::ServerContext* context, const v1::GetManifestHashRequest* request,
                               v1::GetManifestHashResponse* response) override {
    return inner_.GetManifestHash(context, request, response);
  }
  grpc::Status GetIssuance(grpc::ServerContext* context, const v1::GetIssuanceRequest* request,
                           v1::GetIssuanceResponse* response) override {
    return inner_.GetIssuance(context, request, response);
  }
  grpc::Status CountIssuances(grpc::ServerContext* context, const v1::CountIssuancesRequest* request,
                              v1::CountIssuancesResponse* response) override {
    return inner_.CountIssuances(context, request, response);
  }

 private:
  absl::StatusOr<v1::IssueCredentialResponse> Issue(rpc::Call& call,
                                                    const v1::IssueCredentialRequest& request) {
    ASSIGN_OR_RETURN(const std::string election, ReadElection(request.election()));
    Issued issued{.line = {election, "", crypto::Sha256(request.blinded_msg())},
                  .unit = "",
                  .recovery_blob = request.recovery_blob(),
                  .due = absl::Now() + kLater};
    FoundKeys found;
    bool is_known = false;
    RETURN_IF_ERROR(db::Autocommit(pool_, call.deadline(), [&](db::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(found, keys_.Find(session, election));
      return Find(session, call, issued, is_known);
    }));
    call.ProveRelation();
    v1::IssueCredentialResponse response;
    ASSIGN_OR_RETURN(*response.mutable_blind_signature(),
                     crypto::BlindSign(found.keys->rsa, request.blinded_msg()));
    if (is_known) return response;
    if (fault_ == Fault::kUnlocked) {
      absl::SleepFor(kBusyDisk);
      ASSIGN_OR_RETURN(const bool stored, Write(issued));
      if (!stored) return errors::CredentialAlreadyIssued(request.election());
      return response;
    }
    {
      const std::lock_guard lock(mutex_);
      later_.push_back(std::move(issued));
    }
    came_.notify_all();
    return response;
  }

  absl::Status Find(db::Session& session, const rpc::Call& call, Issued& issued, bool& is_known) {
    ASSIGN_OR_RETURN(const auto roll, rolls_.Find(session, issued.line.election));
    if (!roll.has_value()) return absl::NotFoundError("no roll");
    ASSIGN_OR_RETURN(const RegistrarLine line, rolls_.FindLine(session, call, issued.line.election, *roll));
    issued.unit = line.unit;
    issued.line.unit = UnitName(roll->of_people, line.unit);
    ASSIGN_OR_RETURN(const auto first, store::FindIssuance(session, issued.line.election, line.unit));
    is_known = first.has_value();
    if (!is_known || first->blinded_msg_sha256 == issued.line.sha256) return absl::OkStatus();
    return errors::CredentialAlreadyIssued(issued.line.election);
  }

  // False when the company has a credential.
  absl::StatusOr<bool> Write(const Issued& issued) {
    const store::Issuance issuance = {issued.line.sha256, issued.recovery_blob};
    ASSIGN_OR_RETURN(const std::int64_t came_in,
                     db::Transact(pool_, absl::Now() + kPatience, [&](db::Transaction& tx) {
                       return store::InsertIssuances(tx, issued.line.election, {{issued.unit, &issuance}});
                     }));
    if (came_in == 0) return false;
    // The journal would let no second line of a company pass.
    if (fault_ == Fault::kUnlocked) return true;
    RETURN_IF_ERROR(journal_.Append(issued.line));
    return true;
  }

  void WriteLater() {
    std::unique_lock lock(mutex_);
    for (;;) {
      came_.wait(lock, [this] { return stopping_ || !later_.empty(); });
      if (later_.empty()) return;
      const Issued issued = later_.front();
      came_.wait_until(lock, absl::ToChronoTime(issued.due), [this] { return stopping_; });
      lock.unlock();
      const auto stored = Write(issued);
      if (!stored.ok()) log::Error("not written", {{"reason", ReasonOf(stored.status())}});
      lock.lock();
      later_.pop_front();
    }
  }

  RegistrarService inner_;
  rpc::Guard guard_;
  db::Pool& pool_;
  const RegistrarRolls& rolls_;
  RegistrarJournal& journal_;
  RegistrarKeys keys_;
  const Fault fault_;
  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<Issued> later_;
  bool stopping_ = false;
  std::thread writer_;
};

struct Flags {
  RegistrarFiles files;
  std::string fault = "early";
};

absl::StatusOr<rpc::Wiring> Wire(const Flags& flags, rpc::Runtime& runtime) {
  const auto random = std::make_shared<crypto::SystemRandom>();
  ASSIGN_OR_RETURN(RegistrarState started, StartRegistrar(flags.files, runtime.pool, *random,
                                                          runtime.clock.Now(), absl::Now() + kPatience));
  const auto state = std::make_shared<RegistrarState>(std::move(started));
  const auto rolls = std::make_shared<CopiedRolls>();
  auto registrar = std::make_unique<BrokenRegistrar>(
      RegistrarService::Parts{.edge = runtime.edge,
                              .pool = runtime.pool,
                              .rolls = *rolls,
                              .journal = *state->journal,
                              .encryption = *state->encryption,
                              .random = *random},
      flags.fault == "early" ? BrokenRegistrar::Fault::kEarly : BrokenRegistrar::Fault::kUnlocked);
  rpc::Wiring wiring;
  wiring.parts = {state, random, rolls};
  wiring.on_drain.push_back([broken = registrar.get()] { broken->Stop(); });
  wiring.services.push_back(std::move(registrar));
  return wiring;
}

}  // namespace
}  // namespace plenary::membership

int main(int argc, char** argv) {
  plenary::membership::Flags flags;
  plenary::rpc::ServiceSpec spec;
  spec.name = plenary::membership::kRegistrarName;
  spec.description = "A registrar that is broken on purpose: for the controls of the fault tests alone";
  spec.schema_dir = PLENARY_REGISTRAR_SCHEMA_DIR;
  spec.person_issuer = plenary::membership::kRegistrarName;
  spec.audience = plenary::membership::kRegistrarName;
  spec.max_receive_bytes = plenary::membership::limits::kRegistrarMessageBytes;
  spec.add_flags = [&](CLI::App& app) {
    app.allow_extras();  // what the real one needs and this one does not
    app.add_option("--registrar_journal", flags.files.journal, "As the real one's");
    app.add_option("--key_encryption_file", flags.files.key_encryption, "As the real one's");
    app.add_option("--fault", flags.fault, "What is broken")->check(CLI::IsMember({"early", "unlocked"}));
  };
  spec.wire = [&](plenary::rpc::Runtime& runtime) { return plenary::membership::Wire(flags, runtime); };
  return plenary::rpc::ServiceMain(spec, argc, argv);
}
