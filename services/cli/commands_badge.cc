// badge, chapter
#include "fmt/format.h"
#include "plenary/membership/v1/badge_service.grpc.pb.h"
#include "plenary/membership/v1/chapter_service.grpc.pb.h"
#include "services/cli/badge_svg.h"
#include "services/cli/commands.h"
#include "services/cli/errors.h"
#include "services/cli/files.h"
#include "services/cli/names.h"
#include "services/cli/resolve.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;  // the messages of two contracts that have no name in common
using Badges = BadgeService::Stub;
using Chapters = ChapterService::Stub;

struct IssueFlags {
  std::string label;
  std::string renews;
  bool show_company = false;
};

absl::Status IssueBadge(Invocation& run, const IssueFlags& flags) {
  IssueBadgeRequest request;
  request.set_label(flags.label);
  request.set_show_company(flags.show_company);
  if (!flags.renews.empty()) request.set_renews(Qualified("badges", flags.renews));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Badge badge, run.Ask(&Badges::IssueBadge, request));
  run.out().Line(fmt::format("Issued {}. Anybody can check it: plenary badge check {}", badge.name(),
                             LastSegment(badge.name())));
  run.out().Document(badge);
  return absl::OkStatus();
}

absl::StatusOr<CheckBadgeResponse> Ask(Invocation& run, const std::string& badge) {
  CheckBadgeRequest request;
  request.set_name(Qualified("badges", badge));
  return run.Ask(&Badges::CheckBadge, request);
}

absl::Status CheckBadge(Invocation& run, const std::string& badge) {
  ASSIGN_OR_RETURN(const CheckBadgeResponse answer, Ask(run, badge));
  run.out().Document(answer);
  if (answer.state() != CheckBadgeResponse::STATE_VALID) return errors::CheckFailed(BadgeLine(answer));
  run.out().Line(BadgeLine(answer));
  return absl::OkStatus();
}

std::string CheckLink(const std::string& link) {
  return link.rfind("https://", 0) == 0 || link.rfind("http://", 0) == 0
             ? ""
             : "\"" + link + "\" is no link: it begins with https://";
}

absl::Status DrawBadge(Invocation& run, const std::string& badge, const std::string& link,
                       const std::string& file) {
  ASSIGN_OR_RETURN(const CheckBadgeResponse answer, Ask(run, badge));
  if (answer.state() != CheckBadgeResponse::STATE_VALID) return errors::CheckFailed(BadgeLine(answer));
  RETURN_IF_ERROR(WritePublicFile(file, BadgeSvg(answer, link) + "\n"));
  run.out().Line(fmt::format("Wrote {}: {}", file, BadgeLine(answer)));
  run.out().Document(Json{{"file", file}, {"link", link}, {"text", BadgeLine(answer)}});
  return absl::OkStatus();
}

absl::Status ListBadges(Invocation& run, const std::string& person) {
  ListMyBadgesRequest request;
  ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, person));
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Badges::ListMyBadges, request));
  Table table({"BADGE", "LABEL", "COMPANY", "ISSUED", "REVOKED"});
  for (const Badge& badge : all.badges()) {
    table.Row({LastSegment(badge.name()), badge.label(), badge.show_company() ? "shown" : "hidden",
               InstantText(badge.has_issue_time(), badge.issue_time()),
               InstantText(badge.has_revoke_time(), badge.revoke_time())});
  }
  run.out().Print(table, "No badges.");
  run.out().Document(all);
  return absl::OkStatus();
}

absl::Status RevokeBadge(Invocation& run, const std::string& badge) {
  RevokeBadgeRequest request;
  request.set_name(Qualified("badges", badge));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Badge revoked, run.Ask(&Badges::RevokeBadge, request));
  run.out().Line(fmt::format("Revoked {}.", revoked.name()));
  run.out().Document(revoked);
  return absl::OkStatus();
}

