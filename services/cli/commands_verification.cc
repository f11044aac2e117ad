// letter, verification
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "plenary/membership/v1/letter_service.grpc.pb.h"
#include "plenary/membership/v1/verification_service.grpc.pb.h"
#include "services/cli/commands.h"
#include "services/cli/errors.h"
#include "services/cli/files.h"
#include "services/cli/names.h"
#include "services/cli/resolve.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;  // the messages of one contract, in one file
using Letters = LetterService::Stub;
using Verification = VerificationService::Stub;

// A text on the command line, or "@FILE" for what the file says.
absl::StatusOr<std::string> TextOf(const std::string& argument) {
  if (argument.empty() || argument.front() != '@') return argument;
  return ReadNamedFile(argument.substr(1));
}

// What changes a thing by its name, and may say why.
struct Decision {
  std::string name;
  std::string reason;
};

void PrintLetter(Invocation& run, const Letter& letter) {
  run.out().Print(
      Facts()
          .Add("letter", letter.name())
          .Add("person", letter.person())
          .Add("referee", fmt::format("{} <{}>", letter.referee().full_name(), letter.referee().email()))
          .Add("relation", letter.referee().relation())
          .Add("state", Word(letter.state()))
          .Add("asked", InstantText(letter.has_create_time(), letter.create_time()))
          .Add("link good until", InstantText(letter.has_expire_time(), letter.expire_time()))
          .Add("received", InstantText(letter.has_receive_time(), letter.receive_time()))
          .Add("decided", InstantText(letter.has_decide_time(), letter.decide_time()))
          .Add("reason", letter.decision_reason())
          .Add("check", letter.check_note())
          .Add("text", letter.text()));
  run.out().Document(letter);
}

struct LetterFlags {
  std::string person;
  std::string referee;
  std::string email;
  std::string relation;
  std::string text;
  bool declared = false;
};

Referee RefereeOf(const LetterFlags& flags) {
  Referee referee;
  referee.set_full_name(flags.referee);
  referee.set_email(flags.email);
  referee.set_relation(flags.relation);
  return referee;
}

absl::Status RequestOne(Invocation& run, const LetterFlags& flags) {
  RequestLetterRequest request;
  if (!flags.person.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, flags.person));
  }
  *request.mutable_referee() = RefereeOf(flags);
  request.set_not_relative(flags.declared);
  request.set_not_report(flags.declared);
  request.set_may_be_contacted(flags.declared);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Letter letter, run.Ask(&Letters::RequestLetter, request));
  PrintLetter(run, letter);
  return absl::OkStatus();
}

absl::Status ReceiveOne(Invocation& run, const LetterFlags& flags) {
  ReceiveLetterRequest request;
  ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, flags.person));
  *request.mutable_referee() = RefereeOf(flags);
  ASSIGN_OR_RETURN(*request.mutable_text(), TextOf(flags.text));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Letter letter, run.Ask(&Letters::ReceiveLetter, request));
  PrintLetter(run, letter);
  return absl::OkStatus();
}

absl::Status SubmitOne(Invocation& run, const std::string& code, const std::string& text) {
  SubmitLetterRequest request;
  request.set_token(code);
  ASSIGN_OR_RETURN(*request.mutable_text(), TextOf(text));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const auto answer, run.Ask(&Letters::SubmitLetter, request));
  run.out().Line("The letter is received. Thank you.");
  run.out().Document(answer);
  return absl::OkStatus();
}

absl::Status ListLetters(Invocation& run, const std::string& person, const std::string& state) {
  ListLettersRequest request;
  if (!person.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, person));
  }
  request.set_state(ValueOf<Letter::State>(state));
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Letters::ListLetters, request));
  Table table({"LETTER", "PERSON", "REFEREE", "E-MAIL", "STATE", "ASKED", "REASON"});
  for (const Letter& letter : all.letters()) {
    table.Row({LastSegment(letter.name()), LastSegment(letter.person()), letter.referee().full_name(),
               letter.referee().email(), Word(letter.state()),
               InstantText(letter.has_create_time(), letter.create_time()), letter.decision_reason()});
  }
  run.out().Print(table, "No letters.");
  run.out().Document(all);
  return absl::OkStatus();
}

absl::Status ShowLetter(Invocation& run, const std::string& name) {
  GetLetterRequest request;
  request.set_name(Qualified("letters", name));
  ASSIGN_OR_RETURN(const Letter letter, run.Ask(&Letters::GetLetter, request));
  PrintLetter(run, letter);
  return absl::OkStatus();
}

