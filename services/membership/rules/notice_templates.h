// The notices that the association sends: each has files templates/<name>.{subject.txt,txt,html}.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace plenary::membership::rules {

enum class NoticeSecrecy {
  kOpen,    // what was said stays on record
  kSecret,  // holds a code: its values are gone once it is sent, bounced or out of date
};

enum class NoticeHaste {
  kInTurn,     // after what was queued before it
  kWaitedFor,  // somebody sits before a screen and waits: before all others
};

struct NoticeTemplate {
  std::string_view name;
  // What a notice gives values for, no more and no less. Every file may also say {{public_url}}, which the
  // sender fills in.
  std::vector<std::string_view> placeholders;
  NoticeSecrecy secrecy = NoticeSecrecy::kOpen;
  NoticeHaste haste = NoticeHaste::kInTurn;
};

// Filled in by the sender: where the association's pages are, without a slash at the end.
inline constexpr std::string_view kPublicUrl = "public_url";

const std::vector<NoticeTemplate>& NoticeTemplates();

// nullptr when there is none of that name.
const NoticeTemplate* FindNoticeTemplate(std::string_view name);

// INTERNAL unless the template is there and has exactly these values: a fault of the caller's code.
absl::Status CheckNoticeValues(std::string_view template_name,
                               const std::map<std::string, std::string>& values);

}  // namespace plenary::membership::rules
