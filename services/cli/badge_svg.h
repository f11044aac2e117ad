// A badge as a picture for web sites: what it said when it was drawn, and where anybody checks it today.
#pragma once

#include <string>
#include <string_view>

#include "plenary/membership/v1/badge_service.pb.h"

namespace plenary::cli {

// One line for people: "Ann, Professional, Acme: a member in good standing on 2022-08-20."
std::string BadgeLine(const membership::v1::CheckBadgeResponse& badge);

// An SVG document of a valid badge that leads to `link`. Text from others is escaped.
std::string BadgeSvg(const membership::v1::CheckBadgeResponse& badge, std::string_view link);

}  // namespace plenary::cli
