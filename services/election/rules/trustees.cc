#include "services/election/rules/trustees.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <set>

#include "common/crypto/bytes.h"
#include "common/crypto/sealed_box.h"
#include "common/crypto/shamir.h"
#include "common/ids/id.h"
#include "common/status/macros.h"
#include "services/election/errors.h"
#include "services/election/errors_trustees.h"
#include "services/election/limits.h"
#include "services/election/rules/shares.h"

namespace plenary::election {
namespace {

constexpr int kFewestToReplace = static_cast<int>(kLowestThreshold);

// What everybody must have done before an act.
enum class Needs { kNothing, kKeys, kShares };

struct ActRule {
  TrusteeAct act;
  bool before_manifest;  // only then
  bool after_close;      // only then
  Needs needs;
};

constexpr std::array kActs = {
    ActRule{TrusteeAct::kSendKeys, true, false, Needs::kNothing},
    ActRule{TrusteeAct::kDealShares, true, false, Needs::kKeys},
    ActRule{TrusteeAct::kListShares, false, false, Needs::kShares},
    ActRule{TrusteeAct::kAcceptShares, false, false, Needs::kShares},
    ActRule{TrusteeAct::kReset, true, false, Needs::kNothing},
    ActRule{TrusteeAct::kRelease, false, true, Needs::kNothing},
};

bool IsClosed(v1::Election::State state) {
  return state == v1::Election::STATE_CLOSED || state == v1::Election::STATE_COUNTED ||
         state == v1::Election::STATE_CERTIFIED || state == v1::Election::STATE_SEATED;
}

using Has = std::function<bool(const v1::Trustee&)>;

bool HasKeys(const v1::Trustee& trustee) { return !trustee.tally_key().empty(); }
bool HasDealt(const v1::Trustee& trustee) { return !trustee.share_sha256().empty(); }
bool HasAccepted(const v1::Trustee& trustee) { return trustee.accepted(); }
bool HasReleased(const v1::Trustee& trustee) { return trustee.released(); }

// "people/a", "people/a and people/b", "people/a, people/b and people/c": those who have not; "" for nobody.
std::string WhoHasNot(const Trustees& trustees, const Has& has) {
  std::vector<std::string> names;
  for (const v1::Trustee& trustee : trustees) {
    if (!has(trustee)) names.push_back(trustee.person());
  }
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

// The sentence goes on with "who has not sent keys", or "have" when several have not.
absl::Status CheckStep(const Trustees& trustees, const Has& has, std::string_view what,
                       std::string_view next) {
  const std::string who = WhoHasNot(trustees, has);
  if (who.empty()) return absl::OkStatus();
  const bool one = std::count_if(trustees.begin(), trustees.end(), std::not_fn(has)) == 1;
  return errors::TrusteesNotReady(who, fmt::format("{} not {}", one ? "has" : "have", what), next);
}

}  // namespace

absl::Status CheckTrustees(const google::protobuf::RepeatedPtrField<std::string>& people, int threshold,
                           const std::string& returning_officer, const TrusteeFields& fields) {
  if (people.size() < kFewestTrustees || people.size() > kMostTrustees) {
    return errors::TrusteesInvalid(fields.people,
                                   fmt::format("Name {} to {} trustees.", kFewestTrustees, kMostTrustees));
  }
  std::set<std::string> seen;
  for (int i = 0; i < people.size(); ++i) {
    const std::string entry = fmt::format("{}[{}]", fields.people, i);
    if (!ResourceId("people", people.Get(i)).has_value()) {
      return errors::TrusteesInvalid(entry, "Name each trustee, \"people/…\".");
    }
    if (people.Get(i) == returning_officer) {
      return errors::TrusteesInvalid(
          entry, "The returning officer closes and counts, and holds no tally key: name somebody else.");
    }
    if (!seen.insert(people.Get(i)).second) {
      return errors::TrusteesInvalid(entry, "Name each trustee once: they hold a key each.");
    }
  }
  if (threshold != 0 && (threshold < kFewestToReplace || threshold > people.size())) {
    return errors::TrusteesInvalid(
        fields.threshold,
        fmt::format("Let {} to {} trustees together make up for an absent one, or give 0 for more than half.",
                    kFewestToReplace, people.size()));
  }
  return absl::OkStatus();
}

int ThresholdOf(int wanted, int trustees) {
  return wanted != 0 ? wanted : std::max(kFewestToReplace, trustees / 2 + 1);
}

absl::StatusOr<int> NumberOf(const Trustees& trustees, std::string_view person) {
  for (const v1::Trustee& trustee : trustees) {
    if (trustee.person() == person) return trustee.number();
  }
  return errors::NotTrustee();
}

absl::Status CheckTrusteeAct(TrusteeAct act, v1::Election::State state, const Trustees& trustees) {
  const ActRule& rule =
      *std::find_if(kActs.begin(), kActs.end(), [&](const ActRule& entry) { return entry.act == act; });
  if (rule.before_manifest && state != v1::Election::STATE_CALLED) return errors::ManifestPublished();
  if (rule.after_close && !IsClosed(state)) return errors::ElectionNotClosed();
  if (rule.needs == Needs::kKeys) {
    if (const std::string who = WhoHasNot(trustees, HasKeys); !who.empty())
      return errors::TrusteeKeysMissing(who);
  }
  if (rule.needs == Needs::kShares) {
    if (const std::string who = WhoHasNot(trustees, HasDealt); !who.empty())
      return errors::SharesMissing(who);
  }
  return absl::OkStatus();
}

absl::Status CheckTrusteesReady(const Trustees& trustees) {
  if (trustees.empty()) return errors::NoTrustees();
  RETURN_IF_ERROR(CheckStep(trustees, HasKeys, "sent keys", "plenary trustee keygen"));
  RETURN_IF_ERROR(CheckStep(trustees, HasDealt, "dealt shares", "plenary trustee keygen"));
  return CheckStep(trustees, HasAccepted, "accepted the shares", "plenary trustee accept");
}

absl::Status CheckSecretsReleased(const Trustees& trustees) {
  const std::string who = WhoHasNot(trustees, HasReleased);
  return who.empty() ? absl::OkStatus() : errors::TallySecretsMissing(who);
}

absl::Status CheckTrusteeKeys(const v1::SendTrusteeKeysRequest& request) {
  const auto check = [](std::string_view field, const std::string& key) -> absl::Status {
    if (crypto::CheckX25519PublicKey(key).ok()) return absl::OkStatus();
    return errors::TallyKeyInvalid(
        field, fmt::format("Send an X25519 public key of 32 bytes in {}, not of small order.", field));
  };
  RETURN_IF_ERROR(check("tally_key", request.tally_key()));
  RETURN_IF_ERROR(check("transport_key", request.transport_key()));
  if (request.tally_key() == request.transport_key()) {
    return errors::TallyKeyInvalid("transport_key", "Make the transport key a key of its own.");
  }
  return absl::OkStatus();
}

absl::Status CheckDealtShares(const v1::DealSharesRequest& request, int trustees) {
  if (request.sealed_shares_size() != trustees || request.share_sha256_size() != trustees) {
    return errors::SharesInvalid(
        "sealed_shares", fmt::format("Deal a share and its hash to each of the {} trustees.", trustees));
  }
  for (int i = 0; i < trustees; ++i) {
    if (request.sealed_shares(i).size() != kSealedShareBytes) {
      return errors::SharesInvalid(fmt::format("sealed_shares[{}]", i),
                                   fmt::format("A sealed share has {} bytes.", kSealedShareBytes));
    }
    if (request.share_sha256(i).size() != crypto::kSha256Size) {
      return errors::SharesInvalid(fmt::format("share_sha256[{}]", i), "A SHA-256 has 32 bytes.");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckTallySecret(std::string_view secret, std::string_view tally_key) {
  if (!crypto::IsCanonicalX25519Secret(secret)) {
    return errors::TallySecretWrong("it is no X25519 secret in its one spelling of 32 bytes");
  }
  const auto public_key = crypto::X25519PublicKey(secret);
  if (!public_key.ok() || *public_key != tally_key)
    return errors::TallySecretWrong("it gives another public key");
  return absl::OkStatus();
}

absl::StatusOr<int> DealerOf(std::string_view share, int holder, const Trustees& trustees) {
  const auto read = ReadShare(share);
  if (!read.has_value()) return errors::ShareWrong("", "is none: it does not have the form of a share");
  const auto dealer = std::find_if(trustees.begin(), trustees.end(), [&](const v1::Trustee& trustee) {
    return trustee.tally_key() == read->tally_key;
  });
  if (dealer == trustees.end()) return errors::ShareWrong("", "is of a secret of another election");
  if (read->index != holder)
    return errors::ShareWrong(dealer->person(), "was dealt to somebody else, not to you");
  const std::string sha256 = crypto::Sha256(share);
  if (holder > dealer->share_sha256_size() || dealer->share_sha256(holder - 1) != sha256) {
    return errors::ShareWrong(dealer->person(), "is not the one whose hash stands in the manifest");
  }
  return dealer->number();
}

namespace {

// Tries every way to choose `left` more shares from `from` on.
std::optional<std::string> Try(const std::vector<crypto::SecretShare>& shares, std::size_t from, int left,
                               std::vector<crypto::SecretShare>& chosen, std::string_view tally_key) {
  if (left == 0) {
    auto secret = crypto::CombineShares(chosen);
    if (secret.ok() && CheckTallySecret(*secret, tally_key).ok()) return *std::move(secret);
    return std::nullopt;
  }
  for (std::size_t i = from; i < shares.size(); ++i) {
    chosen.push_back(shares[i]);
    auto secret = Try(shares, i + 1, left - 1, chosen, tally_key);
    if (secret.has_value()) return secret;
    chosen.pop_back();
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> SecretFromShares(const std::vector<std::string>& shares, int threshold,
                                            std::string_view tally_key) {
  std::vector<crypto::SecretShare> read;
  for (const std::string& bytes : shares) {
    const auto share = ReadShare(bytes);
    if (share.has_value()) read.push_back({.index = share->index, .share = share->share});
  }
  std::vector<crypto::SecretShare> chosen;
  return Try(read, 0, threshold, chosen, tally_key);
}

std::vector<v1::Manifest::Trustee> ManifestTrustees(const Trustees& trustees) {
  std::vector<v1::Manifest::Trustee> entries;
  for (const v1::Trustee& trustee : trustees) {
    v1::Manifest::Trustee& entry = entries.emplace_back();
    entry.set_tally_key(trustee.tally_key());
    *entry.mutable_share_sha256() = trustee.share_sha256();
  }
  return entries;
}

}  // namespace plenary::election
