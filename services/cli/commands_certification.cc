// certification, transcript
#include "fmt/format.h"
#include "plenary/membership/v1/education_service.grpc.pb.h"
#include "services/cli/commands.h"
#include "services/cli/credits.h"
#include "services/cli/names.h"
#include "services/cli/resolve.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;  // the messages of one contract, in one file
using Education = EducationService::Stub;

absl::Status GrantCertification(Invocation& run, const std::string& person, const std::string& track) {
  GrantCertificationRequest request;
  ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, person));
  request.set_track(Qualified("tracks", track));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Certification granted, run.Ask(&Education::GrantCertification, request));
  run.out().Line(fmt::format("{} is certified {}{} as {}.", granted.person(), granted.track_title(),
                             granted.valid_until().empty() ? "" : " until " + granted.valid_until(),
                             granted.name()));
  run.out().Document(granted);
  return absl::OkStatus();
}

absl::Status RevokeCertification(Invocation& run, const std::string& certification,
                                 const std::string& reason) {
  RevokeCertificationRequest request;
  request.set_name(Qualified("certifications", certification));
  request.set_reason(reason);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Certification revoked, run.Ask(&Education::RevokeCertification, request));
  run.out().Line(fmt::format("Revoked {} of {}.", revoked.name(), revoked.person()));
  run.out().Document(revoked);
  return absl::OkStatus();
}

Table CertificationTable(const google::protobuf::RepeatedPtrField<Certification>& certifications) {
  Table table({"CERTIFICATION", "PERSON", "TRACK", "GRANTED ON", "UNTIL", "STATE", "GRANTED BY", "REASON"});
  for (const Certification& one : certifications) {
    table.Row({LastSegment(one.name()), LastSegment(one.person()),
               one.track_title().empty() ? LastSegment(one.track()) : one.track_title(), one.granted_on(),
               one.valid_until().empty() ? "no end" : one.valid_until(), Word(one.state()), one.granted_by(),
               one.revoke_reason()});
  }
  return table;
}

struct CertificationFilter {
  std::string person;
  std::string track;
};

absl::Status ListCertifications(Invocation& run, const CertificationFilter& filter) {
  ListCertificationsRequest request;
  if (!filter.person.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, filter.person));
  }
  if (!filter.track.empty()) request.set_track(Qualified("tracks", filter.track));
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Education::ListCertifications, request));
  run.out().Print(CertificationTable(all.certifications()), "No certifications.");
  run.out().Document(all);
  return absl::OkStatus();
}

void AddCertification(CommandSet& commands) {
  CLI::App& certification = commands.Group("certification", "Who completed which track");
  const auto person = std::make_shared<std::string>();
  const auto track = std::make_shared<std::string>();
  CLI::App& grant = commands.Mutation(
      certification, "grant", "Certify, or renew, who completed a track (staff)",
      "plenary certification grant ada.demo@solo.example technician",
      [person, track](Invocation& run) { return GrantCertification(run, *person, *track); });
  grant.add_option("PERSON", *person, "E-mail address or people/ID")->required();
  grant.add_option("TRACK", *track, "Id of the track")->required();
  const auto which = std::make_shared<std::string>();
  const auto reason = std::make_shared<std::string>();
  CLI::App& revoke = commands.Mutation(
      certification, "revoke", "Take a certification away (staff)",
      "plenary certification revoke 0123456789abcdefghijklmnop --reason \"The exam was somebody else's\"",
      [which, reason](Invocation& run) { return RevokeCertification(run, *which, *reason); });
  revoke.add_option("CERTIFICATION", *which, "Id of the certification")->required();
  revoke.add_option("--reason", *reason, "For the person")->required();
  const auto filter = std::make_shared<CertificationFilter>();
  CLI::App& list = commands.List(certification, "list", "Certifications: one's own; everybody's for staff",
                                 "plenary certification list --track technician",
                                 [filter](Invocation& run) { return ListCertifications(run, *filter); });
  list.add_option("--person", filter->person, "E-mail address, people/ID, or `me`");
  list.add_option("--track", filter->track, "Id of the track");
}

// "runs", "runs, 3.50 missing", "over, complete".
std::string Standing(const Transcript::Year& year) {
  if (year.required_hundredths() == 0) return year.completed() ? "over" : "runs";
  const std::string when = year.completed() ? "over" : "runs";
  if (year.missing_hundredths() == 0) return when + ", complete";
  return when + ", " + CreditText(year.missing_hundredths()) + " missing";
}

void PrintYears(Invocation& run, const Transcript& transcript) {
  Table years(
      {"YEAR FROM", "TO", "MEMBERSHIP", Right("CREDITS"), Right("WAITING"), Right("NEEDED"), "STANDING"});
  for (const Transcript::Year& year : transcript.years()) {
    years.Row({year.start_date(), year.end_date(), LastSegment(year.category()),
               CreditText(year.approved_hundredths()), CreditText(year.claimed_hundredths()),
               CreditText(year.required_hundredths()), Standing(year)});
  }
  run.out().Print(years, "No years of membership.");
}

absl::Status ShowTranscript(Invocation& run, const std::string& person, const std::string& as_of) {
  GetTranscriptRequest request;
  ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, person));
  request.set_as_of(as_of);
  ASSIGN_OR_RETURN(const Transcript transcript, run.Ask(&Education::GetTranscript, request));
  run.out().Print(Facts()
                      .Add("name", transcript.full_name())
                      .Add("person", transcript.person())
                      .Add("as of", transcript.as_of())
                      .Add("credits", CreditText(transcript.approved_hundredths())));
  run.out().Line("");
  PrintYears(run, transcript);
  run.out().Line("");
  run.out().Print(CertificationTable(transcript.certifications()), "No certifications.");
  run.out().Line("");
  Table claims({"EARNED ON", Right("CREDITS"), "WHAT", "STATE"});
  for (const Claim& claim : transcript.claims()) {
    claims.Row(
        {claim.earned_on(), CreditText(claim.credit_hundredths()), claim.description(), Word(claim.state())});
  }
  run.out().Print(claims, "No credits.");
  run.out().Document(transcript);
  return absl::OkStatus();
}

void AddTranscript(CommandSet& commands) {
  const auto person = std::make_shared<std::string>("me");
  const auto as_of = std::make_shared<std::string>();
  CLI::App& transcript =
      commands.Command(commands.root(), "transcript", "What a person has learned, and what is missing",
                       "plenary transcript ada.demo@solo.example --as-of 2022-08-31",
                       [person, as_of](Invocation& run) { return ShowTranscript(run, *person, *as_of); });
  transcript.add_option("PERSON", *person, "E-mail address, people/ID, or `me` (the default)");
  transcript.add_option("--as-of", *as_of, "YYYY-MM-DD (default: today by the suite's clock)");
}

}  // namespace

void AddCertificationCommands(CommandSet& commands) {
  AddCertification(commands);
  AddTranscript(commands);
}

}  // namespace plenary::cli
