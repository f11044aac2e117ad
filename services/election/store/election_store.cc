#include "services/election/store/election_store.h"

#include "common/db/timestamps.h"
#include "common/ids/id.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"
#include "fmt/format.h"
#include "services/election/errors.h"
#include "services/election/store/trustee_store.h"

namespace plenary::election {
namespace {

constexpr char kInsertElection[] =
    "INSERT INTO elections (id, version, state, display_name, returning_officer, record_date, filing_opens, "
    "filing_closes, voting_opens, voting_closes, handover_opens, seats_on, trustee_threshold) "
    "VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kInsertContest[] =
    "INSERT INTO contests (election, position, contest, display_name, body, seats, method, min_marks, "
    "max_marks, "
    "max_score, none_of_these) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kInsertTermRule[] =
    "INSERT INTO term_rules (election, contest, position, winners, years) VALUES (?, ?, ?, ?, ?)";
constexpr char kInsertPollOption[] =
    "INSERT INTO poll_options (election, contest, position, poll_option, display_name, picture_uri) "
    "VALUES (?, ?, ?, ?, ?, ?)";

constexpr char kSelectElection[] =
    "SELECT id, version, state, display_name, returning_officer, record_date, filing_opens, filing_closes, "
    "voting_opens, voting_closes, handover_opens, seats_on, trustee_threshold FROM elections WHERE id = ?";
constexpr char kLockElection[] =
    "SELECT id, version, state, display_name, returning_officer, record_date, filing_opens, filing_closes, "
    "voting_opens, voting_closes, handover_opens, seats_on, trustee_threshold FROM elections WHERE id = ? "
    "FOR UPDATE";
constexpr char kListElections[] =
    "SELECT id, sequence FROM elections WHERE sequence < ? ORDER BY sequence DESC LIMIT ?";
constexpr char kSelectContests[] =
    "SELECT position, contest, display_name, body, seats, method, min_marks, max_marks, max_score, "
    "none_of_these "
    "FROM contests WHERE election = ? ORDER BY position";
constexpr char kSelectTermRules[] =
    "SELECT contest, winners, years FROM term_rules WHERE election = ? ORDER BY contest, position";
constexpr char kSelectPollOptions[] =
    "SELECT contest, poll_option, display_name, picture_uri FROM poll_options WHERE election = ? "
    "ORDER BY contest, position";
constexpr char kSelectTrustees[] = "SELECT person FROM trustees WHERE election = ? ORDER BY number";
constexpr char kSelectManifestHash[] = "SELECT sha256 FROM manifests WHERE election = ?";

constexpr char kInsertMove[] =
    "INSERT INTO schedule_moves (election, version, moved_at, moved_by, reason, filing_opens, filing_closes, "
    "voting_opens, voting_closes, handover_opens, seats_on) "
    "SELECT id, version, ?, ?, ?, filing_opens, filing_closes, voting_opens, voting_closes, handover_opens, "
    "seats_on "
    "FROM elections WHERE id = ?";
constexpr char kUpdateSchedule[] =
    "UPDATE elections SET version = version + 1, filing_opens = ?, filing_closes = ?, voting_opens = ?, "
    "voting_closes = ?, handover_opens = ?, seats_on = ? WHERE id = ?";
constexpr char kAdvance[] =
    "UPDATE elections SET version = version + 1, state = ? WHERE id = ? AND state = ?";

constexpr char kInsertManifest[] =
    "INSERT INTO manifests (election, manifest, sha256, published_at) VALUES (?, ?, ?, ?)";
constexpr char kSelectManifest[] = "SELECT manifest FROM manifests WHERE election = ?";
constexpr char kInsertResult[] = "INSERT INTO results (election, result) VALUES (?, ?)";
constexpr char kSelectResult[] = "SELECT result FROM results WHERE election = ?";
constexpr char kInsertCountReport[] =
    "INSERT INTO count_reports (election, contest, report) VALUES (?, ?, ?)";
constexpr char kSelectCountReports[] = "SELECT report FROM count_reports WHERE election = ? ORDER BY contest";
constexpr char kSelectCountReport[] =
    "SELECT r.report, s.election FROM contests t LEFT JOIN results s ON s.election = t.election"
    " LEFT JOIN count_reports r ON r.election = t.election AND r.contest = t.position"
    " WHERE t.election = ? AND t.contest = ?";
constexpr char kInsertCertification[] =
    "INSERT INTO certifications (election, result, certified_by, certified_at) VALUES (?, ?, ?, ?)";
constexpr char kSelectCertified[] = "SELECT result FROM certifications WHERE election = ?";

db::Params Instants(const v1::Schedule& schedule) {
  const auto micros = [](const google::protobuf::Timestamp& at) { return db::ToMicros(FromTimestamp(at)); };
  return {micros(schedule.filing_opens()),   micros(schedule.filing_closes()),
          micros(schedule.voting_opens()),   micros(schedule.voting_closes()),
          micros(schedule.handover_opens()), micros(schedule.seats_on())};
}

v1::Schedule ReadSchedule(const db::Row& row, std::size_t first) {
  const auto at = [&](std::size_t i) { return ToTimestamp(db::FromMicros(row.Int64(first + i))); };
  v1::Schedule schedule;
  *schedule.mutable_filing_opens() = at(0);
  *schedule.mutable_filing_closes() = at(1);
  *schedule.mutable_voting_opens() = at(2);
  *schedule.mutable_voting_closes() = at(3);
  *schedule.mutable_handover_opens() = at(4);
  *schedule.mutable_seats_on() = at(5);
  return schedule;
}

v1::Election ReadElection(const db::Row& row) {
  v1::Election election;
  election.set_name(ResourceName("elections", row.Text(0)));
  election.set_etag(fmt::format("v{}", row.Int64(1)));
  v1::Election::State state = v1::Election::STATE_UNSPECIFIED;
  v1::Election::State_Parse(row.Text(2), &state);
  election.set_state(state);
  election.set_display_name(row.Text(3));
  election.set_returning_officer(ResourceName("people", row.Text(4)));
  election.set_record_date(row.Text(5));
  *election.mutable_schedule() = ReadSchedule(row, 6);
  election.set_trustee_threshold(static_cast<std::int32_t>(row.Int64(12)));
  return election;
}

v1::Contest ReadContest(const db::Row& row, const std::string& election) {
  v1::Contest contest;
  contest.set_name(election + "/" + ResourceName("contests", row.Text(1)));
  contest.set_display_name(row.Text(2));
  const auto body = row.OptionalText(3);
  if (body.has_value()) contest.set_body(ResourceName("bodies", *body));
  contest.set_seats(static_cast<std::int32_t>(row.Int64(4)));
  v1::CountingMethod method = v1::COUNTING_METHOD_UNSPECIFIED;
  v1::CountingMethod_Parse(row.Text(5), &method);
  contest.set_method(method);
  contest.set_min_marks(static_cast<std::int32_t>(row.Int64(6)));
  contest.set_max_marks(static_cast<std::int32_t>(row.Int64(7)));
  contest.set_max_score(static_cast<std::int32_t>(row.Int64(8)));
  contest.set_none_of_these(row.Bool(9));
  return contest;
}

// What an election has in other tables.
absl::Status AddParts(db::Session& session, v1::Election& election) {
  const std::string id = ElectionId(election.name());
  RETURN_IF_ERROR(session.Query(kSelectTrustees, {id}, [&](const db::Row& row) {
    election.add_trustees(ResourceName("people", row.Text(0)));
  }));
  RETURN_IF_ERROR(session.Query(kSelectContests, {id}, [&](const db::Row& row) {
    *election.add_contests() = ReadContest(row, election.name());
  }));
  RETURN_IF_ERROR(session.Query(kSelectTermRules, {id}, [&](const db::Row& row) {
    v1::TermRule& rule = *election.mutable_contests(static_cast<int>(row.Int64(0)))->add_terms();
    rule.set_winners(static_cast<std::int32_t>(row.Int64(1)));
    rule.set_years(static_cast<std::int32_t>(row.Int64(2)));
  }));
  RETURN_IF_ERROR(session.Query(kSelectPollOptions, {id}, [&](const db::Row& row) {
    v1::Contest& contest = *election.mutable_contests(static_cast<int>(row.Int64(0)));
    v1::PollOption& option = *contest.add_options();
    option.set_name(contest.name() + "/" + ResourceName("options", row.Text(1)));
    option.set_display_name(row.Text(2));
    option.set_picture_uri(row.Text(3));
  }));
  return session.Query(kSelectManifestHash, {id},
                       [&](const db::Row& row) { election.set_manifest_hash(row.Bytes(0)); });
}

// The id at the end of a name.
std::string LastId(const std::string& name) { return name.substr(name.rfind('/') + 1); }

absl::Status InsertContest(db::Transaction& tx, const std::string& id, int position,
                           const v1::Contest& contest) {
  RETURN_IF_ERROR(
      tx.Execute(kInsertContest, {id, position, LastId(contest.name()), contest.display_name(),
                                  ResourceId("bodies", contest.body()), contest.seats(),
                                  v1::CountingMethod_Name(contest.method()), contest.min_marks(),
                                  contest.max_marks(), contest.max_score(), contest.none_of_these()})
          .status());
  for (int i = 0; i < contest.terms_size(); ++i) {
    const v1::TermRule& rule = contest.terms(i);
    RETURN_IF_ERROR(tx.Execute(kInsertTermRule, {id, position, i, rule.winners(), rule.years()}).status());
  }
  for (int i = 0; i < contest.options_size(); ++i) {
    const v1::PollOption& option = contest.options(i);
    RETURN_IF_ERROR(tx.Execute(kInsertPollOption, {id, position, i, LastId(option.name()),
                                                   option.display_name(), option.picture_uri()})
                        .status());
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Election> LoadBy(std::string_view statement, db::Session& session,
                                    const std::string& name) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(statement, {ElectionId(name)}));
  if (!row.has_value()) return errors::ElectionNotFound(name);
  v1::Election election = ReadElection(*row);
  RETURN_IF_ERROR(AddParts(session, election));
  return election;
}

absl::StatusOr<std::optional<std::string>> LoadBytes(db::Session& session, std::string_view statement,
                                                     const std::string& name) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(statement, {ElectionId(name)}));
  if (!row.has_value()) return std::optional<std::string>();
  return std::optional<std::string>(row->Bytes(0));
}

