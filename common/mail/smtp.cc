#include "common/mail/smtp.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/status/error.h"
#include "fmt/format.h"

namespace plenary::mail {
namespace {

constexpr ErrorDomain kDomain("plenary.mail");
constexpr absl::Duration kConnectPatience = absl::Seconds(10);
// Of what a server said; the rest says no more.
constexpr std::size_t kLongestDetail = 300;

void StartLibrary() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(started);  // a library that did not start gives no handle
}

struct Url {
  std::string scheme;
  std::string host;
};

// The scheme and the host of a URL; empty when it is none.
Url PartsOf(const std::string& text) {
  Url parts;
  CURLU* const url = curl_url();
  const auto part = [&](CURLUPart which) {
    char* value = nullptr;
    if (curl_url_get(url, which, &value, 0) != CURLUE_OK) return std::string();
    std::string copy(value);
    curl_free(value);
    return copy;
  };
  if (url != nullptr &&
      curl_url_set(url, CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK) {
    parts = {part(CURLUPART_SCHEME), part(CURLUPART_HOST)};
  }
  curl_url_cleanup(url);
  return parts;
}

bool IsLoopback(std::string_view host) {
  return host == "127.0.0.1" || host == "[::1]" || host == "localhost";
}

}  // namespace

// One handle, what it reads from, and what was said last.
struct SmtpTransport::Session {
  CURL* handle = nullptr;
  std::string_view rest;  // of the message
  std::string command;    // the verb that was sent last
  std::string answer;     // the line that the server answered last
  bool data_was_sent = false;
  bool quitting = false;  // what is said from here on is about the connection, not the message

  ~Session() { curl_easy_cleanup(handle); }

  static std::size_t Read(char* buffer, std::size_t size, std::size_t count, void* self) {
    auto& session = *static_cast<Session*>(self);
    const std::size_t taken = std::min(size * count, session.rest.size());
    std::memcpy(buffer, session.rest.data(), taken);
    session.rest.remove_prefix(taken);
    session.data_was_sent = true;
    return taken;
  }

  // Follows the dialogue, to tell a refused address from a refused sign-in. Arguments of commands are not
  // kept.
  static int Follow(CURL*, curl_infotype type, char* bytes, std::size_t size, void* self) {
    auto& session = *static_cast<Session*>(self);
    const std::string_view line(bytes, size);
    if (type == CURLINFO_HEADER_OUT) {
      const std::string_view verb = line.substr(0, line.find_first_of(" \r\n"));
      session.quitting = verb == "QUIT";
      if (!session.quitting) session.command = verb;
    }
    if (type == CURLINFO_HEADER_IN && !session.quitting) {
      session.answer = line.substr(0, line.find_first_of("\r\n"));
    }
    return 0;
  }
};

absl::StatusOr<std::unique_ptr<SmtpTransport>> SmtpTransport::Create(Settings settings) {
  StartLibrary();
  const Url url = PartsOf(settings.url);
  if ((url.scheme != "smtp" && url.scheme != "smtps") || url.host.empty()) {
    return kDomain.Error(absl::StatusCode::kInvalidArgument, "SMTP_URL_INVALID",
                         fmt::format("\"{}\" is no address of a mail server. Write smtp://HOST:PORT or "
                                     "smtps://HOST:PORT.",
                                     settings.url));
  }
  auto session = std::make_unique<Session>();
  session->handle = curl_easy_init();
  if (session->handle == nullptr) return absl::InternalError("libcurl gives no handle");
  return std::unique_ptr<SmtpTransport>(new SmtpTransport(std::move(settings), std::move(session)));
}

SmtpTransport::SmtpTransport(Settings settings, std::unique_ptr<Session> session)
    : settings_(std::move(settings)), session_(std::move(session)) {
  CURL* const handle = session_->handle;
  curl_easy_setopt(handle, CURLOPT_URL, settings_.url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  const bool plain = IsLoopback(PartsOf(settings_.url).host);
  curl_easy_setopt(handle, CURLOPT_USE_SSL, static_cast<long>(plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  if (!settings_.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, settings_.ca_file.c_str());
  if (!settings_.user.empty()) {
    curl_easy_setopt(handle, CURLOPT_USERNAME, settings_.user.c_str());
    curl_easy_setopt(handle, CURLOPT_PASSWORD, settings_.password.c_str());
  }
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(absl::ToInt64Milliseconds(kConnectPatience)));
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS,
                   static_cast<long>(absl::ToInt64Milliseconds(settings_.patience)));
  curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(handle, CURLOPT_READFUNCTION, Session::Read);
  curl_easy_setopt(handle, CURLOPT_READDATA, session_.get());
  curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L);
  curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, Session::Follow);
  curl_easy_setopt(handle, CURLOPT_DEBUGDATA, session_.get());
}

SmtpTransport::~SmtpTransport() = default;

Delivery SmtpTransport::Deliver(const Envelope& envelope) {
  using Outcome = Delivery::Outcome;
  const std::lock_guard lock(mutex_);
  Session& session = *session_;
  session.rest = envelope.bytes;
  session.command.clear();
  session.answer.clear();
  session.data_was_sent = false;
  session.quitting = false;
  const std::string from = "<" + envelope.from + ">";
  const std::string to = "<" + envelope.to + ">";
  curl_slist* const recipients = curl_slist_append(nullptr, to.c_str());
  curl_easy_setopt(session.handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(envelope.bytes.size()));
  curl_easy_setopt(session.handle, CURLOPT_MAIL_FROM, from.c_str());
  curl_easy_setopt(session.handle, CURLOPT_MAIL_RCPT, recipients);
  const CURLcode result = curl_easy_perform(session.handle);
  curl_slist_free_all(recipients);
  if (result == CURLE_OK) return {Outcome::kAccepted, session.answer.substr(0, kLongestDetail)};

  const bool answered = !session.answer.empty() && (session.answer[0] == '4' || session.answer[0] == '5');
  const std::string detail = (answered ? session.answer : std::string(curl_easy_strerror(result)));
  const bool forever = answered && session.answer[0] == '5';
  Outcome outcome = Outcome::kServerUnusable;
  if (session.command == "RCPT") outcome = forever ? Outcome::kAddressRefused : Outcome::kLater;
  if (session.command == "DATA" || session.data_was_sent) {
    outcome = forever ? Outcome::kMessageRefused : Outcome::kLater;
  }
  return {outcome, detail.substr(0, kLongestDetail)};
}

}  // namespace plenary::mail
