#include "services/cli/names.h"

#include "common/ids/id.h"
#include "fmt/format.h"

namespace plenary::cli {
namespace {

// The text without "collection/" before it, if that stands there.
std::string_view WithoutCollection(std::string_view collection, std::string_view text) {
  const bool stands = text.size() > collection.size() + 1 &&
                      text.substr(0, collection.size()) == collection && text[collection.size()] == '/';
  return stands ? text.substr(collection.size() + 1) : text;
}

}  // namespace

std::string Qualified(std::string_view collection, std::string_view text) {
  return fmt::format("{}/{}", collection, WithoutCollection(collection, text));
}

std::optional<std::string> ChildName(std::string_view collection, std::string_view child_collection,
                                     std::string_view text) {
  const std::string_view rest = WithoutCollection(collection, text);
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos || slash == 0) return std::nullopt;
  const std::string_view child = WithoutCollection(child_collection, rest.substr(slash + 1));
  if (child.empty() || child.find('/') != std::string_view::npos) return std::nullopt;
  return fmt::format("{}/{}/{}/{}", collection, rest.substr(0, slash), child_collection, child);
}

bool IsEmail(std::string_view text) { return text.find('@') != std::string_view::npos; }

bool IsDrawnId(std::string_view text) { return ParseId(text).has_value(); }

}  // namespace plenary::cli
