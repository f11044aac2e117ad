#include "services/election/testing/sample.h"

#include <stdexcept>

#include "absl/strings/ascii.h"
#include "common/crypto/blind_rsa.h"
#include "common/crypto/bytes.h"
#include "common/crypto/sealed_box.h"
#include "common/time/proto_time.h"

namespace plenary::election::testing {
namespace {

constexpr int kTrustees = 3;
constexpr int kThreshold = 2;
constexpr char kElection[] = "elections/00000000000000000000000004";

constexpr char kFirstKey[] = R"(
-----BEGIN PRIVATE KEY-----
MIIG/QIBADANBgkqhkiG9w0BAQEFAASCBucwggbjAgEAAoIBgQCewLY/OFAT1bI9
YYdIAUpOlK0ZIDg7FUdic+TMcRqBIsv5KfSy5DEQ4Ymf75cSHaf8ZajBAG+MWOUq
122hksCBl6hOzbUIe5MqSkBmhZRZ2xNR6cS5hAYne5qct4VCfEPHuhp9L0JmRlLL
TyeVKAv4q8Q3OWx0fIWP0/8sYRNtZYoltNKHXd6zVPl0h6h+CXZc6VjhsHJhFdxh
NXQNzgc71qif3erGN3ujlmTPzpj9KWipHV2POFV7i07gbRlTP8D75psOLZDqgIuU
GootWYrjbtBr3I8aNeU/J0NizOWXfe0dQWEhIJZ+ot1u6bWOTHyyJkQuzftgHd5M
ntQU0oINSy+l+4mpTW0pZhG4icNmEgAys7b6A9w9m3gCepbyPqAMzgB6BDxAr/SE
it0jNO6M4DRKkQWvGcNcfPwpzhWLlpt0tZ77sd3AIuaKI+dt10pbcUCU+Rz/RWxZ
eqhDffRizrVGZQm5oREleIQRcCdHN2u8xAhJrWULL24b1ml+/yUCAwEAAQKCAYAM
YKak/blCnqP/xKmlS9J1F4L6hUhVFPbknngdl4jzPhkMs4B8bS3FLOyLz4SmGTFW
jL+QUr4fwXOWuEa4NQa04/PvtvqxL19dSf5E8A/NxLa4KYOY2koXjHvU0bs+YI1x
VlmH3qYs7rk4WFLT/pQWXqAVFTFXULkiKmuIFIaM/kB76aILg15geZTciNIyh37W
xivTpuv4FVoCK0aB6Ako2Xb6xfTu4PcPHWP9TtSfUnnyS5OWndQOZqFu/pqdosgD
z4Blm+HGmBCCPMWzt3qp8AUdUNc53+9f3kZBaw6eABzeqnFgeXhZM/T3hFEAzwBI
48mDmL97Y07O0F1s3u57shyj9RLmDQcPQqASMyUG0wkFsPeWfd+x210t4+iemH5C
3KfWGHJnlfBvdzm0EhtevigOVeFArZ9X73KFqSIHmqtFfiBIplKVhUHs/nHW/6pd
IU9PRhh9OKjBD4kk9Pp686FMelhsBj8V55SVeIoPZjq92iAzB99V9OcayUpc3ZkC
gcEA4ADNNEksBPuEcYNZEiMCPUfBQxJ2kDd5+jNpAlQX6NrszC55VfEORfIyrGOe
GJBe6kzayOqV1gb2w25JB0n+g+j+bUlGmJWjOEd6wiU93KBH5VnnXPgD7rvBr8PR
gRjxn/tWl1YuhyGoiNnyiCpbAN8D0oTPLpYQb3TnuWgAtOg/48f4HM9paWYubHZE
g0LsYBot/xY7ziqlCeurWrtZ6ncm5XXHlCgbllQjPbIMkw/2JQ5Wa2qEMtOxN0OW
kuQ5AoHBALVt4O8O31fICCjaAOxCjSMeWgepsP74TovzIgXsy+AspVISnX/EcGcR
U7l0N6Sg5Qj2qZ6wWl9tVIXjCd61jHxXFzp9PO8t8eHnoCbxCqeqA+rN14GeR15w
ia77VUEyEDP9AD7s54jEF0hMhPzFfbK7GLjHzx38ZuiIc5L5BBsSEEHc14RJD4hI
I3Sr4PF+PgDEbppf/fIvCGe0c+KhFuXOPmaQTFxfvaCLLA5xAsvjHY/zanFAfiGO
MsT3KtcqTQKBwFG8uSQ9FwzyYk+xaA0QLT8DMegxkoXpWF8N52FsIhVb3VBcHPZZ
MaYgTJFPAF9iPuAsDyGFSAuDGwQQ+CDqxS6JFF34gQQohhiBLLAvOrWI3vM3rQ7l
iTnR1Uk3oPkEixafdedfETdJ9t+I99Dr860Ls69buuX66CBjfjLPWoKoxLdvPn/0
xzgoiwQU28cx4mLm6qXMDSKbuQE3t50yBAtkUxMjuSG8yOQ/62QV1jTLfDvlUW98
vKR3TpEl3onXMQKBwE3G1/nDt21LPGw+4Mxnz1dxyIimb1Euo4WNalV96PymRw0D
G+/NB563p9vF/aCetPD9xUNZOLTWCrkG1pFZ5Orc7wFM9RVX7ey5PkfTZ4zu7pT3
P166ur+6oNuZtTeovZd762IOb0eLQKvm2c/+3d8EJBn61kh1jqw66sjj5aWxPbTu
dpmoNHdo7YIzuM/uHah4jS2y3wu2q/TBQDi0dDt6Cfgv/fxPstwjLXTXb6p2J5Mx
d70rN6cs7YjQqNXqtQKBwQCf/D9jVW4ugszwX7Sir75xisPH5/oweZP5jBLB+NTh
f6J+lIhBG1plRB+6eBtf1ixCkF9WvACg8bE+vaXqybmM7Jdhd79I7GYaR0KhJX8k
bA4RHbU7g4wUfFFnwbwrnoVBIrmWqbHidtuzjFeBd5NFVZPSUAuE/WCj7cuKOfPv
P3nJmqEGDbjx5+M0PjCzMhi9v2TY9l0cXnQz4UIL0VvcIcgRsmR48VA0vREj6gqE
9wmZ8Mwy2KPVFk3gABiXXMw=
-----END PRIVATE KEY-----
)";

constexpr char kSecondKey[] = R"(
-----BEGIN PRIVATE KEY-----
MIIG/AIBADANBgkqhkiG9w0BAQEFAASCBuYwggbiAgEAAoIBgQCnua2nIYlHXmIZ
/oWrXmsZ9xm3O2XxYYxHXQ6lRzgDjQjNhYrbtoEAmqPnpQWl069QzZCNWdgUg5ai
2V5a7CSbp4fdoaO+JbTSot8rFTVe8T076iga6JEvE+h+T02yNSDI28CKE7VBwQc1
BgRVtEXD7h8IIWsZLYf6KrGC4VJ0MFvoC0u3xmtuRekfkrbF8zb+4ooFtM+UPd8S
TMC7DddLTf43OEqcBlIWt6JEt6XIeEje2LUClKO/tXRcfYfprfXLJo4d9qGSE0vV
9k6OUGb0IDlSnovb7TLPDUKLPEReNVF9RkBNNMcL9jhOWObesCFtQTc7CsdEU5Ve
b5sO/WnBPJT0JEsgbQ7h43/lLFwGmCZJeT2XitoOknEj6gl0GunRImw/pgYvyvps
5ghXFCqFS1xneh7BWAitDzM7BCy+KUDREtK3Jym64014zpGP1O3vlBf3pap9OHuv
CjGN5MwRVdvIWycUGkYyB5IEAHRPTKvVgqD5BNEs5d6SOqYlTgECAwEAAQKCAYAP
bayUJakXmA6FHp0UJPTMKCdE7CFWAWeifuRkfrcf2H7ZTPH3gQO/1vnByrPIy76i
O66S2hNe27XlGAKucW9ypAgC8qX5zUUjZRkLQQGuUJmV49W5l/AW+QlXaRsYC/wO
jexZpzNyr3tmvL10VsdeHQ7ctBpCcCZEdF3s0KZBittBbpyR9J4YQDUQEvJeJh/G
dXdFzBqWI9TbvZSzADRwOGXslXCDhq9RaKX0FUKaPLpTSXLpIFwpu9rO0TtJ2xcN
IFU+vbRzj5y/wyCOmp08B8fRcbJK1RDKiSXzI+9FHljcmTq0i5iuN4vqV+MLG9qU
DNBVU7vOOmtTmRapamXfW5uS3pa0ab6P4nAmRlRKX+7WcxnWOuq7ieWI6OIYomuZ
Jsu6GUYrPTOq6RKYfznHiPrJt7QwBAFHiJUbM0UQ7IXEEsAhfYEcyCc74hzVbIFF
uwxXhOHELTX35OUBdINeBhefAnDUMTEeF3cGA6nim9R092BWRps9zDID3yKgx1MC
gcEA63T6yPnhtT4wYu5Rt1nYuiD1Ms5s7Hl3kgIY1R2GaPzIzzC4oU4XZVTJEGmv
bjvhBFCkcVLIAFjqVqQxBQtCd8OoKAhbXLNubEdojN1JP7HEV15QAVEliY0TqWID
z6s6IbQdcH8jNbQya5sVEeXAQk6j3sEIv3ZrG075uprtNi8Nnx26v6fFsWERnl/B
IGq7xJYS+gTBFc6cxkaqXlSMPKKqtvShsVD/zyQx+JTPi7q1yZYkvaQf4t/Oh+YS
oGEnAoHBALZb4v47x9BClwcXLTKNgQ5n/bqjvCOwpGNUDf2iz9VYjaaVzb+MsXwd
EM32di5yWp1o5x4NIjyv165+kBZX2EUkS5R+juxS4kZNw1yI+LdOSQuF6Af0/5l7
y/sOFWrU9I91kxN6XILU5p4VnTDZIjri+S24jyaKp+3c/Rq76oeBp7cFSQvKRfsk
8AfQLVjUj/aI0ClWNCk5fzsxr7mYU0HLTjyw3OEY7RIICe0y30pS1YxdufgzVtfG
Pus36ZQAlwKBwCq5i1g0n5Q3uKf6/rD6iK0dleCmPHWchOnln4PsW5tpYzbVbGs4
tF4ayHFF/CNQkkAqMeyuTMRjXgJiwNJdfK4mvrik648isALN4lbNQKFiLHJ+Fp5m
jx0qkErIElD4jQ/Ykw76wvTXwd5swaIBwqVFh86/0EqNvlmyNvZ5blnKp/obduuY
EfNh3cSTM4QiWfgOE1tyyWafmysPX5LGXLwT+E5CjaSTQhfgRYEJ369HLf1qVThk
M7UDT4KxaOfZOQKBwA75CnE/bU+POCFP6Nkevzr0lOOvL/JqPYUeUKvDo3br9213
HVad8bC0Hj4a/2ce4ovMIjXYdDgxY+8i2yfKfKpoqX/+yDNlNsj495JweKNsXRkC
HKQSnK34eS4a4O1NoOrqh3Hw+QmQ+4J9WdO58FKPclAruC088z7Xhzybs0z++0tO
tsmuCQLu7HpnwGFryoo+f4D1YAEGhIjSso/1jth3HexjxS8CQezaFh6Qr77FgF0v
EObtKDM9Rss/YwFQ7wKBwC4FpkMrJqfY/WV+YiS3J3Hs8Jkj6qV3XLV3TwaEceBj
y8nX8442FVxOZQRXAWjh/B6NfRtc5A9cHzllPGrLylsCLkunoD7tfphf1M0Ufvqd
XgkjOXfHPN9rZyfzRRjhjXkyZLqwUFWX/FUsPMF6hMw7Zlbrra9e+Vfb4bpKc5OY
U2WgYSWTXjkdke8XlNqAg/IQUOAC/2rFAzo3zd/lKvz7f1x187oWrOVq6iL5qffx
H0Gn+NAIr39Fq/Od3uBA8Q==
-----END PRIVATE KEY-----
)";

