// Surroundings of a test: streams it can read, an environment of its own, a folder that goes with it.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <map>
#include <sstream>
#include <string>

#include "services/cli/surroundings.h"

namespace plenary::cli {

class Terminal {
 public:
  Terminal() {
    std::string pattern = (std::filesystem::temp_directory_path() / "plenary-cli-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    surroundings_.current_folder = surroundings_.program_folder = folder_;
    environment["XDG_STATE_HOME"] = folder_ / "state";
  }
  ~Terminal() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  Surroundings& surroundings() { return surroundings_; }

  // What was written since the last call.
  std::string TakeOut() { return Take(out); }
  std::string TakeErr() { return Take(err); }

  std::map<std::string, std::string> environment;
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;

 private:
  static std::string Take(std::ostringstream& stream) {
    std::string text = stream.str();
    stream.str("");
    return text;
  }

  std::filesystem::path folder_;
  Surroundings surroundings_{
      .environment = [this](const std::string& name) { return environment[name]; },
      .current_folder = {},
      .program_folder = {},
      .in = in,
      .out = out,
      .err = err,
  };
};

}  // namespace plenary::cli
