// Rolls as the auditor's registrar knows them: the copy names who collects, and the address that proves them.
#pragma once

#include <string>
#include <string_view>

#include "services/membership/registrar_rolls.h"

namespace plenary::membership {

// In this registrar's tokens the company is the address that was proven, "addresses/<SHA-256, hexadecimal>":
// a line is found by its own address, whoever has that one in other copies.
std::string AddressClaim(std::string_view email);

class CopiedRolls final : public RegistrarRolls {
 public:
  absl::StatusOr<std::optional<RegistrarRoll>> Find(db::Session& session,
                                                    const std::string& election) const override;
  absl::StatusOr<std::optional<RegistrarRoll>> Lock(db::Transaction& transaction,
                                                    const std::string& election) const override;
  absl::Status CheckSettled(db::Session& session, const std::string& election) const override;
  absl::Status Fix(db::Transaction& transaction, const std::string& election) const override;
  absl::StatusOr<RegistrarLine> FindLine(db::Session& session, const rpc::Call& call,
                                         const std::string& election,
                                         const RegistrarRoll& roll) const override;
  absl::StatusOr<std::vector<HeldLine>> HoldLines(db::Transaction& transaction,
                                                  const std::vector<const rpc::Call*>& calls,
                                                  const std::string& election, const RegistrarRoll& roll,
                                                  WhenHeld when) const override;
};

}  // namespace plenary::membership