template <typename T>
T Must(absl::StatusOr<T> value) {
  if (!value.ok()) throw std::runtime_error(value.status().ToString());
  return *std::move(value);
}

void AddContest(v1::Election& election, const std::string& id, int seats, int long_terms) {
  v1::Contest& contest = *election.add_contests();
  contest.set_name("contests/" + id);
  contest.set_display_name("Seats of " + id);
  contest.set_body("bodies/" + id);
  contest.set_seats(seats);
  contest.set_method(v1::COUNTING_METHOD_BLOCK_PLURALITY);
  v1::TermRule& first = *contest.add_terms();
  first.set_winners(long_terms);
  first.set_years(2);
  v1::TermRule& rest = *contest.add_terms();
  rest.set_winners(seats - long_terms);
  rest.set_years(1);
}

}  // namespace

absl::Time Day(int month, int day) {
  return absl::FromCivil(absl::CivilDay(2022, month, day), absl::UTCTimeZone());
}

v1::Schedule SampleSchedule() {
  v1::Schedule schedule;
  *schedule.mutable_filing_opens() = ToTimestamp(Day(8, 1));
  *schedule.mutable_filing_closes() = ToTimestamp(Day(9, 1));
  *schedule.mutable_voting_opens() = ToTimestamp(Day(9, 15));
  *schedule.mutable_voting_closes() = ToTimestamp(Day(9, 23));
  *schedule.mutable_handover_opens() = ToTimestamp(Day(9, 24));
  *schedule.mutable_seats_on() = ToTimestamp(Day(10, 1));
  return schedule;
}

