// The mail that a development stack caught: a maildir, one file a message.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/mail/message.h"

namespace plenary::cli {

struct CaughtMail {
  int number = 0;  // from 1, in the order of arrival
  mail::ReadMail mail;
};

// Oldest first; files that are no mail of the suite keep their number and are left out. Only mail to `to`, in
// any case, unless it is "". A folder that is not there is empty.
absl::StatusOr<std::vector<CaughtMail>> ReadMailbox(const std::string& folder, const std::string& to);

// What stands behind "Code: " on a line of its own; "" when there is none.
std::string CodeIn(const mail::ReadMail& mail);

}  // namespace plenary::cli
