// The auditor's registrar: wiring only. It issues as membership's registrar does, knows rolls by its own
// copies, and lets in whom its own codes prove; the keys that it checks tokens with are its own and the
// election service's.
#include <memory>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "common/crypto/random.h"
#include "common/rpc/service_main.h"
#include "common/status/macros.h"
#include "services/membership/auditor_service.h"
#include "services/membership/code_mail.h"
#include "services/membership/code_retention.h"
#include "services/membership/copied_rolls.h"
#include "services/membership/errors_registrar.h"
#include "services/membership/limits_registrar.h"
#include "services/membership/mail_server.h"
#include "services/membership/registrar_service.h"
#include "services/membership/registrar_start.h"
#include "services/membership/rules/email.h"

namespace plenary::membership {
namespace {

// What the checks at the start may take of real time.
constexpr absl::Duration kPatience = absl::Seconds(30);

struct Flags {
  RegistrarFiles files;
  std::string auditor_email;
  int codes_from_place = limits::kCodesFromPeer;
  MailServerFlags mail;
  std::string mail_name = "The auditor";
};

void AddFlags(CLI::App& app, Flags& flags) {
  app.add_option("--registrar_journal", flags.files.journal,
                 "File of the registrar's journal, outside the database; needed to serve");
  app.add_option(
      "--key_encryption_file", flags.files.key_encryption,
      "File of the key that seals the registrar's keys, outside the database; made when it is missing "
      "and nothing is sealed yet; needed to serve");
  app.add_flag("--take_over_journal", flags.files.take_over_journal,
               "Put credentials that only the journal knows of on record, for once: the database came back "
               "from a backup, and no newer one is to be had");
  app.add_option("--auditor_email", flags.auditor_email,
                 "Address of the auditor, who operates this registrar; needed to serve");
  app.add_option("--codes_from_place", flags.codes_from_place,
                 "Codes an hour that may be requested from one network address")
      ->capture_default_str()
      ->check(CLI::Range(1, limits::kMostCodesFromPeer));
  app.add_option("--smtp_url", flags.mail.smtp_url,
                 "Mail server, smtp://HOST:PORT (STARTTLS) or smtps://HOST:PORT; empty: nobody gets a code");
  app.add_option("--smtp_user", flags.mail.smtp_user, "Account at the mail server; empty: none");
  app.add_option("--smtp_password_file", flags.mail.smtp_password_file, "File with the account's password");
  app.add_option("--smtp_ca_file", flags.mail.smtp_ca_file,
                 "Certificates that the mail server's is checked against; empty: the system's");
  app.add_option("--mail_from", flags.mail.mail_from, "Address that mail comes from; needed with --smtp_url");
  app.add_option("--mail_name", flags.mail_name, "Name beside that address")->capture_default_str();
}

absl::StatusOr<rpc::Wiring> Wire(const Flags& flags, rpc::Runtime& runtime) {
  const auto auditor_email = rules::NormaliseEmail(flags.auditor_email);
  if (!auditor_email.has_value()) return errors::AuditorEmailMissing();
  const auto random = std::make_shared<crypto::SystemRandom>();
  ASSIGN_OR_RETURN(RegistrarState started, StartRegistrar(flags.files, runtime.pool, *random,
                                                          runtime.clock.Now(), absl::Now() + kPatience));
  const auto state = std::make_shared<RegistrarState>(std::move(started));
  ASSIGN_OR_RETURN(auto transport, OpenMailServer(flags.mail));
  const CodeMail::Sender sender{rules::NormaliseEmail(flags.mail.mail_from).value_or(""), flags.mail_name};
  const auto mail = std::make_shared<CodeMail>(std::move(transport), sender, runtime.clock, *random);
  mail->Start();
  const auto retention = std::make_shared<CodeRetention>(runtime.pool, runtime.clock);
  retention->Start();
  const auto rolls = std::make_shared<CopiedRolls>();

  rpc::Wiring wiring;
  wiring.parts = {state, random, mail, retention, rolls};
  wiring.on_drain.push_back([mail] { mail->Stop(); });
  wiring.on_drain.push_back([retention] { retention->Stop(); });
  wiring.services.push_back(
      std::make_unique<RegistrarService>(RegistrarService::Parts{.edge = runtime.edge,
                                                                 .pool = runtime.pool,
                                                                 .rolls = *rolls,
                                                                 .journal = *state->journal,
                                                                 .encryption = *state->encryption,
                                                                 .random = *random}));
  wiring.services.push_back(
      std::make_unique<AuditorService>(AuditorService::Parts{.edge = runtime.edge,
                                                             .pool = runtime.pool,
                                                             .random = *random,
                                                             .signer = runtime.signer,
                                                             .mail = *mail,
                                                             .auditor_email = *auditor_email,
                                                             .codes_from_place = flags.codes_from_place}));
  return wiring;
}

}  // namespace
}  // namespace plenary::membership

int main(int argc, char** argv) {
  plenary::membership::Flags flags;
  return plenary::rpc::ServiceMain(
      {.name = plenary::membership::kRegistrarName,
       .description = "The auditor's registrar: the second one to issue voting credentials",
       .schema_dir = PLENARY_REGISTRAR_SCHEMA_DIR,
       .person_issuer = plenary::membership::kRegistrarName,
       .audience = plenary::membership::kRegistrarName,
       .max_receive_bytes = plenary::membership::limits::kRegistrarMessageBytes,
       .add_flags = [&](CLI::App& app) { plenary::membership::AddFlags(app, flags); },
       .wire = [&](plenary::rpc::Runtime& runtime) { return plenary::membership::Wire(flags, runtime); }},
      argc, argv);
}