v1::Election WantedElection() {
  v1::Election election;
  election.set_display_name("First election");
  *election.mutable_schedule() = SampleSchedule();
  election.set_record_date("2022-08-31");
  election.set_returning_officer("people/officer");
  for (const char* trustee : {"people/tia", "people/tom", "people/tua"}) election.add_trustees(trustee);
  election.set_trustee_threshold(kThreshold);
  AddContest(election, "governance", 2, 1);
  AddContest(election, "finance", 3, 2);
  return election;
}

v1::Election WantedPolls() {
  v1::Election election = WantedElection();
  election.set_display_name("Logo and motto");
  election.clear_contests();
  AddPoll(election, "logo", v1::COUNTING_METHOD_SCHULZE, {"Anchor", "Lantern", "Swirl"});
  v1::Contest& motto = AddPoll(election, "motto", v1::COUNTING_METHOD_SCORE, {"Onward", "Together"});
  motto.set_max_score(5);
  motto.set_none_of_these(true);
  return election;
}

v1::Contest& AddPoll(v1::Election& election, const std::string& id, v1::CountingMethod method,
                     const std::vector<std::string>& options) {
  v1::Contest& contest = *election.add_contests();
  contest.set_name("contests/" + id);
  contest.set_display_name("Which " + id + "?");
  contest.set_seats(1);
  contest.set_method(method);
  for (const std::string& option : options) {
    v1::PollOption& added = *contest.add_options();
    added.set_name("options/" + absl::AsciiStrToLower(option));
    added.set_display_name(option);
  }
  return contest;
}

