// What has to hold of any change to what makes a vote provable: to a ballot, to a file of a bundle, to what a
// voter or a trustee keeps. A breach is printed, and ends the program.
//
// An input is `u8 part || the rest`; the part, by its remainder, says which of the things below is changed,
// and the rest how: mostly as edits (edits.h) of a good sample. The empty input changes nothing.
#pragma once

#include <string_view>

namespace plenary::fuzz {

// Parts: 0 a ballot; 1 a ballot, signed again with its own key; 2 a plaintext; 3 choices, by rules of the
// input's own; 4 the bytes of a manifest; 5 its fields.
void CheckProofOfBallot(std::string_view input);

// Parts: 0 … 8 a file of a bundle; 9 a file more. What somebody with every key could do, each thing that
// follows made to follow: 10 a ballot; 11 an issuance list; 12 the close record; 13 which checkpoints there
// are; 14 the manifest of an election in which nobody voted. Single readers: 15 a signed note; 16 the path of
// a tile; 17 a tile.
void CheckProofOfBundle(std::string_view input);

// Parts: 0 a recovery blob; 1 what is inside of it; 2 a voter's state; 3 a voter's file; 4 a receipt; 5 a
// share; 6 a tally secret; 7 a trustee's file.
void CheckProofOfBlob(std::string_view input);

}  // namespace plenary::fuzz
