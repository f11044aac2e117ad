// trustee
#include <algorithm>
#include <charconv>
#include <filesystem>

#include "common/crypto/bytes.h"
#include "common/crypto/random.h"
#include "common/status/error.h"
#include "common/time/date.h"
#include "fmt/format.h"
#include "services/cli/auditor_session.h"
#include "services/cli/ballot_export.h"
#include "services/cli/commands.h"
#include "services/cli/errors.h"
#include "services/cli/files.h"
#include "services/cli/published_log.h"
#include "services/cli/resolve.h"
#include "services/cli/trustee_file.h"
#include "services/election/client/errors_trustee.h"
#include "services/election/client/errors_voter.h"
#include "services/election/client/trustee.h"
#include "services/election/rules/trustees.h"

namespace plenary::cli {
namespace {

using namespace election::v1;  // the messages of one contract, in one file
using election::PublishedManifest;
using election::client::TrusteeKeys;
using election::client::WhenNotDealt;
using Stub = TrusteeService::Stub;

struct TrusteeFlags {
  std::string election;
  std::string key_file;
  std::string absent;  // whom a share is released for
  std::string reason;
  std::vector<std::string> people;
  int threshold = 0;
};

// What every command of a trustee begins with.
struct Seat {
  std::string election;  // "elections/…"
  std::string person;    // "people/…"
  std::unique_ptr<TrusteeFile> file;
  std::string key_file;  // as it was named with --key-file; "" when it was not
};

// Another command of the same trustee, to be copied.
std::string CommandOf(const Seat& seat, const char* verb) {
  std::vector<std::string> words = {"plenary", "trustee", verb, seat.election};
  if (!seat.key_file.empty()) words.insert(words.end(), {"--key-file", seat.key_file});
  return ShellLine(words);
}

// Beside the session; a file for each election and trustee.
std::string KeyPath(Invocation& run, const TrusteeFlags& flags, const Seat& seat) {
  if (!flags.key_file.empty()) return flags.key_file;
  const std::filesystem::path folder = std::filesystem::path(run.session_path()).parent_path() / "trustees";
  return (folder / fmt::format("{}.{}.json", LastSegment(seat.election), LastSegment(seat.person))).string();
}

absl::StatusOr<Seat> TakeSeat(Invocation& run, const TrusteeFlags& flags) {
  Seat seat;
  ASSIGN_OR_RETURN(const Session session, run.SignedIn());
  seat.person = session.person;
  ASSIGN_OR_RETURN(seat.election, ElectionName(run, flags.election));
  ASSIGN_OR_RETURN(seat.file, TrusteeFile::Open(KeyPath(run, flags, seat)));
  seat.key_file = flags.key_file;
  return seat;
}

absl::StatusOr<ListTrusteesResponse> Circle(Invocation& run, const std::string& election) {
  ListTrusteesRequest request;
  request.set_election(election);
  return run.Ask(&Stub::ListTrustees, request);
}

// The entry of the one who is signed in, in `circle`. NOT_TRUSTEE.
absl::StatusOr<const Trustee*> MyEntry(const ListTrusteesResponse& circle, const Seat& seat) {
  ASSIGN_OR_RETURN(const int number,
                   election::NumberOf({circle.trustees().begin(), circle.trustees().end()}, seat.person));
  const auto mine = std::find_if(circle.trustees().begin(), circle.trustees().end(),
                                 [&](const Trustee& trustee) { return trustee.number() == number; });
  return &*mine;  // NumberOf has found one with that number
}

bool HasKeys(const Trustee& trustee) { return !trustee.tally_key().empty(); }
bool HasDealt(const Trustee& trustee) { return !trustee.share_sha256().empty(); }

// "people/a, people/b": who has not.
template <typename Has>
std::string WhoHasNot(const ListTrusteesResponse& circle, const Has& has) {
  std::string names;
  for (const Trustee& trustee : circle.trustees()) {
    if (has(trustee)) continue;
    names += names.empty() ? "" : ", ";
    names += trustee.person();
  }
  return names;
}

void PrintThreshold(Invocation& run, const ListTrusteesResponse& circle) {
  run.out().Line(
      fmt::format("Any {} of {} make up for an absent one.", circle.threshold(), circle.trustees_size()));
}

void PrintFingerprint(Invocation& run, const std::string& election, const ListTrusteesResponse& circle) {
  PrintThreshold(run, circle);
  run.out().Line(fmt::format("Fingerprint of all trustees and their keys: {}. Read it out to each other.",
                             election::client::CircleFingerprint(election, circle)));
}

// ---- keygen

// The keys in the file; new ones, kept there, when there is none.
absl::StatusOr<TrusteeKeys> KeysOf(const Seat& seat, const Trustee& me, crypto::RandomSource& random) {
  ASSIGN_OR_RETURN(const auto kept, seat.file->Load(seat.election));
  if (kept.has_value()) return *kept;
  if (HasKeys(me)) {
    return election::errors::TrusteeKeysUnusable(fmt::format(
        "You sent keys for this election before, and they are not in {}. Name their file with --key-file. {}",
        seat.file->path(), election::errors::kWithoutTrusteeFile));
  }
  TrusteeKeys keys = election::client::MakeTrusteeKeys(seat.election, random);
  RETURN_IF_ERROR(seat.file->Save(keys));
  return keys;
}

// Sends the public halves. Keys that were sent before a reset are not taken again: they are set aside, and
// new ones made.
absl::Status SendKeys(Invocation& run, const Seat& seat, const Trustee& me, TrusteeKeys& keys,
                      crypto::RandomSource& random) {
  absl::Status sent = run.Ask(&Stub::SendTrusteeKeys, election::client::KeysToSend(keys)).status();
  if (ReasonOf(sent) != "KEY_USED_BEFORE" || HasKeys(me)) return sent;
  ASSIGN_OR_RETURN(const std::string aside, seat.file->SetAside());
  run.out().Line(fmt::format("The trustees were reset; the keys of before are set aside in {}.", aside));
  keys = election::client::MakeTrusteeKeys(seat.election, random);
  RETURN_IF_ERROR(seat.file->Save(keys));
  return run.Ask(&Stub::SendTrusteeKeys, election::client::KeysToSend(keys)).status();
}

absl::Status SayNext(Invocation& run, const ListTrusteesResponse& circle, const Seat& seat) {
  if (const std::string who = WhoHasNot(circle, HasKeys); !who.empty()) {
    run.out().Line(
        fmt::format("Your keys are made and sent; the secret halves are in {}: keep a copy of that file, and "
                    "copy it anew after each step.",
                    seat.file->path()));
    run.out().Line(fmt::format("Next: once {} sent theirs, run `{}` again to deal the shares.",
                               who + (who.find(',') == std::string::npos ? " has" : " have"),
                               CommandOf(seat, "keygen")));
  } else {
    run.out().Line(fmt::format("The shares of your secret are dealt; copy {} anew.", seat.file->path()));
    PrintFingerprint(run, seat.election, circle);
    const std::string dealing = WhoHasNot(circle, HasDealt);
    run.out().Line(
        dealing.empty()
            ? fmt::format("Next: when all of you read the same, run `{}`.", CommandOf(seat, "accept"))
            : fmt::format("Next: when all of you read the same and {} dealt, run `{}`.",
                          dealing + (dealing.find(',') == std::string::npos ? " has" : " have"),
                          CommandOf(seat, "accept")));
  }
  run.out().Document(circle);
  return absl::OkStatus();
}

absl::Status Keygen(Invocation& run, const TrusteeFlags& flags) {
  crypto::SystemRandom random;
  ASSIGN_OR_RETURN(const Seat seat, TakeSeat(run, flags));
  ASSIGN_OR_RETURN(ListTrusteesResponse circle, Circle(run, seat.election));
  ASSIGN_OR_RETURN(const Trustee* const me, MyEntry(circle, seat));
  ASSIGN_OR_RETURN(TrusteeKeys keys, KeysOf(seat, *me, random));
  RETURN_IF_ERROR(SendKeys(run, seat, *me, keys, random));
  // The shares are sealed to the keys of this list, and its fingerprint is what is read out: a list that was
  // fetched later could be another.
  ASSIGN_OR_RETURN(circle, Circle(run, seat.election));
  if (WhoHasNot(circle, HasKeys).empty()) {
    RETURN_IF_ERROR(election::client::SplitTallySecret(keys, circle, random));
    ASSIGN_OR_RETURN(const DealSharesRequest shares, election::client::SharesToSend(keys, circle, random));
    RETURN_IF_ERROR(seat.file->Save(keys));
    RETURN_IF_ERROR(run.Ask(&Stub::DealShares, shares).status());
    for (Trustee& trustee : *circle.mutable_trustees()) {
      if (trustee.person() == seat.person) *trustee.mutable_share_sha256() = shares.share_sha256();
    }
  }
  return SayNext(run, circle, seat);
}

// ---- accept

absl::StatusOr<Election> GetElection(Invocation& run, const std::string& name) {
  GetElectionRequest request;
  request.set_name(name);
  return run.Ask(&ElectionService::Stub::GetElection, request);
}

// MANIFEST_DIFFERS unless both registrars and the ballot box have this manifest. The election service alone
// could show another, which names a box of its own or closes earlier.
absl::Status CompareManifest(Invocation& run, const PublishedManifest& manifest) {
  using Registrar = membership::v1::RegistrarService::Stub;
  membership::v1::GetManifestHashRequest of_registrar;
  of_registrar.set_election(manifest.manifest().origin());
  GetBoxRequest of_box;
  of_box.set_election(manifest.manifest().origin());
  ASSIGN_OR_RETURN(const auto association, run.AskWithoutToken(&Registrar::GetManifestHash, of_registrar));
  ASSIGN_OR_RETURN(const auto auditor, AskAuditor(run, "", &Registrar::GetManifestHash, of_registrar));
  ASSIGN_OR_RETURN(const auto box, run.AskWithoutToken(&BallotBoxService::Stub::GetBox, of_box));
  if (box.manifest_hash().empty()) return election::errors::ManifestNotTakenOver("The ballot box");
  for (const auto& [where, hash] : {std::pair{"the association's registrar", association.manifest_hash()},
                                    {"the auditor's registrar", auditor.manifest_hash()},
                                    {"the ballot box", box.manifest_hash()}}) {
    if (hash == manifest.hash()) continue;
    return election::errors::ManifestNotAsAccepted(fmt::format("{} has another", where));
  }
  return absl::OkStatus();
}

// The published manifest, kept by its hash: no other is released for.
absl::Status AcceptManifest(Invocation& run, const Seat& seat, TrusteeKeys& keys) {
  ASSIGN_OR_RETURN(const PublishedManifest manifest, GetPublishedManifest(run, seat.election));
  RETURN_IF_ERROR(election::client::CheckManifest(keys, manifest));
  RETURN_IF_ERROR(CompareManifest(run, manifest));
  keys.manifest_hash = manifest.hash();
  RETURN_IF_ERROR(seat.file->Save(keys));
  run.out().Line(
      fmt::format("The manifest {} names the keys and shares that you accepted; both registrars and the "
                  "ballot box have the same.",
                  manifest.Fingerprint()));
  return absl::OkStatus();
}

absl::Status Accept(Invocation& run, const TrusteeFlags& flags) {
  ASSIGN_OR_RETURN(const Seat seat, TakeSeat(run, flags));
  ASSIGN_OR_RETURN(TrusteeKeys keys, seat.file->LoadExisting(seat.election));
  ASSIGN_OR_RETURN(const Election election, GetElection(run, seat.election));
  ASSIGN_OR_RETURN(ListTrusteesResponse circle, Circle(run, seat.election));
  ASSIGN_OR_RETURN(const Trustee* const me, MyEntry(circle, seat));
  const bool published = election.state() != Election::STATE_CALLED;
  if (!published || keys.accepted.empty()) {
    ListDealtSharesRequest list;
    list.set_election(seat.election);
    ASSIGN_OR_RETURN(const auto dealt, run.Ask(&Stub::ListDealtShares, list));
    RETURN_IF_ERROR(election::client::AcceptDealt(keys, me->number(), circle, dealt,
                                                  published ? WhenNotDealt::kTake : WhenNotDealt::kRefuse));
    RETURN_IF_ERROR(seat.file->Save(keys));
    AcceptSharesRequest accept;
    accept.set_election(seat.election);
    RETURN_IF_ERROR(run.Ask(&Stub::AcceptShares, accept).status());
    run.out().Line(
        fmt::format("Every share dealt to you is what its dealer published; all are in {}: copy that "
                    "file anew.",
                    seat.file->path()));
    PrintFingerprint(run, seat.election, circle);
  }
  if (published) {
    RETURN_IF_ERROR(AcceptManifest(run, seat, keys));
  } else {
    run.out().Line(
        fmt::format("Next: once the manifest is published, run `{}` again: it compares the two, and without "
                    "that nothing is released.",
                    CommandOf(seat, "accept")));
  }
  ASSIGN_OR_RETURN(circle, Circle(run, seat.election));
  run.out().Document(circle);
  return absl::OkStatus();
}

// ---- release

// Before anything leaves the file: the manifest is the one accepted, and that of the registrars and the box;
// voting has closed, and so has the log, which is read from its first leaf to its last.
absl::StatusOr<LogReading> CheckBeforeRelease(Invocation& run, const TrusteeKeys& keys,
                                              const PublishedManifest& manifest) {
  RETURN_IF_ERROR(election::client::CheckManifest(keys, manifest));
  RETURN_IF_ERROR(CompareManifest(run, manifest));
  ASSIGN_OR_RETURN(const Stack stack, run.FindServices());
  const std::string clock = stack.clock_file.empty()
                                ? std::string("this computer's clock")
                                : fmt::format("the stack's clock ({})", stack.clock_file);
  const absl::Time now = run.Now();
  election::client::LogSeen seen;
  ASSIGN_OR_RETURN(const LogReading log, ReadLeaves(run, manifest, [&](const std::string& leaf) {
                     seen.last_leaf = leaf;
                     return absl::OkStatus();
                   }));
  seen.size = log.newest.size;
  RETURN_IF_ERROR(election::client::CheckSafeToRelease(keys, manifest, now, clock, seen));
  const auto closes = absl::FromUnixSeconds(static_cast<std::int64_t>(manifest.manifest().voting_closes()));
  run.out().Line(
      fmt::format("By {} it is {}; voting closed at {}.", clock, FormatInstant(now), FormatInstant(closes)));
  run.out().Line(fmt::format(
      "The log ends in its close record, under a checkpoint of {} leaves that the box signed.", seen.size));
  return log;
}

// Whoever has the secrets could have the box sign another log: the checkpoint of the first release stays in
// the file, and nothing is released under another. LOG_EXCHANGED.
absl::Status KeepCheckpoint(Invocation& run, const TrusteeFile& file, TrusteeKeys& keys,
                            const LogReading& log) {
  const std::string& note = log.notes.back();
  const bool first = keys.released_under.empty();
  if (!first && keys.released_under != note) {
    const std::string path = file.path() + ".another-log";
    RETURN_IF_ERROR(WriteSecretFile(path, note));
    return election::errors::LogExchanged(path);
  }
  keys.released_under = note;
  if (first) RETURN_IF_ERROR(file.Save(keys));
  const std::string root = crypto::HexEncode(log.newest.root);
  run.out().Line(fmt::format("Its final root is {}. Read it out to each other, and compare the bundle: `{}`.",
                             root, ShellLine({"plenary", "verify", "FOLDER", "--root", root})));
  run.out().Line(fmt::format("The box's signature under it is in {}: copy that file anew.", file.path()));
  return absl::OkStatus();
}

// The trustee that "2", "people/…" or an address names among those accepted.
absl::StatusOr<const TrusteeKeys::Accepted*> FindAbsent(Invocation& run, const TrusteeKeys& keys,
                                                        const std::string& text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && number >= 1 &&
      number <= keys.accepted.size()) {
    return &keys.accepted[number - 1];
  }
  ASSIGN_OR_RETURN(const std::string person, PersonName(run, text));
  for (const TrusteeKeys::Accepted& accepted : keys.accepted) {
    if (accepted.person == person) return &accepted;
  }
  return errors::WrongUsage(
      fmt::format("{} is no trustee of this election. Give a number or a name of `plenary trustee list {}`.",
                  text, keys.election));
}

absl::Status PrintReleased(Invocation& run, const Trustee& trustee, int threshold, const LogReading& log) {
  if (trustee.released()) {
    run.out().Line(fmt::format("The secret of {} is published.", trustee.person()));
  } else {
    run.out().Line(fmt::format("{} of {} shares of the secret of {} are released.",
                               trustee.released_shares_size(), threshold, trustee.person()));
    if (trustee.released_shares_size() >= threshold) {
      run.out().Line(
          "Together they do not give the secret: they were dealt wrong. Only a share of another trustee, or "
          "the dealer's own release, can help now; tell the returning officer.");
    }
  }
  Json document = JsonOf(trustee);
  document["final_root"] = crypto::HexEncode(log.newest.root);
  run.out().Document(document);
  return absl::OkStatus();
}

absl::Status Release(Invocation& run, const TrusteeFlags& flags) {
  ASSIGN_OR_RETURN(const Seat seat, TakeSeat(run, flags));
  ASSIGN_OR_RETURN(TrusteeKeys keys, seat.file->LoadExisting(seat.election));
  ASSIGN_OR_RETURN(const PublishedManifest manifest, GetPublishedManifest(run, seat.election));
  ASSIGN_OR_RETURN(const LogReading log, CheckBeforeRelease(run, keys, manifest));
  RETURN_IF_ERROR(KeepCheckpoint(run, *seat.file, keys, log));
  if (flags.absent.empty()) {
    ReleaseSecretRequest request;
    request.set_election(seat.election);
    request.set_tally_secret(keys.tally_secret);
    ASSIGN_OR_RETURN(const Trustee released, run.Ask(&Stub::ReleaseSecret, request));
    return PrintReleased(run, released, keys.threshold, log);
  }
  ASSIGN_OR_RETURN(const TrusteeKeys::Accepted* const absent, FindAbsent(run, keys, flags.absent));
  ReleaseShareRequest request;
  request.set_election(seat.election);
  request.set_share(absent->share);
  ASSIGN_OR_RETURN(const Trustee released, run.Ask(&Stub::ReleaseShare, request));
  return PrintReleased(run, released, keys.threshold, log);
}

// ---- list, reset

std::string YesNo(bool yes) { return yes ? "yes" : "no"; }

void PrintCircle(Invocation& run, const std::string& election, const ListTrusteesResponse& circle) {
  Table table({Right("NUMBER"), "PERSON", "KEYS", "SHARES", "ACCEPTED", "RELEASED"});
  for (const Trustee& trustee : circle.trustees()) {
    std::string released = YesNo(trustee.released());
    if (!trustee.released() && trustee.released_shares_size() > 0) {
      released = fmt::format("{} of {} shares", trustee.released_shares_size(), circle.threshold());
    }
    table.Row({std::to_string(trustee.number()), trustee.person(), HasKeys(trustee) ? "sent" : "not yet",
               HasDealt(trustee) ? "dealt" : "not yet", YesNo(trustee.accepted()), released});
  }
  run.out().Print(table, "No trustees: the election was called before there were any.");
  if (!circle.trustees().empty()) {
    run.out().Line("");
    if (WhoHasNot(circle, HasKeys).empty()) {
      PrintFingerprint(run, election, circle);
    } else {
      PrintThreshold(run, circle);
    }
  }
  run.out().Document(circle);
}

absl::Status List(Invocation& run, const TrusteeFlags& flags) {
  ASSIGN_OR_RETURN(const std::string election, ElectionName(run, flags.election));
  ASSIGN_OR_RETURN(const ListTrusteesResponse circle, Circle(run, election));
  PrintCircle(run, election, circle);
  return absl::OkStatus();
}

absl::Status Reset(Invocation& run, const TrusteeFlags& flags) {
  ResetTrusteesRequest request;
  ASSIGN_OR_RETURN(*request.mutable_election(), ElectionName(run, flags.election));
  for (const std::string& person : flags.people) {
    ASSIGN_OR_RETURN(*request.add_trustees(), PersonName(run, person));
  }
  request.set_threshold(flags.threshold);
  request.set_reason(flags.reason);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const ListTrusteesResponse circle, run.Ask(&Stub::ResetTrustees, request));
  run.out().Line(
      fmt::format("All keys and shares are forgotten. Next: each trustee runs `plenary trustee keygen {}`.",
                  request.election()));
  PrintCircle(run, request.election(), circle);
  return absl::OkStatus();
}

}  // namespace