v1::Election Stored(v1::Election wanted) {
  wanted.set_name(kElection);
  wanted.set_state(v1::Election::STATE_CALLED);
  for (v1::Contest& contest : *wanted.mutable_contests()) {
    contest.set_name(wanted.name() + "/" + contest.name());
    for (v1::PollOption& option : *contest.mutable_options()) {
      option.set_name(contest.name() + "/" + option.name());
    }
  }
  return wanted;
}

v1::Election SampleElection() { return Stored(WantedElection()); }

std::vector<v1::Candidacy> SampleCandidacies() {
  struct Row {
    const char* id;
    const char* name;
    const char* contest;
  };
  std::vector<v1::Candidacy> candidacies;
  for (const Row& row :
       {Row{"ada", "Ada", "governance"}, Row{"ben", "Ben", "governance"}, Row{"cem", "Cem", "governance"},
        Row{"dee", "Dee", "finance"}, Row{"eve", "Eve", "finance"}}) {
    v1::Candidacy& candidacy = candidacies.emplace_back();
    candidacy.set_name(std::string(kElection) + "/candidacies/" + row.id);
    candidacy.set_contest(std::string(kElection) + "/contests/" + row.contest);
    candidacy.set_person(std::string("people/") + row.id);
    candidacy.set_full_name(row.name);
    candidacy.set_state(v1::Candidacy::STATE_ACCEPTED);
  }
  return candidacies;
}

const crypto::RsaPrivateKey& RegistrarKey(int number) {
  static const crypto::RsaPrivateKey first = Must(crypto::RsaPrivateKey::FromPem(kFirstKey + 1));
  static const crypto::RsaPrivateKey second = Must(crypto::RsaPrivateKey::FromPem(kSecondKey + 1));
  return number == 0 ? first : second;
}

