// `plenary verify` as a whole: a folder in, text, JSON and exit codes out. No service is there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "common/crypto/bytes.h"
#include "common/crypto/ed25519.h"
#include "nlohmann/json.hpp"
#include "services/cli/receipt.h"
#include "services/cli/run.h"
#include "services/cli/testing/terminal.h"
#include "services/election/rules/ballot_layout.h"
#include "services/election/testing/sample_bundle.h"

namespace plenary::cli {
namespace {

using election::testing::Files;
using nlohmann::ordered_json;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class VerifyTest : public ::testing::Test {
 protected:
  static const election::testing::SampleBundle& Bundle() {
    static const auto bundle = election::testing::MakeSampleBundle(60, "plenary verify", 2);
    return bundle;
  }
  static Files Sample() { return election::testing::FilesOf(Bundle()); }

  // The box's receipt for `ballot`, as a file.
  std::string ReceiptFor(std::string_view ballot, std::string_view box_seed, std::string_view manifest) {
    const std::string manifest_hash = crypto::Sha256(manifest), ballot_hash = crypto::Sha256(ballot);
    const auto key = crypto::Ed25519KeyPair::FromSeed(box_seed);
    const std::string path = (terminal_.folder() / "receipt.json").string();
    std::ofstream(path) << ReceiptJson(
        {.election = "elections/00000000000000000000000000",
         .manifest_hash = manifest_hash,
         .ballot_hash = ballot_hash,
         .signature = key->Sign(election::ReceiptMessage(manifest_hash, ballot_hash))});
    return path;
  }

  int Verify(const Files& files, std::vector<std::string> flags = {}) {
    const std::string folder = terminal_.folder() / "bundle";
    election::testing::WriteFiles(folder, files);
    flags.insert(flags.begin(), {"verify", folder});
    return cli::Run(flags, terminal_.surroundings());
  }

  Terminal terminal_;
};

TEST_F(VerifyTest, TellsEveryCheckTheTurnoutAndWhoWon) {
  EXPECT_EQ(Verify(Sample()), 0) << terminal_.err.str();
  const std::string out = terminal_.TakeOut();
  EXPECT_THAT(out,
              AllOf(HasSubstr("CREDENTIAL        holds  every ballot bears the signature of every registrar"),
                    HasSubstr("RESULT            holds"), Not(HasSubstr("FAILS"))));
  EXPECT_THAT(
      out, AllOf(ContainsRegex("Turnout: +60 of 83 on the roll \\(72\\.3%\\)"),
                 ContainsRegex("Spoilt: +17 \\(CHOICES 12, LENGTH 1, OPEN 2, PADDING 1, PK 1\\)"),
                 ContainsRegex("Council +scottish-stv +3 +[0-9]+ +[A-Z]"), HasSubstr("The bundle holds.")));
  EXPECT_EQ(terminal_.TakeErr(), "");
}

TEST_F(VerifyTest, FindsTheBallotOfAReceiptOrSaysThatItWasStolen) {
  const std::string &ballot = Bundle().leaves[7], &manifest = Bundle().manifest, &seed = Bundle().box_seed;
  const auto verify = [&](const std::string& receipt) { return Verify(Sample(), {"--receipt", receipt}); };
  EXPECT_EQ(verify(ReceiptFor(ballot, seed, manifest)), 0) << terminal_.err.str();
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr("Your ballot is in it, leaf 7 of the log."));
  terminal_.TakeErr();
  EXPECT_EQ(verify(ReceiptFor("a ballot that was left out", seed, manifest)), 5);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("this proves a theft"));
  EXPECT_EQ(verify(ReceiptFor("a ballot that was never cast", std::string(32, 'x'), manifest)), 5);
  EXPECT_THAT(terminal_.TakeErr(), Not(HasSubstr("theft"))) << "whoever makes a receipt up proves nothing";
  EXPECT_EQ(verify(ReceiptFor(ballot, seed, "another manifest")), 5);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("another manifest"));
}

TEST_F(VerifyTest, ComparesTheLogWithTheRootThatSomebodyHasSeen) {
  ASSERT_EQ(Verify(Sample(), {"--json"}), 0) << terminal_.err.str();
  std::string root = ordered_json::parse(terminal_.TakeOut())["final_root"];
  EXPECT_EQ(Verify(Sample(), {"--root", root}), 0) << terminal_.err.str();
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr("The final root is the one that you named."));
  root.front() = root.front() == '0' ? '1' : '0';
  EXPECT_EQ(Verify(Sample(), {"--root", root}), 5);
  EXPECT_THAT(terminal_.TakeOut(), AllOf(HasSubstr("NOT the one"), Not(HasSubstr("The bundle holds."))));
  EXPECT_THAT(terminal_.TakeErr(), AllOf(HasSubstr("not the log you mean"), HasSubstr("[CHECK_FAILED]")));
  for (const std::string& malformed : {root.substr(2), root + "00", std::string(64, 'x'), std::string()}) {
    EXPECT_EQ(Verify(Sample(), {"--root", malformed}), 2) << malformed;
  }
  EXPECT_EQ(Verify(Sample(), {"--receipt", ""}), 2) << "a variable that was not set";
}

