// The words of every notice, read from their files once.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/membership/rules/notice_template.h"

namespace plenary::membership {

// Thread-safe: it does not change.
class NoticeLibrary {
 public:
  // Reads <folder>/<name>.{subject.txt,txt,html} of every template there is. FAILED_PRECONDITION, reason
  // NOTICE_TEMPLATE_INVALID: a file is missing, too long, not UTF-8, or asks for what nothing fills.
  static absl::StatusOr<NoticeLibrary> Load(const std::string& folder, std::string public_url);

  // A notice in words. INTERNAL when there is no such template or a value is missing.
  absl::StatusOr<rules::NoticeWords> Render(const std::string& template_name,
                                            std::map<std::string, std::string> values) const;

 private:
  std::string public_url_;
  std::map<std::string, rules::NoticeWords, std::less<>> words_;
};

}  // namespace plenary::membership