const crypto::Ed25519KeyPair& ListKey(int number) {
  static const auto first = Must(crypto::Ed25519KeyPair::FromSeed(std::string(32, 'l')));
  static const auto second = Must(crypto::Ed25519KeyPair::FromSeed(std::string(32, 'm')));
  return number == 0 ? first : second;
}

v1::Manifest::Registrar RegistrarEntry(int number) {
  v1::Manifest::Registrar registrar;
  registrar.set_rsa_n(RegistrarKey(number).public_key().n());
  registrar.set_rsa_e(RegistrarKey(number).public_key().e());
  registrar.set_list_key(std::string(ListKey(number).public_key().bytes()));
  return registrar;
}

TallySecrets SampleSecrets() {
  crypto::SeededRandom random("trustees of the sample election");
  TallySecrets secrets;
  for (int i = 0; i < kTrustees; ++i) secrets.push_back(crypto::MakeX25519Secret(random));
  return secrets;
}

std::vector<v1::Manifest::Trustee> TrusteeEntries() {
  std::vector<v1::Manifest::Trustee> trustees;
  for (const std::string& secret : SampleSecrets()) {
    v1::Manifest::Trustee& trustee = trustees.emplace_back();
    trustee.set_tally_key(Must(crypto::X25519PublicKey(secret)));
    for (int holder = 0; holder < kTrustees; ++holder) {
      trustee.add_share_sha256(crypto::Sha256(secret + static_cast<char>(holder)));
    }
  }
  return trustees;
}

ManifestParts SampleParts(const crypto::Ed25519KeyPair& box_key) {
  return {.election = SampleElection(),
          .accepted = SampleCandidacies(),
          .roll_sha256 = std::string(32, 'r'),
          .roll_count = 40,
          .registrars = {RegistrarEntry(0), RegistrarEntry(1)},
          .box_key = std::string(box_key.public_key().bytes()),
          .trustees = TrusteeEntries(),
          .threshold = kThreshold};
}

PublishedManifest SampleManifest(const crypto::Ed25519KeyPair& box_key) {
  return Must(PublishedManifest::Parse(Must(BuildManifest(SampleParts(box_key)))));
}

TestVoter MakeVoter(const PublishedManifest& manifest, crypto::RandomSource& random) {
  const auto state = Must(client::PrepareCredential(manifest, client::MakeBallotKey(random), random));
  std::vector<std::string> blind_signatures;
  for (int i = 0; const client::Blinding& blinding : state.blindings) {
    blind_signatures.push_back(Must(crypto::BlindSign(RegistrarKey(i++), blinding.blinded_msg)));
  }
  return {state.seed, Must(client::FinalizeCredential(manifest, state, blind_signatures))};
}

counting::Ballot MarksOf(const std::vector<std::vector<int>>& options) {
  counting::Ballot ballot;
  for (const std::vector<int>& contest : options) {
    counting::Marks& marks = ballot.emplace_back();
    for (const int option : contest) marks.push_back({static_cast<std::uint16_t>(option), 1});
  }
  return ballot;
}

std::string BallotOf(const PublishedManifest& manifest, const TestVoter& voter,
                     const std::vector<std::vector<int>>& options) {
  return BallotWith(manifest, voter, MarksOf(options));
}

std::string BallotWith(const PublishedManifest& manifest, const TestVoter& voter,
                       const counting::Ballot& marks) {
  return Must(client::BuildBallot(manifest, voter.seed, voter.credentials, marks));
}

std::string BallotAround(const PublishedManifest& manifest, const TestVoter& voter,
                         std::string_view plaintext) {
  crypto::SeededRandom random(plaintext);
  return BallotWithSealed(manifest, voter, Must(manifest.SealPlaintext(plaintext, [&](int, std::string_view) {
                            return random.Bytes(crypto::kX25519KeySize);
                          })));
}

std::string BallotWithSealed(const PublishedManifest& manifest, const TestVoter& voter,
                             std::string_view sealed) {
  const auto key = Must(crypto::Ed25519KeyPair::FromSeed(voter.seed));
  std::string ballot = UnsignedBallot(manifest.hash(), key.public_key().bytes(), voter.credentials, sealed);
  ballot += key.Sign(BallotMessage(ballot));
  return ballot;
}

}  // namespace plenary::election::testing
