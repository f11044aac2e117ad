// Sends what is queued: at least once, and hardly ever twice.
//
// A notice is claimed, handed to the mail server, and marked; a crash between the last two sends it once
// more, byte for byte the same and under the same Message-ID, by which a reader's program knows it. Several
// senders may work off one queue, in one process or in many. Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/mail/transport.h"
#include "common/time/clock.h"
#include "common/worker/worker.h"
#include "services/membership/notice_library.h"
#include "services/membership/store/notice_queue.h"

namespace plenary::membership {

// Whom mail comes from.
struct MailIdentity {
  std::string address;  // "office@society.example"; its domain ends the Message-IDs
  std::string name;     // what readers see beside it

  std::string Domain() const { return address.substr(address.find('@') + 1); }
};

class NoticeSender {
 public:
  struct Options {
    absl::Duration poll_interval = absl::Milliseconds(500);
    // Longer than a transport takes for one message. Real time, like the pauses.
    absl::Duration lease = absl::Minutes(2);
    // The n-th retry of a notice waits about first_pause * 2^n, never more than longest_pause.
    absl::Duration first_pause = absl::Minutes(1);
    absl::Duration longest_pause = absl::Hours(1);
    // While the mail server is unusable, one notice is tried after a pause that grows from this to five
    // minutes.
    absl::Duration first_server_pause = absl::Seconds(2);
    absl::Duration longest_server_pause = absl::Minutes(5);
  };

  // Does nothing yet. Borrows all but the identity; without a transport nothing is sent, and what is out of
  // date is given up all the same.
  NoticeSender(db::Pool& pool, const Clock& clock, const NoticeLibrary& library, mail::Transport* transport,
               MailIdentity identity)
      : NoticeSender(pool, clock, library, transport, std::move(identity), Options()) {}
  NoticeSender(db::Pool& pool, const Clock& clock, const NoticeLibrary& library, mail::Transport* transport,
               MailIdentity identity, Options options);

  // Starts the thread that sends what is due, every poll_interval.
  void Start() { worker_.Start(); }
  // Waits for the message in progress and its mark, and starts no other.
  void Stop() { worker_.Stop(); }

  // One pass in the caller's thread: how many the server took. Start() calls this over and over.
  absl::StatusOr<int> SendDue();

 private:
  void Pass();
  bool ServerRests();
  // When it is tried again, after whatever has waited since before.
  absl::Time ServerBack();
  // Doubles the server's pause, or ends it.
  void NoteServer(bool usable);
  absl::StatusOr<mail::Delivery> SendOne(const std::string& id);
  mail::Delivery TryOnce(const store::QueuedNotice& notice);
  absl::Status Settle(const store::QueuedNotice& notice, const mail::Delivery& delivery);
  absl::Status Bounce(const store::QueuedNotice& notice, const std::string& detail);
  absl::Duration PauseAfter(int attempts) const;

  db::Pool& pool_;
  const Clock& clock_;
  const NoticeLibrary& library_;
  mail::Transport* const transport_;
  const MailIdentity identity_;
  const Options options_;
  const std::string claimant_;  // a UUID: whose claim it is
  std::mutex mutex_;
  absl::Time server_rests_until_ = absl::InfinitePast();  // real time
  absl::Duration server_pause_ = absl::ZeroDuration();
  bool warned_ = false;  // that there is no transport
  Worker worker_;        // dies first
};

}  // namespace plenary::membership
