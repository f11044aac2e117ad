// Any change of a bundle.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/edit_mutator.h"
#include "tests/fuzz/proof_checks.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  plenary::fuzz::CheckProofOfBundle({reinterpret_cast<const char*>(data), size});
  return 0;
}
