#include "common/testing/http_server.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include "fmt/format.h"

namespace plenary::testing {
namespace {

constexpr char kHeadEnd[] = "\r\n\r\n";

// Head and body of one request; "" when the peer has gone.
std::string ReadRequest(int connection) {
  std::string bytes;
  std::size_t wanted = std::string::npos;
  char buffer[4096];
  while (bytes.size() < wanted) {
    const ssize_t count = recv(connection, buffer, sizeof(buffer), 0);
    if (count <= 0) return "";
    bytes.append(buffer, static_cast<std::size_t>(count));
    const std::size_t head = bytes.find(kHeadEnd);
    if (wanted != std::string::npos || head == std::string::npos) continue;
    const std::size_t length = bytes.find("Content-Length: ");
    wanted = head + 4 + (length < head ? std::stoul(bytes.substr(length + 16)) : 0);
  }
  return bytes;
}

HttpServer::Request Parse(const std::string& bytes) {
  HttpServer::Request request;
  const std::size_t head = bytes.find(kHeadEnd);
  std::istringstream lines(bytes.substr(0, head));
  lines >> request.method >> request.target;
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos) continue;
    std::string name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    request.headers[name] = line.substr(colon + 2, line.find('\r') - colon - 2);
  }
  request.body = bytes.substr(head + 4);
  return request;
}

}  // namespace

HttpServer::HttpServer(Handler handler)
    : handler_(std::move(handler)), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const name = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, name, size) != 0 || listen(listener_, SOMAXCONN) != 0 ||
      getsockname(listener_, name, &size) != 0) {
    throw std::runtime_error("no port for an HTTP server");
  }
  url_ = fmt::format("http://127.0.0.1:{}", ntohs(address.sin_port));
  thread_ = std::thread([this] { Serve(); });
}

HttpServer::~HttpServer() {
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  close(listener_);
}

void HttpServer::Serve() {
  for (int connection = 0; (connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
    Handle(connection);
    close(connection);
  }
}

void HttpServer::Handle(int connection) const {
  const std::string bytes = ReadRequest(connection);
  if (bytes.empty()) return;
  const Answer answer = handler_(Parse(bytes));
  std::string text = fmt::format("HTTP/1.1 {} Answer\r\nContent-Length: {}\r\nConnection: close\r\n",
                                 answer.status, answer.body.size());
  for (const auto& [name, value] : answer.headers) text += fmt::format("{}: {}\r\n", name, value);
  text += "\r\n" + answer.body;
  for (std::size_t sent = 0; sent < text.size();) {
    const ssize_t count = send(connection, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return;
    sent += static_cast<std::size_t>(count);
  }
}

}  // namespace plenary::testing
