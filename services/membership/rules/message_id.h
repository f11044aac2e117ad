// Which notice a message is: its Message-ID names the notice and how often it was queued again.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plenary::membership::rules {

// "ID.RESENDS@DOMAIN", without angle brackets: the same for each try of one sending, another for the next.
std::string MessageIdOf(std::string_view notice, int resends, std::string_view domain);

// The notice's id; nullopt for an id of other mail. Takes it with or without angle brackets, in any case.
std::optional<std::string> NoticeOfMessageId(std::string_view message_id);

}  // namespace plenary::membership::rules
