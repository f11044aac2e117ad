// Changes to bytes that were good, as a fuzzer spells them: what a reader has to see through differs from
// what it takes in few places, and nobody draws a signed ballot from nothing.
//
// Edits are records, one after another; integers are big-endian:
//
//   u8 act, of which the remainder by 7 counts
//     0 put      the bytes from `where` on
//     1 insert   the bytes before `where`
//     2 erase    `count` bytes from `where` on
//     3 cut      everything from `where` on
//     4 flip     the byte at `where`, by the bits of `count`
//     5 lengthen by 64 times `count` zeros at the end, to 70,000 bytes at most
//     6 copy     `count` bytes to `where`, from the place that a u16 after the count says
//   u16 where, counted from the front; with the highest bit set from the end: ffff is the last byte. By its
//     remainder, so that every number is a place
//   u8 count
//   for put and insert: so many bytes, or as many as follow
//
// An act of ff stands for the whole content instead: it is everything that follows.
#pragma once

#include <string>
#include <string_view>

namespace plenary::fuzz {

// Defined for any edits; a record that is cut short ends them.
std::string Edited(std::string good, std::string_view edits);

// Takes one byte from the front, 0 when there is none.
unsigned TakeByte(std::string_view& input);

}  // namespace plenary::fuzz
