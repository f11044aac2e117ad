// issuance, turnout; and the disputes of either registrar
#include "common/crypto/blind_rsa.h"
#include "common/crypto/bytes.h"
#include "common/status/error.h"
#include "common/time/date.h"
#include "fmt/format.h"
#include "services/cli/auditor_session.h"
#include "services/cli/ballot_export.h"
#include "services/cli/commands.h"
#include "services/cli/errors.h"
#include "services/cli/published_log.h"
#include "services/cli/registrar_commands.h"
#include "services/cli/resolve.h"
#include "services/election/client/ballot_file.h"
#include "services/election/client/voter.h"
#include "services/election/rules/published_manifest.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;  // the messages of one contract, in one file
using Registrar = RegistrarService::Stub;

// Asks membership's registrar with the session, the auditor's with the session there.
template <typename Request, typename Response>
absl::StatusOr<Response> AskRegistrar(Invocation& run, Part registrar,
                                      grpc::Status (Registrar::*method)(grpc::ClientContext*, const Request&,
                                                                        Response*),
                                      const Request& request) {
  if (registrar == Part::kMembership) return run.Ask(method, request);
  ASSIGN_OR_RETURN(const AuditorSession session, SignedInAtAuditor(run));
  return AskAuditor(run, session.access_token, method, request);
}

struct IssuanceFlags {
  std::string election;
  std::string text;
  std::string state_file;
  bool at_auditor = false;
  bool not_on_record = false;

  Part registrar() const { return at_auditor ? Part::kAuditor : Part::kMembership; }
};

// Of bytes that are too long for people.
std::string Digest(std::string_view bytes) {
  return bytes.empty() ? ""
                       : fmt::format("SHA-256 {} of {} bytes (--json shows them)",
                                     crypto::HexEncode(crypto::Sha256(bytes)), bytes.size());
}

// `whole`: message and signature to the byte, for whoever has to keep them.
Facts DisputeFacts(const Dispute& dispute, bool whole = false) {
  return Facts()
      .Add("dispute", dispute.name())
      .Add("unit", dispute.unit())
      .Add("text", dispute.text())
      .Add("blinded message", whole ? crypto::HexEncode(dispute.blinded_msg())
                              : dispute.blinded_msg().empty()
                                  ? ""
                                  : "SHA-256 " + crypto::HexEncode(crypto::Sha256(dispute.blinded_msg())))
      .Add("signature",
           whole ? crypto::HexEncode(dispute.blind_signature()) : Digest(dispute.blind_signature()))
      .Add("answer", dispute.answer().empty() ? "none yet" : dispute.answer());
}

absl::Status ShowIssuance(Invocation& run, const IssuanceFlags& flags) {
  GetIssuanceRequest request;
  ASSIGN_OR_RETURN(*request.mutable_election(), ElectionName(run, flags.election));
  ASSIGN_OR_RETURN(const auto issuance,
                   AskRegistrar(run, flags.registrar(), &Registrar::GetIssuance, request));
  const bool issued = !issuance.blinded_msg_sha256().empty();
  run.out().Print(
      Facts()
          .Add("credential", issued ? "collected" : "not collected")
          .Add("blinded message", issued ? "SHA-256 " + crypto::HexEncode(issuance.blinded_msg_sha256()) : "")
          .Add("recovery", !issued                            ? ""
                           : issuance.recovery_blob().empty() ? "nothing was left here"
                                                              : "a recovery code opens what was left here"));
  if (issuance.has_dispute()) run.out().Print(DisputeFacts(issuance.dispute()));
  run.out().Document(issuance);
  return absl::OkStatus();
}

// What the voter's own client sent to the registrar, and the key that has to sign it.
struct Evidence {
  std::string blinded_msg;
  crypto::RsaPublicKey key;
  std::string sent_elsewhere;  // what it sent to the other registrar; "" when there is none
};

