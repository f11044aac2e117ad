// course, track, credit
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "plenary/membership/v1/education_service.grpc.pb.h"
#include "services/cli/commands.h"
#include "services/cli/credits.h"
#include "services/cli/errors.h"
#include "services/cli/files.h"
#include "services/cli/names.h"
#include "services/cli/resolve.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;  // the messages of one contract, in one file
using Education = EducationService::Stub;

std::string CheckCredits(const std::string& text) {
  return ParseCredits(text).has_value() ? "" : "\"" + text + "\" is no number of credits, such as 1.5";
}

struct CourseFlags {
  std::string id;
  std::string title;
  std::string provider;
  std::string credits;
  std::string from;
  std::string until;
};

absl::Status SaveCourse(Invocation& run, const CourseFlags& flags) {
  SaveCourseRequest request;
  Course& course = *request.mutable_course();
  course.set_name(Qualified("courses", flags.id));
  course.set_title(flags.title);
  course.set_provider(flags.provider);
  course.set_credit_hundredths(ParseCredits(flags.credits).value_or(0));
  course.set_valid_from(flags.from);
  course.set_valid_until(flags.until);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Course saved, run.Ask(&Education::SaveCourse, request));
  run.out().Line(fmt::format("Saved {} ({}, {} credits).", saved.name(), saved.title(),
                             CreditText(saved.credit_hundredths())));
  run.out().Document(saved);
  return absl::OkStatus();
}

absl::Status ListCourses(Invocation& run) {
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Education::ListCourses, ListCoursesRequest()));
  Table table({"ID", "TITLE", "PROVIDER", Right("CREDITS"), "FROM", "UNTIL"});
  for (const Course& course : all.courses()) {
    table.Row({LastSegment(course.name()), course.title(), course.provider(),
               CreditText(course.credit_hundredths()), course.valid_from(), course.valid_until()});
  }
  run.out().Print(table, "No courses.");
  run.out().Document(all);
  return absl::OkStatus();
}

void AddCourse(CommandSet& commands) {
  CLI::App& course = commands.Group("course", "Courses that earn credits");
  const auto flags = std::make_shared<CourseFlags>();
  CLI::App& save = commands.Mutation(
      course, "save", "Create a course, or replace the one with that id (staff)",
      "plenary course save cable-safety --title \"Cable safety\" --provider \"The Guild\" --credits 1.5",
      [flags](Invocation& run) { return SaveCourse(run, *flags); });
  save.add_option("ID", flags->id, "Id, of [a-z0-9-]")->required();
  save.add_option("--title", flags->title, "What people call it")->required();
  save.add_option("--provider", flags->provider, "Who teaches it")->required();
  save.add_option("--credits", flags->credits, "What it is worth, such as 1.5")
      ->required()
      ->check(CheckCredits);
  save.add_option("--from", flags->from,
                  "First day on which it earns credits, YYYY-MM-DD (default: from ever)");
  save.add_option("--until", flags->until, "Last day on which it earns credits (default: no end)");
  commands.List(course, "list", "All courses", "plenary course list", ListCourses);
}

struct TrackFlags {
  std::string id;
  std::string title;
  std::vector<std::string> courses;
  std::string credits = "0";
  int within_months = 0;
  int valid_months = 0;
  bool automatic = false;
};

absl::Status SaveTrack(Invocation& run, const TrackFlags& flags) {
  SaveTrackRequest request;
  Track& track = *request.mutable_track();
  track.set_name(Qualified("tracks", flags.id));
  track.set_title(flags.title);
  for (const std::string& course : flags.courses) {
    if (!course.empty()) track.add_courses(Qualified("courses", course));
  }
  track.set_required_credit_hundredths(ParseCredits(flags.credits).value_or(0));
  track.set_within_months(flags.within_months);
  track.set_valid_months(flags.valid_months);
  track.set_automatic(flags.automatic);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Track saved, run.Ask(&Education::SaveTrack, request));
  run.out().Line(fmt::format("Saved {} ({}).", saved.name(), saved.title()));
  run.out().Document(saved);
  return absl::OkStatus();
}

absl::Status ListTracks(Invocation& run) {
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Education::ListTracks, ListTracksRequest()));
  Table table({"ID", "TITLE", "COURSES", Right("CREDITS"), Right("WITHIN"), Right("VALID"), "GRANTED BY"});
  for (const Track& track : all.tracks()) {
    std::vector<std::string> courses;
    for (const std::string& course : track.courses()) courses.push_back(LastSegment(course));
    const auto months = [](int count) {
      return count == 0 ? std::string() : fmt::format("{} months", count);
    };
    table.Row({LastSegment(track.name()), track.title(), fmt::format("{}", fmt::join(courses, " ")),
               CreditText(track.required_credit_hundredths()), months(track.within_months()),
               months(track.valid_months()), track.automatic() ? "rule" : "staff"});
  }
  run.out().Print(table, "No tracks.");
  run.out().Document(all);
  return absl::OkStatus();
}

