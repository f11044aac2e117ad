#include "services/election/errors.h"

#include <fmt/format.h>

#include <utility>

#include "common/time/date.h"

namespace plenary::election::errors {
namespace {

constexpr ErrorDomain kDomain("plenary.election");

absl::Status Refused(std::string_view reason, std::string message) {
  return kDomain.Error(absl::StatusCode::kFailedPrecondition, reason, std::move(message));
}
absl::Status Missing(std::string_view reason, std::string message) {
  return kDomain.Error(absl::StatusCode::kNotFound, reason, std::move(message));
}
absl::Status Exists(std::string_view reason, std::string message) {
  return kDomain.Error(absl::StatusCode::kAlreadyExists, reason, std::move(message));
}
absl::Status Wrong(std::string_view reason, std::string message) {
  return kDomain.Error(absl::StatusCode::kInvalidArgument, reason, std::move(message));
}
absl::Status Field(std::string_view reason, std::string_view field, std::string sentence) {
  return kDomain.BadRequest(reason, {{std::string(field), std::move(sentence)}});
}

}  // namespace

const ErrorDomain& Domain() { return kDomain; }

absl::Status ElectionNotFound(std::string_view election) {
  return kDomain.Error(
      absl::StatusCode::kNotFound, "ELECTION_NOT_FOUND",
      "There is no such election. Give its id from the list of elections; on the command line "
      "`current` is the one called last.",
      {{"election", election}});
}
absl::Status ElectionChanged() {
  return kDomain.Error(absl::StatusCode::kAborted, "ELECTION_CHANGED",
                       "The election was changed since you read it. Read it again and repeat the change.");
}
absl::Status NotReturningOfficer() {
  return kDomain.Error(
      absl::StatusCode::kPermissionDenied, "NOT_RETURNING_OFFICER",
      "Only the returning officer of this election may do this. Ask them; the election names them.");
}
absl::Status NotCandidate() {
  return kDomain.Error(absl::StatusCode::kPermissionDenied, "NOT_CANDIDATE",
                       "Only the candidate themself may do this. Ask them to.");
}
absl::Status PageTokenInvalid() {
  return Field("PAGE_TOKEN_INVALID", "page_token",
               "page_token is not one that this list gave. Start again without it.");
}
absl::Status ScheduleInvalid(std::string_view field, std::string sentence) {
  return Field("SCHEDULE_INVALID", field, std::move(sentence));
}
absl::Status ContestsInvalid(std::string_view field, std::string sentence) {
  return Field("CONTESTS_INVALID", field, std::move(sentence));
}
absl::Status TermsInvalid(std::string_view field, std::string sentence) {
  return Field("TERMS_INVALID", field, std::move(sentence));
}
absl::Status PhasePast(std::string_view field) {
  return kDomain.Error(absl::StatusCode::kFailedPrecondition, "PHASE_PAST",
                       fmt::format("{} has passed, or would lie in the past: leave what has passed as it is, "
                                   "and move the rest to a time still to come.",
                                   field),
                       {{"field", field}});
}
absl::Status ManifestPublished() {
  return Refused("MANIFEST_PUBLISHED",
                 "The manifest is published: nothing on the ballot and none of its times changes any more. "
                 "Tell the returning officer what ought to be different.");
}
absl::Status ManifestNotFound() {
  return Missing("MANIFEST_NOT_FOUND",
                 "The manifest is not published yet. Look again once filing has closed.");
}
absl::Status ManifestNotPublished() {
  return Refused("MANIFEST_NOT_PUBLISHED",
                 "The manifest was not published, so there is nothing to count. Publish it before voting "
                 "opens; after that, call a new election.");
}
absl::Status ManifestTooLong(std::size_t size) {
  return Refused(
      "MANIFEST_TOO_LONG",
      fmt::format("The manifest would have {} bytes, and 65,535 is the most. Split the election in two.",
                  size));
}
absl::Status ManifestInvalid(std::string_view what) {
  return Wrong("MANIFEST_INVALID",
               fmt::format("{} Fetch it again, and tell the returning officer if it stays so.", what));
}
absl::Status FilingStillOpen(absl::Time closes) {
  return Refused("FILING_STILL_OPEN", fmt::format("Filing is open until {}. Publish the manifest after it.",
                                                  FormatInstant(closes)));
}
absl::Status VotingAlreadyOpen() {
  return Refused("VOTING_ALREADY_OPEN",
                 "Voting would have begun already. Move the opening of voting, then publish the manifest.");
}
absl::Status RollNotFrozen(std::string sentence) { return Refused("ROLL_NOT_FROZEN", std::move(sentence)); }
absl::Status RollNotOfCompanies() {
  return Refused("ROLL_UNSUITABLE",
                 "The roll lists people, but the seats of a body are one vote a company, and a roll is for "
                 "ever. Call the election anew and freeze a roll of companies for it; ask the polls that "
                 "people vote on in an election of their own.");
}
absl::Status RollNotOfVoters() {
  return Refused("ROLL_UNSUITABLE",
                 "The roll lists who may take part in something else, not who may vote, and a roll is for "
                 "ever. Call the election anew and freeze a roll of who may vote for it.");
}
absl::Status CandidaciesPending(int pending) {
  return Refused(
      "CANDIDACIES_PENDING",
      fmt::format("{} completed {} for a decision. Accept them first, or ask the candidates to withdraw.",
                  pending, pending == 1 ? "candidacy waits" : "candidacies wait"));
}
absl::Status NoCandidates() {
  return Refused("NO_CANDIDATES",
                 "No candidacy was accepted in any contest, so there is nothing to vote on. Call a new "
                 "election with more time for filing.");
}

absl::Status TooManyCandidates(std::string_view contest, int candidates, int most) {
  return Refused(
      "TOO_MANY_CANDIDATES",
      fmt::format("{} has {} accepted candidates, and its method counts at most {}. Call a new election with "
                  "another method for it, such as approval.",
                  contest, candidates, most));
}

absl::Status CandidacyNotFound() {
  return Missing("CANDIDACY_NOT_FOUND",
                 "There is no such candidacy, or it is not public yet. Look at the list of candidacies.");
}
absl::Status ContestNotFound() {
  return Missing("CONTEST_NOT_FOUND", "The election has no such contest. Look at its list of contests.");
}
absl::Status ContestIsAPoll() {
  return Refused(
      "CONTEST_IS_A_POLL",
      "This contest is a poll: its options stand, and nobody runs in it. Choose a contest for the seats of a "
      "body.");
}
absl::Status FilingNotOpen(absl::Time opens) {
  return Refused("FILING_NOT_OPEN", fmt::format("Filing opens at {}. Come back then.", FormatInstant(opens)));
}
absl::Status FilingClosed() {
  return Refused("FILING_CLOSED",
                 "Filing has closed: nobody can file or change a page any more. Run in the next election, or "
                 "tell the returning officer what is wrong on your page.");
}
absl::Status HoldsAnotherPosition(std::string_view seat, std::string_view end_date) {
  return kDomain.Error(
      absl::StatusCode::kFailedPrecondition, "HOLDS_ANOTHER_POSITION",
      fmt::format("You hold {} until {}, and one person holds one position. Resign from it before you run.",
                  seat, end_date),
      {{"seat", seat}});
}
absl::Status IsReturningOfficer() {
  return Refused("IS_RETURNING_OFFICER",
                 "The returning officer counts the votes and cannot be a candidate. To run, ask the office "
                 "to call the election with another returning officer.");
}
absl::Status AlreadyACandidate() {
  return Exists("ALREADY_A_CANDIDATE",
                "You already run in this election, and one person runs for one position. Withdraw first.");
}
absl::Status NoRightToHoldOffice(std::string_view reason, std::string_view remedy) {
  return Refused(reason, fmt::format("This person has no right to hold office today. {}", remedy));
}
absl::Status CodeNotAccepted(std::string_view code_version) {
  return kDomain.Error(
      absl::StatusCode::kFailedPrecondition, "CODE_NOT_ACCEPTED",
      "A candidate accepts the code of ethics first. Read it, accept it, and submit the page again.",
      {{"code_version", code_version}});
}
absl::Status CandidacyNotCompleted() {
  return Refused("CANDIDACY_NOT_COMPLETED",
                 "Only a completed candidacy can be accepted. The candidate has to submit the page first.");
}
absl::Status CandidacyWithdrawn() {
  return Refused("CANDIDACY_WITHDRAWN",
                 "This candidacy was withdrawn. Declare a new one while filing is open.");
}

absl::Status VotingStillOpen(absl::Time closes) {
  return Refused("VOTING_STILL_OPEN", fmt::format("Voting is open until {}. Nothing is counted before it.",
                                                  FormatInstant(closes)));
}
absl::Status MoreBallotsThanCredentials(int ballots, int issued) {
  return Refused("MORE_BALLOTS_THAN_CREDENTIALS",
                 fmt::format("The box holds {} ballots, but {} credentials were issued. The count stops. "
                             "Have the box and the registrar examined before anything is counted.",
                             ballots, issued));
}
absl::Status BallotBoxInconsistent(std::string_view what) {
  return kDomain.Error(
      absl::StatusCode::kDataLoss, "BALLOT_BOX_INCONSISTENT",
      fmt::format("The count stops, because {}. Have the box examined before anything is counted.", what));
}
absl::Status CountUnfinished(std::string_view contest) {
  return kDomain.Error(
      absl::StatusCode::kInternal, "COUNT_UNFINISHED",
      fmt::format("Counting {} did not come to an end that can be stored. Nothing was stored; tell those "
                  "who run the service.",
                  contest));
}
absl::Status RecountDiffers() {
  return kDomain.Error(absl::StatusCode::kDataLoss, "RECOUNT_DIFFERS",
                       "Counting again gave another result than the stored one. Have the box and the "
                       "registrar examined before anything is certified.");
}
absl::Status ResultNotFound() {
  return Missing("RESULT_NOT_FOUND", "The election was not counted yet. Look again after voting has closed.");
}
absl::Status ReportNotKept() {
  return Missing("REPORT_NOT_KEPT",
                 "The election was counted before reports were kept. Run `plenary result recount`: it counts "
                 "the published ballots again and tells how.");
}
absl::Status NotCounted() {
  return Refused("NOT_COUNTED", "There is no result to certify. Count the election first.");
}
absl::Status AlreadyCertified() {
  return Exists(
      "ALREADY_CERTIFIED",
      "The result of this election is certified already, and stands. Look at it; nothing is left to do.");
}

absl::Status BoxNotFound() {
  return Missing("BOX_NOT_FOUND",
                 "The ballot box knows no such election. Check its name; a box is there once the manifest is "
                 "published.");
}
absl::Status ManifestMismatch(std::string sentence) {
  return Refused("MANIFEST_MISMATCH", std::move(sentence));
}
absl::Status ManifestFixed() {
  return Exists(
      "MANIFEST_FIXED",
      "The box was opened with another manifest, and a manifest is for ever. Tell the returning officer.");
}
absl::Status ManifestUnknown() {
  return Missing("MANIFEST_UNKNOWN",
                 "The ballot names a manifest that this box does not serve. Fetch the election's manifest "
                 "and compare its fingerprint.");
}
absl::Status BallotLengthInvalid(std::size_t expected, std::size_t actual) {
  return Wrong(
      "BALLOT_LENGTH_INVALID",
      fmt::format(
          "The ballot has {} bytes and must have exactly {}. Make it again with an up-to-date client.",
          actual, expected));
}
absl::Status BallotMalformed() {
  return Wrong("BALLOT_MALFORMED",
               "These bytes are no ballot, which begins with PLB1 and a manifest hash. Make it again with an "
               "up-to-date client.");
}
absl::Status UnreadableBallot(std::size_t size) {
  constexpr std::size_t kHead = 36;
  if (size >= kHead) return BallotMalformed();
  return Wrong(
      "BALLOT_LENGTH_INVALID",
      fmt::format(
          "{} bytes are too few for a ballot of any election. Make it again with an up-to-date client.",
          size));
}
absl::Status CredentialInvalid() {
  return Wrong("CREDENTIAL_INVALID",
               "A registrar's signature does not fit this ballot key. Collect the credential again with the "
               "same blinded message.");
}
absl::Status BallotSignatureInvalid() {
  return Wrong("BALLOT_SIGNATURE_INVALID",
               "The ballot is not signed by its ballot key. Make the ballot again.");
}
absl::Status PlaintextInvalid(std::string_view check) {
  return kDomain.Error(absl::StatusCode::kInvalidArgument, "PLAINTEXT_INVALID",
                       fmt::format("The ballot's content fails the check {} and could not be counted. Make "
                                   "it again with an up-to-date client.",
                                   check),
                       {{"check", check}});
}
absl::Status TooManyMarks() {
  return Wrong("TOO_MANY_MARKS",
               "A contest has more marks than it allows. Take some away; nothing was cast.");
}
absl::Status TooFewMarks() {
  return Wrong("TOO_FEW_MARKS",
               "A contest has fewer marks than it asks for. Add some, or leave it blank; nothing was cast.");
}
absl::Status OptionUnknown() {
  return Wrong("OPTION_UNKNOWN",
               "A mark names an option that is not on the ballot. Choose from the ballot; nothing was cast.");
}
absl::Status RanksInvalid() {
  return Wrong("RANKS_INVALID",
               "The ranks of a contest have to count 1, 2, 3 and so on without gaps, each of them once "
               "unless the contest "
               "allows equal ranks. Rank again; nothing was cast.");
}
absl::Status ScoreInvalid() {
  return Wrong("SCORE_INVALID",
               "A score lies outside of what the contest allows. Score from 1 to its highest score, and "
               "leave out what "
               "gets none; nothing was cast.");
}
absl::Status VotingNotOpen(absl::Time opens) {
  return Refused("VOTING_NOT_OPEN",
                 fmt::format("Voting opens at {}. Cast the same ballot then.", FormatInstant(opens)));
}
absl::Status VotingClosed() {
  return Refused("VOTING_CLOSED",
                 "Voting has closed, and this ballot was not taken. Nothing more can be cast; look at the "
                 "result once it is counted.");
}
absl::Status BallotAlreadyCast() {
  return Exists("BALLOT_ALREADY_CAST",
                "Another ballot was cast under this key, and a vote is final; this one was not taken. Tell "
                "the returning officer if the other was not yours.");
}
absl::Status BallotOutcomeUnknown() {
  return kDomain.Error(absl::StatusCode::kUnavailable, "BALLOT_OUTCOME_UNKNOWN",
                       "The box could not say whether it stored the ballot. Cast the same bytes again until "
                       "you hold the receipt.");
}

absl::Status ManifestDiffers(std::string_view where) {
  return kDomain.Error(absl::StatusCode::kFailedPrecondition, "MANIFEST_DIFFERS",
                       fmt::format("The manifest of the election service is not the one that {} names. Do "
                                   "not vote: tell the returning officer.",
                                   where),
                       {{"where", where}});
}
absl::Status ManifestForged() {
  return Refused("MANIFEST_FORGED",
                 "The manifest is not that of this election, or not of the hash it came with. Do not vote: "
                 "tell the returning officer.");
}
absl::Status LogForged(std::string_view how) {
  return Refused(
      "LOG_FORGED",
      fmt::format("The public log is not to be trusted: {}. Keep your ballot's file and tell the auditors.",
                  how));
}
absl::Status RegistrarsUnknown(std::size_t needed, std::size_t known) {
  return Refused(
      "REGISTRARS_UNKNOWN",
      fmt::format("A ballot of this election needs the signatures of {} registrars, and {} of them are "
                  "known here. Name the address of each.",
                  needed, known));
}
absl::Status BallotStateBusy(std::string_view path) {
  return kDomain.Error(absl::StatusCode::kAborted, "BALLOT_STATE_BUSY",
                       fmt::format("Another process is voting with {}. Wait until it has finished.", path));
}
absl::Status BallotNotCast() {
  return Refused("BALLOT_NOT_CAST", "No ballot was made with this file yet. Vote first.");
}
absl::Status NothingToRecover() {
  return kDomain.Error(
      absl::StatusCode::kNotFound, "CREDENTIAL_NOT_ISSUED",
      "No registrar has issued a credential for you yet: there is nothing to recover. Vote without "
      "the code.");
}
absl::Status BallotStolen() {
  return kDomain.Error(
      absl::StatusCode::kDataLoss, "BALLOT_STOLEN",
      "The log is closed without your ballot, though the box gave a receipt for it: the receipt "
      "proves a theft. Show ballot and receipt to the auditors before the result is certified.");
}
absl::Status ReceiptInvalid() {
  return kDomain.Error(absl::StatusCode::kDataLoss, "RECEIPT_INVALID",
                       "The receipt is not signed by the ballot box of this election. Cast the same bytes "
                       "again, and tell the returning officer if it stays so.");
}
absl::Status BallotStateUnusable(std::string sentence) {
  return Refused("BALLOT_STATE_UNUSABLE", std::move(sentence));
}
absl::Status BallotFixed() {
  return Exists("BALLOT_FIXED",
                "A ballot with other choices was made under this key and may have been cast, and a vote is "
                "final. Vote again with the same choices to get its receipt.");
}

}  // namespace plenary::election::errors
