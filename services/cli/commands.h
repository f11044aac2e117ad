// The commands, an area a file.
#pragma once

#include "services/cli/command_set.h"

namespace plenary::cli {

void AddSessionCommands(CommandSet& commands);         // login, logout, whoami, session
void AddServiceAccountCommands(CommandSet& commands);  // service-account
void AddStackCommands(CommandSet& commands);           // status, clock
void AddRegisterCommands(CommandSet& commands);        // category, person, company, letters, right
void AddImportCommands(CommandSet& commands);           // import, imports, export
void AddRollCommands(CommandSet& commands);            // eligibility, roll, waiver
void AddBodyCommands(CommandSet& commands);            // body, seat, holdings
void AddMotionCommands(CommandSet& commands);          // motion
void AddCodeCommands(CommandSet& commands);            // code
void AddElectionCommands(CommandSet& commands);        // election
void AddCandidacyCommands(CommandSet& commands);       // candidacy
void AddVoteCommands(CommandSet& commands);            // vote, receipt
void AddResultCommands(CommandSet& commands);          // box, ballots, count, result, certify

}  // namespace plenary::cli
