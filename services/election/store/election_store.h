// Elections, their manifests and results. Holds no state; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "plenary/election/v1/count_report.pb.h"
#include "plenary/election/v1/resources.pb.h"
#include "services/election/rules/names.h"

namespace plenary::election {

// A page of elections, newest first, with the key of each.
struct NumberedElection {
  std::uint64_t sequence = 0;
  v1::Election election;
};

// Elections are read without their phase, which depends on the time of the answer.
class ElectionStore {
 public:
  // `election` is complete but for its etag; its contests carry full names.
  static absl::Status Insert(db::Transaction& tx, const v1::Election& election);

  // ELECTION_NOT_FOUND. `name` may be any text.
  static absl::StatusOr<v1::Election> Load(db::Session& session, const std::string& name);
  // The same, the row locked until the transaction ends: what everything that changes an election, or a
  // candidacy in it, takes first.
  static absl::StatusOr<v1::Election> Lock(db::Transaction& tx, const std::string& name);

  // Elections with a sequence below `before`, at most `limit`.
  static absl::StatusOr<std::vector<NumberedElection>> List(db::Session& session, std::uint64_t before,
                                                            int limit);

  // Keeps the old schedule with the reason. `election` is as locked.
  static absl::Status MoveSchedule(db::Transaction& tx, const v1::Election& election,
                                   const v1::Schedule& wanted, const std::string& reason,
                                   const std::string& actor, absl::Time now);

  // One step of the election's life. False when it is not in `from` any more.
  static absl::StatusOr<bool> Advance(db::Session& session, const std::string& name, v1::Election::State from,
                                      v1::Election::State to);

  static absl::Status InsertManifest(db::Transaction& tx, const std::string& name,
                                     const std::string& manifest, const std::string& sha256, absl::Time now);
  // nullopt before it is published.
  static absl::StatusOr<std::optional<std::string>> LoadManifest(db::Session& session,
                                                                 const std::string& name);

  // The provisional result, and the serialised report of each of its contests; false when there is one
  // already.
  static absl::StatusOr<bool> InsertResult(db::Transaction& tx, const v1::Result& result,
                                           const std::vector<std::string>& reports);
  static absl::StatusOr<std::optional<v1::Result>> LoadResult(db::Session& session, const std::string& name);
  // The reports of an election's contests, in ballot order; none before the count, nor of a count that is
  // older than reports are.
  static absl::StatusOr<std::vector<std::string>> LoadCountReports(db::Session& session,
                                                                   const std::string& name);
  // The report of one contest ("elections/…/contests/…"; may be any text). CONTEST_NOT_FOUND;
  // RESULT_NOT_FOUND before the count; REPORT_NOT_KEPT when the count is older than reports are.
  static absl::StatusOr<v1::CountReport> LoadCountReport(db::Session& session, const std::string& contest);

  // The certified result; false when there is one already.
  static absl::StatusOr<bool> InsertCertification(db::Transaction& tx, const v1::Result& result,
                                                  const std::string& actor, absl::Time now);
  static absl::StatusOr<std::optional<v1::Result>> LoadCertified(db::Session& session,
                                                                 const std::string& name);
};

}  // namespace plenary::election
