#include "services/membership/notice_sender.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/random/random.h"
#include "absl/time/clock.h"
#include "common/crypto/bytes.h"
#include "common/db/transact.h"
#include "common/ids/id.h"
#include "common/log/log.h"
#include "common/mail/message.h"
#include "common/status/macros.h"
#include "services/membership/limits_notices.h"
#include "services/membership/rules/message_id.h"
#include "services/membership/rules/without_address.h"
#include "services/membership/store/suppressions.h"

namespace plenary::membership {
namespace {

using Outcome = mail::Delivery::Outcome;

// Of the sender's own statements, real time.
constexpr absl::Duration kPatience = absl::Seconds(10);
constexpr int kMostDoublings = 20;
constexpr char kTriedForDays[] = "given up after days: ";

absl::Time Deadline() { return absl::Now() + kPatience; }

std::string TextOf(const absl::Status& status) {
  return status.ToString(absl::StatusToStringMode::kWithNoExtraData);
}

}  // namespace

NoticeSender::NoticeSender(db::Pool& pool, const Clock& clock, const NoticeLibrary& library,
                           mail::Transport* transport, MailIdentity identity, Options options)
    : pool_(pool),
      clock_(clock),
      library_(library),
      transport_(transport),
      identity_(std::move(identity)),
      options_(options),
      claimant_(RandomUuid()),
      worker_([this] { Pass(); }, options.poll_interval) {}

void NoticeSender::Pass() {
  if (const auto sent = SendDue(); !sent.ok()) {
    log::Warning("notices: a pass failed", {{"error", TextOf(sent.status())}});
  }
}

absl::StatusOr<int> NoticeSender::SendDue() {
  std::vector<std::string> due;
  RETURN_IF_ERROR(db::Autocommit(pool_, Deadline(), [&](db::Session& session) {
                    return store::ExpireNotices(session, clock_.Now(), absl::Now());
                  }).status());
  if (ServerRests()) return 0;
  ASSIGN_OR_RETURN(due, db::Autocommit(pool_, Deadline(), [&](db::Session& session) {
                     return store::DueNotices(session, absl::Now(), limits::kNoticesAPass);
                   }));
  int sent = 0;
  for (const std::string& id : due) {
    if (worker_.stopped()) break;
    ASSIGN_OR_RETURN(const mail::Delivery delivery, SendOne(id));
    if (delivery.outcome == Outcome::kServerUnusable) break;
    if (delivery.outcome == Outcome::kAccepted) ++sent;
  }
  return sent;
}

bool NoticeSender::ServerRests() {
  const std::lock_guard lock(mutex_);
  if (transport_ == nullptr && !warned_) {
    warned_ = true;
    log::Warning("notices: there is no --smtp_url; notices stay queued");
  }
  return transport_ == nullptr || absl::Now() < server_rests_until_;
}

absl::Time NoticeSender::ServerBack() {
  const std::lock_guard lock(mutex_);
  return server_rests_until_;
}

void NoticeSender::NoteServer(bool usable) {
  const std::lock_guard lock(mutex_);
  server_pause_ =
      usable ? absl::ZeroDuration()
             : std::clamp(server_pause_ * 2, options_.first_server_pause, options_.longest_server_pause);
  server_rests_until_ = absl::Now() + server_pause_;
}

// A notice that another has, or that is settled, counts as put off.
absl::StatusOr<mail::Delivery> NoticeSender::SendOne(const std::string& id) {
  std::optional<store::QueuedNotice> notice;
  RETURN_IF_ERROR(db::Autocommit(pool_, Deadline(), [&](db::Session& session) -> absl::Status {
    const absl::Time real = absl::Now();
    ASSIGN_OR_RETURN(const bool claimed,
                     store::ClaimNotice(session, id, claimant_, real + options_.lease, clock_.Now(), real));
    if (!claimed) return absl::OkStatus();
    ASSIGN_OR_RETURN(notice, store::LoadClaimed(session, id));
    return absl::OkStatus();
  }));
  if (!notice.has_value()) return mail::Delivery{Outcome::kLater, ""};
  mail::Delivery delivery =
      notice->suppressed ? mail::Delivery{Outcome::kAddressRefused, "suppressed"} : TryOnce(*notice);
  // Servers repeat the address; neither the log nor the list of suppressed addresses holds one.
  delivery.detail = rules::WithoutAddress(delivery.detail, notice->address);
  RETURN_IF_ERROR(Settle(*notice, delivery));
  return delivery;
}

mail::Delivery NoticeSender::TryOnce(const store::QueuedNotice& notice) {
  const auto words = library_.Render(notice.template_name, notice.values);
  if (!words.ok()) return {Outcome::kMessageRefused, TextOf(words.status())};
  const auto bytes =
      mail::Compose({.from = identity_.address,
                     .from_name = identity_.name,
                     .to = notice.address,
                     .subject = words->subject,
                     .text = words->text,
                     .html = words->html,
                     .message_id = rules::MessageIdOf(notice.id, notice.resends, identity_.Domain()),
                     .date = notice.created});
  if (!bytes.ok()) return {Outcome::kMessageRefused, TextOf(bytes.status())};
  mail::Delivery delivery = transport_->Deliver({identity_.address, notice.address, *bytes});
  NoteServer(delivery.outcome != Outcome::kServerUnusable);
  return delivery;
}

absl::Status NoticeSender::Settle(const store::QueuedNotice& notice, const mail::Delivery& delivery) {
  if (delivery.outcome == Outcome::kAddressRefused && !notice.suppressed)
    return Bounce(notice, delivery.detail);
  const bool exhausted = notice.attempts >= limits::kMostAttempts;
  return db::Autocommit(pool_, Deadline(), [&](db::Session& session) -> absl::Status {
    const absl::Time now = clock_.Now();
    switch (delivery.outcome) {
      case Outcome::kAccepted:
        return store::MarkSent(session, notice.id, claimant_, now);
      case Outcome::kAddressRefused:
        return store::MarkGivenUp(session, notice.id, claimant_, "SUPPRESSED", "", now).status();
      case Outcome::kMessageRefused:
        log::Error("notices: a message was refused",
                   {{"notice", notice.id}, {"template", notice.template_name}});
        return store::MarkGivenUp(session, notice.id, claimant_, "FAILED", delivery.detail, now).status();
      case Outcome::kServerUnusable:
        log::Warning("notices: the mail server cannot be used", {{"error", delivery.detail}});
        return store::MarkUntried(session, notice.id, claimant_, ServerBack(), delivery.detail);
      case Outcome::kLater:
        break;
    }
    if (exhausted) {
      return store::MarkGivenUp(session, notice.id, claimant_, "FAILED", kTriedForDays + delivery.detail, now)
          .status();
    }
    return store::MarkRetry(session, notice.id, claimant_, absl::Now() + PauseAfter(notice.attempts),
                            delivery.detail);
  });
}

absl::Status NoticeSender::Bounce(const store::QueuedNotice& notice, const std::string& detail) {
  return db::Transact(pool_, Deadline(), [&](db::Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const bool settled,
                     store::MarkGivenUp(transaction, notice.id, claimant_, "BOUNCED", detail, clock_.Now()));
    if (!settled) return absl::OkStatus();
    return store::InsertSuppression(transaction,
                                    {.address_sha256 = crypto::Sha256(notice.address),
                                     .cause = v1::SuppressedAddress::CAUSE_BOUNCE,
                                     .detail = detail,
                                     .notice = notice.id},
                                    clock_.Now())
        .status();
  });
}

absl::Duration NoticeSender::PauseAfter(int attempts) const {
  thread_local absl::InsecureBitGen random;
  const int doublings = std::clamp(attempts - 1, 0, kMostDoublings);
  return std::min(options_.first_pause * (1 << doublings), options_.longest_pause) *
         absl::Uniform(random, 0.5, 1.0);
}

}  // namespace plenary::membership
