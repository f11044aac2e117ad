#include "common/crypto/bytes.h"

#include <gtest/gtest.h>

#include "common/crypto/random.h"

namespace plenary::crypto {
namespace {

TEST(Digest, IsThatOfFips180) {
  EXPECT_EQ(HexEncode(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(HexEncode(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(
      HexEncode(Sha384("abc")),
      "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7");
}

TEST(Sha256Hasher, GivesTheDigestOfThePiecesTogetherAndStartsOver) {
  Sha256Hasher hasher;
  hasher.Update("a");
  hasher.Update("");
  hasher.Update("bc");
  EXPECT_EQ(hasher.Finish(), Sha256("abc"));
  EXPECT_EQ(hasher.Finish(), Sha256(""));
}

TEST(Base32, IsThatOfRfc4648WithoutPadding) {
  EXPECT_EQ(Base32Encode(""), "");
  EXPECT_EQ(Base32Encode("f"), "MY");
  EXPECT_EQ(Base32Encode("fo"), "MZXQ");
  EXPECT_EQ(Base32Encode("foo"), "MZXW6");
  EXPECT_EQ(Base32Encode("foob"), "MZXW6YQ");
  EXPECT_EQ(Base32Encode("fooba"), "MZXW6YTB");
  EXPECT_EQ(Base32Encode("foobar"), "MZXW6YTBOI");
}

TEST(Base64Url, IsThatOfRfc4648WithoutPadding) {
  EXPECT_EQ(Base64UrlEncode("f"), "Zg");
  EXPECT_EQ(Base64UrlEncode("fo"), "Zm8");
  EXPECT_EQ(Base64UrlEncode("foobar"), "Zm9vYmFy");
  EXPECT_EQ(Base64UrlEncode("\xfb\xff"), "-_8");
}

TEST(Spellings, ReadBackAsTheSameBytes) {
  SeededRandom random("spellings");
  for (std::size_t size = 0; size < 100; ++size) {
    const std::string bytes = random.Bytes(size);
    ASSERT_EQ(HexDecode(HexEncode(bytes)), bytes);
    ASSERT_EQ(Base32Decode(Base32Encode(bytes)), bytes);
    ASSERT_EQ(Base64UrlDecode(Base64UrlEncode(bytes)), bytes);
  }
}

TEST(Hex, TakesBothCasesAndNothingElse) {
  EXPECT_EQ(HexEncode("\xab\x01"), "ab01");
  EXPECT_EQ(HexDecode("aB01"), "\xab\x01");
  for (const char* text : {"0", "0x01", "0g", "ab 01", "ab\n"}) EXPECT_FALSE(HexDecode(text)) << text;
}

TEST(Base32, RefusesEverySpellingButOne) {
  EXPECT_EQ(Base32Decode("MY"), "f");
  for (const char* text : {"my", "MY======", "MZ", "M", "MZX", "MZXW6Y", "M1", "M Y", "MY\n"}) {
    EXPECT_FALSE(Base32Decode(text)) << text;
  }
}

TEST(Base64Url, RefusesEverySpellingButOne) {
  EXPECT_EQ(Base64UrlDecode("-_8"), "\xfb\xff");
  for (const char* text : {"+/8", "-_8=", "-_9", "Z", "Zg==", "Zh", "Z g", "Zg\n"}) {
    EXPECT_FALSE(Base64UrlDecode(text)) << text;
  }
}

TEST(ByteReader, ReadsWhatWasAppended) {
  std::string bytes;
  AppendU8(bytes, 0xfe);
  AppendU16(bytes, 0xfedc);
  AppendU32(bytes, 0xfedcba98);
  bytes += "tail";
  EXPECT_EQ(HexEncode(bytes), "fefedcfedcba987461696c");
  ByteReader reader(bytes);
  EXPECT_EQ(reader.ReadU8(), 0xfe);
  EXPECT_EQ(reader.ReadU16(), 0xfedc);
  EXPECT_EQ(reader.ReadU32(), 0xfedcba98u);
  EXPECT_EQ(reader.Remaining(), 4u);
  EXPECT_EQ(reader.ReadBytes(4), "tail");
  EXPECT_EQ(reader.Remaining(), 0u);
  EXPECT_EQ(reader.ReadBytes(0), "");
  EXPECT_FALSE(reader.ReadU8());
}

TEST(ByteReader, TakesNothingWhenTooLittleRemains) {
  ByteReader reader("abc");
  EXPECT_FALSE(reader.ReadU32());
  EXPECT_FALSE(reader.ReadBytes(4));
  EXPECT_FALSE(reader.ReadBytes(static_cast<std::size_t>(-1)));
  EXPECT_EQ(reader.Remaining(), 3u);
  EXPECT_EQ(reader.ReadU16(), 0x6162);
  EXPECT_FALSE(reader.ReadU16());
  EXPECT_EQ(reader.ReadBytes(1), "c");
}

TEST(SecureWipe, OverwritesTheBytesAndEmptiesTheString) {
  std::string secret(100, 's');
  const char* where = secret.data();
  secret.resize(60);  // the spare capacity holds the rest of the secret
  SecureWipe(secret);
  EXPECT_TRUE(secret.empty());
  ASSERT_EQ(secret.data(), where);
  EXPECT_EQ(std::string(where, 100), std::string(100, '\0'));
}

TEST(WipeAtEnd, WipesWhenTheScopeEnds) {
  std::string secret = "a secret longer than the string's own room";
  { const WipeAtEnd wipe(secret); }
  EXPECT_TRUE(secret.empty());
}

TEST(ConstantTimeEquals, ComparesBytesAndSizes) {
  EXPECT_TRUE(ConstantTimeEquals("", ""));
  EXPECT_TRUE(ConstantTimeEquals("same", "same"));
  EXPECT_FALSE(ConstantTimeEquals("same", "sane"));
  EXPECT_FALSE(ConstantTimeEquals("same", "same "));
}

}  // namespace
}  // namespace plenary::crypto
