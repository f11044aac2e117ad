#include "services/election/client/trustee.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/crypto/bytes.h"
#include "common/crypto/sealed_box.h"
#include "common/crypto/shamir.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "services/election/client/errors_trustee.h"
#include "services/election/limits.h"
#include "services/election/rules/log_records.h"
#include "services/election/rules/shares.h"
#include "services/election/rules/trustees.h"

namespace plenary::election::client {
namespace {

using nlohmann::json;

std::string PublicHalf(const std::string& secret) {
  auto key = crypto::X25519PublicKey(secret);
  return key.ok() ? *std::move(key) : "";
}

bool IsDealtBy(const v1::Trustee& trustee, const TrusteeKeys& keys) {
  return std::equal(
      trustee.share_sha256().begin(), trustee.share_sha256().end(), keys.dealt.begin(), keys.dealt.end(),
      [](const std::string& sha256, const std::string& share) { return crypto::Sha256(share) == sha256; });
}

absl::Status CheckDealtTo(const TrusteeKeys& keys, const v1::ListTrusteesResponse& circle) {
  const bool same = std::equal(
      circle.trustees().begin(), circle.trustees().end(), keys.dealt_to.begin(), keys.dealt_to.end(),
      [](const v1::Trustee& trustee, const std::string& key) { return trustee.transport_key() == key; });
  if (same) return absl::OkStatus();
  return errors::TrusteeKeysUnusable(
      "The service shows other transport keys than those your shares were sealed to: somebody may have read "
      "them on their way. Accept nothing; tell the other trustees and the returning officer, who resets the "
      "trustees.");
}

// What is wrong with a share that was opened; empty when nothing is.
std::string FaultOf(const std::string& share, int holder, const v1::Trustee& dealer,
                    const v1::ListTrusteesResponse& circle) {
  const auto read = ReadShare(share);
  if (!read.has_value()) return "does not have the form of a share";
  if (read->tally_key != dealer.tally_key()) return "is of another secret";
  if (read->threshold != circle.threshold() || read->trustees != circle.trustees_size() ||
      read->index != holder) {
    return "was made for another trustee, or for others than these";
  }
  if (holder > dealer.share_sha256_size() || dealer.share_sha256(holder - 1) != crypto::Sha256(share)) {
    return "is not the one whose hash they published";
  }
  return "";
}

json Encode(const std::string& bytes) { return crypto::Base64UrlEncode(bytes); }

json EncodeAll(const std::vector<std::string>& all) {
  json list = json::array();
  for (const std::string& bytes : all) list.push_back(Encode(bytes));
  return list;
}

// Anything that is not base64url of such a length ends the reading.
std::string Decode(const json& text, std::size_t size) {
  std::string bytes = crypto::Base64UrlDecode(text.get<std::string>()).value();
  if (bytes.size() != size) throw std::out_of_range("length");
  return bytes;
}

std::vector<std::string> DecodeAll(const json& list, std::size_t size) {
  std::vector<std::string> all;
  for (const json& text : list) all.push_back(Decode(text, size));
  return all;
}

// 0, or what a threshold can be. JSON has numbers besides that no int holds.
int DecodeThreshold(const json& number) {
  if (!number.is_number_unsigned()) throw std::out_of_range("threshold");
  const auto threshold = number.get<std::uint64_t>();
  if (threshold != 0 && (threshold < kLowestThreshold || threshold > kMostTrustees)) {
    throw std::out_of_range("threshold");
  }
  return static_cast<int>(threshold);
}

TrusteeKeys FromJson(const json& content) {
  TrusteeKeys keys;
  keys.election = content.at("election").get<std::string>();
  keys.tally_secret = Decode(content.at("tally_secret"), crypto::kX25519KeySize);
  keys.transport_secret = Decode(content.at("transport_secret"), crypto::kX25519KeySize);
  keys.dealt = DecodeAll(content.at("dealt"), kShareBytes);
  keys.dealt_to = DecodeAll(content.at("dealt_to"), crypto::kX25519KeySize);
  keys.threshold = DecodeThreshold(content.at("threshold"));
  const json& manifest_hash = content.at("manifest_hash");
  if (manifest_hash != "") keys.manifest_hash = Decode(manifest_hash, crypto::kSha256Size);
  // Older files have none.
  if (content.contains("released_under"))
    keys.released_under = content.at("released_under").get<std::string>();
  for (const json& entry : content.at("accepted")) {
    keys.accepted.push_back({.person = entry.at("person").get<std::string>(),
                             .tally_key = Decode(entry.at("tally_key"), crypto::kX25519KeySize),
                             .share_sha256 = DecodeAll(entry.at("share_sha256"), crypto::kSha256Size),
                             .share = Decode(entry.at("share"), kShareBytes)});
  }
  return keys;
}

}  // namespace

TrusteeKeys MakeTrusteeKeys(const std::string& election, crypto::RandomSource& random) {
  TrusteeKeys keys;
  keys.election = election;
  keys.tally_secret = crypto::MakeX25519Secret(random);
  keys.transport_secret = crypto::MakeX25519Secret(random);
  return keys;
}

v1::SendTrusteeKeysRequest KeysToSend(const TrusteeKeys& keys) {
  v1::SendTrusteeKeysRequest request;
  request.set_election(keys.election);
  request.set_tally_key(PublicHalf(keys.tally_secret));
  request.set_transport_key(PublicHalf(keys.transport_secret));
  return request;
}

absl::Status SplitTallySecret(TrusteeKeys& keys, const v1::ListTrusteesResponse& circle,
                              crypto::RandomSource& random) {
  if (!keys.dealt.empty()) return absl::OkStatus();
  const int threshold = circle.threshold();
  const int trustees = circle.trustees_size();
  ASSIGN_OR_RETURN(auto shares, crypto::SplitSecret(keys.tally_secret, static_cast<unsigned>(threshold),
                                                    static_cast<unsigned>(trustees), random));
  for (crypto::SecretShare& share : shares) {
    keys.dealt.push_back(EncodeShare({.tally_key = PublicHalf(keys.tally_secret),
                                      .threshold = static_cast<std::uint8_t>(threshold),
                                      .trustees = static_cast<std::uint8_t>(trustees),
                                      .index = share.index,
                                      .share = share.share,
                                      .salt = random.Bytes(kShareSaltSize)}));
    crypto::SecureWipe(share.share);
  }
  for (const v1::Trustee& trustee : circle.trustees()) keys.dealt_to.push_back(trustee.transport_key());
  return absl::OkStatus();
}

absl::StatusOr<v1::DealSharesRequest> SharesToSend(const TrusteeKeys& keys,
                                                   const v1::ListTrusteesResponse& circle,
                                                   crypto::RandomSource& random) {
  const auto first = keys.dealt.empty() ? std::nullopt : ReadShare(keys.dealt.front());
  if (!first.has_value() || first->threshold != circle.threshold() ||
      keys.dealt.size() != static_cast<std::size_t>(circle.trustees_size())) {
    return errors::TrusteeKeysUnusable(
        "The key file holds shares for other trustees than there are now. Move it away and run `plenary "
        "trustee keygen` "
        "again; if the service has its keys already, have the returning officer reset the trustees.");
  }
  RETURN_IF_ERROR(CheckDealtTo(keys, circle));
  v1::DealSharesRequest request;
  request.set_election(keys.election);
  for (std::size_t i = 0; i < keys.dealt.size(); ++i) {
    std::string ephemeral = crypto::MakeX25519Secret(random);
    const crypto::WipeAtEnd wipe(ephemeral);
    ASSIGN_OR_RETURN(*request.add_sealed_shares(), crypto::Seal(keys.dealt_to[i], keys.dealt[i], ephemeral));
    request.add_share_sha256(crypto::Sha256(keys.dealt[i]));
  }
  return request;
}

absl::Status AcceptDealt(TrusteeKeys& keys, int number, const v1::ListTrusteesResponse& circle,
                         const v1::ListDealtSharesResponse& dealt, WhenNotDealt when) {
  const bool early_copy = when == WhenNotDealt::kTake && keys.dealt.empty();
  const std::string transport_key = PublicHalf(keys.transport_secret);
  if (number < 1 || number > circle.trustees_size() ||
      circle.trustees(number - 1).tally_key() != PublicHalf(keys.tally_secret) ||
      circle.trustees(number - 1).transport_key() != transport_key ||
      (!early_copy && !IsDealtBy(circle.trustees(number - 1), keys))) {
    return errors::TrusteeKeysUnusable(
        fmt::format("The service shows other keys or shares of yours than this key file holds. Take the file "
                    "that you made them with. {}",
                    errors::kWithoutTrusteeFile));
  }
  if (!early_copy) RETURN_IF_ERROR(CheckDealtTo(keys, circle));
  std::vector<TrusteeKeys::Accepted> accepted;
  for (int i = 0; i < circle.trustees_size(); ++i) {
    const v1::Trustee& dealer = circle.trustees(i);
    if (i >= dealt.sealed_shares_size())
      return errors::DealtShareWrong(keys.election, dealer.person(), "is missing");
    auto share = crypto::OpenSealed(dealt.sealed_shares(i), transport_key, keys.transport_secret);
    if (!share.ok())
      return errors::DealtShareWrong(keys.election, dealer.person(), "does not open with your key");
    if (const std::string fault = FaultOf(*share, number, dealer, circle); !fault.empty()) {
      return errors::DealtShareWrong(keys.election, dealer.person(), fault);
    }
    accepted.push_back({.person = dealer.person(),
                        .tally_key = dealer.tally_key(),
                        .share_sha256 = {dealer.share_sha256().begin(), dealer.share_sha256().end()},
                        .share = *std::move(share)});
  }
  keys.threshold = circle.threshold();
  keys.accepted = std::move(accepted);
  return absl::OkStatus();
}

absl::Status CheckManifest(const TrusteeKeys& keys, const PublishedManifest& published) {
  const v1::Manifest& manifest = published.manifest();
  if (manifest.origin() != keys.election) return errors::ManifestNotAsAccepted("it is of another election");
  if (keys.accepted.empty()) {
    return errors::TrusteeKeysUnusable(
        "Nothing was accepted with this key file. Take the one you accepted with.");
  }
  if (manifest.trustees_size() != static_cast<int>(keys.accepted.size()) ||
      manifest.threshold() != static_cast<std::uint32_t>(keys.threshold)) {
    return errors::ManifestNotAsAccepted("it has more or fewer trustees, or another threshold");
  }
  for (int i = 0; i < manifest.trustees_size(); ++i) {
    const v1::Manifest::Trustee& entry = manifest.trustees(i);
    const TrusteeKeys::Accepted& accepted = keys.accepted[static_cast<std::size_t>(i)];
    if (entry.tally_key() != accepted.tally_key) {
      return errors::ManifestNotAsAccepted(fmt::format("it names another tally key of {}", accepted.person));
    }
    if (!std::equal(entry.share_sha256().begin(), entry.share_sha256().end(), accepted.share_sha256.begin(),
                    accepted.share_sha256.end())) {
      return errors::ManifestNotAsAccepted(
          fmt::format("it names other shares of {}'s secret", accepted.person));
    }
  }
  if (!keys.manifest_hash.empty() && keys.manifest_hash != published.hash()) {
    return errors::ManifestNotAsAccepted("it is another than the one you compared before");
  }
  return absl::OkStatus();
}

absl::Status CheckSafeToRelease(const TrusteeKeys& keys, const PublishedManifest& manifest, absl::Time now,
                                std::string_view clock, const LogSeen& log) {
  RETURN_IF_ERROR(CheckManifest(keys, manifest));
  if (keys.manifest_hash.empty()) {
    return errors::NotSafeToRelease(fmt::format(
        "You have not compared the manifest yet. Run `plenary trustee accept {}` again, now that it is "
        "published; then release.",
        keys.election));
  }
  const auto closes = absl::FromUnixSeconds(static_cast<std::int64_t>(manifest.manifest().voting_closes()));
  if (now < closes) {
    return errors::NotSafeToRelease(
        fmt::format("By {} it is {}, and voting closes at {}. Release after that.", clock, FormatInstant(now),
                    FormatInstant(closes)));
  }
  constexpr std::uint64_t kManifestAndCloseRecord = 2;
  const auto record = ReadCloseRecord(log.last_leaf, manifest.registrars().size());
  if (!record.has_value() || record->manifest_hash != manifest.hash() ||
      record->ballots + kManifestAndCloseRecord != log.size) {
    return errors::NotSafeToRelease(fmt::format(
        "The log of the ballot box does not end in the close record of this election: more ballots may "
        "come. Have the returning officer run `plenary election close {}`, then release.",
        keys.election));
  }
  return absl::OkStatus();
}

std::string CircleFingerprint(std::string_view election, const v1::ListTrusteesResponse& circle) {
  // Each text by its hash: of one length, whatever a service shows.
  std::string all =
      fmt::format("plenary-trustees-v1\n{} of {}\n", circle.threshold(), circle.trustees_size());
  all += crypto::Sha256(election);
  for (const v1::Trustee& trustee : circle.trustees()) {
    for (const std::string& text : {trustee.person(), trustee.tally_key(), trustee.transport_key()}) {
      all += crypto::Sha256(text);
    }
  }
  return FingerprintOf(crypto::Sha256(all));
}

std::string WriteTrusteeKeys(const TrusteeKeys& keys) {
  json content = {{"election", keys.election},
                  {"tally_secret", Encode(keys.tally_secret)},
                  {"transport_secret", Encode(keys.transport_secret)},
                  {"dealt", EncodeAll(keys.dealt)},
                  {"dealt_to", EncodeAll(keys.dealt_to)},
                  {"threshold", keys.threshold},
                  {"manifest_hash", Encode(keys.manifest_hash)},
                  {"released_under", keys.released_under},
                  {"accepted", json::array()}};
  for (const TrusteeKeys::Accepted& accepted : keys.accepted) {
    content["accepted"].push_back({{"person", accepted.person},
                                   {"tally_key", Encode(accepted.tally_key)},
                                   {"share_sha256", EncodeAll(accepted.share_sha256)},
                                   {"share", Encode(accepted.share)}});
  }
  return content.dump(2) + "\n";
}

absl::StatusOr<TrusteeKeys> ReadTrusteeKeys(std::string_view text) {
  try {
    return FromJson(json::parse(text));
  } catch (const std::exception&) {
    return errors::TrusteeKeysUnusable(
        fmt::format("This is no trustee's key file. Name the right one with --key-file. {}",
                    errors::kWithoutTrusteeFile));
  }
}

}  // namespace plenary::election::client
