#include "services/cli/resolve.h"

#include "fmt/format.h"
#include "services/cli/errors.h"
#include "services/cli/names.h"

namespace plenary::cli {
namespace {

bool SameIgnoringCase(std::string_view a, std::string_view b) {
  const auto lower = [](char letter) { return letter >= 'A' && letter <= 'Z' ? letter + 32 : letter; };
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

// A child of an election: in full, "ELECTION/ID" with "current" allowed, or "ID" of the current one.
absl::StatusOr<std::string> ElectionChild(Invocation& run, std::string_view collection,
                                          const std::string& text) {
  std::string full = text;
  if (text.find('/') == std::string::npos) full = "current/" + text;
  const auto child = ChildName("elections", collection, full);
  if (!child.has_value()) {
    return errors::WrongUsage(fmt::format(
        "\"{}\" is no name here. Use elections/ELECTION/{}/ID, ELECTION/ID or ID.", text, collection));
  }
  const std::size_t election_end = child->find('/', std::string_view("elections/").size());
  ASSIGN_OR_RETURN(const std::string election, ElectionName(run, child->substr(0, election_end)));
  return election + child->substr(election_end);
}

absl::StatusOr<std::string> BodyChild(std::string_view collection, const std::string& text) {
  const auto child = ChildName("bodies", collection, text);
  if (child.has_value()) return *child;
  return errors::WrongUsage(
      fmt::format("\"{}\" is no name here. Use bodies/BODY/{}/ID or BODY/ID.", text, collection));
}

}  // namespace

absl::StatusOr<std::string> PersonName(Invocation& run, const std::string& text) {
  if (text == "me") {
    ASSIGN_OR_RETURN(const Session session, run.SignedIn());
    return session.person;
  }
  if (!IsEmail(text)) return Qualified("people", text);
  const auto session = run.SignedIn();
  if (session.ok() && SameIgnoringCase(session->email, text)) return session->person;
  membership::v1::ListPeopleRequest request;
  request.set_email(text);
  ASSIGN_OR_RETURN(const auto found, run.Ask(&membership::v1::RegisterService::Stub::ListPeople, request));
  if (found.people().empty()) return errors::NobodyWithAddress(text);
  return found.people(0).name();
}

absl::StatusOr<std::string> CompanyName(Invocation& run, const std::string& text) {
  if (text.rfind("companies/", 0) == 0) return text;
  if (IsDrawnId(text)) return Qualified("companies", text);
  membership::v1::ListCompaniesRequest request;
  request.set_display_name(text);
  ASSIGN_OR_RETURN(const auto found, run.Ask(&membership::v1::RegisterService::Stub::ListCompanies, request));
  if (found.companies().empty()) return errors::NoCompanyNamed(text);
  return found.companies(0).name();
}

absl::StatusOr<std::string> HolderName(Invocation& run, const std::string& text) {
  const bool person = text == "me" || IsEmail(text) || text.rfind("people/", 0) == 0;
  return person ? PersonName(run, text) : CompanyName(run, text);
}

absl::StatusOr<std::string> ElectionName(Invocation& run, const std::string& text) {
  const std::string name = Qualified("elections", text);
  if (name != "elections/current") return name;
  election::v1::ListElectionsRequest request;
  request.set_page_size(1);
  ASSIGN_OR_RETURN(const auto newest,
                   run.AskWithoutToken(&election::v1::ElectionService::Stub::ListElections, request));
  if (newest.elections().empty()) return errors::NoElectionCalled();
  return newest.elections(0).name();
}

absl::StatusOr<std::string> ContestName(Invocation& run, const std::string& text) {
  return ElectionChild(run, "contests", text);
}

absl::StatusOr<std::string> CandidacyName(Invocation& run, const std::string& text) {
  return ElectionChild(run, "candidacies", text);
}

absl::StatusOr<std::string> SeatName(const std::string& text) { return BodyChild("seats", text); }

absl::StatusOr<std::string> MotionName(const std::string& text) { return BodyChild("motions", text); }

}  // namespace plenary::cli