// Accept and withdraw: a name in, the letter out.
template <typename Request>
absl::Status MoveLetter(Invocation& run, const Decision& decision,
                        grpc::Status (Letters::*method)(grpc::ClientContext*, const Request&, Letter*)) {
  Request request;
  request.set_name(Qualified("letters", decision.name));
  if constexpr (requires { request.set_reason(decision.reason); }) request.set_reason(decision.reason);
  if constexpr (requires { request.set_note(decision.reason); }) request.set_note(decision.reason);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Letter letter, run.Ask(method, request));
  PrintLetter(run, letter);
  return absl::OkStatus();
}

// A command that moves a letter; `reason` names its flag and says what it is, "" for none.
template <typename Request>
void AddLetterMove(CommandSet& commands, CLI::App& letter, const std::string& verb,
                   const std::string& description, const std::string& reason, const std::string& reason_text,
                   grpc::Status (Letters::*method)(grpc::ClientContext*, const Request&, Letter*)) {
  const auto decision = std::make_shared<Decision>();
  const std::string example =
      fmt::format("plenary letter {} 0123456789abcdefghijklmnop{}", verb,
                  reason.empty() ? "" : fmt::format(" {} \"Rung up on Monday\"", reason));
  CLI::App& command =
      commands.Mutation(letter, verb, description, example,
                        [decision, method](Invocation& run) { return MoveLetter(run, *decision, method); });
  command.add_option("LETTER", decision->name, "Id or letters/ID")->required();
  if (!reason.empty()) command.add_option(reason, decision->reason, reason_text)->required();
}

void AddReferee(CLI::App& command, LetterFlags& flags) {
  command.add_option("--referee", flags.referee, "Name of the referee")->required();
  command.add_option("--email", flags.email, "Address of the referee")->required();
  command.add_option("--relation", flags.relation, "How the referee knows the member")->required();
}

void AddLetterWriting(CommandSet& commands, CLI::App& letter) {
  const auto asked = std::make_shared<LetterFlags>();
  CLI::App& request =
      commands.Mutation(letter, "request", "Ask somebody for a letter; they get a link by mail",
                        "plenary letter request --referee \"Rita Referee\" --email rita@client.example "
                        "--relation \"client since 2015\" "
                        "--declare",
                        [asked](Invocation& run) { return RequestOne(run, *asked); });
  AddReferee(request, *asked);
  request.add_option("--person", asked->person, "The member, when it is not you (staff)");
  request.add_flag(
      "--declare", asked->declared,
      "Declare that the referee is no relative, has no part in your reporting line, and may be contacted");
  const auto paper = std::make_shared<LetterFlags>();
  CLI::App& receive = commands.Mutation(
      letter, "receive", "Enter a letter that came on paper (staff)",
      "plenary letter receive ada.demo@solo.example --referee \"Rita Referee\" --email rita@client.example "
      "--relation \"client since 2015\" @letter.txt",
      [paper](Invocation& run) { return ReceiveOne(run, *paper); });
  receive.add_option("PERSON", paper->person, "The member: e-mail address or people/ID")->required();
  receive.add_option("TEXT", paper->text, "The letter, or @FILE")->required();
  AddReferee(receive, *paper);
  const auto code = std::make_shared<std::string>();
  const auto text = std::make_shared<std::string>();
  CLI::App& submit =
      commands.Mutation(letter, "submit", "Hand in a letter with the code of the mail (anybody)",
                        "plenary letter submit CODE @letter.txt",
                        [code, text](Invocation& run) { return SubmitOne(run, *code, *text); });
  submit.add_option("CODE", *code, "The code of the mail")->required();
  submit.add_option("TEXT", *text, "The letter, or @FILE")->required();
}

