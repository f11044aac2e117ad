// Rolls for tests that change how lines are held, and nothing else.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/membership/registrar_rolls.h"

namespace plenary::membership {

// Those that it is given, which it borrows.
class OtherRolls : public RegistrarRolls {
 public:
  explicit OtherRolls(const RegistrarRolls& rolls) : rolls_(rolls) {}

  absl::StatusOr<std::optional<RegistrarRoll>> Find(db::Session& session,
                                                    const std::string& election) const override {
    return rolls_.Find(session, election);
  }
  absl::StatusOr<std::optional<RegistrarRoll>> Lock(db::Transaction& transaction,
                                                    const std::string& election) const override {
    return rolls_.Lock(transaction, election);
  }
  absl::Status CheckSettled(db::Session& session, const std::string& election) const override {
    return rolls_.CheckSettled(session, election);
  }
  absl::Status Fix(db::Transaction& transaction, const std::string& election) const override {
    return rolls_.Fix(transaction, election);
  }
  absl::StatusOr<RegistrarLine> FindLine(db::Session& session, const rpc::Call& call,
                                         const std::string& election,
                                         const RegistrarRoll& roll) const override {
    return rolls_.FindLine(session, call, election, roll);
  }
  absl::StatusOr<std::vector<HeldLine>> HoldLines(db::Transaction& transaction,
                                                  const std::vector<const rpc::Call*>& calls,
                                                  const std::string& election, const RegistrarRoll& roll,
                                                  WhenHeld when) const override {
    return rolls_.HoldLines(transaction, calls, election, roll, when);
  }

 private:
  const RegistrarRolls& rolls_;
};

}  // namespace plenary::membership
