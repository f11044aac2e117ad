#include "services/membership/code_mail.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

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

// After so many failures in a row, from 1.
absl::Duration PauseAfter(int failures) {
  absl::Duration pause = limits::kCodeMailPause;
  for (int i = 1; i < failures && pause < limits::kLongestCodeMailPause; ++i) pause *= 2;
  return std::min(pause, limits::kLongestCodeMailPause);
}

// What servers say may name the address, and a line has a time: how many is enough.
void Tell(int codes, std::string_view what) {
  if (codes > 0) log::Warning(what, {{"codes", std::to_string(codes)}});
}

}  // namespace

CodeMail::CodeMail(std::unique_ptr<mail::Transport> transport, Sender sender, const Clock& clock,
                   crypto::RandomSource& random, std::function<absl::Time()> real_now)
    : transport_(std::move(transport)),
      sender_(std::move(sender)),
      clock_(clock),
      random_(random),
      real_now_(std::move(real_now)),
      worker_([this] { SendDue(); }, limits::kCodeMailPause) {
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
    waiting_.push_back({.to = to, .bytes = *bytes, .until = real_now_() + limits::kCodeLifetime});
  }
  worker_.Notify();
}

void CodeMail::SendDue() {
  std::deque<Waiting> mails;
  {
    const std::lock_guard lock(mutex_);
    mails.swap(waiting_);
  }
  std::deque<Waiting> later;
  Told told;
  for (Waiting& mail : mails) {
    if (MustWait(mail, told)) later.push_back(std::move(mail));
  }
  Tell(told.refused, "the mail server refused codes for good");
  Tell(told.put_off, "the mail server put codes off");
  Tell(told.too_late, "codes were not mailed while they were of use");
  if (told.unusable) Tell(static_cast<int>(later.size()), "the mail server cannot be used, codes wait");
  const std::lock_guard lock(mutex_);
  waiting_.insert(waiting_.begin(), std::make_move_iterator(later.begin()),
                  std::make_move_iterator(later.end()));
}

bool CodeMail::MustWait(Waiting& mail, Told& told) {
  const absl::Time now = real_now_();
  if (mail.until <= now) {
    ++told.too_late;
    return false;
  }
  if (worker_.stopped() || now < server_next_ || now < mail.next) return true;
  return MustWaitAfter(mail, told);
}

bool CodeMail::MustWaitAfter(Waiting& mail, Told& told) {
  const mail::Delivery delivery =
      transport_->Deliver({.from = sender_.address, .to = mail.to, .bytes = mail.bytes});
  if (delivery.outcome == Outcome::kServerUnusable) {
    server_next_ = real_now_() + PauseAfter(++server_failures_);
    told.unusable = true;
    return true;
  }
  server_failures_ = 0;
  if (delivery.outcome == Outcome::kAccepted) return false;
  // One address that has to wait holds up no other.
  if (delivery.outcome == Outcome::kLater) {
    mail.next = real_now_() + PauseAfter(++mail.failures);
    ++told.put_off;
    return true;
  }
  ++told.refused;
  return false;
}

}  // namespace plenary::membership