void AddBadgeViews(CommandSet& commands, CLI::App& badge) {
  const auto checked = std::make_shared<std::string>();
  CLI::App& check = commands.Command(badge, "check", "Whether a badge is good today, and whose it is",
                                     "plenary badge check 0123456789abcdefghijklmnop",
                                     [checked](Invocation& run) { return CheckBadge(run, *checked); });
  check.add_option("BADGE", *checked, "Id of the badge")->required();
  const auto drawn = std::make_shared<std::string>();
  const auto link = std::make_shared<std::string>();
  const auto file = std::make_shared<std::string>("badge.svg");
  CLI::App& svg =
      commands.Command(badge, "svg", "Draw a badge for a web site, as an SVG file",
                       "plenary badge svg 0123456789abcdefghijklmnop --link "
                       "https://society.example/badges/0123 --out badge.svg",
                       [drawn, link, file](Invocation& run) { return DrawBadge(run, *drawn, *link, *file); });
  svg.add_option("BADGE", *drawn, "Id of the badge")->required();
  svg.add_option("--link", *link, "Where anybody checks it")->required()->check(CheckLink);
  svg.add_option("--out", *file, "File to write")->capture_default_str();
}

void AddBadge(CommandSet& commands) {
  CLI::App& badge = commands.Group("badge", "Badges that anybody can check");
  const auto flags = std::make_shared<IssueFlags>();
  CLI::App& issue = commands.Mutation(badge, "issue", "Get a badge of one's own",
                                      "plenary badge issue --label \"web site\" --show-company",
                                      [flags](Invocation& run) { return IssueBadge(run, *flags); });
  issue.add_option("--label", flags->label, "What you call it");
  issue.add_flag("--show-company", flags->show_company, "The badge names your company");
  issue.add_option("--renews", flags->renews, "Id of the badge that it takes the place of");
  AddBadgeViews(commands, badge);
  const auto person = std::make_shared<std::string>("me");
  CLI::App& list = commands.List(badge, "list", "Badges of a person", "plenary badge list",
                                 [person](Invocation& run) { return ListBadges(run, *person); });
  list.add_option("--person", *person, "E-mail address, people/ID, or `me` (the default)");
  const auto revoked = std::make_shared<std::string>();
  CLI::App& revoke = commands.Mutation(badge, "revoke", "End a badge for ever (its owner, or staff)",
                                       "plenary badge revoke 0123456789abcdefghijklmnop",
                                       [revoked](Invocation& run) { return RevokeBadge(run, *revoked); });
  revoke.add_option("BADGE", *revoked, "Id of the badge")->required();
}

struct ChapterFlags {
  std::string code;
  std::string display_name;
  std::string kind;
  bool closed = false;
};

absl::Status SaveChapter(Invocation& run, const ChapterFlags& flags) {
  SaveChapterRequest request;
  Chapter& chapter = *request.mutable_chapter();
  chapter.set_name(Qualified("chapters", flags.code));
  chapter.set_display_name(flags.display_name);
  chapter.set_kind(ValueOf<Chapter::Kind>(flags.kind));
  chapter.set_closed(flags.closed);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Chapter saved, run.Ask(&Chapters::SaveChapter, request));
  run.out().Line(fmt::format("Saved {} ({}).", saved.name(), saved.display_name()));
  run.out().Document(saved);
  return absl::OkStatus();
}

absl::Status ListChapters(Invocation& run) {
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Chapters::ListChapters, ListChaptersRequest()));
  Table table({"CODE", "NAME", "KIND", Right("PEOPLE"), "OPEN"});
  for (const Chapter& chapter : all.chapters()) {
    table.Row({LastSegment(chapter.name()), chapter.display_name(), Word(chapter.kind()),
               std::to_string(chapter.people()), chapter.closed() ? "no" : "yes"});
  }
  run.out().Print(table, "No chapters.");
  run.out().Document(all);
  return absl::OkStatus();
}

absl::Status JoinChapter(Invocation& run, const std::string& chapter, const std::string& person) {
  JoinChapterRequest request;
  ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, person));
  request.set_chapter(Qualified("chapters", chapter));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const ChapterMembership joined, run.Ask(&Chapters::JoinChapter, request));
  run.out().Line(
      fmt::format("{} is in {} since {}.", joined.full_name(), joined.chapter(), joined.start_date()));
  run.out().Document(joined);
  return absl::OkStatus();
}

