#include "services/ethics/code_service.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "common/db/transact.h"
#include "common/ids/id.h"
#include "common/mutation/mutate.h"
#include "common/outbox/outbox.h"
#include "common/rpc/page.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"
#include "services/ethics/errors.h"
#include "services/ethics/limits.h"
#include "services/ethics/membership_peer.h"
#include "services/ethics/rules/binding.h"
#include "services/ethics/rules/code_shape.h"

namespace plenary::ethics {
namespace {

constexpr char kPublishCodeVersion[] = "plenary.ethics.v1.CodeService.PublishCodeVersion";
constexpr char kAcceptCodeVersion[] = "plenary.ethics.v1.CodeService.AcceptCodeVersion";
constexpr char kSetBinding[] = "plenary.ethics.v1.CodeService.SetBinding";

// Reads as "the current one" where a version may be named.
constexpr char kCurrent[] = "current";

std::optional<std::int64_t> ReadOrdinal(const std::string& after) {
  std::int64_t ordinal = 0;
  if (!absl::SimpleAtoi(after, &ordinal)) return std::nullopt;
  return ordinal;
}

}  // namespace

absl::StatusOr<v1::CodeVersion> CodeService::PublishCodeVersion(
    rpc::Call& call, const v1::PublishCodeVersionRequest& request) {
  RETURN_IF_ERROR(rules::CheckCode(request.code_version()));
  v1::CodeVersion code = request.code_version();
  *code.mutable_publish_time() = ToTimestamp(call.now());
  code.set_current(true);
  return Mutate<v1::CodeVersion>(
      pool_, call, kPublishCodeVersion, request, [&](db::Transaction& tx) -> absl::StatusOr<v1::CodeVersion> {
        ASSIGN_OR_RETURN(const std::int64_t ordinal, store_.AdvanceCurrent(tx));
        ASSIGN_OR_RETURN(const db::InsertOutcome outcome, store_.InsertVersion(tx, code, ordinal));
        if (outcome.duplicate()) return errors::CodeVersionExists(code.name());
        RETURN_IF_ERROR(RecordAct(tx, call, kPublishCodeVersion, code.name(),
                                  fmt::format("{} areas", code.areas_size())));
        return code;
      });
}

absl::StatusOr<v1::CodeVersion> CodeService::GetCodeVersion(rpc::Call& call,
                                                            const v1::GetCodeVersionRequest& request) {
  std::optional<std::string> version = ResourceId("codeVersions", request.name());
  if (!version) return errors::CodeVersionNotFound(request.name());
  // One transaction: "current" in the name and in the answer are the same moment's.
  return db::Transact(pool_, call.deadline(), [&](db::Transaction& tx) -> absl::StatusOr<v1::CodeVersion> {
    std::optional<std::string> id = version;
    if (*id == kCurrent) {
      ASSIGN_OR_RETURN(id, store_.CurrentVersion(tx));
      if (!id) return errors::CodeVersionNotFound(request.name());
    }
    ASSIGN_OR_RETURN(auto code, store_.FindVersion(tx, *id));
    if (!code) return errors::CodeVersionNotFound(request.name());
    return *std::move(code);
  });
}

absl::StatusOr<v1::ListCodeVersionsResponse> CodeService::ListCodeVersions(
    rpc::Call& call, const v1::ListCodeVersionsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page,
                   rpc::ReadPage(request.page_size(), request.page_token(), limits::kPage));
  ASSIGN_OR_RETURN(const auto listed, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store_.ListVersions(session, ReadOrdinal(page.after), page.size + 1);
                   }));
  v1::ListCodeVersionsResponse response;
  for (std::size_t i = 0; i < listed.size(); ++i) {
    if (response.code_versions_size() == page.size) {
      response.set_next_page_token(rpc::PageToken(std::to_string(listed[i - 1].ordinal)));
      break;
    }
    *response.add_code_versions() = listed[i].code;
  }
  return response;
}

absl::StatusOr<v1::Acceptance> CodeService::AcceptCodeVersion(rpc::Call& call,
                                                              const v1::AcceptCodeVersionRequest& request) {
  const auto version = ResourceId("codeVersions", request.code_version());
  FieldChecks checks;
  checks.Require(version && *version != kCurrent, "code_version",
                 "Name the version that was read, as codeVersions/{version}, not \"current\".");
  RETURN_IF_ERROR(errors::Fields(checks));
  v1::Acceptance acceptance;
  acceptance.set_person(call.principal().person);
  acceptance.set_code_version(request.code_version());
  *acceptance.mutable_accept_time() = ToTimestamp(call.now());
  auto answer = Mutate<v1::Acceptance>(
      pool_, call, kAcceptCodeVersion, request, [&](db::Transaction& tx) -> absl::StatusOr<v1::Acceptance> {
        ASSIGN_OR_RETURN(const auto code, store_.FindVersion(tx, *version));
        if (!code) return errors::CodeVersionNotFound(request.code_version());
        RETURN_IF_ERROR(RecordAct(tx, call, kAcceptCodeVersion, request.code_version(), ""));
        ASSIGN_OR_RETURN(v1::Acceptance first, store_.Accept(tx, acceptance));
        RETURN_IF_ERROR(outbox::Enqueue(tx, AcceptanceEffect(first)));
        return first;
      });
  if (answer.ok()) effect_enqueued_();
  return answer;
}

