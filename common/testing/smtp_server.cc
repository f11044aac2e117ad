#include "common/testing/smtp_server.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "fmt/format.h"

namespace plenary::testing {
namespace {

struct Pipe {
  std::array<int, 2> ends{};
  Pipe() {
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  }
};

std::string FirstLine(int descriptor) {
  std::string line;
  for (char byte = 0; read(descriptor, &byte, 1) == 1 && byte != '\n';) line += byte;
  return line;
}

}  // namespace

SmtpServer::SmtpServer(const std::string& host, const std::vector<std::string>& certificate)
    : folder_("/tmp/plenary-smtp.XXXXXX") {
  if (mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  const std::string program = std::string(PLENARY_SOURCE_DIR) + "/common/testing/smtp_server.py";
  std::vector<std::string> words = {program, folder_, host};
  words.insert(words.end(), certificate.begin(), certificate.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  const Pipe input;
  const Pipe output;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input.ends[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output.ends[1], STDOUT_FILENO);
  const int failed = posix_spawn(&process_, program.c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(input.ends[0]);
  close(output.ends[1]);
  input_ = input.ends[1];
  const std::string port = failed == 0 ? FirstLine(output.ends[0]) : "";
  close(output.ends[0]);
  if (port.empty()) throw std::runtime_error("no mail server: is python3-aiosmtpd installed?");
  url_ = fmt::format("smtp://{}:{}", host, port);
}

SmtpServer::~SmtpServer() {
  close(input_);
  waitpid(process_, nullptr, 0);
  std::filesystem::remove_all(folder_);
}

std::vector<std::string> SmtpServer::Taken() const {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    if (entry.path().extension() == ".eml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> messages;
  for (const auto& file : files) {
    std::ostringstream bytes;
    bytes << std::ifstream(file, std::ios::binary).rdbuf();
    messages.push_back(bytes.str());
  }
  return messages;
}

std::vector<mail::ReadMail> SmtpServer::Read() const {
  std::vector<mail::ReadMail> mails;
  for (const std::string& bytes : Taken()) mails.push_back(mail::Read(bytes).value());
  return mails;
}

}  // namespace plenary::testing
