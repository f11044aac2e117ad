// Mails the codes of the auditor's registrar. A code is in memory until it is on its way, and nowhere else in
// clear; when the process ends first, it is requested again. A thread of its own sends, so that the answer to
// a request takes as long for an address that gets no mail. What the server refuses for good is dropped; what
// it puts off, and a server that cannot be used, is tried again after a pause that doubles, until the code is
// no good any more. The log has how many, and never whose.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "absl/time/clock.h"
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
  // `transport` is nullptr when there is no mail server: then nothing is sent. `real_now` is what pauses and
  // the life of a waiting mail go by.
  CodeMail(std::unique_ptr<mail::Transport> transport, Sender sender, const Clock& clock,
           crypto::RandomSource& random, std::function<absl::Time()> real_now = absl::Now);

  void Start() { worker_.Start(); }
  // Waits for the message in progress, and sends no other.
  void Stop() { worker_.Stop(); }

  // Does not wait. `code` is as it is shown; it is no good after limits::kCodeLifetime.
  void Send(const std::string& to, const std::string& code);

  // Sends what is due, once: the pass of the thread. One at a time.
  void SendDue();

 private:
  struct Waiting {
    std::string to;
    std::string bytes;
    absl::Time until;                        // real time
    absl::Time next = absl::InfinitePast();  // not before, real time
    int failures = 0;
  };
  // What a pass tells the log.
  struct Told {
    int refused = 0;
    int put_off = 0;
    int too_late = 0;
    bool unusable = false;
  };
  // Whether the mail has to wait on.
  bool MustWait(Waiting& mail, Told& told);
  // One try; the same.
  bool MustWaitAfter(Waiting& mail, Told& told);

  const std::unique_ptr<mail::Transport> transport_;
  const Sender sender_;
  const Clock& clock_;
  crypto::RandomSource& random_;
  const std::function<absl::Time()> real_now_;
  std::mutex mutex_;
  std::deque<Waiting> waiting_;
  // Of the server as a whole; the pass alone looks at them.
  int server_failures_ = 0;
  absl::Time server_next_ = absl::InfinitePast();
  Worker worker_;
};

}  // namespace plenary::membership