// From the file that `plenary vote` keeps, and the manifest that the file is of. The message is blind:
// whoever sees it learns nothing of key or ballot.
absl::StatusOr<Evidence> ReadEvidence(Invocation& run, const IssuanceFlags& flags,
                                      const std::string& election) {
  ASSIGN_OR_RETURN(const auto kept, election::client::LoadBallot(flags.state_file));
  if (!kept.has_value()) return errors::FileUnreadable(flags.state_file, "there is no such file");
  if (kept->election != election) {
    return errors::InputInvalid(
        fmt::format("{} is of {}, and the dispute of {}. Name the file of this election.", flags.state_file,
                    kept->election, election));
  }
  ASSIGN_OR_RETURN(const election::PublishedManifest manifest, GetPublishedManifest(run, election));
  if (manifest.hash() != kept->manifest_hash) {
    return errors::CheckFailed(
        fmt::format("The published manifest is another than the one that {} was made by. Nothing was sent. "
                    "Tell the auditors.",
                    flags.state_file));
  }
  // In the order of the manifest: membership's registrar first, the auditor's second where there is one.
  const std::size_t number = flags.at_auditor ? 1 : 0;
  if (number >= manifest.registrars().size()) {
    return errors::InputInvalid(
        "This election has no registrar of the auditor: its manifest names one registrar alone. Leave out "
        "--at-auditor.");
  }
  ASSIGN_OR_RETURN(const auto state, election::client::ParseState(kept->state, manifest.registrars().size()));
  return Evidence{state.blindings[number].blinded_msg, manifest.registrars()[number],
                  state.blindings.size() < 2 ? "" : state.blindings[1 - number].blinded_msg};
}

// What a registrar has on record for whoever is signed in there, as SHA-256; "" for nothing.
absl::StatusOr<std::string> OnRecord(Invocation& run, Part registrar, const std::string& election) {
  GetIssuanceRequest request;
  request.set_election(election);
  const auto issuance = AskRegistrar(run, registrar, &Registrar::GetIssuance, request);
  if (ReasonOf(issuance.status()) == "CREDENTIAL_NOT_ISSUED") return "";
  RETURN_IF_ERROR(issuance.status());
  return issuance->blinded_msg_sha256();
}

// That the file is this voter's own: a message is on record for them at the accused registrar or at the other
// one, which need not answer. A line is disputed three times at most, so the file of somebody else would
// waste one of them.
absl::Status CheckOwnFile(Invocation& run, const IssuanceFlags& flags, const std::string& election,
                          const Evidence& shown) {
  if (flags.not_on_record) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string here, OnRecord(run, flags.registrar(), election));
  if (here == crypto::Sha256(shown.blinded_msg)) return absl::OkStatus();
  std::string elsewhere;
  if (!shown.sent_elsewhere.empty()) {
    const Part other = flags.at_auditor ? Part::kMembership : Part::kAuditor;
    const auto there = OnRecord(run, other, election);
    if (there.ok() && *there == crypto::Sha256(shown.sent_elsewhere)) return absl::OkStatus();
    if (there.ok()) {
      elsewhere = " Neither has the other one.";
    } else if (flags.at_auditor) {
      elsewhere = " The association's registrar could not be asked.";
    } else {
      const auto session = run.KeptSession();
      elsewhere = fmt::format(
          " The auditor's registrar could not be asked: after `{}` it can be.",
          ShellLine({"plenary", "auditor", "login", "--email", session.ok() ? session->email : "EMAIL"}));
    }
  }
  return errors::NotOnRecord(flags.state_file, elsewhere);
}

// OK, and what the registrar's answer to shown evidence means; CHECK_FAILED for one that is false. The
// registrar is the one that is accused: what it says of its own record is held against the manifest's key.
absl::StatusOr<std::string> WhatItShows(const IssuanceFlags& flags, const std::string& election,
                                        const Evidence& shown, const Dispute& filed) {
  if (filed.blinded_msg() != shown.blinded_msg) {
    return errors::CheckFailed(
        "The registrar filed another message than the one of your ballot file: keep this output, it is "
        "evidence. Show it to the auditors.");
  }
  if (filed.blind_signature().empty()) {
    return fmt::format(
        "The registrar did not record the message of your ballot file: another one, or none. That is the "
        "evidence; "
        "compare `plenary issuance show {}{}`.",
        election, flags.at_auditor ? " --at-auditor" : "");
  }
  if (!crypto::CheckBlindSignature(shown.key, shown.blinded_msg, filed.blind_signature()).ok()) {
    return errors::CheckFailed(
        "The registrar says that the message of your ballot file is the one on record, and the registrar's "
        "answer is no signature of it: keep this output, it is evidence. Show it to the auditors.");
  }
  return "The message of your ballot file is the one on record, and its signature, which is right, stands "
         "with the dispute.";
}