void AddLetter(CommandSet& commands) {
  CLI::App& letter = commands.Group("letter", "Letters of reference, from the request to the decision");
  AddLetterWriting(commands, letter);
  const auto person = std::make_shared<std::string>();
  const auto state = std::make_shared<std::string>();
  CLI::App& list = commands.List(
      letter, "list", "Letters: your own, or everybody's for staff", "plenary letter list --state received",
      [person, state](Invocation& run) { return ListLetters(run, *person, *state); });
  list.add_option("--person", *person, "Only those about this member");
  AddWord<Letter::State>(list, "--state", *state, "Only those in this state");
  const auto name = std::make_shared<std::string>();
  CLI::App& show = commands.Command(letter, "show", "One letter; its text to staff only",
                                    "plenary letter show 0123456789abcdefghijklmnop",
                                    [name](Invocation& run) { return ShowLetter(run, *name); });
  show.add_option("LETTER", *name, "Id or letters/ID")->required();
  AddLetterMove(commands, letter, "check", "Note that the referee was reached (staff)", "--note",
                "Whom you reached, how, and what they said", &Letters::CheckLetter);
  AddLetterMove(commands, letter, "accept", "Accept a checked letter (staff)", "", "",
                &Letters::AcceptLetter);
  AddLetterMove(commands, letter, "refuse", "Refuse a letter (staff)", "--reason", "Why; the member is told",
                &Letters::RefuseLetter);
  AddLetterMove(commands, letter, "revoke", "Take back an acceptance that was wrong (staff)", "--reason",
                "Why; the member is told", &Letters::RevokeLetter);
  AddLetterMove(commands, letter, "withdraw", "Withdraw a letter that is not decided", "", "",
                &Letters::WithdrawLetter);
}

std::string Counted(int count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string AsksFor(const VerificationWay& way) {
  std::vector<std::string> asks;
  if (way.letters() > 0) asks.push_back(Counted(way.letters(), "letter"));
  if (!way.track().empty()) asks.push_back(way.track());
  if (way.vouchers() > 0) asks.push_back(Counted(way.vouchers(), "voucher"));
  if (way.board_motion()) asks.push_back("a motion of the board");
  return fmt::format("{}", fmt::join(asks, ", "));
}

// "professional/vouched" -> "categories/professional/ways/vouched"
absl::StatusOr<std::string> WayName(const std::string& text) {
  const auto name = ChildName("categories", "ways", text);
  if (!name.has_value()) return errors::WrongUsage("Name a way CATEGORY/WAY, such as professional/vouched.");
  return *name;
}

struct WayFlags {
  std::string name;
  std::string display_name;
  std::string from;
  int letters = 0;
  std::string track;
  int vouchers = 0;
  bool board_motion = false;
};

absl::Status SaveWay(Invocation& run, const WayFlags& flags) {
  SaveVerificationWayRequest request;
  VerificationWay& way = *request.mutable_way();
  ASSIGN_OR_RETURN(*way.mutable_name(), WayName(flags.name));
  way.set_display_name(flags.display_name);
  way.set_valid_from(flags.from);
  way.set_letters(flags.letters);
  if (!flags.track.empty()) way.set_track(Qualified("tracks", flags.track));
  way.set_vouchers(flags.vouchers);
  way.set_board_motion(flags.board_motion);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const auto saved, run.Ask(&Verification::SaveVerificationWay, request));
  run.out().Line(fmt::format("Saved {}, from {} on: {}.", saved.name(), saved.valid_from(), AsksFor(saved)));
  run.out().Document(saved);
  return absl::OkStatus();
}

absl::Status RemoveWay(Invocation& run, const WayFlags& flags) {
  RemoveVerificationWayRequest request;
  ASSIGN_OR_RETURN(*request.mutable_name(), WayName(flags.name));
  request.set_as_of(flags.from);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const auto removed, run.Ask(&Verification::RemoveVerificationWay, request));
  run.out().Line(fmt::format("{} verifies nobody any more{}.", removed.name(),
                             flags.from.empty() ? "" : " from " + flags.from + " on"));
  run.out().Document(removed);
  return absl::OkStatus();
}

absl::Status ListWays(Invocation& run, const std::string& category, const std::string& as_of) {
  ListVerificationWaysRequest request;
  if (!category.empty()) request.set_category(Qualified("categories", category));
  request.set_as_of(as_of);
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Verification::ListVerificationWays, request));
  Table table({"WAY", "NAME", "SINCE", "ASKS FOR"});
  for (const VerificationWay& way : all.ways()) {
    table.Row({way.name(), way.display_name(), way.valid_from(), AsksFor(way)});
  }
  run.out().Print(table, "No ways but the letters that the categories ask for.");
  run.out().Document(all);
  return absl::OkStatus();
}

