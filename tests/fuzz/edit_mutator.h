// Has libFuzzer append whole edits (edits.h), every other time: it would put together few by itself. Included
// by a fuzzer, once; nothing to be called.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  constexpr std::size_t kEdit = 6;  // act, place, count, two bytes for those acts that take some
  std::minstd_rand random(seed);
  if (random() % 2 == 0 || size + kEdit > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::uint8_t* const edit = data + size;
  for (std::size_t i = 0; i < kEdit; ++i) edit[i] = static_cast<std::uint8_t>(random() >> 8);
  edit[0] = static_cast<std::uint8_t>(edit[0] % 7);
  return size + (edit[0] < 2 || edit[0] == 6 ? kEdit : kEdit - 2);
}
