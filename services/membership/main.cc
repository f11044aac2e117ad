// The membership service: wiring only.
#include <cstdio>
#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "common/crypto/random.h"
#include "common/rpc/service_main.h"
#include "common/status/macros.h"
#include "fmt/format.h"
#include "services/membership/create_staff.h"
#include "services/membership/directory_service.h"
#include "services/membership/errors.h"
#include "services/membership/identity_service.h"
#include "services/membership/limits.h"
#include "services/membership/office_service.h"
#include "services/membership/people_service.h"
#include "services/membership/register_service.h"
#include "services/membership/registrar_journal.h"
#include "services/membership/registrar_service.h"
#include "services/membership/roll_service.h"
#include "services/membership/service_account_service.h"
#include "services/membership/session_service.h"

namespace plenary::membership {
namespace {

// What a command, or a check at the start, may take of real time.
constexpr absl::Duration kPatience = absl::Seconds(30);

struct Flags {
  std::string registrar_journal;
  NewStaff staff{.email = "", .full_name = "Staff", .office = "Office", .since = ""};
};

void AddFlags(CLI::App& app, Flags& flags) {
  app.add_option("--registrar_journal", flags.registrar_journal,
                 "File of the registrar's journal, outside the database; needed to serve");
  app.add_option("--create_staff", flags.staff.email,
                 "Put the person with this e-mail address on the register as staff, then exit");
  app.add_option("--staff_name", flags.staff.full_name, "Name of the person of --create_staff")
      ->capture_default_str();
  app.add_option("--staff_since", flags.staff.since, "First day as staff, YYYY-MM-DD; empty: today");
  app.add_option("--office", flags.staff.office, "Name of the company that the staff belongs to")
      ->capture_default_str();
}

absl::StatusOr<bool> RunCommand(const Flags& flags, rpc::Runtime& runtime) {
  if (flags.staff.email.empty()) return false;
  ASSIGN_OR_RETURN(const std::string done, CreateStaff(runtime.pool, runtime.ids, flags.staff,
                                                       runtime.clock.Now(), absl::Now() + kPatience));
  fmt::print("{}", done);
  return true;
}

absl::StatusOr<rpc::Wiring> Wire(const Flags& flags, rpc::Runtime& runtime) {
  if (flags.registrar_journal.empty()) return errors::JournalMissing();
  ASSIGN_OR_RETURN(std::shared_ptr<RegistrarJournal> journal,
                   RegistrarJournal::Open(flags.registrar_journal));
  RETURN_IF_ERROR(CheckJournal(runtime.pool, *journal, absl::Now() + kPatience));
  const auto random = std::make_shared<crypto::SystemRandom>();

  rpc::Wiring wiring;
  wiring.parts = {journal, random};
  wiring.services.push_back(std::make_unique<IdentityService>(runtime.edge, runtime.pool));
  wiring.services.push_back(std::make_unique<SessionService>(SessionService::Parts{.edge = runtime.edge,
                                                                                   .pool = runtime.pool,
                                                                                   .ids = runtime.ids,
                                                                                   .random = *random,
                                                                                   .signer = runtime.signer,
                                                                                   .keys = runtime.keys}));
  wiring.services.push_back(std::make_unique<ServiceAccountService>(runtime.edge, runtime.pool, runtime.ids,
                                                                    *random, runtime.signer));
  wiring.services.push_back(std::make_unique<RegisterService>(runtime.edge, runtime.pool, runtime.ids));
  wiring.services.push_back(std::make_unique<PeopleService>(runtime.edge, runtime.pool, runtime.ids));
  wiring.services.push_back(std::make_unique<DirectoryService>(runtime.edge, runtime.pool));
  wiring.services.push_back(std::make_unique<RollService>(runtime.edge, runtime.pool, runtime.ids));
  wiring.services.push_back(std::make_unique<OfficeService>(runtime.edge, runtime.pool));
  wiring.services.push_back(
      std::make_unique<RegistrarService>(runtime.edge, runtime.pool, *journal, *random));
  if (runtime.development) {
    wiring.services.push_back(
        std::make_unique<DevelopmentIdentityService>(runtime.edge, runtime.pool, runtime.signer));
  }
  return wiring;
}

}  // namespace
}  // namespace plenary::membership

int main(int argc, char** argv) {
  plenary::membership::Flags flags;
  return plenary::rpc::ServiceMain(
      {.name = "membership",
       .description = "People, companies, standing and rolls; issues voting credentials",
       .schema_dir = PLENARY_MEMBERSHIP_SCHEMA_DIR,
       .max_receive_bytes = plenary::membership::limits::kMessageBytes,
       .add_flags = [&](CLI::App& app) { plenary::membership::AddFlags(app, flags); },
       .command =
           [&](plenary::rpc::Runtime& runtime) { return plenary::membership::RunCommand(flags, runtime); },
       .wire = [&](plenary::rpc::Runtime& runtime) { return plenary::membership::Wire(flags, runtime); }},
      argc, argv);
}