absl::Status FileOne(Invocation& run, const IssuanceFlags& flags) {
  FileDisputeRequest request;
  if (flags.not_on_record && flags.state_file.empty()) {
    return errors::WrongUsage("--not-on-record is said of a ballot file. Name it with --state FILE.");
  }
  ASSIGN_OR_RETURN(*request.mutable_election(), ElectionName(run, flags.election));
  request.set_text(flags.text);
  std::optional<Evidence> shown;
  if (!flags.state_file.empty()) {
    ASSIGN_OR_RETURN(shown, ReadEvidence(run, flags, request.election()));
    RETURN_IF_ERROR(CheckOwnFile(run, flags, request.election(), *shown));
    request.set_blinded_msg(shown->blinded_msg);
  }
  ASSIGN_OR_RETURN(const Dispute filed,
                   AskRegistrar(run, flags.registrar(), &Registrar::FileDispute, request));
  run.out().Line(
      "The dispute is filed. Until it is answered, the registrar keeps its keys, and an election that is not "
      "certified yet is not certified.");
  const absl::StatusOr<std::string> shows =
      shown.has_value() ? WhatItShows(flags, request.election(), *shown, filed) : "";
  if (shows.ok() && !shows->empty()) run.out().Line(*shows);
  run.out().Print(DisputeFacts(filed, /*whole=*/!shows.ok()));
  run.out().Document(filed);
  return shows.status();
}

// A list this long may have been cut short: a registrar's ends at 3 MiB, counted with room to spare.
constexpr std::size_t kLongList = 1024 * 1024;

absl::Status ListAll(Invocation& run, Part registrar, const std::string& election) {
  ListDisputesRequest request;
  ASSIGN_OR_RETURN(*request.mutable_election(), ElectionName(run, election));
  ASSIGN_OR_RETURN(const auto all, AskRegistrar(run, registrar, &Registrar::ListDisputes, request));
  Table table({"DISPUTE", "UNIT", "TEXT", "ANSWER"});
  for (const Dispute& dispute : all.disputes()) {
    table.Row({dispute.name(), dispute.unit(), dispute.text(),
               dispute.answer().empty() ? "(none yet)" : dispute.answer()});
  }
  run.out().Print(table, "No disputes.");
  if (all.ByteSizeLong() > kLongList) {
    run.out().Line(fmt::format(
        "A list this long may be cut short: the open ones come before all others. Answer them, and list "
        "again. `plenary turnout {}` counts them.",
        request.election()));
  }
  run.out().Document(all);
  return absl::OkStatus();
}

absl::Status AnswerOne(Invocation& run, Part registrar, const AnswerDisputeRequest& request) {
  ASSIGN_OR_RETURN(const Dispute answered, AskRegistrar(run, registrar, &Registrar::AnswerDispute, request));
  run.out().Line("The dispute is answered.");
  run.out().Print(DisputeFacts(answered));
  run.out().Document(answered);
  return absl::OkStatus();
}

// Leaves of the log; nullopt before the manifest is published. Single ballots are never told as they come in.
absl::StatusOr<std::optional<std::uint64_t>> LogSize(Invocation& run, const std::string& election) {
  const auto manifest = GetPublishedManifest(run, election);
  if (ReasonOf(manifest.status()) == "MANIFEST_NOT_FOUND") return std::nullopt;
  RETURN_IF_ERROR(manifest.status());
  ASSIGN_OR_RETURN(const LogReading log, ReadCheckpoints(run, *manifest));
  return log.newest.size;
}

// Participation, live, as each registrar tells everybody.
absl::Status ShowTurnout(Invocation& run, const std::string& election) {
  CountIssuancesRequest request;
  ASSIGN_OR_RETURN(*request.mutable_election(), ElectionName(run, election));
  ASSIGN_OR_RETURN(const auto membership, run.AskWithoutToken(&Registrar::CountIssuances, request));
  ASSIGN_OR_RETURN(const auto auditor, AskAuditor(run, "", &Registrar::CountIssuances, request));
  Table table({"REGISTRAR", Right("ON THE ROLL"), Right("COLLECTED"), Right("OPEN DISPUTES"), "KEYS"});
  Json registrars = Json::array();
  const auto add = [&](const char* name, const CountIssuancesResponse& count) {
    const std::string destroyed =
        count.keys_destroyed_at() == 0 ? "" : FormatInstant(absl::FromUnixSeconds(count.keys_destroyed_at()));
    table.Row({name, std::to_string(count.roll_count()), std::to_string(count.issued_count()),
               std::to_string(count.open_dispute_count()),
               destroyed.empty() ? "in use" : "destroyed " + destroyed});
    registrars.push_back({{"registrar", name},
                          {"roll_count", count.roll_count()},
                          {"issued_count", count.issued_count()},
                          {"open_dispute_count", count.open_dispute_count()},
                          {"keys_destroyed_at", destroyed}});
  };
  add("membership", membership);
  add("auditor", auditor);
  run.out().Print(table, "No registrars.");
  ASSIGN_OR_RETURN(const std::optional<std::uint64_t> leaves, LogSize(run, request.election()));
  run.out().Line(
      leaves.has_value()
          ? fmt::format("The public log has {} leaves as of its newest checkpoint: the manifest, ballots in "
                        "batches, and once closed the close record.",
                        *leaves)
          : "There is no log yet: no manifest is published.");
  run.out().Document(Json{{"election", request.election()},
                          {"registrars", registrars},
                          {"log_size", leaves.has_value() ? Json(*leaves) : Json()}});
  if (membership.roll_count() != auditor.roll_count()) {
    return errors::CheckFailed("The registrars go by different rolls. Tell the auditor.");
  }
  return absl::OkStatus();
}

