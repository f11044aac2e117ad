// A real SMTP server for tests: aiosmtpd on the loopback interface, which keeps what it takes.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "common/mail/message.h"

namespace plenary::testing {

// Runs until it dies. What certain addresses make it do: smtp_server.py. Throws when it does not start, which
// fails the test.
class SmtpServer {
 public:
  // `host` is of the loopback network. With files of a certificate it insists on STARTTLS and on the
  // sign-in society, hush.
  explicit SmtpServer(const std::string& host = "127.0.0.1",
                      const std::vector<std::string>& certificate = {});
  ~SmtpServer();
  SmtpServer(const SmtpServer&) = delete;
  SmtpServer& operator=(const SmtpServer&) = delete;

  const std::string& url() const { return url_; }  // "smtp://127.0.0.1:…"
  // The messages it took, in order, as they came over the wire and as a reader sees them.
  std::vector<std::string> Taken() const;
  std::vector<mail::ReadMail> Read() const;

 private:
  std::string folder_;
  std::string url_;
  pid_t process_ = -1;
  int input_ = -1;
};

}  // namespace plenary::testing
