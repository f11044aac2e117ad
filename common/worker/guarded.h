// Work of a thread that somebody waits for: an exception is its answer, and not the end of the process.
#pragma once

#include <exception>
#include <string>

#include "absl/status/status.h"

namespace plenary {

// What `work` says; INTERNAL when it throws.
template <typename Work>
absl::Status Guarded(const Work& work) {
  try {
    return work();
  } catch (const std::exception& failure) {
    return absl::InternalError(std::string("exception: ") + failure.what());
  }
}

}  // namespace plenary
