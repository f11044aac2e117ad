#include "services/membership/rules/without_address.h"

#include <gtest/gtest.h>

#include <vector>

namespace plenary::membership::rules {
namespace {

TEST(WithoutAddress, NamesItNowhere) {
  struct Case {
    const char* what;
    const char* text;
    const char* without;
  };
  for (const Case& row : std::vector<Case>{
           {"in angle brackets", "550 5.1.1 <ada@x.org>: rejected", "550 5.1.1 <address>: rejected"},
           {"in capitals", "550 Ada@X.ORG unknown", "550 <address> unknown"},
           {"alone", "ada@x.org", "<address>"},
           {"twice", "ada@x.org: no ada@x.org here", "<address>: no <address> here"},
           {"behind a kind", "rfc822;ada@x.org; failed", "rfc822;<address>; failed"},
           {"cut short by the end", "550 5.1.1 <ada@x.o", "550 5.1.1 <address>"},
           {"not at all", "550 no such mailbox", "550 no such mailbox"},
           {"somebody else", "550 <bea@x.org>: see a", "550 <bea@x.org>: see a"},
           {"nothing said", "", ""},
       }) {
    EXPECT_EQ(WithoutAddress(row.text, "ada@x.org"), row.without) << row.what;
  }
  EXPECT_EQ(WithoutAddress("550 <ada@x.org>", ""), "550 <ada@x.org>") << "no address is known";
}

}  // namespace
}  // namespace plenary::membership::rules
