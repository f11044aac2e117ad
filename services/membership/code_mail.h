// Mails the codes of the auditor's registrar. A code is in memory until it is on its way, and nowhere else in
// clear; when the process ends first, it is requested again. A thread of its own sends, so that the answer to
// a request takes as long for an address that gets no mail.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "absl/time/time.h"
#include "common/crypto/random.h"
#include "common/mail/transport.h"
#include "common/time/clock.h"
#include "common/worker/worker.h"

namespace plenary::membership {

// The beginning of the Message-ID of every such mail; clients know them by it.
inline constexpr char kCodeMailId[] = "registrar-code.";

// Thread-safe. Borrows clock and random source.
class CodeMail {
 public:
  struct Sender {
    std::string address;  // its domain ends the Message-IDs
    std::string name;     // what readers see beside it
  };
  // `transport` is nullptr when there is no mail server: then nothing is sent.
  CodeMail(std::unique_ptr<mail::Transport> transport, Sender sender, const Clock& clock,
           crypto::RandomSource& random);

  void Start() { worker_.Start(); }
  // Waits for the message in progress, and sends no other.
  void Stop() { worker_.Stop(); }

  // Does not wait. `code` is as it is shown; it is no good after limits::kCodeLifetime.
  void Send(const std::string& to, const std::string& code);

 private:
  struct Waiting {
    std::string to;
    std::string bytes;
    absl::Time until;  // real time
  };
  void Pass();
  mail::Delivery::Outcome Deliver(const Waiting& mail);

  const std::unique_ptr<mail::Transport> transport_;
  const Sender sender_;
  const Clock& clock_;
  crypto::RandomSource& random_;
  std::mutex mutex_;
  std::deque<Waiting> waiting_;
  Worker worker_;
};

}  // namespace plenary::membership
