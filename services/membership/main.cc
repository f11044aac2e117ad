// The membership service: wiring only.
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "common/crypto/random.h"
#include "common/rpc/service_main.h"
#include "common/status/macros.h"
#include "fmt/format.h"
#include "services/membership/application_service.h"
#include "services/membership/badge_service.h"
#include "services/membership/chapter_service.h"
#include "services/membership/contact_service.h"
#include "services/membership/create_staff.h"
#include "services/membership/daily_renewals.h"
#include "services/membership/directory_service.h"
#include "services/membership/dues_service.h"
#include "services/membership/duplicate_service.h"
#include "services/membership/education_service.h"
#include "services/membership/help_service.h"
#include "services/membership/identity_service.h"
#include "services/membership/import_service.h"
#include "services/membership/join_service.h"
#include "services/membership/letter_service.h"
#include "services/membership/limits.h"
#include "services/membership/membership_service.h"
#include "services/membership/notice_mail.h"
#include "services/membership/notice_service.h"
#include "services/membership/office_service.h"
#include "services/membership/oidc_service.h"
#include "services/membership/oidc_settings.h"
#include "services/membership/people_service.h"
#include "services/membership/privacy_service.h"
#include "services/membership/register_rolls.h"
#include "services/membership/register_service.h"
#include "services/membership/registrar_service.h"
#include "services/membership/registrar_start.h"
#include "services/membership/roll_service.h"
#include "services/membership/service_account_service.h"
#include "services/membership/session_service.h"
#include "services/membership/team_service.h"
#include "services/membership/verification_service.h"

