// SHA-256 of bytes: the mark of a migration's text and of a request's content.
#pragma once

#include <string>
#include <string_view>

namespace plenary::db {

std::string Sha256(std::string_view bytes);     // 32 bytes
std::string Sha256Hex(std::string_view bytes);  // 64 lower-case hexadecimal digits

}  // namespace plenary::db
