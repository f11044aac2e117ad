// A real HTTP/1.1 server for tests, on the loopback interface: one connection at a time, one request each.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <thread>

namespace plenary::testing {

class HttpServer {
 public:
  struct Request {
    std::string method;
    std::string target;                          // path and query
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;
  };
  struct Answer {
    int status = 200;
    std::string body;
    std::map<std::string, std::string> headers = {};
  };
  // Runs on the server's thread. Throws when the server does not start, which fails the test.
  using Handler = std::function<Answer(const Request&)>;

  explicit HttpServer(Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  const std::string& url() const { return url_; }  // "http://127.0.0.1:…"

 private:
  void Serve();
  void Handle(int connection) const;

  const Handler handler_;
  int listener_ = -1;
  std::string url_;
  std::thread thread_;
};

}  // namespace plenary::testing