namespace plenary::membership {
namespace {

// What a command, or a check at the start, may take of real time.
constexpr absl::Duration kPatience = absl::Seconds(30);

struct Flags {
  RegistrarFiles registrar{.journal = "", .key_encryption = "", .may_hold_plain_keys = true};
  bool daily_renewals = false;
  NewStaff staff{.email = "", .full_name = "Staff", .office = "Office", .since = ""};
  MailFlags mail{.mail_name = "The association", .template_dir = PLENARY_MEMBERSHIP_TEMPLATE_DIR};
  OidcFlags oidc;
};

void AddMailFlags(CLI::App& app, MailFlags& mail) {
  app.add_option("--smtp_url", mail.smtp_url,
                 "Mail server, smtp://HOST:PORT (STARTTLS) or smtps://HOST:PORT; empty: notices stay queued");
  app.add_option("--smtp_user", mail.smtp_user, "Account at the mail server; empty: none");
  app.add_option("--smtp_password_file", mail.smtp_password_file, "File with the account's password");
  app.add_option("--smtp_ca_file", mail.smtp_ca_file,
                 "Certificates that the mail server's is checked against; empty: the system's");
  app.add_option("--mail_from", mail.mail_from, "Address that mail comes from; needed with --smtp_url");
  app.add_option("--mail_name", mail.mail_name, "Name beside that address")->capture_default_str();
  app.add_option("--public_url", mail.public_url,
                 "Where the association's pages are, for links in mail; needed with --smtp_url");
  app.add_option("--template_dir", mail.template_dir, "Folder of the templates of notices")
      ->capture_default_str();
}

void AddOidcFlags(CLI::App& app, OidcFlags& oidc) {
  app.add_option("--oidc_issuer", oidc.issuer,
                 "OpenID Connect provider that people may sign in through, https://…; empty: none");
  app.add_option("--oidc_client_id", oidc.client_id, "What the provider calls this service");
  app.add_option("--oidc_client_secret_file", oidc.client_secret_file, "File with the secret that it gave");
  app.add_option("--oidc_redirect_uri", oidc.redirect_uri,
                 "Where the provider sends people back to, as it was told");
}

void AddFlags(CLI::App& app, Flags& flags) {
  app.add_option("--registrar_journal", flags.registrar.journal,
                 "File of the registrar's journal, outside the database; needed to serve");
  app.add_option(
      "--key_encryption_file", flags.registrar.key_encryption,
      "File of the key that seals the registrar's keys, outside the database; made when it is missing "
      "and nothing is sealed yet; needed to serve");
  app.add_flag("--take_over_journal", flags.registrar.take_over_journal,
               "Put credentials that only the journal knows of on record, for once: the database came back "
               "from a backup, and no newer one is to be had");
  app.add_flag("--daily_renewals", flags.daily_renewals,
               "Do the work of renewals by itself, once a day; otherwise staff starts it");
  app.add_option("--create_staff", flags.staff.email,
                 "Put the person with this e-mail address on the register as staff, then exit");
  app.add_option("--staff_name", flags.staff.full_name, "Name of the person of --create_staff")
      ->capture_default_str();
  app.add_option("--staff_since", flags.staff.since, "First day as staff, YYYY-MM-DD; empty: today");
  app.add_option("--office", flags.staff.office, "Name of the company that the staff belongs to")
      ->capture_default_str();
  AddMailFlags(app, flags.mail);
  AddOidcFlags(app, flags.oidc);
}

absl::StatusOr<bool> RunCommand(const Flags& flags, rpc::Runtime& runtime) {
  if (flags.staff.email.empty()) return false;
  ASSIGN_OR_RETURN(const std::string done, CreateStaff(runtime.pool, runtime.ids, flags.staff,
                                                       runtime.clock.Now(), absl::Now() + kPatience));
  fmt::print("{}", done);
  return true;
}

// Who somebody is.
void AddSignIn(rpc::Wiring& wiring, rpc::Runtime& runtime, crypto::RandomSource& random,
               OidcProvider* provider) {
  wiring.services.push_back(std::make_unique<IdentityService>(runtime.edge, runtime.pool));
  wiring.services.push_back(std::make_unique<SessionService>(SessionService::Parts{.edge = runtime.edge,
                                                                                   .pool = runtime.pool,
                                                                                   .ids = runtime.ids,
                                                                                   .random = random,
                                                                                   .signer = runtime.signer,
                                                                                   .keys = runtime.keys}));
  wiring.services.push_back(std::make_unique<OidcService>(OidcService::Parts{.edge = runtime.edge,
                                                                             .pool = runtime.pool,
                                                                             .ids = runtime.ids,
                                                                             .random = random,
                                                                             .signer = runtime.signer,
                                                                             .provider = provider}));
  wiring.services.push_back(std::make_unique<ServiceAccountService>(runtime.edge, runtime.pool, runtime.ids,
                                                                    random, runtime.signer));
  if (runtime.development) {
    wiring.services.push_back(
        std::make_unique<DevelopmentIdentityService>(runtime.edge, runtime.pool, runtime.signer));
  }
}

// What the register holds, and what is done with it.
void AddRegister(rpc::Wiring& wiring, rpc::Runtime& runtime, crypto::RandomSource& random) {
  wiring.services.push_back(std::make_unique<MembershipService>(runtime.edge, runtime.pool, runtime.ids));
  wiring.services.push_back(std::make_unique<DuesService>(runtime.edge, runtime.pool, runtime.ids));
  wiring.services.push_back(std::make_unique<RegisterService>(runtime.edge, runtime.pool, runtime.ids));
  wiring.services.push_back(std::make_unique<ImportService>(runtime.edge, runtime.pool));
  wiring.services.push_back(std::make_unique<PeopleService>(runtime.edge, runtime.pool, runtime.ids));
  wiring.services.push_back(std::make_unique<DirectoryService>(runtime.edge, runtime.pool));
  wiring.services.push_back(std::make_unique<EducationService>(runtime.edge, runtime.pool, runtime.ids));
  wiring.services.push_back(std::make_unique<BadgeService>(runtime.edge, runtime.pool, runtime.ids));
  wiring.services.push_back(std::make_unique<ChapterService>(runtime.edge, runtime.pool, runtime.ids));
  wiring.services.push_back(std::make_unique<ContactService>(runtime.edge, runtime.pool, runtime.ids));
  wiring.services.push_back(std::make_unique<RollService>(runtime.edge, runtime.pool, runtime.ids));
  wiring.services.push_back(std::make_unique<OfficeService>(runtime.edge, runtime.pool));
  wiring.services.push_back(std::make_unique<TeamService>(runtime.edge, runtime.pool, runtime.ids));
  wiring.services.push_back(std::make_unique<JoinService>(runtime.edge, runtime.pool, runtime.ids, random));
  wiring.services.push_back(std::make_unique<HelpService>(runtime.edge, runtime.pool, runtime.ids));
  wiring.services.push_back(std::make_unique<LetterService>(runtime.edge, runtime.pool, runtime.ids, random));
  wiring.services.push_back(std::make_unique<VerificationService>(runtime.edge, runtime.pool));
  wiring.services.push_back(
      std::make_unique<ApplicationService>(runtime.edge, runtime.pool, runtime.ids, random));
  wiring.services.push_back(std::make_unique<DuplicateService>(runtime.edge, runtime.pool, runtime.ids));
  wiring.services.push_back(std::make_unique<PrivacyService>(runtime.edge, runtime.pool, runtime.ids));
}

absl::StatusOr<rpc::Wiring> Wire(const Flags& flags, rpc::Runtime& runtime) {
  const auto random = std::make_shared<crypto::SystemRandom>();
  ASSIGN_OR_RETURN(RegistrarState started, StartRegistrar(flags.registrar, runtime.pool, *random,
                                                          runtime.clock.Now(), absl::Now() + kPatience));
  const auto registrar = std::make_shared<RegistrarState>(std::move(started));
  const auto rolls = std::make_shared<RegisterRolls>();
  ASSIGN_OR_RETURN(const std::shared_ptr<NoticeMail> mail,
                   NoticeMail::Start(flags.mail, runtime.pool, runtime.clock));
  const auto real_time = std::make_shared<SystemClock>();
  ASSIGN_OR_RETURN(const std::shared_ptr<OidcProvider> provider, OpenOidcProvider(flags.oidc, *real_time));

  rpc::Wiring wiring;
  wiring.parts = {registrar, rolls, random, mail, real_time, provider};
  wiring.on_drain.push_back([mail] { mail->Stop(); });
  if (flags.daily_renewals) {
    const auto renewals = std::make_shared<DailyRenewals>(runtime.pool, runtime.ids, runtime.clock);
    renewals->Start();
    wiring.parts.push_back(renewals);
    wiring.on_drain.push_back([renewals] { renewals->Stop(); });
  }
  AddSignIn(wiring, runtime, *random, provider.get());
  AddRegister(wiring, runtime, *random);
  wiring.services.push_back(
      std::make_unique<NoticeService>(runtime.edge, runtime.pool, mail->library(), mail->domain()));
  wiring.services.push_back(
      std::make_unique<RegistrarService>(RegistrarService::Parts{.edge = runtime.edge,
                                                                 .pool = runtime.pool,
                                                                 .rolls = *rolls,
                                                                 .journal = *registrar->journal,
                                                                 .encryption = *registrar->encryption,
                                                                 .random = *random}));
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
