// Rolls as membership knows them: the roll names who collects, and the register says whether they still may.
#pragma once

#include "services/membership/registrar_rolls.h"

namespace plenary::membership {

class RegisterRolls final : public RegistrarRolls {
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
