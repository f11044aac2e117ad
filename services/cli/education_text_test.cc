// Credits and badges as text.
#include <gtest/gtest.h>

#include "services/cli/badge_svg.h"
#include "services/cli/credits.h"
#include "services/cli/files.h"

namespace plenary::cli {
namespace {

using membership::v1::CheckBadgeResponse;

TEST(ParseCredits, TakesUpToTwoDecimals) {
  EXPECT_EQ(ParseCredits("0"), 0);
  EXPECT_EQ(ParseCredits("1.5"), 150);
  EXPECT_EQ(ParseCredits("1.05"), 105);
  EXPECT_EQ(ParseCredits("1000"), 100'000);
  for (const char* text :
       {"", ".5", "1.", "1.005", "-1", "+1", "1,5", "1e2", "1000.01", "99999", "1.-5", "one"}) {
    EXPECT_EQ(ParseCredits(text), std::nullopt) << text;
  }
  EXPECT_EQ(CreditText(5), "0.05");
  EXPECT_EQ(CreditText(1'250), "12.50");
}

CheckBadgeResponse Ann() {
  CheckBadgeResponse badge;
  badge.set_state(CheckBadgeResponse::STATE_VALID);
  badge.set_full_name("Ann");
  badge.set_category_display_name("Professional");
  badge.set_checked_on("2022-08-20");
  return badge;
}

TEST(BadgeLine, SaysWhoseBadgeItIs) {
  CheckBadgeResponse badge = Ann();
  EXPECT_EQ(BadgeLine(badge), "Ann, Professional: a member in good standing on 2022-08-20.");
  badge.set_company_display_name("Acme");
  badge.add_certifications("Technician");
  EXPECT_EQ(BadgeLine(badge),
            "Ann, Professional, Acme, certified Technician: a member in good standing on 2022-08-20.");
  badge.set_state(CheckBadgeResponse::STATE_NOT_VALID);
  EXPECT_EQ(BadgeLine(badge), "Not a valid badge on 2022-08-20.");
  badge.set_state(CheckBadgeResponse::STATE_UNKNOWN);
  EXPECT_EQ(BadgeLine(badge), "No such badge on 2022-08-20.");
}

TEST(BadgeSvg, EscapesWhatOthersWrote) {
  CheckBadgeResponse badge = Ann();
  badge.set_full_name("<script>alert('&')</script>\x1b");
  const std::string svg = BadgeSvg(badge, "https://society.example/?a=1&b=\"><x");
  EXPECT_EQ(svg.find("<script"), std::string::npos);
  EXPECT_EQ(svg.find('\x1b'), std::string::npos);
  EXPECT_NE(svg.find("&lt;script&gt;alert(&#39;&amp;&#39;)"), std::string::npos);
  EXPECT_NE(svg.find("href=\"https://society.example/?a=1&amp;b=&quot;&gt;&lt;x\""), std::string::npos);
}

TEST(LinesOf, TakesBothLineEnds) {
  EXPECT_EQ(LinesOf("a\r\nb\n\nc"), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_TRUE(LinesOf("\n\r\n").empty());
}

}  // namespace
}  // namespace plenary::cli