void AddTrusteeCommands(CommandSet& commands) {
  CLI::App& group = commands.Group("trustee", "The keys that ballots are sealed to");
  const auto flags = std::make_shared<TrusteeFlags>();
  const auto with_election = [&](CLI::App& command) -> CLI::App& {
    command.add_option("ELECTION", flags->election, "Election id, or `current`")->required();
    return command;
  };
  const auto with_file = [&](CLI::App& command) -> CLI::App& {
    with_election(command).add_option(
        "--key-file", flags->key_file,
        "Where your keys are kept (default: in trustees/ beside the session); as secret as all ballots");
    return command;
  };
  with_file(commands.Command(
      group, "keygen", "Make your keys and send their public halves; run it again to deal the shares",
      "plenary trustee keygen current", [flags](Invocation& run) { return Keygen(run, *flags); }));
  with_file(commands.Command(group, "accept",
                             "Check the shares dealt to you; again, once the manifest is published: compare "
                             "it with both registrars' "
                             "and the box's",
                             "plenary trustee accept current",
                             [flags](Invocation& run) { return Accept(run, *flags); }));
  with_file(
      commands.Command(group, "release",
                       "After the close: check the closed log and tell its final root, then publish your "
                       "secret",
                       "plenary trustee release current --for people/0abc",
                       [flags](Invocation& run) { return Release(run, *flags); }))
      .add_option(
          "--for", flags->absent,
          "Release your share of the secret of this absent trustee instead: number, person or address");
  with_election(commands.Command(group, "list", "How far each trustee is", "plenary trustee list current",
                                 [flags](Invocation& run) { return List(run, *flags); }));
  CLI::App& reset = with_election(commands.Mutation(
      group, "reset", "Forget all keys and shares and begin anew, before the manifest (returning officer)",
      "plenary trustee reset current --reason \"A key file was lost.\" --trustee people/0abc --trustee "
      "people/0def",
      [flags](Invocation& run) { return Reset(run, *flags); }));
  reset.add_option("--reason", flags->reason, "Why; kept")->required();
  reset.add_option("--trustee", flags->people,
                   "Who is a trustee from now on, once for each (default: those there are)");
  reset.add_option("--threshold", flags->threshold,
                   "How many make up for an absent one (default: as before)");
}

}  // namespace plenary::cli