absl::Status ExplainVerification(Invocation& run, const std::string& person, const std::string& as_of) {
  ExplainVerificationRequest request;
  ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, person));
  request.set_as_of(as_of);
  ASSIGN_OR_RETURN(const auto answer, run.Ask(&Verification::ExplainVerification, request));
  run.out().Line(fmt::format("{} is {}verified.", answer.full_name(), answer.verified() ? "" : "not "));
  Table table({"CATEGORY", "WAY", "SATISFIED", "MISSING"});
  for (const WayAnswer& way : answer.ways()) {
    table.Row({LastSegment(way.category()), way.display_name(), way.satisfied() ? "yes" : "no",
               fmt::format("{}", fmt::join(way.missing(), " "))});
  }
  run.out().Print(table, "Nothing is asked for.");
  run.out().Document(answer);
  return absl::OkStatus();
}

absl::Status VouchForOne(Invocation& run, const std::string& person) {
  VouchForRequest request;
  ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, person));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Vouch vouch, run.Ask(&Verification::VouchFor, request));
  run.out().Line(fmt::format("You vouch for {} since {}.", vouch.person(), vouch.start_date()));
  run.out().Document(vouch);
  return absl::OkStatus();
}

absl::Status WithdrawOneVouch(Invocation& run, const std::string& person, const std::string& voucher) {
  WithdrawVouchRequest request;
  ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, person));
  if (!voucher.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_voucher(), PersonName(run, voucher));
  }
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Vouch vouch, run.Ask(&Verification::WithdrawVouch, request));
  run.out().Line(fmt::format("{} vouches for {} no longer, from {} on.", vouch.voucher(), vouch.person(),
                             vouch.end_date()));
  run.out().Document(vouch);
  return absl::OkStatus();
}

absl::Status ListVouches(Invocation& run, const std::string& person) {
  ListVouchesRequest request;
  ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, person));
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Verification::ListVouches, request));
  Table table({"VOUCHER", "FROM", "UNTIL"});
  for (const Vouch& vouch : all.vouches()) {
    table.Row({vouch.voucher(), vouch.start_date(), vouch.end_date().empty() ? "no end" : vouch.end_date()});
  }
  run.out().Print(table, "Nobody.");
  run.out().Document(all);
  return absl::OkStatus();
}

struct GrantFlags {
  std::string person;
  std::string category;
  std::string motion;
  std::string from;
  std::string reason;
};

absl::Status GrantOne(Invocation& run, const GrantFlags& flags) {
  GrantVerificationRequest request;
  ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, flags.person));
  request.set_category(Qualified("categories", flags.category));
  ASSIGN_OR_RETURN(*request.mutable_motion(), MotionName(flags.motion));
  request.set_start_date(flags.from);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const auto grant, run.Ask(&Verification::GrantVerification, request));
  run.out().Line(fmt::format("{} counts as verified by {} from {} on.", grant.person(), grant.motion(),
                             grant.start_date()));
  run.out().Document(grant);
  return absl::OkStatus();
}

absl::Status RevokeOne(Invocation& run, const GrantFlags& flags) {
  RevokeVerificationRequest request;
  ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, flags.person));
  request.set_category(Qualified("categories", flags.category));
  ASSIGN_OR_RETURN(*request.mutable_motion(), MotionName(flags.motion));
  request.set_reason(flags.reason);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const auto grant, run.Ask(&Verification::RevokeVerification, request));
  run.out().Line(fmt::format("{} verifies {} no longer.", grant.motion(), grant.person()));
  run.out().Document(grant);
  return absl::OkStatus();
}

void AddWays(CommandSet& commands, CLI::App& verification) {
  const auto category = std::make_shared<std::string>();
  const auto as_of = std::make_shared<std::string>();
  CLI::App& list =
      commands.List(verification, "ways", "Ways to be verified, beside the letters",
                    "plenary verification ways --category professional",
                    [category, as_of](Invocation& run) { return ListWays(run, *category, *as_of); });
  list.add_option("--category", *category, "Only those of this category");
  list.add_option("--as-of", *as_of, "YYYY-MM-DD (default: today by the suite's clock)");
  CLI::App& way = commands.Group(verification, "way", "One way to be verified");
  const auto flags = std::make_shared<WayFlags>();
  CLI::App& save = commands.Mutation(way, "save", "Lay down a way, or another version of it (staff)",
                                     "plenary verification way save professional/vouched --display-name "
                                     "\"Three members vouch\" --vouchers 3",
                                     [flags](Invocation& run) { return SaveWay(run, *flags); });
  save.add_option("WAY", flags->name, "CATEGORY/WAY")->required();
  save.add_option("--display-name,--name", flags->display_name, "What people call it")->required();
  save.add_option("--from", flags->from, "First day, YYYY-MM-DD (default: today by the suite's clock)");
  save.add_option("--letters", flags->letters, "Accepted letters it asks for, 0 to 10");
  save.add_option("--track", flags->track, "Track whose certification it asks for");
  save.add_option("--vouchers", flags->vouchers, "People who vouch that it asks for, 0 to 10");
  save.add_flag("--board-motion", flags->board_motion, "It asks for a motion of the board");
  CLI::App& remove = commands.Mutation(way, "remove", "End a way (staff)",
                                       "plenary verification way remove professional/vouched",
                                       [flags](Invocation& run) { return RemoveWay(run, *flags); });
  remove.add_option("WAY", flags->name, "CATEGORY/WAY")->required();
  remove.add_option("--from", flags->from, "First day without it, YYYY-MM-DD (default: today)");
}

