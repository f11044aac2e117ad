// Resource names as people type them: the whole name, or the part that says it. No calls are made here;
// resolve.h looks up what only a service knows.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plenary::cli {

// "board" -> "bodies/board"; a name that begins with "bodies/" stays as it is.
std::string Qualified(std::string_view collection, std::string_view text);

// A child named "PARENT/ID" or in full: ChildName("bodies", "seats", "board/3") -> "bodies/board/seats/3".
// nullopt when the text has neither shape.
std::optional<std::string> ChildName(std::string_view collection, std::string_view child_collection,
                                     std::string_view text);

// An e-mail address rather than a name.
bool IsEmail(std::string_view text);

// An id as the suite draws them, so that it cannot be taken for a display name.
bool IsDrawnId(std::string_view text);

}  // namespace plenary::cli