void AddTrack(CommandSet& commands) {
  CLI::App& track = commands.Group("track", "What a certification asks for");
  const auto flags = std::make_shared<TrackFlags>();
  CLI::App& save = commands.Mutation(
      track, "save", "Create a track, or replace the one with that id (staff)",
      "plenary track save technician --title Technician --courses cable-safety,basics --valid-months 24",
      [flags](Invocation& run) { return SaveTrack(run, *flags); });
  save.add_option("ID", flags->id, "Id, of [a-z0-9-]")->required();
  save.add_option("--title", flags->title, "What people call it")->required();
  save.add_option("--courses", flags->courses, "Courses that must all be passed, separated by commas")
      ->delimiter(',')
      ->allow_extra_args(false);
  save.add_option("--credits", flags->credits, "Credits of any kind (default: none beyond the courses)")
      ->check(CheckCredits);
  save.add_option("--within-months", flags->within_months,
                  "Only what was earned in them counts (default: all)");
  save.add_option("--valid-months", flags->valid_months,
                  "How long a certification is good (default: no end)");
  save.add_flag("--automatic", flags->automatic, "Granted as soon as it is complete");
  commands.List(track, "list", "All tracks", "plenary track list", ListTracks);
}

struct ClaimFlags {
  std::string course;
  std::string description;
  std::string credits;
  std::string earned_on;
  std::string evidence;
};

absl::Status ClaimCredits(Invocation& run, const ClaimFlags& flags) {
  ClaimCreditsRequest request;
  if (!flags.course.empty()) request.set_course(Qualified("courses", flags.course));
  request.set_description(flags.description);
  request.set_credit_hundredths(ParseCredits(flags.credits).value_or(0));
  request.set_earned_on(flags.earned_on);
  request.set_evidence(flags.evidence);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Claim claim, run.Ask(&Education::ClaimCredits, request));
  run.out().Line(fmt::format("Claimed {} credits for {} as {}. The office decides.",
                             CreditText(claim.credit_hundredths()), claim.description(), claim.name()));
  run.out().Document(claim);
  return absl::OkStatus();
}

struct ClaimFilter {
  std::string person;
  std::string state;
};

absl::Status ListClaims(Invocation& run, const ClaimFilter& filter) {
  ListClaimsRequest request;
  if (!filter.person.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, filter.person));
  }
  request.set_state(ValueOf<Claim::State>(filter.state));
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Education::ListClaims, request));
  Table table({"CLAIM", "PERSON", "EARNED ON", Right("CREDITS"), "WHAT", "EVIDENCE", "STATE", "REASON"});
  for (const Claim& claim : all.claims()) {
    table.Row({LastSegment(claim.name()), LastSegment(claim.person()), claim.earned_on(),
               CreditText(claim.credit_hundredths()), claim.description(), claim.evidence(),
               Word(claim.state()), claim.decision_reason()});
  }
  run.out().Print(table, "No claims.");
  run.out().Document(all);
  return absl::OkStatus();
}

struct DecisionFlags {
  std::string claim;
  std::string decision;
  std::string credits;
  std::string reason;
  std::string etag;
};

absl::Status DecideClaim(Invocation& run, const DecisionFlags& flags) {
  DecideClaimRequest request;
  request.set_name(Qualified("claims", flags.claim));
  request.set_approve(flags.decision == "approve");
  request.set_credit_hundredths(ParseCredits(flags.credits).value_or(0));
  request.set_reason(flags.reason);
  request.set_etag(flags.etag);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Claim claim, run.Ask(&Education::DecideClaim, request));
  run.out().Line(fmt::format("{} is {}: {} credits for {}.", claim.name(), Word(claim.state()),
                             CreditText(claim.credit_hundredths()), claim.description()));
  run.out().Document(claim);
  return absl::OkStatus();
}

absl::Status WithdrawClaim(Invocation& run, const std::string& claim) {
  WithdrawClaimRequest request;
  request.set_name(Qualified("claims", claim));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Claim withdrawn, run.Ask(&Education::WithdrawClaim, request));
  run.out().Line(fmt::format("Took {} back.", withdrawn.name()));
  run.out().Document(withdrawn);
  return absl::OkStatus();
}

struct AttendanceFlags {
  std::string file;
  std::string course;
  std::string earned_on;
  std::string evidence;
};

absl::StatusOr<RecordAttendanceResponse> SendAttendance(Invocation& run, const AttendanceFlags& flags,
                                                        const std::vector<std::string>& attendees) {
  ASSIGN_OR_RETURN(const auto channel, run.Channel(Part::kMembership));
  Education stub(channel);
  grpc::ClientContext context;
  run.PrepareStream(context, Part::kMembership);
  RecordAttendanceResponse answer;
  const auto writer = stub.RecordAttendance(&context, &answer);
  RecordAttendanceRequest part;
  part.mutable_header()->set_course(Qualified("courses", flags.course));
  part.mutable_header()->set_earned_on(flags.earned_on);
  part.mutable_header()->set_evidence(flags.evidence);
  part.mutable_header()->set_request_id(run.RequestId());
  bool open = writer->Write(part);
  const auto progress = run.ShowProgress("Sending", static_cast<std::int64_t>(attendees.size()));
  for (std::size_t i = 0; open && i < attendees.size(); ++i) {
    part.set_attendee(attendees[i]);
    open = writer->Write(part);
    progress->Advance(1);
  }
  writer->WritesDone();
  const grpc::Status status = writer->Finish();
  if (!status.ok()) return run.ErrorOf(Part::kMembership, status);
  return answer;
}

