// HMAC with SHA-256 (RFC 2104, FIPS 180-4).
#pragma once

#include <string>
#include <string_view>

namespace plenary::crypto {

// 32 bytes, not text. Thread-safe.
std::string HmacSha256(std::string_view key, std::string_view message);

}  // namespace plenary::crypto
