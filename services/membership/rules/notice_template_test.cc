#include "services/membership/rules/notice_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "common/testing/status_matchers.h"
#include "services/membership/notice_library.h"
#include "services/membership/rules/message_id.h"

namespace plenary::membership::rules {
namespace {

using ::testing::HasSubstr;
using testing::IsError;
using ::testing::Not;
using testing::StatusIs;

constexpr char kUrl[] = "https://society.example";

std::map<std::string, std::string> SampleValues(const NoticeTemplate& notice) {
  std::map<std::string, std::string> values;
  for (const std::string_view name : notice.placeholders) {
    values[std::string(name)] = "<" + std::string(name) + "-1>";
  }
  return values;
}

TEST(NoticeTemplates, EveryOneIsThereAndSaysAllItIsGiven) {
  ASSERT_OK_AND_ASSIGN(const NoticeLibrary library,
                       NoticeLibrary::Load(PLENARY_MEMBERSHIP_TEMPLATE_DIR, kUrl));
  for (const NoticeTemplate& notice : NoticeTemplates()) {
    SCOPED_TRACE(notice.name);
    ASSERT_OK_AND_ASSIGN(const NoticeWords words,
                         library.Render(std::string(notice.name), SampleValues(notice)));
    EXPECT_EQ(words.subject.find('\n'), std::string::npos);
    for (const std::string& part : {words.subject, words.text, words.html}) {
      EXPECT_THAT(part, Not(HasSubstr("{{")));
      EXPECT_THAT(part, Not(HasSubstr("}}")));
    }
    for (const std::string_view name : notice.placeholders) {
      EXPECT_THAT(words.text, HasSubstr("<" + std::string(name) + "-1>"));
      EXPECT_THAT(words.html, Not(HasSubstr("<" + std::string(name) + "-1>"))) << "HTML escapes it";
    }
  }
}

TEST(NoticeTemplates, EveryFileBelongsToOne) {
  std::set<std::string> expected;
  for (const NoticeTemplate& notice : NoticeTemplates()) {
    for (const char* ending : {".subject.txt", ".txt", ".html"})
      expected.insert(std::string(notice.name) + ending);
  }
  std::set<std::string> found;
  for (const auto& file : std::filesystem::directory_iterator(PLENARY_MEMBERSHIP_TEMPLATE_DIR)) {
    found.insert(file.path().filename());
  }
  EXPECT_EQ(found, expected);
}

TEST(NoticeTemplates, NoneIsNamedInTheCodeThatIsNotThere) {
  const std::regex named("template_name = \"([a-z-]+)\"");
  int found = 0;
  for (const auto& file :
       std::filesystem::recursive_directory_iterator(PLENARY_MEMBERSHIP_TEMPLATE_DIR "/..")) {
    if (file.path().extension() != ".cc") continue;
    std::ostringstream code;
    code << std::ifstream(file.path()).rdbuf();
    const std::string text = code.str();
    for (std::sregex_iterator at(text.begin(), text.end(), named), end; at != end; ++at, ++found) {
      EXPECT_NE(FindNoticeTemplate((*at)[1].str()), nullptr) << file.path() << " names " << (*at)[1];
    }
  }
  EXPECT_GT(found, 0);
}

TEST(NoticeTemplates, EveryLinkGoesToTheAssociation) {
  const std::regex link("(?:href|src|action)\\s*=\\s*[\"']?([^\"'> ]*)", std::regex::icase);
  for (const NoticeTemplate& notice : NoticeTemplates()) {
    std::ostringstream html;
    html << std::ifstream(std::string(PLENARY_MEMBERSHIP_TEMPLATE_DIR) + "/" + std::string(notice.name) +
                          ".html")
                .rdbuf();
    const std::string text = html.str();
    for (std::sregex_iterator at(text.begin(), text.end(), link), end; at != end; ++at) {
      EXPECT_EQ((*at)[1].str().rfind("{{public_url}}/", 0), 0u) << notice.name << ": " << (*at)[1];
    }
    EXPECT_THAT(text, Not(HasSubstr("<script")));
  }
}

TEST(NoticeTemplates, ACodeIsNeverInTheSubjectAndAlwaysASecret) {
  ASSERT_OK_AND_ASSIGN(const NoticeLibrary library,
                       NoticeLibrary::Load(PLENARY_MEMBERSHIP_TEMPLATE_DIR, kUrl));
  for (const NoticeTemplate& notice : NoticeTemplates()) {
    const auto values = SampleValues(notice);
    if (!values.contains("code")) continue;
    ASSERT_OK_AND_ASSIGN(const NoticeWords words, library.Render(std::string(notice.name), values));
    EXPECT_EQ(notice.secrecy, NoticeSecrecy::kSecret) << notice.name;
    EXPECT_THAT(words.subject, Not(HasSubstr("code-1"))) << notice.name;
    EXPECT_THAT(words.text, HasSubstr("\nCode: <code-1>\n"))
        << notice.name << ": where `plenary mail` looks for it";
  }
}

TEST(CheckNoticeValues, TakesWhatTheTemplateAsksForAndNothingElse) {
  EXPECT_OK(CheckNoticeValues(
      "renewed", {{"full_name", "Ann"}, {"category", "Professional"}, {"ends_on", "2023-08-24"}}));
  EXPECT_THAT(CheckNoticeValues("renewed", {{"full_name", "Ann"}, {"category", "Professional"}}),
              StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(CheckNoticeValues("sign-in-unknown", {{"full_name", "Ann"}}),
              StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(CheckNoticeValues("no-such", {}), StatusIs(absl::StatusCode::kInternal));
}

const NoticeTemplate kGreeting = {"greeting", {"name", "code"}};

TEST(CheckNoticeWords, RefusesWhatCannotBeFilledOrSaysTooLittle) {
  const NoticeWords good = {"Hello {{name}}", "Hello {{name}}: {{code}}\n{{public_url}}\n",
                            "<p>{{name}}</p>"};
  EXPECT_OK(CheckNoticeWords(kGreeting, good));
  struct Case {
    const char* why;
    NoticeWords words;
  };
  for (const Case& each : std::vector<Case>{
           {"nothing fills it", {"Hello {{nmae}}", good.text, good.html}},
           {"nothing fills it in HTML", {good.subject, good.text, "<p>{{names}}</p>"}},
           {"the text leaves the code out", {good.subject, "Hello {{name}}", "<p>{{code}}</p>"}},
           {"a blank is no name", {good.subject, good.text + "{{ name }}", good.html}},
           {"it is not closed", {good.subject, good.text + "{{name", good.html}},
           {"it is not opened", {good.subject, good.text + "name}}", good.html}},
           {"it is nested", {good.subject, good.text + "{{{{name}}}}", good.html}},
           {"a subject of two lines", {"Hello\n{{name}}", good.text, good.html}},
           {"no subject", {"", good.text, good.html}},
           {"no HTML", {good.subject, good.text, ""}},
       }) {
    EXPECT_THAT(CheckNoticeWords(kGreeting, each.words),
                IsError(absl::StatusCode::kFailedPrecondition, "NOTICE_TEMPLATE_INVALID"))
        << each.why;
  }
}

NoticeWords RenderedWith(const std::string& name) {
  return RenderNotice({"Hi {{name}}", "Hi {{name}}!\n", "<p title=\"{{name}}\">{{name}}</p>"},
                      {{"name", name}})
      .value();
}

TEST(RenderNotice, TakesAValueForTextWhateverItLooksLike) {
  struct Case {
    const char* why;
    std::string value;
    std::string subject;
    std::string text;
    std::string html;  // the value alone
  };
  for (const Case& each : std::vector<Case>{
           {"plain", "Ann", "Ann", "Ann", "Ann"},
           {"HTML", "<b onclick='x()'>\"&", "<b onclick='x()'>\"&", "<b onclick='x()'>\"&",
            "&lt;b onclick=&#39;x()&#39;&gt;&quot;&amp;"},
           {"another header", "Ann\r\nBcc: all@example.org", "Ann Bcc: all@example.org",
            "Ann\nBcc: all@example.org", "Ann<br>\nBcc: all@example.org"},
           {"Unicode's line breaks",
            "Ann\xe2\x80\xa8"
            "Bo\xe2\x80\xa9",
            "Ann Bo ", "Ann\nBo\n", "Ann<br>\nBo<br>\n"},
           {"a placeholder", "{{name}}{{public_url}}", "{{name}}{{public_url}}", "{{name}}{{public_url}}",
            "{{name}}{{public_url}}"},
           {"controls", std::string("A\0n\x1b[31mn\x7f\xc2\x85", 12), "An[31mn", "An[31mn", "An[31mn"},
           {"turned direction", "moc\xe2\x80\xae.elpmaxe\xe2\x81\xa6\xd8\x9c", "moc.elpmaxe", "moc.elpmaxe",
            "moc.elpmaxe"},
           {"no UTF-8", "A\xffn\xc3", "A\xef\xbf\xbdn\xef\xbf\xbd", "A\xef\xbf\xbdn\xef\xbf\xbd",
            "A\xef\xbf\xbdn\xef\xbf\xbd"},
           {"nothing", "", "", "", ""},
       }) {
    SCOPED_TRACE(each.why);
    const NoticeWords words = RenderedWith(each.value);
    EXPECT_EQ(words.subject, "Hi " + each.subject);
    EXPECT_EQ(words.text, "Hi " + each.text + "!\n");
    EXPECT_EQ(words.html, "<p title=\"" + each.html + "\">" + each.html + "</p>");
  }
}

TEST(RenderNotice, FailsWithoutAValue) {
  EXPECT_THAT(RenderNotice({"{{name}}", "", ""}, {}), StatusIs(absl::StatusCode::kInternal));
}

class LibraryOnDisk : public ::testing::Test {
 protected:
  LibraryOnDisk() {
    std::filesystem::remove_all(folder_);
    std::filesystem::copy(PLENARY_MEMBERSHIP_TEMPLATE_DIR, folder_);
  }
  ~LibraryOnDisk() override { std::filesystem::remove_all(folder_); }
  void Write(const std::string& file, const std::string& words) {
    std::ofstream(folder_ + "/" + file) << words;
  }
  absl::Status Load() { return NoticeLibrary::Load(folder_, kUrl).status(); }

  const std::string folder_ = ::testing::TempDir() + "plenary-templates";
};

TEST_F(LibraryOnDisk, AFaultyFileIsToldAtTheStart) {
  const auto invalid = IsError(absl::StatusCode::kFailedPrecondition, "NOTICE_TEMPLATE_INVALID");
  EXPECT_OK(Load());
  Write("sign-in.txt", "");
  EXPECT_THAT(Load(), invalid);
  Write("sign-in.txt", "no code");
  EXPECT_THAT(Load(), invalid);
  Write("sign-in.txt", "\xff {{full_name}} {{code}} {{expires}}");
  EXPECT_THAT(Load(), invalid);
  Write("sign-in.txt", "{{full_name}} {{code}} {{expires}}" + std::string(100'000, 'x'));
  EXPECT_THAT(Load(), invalid);
  std::filesystem::remove(folder_ + "/sign-in.txt");
  EXPECT_THAT(Load(), invalid);
}

TEST(MessageId, NamesTheNoticeAndComesBackFromABounce) {
  const std::string id = "0123456789abcdefghijklmn00";
  EXPECT_EQ(MessageIdOf(id, 2, "society.example"), id + ".2@society.example");
  for (const std::string& told : {id + ".2@society.example", "<" + id + ".0@SOCIETY.example>",
                                  std::string("<0123456789ABCDEFGHIJKLMN00.2@society.example>")}) {
    EXPECT_EQ(NoticeOfMessageId(told), id) << told;
  }
  for (const std::string& other : {std::string(), std::string("<1@example.org>"), id, id + "@society.example",
                                   id + ".2", "x" + id + ".2@society.example"}) {
    EXPECT_EQ(NoticeOfMessageId(other), std::nullopt) << other;
  }
}

}  // namespace
}  // namespace plenary::membership::rules
