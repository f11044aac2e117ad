// Any change of what a voter or a trustee keeps.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/edit_mutator.h"
#include "tests/fuzz/proof_checks.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  plenary::fuzz::CheckProofOfBlob({reinterpret_cast<const char*>(data), size});
  return 0;
}
