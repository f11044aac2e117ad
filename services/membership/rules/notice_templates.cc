#include "services/membership/rules/notice_templates.h"

#include <algorithm>

#include "fmt/format.h"

namespace plenary::membership::rules {

const std::vector<NoticeTemplate>& NoticeTemplates() {
  // What goes to an address that nobody has confirmed says nothing that whoever gave the address could
  // choose: it would carry their words to strangers. Dates are "YYYY-MM-DD", amounts as people write them
  // ("100.00"), names as on the register.
  static const auto* const templates = new std::vector<NoticeTemplate>{
      {"application-approved", {"full_name", "category"}},
      {"application-confirm", {"code", "expires"}, NoticeSecrecy::kSecret, NoticeHaste::kWaitedFor},
      {"application-refused", {"full_name", "category", "reason"}},
      {"application-withdrawn", {"full_name", "category"}},
      {"contact-confirm", {"code", "expires"}, NoticeSecrecy::kSecret, NoticeHaste::kWaitedFor},
      {"credential-reminder", {"full_name", "election", "closes"}},
      {"invoice", {"full_name", "invoice", "amount", "due_on", "what"}},
      {"join-invitation", {"company", "inviter", "code", "expires"}, NoticeSecrecy::kSecret},
      {"letter-accepted", {"full_name", "referee", "accepted", "required"}},
      {"letter-refused", {"full_name", "referee", "reason"}},
      {"letter-request", {"referee", "full_name", "code", "expires"}, NoticeSecrecy::kSecret},
      {"letter-revoked", {"full_name", "referee", "reason"}},
      {"renewal-after", {"full_name", "category", "ended_on", "grace_until", "amount"}},
      {"renewal-before", {"full_name", "category", "ends_on", "amount"}},
      {"renewal-lapsed", {"full_name", "category", "ended_on", "lapsed_on", "amount"}},
      {"renewal-today", {"full_name", "category", "grace_until", "amount"}},
      {"renewed", {"full_name", "category", "ends_on"}},
      {"roll-challenge-decided", {"full_name", "election", "company", "decision", "reason"}},
      {"sign-in",
       {"full_name", "code", "sign_in", "link_token", "expires"},
       NoticeSecrecy::kSecret,
       NoticeHaste::kWaitedFor},
      {"sign-in-unknown", {}, NoticeSecrecy::kOpen, NoticeHaste::kWaitedFor},
  };
  return *templates;
}

const NoticeTemplate* FindNoticeTemplate(std::string_view name) {
  const auto& templates = NoticeTemplates();
  const auto found = std::find_if(templates.begin(), templates.end(),
                                  [&](const NoticeTemplate& known) { return known.name == name; });
  return found == templates.end() ? nullptr : &*found;
}

absl::Status CheckNoticeValues(std::string_view template_name,
                               const std::map<std::string, std::string>& values) {
  const NoticeTemplate* const known = FindNoticeTemplate(template_name);
  if (known == nullptr) {
    return absl::InternalError(fmt::format("there is no notice template '{}'", template_name));
  }
  for (const std::string_view placeholder : known->placeholders) {
    if (!values.contains(std::string(placeholder))) {
      return absl::InternalError(fmt::format("a notice {} lacks the value '{}'", template_name, placeholder));
    }
  }
  for (const auto& [name, value] : values) {
    if (std::find(known->placeholders.begin(), known->placeholders.end(), name) ==
        known->placeholders.end()) {
      return absl::InternalError(fmt::format("a notice {} has no place for '{}'", template_name, name));
    }
  }
  return absl::OkStatus();
}

}  // namespace plenary::membership::rules