void AddVouches(CommandSet& commands, CLI::App& verification) {
  const auto person = std::make_shared<std::string>();
  const auto voucher = std::make_shared<std::string>();
  CLI::App& vouch = commands.Mutation(verification, "vouch", "Vouch for a member of another company",
                                      "plenary verification vouch people/0123456789abcdefghijklmnop",
                                      [person](Invocation& run) { return VouchForOne(run, *person); });
  vouch.add_option("PERSON", *person, "People/ID; staff may also give an e-mail address")->required();
  CLI::App& withdraw = commands.Mutation(
      verification, "withdraw-vouch", "No longer vouch for a member",
      "plenary verification withdraw-vouch people/0123456789abcdefghijklmnop",
      [person, voucher](Invocation& run) { return WithdrawOneVouch(run, *person, *voucher); });
  withdraw.add_option("PERSON", *person, "For whom")->required();
  withdraw.add_option("--voucher", *voucher, "Who vouched, when it was not you (staff)");
  CLI::App& list =
      commands.List(verification, "vouches", "Who vouches for a person", "plenary verification vouches me",
                    [person](Invocation& run) { return ListVouches(run, *person); });
  list.add_option("PERSON", *person, "E-mail address, people/ID, or `me`")->required();
}

void AddGrants(CommandSet& commands, CLI::App& verification) {
  const auto flags = std::make_shared<GrantFlags>();
  CLI::App& grant =
      commands.Mutation(verification, "grant", "Take over that a motion verified a person (staff)",
                        "plenary verification grant ada.demo@solo.example professional board/3",
                        [flags](Invocation& run) { return GrantOne(run, *flags); });
  grant.add_option("PERSON", flags->person, "E-mail address or people/ID")->required();
  grant.add_option("CATEGORY", flags->category, "For which category")->required();
  grant.add_option("MOTION", flags->motion, "BODY/ID of the motion")->required();
  grant.add_option("--from", flags->from, "First day, YYYY-MM-DD (default: today by the suite's clock)");
  CLI::App& revoke = commands.Mutation(verification, "revoke", "End what a motion granted (staff)",
                                       "plenary verification revoke ada.demo@solo.example professional "
                                       "board/3 --reason \"The motion was annulled\"",
                                       [flags](Invocation& run) { return RevokeOne(run, *flags); });
  revoke.add_option("PERSON", flags->person, "E-mail address or people/ID")->required();
  revoke.add_option("CATEGORY", flags->category, "For which category")->required();
  revoke.add_option("MOTION", flags->motion, "BODY/ID of the motion")->required();
  revoke.add_option("--reason", flags->reason, "Why")->required();
}

void AddVerification(CommandSet& commands) {
  CLI::App& verification = commands.Group("verification", "How members are verified");
  AddWays(commands, verification);
  AddVouches(commands, verification);
  AddGrants(commands, verification);
  const auto person = std::make_shared<std::string>();
  const auto as_of = std::make_shared<std::string>();
  CLI::App& explain = commands.Command(
      verification, "explain", "Each way that is open to a person, and what is missing",
      "plenary verification explain me",
      [person, as_of](Invocation& run) { return ExplainVerification(run, *person, *as_of); });
  explain.add_option("PERSON", *person, "E-mail address, people/ID, or `me`")->required();
  explain.add_option("--as-of", *as_of, "YYYY-MM-DD (default: today by the suite's clock)");
}

}  // namespace

void AddVerificationCommands(CommandSet& commands) {
  AddLetter(commands);
  AddVerification(commands);
}

}  // namespace plenary::cli
