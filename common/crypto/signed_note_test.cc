#include "common/crypto/signed_note.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "common/crypto/bytes.h"
#include "common/testing/status_matchers.h"

namespace plenary::crypto {
namespace {

using testing::IsError;

const auto kInvalid = IsError(absl::StatusCode::kInvalidArgument, "NOTE_INVALID");
const auto kUnsigned = IsError(absl::StatusCode::kInvalidArgument, "SIGNATURE_INVALID");

constexpr std::string_view kOrigin = "elections/01hzz2k8c4v6r1q9m3n5p7t0ab";

// Made by Python's hashlib, base64 and cryptography alone: the seed is that of RFC 8032 section 7.1 test 1,
// the root SHA-256("root"), the text b"{origin}\n42\n{base64(root)}\n", the key id the first 4 bytes of
// SHA-256(origin + b"\n\x01" + public key), the note text + b"\n" + "\u2014 " + origin + " " +
// base64(key id + sign(text)) + b"\n".
constexpr std::string_view kSeed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
constexpr std::string_view kNote =
    "elections/01hzz2k8c4v6r1q9m3n5p7t0ab\n"
    "42\n"
    "SBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I=\n"
    "\n"
    "\xE2\x80\x94 elections/01hzz2k8c4v6r1q9m3n5p7t0ab "
    "HrloTSwdBIxK7LVzr3zOeOV2L5MUQtVqGHUXLDLfK1mTh5DULRLJIpmyGlQUDql9xukBpbgc8bvjkQysf8mD9ksjrAE=\n";

Ed25519KeyPair Key() { return *Ed25519KeyPair::FromSeed(*HexDecode(kSeed)); }

Checkpoint KnownCheckpoint() { return {std::string(kOrigin), 42, Sha256("root")}; }

absl::StatusOr<Checkpoint> Open(std::string_view note) {
  return OpenCheckpoint(note, kOrigin, Key().public_key());
}

// The known note with one occurrence of a part replaced.
std::string With(std::string_view part, std::string_view by) {
  std::string note(kNote);
  const std::size_t at = note.find(part);
  EXPECT_NE(at, std::string::npos) << part;
  return note.replace(at, part.size(), by);
}

TEST(SignedNote, IsByteForByteWhatAnotherProgramMakes) {
  ASSERT_OK_AND_ASSIGN(const std::string note, SignCheckpoint(KnownCheckpoint(), Key()));
  EXPECT_EQ(note, kNote);
  EXPECT_EQ(HexEncode(NoteKeyId(kOrigin, Key().public_key())), "1eb9684d");
  ASSERT_OK_AND_ASSIGN(const Checkpoint opened, Open(kNote));
  EXPECT_EQ(opened, KnownCheckpoint());
}

TEST(SignedNote, TakesEverySizeFromNothingToTheLargest) {
  for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}}) {
    Checkpoint checkpoint = KnownCheckpoint();
    checkpoint.size = size;
    ASSERT_OK_AND_ASSIGN(const Checkpoint opened, Open(*SignCheckpoint(checkpoint, Key())));
    EXPECT_EQ(opened.size, size);
  }
}

TEST(SignedNote, HasOneSpelling) {
  const std::string signature_line(kNote.substr(kNote.find("\xE2\x80\x94")));
  const std::string notes[] = {
      "",
      std::string(kNote) + "\n",
      std::string(kNote) + signature_line,
      std::string(kNote.substr(0, kNote.size() - 1)),
      std::string(kNote.substr(0, kNote.find("\xE2\x80\x94"))),
      "\n" + std::string(kNote),
      With("\n42\n", "\n042\n"),
      With("\n42\n", "\n+42\n"),
      With("\n42\n", "\n42 \n"),
      With("\n42\n", "\n-42\n"),
      With("\n42\n", "\n18446744073709551616\n"),
      With("\n42\n", "\n\n"),
      With("\n42\n", "\r\n42\r\n"),
      With("7I=\n", "7I\n"),
      With("7I=\n", "7J=\n"),  // the same 32 bytes to a decoder that ignores loose last bits
      With("7I=\n", "7I= \n"),
      With("SBNJTRN+", "SBNJTRN-"),
      With("SBNJ", ""),
      With("\n\n", "\nan extension\n\n"),
      With("\n\n", "\n"),
      With("\xE2\x80\x94 ", "- "),
      With("\xE2\x80\x94 ", "\xE2\x80\x94"),
      With("rAE=\n", "rAE\n"),
      With("HrloTS", "HrloTSHrlo"),
      With(" HrloTS", "  HrloTS"),
      std::string(kNote) + std::string(kMostNoteBytes, '\n'),
  };
  for (const std::string& note : notes) EXPECT_THAT(Open(note), kInvalid) << note;
}

TEST(SignedNote, OfAnotherLogOrKeyIsRefused) {
  EXPECT_THAT(OpenCheckpoint(kNote, "elections/01hzz2k8c4v6r1q9m3n5p7t0ac", Key().public_key()), kInvalid);
  SeededRandom random("another key");
  EXPECT_THAT(OpenCheckpoint(kNote, kOrigin, Ed25519KeyPair::Generate(random).public_key()), kInvalid);
  EXPECT_THAT(Open(With("\xE2\x80\x94 elections/01hzz", "\xE2\x80\x94 elections/02hzz")), kInvalid);
}

TEST(SignedNote, WhoseTextWasChangedIsRefused) {
  EXPECT_THAT(Open(With("\n42\n", "\n43\n")), kUnsigned);
  EXPECT_THAT(Open(With("SBNJ", "SBNK")), kUnsigned);
  EXPECT_THAT(Open(With("f8mD9k", "f8mD9l")), kUnsigned);
}

TEST(SignedNote, IsMadeOnlyForAnOriginThatCanNameAKey) {
  for (const std::string& origin :
       {std::string(), std::string("two words"), std::string("a+b"), std::string("line\nbreak"),
        std::string("\xC2\xA0"), std::string(5000, 'x')}) {
    EXPECT_THAT(SignCheckpoint({origin, 1, Sha256("root")}, Key()), kInvalid) << origin;
  }
  EXPECT_THAT(SignCheckpoint({std::string(kOrigin), 1, "short"}, Key()),
              IsError(absl::StatusCode::kInvalidArgument, "LENGTH_UNEXPECTED"));
}

}  // namespace
}  // namespace plenary::crypto
