// ContactService.ImportContacts.
#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/crypto/bytes.h"
#include "common/mutation/mutate.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "services/membership/contact_list.h"
#include "services/membership/contact_service.h"
#include "services/membership/errors.h"
#include "services/membership/errors_contacts.h"
#include "services/membership/errors_rows.h"
#include "services/membership/limits_contacts.h"
#include "services/membership/names.h"
#include "services/membership/rules/clip.h"
#include "services/membership/rules/email.h"

namespace plenary::membership {
namespace {

constexpr char kImportContacts[] = "plenary.membership.v1.ContactService.ImportContacts";
// As long as an address may be.
constexpr std::size_t kLongestRepeatedAddress = 254;

// Of a row, what is of use: no more than an address and a name may hold, however much came.
struct ContactRow {
  std::string email;  // normalised; "" when the row is no good
  std::string full_name;
};

struct ContactFile {
  v1::ImportContactsRequest::Header header;
  std::vector<ContactRow> rows;
  v1::ImportContactsResponse response;  // with the problems of the rows
  crypto::Sha256Hasher digest;          // of all that came, for the request id
};

void AddProblem(v1::ImportContactsResponse& response, std::size_t row, std::string_view email,
                const char* reason, const char* message) {
  auto& problem = *response.add_problems();
  problem.set_row(static_cast<std::int64_t>(row) + 1);
  problem.set_email(rules::Clip(email, kLongestRepeatedAddress));
  problem.set_reason(reason);
  problem.set_message(message);
}

absl::Status CheckHeader(const v1::ImportContactsRequest::Header& header) {
  FieldChecks checks;
  checks.Text("header.source", header.source(), 1, limits::kLongestSource);
  checks.Text("header.evidence", header.evidence(), 1, limits::kLongestConsentEvidence);
  checks.Require(header.topics_size() <= limits::kMostTopics, "header.topics", "Name at most 20 topics.");
  return checks.Result(errors::kDomain);
}

// Judges the row as it arrives. One that is no good leaves a problem.
void TakeRow(ContactFile& file, const v1::ImportContactsRequest::Row& row) {
  const auto email = rules::NormaliseEmail(row.email());
  FieldChecks name;
  name.Text("full_name", row.full_name(), 0, limits::kLongestPersonName);
  ContactRow& taken = file.rows.emplace_back();
  if (!email.has_value()) {
    AddProblem(file.response, file.rows.size() - 1, row.email(), "EMAIL_INVALID",
               "Write the address as name@example.org.");
  } else if (!name.ok()) {
    AddProblem(file.response, file.rows.size() - 1, row.email(), "NAME_INVALID",
               "A name has at most 120 characters, and no control characters.");
  } else {
    taken = {.email = *email, .full_name = row.full_name()};
  }
}

absl::StatusOr<ContactFile> ReadFile(const grpc::ServerContext& context,
                                     grpc::ServerReader<v1::ImportContactsRequest>& reader) {
  ContactFile file;
  v1::ImportContactsRequest part;
  if (reader.Read(&part)) {
    if (!part.has_header()) {
      return errors::FieldInvalid("header", "The first message of a list is its header.");
    }
    file.header = part.header();
    file.digest.Update(part.SerializeAsString());
  }
  RETURN_IF_ERROR(CheckHeader(file.header));
  while (reader.Read(&part)) {
    if (part.has_header()) return errors::FieldInvalid("header", "A list has one header, before its rows.");
    if (file.rows.size() == static_cast<std::size_t>(limits::kMostImportedContacts)) {
      return errors::TooManyRows(limits::kMostImportedContacts);
    }
    TakeRow(file, part.row());
    file.digest.Update(part.SerializeAsString());
  }
  if (context.IsCancelled()) return errors::RowsCutShort();
  return file;
}

// Good rows by the digest of their address, so that addresses are held in the order of all; a second row of
// an address is merged into the first.
std::map<std::string, std::size_t> GoodRows(const ContactFile& file, v1::ImportContactsResponse& response) {
  std::map<std::string, std::size_t> rows;
  for (std::size_t i = 0; i < file.rows.size(); ++i) {
    if (file.rows[i].email.empty()) continue;
    if (!rows.emplace(crypto::Sha256(file.rows[i].email), i).second) {
      response.set_merged(response.merged() + 1);
    }
  }
  return rows;
}

absl::StatusOr<v1::ImportContactsResponse> Import(db::Transaction& transaction, IdSource& ids,
                                                  const rpc::Call& call, const ContactFile& file) {
  ASSIGN_OR_RETURN(const std::string topics, KnownTopics(transaction, file.header.topics()));
  v1::ImportContactsResponse response = file.response;
  response.set_rows(static_cast<std::int64_t>(file.rows.size()));
  for (const auto& [digest, row] : GoodRows(file, response)) {
    ASSIGN_OR_RETURN(const AddedContact added, AddToList(transaction, ids, call,
                                                         {.email = file.rows[row].email,
                                                          .full_name = file.rows[row].full_name,
                                                          .topics = topics,
                                                          .source = file.header.source(),
                                                          .evidence = file.header.evidence()}));
    if (added.outcome == Added::kNew) response.set_added(response.added() + 1);
    if (added.outcome == Added::kMerged) response.set_merged(response.merged() + 1);
    if (added.outcome == Added::kSuppressed) {
      AddProblem(response, row, file.rows[row].email, errors::kSuppressedReason, errors::kSuppressedSentence);
    }
  }
  std::sort(response.mutable_problems()->begin(), response.mutable_problems()->end(),
            [](const auto& a, const auto& b) { return a.row() < b.row(); });
  RETURN_IF_ERROR(RecordAct(transaction, call, kImportContacts, "contacts", file.header.source()));
  return response;
}

}  // namespace

absl::StatusOr<v1::ImportContactsResponse> ContactService::ImportContacts(
    rpc::Call& call, const grpc::ServerContext& context,
    grpc::ServerReader<v1::ImportContactsRequest>& reader) {
  ASSIGN_OR_RETURN(ContactFile file, ReadFile(context, reader));
  const std::string digest = file.digest.Finish();
  return MutateOnce<v1::ImportContactsResponse>(
      pool_, call, kImportContacts, file.header.request_id(), digest,
      [&](db::Transaction& transaction) { return Import(transaction, ids_, call, file); });
}

}  // namespace plenary::membership
