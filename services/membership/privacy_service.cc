#include "services/membership/privacy_service.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "common/db/transact.h"
#include "common/mutation/mutate.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "services/membership/contact_list.h"
#include "services/membership/errors.h"
#include "services/membership/errors_duplicates.h"
#include "services/membership/errors_rolls.h"
#include "services/membership/limits_duplicates.h"
#include "services/membership/names.h"
#include "services/membership/rules/company_key.h"
#include "services/membership/rules/duplicates.h"
#include "services/membership/rules/email.h"
#include "services/membership/sequence_page.h"
#include "services/membership/store/contacts.h"
#include "services/membership/store/duplicates.h"
#include "services/membership/store/erasure.h"
#include "services/membership/store/links.h"
#include "services/membership/store/periods.h"
#include "services/membership/store/personal_data.h"
#include "services/membership/store/register.h"
#include "services/membership/store/subscriptions.h"

namespace plenary::membership {
namespace {

constexpr char kExportPersonalData[] = "plenary.membership.v1.PrivacyService.ExportPersonalData";
constexpr char kSetPhone[] = "plenary.membership.v1.PrivacyService.SetPhone";
constexpr char kErasePerson[] = "plenary.membership.v1.PrivacyService.ErasePerson";
constexpr char kErased[] = "erasure";

// Whom a request is about: the caller when it names nobody.
std::string NameOf(const rpc::Call& call, const std::string& named) {
  return named.empty() ? call.principal().person : named;
}

v1::Erasure Show(const store::StoredErasure& erasure) {
  v1::Erasure shown;
  shown.set_person(ResourceName(kPeople, erasure.person));
  shown.set_reason(erasure.reason);
  *shown.mutable_erase_time() = ToTimestamp(erasure.erased_at);
  return shown;
}

// Writes a JSON object of lists, a piece whenever enough has come together.
class DocumentWriter {
 public:
  explicit DocumentWriter(grpc::ServerWriter<v1::ExportPersonalDataResponse>& writer) : writer_(writer) {}

  void Section(std::string_view name) {
    bytes_ += (sections_++ == 0 ? "{" : "\n]");
    bytes_ += (sections_ == 1 ? "\n" : ",\n") + nlohmann::json(name).dump() + ": [";
    records_ = 0;
  }
  void Record(const store::PersonalRecord& record) {
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    for (const auto& [column, value] : record) {
      json[std::string(column)] =
          value.has_value() ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
    }
    // Bytes that are no UTF-8 cannot be in a JSON document; the register holds none.
    bytes_ += (records_++ == 0 ? "\n  " : ",\n  ") +
              json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    while (bytes_.size() >= limits::kExportPiece) Send(limits::kExportPiece);
  }
  bool Finish() {
    bytes_ += "\n]\n}\n";
    while (!bytes_.empty()) Send(limits::kExportPiece);
    return reading_;
  }

 private:
  void Send(std::size_t size) {
    v1::ExportPersonalDataResponse piece;
    piece.set_content(bytes_.substr(0, size));
    bytes_.erase(0, size);
    reading_ = reading_ && writer_.Write(piece);
  }

