// Bodies, seats, holdings and seatings in the database. No state: every call works in the session it is
// given.
//
// A day decides what is present: a holding counts while it has not been ended and `today` is before its end.
// (What keeps a seat and a person from being given twice are the UNIQUE keys of holdings, which know no day.)
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "plenary/committee/v1/body_service.pb.h"
#include "services/committee/names.h"
#include "services/committee/rules/seating.h"

namespace plenary::committee {

// Names of the keys of holdings, as InsertHolding's outcome gives them.
inline constexpr std::string_view kOneHolderASeat = "one_holder_a_seat";
inline constexpr std::string_view kOnePositionAPerson = "one_position_a_person";
inline constexpr std::string_view kOneChairABody = "one_chair_a_body";

// What was asked and answered for an election.
struct Seating {
  std::string request_hash;  // 32 bytes
  std::string response;      // serialized SeatWinnersResponse
};

// Ids of bodies, people and elections are without their collection, except inside messages.
class BodyStore {
 public:
  // The body and its seats; a duplicate when the id is taken.
  absl::StatusOr<db::InsertOutcome> InsertBody(db::Transaction& tx, const v1::Body& body) const;
  absl::StatusOr<std::optional<v1::Body>> FindBody(db::Session& session, const std::string& body,
                                                   absl::CivilDay today) const;
  // Whoever gives or ends seats of a body holds its row, bodies by id ascending. Its number of seats.
  absl::StatusOr<std::optional<int>> LockBody(db::Transaction& tx, const std::string& body) const;
  // By id, beyond `after`.
  absl::StatusOr<std::vector<v1::Body>> ListBodies(db::Session& session, const std::string& after, int limit,
                                                   absl::CivilDay today) const;

  // All seats of a body with their present holders, by number.
  absl::StatusOr<std::vector<v1::Seat>> ListSeats(db::Session& session, const std::string& body,
                                                  absl::CivilDay today) const;
  // The present holding of a person in a body.
  absl::StatusOr<std::optional<v1::Holding>> FindHolder(db::Session& session, const std::string& body,
                                                        const std::string& person,
                                                        absl::CivilDay today) const;
  // All present holdings of a body, by seat.
  absl::StatusOr<std::vector<v1::Holding>> PresentHolders(db::Session& session, const std::string& body,
                                                          absl::CivilDay today) const;

  struct HoldingFilter {
    std::string body;    // "" for all
    std::string person;  // "" for all
  };
  // The place of a holding in the list: newest first, the id deciding among equals.
  struct HoldingKey {
    std::string start_date;
    std::string id;
  };
  struct ListedHolding {
    HoldingKey key;
    v1::Holding holding;
  };
  absl::StatusOr<std::vector<ListedHolding>> ListHoldings(db::Session& session, const HoldingFilter& filter,
                                                          const std::optional<HoldingKey>& after, int limit,
                                                          absl::CivilDay today) const;

  // A present holding; a duplicate names the key that refused it.
  absl::StatusOr<db::InsertOutcome> InsertHolding(db::Transaction& tx, const std::string& id,
                                                  const SeatId& seat, const v1::Holding& holding) const;
  // Holdings of all bodies that have not been ended.
  absl::StatusOr<std::vector<rules::OpenHolding>> OpenHoldings(db::Session& session) const;
  absl::Status EndHolding(db::Transaction& tx, const std::string& id) const;

  // Claims the one seating of an election; a duplicate when there is one already.
  absl::StatusOr<db::InsertOutcome> InsertSeating(db::Transaction& tx, const std::string& election,
                                                  const std::string& request_hash, absl::Time at) const;
  absl::StatusOr<Seating> LoadSeating(db::Transaction& tx, const std::string& election) const;
  absl::Status SaveSeatingResponse(db::Transaction& tx, const std::string& election,
                                   const std::string& response) const;
};

}  // namespace plenary::committee
