// Any bytes, read as BLT.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/ballot_checks.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  plenary::election::ballot_files::CheckBlt({reinterpret_cast<const char*>(data), size});
  return 0;
}
