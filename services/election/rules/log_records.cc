#include "services/election/rules/log_records.h"

#include <algorithm>

#include "common/crypto/bytes.h"
#include "services/election/rules/ballot_layout.h"

namespace plenary::election {
namespace {

constexpr std::string_view kRollMagic = "PLR1";
constexpr std::string_view kIssuanceListMagic = "PLI1";
constexpr std::string_view kCloseRecordMagic = "PLC1";
constexpr std::size_t kIssuanceLineSize = kUnitIdSize + kHashSize;

// The records behind a count, when nothing but `tail` bytes follow them.
std::optional<std::string_view> ReadRecords(crypto::ByteReader& reader, std::size_t record_size,
                                            std::size_t tail) {
  const auto count = reader.ReadU32();
  if (!count.has_value()) return std::nullopt;
  const std::size_t size = static_cast<std::size_t>(*count) * record_size;
  if (reader.Remaining() != size + tail) return std::nullopt;
  return reader.ReadBytes(size);
}

}  // namespace

bool UnitsView::AscendsStrictly() const {
  for (std::size_t i = 1; i < size(); ++i) {
    if ((*this)[i - 1] >= (*this)[i]) return false;
  }
  return true;
}

std::optional<UnitsView> ReadRoll(std::string_view bytes) {
  crypto::ByteReader reader(bytes);
  if (reader.ReadBytes(kRollMagic.size()) != kRollMagic) return std::nullopt;
  const auto records = ReadRecords(reader, kUnitIdSize, 0);
  if (!records.has_value()) return std::nullopt;
  const UnitsView units(*records, kUnitIdSize);
  return units.AscendsStrictly() ? std::optional(units) : std::nullopt;
}

std::string IssuanceListMessage(std::string_view unsigned_bytes) {
  return "plenary-issuance-v1" + std::string(unsigned_bytes);
}

bool IssuanceListView::IsSignedBy(std::string_view list_key) const {
  const auto key = crypto::Ed25519PublicKey::FromBytes(list_key);
  return key.ok() && crypto::VerifyEd25519(*key, IssuanceListMessage(unsigned_bytes), signature).ok();
}

std::optional<IssuanceListView> ReadIssuanceList(std::string_view bytes) {
  crypto::ByteReader reader(bytes);
  if (reader.ReadBytes(kIssuanceListMagic.size()) != kIssuanceListMagic) return std::nullopt;
  const auto manifest_hash = reader.ReadBytes(kHashSize);
  const auto registrar = reader.ReadU8();
  if (!manifest_hash.has_value() || !registrar.has_value()) return std::nullopt;
  const auto records = ReadRecords(reader, kIssuanceLineSize, crypto::kEd25519SignatureSize);
  if (!records.has_value()) return std::nullopt;
  IssuanceListView list;
  list.manifest_hash = *manifest_hash;
  list.registrar = *registrar;
  list.units = UnitsView(*records, kIssuanceLineSize);
  list.signature = *reader.ReadBytes(crypto::kEd25519SignatureSize);
  list.unsigned_bytes = bytes.substr(0, bytes.size() - crypto::kEd25519SignatureSize);
  return list.units.AscendsStrictly() ? std::optional(list) : std::nullopt;
}

bool IsSubset(const UnitsView& part, const UnitsView& whole) {
  return CountOnEvery({part, whole}) == part.size();
}

std::size_t CountOnEvery(const std::vector<UnitsView>& lists) {
  std::vector<std::size_t> next(lists.size(), 0);
  std::size_t count = 0;
  for (std::size_t i = 0; i < lists.front().size(); ++i) {
    const std::string_view unit = lists.front()[i];
    bool on_every = true;
    for (std::size_t other = 1; other < lists.size(); ++other) {
      const UnitsView& list = lists[other];
      while (next[other] < list.size() && list[next[other]] < unit) ++next[other];
      on_every = on_every && next[other] < list.size() && list[next[other]] == unit;
    }
    if (on_every) ++count;
  }
  return count;
}

std::string EncodeCloseRecord(const CloseRecord& record) {
  std::string bytes(kCloseRecordMagic);
  bytes += record.manifest_hash;
  crypto::AppendU32(bytes, record.ballots);
  for (const std::string& hash : record.issuance_list_sha256) bytes += hash;
  return bytes;
}

std::optional<CloseRecord> ReadCloseRecord(std::string_view bytes, std::size_t registrars) {
  crypto::ByteReader reader(bytes);
  const std::size_t length = kCloseRecordMagic.size() + kHashSize + sizeof(std::uint32_t);
  if (bytes.size() != length + registrars * kHashSize ||
      reader.ReadBytes(kCloseRecordMagic.size()) != kCloseRecordMagic) {
    return std::nullopt;
  }
  CloseRecord record;
  record.manifest_hash = *reader.ReadBytes(kHashSize);
  record.ballots = *reader.ReadU32();
  for (std::size_t i = 0; i < registrars; ++i) {
    record.issuance_list_sha256.emplace_back(*reader.ReadBytes(kHashSize));
  }
  return record;
}

}  // namespace plenary::election
