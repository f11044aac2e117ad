// Any change of a ballot, or of the manifest it is cast by.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/edit_mutator.h"
#include "tests/fuzz/proof_checks.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  plenary::fuzz::CheckProofOfBallot({reinterpret_cast<const char*>(data), size});
  return 0;
}
