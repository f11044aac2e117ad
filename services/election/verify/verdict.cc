#include "services/election/verify/verdict.h"

namespace plenary::election::verify {

std::string FoundIn(const absl::Status& status) {
  std::string found(status.message());
  while (found.ends_with('.')) found.pop_back();
  return found;
}

}  // namespace plenary::election::verify