void AddElection(CLI::App& command, std::string& election) {
  command.add_option("ELECTION", election, "Election id, or `current`")->required();
}

void AddAtAuditor(CLI::App& command, IssuanceFlags& flags) {
  command.add_flag("--at-auditor", flags.at_auditor,
                   "Ask the auditor's registrar (sign in there first: plenary auditor login --email EMAIL)");
}

}  // namespace

void AddDisputeCommands(CommandSet& commands, CLI::App& group, Part registrar) {
  const std::string where = registrar == Part::kAuditor ? "auditor" : "issuance";
  const std::string who = registrar == Part::kAuditor ? "the auditor" : "staff";
  const auto election = std::make_shared<std::string>();
  CLI::App& list =
      commands.Command(group, "disputes",
                       fmt::format("What people say the registrar recorded wrongly, oldest first ({})", who),
                       fmt::format("plenary {} disputes current", where),
                       [election, registrar](Invocation& run) { return ListAll(run, registrar, *election); });
  AddElection(list, *election);
  const auto request = std::make_shared<AnswerDisputeRequest>();
  CLI::App& answer = commands.Command(
      group, "answer", fmt::format("Answer a dispute, which settles it ({})", who),
      fmt::format("plenary {} answer elections/ID/disputes/ID --text \"You collected on Monday\"", where),
      [request, registrar](Invocation& run) { return AnswerOne(run, registrar, *request); });
  answer.add_option("DISPUTE", *request->mutable_name(), "Name from the list of disputes")->required();
  answer.add_option("--text", *request->mutable_answer(), "What is said to it, 1 to 2,000 characters")
      ->required();
}

void AddIssuanceCommands(CommandSet& commands) {
  CLI::App& issuance = commands.Group("issuance", "What a registrar recorded of your line of the roll");
  const auto flags = std::make_shared<IssuanceFlags>();
  CLI::App& show = commands.Command(
      issuance, "show", "Whether a credential was collected for your company, or for you",
      "plenary issuance show current", [flags](Invocation& run) { return ShowIssuance(run, *flags); });
  AddElection(show, flags->election);
  AddAtAuditor(show, *flags);
  CLI::App& dispute = commands.Command(
      issuance, "dispute",
      "Say that it is wrong. Certification, if it is still to come, and the end of the registrar's keys wait "
      "for the answer; an answer stands, and a line is disputed three times at most. Exit 5 when the "
      "registrar "
      "answers shown evidence with what is no signature of it",
      "plenary issuance dispute current --text \"None of us collected a credential\"\n"
      "  plenary issuance dispute current --at-auditor --state ballot.json --text \"I was refused\"",
      [flags](Invocation& run) { return FileOne(run, *flags); });
  AddElection(dispute, flags->election);
  dispute.add_option("--text", flags->text, "What is wrong, 1 to 2,000 characters")->required();
  dispute.add_option("--state", flags->state_file,
                     "Ballot file of `plenary vote` (in ballots/ beside the session, unless --state named "
                     "another): shows the blinded message that was sent, and nothing else of it. Your own: a "
                     "registrar must have a message of it on record for you");
  dispute.add_flag("--not-on-record", flags->not_on_record,
                   "Show the file though no registrar has a message of it on record for you: somebody else "
                   "collected in your name, or both registrars are wrong");
  AddAtAuditor(dispute, *flags);
  AddDisputeCommands(commands, issuance, Part::kMembership);
  const auto election = std::make_shared<std::string>();
  CLI::App& turnout = commands.Command(
      commands.root(), "turnout",
      "How many credentials each registrar has issued; exit 5 when their rolls differ",
      "plenary turnout current", [election](Invocation& run) { return ShowTurnout(run, *election); });
  AddElection(turnout, *election);
}

}  // namespace plenary::cli