  grpc::ServerWriter<v1::ExportPersonalDataResponse>& writer_;
  std::string bytes_;
  int sections_ = 0;
  int records_ = 0;
  bool reading_ = true;
};

// The address goes from the mailing list, and the society never adds it again.
absl::Status EraseAddress(db::Transaction& transaction, const rpc::Call& call, const std::string& email) {
  ASSIGN_OR_RETURN(const auto contact, store::FindContactByEmail(transaction, email));
  if (contact.has_value()) return EraseFromList(transaction, call, *contact);
  RETURN_IF_ERROR(store::HoldAddress(transaction, email).status());
  RETURN_IF_ERROR(store::SuppressAddress(transaction, email, call.now()));
  return store::DropSubscriptionRequests(transaction, email);
}

// A company of one that bears the person's name would go on telling it.
absl::Status EraseCompanyOfOne(db::Transaction& transaction, const store::RegisterPerson& person) {
  ASSIGN_OR_RETURN(const auto company, store::FindCompany(transaction, person.company));
  ASSIGN_OR_RETURN(const auto people, store::ListPeople(transaction, "", person.company, 2));
  const bool of_one = people.size() == 1 && company.has_value() &&
                      rules::CompanyKey(company->display_name) == rules::CompanyKey(person.full_name);
  return of_one ? store::EraseCompanyName(transaction, person.company) : absl::OkStatus();
}

}  // namespace

absl::Status PrivacyService::ExportPersonalData(rpc::Call& call, const v1::ExportPersonalDataRequest& request,
                                                grpc::ServerWriter<v1::ExportPersonalDataResponse>& writer) {
  const std::string name = NameOf(call, request.person());
  const std::string id = ResourceId(kPeople, name).value_or("");
  struct Records {
    std::vector<std::pair<std::string_view, std::vector<store::PersonalRecord>>> sections;
  };
  // One person's records: all of them of one moment, sent when the transaction is over.
  ASSIGN_OR_RETURN(
      const Records records,
      db::Transact(pool_, call.deadline(), [&](db::Transaction& transaction) -> absl::StatusOr<Records> {
        ASSIGN_OR_RETURN(const auto person, store::FindPerson(transaction, id));
        if (!person.has_value()) return errors::PersonNotFound(name);
        ASSIGN_OR_RETURN(const auto identities,
                         store::IdentitiesOf(transaction, {id, person->email, person->full_name}));
        Records read;
        RETURN_IF_ERROR(store::EachPersonalRecord(
            transaction, identities,
            [&](std::string_view section) {
              read.sections.push_back({section, {}});
            },
            [&](const store::PersonalRecord& record) { read.sections.back().second.push_back(record); }));
        RETURN_IF_ERROR(RecordAct(transaction, call, kExportPersonalData, name, "looked at as a whole"));
        return read;
      }));
  DocumentWriter document(writer);
  for (const auto& [section, rows] : records.sections) {
    document.Section(section);
    for (const store::PersonalRecord& row : rows) document.Record(row);
  }
  return document.Finish() ? absl::OkStatus() : errors::CallerGone();
}

absl::StatusOr<v1::SetPhoneResponse> PrivacyService::SetPhone(rpc::Call& call,
                                                              const v1::SetPhoneRequest& request) {
  const std::string name = NameOf(call, request.person());
  const std::string id = ResourceId(kPeople, name).value_or("");
  const std::string phone = rules::NormalisePhone(request.phone());
  if (phone.empty() && !request.phone().empty()) return errors::PhoneInvalid();
  return Mutate<v1::SetPhoneResponse>(
      pool_, call, kSetPhone, request,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::SetPhoneResponse> {
        ASSIGN_OR_RETURN(const auto person, store::LockPerson(transaction, id));
        if (!person.has_value()) return errors::PersonNotFound(name);
        RETURN_IF_ERROR(store::SetPhone(transaction, id, phone));
        RETURN_IF_ERROR(RecordAct(transaction, call, kSetPhone, name, phone.empty() ? "removed" : "set"));
        v1::SetPhoneResponse response;
        response.set_phone(phone);
        return response;
      });
}

absl::StatusOr<v1::Erasure> PrivacyService::ErasePerson(rpc::Call& call,
                                                        const v1::ErasePersonRequest& request) {
  FieldChecks checks;
  checks.Text("reason", request.reason(), 1, limits::kLongestDecisionReason);
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  const std::string id = ResourceId(kPeople, NameOf(call, request.person())).value_or("");
  // Not through the record of requests: it would keep what is erased. A second call finds the tombstone.
  return db::Transact(pool_, call.deadline(), [&](db::Transaction& transaction) {
    return EraseUnderLock(transaction, call, request, id);
  });
}

absl::StatusOr<v1::Erasure> PrivacyService::EraseUnderLock(db::Transaction& transaction,
                                                           const rpc::Call& call,
                                                           const v1::ErasePersonRequest& request,
                                                           const std::string& id) {
  const absl::CivilDay today = DateOf(call.now());
  ASSIGN_OR_RETURN(const auto person, store::LockPerson(transaction, id));
  if (!person.has_value()) return errors::PersonNotFound(NameOf(call, request.person()));
  ASSIGN_OR_RETURN(const auto before, store::FindErasure(transaction, id));
  if (before.has_value()) return Show(*before);
  if (rules::NormaliseEmail(request.confirm()) != person->email) return errors::ErasureNotConfirmed();
  ASSIGN_OR_RETURN(const bool issued,
                   store::HoldsRunningCredential(transaction, id, person->company, call.now()));
  if (issued) return errors::CredentialOut(ResourceName(kCompanies, person->company));
  for (const store::LinkRole role : {store::LinkRole::kRepresentative, store::LinkRole::kAdministrator}) {
    RETURN_IF_ERROR(store::EndLink(transaction, id, person->company, role, today, kErased).status());
  }
  RETURN_IF_ERROR(store::InsertAct(transaction,
                                   {.id = ids_.NextText(),
                                    .holder = id,
                                    .kind = rules::ActKind::kCancelled,
                                    .effective_on = today,
                                    .reason = "Erased",
                                    .source = kErased},
                                   call.now())
                      .status());
  RETURN_IF_ERROR(EraseCompanyOfOne(transaction, *person));
  // Also under the names of those who were merged into them.
  ASSIGN_OR_RETURN(const auto identities,
                   store::IdentitiesOf(transaction, {id, person->email, person->full_name}));
  for (const store::Identity& identity : identities) {
    RETURN_IF_ERROR(EraseAddress(transaction, call, identity.email));
    RETURN_IF_ERROR(store::EraseIdentity(transaction, identity, call.now()));
  }
  RETURN_IF_ERROR(store::InsertErasure(transaction, id, request.reason(), call.now()));
  RETURN_IF_ERROR(RecordAct(transaction, call, kErasePerson, ResourceName(kPeople, id), request.reason()));
  return Show({.person = id, .reason = request.reason(), .erased_at = call.now()});
}

absl::StatusOr<v1::ListErasuresResponse> PrivacyService::ListErasures(
    rpc::Call& call, const v1::ListErasuresRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ReadPage(request.page_size(), request.page_token(),
                                                       {limits::kDefaultPage, limits::kLargestPage}));
  ASSIGN_OR_RETURN(const std::uint64_t before, ReadSequence(page));
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListErasuresResponse> {
        ASSIGN_OR_RETURN(auto rows, store::ListErasures(session, before, page.size + 1));
        v1::ListErasuresResponse response;
        if (CutToPage(rows, page)) {
          response.set_next_page_token(rpc::PageToken(std::to_string(rows.back().sequence)));
        }
        for (const store::StoredErasure& row : rows) *response.add_erasures() = Show(row);
        return response;
      });
}

}  // namespace plenary::membership
