#include "services/election/store/trustee_store.h"

#include "common/crypto/bytes.h"
#include "common/db/timestamps.h"
#include "common/ids/id.h"
#include "common/status/macros.h"
#include "services/election/rules/names.h"

namespace plenary::election {
namespace {

constexpr char kInsertTrustee[] = "INSERT INTO trustees (election, number, person) VALUES (?, ?, ?)";
constexpr char kDeleteTrustees[] = "DELETE FROM trustees WHERE election = ?";
constexpr char kDeleteShares[] = "DELETE FROM dealt_shares WHERE election = ?";
constexpr char kSetThreshold[] =
    "UPDATE elections SET version = version + 1, trustee_threshold = ? WHERE id = ?";
constexpr char kSelectTrustees[] =
    "SELECT t.person, t.number, t.tally_key, t.transport_key, t.share_sha256, t.accepted, s.trustee "
    "FROM trustees t LEFT JOIN tally_secrets s ON s.election = t.election AND s.trustee = t.number "
    "WHERE t.election = ? ORDER BY t.number";
constexpr char kSelectReleasedHolders[] =
    "SELECT dealer, holder FROM released_shares WHERE election = ? ORDER BY dealer, holder";

constexpr char kInsertKey[] = "INSERT INTO trustee_keys (public_key, election) VALUES (?, ?)";
constexpr char kSetKeys[] =
    "UPDATE trustees SET tally_key = ?, transport_key = ? WHERE election = ? AND number = ?";
constexpr char kInsertShare[] =
    "INSERT INTO dealt_shares (election, dealer, holder, sealed) VALUES (?, ?, ?, ?)";
constexpr char kSetShareHashes[] = "UPDATE trustees SET share_sha256 = ? WHERE election = ? AND number = ?";
constexpr char kSelectDealtTo[] =
    "SELECT sealed FROM dealt_shares WHERE election = ? AND holder = ? ORDER BY dealer";
constexpr char kAccept[] = "UPDATE trustees SET accepted = 1 WHERE election = ? AND number = ?";

constexpr char kInsertSecret[] =
    "INSERT INTO tally_secrets (election, trustee, secret, released_at) VALUES (?, ?, ?, ?)";
constexpr char kSelectSecrets[] =
    "SELECT s.secret FROM trustees t "
    "LEFT JOIN tally_secrets s ON s.election = t.election AND s.trustee = t.number "
    "WHERE t.election = ? ORDER BY t.number";
constexpr char kInsertReleasedShare[] =
    "INSERT INTO released_shares (election, dealer, holder, share) VALUES (?, ?, ?, ?)";
constexpr char kSelectReleasedShares[] =
    "SELECT share FROM released_shares WHERE election = ? AND dealer = ? ORDER BY holder";

std::string BytesOrNothing(const db::Row& row, std::size_t column) {
  return row.IsNull(column) ? "" : row.Bytes(column);
}

v1::Trustee ReadTrustee(const db::Row& row) {
  v1::Trustee trustee;
  trustee.set_person(ResourceName("people", row.Text(0)));
  trustee.set_number(static_cast<std::int32_t>(row.Int64(1)));
  trustee.set_tally_key(BytesOrNothing(row, 2));
  trustee.set_transport_key(BytesOrNothing(row, 3));
  const std::string hashes = BytesOrNothing(row, 4);
  for (std::size_t i = 0; i < hashes.size(); i += crypto::kSha256Size) {
    trustee.add_share_sha256(hashes.substr(i, crypto::kSha256Size));
  }
  trustee.set_accepted(row.Bool(5));
  trustee.set_released(!row.IsNull(6));
  return trustee;
}

}  // namespace

absl::StatusOr<Trustees> TrusteeStore::Load(db::Session& session, const std::string& election) {
  const std::string id = ElectionId(election);
  Trustees trustees;
  RETURN_IF_ERROR(session.Query(kSelectTrustees, {id},
                                [&](const db::Row& row) { trustees.push_back(ReadTrustee(row)); }));
  RETURN_IF_ERROR(session.Query(kSelectReleasedHolders, {id}, [&](const db::Row& row) {
    trustees.at(static_cast<std::size_t>(row.Int64(0) - 1))
        .add_released_shares(static_cast<std::int32_t>(row.Int64(1)));
  }));
  return trustees;
}

absl::Status TrusteeStore::Insert(db::Transaction& tx, const std::string& election,
                                  const google::protobuf::RepeatedPtrField<std::string>& people) {
  for (int i = 0; i < people.size(); ++i) {
    const std::string person = ResourceId("people", people.Get(i)).value_or("");
    RETURN_IF_ERROR(tx.Execute(kInsertTrustee, {ElectionId(election), i + 1, person}).status());
  }
  return absl::OkStatus();
}

absl::Status TrusteeStore::Replace(db::Transaction& tx, const std::string& election,
                                   const google::protobuf::RepeatedPtrField<std::string>& people,
                                   int threshold) {
  const std::string id = ElectionId(election);
  RETURN_IF_ERROR(tx.Execute(kDeleteShares, {id}).status());
  RETURN_IF_ERROR(tx.Execute(kDeleteTrustees, {id}).status());
  RETURN_IF_ERROR(Insert(tx, election, people));
  return tx.Execute(kSetThreshold, {threshold, id}).status();
}

absl::StatusOr<bool> TrusteeStore::InsertKeys(db::Transaction& tx, const std::string& election, int trustee,
                                              const std::string& tally_key,
                                              const std::string& transport_key) {
  const std::string id = ElectionId(election);
  for (const std::string& key : {tally_key, transport_key}) {
    ASSIGN_OR_RETURN(const db::InsertOutcome outcome, tx.Insert(kInsertKey, {key, id}));
    if (!outcome.inserted()) return false;
  }
  RETURN_IF_ERROR(tx.Execute(kSetKeys, {tally_key, transport_key, id, trustee}).status());
  return true;
}

absl::Status TrusteeStore::InsertShares(db::Transaction& tx, int dealer,
                                        const v1::DealSharesRequest& request) {
  const std::string id = ElectionId(request.election());
  std::string hashes;
  for (int i = 0; i < request.sealed_shares_size(); ++i) {
    RETURN_IF_ERROR(tx.Execute(kInsertShare, {id, dealer, i + 1, request.sealed_shares(i)}).status());
    hashes += request.share_sha256(i);
  }
  return tx.Execute(kSetShareHashes, {hashes, id, dealer}).status();
}

absl::StatusOr<std::vector<std::string>> TrusteeStore::DealtTo(db::Session& session,
                                                               const std::string& election, int holder) {
  std::vector<std::string> shares;
  RETURN_IF_ERROR(session.Query(kSelectDealtTo, {ElectionId(election), holder},
                                [&](const db::Row& row) { shares.push_back(row.Bytes(0)); }));
  return shares;
}

absl::Status TrusteeStore::Accept(db::Transaction& tx, const std::string& election, int trustee) {
  return tx.Execute(kAccept, {ElectionId(election), trustee}).status();
}

absl::Status TrusteeStore::InsertSecret(db::Transaction& tx, const std::string& election, int trustee,
                                        const std::string& secret, absl::Time now) {
  return tx.Insert(kInsertSecret, {ElectionId(election), trustee, secret, db::ToMicros(now)}).status();
}

absl::StatusOr<TallySecrets> TrusteeStore::Secrets(db::Session& session, const std::string& election) {
  TallySecrets secrets;
  RETURN_IF_ERROR(session.Query(kSelectSecrets, {ElectionId(election)},
                                [&](const db::Row& row) { secrets.push_back(BytesOrNothing(row, 0)); }));
  return secrets;
}

absl::Status TrusteeStore::InsertReleasedShare(db::Transaction& tx, const std::string& election, int dealer,
                                               int holder, const std::string& share) {
  return tx.Insert(kInsertReleasedShare, {ElectionId(election), dealer, holder, share}).status();
}

absl::StatusOr<std::vector<std::string>> TrusteeStore::ReleasedShares(db::Session& session,
                                                                      const std::string& election,
                                                                      int dealer) {
  std::vector<std::string> shares;
  RETURN_IF_ERROR(session.Query(kSelectReleasedShares, {ElectionId(election), dealer},
                                [&](const db::Row& row) { shares.push_back(row.Bytes(0)); }));
  return shares;
}

}  // namespace plenary::election
