// A bundle in a temporary folder, for tests of what reads one.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <stdexcept>
#include <string>

#include "services/election/testing/sample_bundle.h"

namespace plenary::election::testing {

// The folder goes with the object.
class BundleOnDisk {
 public:
  explicit BundleOnDisk(const Files& files = {}) {
    std::string pattern = (std::filesystem::temp_directory_path() / "plenary-bundle-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
    WriteFiles(path_.string(), files);
  }
  ~BundleOnDisk() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  BundleOnDisk(const BundleOnDisk&) = delete;
  BundleOnDisk& operator=(const BundleOnDisk&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace plenary::election::testing
