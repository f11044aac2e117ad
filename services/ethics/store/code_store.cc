#include "services/ethics/store/code_store.h"

#include <limits>

#include "common/db/timestamps.h"
#include "common/ids/id.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"

namespace plenary::ethics {
namespace {

constexpr char kLockCurrent[] = "SELECT ordinal FROM current_code WHERE only_row = 1 FOR UPDATE";
constexpr char kAdvanceCurrent[] =
    "UPDATE current_code SET ordinal = ordinal + 1 WHERE only_row = 1 AND ordinal = ?";
constexpr char kInsertVersion[] =
    "INSERT INTO code_versions (version, ordinal, preamble, published_at) VALUES (?, ?, ?, ?)";
constexpr char kInsertAreas[] = "INSERT INTO areas (version, position, area, title) VALUES";
constexpr char kInsertProvisions[] =
    "INSERT INTO provisions (version, area_position, position, provision, text) VALUES";

// The columns of a version.
#define VERSION_COLUMNS                                                                                 \
  "SELECT v.version, v.ordinal, v.preamble, v.published_at, v.ordinal = c.ordinal FROM code_versions v" \
  " JOIN current_code c ON c.only_row = 1"

constexpr char kFindVersion[] = VERSION_COLUMNS " WHERE v.version = ?";
constexpr char kListVersions[] = VERSION_COLUMNS " WHERE v.ordinal < ? ORDER BY v.ordinal DESC LIMIT ?";
constexpr char kFindAreas[] = "SELECT area, title FROM areas WHERE version = ? ORDER BY position";
constexpr char kFindProvisions[] =
    "SELECT area_position, provision, text FROM provisions WHERE version = ? ORDER BY area_position, "
    "position";
constexpr char kCurrentVersion[] =
    "SELECT v.version FROM current_code c JOIN code_versions v ON v.ordinal = c.ordinal WHERE c.only_row = 1";

constexpr char kInsertAcceptance[] =
    "INSERT INTO acceptances (person, version, accepted_at) VALUES (?, ?, ?)";
// Sees the row that refused the INSERT, whatever this transaction has read before.
constexpr char kFirstAcceptance[] =
    "SELECT person, version, accepted_at FROM acceptances WHERE person = ? AND version = ? LOCK IN SHARE "
    "MODE";
constexpr char kHasAccepted[] = "SELECT COUNT(*) FROM acceptances WHERE person = ? AND version = ?";
constexpr char kListAcceptances[] =
    "SELECT person, version, accepted_at FROM acceptances WHERE version = ? AND person > ? ORDER BY person "
    "LIMIT ?";

constexpr char kInsertBinding[] = "INSERT INTO bindings (level, reason, set_at) VALUES (?, ?, ?)";
constexpr char kLastBinding[] = "SELECT level, reason, set_at FROM bindings ORDER BY sequence DESC LIMIT 1";

std::int64_t Micros(const google::protobuf::Timestamp& time) { return db::ToMicros(FromTimestamp(time)); }
google::protobuf::Timestamp Time(const db::Row& row, std::size_t column) {
  return ToTimestamp(db::FromMicros(row.Int64(column)));
}

v1::CodeVersion ReadVersion(const db::Row& row) {
  v1::CodeVersion code;
  code.set_name(ResourceName("codeVersions", row.Text(0)));
  code.set_preamble(row.Text(2));
  *code.mutable_publish_time() = Time(row, 3);
  code.set_current(row.Bool(4));
  return code;
}

v1::Acceptance ReadAcceptance(const db::Row& row) {
  v1::Acceptance acceptance;
  acceptance.set_person(ResourceName("people", row.Text(0)));
  acceptance.set_code_version(ResourceName("codeVersions", row.Text(1)));
  *acceptance.mutable_accept_time() = Time(row, 2);
  return acceptance;
}

}  // namespace

absl::StatusOr<std::int64_t> CodeStore::AdvanceCurrent(db::Transaction& tx) const {
  ASSIGN_OR_RETURN(const auto row, tx.QueryOne(kLockCurrent));
  if (!row) return absl::InternalError("current_code has no row");
  const std::int64_t ordinal = row->Int64(0);
  ASSIGN_OR_RETURN(const std::int64_t changed, tx.Execute(kAdvanceCurrent, {ordinal}));
  if (changed != 1) return absl::InternalError("current_code changed under its lock");
  return ordinal + 1;
}

absl::StatusOr<db::InsertOutcome> CodeStore::InsertVersion(db::Transaction& tx, const v1::CodeVersion& code,
                                                           std::int64_t ordinal) const {
  const std::string version = *ResourceId("codeVersions", code.name());
  ASSIGN_OR_RETURN(
      const db::InsertOutcome outcome,
      tx.Insert(kInsertVersion, {version, ordinal, code.preamble(), Micros(code.publish_time())}));
  if (outcome.duplicate()) return outcome;
  std::vector<db::Params> areas, provisions;
  for (int i = 0; i < code.areas_size(); ++i) {
    const v1::Area& area = code.areas(i);
    areas.push_back({version, i, area.id(), area.title()});
    for (int j = 0; j < area.provisions_size(); ++j) {
      provisions.push_back({version, i, j, area.provisions(j).id(), area.provisions(j).text()});
    }
  }
  ASSIGN_OR_RETURN(const db::InsertOutcome stored_areas, tx.InsertMany(kInsertAreas, areas));
  ASSIGN_OR_RETURN(const db::InsertOutcome stored_provisions, tx.InsertMany(kInsertProvisions, provisions));
  if (!stored_areas.inserted() || !stored_provisions.inserted()) {
    return absl::InternalError("an id of a checked code stands twice");
  }
  return outcome;
}

absl::StatusOr<std::optional<v1::CodeVersion>> CodeStore::FindVersion(db::Session& session,
                                                                      const std::string& version) const {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kFindVersion, {version}));
  if (!row) return std::nullopt;
  v1::CodeVersion code = ReadVersion(*row);
  RETURN_IF_ERROR(session.Query(kFindAreas, {version}, [&](const db::Row& area) {
    v1::Area& added = *code.add_areas();
    added.set_id(area.Text(0));
    added.set_title(area.Text(1));
  }));
  RETURN_IF_ERROR(session.Query(kFindProvisions, {version}, [&](const db::Row& provision) {
    v1::Provision& added = *code.mutable_areas(static_cast<int>(provision.Int64(0)))->add_provisions();
    added.set_id(provision.Text(1));
    added.set_text(provision.Text(2));
  }));
  return code;
}