TEST_F(VerifyTest, NamesWhatIsWrongAndEndsWithFive) {
  Files files = Sample();
  files["tally-secrets"][40] ^= 1;
  EXPECT_EQ(Verify(files), 5);
  EXPECT_THAT(terminal_.TakeOut(),
              AllOf(ContainsRegex("SECRET +FAILS +secret 2 is not that of the trustee's key"),
                    HasSubstr("The bundle does not hold."), Not(HasSubstr("ELECTED"))));
  EXPECT_THAT(terminal_.TakeErr(),
              AllOf(HasSubstr("The bundle does not hold, SECRET: secret 2"), HasSubstr("[CHECK_FAILED]")));
}

TEST_F(VerifyTest, GivesProgramsTheVerdictTheReasonAndThePlace) {
  EXPECT_EQ(Verify(Sample(), {"--json"}), 0);
  const auto holds = ordered_json::parse(terminal_.TakeOut());
  EXPECT_EQ(holds["verdict"], "HOLDS");
  EXPECT_EQ(holds["reason"], "");
  EXPECT_TRUE(holds["place"].is_null());
  EXPECT_EQ(holds["checks"].size(), 18U);
  EXPECT_EQ(holds["checks"][0]["check"], "FILES");
  EXPECT_EQ(holds["result"]["ballot_count"], 60);

  Files files = Sample();
  files["tally-secrets"][40] ^= 1;
  EXPECT_EQ(Verify(files, {"--json", "--threads", "1"}), 5);
  const auto fails = ordered_json::parse(terminal_.TakeOut());
  EXPECT_EQ(fails["verdict"], "FAILS");
  EXPECT_EQ(fails["reason"], "SECRET");
  EXPECT_EQ(fails["place"], 2);
  EXPECT_EQ(fails["checks"].back()["holds"], false);
  EXPECT_TRUE(fails["result"].is_null());
}

TEST_F(VerifyTest, ShowsProgressWhenAskedTo) {
  EXPECT_EQ(Verify(Sample(), {"--progress"}), 0);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("Checking ballots"));
}

TEST_F(VerifyTest, GivesNoVerdictWithoutABundle) {
  EXPECT_EQ(cli::Run({"verify", terminal_.folder() / "nothing"}, terminal_.surroundings()), 2);
  EXPECT_THAT(terminal_.TakeErr(), AllOf(HasSubstr("is not there"), HasSubstr("[BUNDLE_UNREADABLE]")));
  EXPECT_EQ(cli::Run({"verify"}, terminal_.surroundings()), 2);
}

TEST_F(VerifyTest, JudgesNoFolderThatIsNoBundle) {
  const std::filesystem::path folder = terminal_.folder() / "photos";
  std::filesystem::create_directories(folder / "log");
  std::ofstream(folder / "log" / "photo.jpg") << "x";
  for (const auto& [path, said] :
       {std::pair(folder, "holds no bundle"), std::pair(folder / "log" / "photo.jpg", "is no folder")}) {
    EXPECT_EQ(cli::Run({"verify", path}, terminal_.surroundings()), 2);
    EXPECT_THAT(terminal_.TakeErr(),
                AllOf(HasSubstr(said), HasSubstr("plenary bundle export"), HasSubstr("[BUNDLE_UNREADABLE]")));
    EXPECT_EQ(cli::Run({"verify", path, "--json"}, terminal_.surroundings()), 2);
    const auto error = ordered_json::parse(terminal_.TakeErr())["error"];
    EXPECT_EQ(error["code"], "INVALID_ARGUMENT");
    EXPECT_EQ(error["exit_code"], 2);
    EXPECT_EQ(terminal_.TakeOut(), "") << "no verdict";
  }
}

TEST_F(VerifyTest, JudgesHalfABundle) {
  Files files = Sample();
  std::erase_if(files, [](const auto& file) { return file.first.substr(0, 9) != "log/tile/"; });
  ASSERT_FALSE(files.empty());
  EXPECT_EQ(Verify(files), 5);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("The bundle does not hold, FILES"));
}

TEST_F(VerifyTest, JudgesABundleThatLacksAFile) {
  Files files = Sample();
  files.erase("manifest");
  EXPECT_EQ(Verify(files), 5);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("The bundle does not hold, FILES"));
}

}  // namespace
}  // namespace plenary::cli
