#include "services/election/store/candidacy_store.h"

#include <algorithm>
#include <limits>
#include <map>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/db/timestamps.h"
#include "common/ids/id.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"
#include "services/election/errors.h"
#include "services/election/rules/contests.h"
#include "services/election/rules/names.h"

namespace plenary::election {
namespace {

constexpr char kInsert[] =
    "INSERT INTO candidacies (id, election, contest, person, live, full_name, state, declared_at, statement, "
    "conflict_of_interest, photo_uri, links) VALUES (?, ?, ?, ?, 1, ?, ?, ?, '', '', '', '')";
constexpr char kSelect[] =
    "SELECT c.id, c.election, t.contest, c.person, c.full_name, c.state, c.declared_at, c.statement, "
    "c.conflict_of_interest, c.photo_uri, c.links FROM candidacies c "
    "JOIN contests t ON t.election = c.election AND t.position = c.contest WHERE c.election = ? AND c.id = ?";
constexpr char kUpdate[] =
    "UPDATE candidacies SET live = ?, state = ?, statement = ?, conflict_of_interest = ?, photo_uri = ?, "
    "links = ? "
    "WHERE id = ?";
constexpr char kListAccepted[] =
    "SELECT c.id, c.election, t.contest, c.person, c.full_name, c.state, c.declared_at, c.statement, "
    "c.conflict_of_interest, c.photo_uri, c.links FROM candidacies c "
    "JOIN contests t ON t.election = c.election AND t.position = c.contest "
    "WHERE c.election = ? AND c.state = 'STATE_ACCEPTED' AND (c.contest, c.full_name, c.id) > (?, ?, ?) "
    "ORDER BY c.contest, c.full_name, c.id LIMIT ?";
constexpr char kListAll[] =
    "SELECT c.id, c.election, t.contest, c.person, c.full_name, c.state, c.declared_at, c.statement, "
    "c.conflict_of_interest, c.photo_uri, c.links FROM candidacies c "
    "JOIN contests t ON t.election = c.election AND t.position = c.contest "
    "WHERE c.election = ? AND (c.contest, c.full_name, c.id) > (?, ?, ?) "
    "ORDER BY c.contest, c.full_name, c.id LIMIT ?";
constexpr char kCount[] =
    "SELECT contest, state, COUNT(*) FROM candidacies WHERE election = ? GROUP BY contest, state";

constexpr char kLinkSeparator[] = "\n";

v1::Candidacy Read(const db::Row& row) {
  v1::Candidacy candidacy;
  const std::string election = ResourceName("elections", row.Text(1));
  candidacy.set_name(election + "/" + ResourceName("candidacies", row.Text(0)));
  candidacy.set_contest(election + "/" + ResourceName("contests", row.Text(2)));
  candidacy.set_person(ResourceName("people", row.Text(3)));
  candidacy.set_full_name(row.Text(4));
  v1::Candidacy::State state = v1::Candidacy::STATE_UNSPECIFIED;
  v1::Candidacy::State_Parse(row.Text(5), &state);
  candidacy.set_state(state);
  *candidacy.mutable_declare_time() = ToTimestamp(db::FromMicros(row.Int64(6)));
  v1::CandidatePage& page = *candidacy.mutable_page();
  page.set_statement(row.Text(7));
  page.set_conflict_of_interest(row.Text(8));
  page.set_photo_uri(row.Text(9));
  for (const auto& link : absl::StrSplit(row.Text(10), kLinkSeparator, absl::SkipEmpty())) {
    page.add_links(std::string(link));
  }
  return candidacy;
}

// The id behind ".../candidacies/" or ".../contests/".
std::string LastId(const std::string& name) { return name.substr(name.rfind('/') + 1); }

int PositionOf(const v1::Election& election, const std::string& contest) {
  const auto found = std::find_if(election.contests().begin(), election.contests().end(),
                                  [&](const v1::Contest& entry) { return entry.name() == contest; });
  return static_cast<int>(found - election.contests().begin());
}

}  // namespace

absl::StatusOr<bool> CandidacyStore::Insert(db::Transaction& tx, const v1::Election& election,
                                            const v1::Candidacy& candidacy) {
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   tx.Insert(kInsert, {LastId(candidacy.name()), ElectionId(election.name()),
                                       PositionOf(election, candidacy.contest()),
                                       ResourceId("people", candidacy.person()).value_or(""),
                                       candidacy.full_name(), v1::Candidacy::State_Name(candidacy.state()),
                                       db::ToMicros(FromTimestamp(candidacy.declare_time()))}));
  return outcome.inserted();
}

