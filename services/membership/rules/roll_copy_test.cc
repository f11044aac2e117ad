#include "services/membership/rules/roll_copy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "common/ids/id.h"
#include "common/testing/status_matchers.h"
#include "services/membership/rules/roll_bytes.h"

namespace plenary::membership::rules {
namespace {

using testing::IsError;

std::string Id(std::uint8_t number) {
  IdBytes id = {};
  id[15] = number;
  return IdText(id);
}

v1::RollCopyLine Line(std::uint8_t number) {
  v1::RollCopyLine line;
  line.set_unit("companies/" + Id(number));
  line.set_unit_display_name("Company");
  line.set_representative("people/" + Id(static_cast<std::uint8_t>(number + 100)));
  line.set_representative_full_name("Somebody");
  line.set_email("person" + std::to_string(number) + "@example.org");
  return line;
}

TEST(RollCopy, HasTheHashOfTheRollInWhateverOrderItsLinesCame) {
  const auto plan = CheckRollCopy({Line(2), Line(1)});
  ASSERT_TRUE(plan.ok());
  EXPECT_FALSE(plan->of_people);
  EXPECT_EQ(plan->sha256, RollSha256({ParseId(Id(1)).value(), ParseId(Id(2)).value()}));
}

TEST(RollCopy, TakesAddressesAsTheyAreCompared) {
  v1::RollCopyLine line = Line(1);
  line.set_email(" Ann@Example.ORG ");
  EXPECT_EQ(CheckRollCopy({line})->lines[0].email(), "ann@example.org");
}

TEST(RollCopy, OfPeopleHasEverybodyCollectForThemselves) {
  v1::RollCopyLine line = Line(1);
  line.set_unit(line.representative());
  EXPECT_TRUE(CheckRollCopy({line})->of_people);
  line.set_unit("people/" + Id(9));
  EXPECT_THAT(CheckRollCopy({line}), IsError(absl::StatusCode::kInvalidArgument, "ROLL_COPY_INVALID"));
}

TEST(RollCopy, WithoutALineIsNone) {
  EXPECT_THAT(CheckRollCopy({}), IsError(absl::StatusCode::kInvalidArgument, "ROLL_COPY_INVALID"));
}

TEST(RollCopy, NamesTheLineThatCannotBeTaken) {
  const std::vector<std::pair<const char*, std::function<void(v1::RollCopyLine&)>>> cases = {
      {"no unit", [](auto& line) { line.set_unit(""); }},
      {"a unit of no collection", [](auto& line) { line.set_unit(Id(1)); }},
      {"an id that was never drawn", [](auto& line) { line.set_unit("companies/acme"); }},
      {"nobody who collects", [](auto& line) { line.set_representative(""); }},
      {"a company that collects", [](auto& line) { line.set_representative("companies/" + Id(5)); }},
      {"no name of the unit", [](auto& line) { line.set_unit_display_name(" "); }},
      {"a name too long", [](auto& line) { line.set_unit_display_name(std::string(121, 'n')); }},
      {"a person without a name", [](auto& line) { line.set_representative_full_name(""); }},
      {"a person's name too long",
       [](auto& line) { line.set_representative_full_name(std::string(121, 'n')); }},
      {"no address", [](auto& line) { line.set_email(""); }},
      {"an address that is none", [](auto& line) { line.set_email("ann"); }},
      {"a unit twice", [](auto& line) { line.set_unit(Line(1).unit()); }},
      {"a person twice", [](auto& line) { line.set_representative(Line(1).representative()); }},
      {"an address twice", [](auto& line) { line.set_email("PERSON1@example.org"); }},
      {"a person among companies", [](auto& line) { line.set_unit(line.representative()); }},
  };
  for (const auto& [what, spoil] : cases) {
    v1::RollCopyLine line = Line(2);
    spoil(line);
    const auto plan = CheckRollCopy({Line(1), line});
    EXPECT_THAT(plan, IsError(absl::StatusCode::kInvalidArgument, "ROLL_COPY_INVALID")) << what;
    EXPECT_THAT(std::string(plan.status().message()), ::testing::HasSubstr("Line 2")) << what;
  }
  v1::RollCopyLine longest = Line(2);
  longest.set_unit_display_name(std::string(120, 'n'));
  longest.set_representative_full_name(std::string(120, 'n'));
  EXPECT_TRUE(CheckRollCopy({Line(1), longest}).ok());
}

}  // namespace
}  // namespace plenary::membership::rules