absl::StatusOr<std::optional<std::string>> CodeStore::CurrentVersion(db::Session& session) const {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kCurrentVersion));
  if (!row) return std::nullopt;
  return row->Text(0);
}

absl::StatusOr<std::vector<CodeStore::ListedVersion>> CodeStore::ListVersions(
    db::Session& session, std::optional<std::int64_t> before, int limit) const {
  std::vector<ListedVersion> versions;
  RETURN_IF_ERROR(session.Query(kListVersions,
                                {before.value_or(std::numeric_limits<std::int64_t>::max()), limit},
                                [&](const db::Row& row) {
                                  versions.push_back({row.Int64(1), ReadVersion(row)});
                                }));
  return versions;
}

absl::StatusOr<v1::Acceptance> CodeStore::Accept(db::Transaction& tx,
                                                 const v1::Acceptance& acceptance) const {
  const std::string person = *ResourceId("people", acceptance.person());
  const std::string version = *ResourceId("codeVersions", acceptance.code_version());
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   tx.Insert(kInsertAcceptance, {person, version, Micros(acceptance.accept_time())}));
  if (outcome.inserted()) return acceptance;
  ASSIGN_OR_RETURN(const auto first, tx.QueryOne(kFirstAcceptance, {person, version}));
  if (!first) return absl::InternalError("the acceptance that refused this one is gone");
  return ReadAcceptance(*first);
}

absl::StatusOr<bool> CodeStore::HasAccepted(db::Session& session, const std::string& person,
                                            const std::string& version) const {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kHasAccepted, {person, version}));
  return row && row->Bool(0);
}

absl::StatusOr<std::vector<v1::Acceptance>> CodeStore::ListAcceptances(db::Session& session,
                                                                       const std::string& version,
                                                                       const std::string& after,
                                                                       int limit) const {
  std::vector<v1::Acceptance> acceptances;
  RETURN_IF_ERROR(session.Query(kListAcceptances, {version, after, limit},
                                [&](const db::Row& row) { acceptances.push_back(ReadAcceptance(row)); }));
  return acceptances;
}

absl::Status CodeStore::InsertBinding(db::Transaction& tx, const v1::Binding& binding) const {
  return tx
      .Execute(kInsertBinding,
               {static_cast<int>(binding.level()), binding.reason(), Micros(binding.update_time())})
      .status();
}

absl::StatusOr<std::optional<v1::Binding>> CodeStore::LastBinding(db::Session& session) const {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kLastBinding));
  if (!row) return std::nullopt;
  v1::Binding binding;
  binding.set_level(static_cast<v1::Binding::Level>(row->Int64(0)));
  binding.set_reason(row->Text(1));
  *binding.mutable_update_time() = Time(*row, 2);
  return binding;
}

}  // namespace plenary::ethics
