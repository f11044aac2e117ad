// The commands, an area a file.
#pragma once

#include "services/cli/command_set.h"

namespace plenary::cli {

void AddSessionCommands(CommandSet& commands);         // login, logout, whoami, session
void AddServiceAccountCommands(CommandSet& commands);  // service-account
void AddStackCommands(CommandSet& commands);           // status, clock
void AddRegisterCommands(CommandSet& commands);        // category, person, company, letters, right
void AddVerificationCommands(CommandSet& commands);    // letter, verification
void AddApplicationCommands(CommandSet& commands);     // application
void AddPeopleCommands(CommandSet& commands);          // more of person and company
void AddImportCommands(CommandSet& commands);          // import, imports, export
void AddEducationCommands(CommandSet& commands);       // course, track, credit
void AddCertificationCommands(CommandSet& commands);   // certification, transcript
void AddBadgeCommands(CommandSet& commands);           // badge, chapter
void AddContactCommands(CommandSet& commands);         // contact
void AddMembershipCommands(CommandSet& commands);      // membership
void AddDuesCommands(CommandSet& commands);            // invoice, payment, contribution, revenue
void AddDuplicateCommands(CommandSet& commands);       // duplicate, merge
void AddPrivacyCommands(CommandSet& commands);         // privacy
void AddRollCommands(CommandSet& commands);            // eligibility, roll, waiver
// roll challenge, substitute, substitutions
void AddRollChallengeCommands(CommandSet& commands, CLI::App& roll);
// roll export
void AddRollExportCommand(CommandSet& commands, CLI::App& roll);
void AddAuditorCommands(CommandSet& commands);   // auditor
void AddIssuanceCommands(CommandSet& commands);  // issuance, turnout
void AddOfficeCommands(CommandSet& commands);    // office, why-cannot-vote
void AddTeamCommands(CommandSet& commands);      // team
void AddJoinCommands(CommandSet& commands);      // join-code, company join
void AddHelpCommands(CommandSet& commands);      // help-offer
void AddMailCommands(CommandSet& commands);      // mail
void AddNoticeCommands(CommandSet& commands);    // notice
void AddBodyCommands(CommandSet& commands);      // body, seat, holdings
void AddMotionCommands(CommandSet& commands);    // motion
void AddCodeCommands(CommandSet& commands);      // code
void AddElectionCommands(CommandSet& commands);  // election
// election count, certify
void AddElectionCountCommands(CommandSet& commands, CLI::App& election);
void AddCandidacyCommands(CommandSet& commands);  // candidacy
void AddTrusteeCommands(CommandSet& commands);    // trustee
void AddVoteCommands(CommandSet& commands);       // vote, credential, receipt
// ballots check
void AddBallotCheckCommand(CommandSet& commands, CLI::App& ballots);
void AddBundleCommands(CommandSet& commands);  // bundle
void AddResultCommands(CommandSet& commands);  // box, ballots, result
void AddCountCommands(CommandSet& commands);   // count
void AddVerifyCommands(CommandSet& commands);  // verify

}  // namespace plenary::cli
