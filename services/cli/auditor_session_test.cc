#include "services/cli/auditor_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/crypto/bytes.h"
#include "common/ids/id.h"
#include "common/testing/status_matchers.h"
#include "services/cli/recompute.h"
#include "services/cli/roll_copy_file.h"

namespace plenary::cli {
namespace {

using testing::IsError;
using testing::IsOk;

CaughtMail Mail(int number, const std::string& id, const std::string& code) {
  mail::ReadMail mail;
  mail.to = "ann@example.org";
  mail.message_id = "<" + id + "@society.example>";
  mail.text = "Hello\n\nCode: " + code + "\n";
  return {number, mail};
}

TEST(NewestAuditorCode, TakesTheLastMailOfTheRegistrarAndNoneOfMembership) {
  const std::vector<CaughtMail> mails = {Mail(1, "registrar-code.a", "AAAA-AAAA"),
                                         Mail(4, "registrar-code.b", "BBBB-BBBB"),
                                         Mail(5, "notice.0", "CCCC-CCCC")};
  EXPECT_EQ(NewestAuditorCode(mails, 0), "BBBB-BBBB");
  EXPECT_EQ(NewestAuditorCode(mails, 3), "BBBB-BBBB");
  EXPECT_EQ(NewestAuditorCode(mails, 4), "") << "that came before the request";
  EXPECT_EQ(NewestAuditorCode({}, 0), "");
}

std::string Id(std::uint8_t number) {
  IdBytes id = {};
  id[15] = number;
  return IdText(id);
}

RollCopyFile File() {
  RollCopyFile file{.election = "elections/e", .sha256 = "", .lines = {}};
  std::vector<std::string> units;
  for (const std::uint8_t number : {1, 2}) {
    auto& line = file.lines.emplace_back();
    line.set_unit("companies/" + Id(number));
    line.set_unit_display_name("Müller & \"Söhne\"");
    line.set_representative("people/" + Id(static_cast<std::uint8_t>(number + 100)));
    line.set_representative_full_name("Somebody");
    line.set_email("person" + std::to_string(number) + "@example.org");
    units.push_back(line.unit());
  }
  file.sha256 = RollSha256(units).value();
  return file;
}

TEST(RollCopyFile, IsReadAsItWasWritten) {
  const RollCopyFile file = File();
  const auto read = ReadRollCopyFile(WriteRollCopyFile(file));
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->election, file.election);
  EXPECT_EQ(read->sha256, file.sha256);
  ASSERT_EQ(read->lines.size(), 2u);
  EXPECT_EQ(read->lines[1].SerializeAsString(), file.lines[1].SerializeAsString());
}

TEST(RollCopyFile, RefusesOneThatIsNotWholeOrWasChanged) {
  const std::string good = WriteRollCopyFile(File());
  const std::string without_last = good.substr(0, good.rfind('\n', good.size() - 2) + 1);
  std::string other_unit = good;
  other_unit.replace(other_unit.find(Id(2)), 26, Id(3));
  std::string no_field = good;
  no_field.replace(no_field.rfind("\"email\""), 7, "\"eMail\"");
  for (const std::string& bad : {std::string(), std::string("{}"), std::string("[]\n"), std::string("\xff\n"),
                                 good.substr(good.find('\n') + 1), without_last, other_unit, no_field,
                                 good + good.substr(good.find('\n') + 1)}) {
    EXPECT_THAT(ReadRollCopyFile(bad), IsError(absl::StatusCode::kInvalidArgument, "INPUT_INVALID")) << bad;
  }
}

}  // namespace
}  // namespace plenary::cli