absl::StatusOr<v1::ListAcceptancesResponse> CodeService::ListAcceptances(
    rpc::Call& call, const v1::ListAcceptancesRequest& request) {
  const auto version = ResourceId("codeVersions", request.code_version());
  if (!version) return errors::CodeVersionNotFound(request.code_version());
  ASSIGN_OR_RETURN(const rpc::Page page,
                   rpc::ReadPage(request.page_size(), request.page_token(), limits::kPage));
  ASSIGN_OR_RETURN(const auto acceptances,
                   db::Autocommit(pool_, call.deadline(),
                                  [&](db::Session& session) -> absl::StatusOr<std::vector<v1::Acceptance>> {
                                    ASSIGN_OR_RETURN(const auto code, store_.FindVersion(session, *version));
                                    if (!code) return errors::CodeVersionNotFound(request.code_version());
                                    return store_.ListAcceptances(session, *version, page.after,
                                                                  page.size + 1);
                                  }));
  v1::ListAcceptancesResponse response;
  for (const v1::Acceptance& acceptance : acceptances) {
    if (response.acceptances_size() == page.size) {
      response.set_next_page_token(
          rpc::PageToken(*ResourceId("people", response.acceptances().rbegin()->person())));
      break;
    }
    *response.add_acceptances() = acceptance;
  }
  return response;
}

absl::StatusOr<v1::Binding> CodeService::SetBinding(rpc::Call& call, const v1::SetBindingRequest& request) {
  if (request.reason().empty()) return errors::ReasonMissing();
  FieldChecks checks;
  checks.Require(
      request.level() != v1::Binding::LEVEL_UNSPECIFIED && v1::Binding::Level_IsValid(request.level()),
      "level", "Choose how binding the code is to be.");
  checks.Text("reason", request.reason(), 1, limits::kReasonLength);
  RETURN_IF_ERROR(errors::Fields(checks));
  v1::Binding binding;
  binding.set_level(request.level());
  binding.set_reason(request.reason());
  *binding.mutable_update_time() = ToTimestamp(call.now());
  return Mutate<v1::Binding>(
      pool_, call, kSetBinding, request, [&](db::Transaction& tx) -> absl::StatusOr<v1::Binding> {
        RETURN_IF_ERROR(store_.InsertBinding(tx, binding));
        RETURN_IF_ERROR(
            RecordAct(tx, call, kSetBinding, "binding", v1::Binding::Level_Name(binding.level())));
        return binding;
      });
}

absl::StatusOr<v1::Binding> CodeService::GetBinding(rpc::Call& call, const v1::GetBindingRequest&) {
  ASSIGN_OR_RETURN(const auto binding, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store_.LastBinding(session);
                   }));
  return binding.value_or(rules::Unset());
}

absl::StatusOr<v1::CheckAcceptanceResponse> CodeService::CheckAcceptance(
    rpc::Call& call, const v1::CheckAcceptanceRequest& request) {
  // An empty person is the caller.
  const std::string name = request.person().empty() ? call.principal().person : request.person();
  const auto person = ResourceId("people", name);
  FieldChecks checks;
  checks.Require(person.has_value(), "person", "Give a person as people/{person}.");
  RETURN_IF_ERROR(errors::Fields(checks));
  return db::Transact(
      pool_, call.deadline(), [&](db::Transaction& tx) -> absl::StatusOr<v1::CheckAcceptanceResponse> {
        v1::CheckAcceptanceResponse response;
        auto acceptance = rules::Acceptance::kNothingToAccept;
        ASSIGN_OR_RETURN(const auto current, store_.CurrentVersion(tx));
        if (current) {
          response.set_code_version(ResourceName("codeVersions", *current));
          ASSIGN_OR_RETURN(const bool accepted, store_.HasAccepted(tx, *person, *current));
          response.set_accepted(accepted);
          acceptance = accepted ? rules::Acceptance::kAccepted : rules::Acceptance::kNotAccepted;
        }
        ASSIGN_OR_RETURN(const auto binding, store_.LastBinding(tx));
        response.set_level(binding.value_or(rules::Unset()).level());
        response.set_blocks(rules::Blocks(response.level(), acceptance));
        return response;
      });
}

}  // namespace plenary::ethics
