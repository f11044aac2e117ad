// Resource names of membership.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/ids/id.h"
#include "common/rpc/page.h"
#include "services/membership/errors.h"
#include "services/membership/limits.h"

namespace plenary::membership {

inline constexpr char kPeople[] = "people";
inline constexpr char kCompanies[] = "companies";
inline constexpr char kCategories[] = "categories";
inline constexpr char kCodeVersions[] = "codeVersions";
inline constexpr char kElections[] = "elections";
inline constexpr char kWaivers[] = "waivers";

// "people/…" for an id, "" for no id.
inline std::string NameOrEmpty(std::string_view collection, std::string_view id) {
  return id.empty() ? std::string() : ResourceName(collection, id);
}

// The page of a list by id: a token that holds anything but an id is not one of ours.
inline absl::StatusOr<rpc::Page> ReadIdPage(int page_size, std::string_view page_token,
                                            rpc::PageLimits page_limits = {limits::kDefaultPage,
                                                                           limits::kLargestPage}) {
  absl::StatusOr<rpc::Page> page = rpc::ReadPage(page_size, page_token, page_limits);
  if (page.ok() && !page->after.empty() && !ResourceId("ids", ResourceName("ids", page->after)).has_value()) {
    return errors::FieldInvalid("page_token",
                                "page_token is not one that this list gave. Start again without it.");
  }
  return page;
}

// Cuts the row that only tells that there is another page. True when there is one.
template <typename Rows>
bool CutToPage(Rows& rows, const rpc::Page& page) {
  if (rows.size() <= static_cast<std::size_t>(page.size)) return false;
  rows.resize(static_cast<std::size_t>(page.size));
  return true;
}

}  // namespace plenary::membership
