// SMTP (RFC 5321) by libcurl.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/mail/transport.h"

namespace plenary::mail {

// Keeps its connection between messages. Thread-safe: one message at a time.
class SmtpTransport final : public Transport {
 public:
  struct Settings {
    // "smtp://HOST:PORT" with STARTTLS, "smtps://HOST:PORT" with TLS from the start. Without TLS nothing
    // leaves this machine: a server that offers none is used on the loopback interface only.
    std::string url;
    std::string user;                             // "": no sign-in
    std::string password;                         // of the user
    std::string ca_file;                          // "": the system's certificates
    absl::Duration patience = absl::Seconds(30);  // of one message, real time
  };

  // INVALID_ARGUMENT, domain "plenary.mail", reason SMTP_URL_INVALID.
  static absl::StatusOr<std::unique_ptr<SmtpTransport>> Create(Settings settings);
  ~SmtpTransport() override;

  Delivery Deliver(const Envelope& envelope) override;

 private:
  struct Session;
  SmtpTransport(Settings settings, std::unique_ptr<Session> session);

  const Settings settings_;
  std::mutex mutex_;
  std::unique_ptr<Session> session_;
};

}  // namespace plenary::mail
