// Identifiers: 128 random bits, written as 26 characters of lower-case base32hex (RFC 4648, 0-9a-v,
// no padding). The text sorts as the bytes do, so "ascending by id" means the same in a database
// column, in a program and in a published list.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plenary {

using IdBytes = std::array<std::uint8_t, 16>;
inline constexpr std::size_t kIdLength = 26;

// Makes identifiers. The random one is thread-safe; tests hand in a counting one.
class IdSource {
 public:
  virtual ~IdSource() = default;
  virtual IdBytes Next() = 0;
  std::string NextText();
};

// 128 bits from libsodium's generator.
class RandomIds final : public IdSource {
 public:
  RandomIds();
  IdBytes Next() override;
};

// 0…01, 0…02, …: for tests only. Not thread-safe.
class CountingIds final : public IdSource {
 public:
  IdBytes Next() override;

 private:
  std::uint64_t last_ = 0;
};

std::string IdText(const IdBytes& bytes);

// nullopt unless `text` is exactly 26 characters of the alphabet with zero padding bits.
std::optional<IdBytes> ParseId(std::string_view text);

// "companies/0123…" for collection "companies".
std::string ResourceName(std::string_view collection, std::string_view id);

// The part after "collection/"; nullopt unless the name has exactly that shape and a non-empty id of
// at most 63 characters [a-z0-9-]. Identifiers chosen by people ("bodies/board") pass too.
std::optional<std::string> ResourceId(std::string_view collection, std::string_view name);

// A UUID in its usual text form, 8-4-4-4-12 hexadecimal digits: what a request_id must be.
bool IsUuid(std::string_view text);
std::string RandomUuid();

}  // namespace plenary
