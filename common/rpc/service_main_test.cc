#include "common/rpc/service_main.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "common/auth/key_folder.h"
#include "common/testing/mariadb.h"
#include "common/testing/status_matchers.h"
#include "fmt/format.h"

namespace plenary::rpc {
namespace {

// A folder with a key and a migration, gone with the test.
class Folder {
 public:
  Folder() {
    std::string pattern = std::filesystem::temp_directory_path() / "plenary-main.XXXXXX";
    path_ = mkdtemp(pattern.data());
    std::ofstream(path_ + "/0001_things.sql") << "CREATE TABLE things (id BIGINT NOT NULL PRIMARY KEY);\n";
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A port of the loopback interface that somebody else listens at.
class TakenPort {
 public:
  TakenPort() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(socket_, generic, size), 0);
    EXPECT_EQ(::listen(socket_, 1), 0);
    EXPECT_EQ(::getsockname(socket_, generic, &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~TakenPort() { ::close(socket_); }
  int port() const { return port_; }

 private:
  const int socket_;
  int port_ = 0;
};

TEST(ServiceMain, DrainsBeforeThePartsGoAlsoWhenItCannotListen) {
  Folder folder;
  TakenPort taken;
  testing::TestDatabase database({{"example", folder.path()}});
  ASSERT_THAT(auth::MakeServiceKey(folder.path(), "example"), testing::IsOk());
  std::vector<std::string> events;
  ServiceSpec spec;
  spec.name = "example";
  spec.schema_dir = folder.path();
  spec.common_tables = ServiceSpec::CommonTables::kNo;
  spec.wire = [&](Runtime&) -> absl::StatusOr<Wiring> {
    Wiring wiring;
    wiring.parts = {std::shared_ptr<void>(nullptr, [&](void*) { events.push_back("part gone"); })};
    wiring.on_drain.push_back([&] { events.push_back("drained"); });
    return wiring;
  };
  const db::Settings& settings = database.settings();
  std::ofstream(folder.path() + "/password") << settings.password << '\n';
  std::vector<std::string> arguments = {"plenary-example",
                                        fmt::format("--listen=127.0.0.1:{}", taken.port()),
                                        "--db_socket=" + settings.socket,
                                        "--db_user=" + settings.user,
                                        "--db_schema=" + settings.schema,
                                        "--db_password_file=" + folder.path() + "/password",
                                        "--key_dir=" + folder.path()};
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  EXPECT_EQ(ServiceMain(spec, static_cast<int>(argv.size()), argv.data()), 1);
  EXPECT_EQ(events, (std::vector<std::string>{"drained", "part gone"}));
}

}  // namespace
}  // namespace plenary::rpc
