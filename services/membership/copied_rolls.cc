#include "services/membership/copied_rolls.h"

#include "common/crypto/bytes.h"
#include "common/ids/id.h"
#include "common/status/macros.h"
#include "services/membership/errors_registrar.h"
#include "services/membership/names.h"
#include "services/membership/store/roll_copies.h"

namespace plenary::membership {
namespace {

std::optional<RegistrarRoll> RollOf(const std::optional<v1::RollCopy>& copy) {
  if (!copy.has_value()) return std::nullopt;
  return RegistrarRoll{.sha256 = copy->sha256(), .count = copy->count(), .of_people = copy->of_people()};
}

constexpr std::string_view kAddresses = "addresses/";

// SHA-256 of the address that the caller proved; "" when the token names none. Whom the token names is not
// asked: the address may be another person's in another election.
std::string ProvenAddress(const rpc::Call& call) {
  const std::string_view claim = call.principal().company;
  if (!claim.starts_with(kAddresses)) return "";
  return crypto::HexDecode(claim.substr(kAddresses.size())).value_or("");
}

absl::StatusOr<RegistrarLine> LineOf(const std::optional<store::CopiedLine>& line,
                                     const std::string& election) {
  if (!line.has_value()) return errors::NotOnRollCopy(ResourceName(kElections, election));
  return RegistrarLine{.unit = line->unit, .why_not = ""};
}

}  // namespace

std::string AddressClaim(std::string_view email) {
  return std::string(kAddresses) + crypto::HexEncode(crypto::Sha256(email));
}

absl::StatusOr<std::optional<RegistrarRoll>> CopiedRolls::Find(db::Session& session,
                                                               const std::string& election) const {
  ASSIGN_OR_RETURN(const auto copy, store::FindRollCopy(session, election));
  return RollOf(copy);
}

absl::StatusOr<std::optional<RegistrarRoll>> CopiedRolls::Lock(db::Transaction& transaction,
                                                               const std::string& election) const {
  ASSIGN_OR_RETURN(const auto copy, store::LockRollCopy(transaction, election));
  return RollOf(copy);
}

// What is said against a roll is decided at membership, before the auditor takes it over.
absl::Status CopiedRolls::CheckSettled(db::Session& session, const std::string& election) const {
  ASSIGN_OR_RETURN(const auto copy, store::FindRollCopy(session, election));
  return copy.has_value() ? absl::OkStatus() : errors::RollNotFrozen(ResourceName(kElections, election));
}

absl::Status CopiedRolls::Fix(db::Transaction& transaction, const std::string& election) const {
  return store::FixRollCopy(transaction, election);
}

absl::StatusOr<RegistrarLine> CopiedRolls::FindLine(db::Session& session, const rpc::Call& call,
                                                    const std::string& election, const RegistrarRoll&) const {
  ASSIGN_OR_RETURN(const auto line, store::FindLineAt(session, election, ProvenAddress(call)));
  return LineOf(line, election);
}

absl::StatusOr<std::vector<RegistrarRolls::HeldLine>> CopiedRolls::HoldLines(
    db::Transaction& transaction, const std::vector<const rpc::Call*>& calls, const std::string& election,
    const RegistrarRoll&, WhenHeld when) const {
  std::vector<std::string> addresses;
  addresses.reserve(calls.size());
  for (const rpc::Call* call : calls) addresses.push_back(ProvenAddress(*call));
  ASSIGN_OR_RETURN(const auto held, when == WhenHeld::kLeave
                                        ? store::TryLockLinesAt(transaction, election, addresses)
                                        : store::LockLinesAt(transaction, election, addresses));
  std::vector<HeldLine> lines;
  lines.reserve(calls.size());
  for (const std::string& address : addresses) {
    const auto found = held.find(address);
    if (found != held.end()) {
      lines.emplace_back(LineOf(found->second, election));
    } else if (when == WhenHeld::kLeave) {
      lines.emplace_back(std::nullopt);
    } else {
      lines.emplace_back(LineOf(std::nullopt, election));
    }
  }
  return lines;
}

}  // namespace plenary::membership
