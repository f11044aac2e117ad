#include "services/membership/code_mail.h"

#include <fmt/format.h>

#include <utility>

#include "absl/time/clock.h"
#include "common/crypto/bytes.h"
#include "common/log/log.h"
#include "common/mail/message.h"
#include "services/membership/limits_registrar.h"

namespace plenary::membership {
namespace {

using Outcome = mail::Delivery::Outcome;

constexpr std::size_t kMessageIdBytes = 16;

constexpr char kText[] =
    "Somebody, hopefully you, asked the auditor's registrar for a code to collect a credential with.\n"
    "\n"
    "Code: {}\n"
    "\n"
    "It is good for 15 minutes and for one use. It is another code than the one you sign in to the society "
    "with: "
    "the auditor's registrar finds out by itself who you are, so that the society alone cannot vote in your "
    "place.\n"
    "\n"
    "Did you not ask for it? Then somebody tries to collect in your place. Give the code to nobody, and tell "
    "the "
    "auditor.\n";

}  // namespace

CodeMail::CodeMail(std::unique_ptr<mail::Transport> transport, Sender sender, const Clock& clock,
                   crypto::RandomSource& random)
    : transport_(std::move(transport)),
      sender_(std::move(sender)),
      clock_(clock),
      random_(random),
      worker_([this] { Pass(); }, limits::kCodeMailPause) {
  if (transport_ == nullptr) log::Warning("no mail server: nobody can sign in at this registrar");
}

void CodeMail::Send(const std::string& to, const std::string& code) {
  if (transport_ == nullptr) return;
  const std::string domain = sender_.address.substr(sender_.address.find('@') + 1);
  const auto bytes =
      mail::Compose({.from = sender_.address,
                     .from_name = sender_.name,
                     .to = to,
                     .subject = "Your code for the auditor's registrar",
                     .text = fmt::format(kText, code),
                     .html = "",
                     .message_id = fmt::format("{}{}@{}", kCodeMailId,
                                               crypto::HexEncode(random_.Bytes(kMessageIdBytes)), domain),
                     .date = clock_.Now()});
  if (!bytes.ok()) {
    log::Error("a code could not be written as a mail", {{"error", std::string(bytes.status().message())}});
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= limits::kMostMailsWaiting) {
      log::Error("too many mails wait for the mail server: a code was dropped");
      return;
    }
    waiting_.push_back({to, *bytes, absl::Now() + limits::kCodeLifetime});
  }
  worker_.Notify();
}

void CodeMail::Pass() {
  std::deque<Waiting> now;
  {
    const std::lock_guard lock(mutex_);
    now.swap(waiting_);
  }
  std::deque<Waiting> later;
  bool usable = true;
  for (Waiting& mail : now) {
    if (mail.until < absl::Now()) {
      log::Warning("a code was not mailed in time");
      continue;
    }
    const Outcome outcome = usable && !worker_.stopped() ? Deliver(mail) : Outcome::kServerUnusable;
    usable = outcome != Outcome::kServerUnusable;
    // One address that has to wait holds up no other.
    if (!usable || outcome == Outcome::kLater) later.push_back(std::move(mail));
  }
  const std::lock_guard lock(mutex_);
  waiting_.insert(waiting_.begin(), std::make_move_iterator(later.begin()),
                  std::make_move_iterator(later.end()));
}

mail::Delivery::Outcome CodeMail::Deliver(const Waiting& mail) {
  const mail::Delivery delivery =
      transport_->Deliver({.from = sender_.address, .to = mail.to, .bytes = mail.bytes});
  // What servers say may name the address, and a line has a time: that one did not take it is enough.
  if (delivery.outcome != Outcome::kAccepted) log::Warning("the mail server did not take a code");
  return delivery.outcome;
}

}  // namespace plenary::membership