absl::Status LeaveChapter(Invocation& run, const std::string& person) {
  LeaveChapterRequest request;
  ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, person));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const ChapterMembership left, run.Ask(&Chapters::LeaveChapter, request));
  run.out().Line(fmt::format("{} left {} on {}.", left.full_name(), left.chapter(), left.end_date()));
  run.out().Document(left);
  return absl::OkStatus();
}

void PrintMemberships(Invocation& run, const google::protobuf::RepeatedPtrField<ChapterMembership>& rows) {
  Table table({"PERSON", "NAME", "CHAPTER", "FROM", "UNTIL", "BY"});
  for (const ChapterMembership& row : rows) {
    table.Row({LastSegment(row.person()), row.full_name(), LastSegment(row.chapter()), row.start_date(),
               row.end_date(), row.source()});
  }
  run.out().Print(table, "Nobody.");
}

absl::Status ListChapterMembers(Invocation& run, const std::string& chapter, const std::string& as_of) {
  ListChapterMembersRequest request;
  request.set_chapter(Qualified("chapters", chapter));
  request.set_as_of(as_of);
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Chapters::ListChapterMembers, request));
  PrintMemberships(run, all.members());
  run.out().Document(all);
  return absl::OkStatus();
}

absl::Status ListChapterMemberships(Invocation& run, const std::string& person) {
  ListChapterMembershipsRequest request;
  ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, person));
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Chapters::ListChapterMemberships, request));
  PrintMemberships(run, all.memberships());
  run.out().Document(all);
  return absl::OkStatus();
}

void AddChapterMembers(CommandSet& commands, CLI::App& chapter) {
  const auto code = std::make_shared<std::string>();
  const auto person = std::make_shared<std::string>("me");
  CLI::App& join = commands.Mutation(
      chapter, "join", "Move to a chapter, or move somebody (staff)", "plenary chapter join us-ny",
      [code, person](Invocation& run) { return JoinChapter(run, *code, *person); });
  join.add_option("CHAPTER", *code, "Code of the chapter")->required();
  join.add_option("--person", *person, "E-mail address, people/ID, or `me` (the default)");
  CLI::App& leave =
      commands.Mutation(chapter, "leave", "Leave the chapter one is in", "plenary chapter leave",
                        [person](Invocation& run) { return LeaveChapter(run, *person); });
  leave.add_option("--person", *person, "E-mail address, people/ID, or `me` (the default)");
  const auto as_of = std::make_shared<std::string>();
  CLI::App& members = commands.List(
      chapter, "members", "Who is in a chapter (staff)", "plenary chapter members us-ny --as-of 2022-08-31",
      [code, as_of](Invocation& run) { return ListChapterMembers(run, *code, *as_of); });
  members.add_option("CHAPTER", *code, "Code of the chapter")->required();
  members.add_option("--as-of", *as_of, "YYYY-MM-DD (default: today by the suite's clock)");
  CLI::App& history = commands.List(
      chapter, "history", "Every chapter a person has been in", "plenary chapter history --person me",
      [person](Invocation& run) { return ListChapterMemberships(run, *person); });
  history.add_option("--person", *person, "E-mail address, people/ID, or `me` (the default)");
}

void AddChapter(CommandSet& commands) {
  CLI::App& chapter = commands.Group("chapter", "Chapters of states and countries");
  const auto flags = std::make_shared<ChapterFlags>();
  CLI::App& save =
      commands.Mutation(chapter, "save", "Create a chapter, or replace the one with that code (staff)",
                        "plenary chapter save us-ny --display-name \"New York\" --kind state",
                        [flags](Invocation& run) { return SaveChapter(run, *flags); });
  save.add_option("CODE", flags->code, "Code, of [a-z0-9-]")->required();
  save.add_option("--display-name,--name", flags->display_name, "What people call it")->required();
  AddWord<Chapter::Kind>(save, "--kind", flags->kind, "What it is for")->required();
  save.add_flag("--closed", flags->closed, "Nobody joins it any more");
  commands.List(chapter, "list", "All chapters", "plenary chapter list", ListChapters);
  AddChapterMembers(commands, chapter);
}

}  // namespace

void AddBadgeCommands(CommandSet& commands) {
  AddBadge(commands);
  AddChapter(commands);
}

}  // namespace plenary::cli
