#include "services/cli/badge_svg.h"

#include <algorithm>

#include "fmt/format.h"
#include "services/cli/display_width.h"

namespace plenary::cli {
namespace {

using membership::v1::CheckBadgeResponse;

// Pixels of a character of the largest line, and of all that stands beside the text.
constexpr std::size_t kCharacterWidth = 9;
constexpr std::size_t kMargins = 68;
constexpr std::size_t kLeastWidth = 260;

std::string Escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        // XML takes no other control characters, not even escaped.
        escaped += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return escaped;
}

}  // namespace

std::string BadgeLine(const CheckBadgeResponse& badge) {
  if (badge.state() != CheckBadgeResponse::STATE_VALID) {
    return fmt::format(
        "{} on {}.",
        badge.state() == CheckBadgeResponse::STATE_UNKNOWN ? "No such badge" : "Not a valid badge",
        badge.checked_on());
  }
  std::string line = fmt::format("{}, {}", badge.full_name(), badge.category_display_name());
  if (!badge.company_display_name().empty()) line += ", " + badge.company_display_name();
  for (const std::string& certification : badge.certifications()) line += ", certified " + certification;
  return fmt::format("{}: a member in good standing on {}.", line, badge.checked_on());
}

std::string BadgeSvg(const CheckBadgeResponse& badge, std::string_view link) {
  std::string second = badge.category_display_name();
  if (!badge.company_display_name().empty()) second += ", " + badge.company_display_name();
  const std::string third = fmt::format("Member on {}. Check it today.", badge.checked_on());
  const std::size_t widest = static_cast<std::size_t>(
      std::max({DisplayWidth(badge.full_name()), DisplayWidth(second), DisplayWidth(third)}));
  const std::size_t width = std::max(kLeastWidth, widest * kCharacterWidth + kMargins);
  return fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="88" role="img" aria-label="{1}">
  <title>{1}</title>
  <a href="{2}">
    <rect width="{0}" height="88" rx="8" fill="#1f3a5f"/>
    <path d="M20 44l10 10 18-20" fill="none" stroke="#7fd1ae" stroke-width="5"/>
    <g font-family="Verdana, DejaVu Sans, sans-serif" fill="#ffffff">
      <text x="60" y="30" font-size="16" font-weight="bold">{3}</text>
      <text x="60" y="52" font-size="13">{4}</text>
      <text x="60" y="72" font-size="11" fill="#c9d6e6">{5}</text>
    </g>
  </a>
</svg>)",
      width, Escape(BadgeLine(badge)), Escape(link), Escape(badge.full_name()), Escape(second),
      Escape(third));
}

}  // namespace plenary::cli