absl::StatusOr<std::optional<v1::Result>> LoadResultBy(db::Session& session, std::string_view statement,
                                                       const std::string& name) {
  ASSIGN_OR_RETURN(const auto bytes, LoadBytes(session, statement, name));
  if (!bytes.has_value()) return std::optional<v1::Result>();
  v1::Result result;
  if (!result.ParseFromString(*bytes)) return absl::InternalError("a stored result does not parse");
  return std::optional<v1::Result>(std::move(result));
}

}  // namespace

absl::Status ElectionStore::Insert(db::Transaction& tx, const v1::Election& election) {
  const std::string id = ElectionId(election.name());
  db::Params values = {id, v1::Election::State_Name(election.state()), election.display_name(),
                       ResourceId("people", election.returning_officer()).value_or(""),
                       election.record_date()};
  const db::Params instants = Instants(election.schedule());
  values.insert(values.end(), instants.begin(), instants.end());
  values.emplace_back(election.trustee_threshold());
  RETURN_IF_ERROR(tx.Execute(kInsertElection, values).status());
  for (int i = 0; i < election.contests_size(); ++i) {
    RETURN_IF_ERROR(InsertContest(tx, id, i, election.contests(i)));
  }
  return TrusteeStore::Insert(tx, election.name(), election.trustees());
}

