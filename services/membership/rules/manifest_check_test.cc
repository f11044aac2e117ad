#include "services/membership/rules/manifest_check.h"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "common/testing/status_matchers.h"
#include "services/membership/limits.h"

namespace plenary::membership::rules {
namespace {

using election::v1::Manifest;
using testing::IsError;

Manifest Good() {
  Manifest manifest;
  manifest.set_origin("elections/e");
  manifest.set_issuing_opens(100);
  manifest.set_issuing_closes(200);
  manifest.set_voting_opens(150);
  manifest.set_voting_closes(200);
  manifest.set_roll_sha256(std::string(32, 'r'));
  manifest.set_roll_count(7);
  for (const char key : {'o', 'p'}) {
    auto& registrar = *manifest.add_registrars();
    registrar.set_rsa_n(std::string(384, key));
    registrar.set_rsa_e("\x01\x01");
    registrar.set_list_key(std::string(32, key));
  }
  return manifest;
}

const RegistrarFacts kFacts = {.election = "elections/e",
                               .roll_sha256 = std::string(32, 'r'),
                               .roll_count = 7,
                               .rsa_n = std::string(384, 'p'),
                               .rsa_e = "\x01\x01",
                               .list_key = std::string(32, 'p')};

TEST(CheckManifest, TakesOneWithThisRegistrarsKeysAmongOthers) {
  ASSERT_OK_AND_ASSIGN(const Manifest manifest, ReadManifest(Good().SerializeAsString()));
  EXPECT_OK(CheckManifest(manifest, kFacts));
}

TEST(CheckManifest, RefusesWhatIsNotOfThisElection) {
  const std::pair<const char*, std::function<void(Manifest&)>> cases[] = {
      {"another election", [](Manifest& m) { m.set_origin("elections/f"); }},
      {"another roll", [](Manifest& m) { m.set_roll_sha256(std::string(32, 's')); }},
      {"another count", [](Manifest& m) { m.set_roll_count(8); }},
      {"without this registrar", [](Manifest& m) { m.mutable_registrars()->RemoveLast(); }},
      {"with another list key",
       [](Manifest& m) { m.mutable_registrars(1)->set_list_key(std::string(32, 'x')); }},
      {"with another exponent", [](Manifest& m) { m.mutable_registrars(1)->set_rsa_e("\x03"); }},
      {"with one modulus twice",
       [](Manifest& m) { m.mutable_registrars(0)->set_rsa_n(std::string(384, 'p')); }},
  };
  for (const auto& [sentence, change] : cases) {
    Manifest manifest = Good();
    change(manifest);
    EXPECT_THAT(CheckManifest(manifest, kFacts),
                IsError(absl::StatusCode::kFailedPrecondition, "MANIFEST_MISMATCH"))
        << sentence;
  }
}

TEST(CheckManifest, LeavesTheSeatsOfABodyToARollOfCompanies) {
  struct Row {
    const char* sentence;
    bool of_people;
    std::vector<const char*> options;
    bool taken;
  };
  const Row rows[] = {
      {"companies fill seats", false, {"elections/e/candidacies/c"}, true},
      {"people do not", true, {"elections/e/candidacies/c"}, false},
      {"nor beside a poll", true, {"elections/e/contests/p/options/a", "elections/e/candidacies/c"}, false},
      {"people answer polls",
       true,
       {"elections/e/contests/p/options/a", "elections/e/contests/p/options/none-of-these"},
       true},
      {"a poll may be called anything", true, {"elections/e/contests/candidacies/options/a"}, true},
  };
  for (const Row& row : rows) {
    Manifest manifest = Good();
    for (const char* name : row.options) manifest.add_contests()->add_options()->set_name(name);
    RegistrarFacts facts = kFacts;
    facts.roll_of_people = row.of_people;
    const absl::Status status = CheckManifest(manifest, facts);
    EXPECT_EQ(status.ok(), row.taken) << row.sentence << ": " << status;
    if (!row.taken) {
      EXPECT_THAT(status, IsError(absl::StatusCode::kFailedPrecondition, "MANIFEST_MISMATCH"))
          << row.sentence;
    }
  }
}

TEST(ReadManifest, RefusesBytesThatAreNotTheOneFormOfAManifest) {
  Manifest closed_first = Good();
  closed_first.set_issuing_closes(100);
  Manifest late = Good();
  late.set_issuing_closes(201);
  Manifest endless = Good();
  endless.set_voting_closes(~std::uint64_t{0});
  Manifest unknown = Good();
  unknown.GetReflection()->MutableUnknownFields(&unknown)->AddVarint(99, 1);
  Manifest nested = Good();
  auto& registrar = *nested.mutable_registrars(0);
  registrar.GetReflection()->MutableUnknownFields(&registrar)->AddVarint(99, 1);
  const std::string good = Good().SerializeAsString();
  for (const std::string& bytes :
       {std::string(), std::string("no manifest"), std::string(limits::kLongestManifest + 1, 'a'),
        closed_first.SerializeAsString(), late.SerializeAsString(), endless.SerializeAsString(),
        unknown.SerializeAsString(), nested.SerializeAsString(), good + good}) {
    EXPECT_THAT(ReadManifest(bytes), IsError(absl::StatusCode::kInvalidArgument, "MANIFEST_INVALID"));
  }
}

}  // namespace
}  // namespace plenary::membership::rules