absl::StatusOr<v1::Candidacy> CandidacyStore::Load(db::Session& session, const std::string& name) {
  const std::string election = ElectionOf(name);
  const auto id = name.size() > election.size()
                      ? ResourceId("candidacies", std::string_view(name).substr(election.size() + 1))
                      : std::nullopt;
  if (!id.has_value()) return errors::CandidacyNotFound();
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kSelect, {ElectionId(election), *id}));
  if (!row.has_value()) return errors::CandidacyNotFound();
  return Read(*row);
}

absl::Status CandidacyStore::Update(db::Transaction& tx, const v1::Candidacy& candidacy) {
  const v1::CandidatePage& page = candidacy.page();
  const db::Value live =
      candidacy.state() == v1::Candidacy::STATE_WITHDRAWN ? db::Value(db::Null()) : db::Value(1);
  return tx
      .Execute(kUpdate, {live, v1::Candidacy::State_Name(candidacy.state()), page.statement(),
                         page.conflict_of_interest(), page.photo_uri(),
                         absl::StrJoin(page.links(), kLinkSeparator), LastId(candidacy.name())})
      .status();
}

absl::StatusOr<std::vector<v1::Candidacy>> CandidacyStore::List(db::Session& session,
                                                                const v1::Election& election, Visible visible,
                                                                const CandidacyKey& after, int limit) {
  std::vector<v1::Candidacy> candidacies;
  RETURN_IF_ERROR(
      session.Query(visible == Visible::kAll ? kListAll : kListAccepted,
                    {ElectionId(election.name()), after.contest, after.full_name, after.id, limit},
                    [&](const db::Row& row) { candidacies.push_back(Read(row)); }));
  return candidacies;
}

CandidacyKey CandidacyStore::KeyOf(const v1::Election& election, const v1::Candidacy& candidacy) {
  return {PositionOf(election, candidacy.contest()), candidacy.full_name(), LastId(candidacy.name())};
}

absl::StatusOr<std::vector<v1::Candidacy>> CandidacyStore::Accepted(db::Session& session,
                                                                    const v1::Election& election) {
  return List(session, election, Visible::kAccepted, {}, std::numeric_limits<int>::max());
}

absl::StatusOr<std::vector<v1::GetSeatCoverageResponse::Coverage>> CandidacyStore::Coverage(
    db::Session& session, const v1::Election& election) {
  std::map<int, v1::GetSeatCoverageResponse::Coverage> by_position;
  for (int i = 0; i < election.contests_size(); ++i) {
    const v1::Contest& contest = election.contests(i);
    if (IsPoll(contest)) continue;
    auto& entry = by_position[i];
    entry.set_contest(contest.name());
    entry.set_display_name(contest.display_name());
    entry.set_seats(contest.seats());
    entry.set_uncovered(contest.seats());
  }
  RETURN_IF_ERROR(session.Query(kCount, {ElectionId(election.name())}, [&](const db::Row& row) {
    auto& entry = by_position.at(static_cast<int>(row.Int64(0)));
    const auto count = static_cast<std::int32_t>(row.Int64(2));
    if (row.Text(1) == "STATE_DECLARED") entry.set_declared(count);
    if (row.Text(1) == "STATE_COMPLETED") entry.set_completed(count);
    if (row.Text(1) != "STATE_ACCEPTED") return;
    entry.set_accepted(count);
    entry.set_uncovered(std::max(0, entry.seats() - count));
  }));
  std::vector<v1::GetSeatCoverageResponse::Coverage> coverage;
  for (const auto& [position, entry] : by_position) coverage.push_back(entry);
  return coverage;
}

}  // namespace plenary::election