absl::Status RecordAttendance(Invocation& run, const AttendanceFlags& flags) {
  ASSIGN_OR_RETURN(const std::string content, ReadNamedFile(flags.file));
  ASSIGN_OR_RETURN(const auto answer, SendAttendance(run, flags, LinesOf(content)));
  run.out().Line(fmt::format("{} rows: {} recorded, {} recorded already, {} certified.", answer.rows(),
                             answer.recorded(), answer.unchanged(), answer.certifications_granted()));
  run.out().Document(answer);
  if (answer.problems().empty()) return absl::OkStatus();
  Table table({Right("ROW"), "ATTENDEE", "REASON", "MESSAGE"});
  for (const auto& problem : answer.problems()) {
    table.Row({std::to_string(problem.row()), problem.attendee(), problem.reason(), problem.message()});
  }
  run.out().Print(table, "No bad rows.");
  return errors::RowsLeftOut(answer.problems_size());
}

void AddClaims(CommandSet& commands, CLI::App& credit) {
  const auto claim = std::make_shared<ClaimFlags>();
  CLI::App& add = commands.Mutation(
      credit, "claim", "Claim credits for a course, or for something else",
      "plenary credit claim --course cable-safety --on 2022-08-01 --evidence https://guild.example/c/17",
      [claim](Invocation& run) { return ClaimCredits(run, *claim); });
  add.add_option("--course", claim->course, "Id of the course; without one, --what and --credits");
  add.add_option("--what", claim->description, "What it was, without a course");
  add.add_option("--credits", claim->credits, "What it is worth, without a course")->check(CheckCredits);
  add.add_option("--on", claim->earned_on, "The day, YYYY-MM-DD")->required();
  add.add_option("--evidence", claim->evidence, "Text or a link that shows it")->required();
  const auto filter = std::make_shared<ClaimFilter>();
  CLI::App& list = commands.List(credit, "list", "Claims: one's own; everybody's for staff",
                                 "plenary credit list --state claimed",
                                 [filter](Invocation& run) { return ListClaims(run, *filter); });
  list.add_option("--person", filter->person, "E-mail address, people/ID, or `me`");
  AddWord<Claim::State>(list, "--state", filter->state, "Only those in this state");
  const auto withdrawn = std::make_shared<std::string>();
  CLI::App& withdraw =
      commands.Mutation(credit, "withdraw", "Take back a claim that waits",
                        "plenary credit withdraw 0123456789abcdefghijklmnop",
                        [withdrawn](Invocation& run) { return WithdrawClaim(run, *withdrawn); });
  withdraw.add_option("CLAIM", *withdrawn, "Id of the claim")->required();
}

void AddCredit(CommandSet& commands) {
  CLI::App& credit = commands.Group("credit", "Credits of continuing education");
  AddClaims(commands, credit);
  const auto decision = std::make_shared<DecisionFlags>();
  CLI::App& decide = commands.Mutation(
      credit, "decide", "Approve or refuse a claim of somebody else (staff)",
      "plenary credit decide 0123456789abcdefghijklmnop refuse --reason \"The certificate is unreadable\"",
      [decision](Invocation& run) { return DecideClaim(run, *decision); });
  decide.add_option("CLAIM", decision->claim, "Id of the claim")->required();
  decide.add_option("DECISION", decision->decision, "approve or refuse")
      ->required()
      ->check(CLI::IsMember({"approve", "refuse"}));
  decide.add_option("--credits", decision->credits, "What it is worth, when that is not what was claimed")
      ->check(CheckCredits);
  decide.add_option("--reason", decision->reason, "For the person; needed to refuse");
  decide.add_option("--etag", decision->etag, "Of the claim as read, to change a decision");
  const auto attendance = std::make_shared<AttendanceFlags>();
  CLI::App& record =
      commands.Mutation(credit, "record", "Give everybody on a list the credits of a course (staff)",
                        "plenary credit record attendees.txt --course cable-safety --on 2022-08-10 "
                        "--evidence \"List at the door\"",
                        [attendance](Invocation& run) { return RecordAttendance(run, *attendance); });
  record.add_option("FILE", attendance->file, "One e-mail address or people/ID a line")->required();
  record.add_option("--course", attendance->course, "Id of the course")->required();
  record.add_option("--on", attendance->earned_on, "The day, YYYY-MM-DD")->required();
  record.add_option("--evidence", attendance->evidence, "Where the list comes from")->required();
}

}  // namespace

void AddEducationCommands(CommandSet& commands) {
  AddCourse(commands);
  AddTrack(commands);
  AddCredit(commands);
}

}  // namespace plenary::cli
