#include <gtest/gtest.h>

#include "services/membership/rules/company_key.h"
#include "services/membership/rules/email.h"
#include "services/membership/rules/roll_bytes.h"
#include "services/membership/rules/text.h"

namespace plenary::membership::rules {
namespace {

TEST(NormaliseEmail, FoldsWhatIsTheSameAddress) {
  EXPECT_EQ(NormaliseEmail(" Ann.Lee@Example.ORG\t"), "ann.lee@example.org");
  EXPECT_EQ(NormaliseEmail("o'brien+vote@mail.example.co"), "o'brien+vote@mail.example.co");
}

TEST(NormaliseEmail, RefusesWhatIsNone) {
  for (const std::string& text : {std::string(""),
                                  std::string("ann"),
                                  std::string("@example.org"),
                                  std::string("ann@"),
                                  std::string("ann@example"),
                                  std::string("a@b@example.org"),
                                  std::string("ann lee@example.org"),
                                  std::string(".ann@example.org"),
                                  std::string("ann.@example.org"),
                                  std::string("a..b@example.org"),
                                  std::string("ann@-example.org"),
                                  std::string("ann@example-.org"),
                                  std::string("ann@example..org"),
                                  std::string("ann@10.0.0.1"),
                                  std::string("ann@[10.0.0.1]"),
                                  std::string("änn@example.org"),
                                  std::string("<ann@example.org>"),
                                  std::string("ann@example.org\nbcc: x@example.org"),
                                  std::string(65, 'a') + "@example.org",
                                  "ann@" + std::string(64, 'a') + ".org",
                                  "ann@" + std::string(250, 'a') + ".org"}) {
    EXPECT_FALSE(NormaliseEmail(text).has_value()) << text;
  }
}

TEST(CompanyKey, DoesNotSeeCaseAndSpacing) {
  EXPECT_EQ(CompanyKey("  ACME \t IT\xc2\xa0"
                       "Services "),
            CompanyKey("Acme it services"));
  EXPECT_EQ(CompanyKey("ÉLAN ŠKODA ŽIŽKA ŁÓDŹ"), CompanyKey("élan škoda žižka łódź"));
  EXPECT_EQ(CompanyKey("ΑΘΗΝΑ МОСКВА ЁЛКА"), CompanyKey("αθηνα москва ёлка"));
}

TEST(CompanyKey, KeepsDifferentCompaniesApart) {
  EXPECT_NE(CompanyKey("Acme IT"), CompanyKey("AcmeIT"));
  EXPECT_NE(CompanyKey("Resume"), CompanyKey("Résumé"));
  EXPECT_NE(CompanyKey("3 × 4"), CompanyKey("3 ÷ 4"));
}

TEST(Utf8, TakesOnlyWellFormedCharacters) {
  EXPECT_EQ(DecodeUtf8("\xf0\x9f\x97\xb3")->value, U'\U0001F5F3');
  for (const char* bytes : {"\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xed\xa0\x80",
                            "\xf4\x90\x80\x80", "\xf5", "\xe2\x82", "\xc3("}) {
    EXPECT_FALSE(DecodeUtf8(bytes).has_value());
  }
  EXPECT_EQ(CountPlainCharacters("Zoë"), 3u);
  EXPECT_FALSE(CountPlainCharacters("a\nb").has_value());
}

TEST(RollBytes, HoldTheUnitsAscendingWhateverTheirOrder) {
  IdBytes low{};
  IdBytes high{};
  low[15] = 1;
  high[0] = 0xff;
  const std::string bytes = RollBytes({high, low});
  EXPECT_EQ(bytes, std::string("PLR1\0\0\0\2", 8) + std::string(low.begin(), low.end()) +
                       std::string(high.begin(), high.end()));
  EXPECT_EQ(RollSha256({high, low}), RollSha256({low, high}));
  EXPECT_NE(RollSha256({low}), RollSha256({high}));
  EXPECT_EQ(RollSha256({}).size(), 32u);
}

}  // namespace
}  // namespace plenary::membership::rules
