// verify
#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include "common/crypto/bytes.h"
#include "fmt/format.h"
#include "services/cli/commands.h"
#include "services/cli/errors.h"
#include "services/cli/files.h"
#include "services/cli/receipt.h"
#include "services/election/rules/counting/method.h"
#include "services/election/verify/bundle_folder.h"
#include "services/election/verify/bundle_verifier.h"

namespace plenary::cli {
namespace {

namespace verify = election::verify;

constexpr char kWhatItTells[] = R"(
A bundle is the folder that `plenary bundle export` writes: the manifest, the roll, the registrars' lists, the log of all
ballots, the trustees' secrets and the result. Everything is recomputed from it, on this machine alone: no network
and no server. The first check that fails is the reason, and is the same in every verifier.

  FILES MANIFEST           the folder holds a bundle, and its manifest is one
  CHECKPOINT TILES ROOT    the box signed this log, and these are all its leaves
  CONSISTENCY              nothing that the box ever signed was changed or taken out
  FIRST_LEAF CLOSE         the log begins with the manifest and was closed with these lists
  ROLL LIST                the roll is the frozen one; each registrar signed its list, all on the roll, nobody twice
  SECRET                   the trustees' secrets are those of the manifest's keys
  BALLOT_FORM CREDENTIAL BALLOT_SIGNATURE DOUBLE_KEY ORDER
                           each ballot bears every registrar's signature and its own, and no key cast two
  TURNOUT                  no more ballots than collected a credential from every registrar
  RESULT                   the ballots, opened and counted again, give the published result to the byte

What a bundle cannot tell is whether it is the election's own and not one made up as a whole. So compare the
fingerprint with what each registrar reads out, and look for your own ballot in it with --receipt: a ballot box that
showed you one log and everybody else another is found out by that. A box that made another log once the ballots were
opened, to leave some out or to draw other lots, is found out by the final root that every trustee was told before
anything was opened: --root. Without a bundle, `plenary ballots check` looks in the log that the box shows you.

--json writes hashes as lower-case hexadecimal, but inside `result`, which is the message that `plenary result show` gives:
there bytes (lot_seed, lot, ballot_hash, report_sha256) are base64, and 64-bit integers are strings.

Exit code 0: it holds, your ballot is in it, and its root is the one you named. 5: one of these is not so. 2: there is
no bundle to read.

Examples:
  plenary verify board-2026
  plenary verify board-2026 --receipt receipt.json
  plenary verify board-2026 --root ROOT)";

// "OPEN 2, CHOICES 1"; nothing without any.
std::string SpoiltText(const election::v1::Result& result) {
  std::map<std::string, int> reasons;
  for (const auto& ballot : result.spoilt()) ++reasons[ballot.reason()];
  std::vector<std::string> parts;
  for (const auto& [reason, count] : reasons) parts.push_back(fmt::format("{} {}", reason, count));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string WinnersText(const election::v1::ContestResult& contest) {
  std::vector<std::string> winners;
  bool lots = false;
  for (const auto& option : contest.options()) {
    if (option.elected()) winners.push_back(option.display_name());
    lots = lots || option.tied();
  }
  std::string text = winners.empty() ? "nobody" : fmt::format("{}", fmt::join(winners, ", "));
  if (contest.vacancies() > 0) text += fmt::format("; {} vacant", contest.vacancies());
  if (lots) text += "; a lot decided a tie";
  return text;
}

void PrintResult(Output& out, const verify::Verdict& verdict) {
  const election::v1::Result& result = verdict.result;
  const double share = verdict.units == 0 ? 0
                                          : 100.0 * static_cast<double>(result.ballot_count()) /
                                                static_cast<double>(verdict.units);
  Facts facts;
  facts.Add("Fingerprint of the manifest", crypto::Base32Encode(verdict.manifest_hash).substr(0, 20));
  facts.Add("Final root of the log", crypto::HexEncode(verdict.final_root));
  facts.Add("Turnout",
            fmt::format("{} of {} on the roll ({:.1f}%)", result.ballot_count(), verdict.units, share));
  facts.Add("Spoilt", result.spoilt().empty()
                          ? "none"
                          : fmt::format("{} ({})", result.spoilt_size(), SpoiltText(result)));
  out.Print(facts);
  out.Line("");
  Table table({"CONTEST", "METHOD", Right("SEATS"), Right("BLANK"), "ELECTED"});
  for (const auto& contest : result.contests()) {
    const auto* const method = election::counting::FindMethod(contest.method());
    table.Row({contest.display_name(), std::string(method == nullptr ? "?" : method->word),
               std::to_string(contest.seats()), std::to_string(contest.blank_count()), WinnersText(contest)});
  }
  out.Print(table, "There was no contest.");
}

// Whether the log is the one that whoever named a root has seen. Of a bundle that holds.
bool IsLogMeant(const verify::Verdict& verdict, const std::string& root) {
  return root.empty() || verdict.final_root == root;
}

// `root`: the one that was named, or "".
void PrintVerdict(Output& out, const verify::Verdict& verdict, const std::string& root) {
  Table table({"CHECK", "", "FOUND"});
  for (const verify::Check& check : verdict.checks) {
    table.Row({std::string(check.code), check.holds ? "holds" : "FAILS", check.found});
  }
  out.Print(table, "Nothing was checked.");
  out.Line("");
  if (!verdict.holds()) {
    out.Line("The bundle does not hold.");
    return;
  }
  PrintResult(out, verdict);
  out.Line("");
  if (!IsLogMeant(verdict, root)) {
    out.Line("The bundle follows from its log, and its final root is NOT the one that you named.");
    return;
  }
  out.Line(
      "The bundle holds. Every ballot in the count was cast with the credentials of all registrars, none "
      "twice;");
  out.Line(
      "the log is the one the ballot box signed from its first checkpoint on; the result follows from it "
      "alone.");
  out.Line(
      "Compare the fingerprint with what each registrar reads out: that makes it this election's bundle.");
  out.Line(root.empty()
               ? "Compare the final root with what the trustees were told when they released: --root does it."
               : "The final root is the one that you named.");
}

// `looked`: for the ballot of a receipt. `root`: the one that was named, or "".
Json DocumentOf(const verify::Verdict& verdict, bool looked, const std::string& root) {
  Json document;
  document["verdict"] = verdict.holds() ? "HOLDS" : "FAILS";
  document["reason"] = verdict.holds() ? "" : std::string(verdict.failure->code);
  document["place"] = nullptr;
  if (!verdict.holds() && verdict.failure->place.has_value()) document["place"] = *verdict.failure->place;
  document["checks"] = Json::array();
  for (const verify::Check& check : verdict.checks) {
    document["checks"].push_back({{"check", check.code}, {"holds", check.holds}, {"found", check.found}});
  }
  document["manifest_hash"] = crypto::HexEncode(verdict.manifest_hash);
  document["final_root"] = crypto::HexEncode(verdict.final_root);
  document["result"] = verdict.holds() ? JsonOf(verdict.result) : Json(nullptr);
  if (!root.empty() && verdict.holds()) document["root_is_meant"] = IsLogMeant(verdict, root);
  if (looked && verdict.holds()) {
    document["ballot_leaf"] = verdict.found_at.has_value() ? Json(*verdict.found_at) : Json(nullptr);
  }
  return document;
}

absl::Status DoesNotHold(const verify::Failure& failure) {
  return errors::CheckFailed(
      fmt::format("The bundle does not hold, {}: {}. Do not rely on its result; get the bundle from somebody "
                  "else too, and "
                  "if that one fails as well, tell the returning officer what you read here.",
                  failure.code, failure.found));
}

// Whether there is a bundle to be judged: one that lacks a file does not hold, and a folder that has none of
// them is none. BUNDLE_UNREADABLE.
absl::Status CheckBundleThere(const std::string& folder) {
  const auto there = verify::BundleFolder::Open(folder);
  if (!there.ok()) {
    std::error_code ignored;
    return errors::NoBundle(
        folder, std::filesystem::exists(folder, ignored) ? "is no folder that can be read" : "is not there");
  }
  const auto& files = there->files();
  if (std::any_of(files.begin(), files.end(), verify::MayBeInBundle)) return absl::OkStatus();
  return errors::NoBundle(folder, "holds no bundle: no manifest, no log and no result");
}

// Of a bundle that holds: whether the box gave the receipt for a ballot that is in it.
absl::Status CheckReceiptIn(Invocation& run, const verify::Verdict& verdict, const Receipt& receipt) {
  if (receipt.manifest_hash != verdict.manifest_hash) {
    return errors::CheckFailed(
        "The receipt is of another manifest than the bundle's. Get the bundle of the election you voted in; "
        "if "
        "this is it, tell the auditors.");
  }
  RETURN_IF_ERROR(CheckReceipt(receipt, verdict.box_key));
  if (!verdict.found_at.has_value()) {
    return errors::CheckFailed(
        "The receipt is good, and the bundle that everybody counts does not hold its ballot: this proves a "
        "theft. Keep receipt and bundle, and tell the auditors.");
  }
  run.out().Line("");
  run.out().Line(fmt::format("Your ballot is in it, leaf {} of the log.", *verdict.found_at));
  return absl::OkStatus();
}

absl::Status AnotherLog(const verify::Verdict& verdict) {
  return errors::CheckFailed(fmt::format(
      "The bundle follows from its log, and that is not the log you mean: its final root is {}. If "
      "yours is the one that a trustee was told, the ballot box signed another log later: tell the "
      "auditors. The trustee's key file holds its first signature.",
      crypto::HexEncode(verdict.final_root)));
}

struct VerifyFlags {
  std::string folder;
  std::optional<std::string> receipt, root;  // one that is given and empty is no path and no root
  unsigned threads = 0;
};

absl::Status RunVerify(Invocation& run, const VerifyFlags& flags) {
  const std::string root = crypto::HexDecode(flags.root.value_or("")).value_or("");
  if (flags.root.has_value() && root.size() != crypto::kSha256Size) {
    return errors::WrongUsage("--root takes the 64 hexadecimal digits of a final root.");
  }
  RETURN_IF_ERROR(CheckBundleThere(flags.folder));
  std::optional<Receipt> receipt;
  if (flags.receipt.has_value()) {
    ASSIGN_OR_RETURN(const std::string json, ReadNamedFile(*flags.receipt));
    ASSIGN_OR_RETURN(receipt, ParseReceipt(json));
  }
  std::unique_ptr<Progress> progress;
  std::uint64_t shown = 0;
  const auto advance = [&](std::uint64_t done, std::uint64_t total) {
    if (progress == nullptr)
      progress = run.ShowProgress("Checking ballots", static_cast<std::int64_t>(total));
    progress->Advance(static_cast<std::int64_t>(done - shown));
    shown = done;
  };
  ASSIGN_OR_RETURN(const verify::Verdict verdict,
                   verify::VerifyBundle(flags.folder, {.threads = flags.threads,
                                                       .ballot_hash = receipt ? receipt->ballot_hash : "",
                                                       .progress = advance}));
  progress.reset();
  if (run.out().json()) {
    run.out().Document(DocumentOf(verdict, receipt.has_value(), root));
  } else {
    PrintVerdict(run.out(), verdict, root);
  }
  if (!verdict.holds()) return DoesNotHold(*verdict.failure);
  if (!IsLogMeant(verdict, root)) return AnotherLog(verdict);
  return receipt.has_value() ? CheckReceiptIn(run, verdict, *receipt) : absl::OkStatus();
}

}  // namespace

void AddVerifyCommands(CommandSet& commands) {
  const auto flags = std::make_shared<VerifyFlags>();
  CLI::App& command =
      commands.Command(commands.root(), "verify", "Recount an election from its bundle; needs no server", "",
                       [flags](Invocation& run) { return RunVerify(run, *flags); });
  command.add_option("BUNDLE", flags->folder, "Folder that `plenary bundle export` wrote")->required();
  command.add_option("--receipt", flags->receipt,
                     "File that `plenary vote --receipt` wrote: look for its ballot in the bundle");
  command.add_option("--root", flags->root,
                     "Final root that the log must have: as `plenary trustee release` told every trustee");
  command
      .add_option("--threads", flags->threads, "Threads that check ballots (default: one for each processor)")
      ->check(CLI::Range(1, 256));
  command.footer(kWhatItTells);
}

}  // namespace plenary::cli