absl::StatusOr<v1::Election> ElectionStore::Load(db::Session& session, const std::string& name) {
  return LoadBy(kSelectElection, session, name);
}

absl::StatusOr<v1::Election> ElectionStore::Lock(db::Transaction& tx, const std::string& name) {
  return LoadBy(kLockElection, tx, name);
}

absl::StatusOr<std::vector<NumberedElection>> ElectionStore::List(db::Session& session, std::uint64_t before,
                                                                  int limit) {
  std::vector<NumberedElection> elections;
  RETURN_IF_ERROR(session.Query(kListElections, {before, limit}, [&](const db::Row& row) {
    elections.emplace_back().sequence = row.Uint64(1);
    elections.back().election.set_name(ResourceName("elections", row.Text(0)));
  }));
  for (NumberedElection& entry : elections) {
    ASSIGN_OR_RETURN(entry.election, Load(session, entry.election.name()));
  }
  return elections;
}

absl::Status ElectionStore::MoveSchedule(db::Transaction& tx, const v1::Election& election,
                                         const v1::Schedule& wanted, const std::string& reason,
                                         const std::string& actor, absl::Time now) {
  const std::string id = ElectionId(election.name());
  RETURN_IF_ERROR(tx.Execute(kInsertMove, {db::ToMicros(now), actor, reason, id}).status());
  db::Params values = Instants(wanted);
  values.emplace_back(id);
  return tx.Execute(kUpdateSchedule, values).status();
}

absl::StatusOr<bool> ElectionStore::Advance(db::Session& session, const std::string& name,
                                            v1::Election::State from, v1::Election::State to) {
  ASSIGN_OR_RETURN(const std::int64_t changed,
                   session.Execute(kAdvance, {v1::Election::State_Name(to), ElectionId(name),
                                              v1::Election::State_Name(from)}));
  return changed == 1;
}

absl::Status ElectionStore::InsertManifest(db::Transaction& tx, const std::string& name,
                                           const std::string& manifest, const std::string& sha256,
                                           absl::Time now) {
  return tx.Execute(kInsertManifest, {ElectionId(name), manifest, sha256, db::ToMicros(now)}).status();
}

absl::StatusOr<std::optional<std::string>> ElectionStore::LoadManifest(db::Session& session,
                                                                       const std::string& name) {
  return LoadBytes(session, kSelectManifest, name);
}

absl::StatusOr<bool> ElectionStore::InsertResult(db::Transaction& tx, const v1::Result& result,
                                                 const std::vector<std::string>& reports) {
  const std::string id = ElectionId(result.election());
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   tx.Insert(kInsertResult, {id, result.SerializeAsString()}));
  if (!outcome.inserted()) return false;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    RETURN_IF_ERROR(tx.Execute(kInsertCountReport, {id, i, reports[i]}).status());
  }
  return true;
}

absl::StatusOr<std::vector<std::string>> ElectionStore::LoadCountReports(db::Session& session,
                                                                         const std::string& name) {
  std::vector<std::string> reports;
  RETURN_IF_ERROR(session.Query(kSelectCountReports, {ElectionId(name)},
                                [&](const db::Row& row) { reports.push_back(row.Bytes(0)); }));
  return reports;
}

absl::StatusOr<v1::CountReport> ElectionStore::LoadCountReport(db::Session& session,
                                                               const std::string& contest) {
  const std::string election = ElectionOf(contest);
  const auto id = contest.size() > election.size()
                      ? ResourceId("contests", std::string_view(contest).substr(election.size() + 1))
                      : std::nullopt;
  if (!id.has_value()) return errors::ContestNotFound();
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kSelectCountReport, {ElectionId(election), *id}));
  if (!row.has_value()) return errors::ContestNotFound();
  if (row->IsNull(1)) return errors::ResultNotFound();
  if (row->IsNull(0)) return errors::ReportNotKept();
  v1::CountReport report;
  if (!report.ParseFromString(row->Bytes(0)))
    return absl::InternalError("a stored count report does not parse");
  return report;
}

absl::StatusOr<std::optional<v1::Result>> ElectionStore::LoadResult(db::Session& session,
                                                                    const std::string& name) {
  return LoadResultBy(session, kSelectResult, name);
}

absl::StatusOr<bool> ElectionStore::InsertCertification(db::Transaction& tx, const v1::Result& result,
                                                        const std::string& actor, absl::Time now) {
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   tx.Insert(kInsertCertification, {ElectionId(result.election()), result.SerializeAsString(),
                                                    actor, db::ToMicros(now)}));
  return outcome.inserted();
}

absl::StatusOr<std::optional<v1::Result>> ElectionStore::LoadCertified(db::Session& session,
                                                                       const std::string& name) {
  return LoadResultBy(session, kSelectCertified, name);
}

}  // namespace plenary::election
