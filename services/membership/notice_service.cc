#include "services/membership/notice_service.h"

#include <limits>
#include <optional>

#include "common/crypto/bytes.h"
#include "common/mutation/mutate.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"
#include "services/membership/errors.h"
#include "services/membership/errors_notices.h"
#include "services/membership/limits_notices.h"
#include "services/membership/names.h"
#include "services/membership/notice_names.h"
#include "services/membership/roll_names.h"
#include "services/membership/rules/email.h"
#include "services/membership/rules/message_id.h"
#include "services/membership/rules/without_address.h"
#include "services/membership/store/suppressions.h"

namespace plenary::membership {
namespace {

constexpr char kResendNotice[] = "plenary.membership.v1.NoticeService.ResendNotice";
constexpr char kReportBounce[] = "plenary.membership.v1.NoticeService.ReportBounce";
constexpr char kClearSuppression[] = "plenary.membership.v1.NoticeService.ClearSuppression";

absl::StatusOr<store::NoticeFilter> ReadFilter(const v1::ListNoticesRequest& request) {
  FieldChecks checks;
  const auto person = request.person().empty() ? "" : ResourceId(kPeople, request.person());
  checks.Require(person.has_value(), "person", "Name the person \"people/{person}\".");
  checks.Require(v1::Notice::State_IsValid(request.state()), "state", "Ask for a state that there is.");
  checks.Require(request.template_().empty() || rules::FindNoticeTemplate(request.template_()) != nullptr,
                 "template", "Ask for words that there are, such as renewal-before.");
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  const bool any_state = request.state() == v1::Notice::STATE_UNSPECIFIED;
  return store::NoticeFilter{.person = *person,
                             .state = any_state ? "" : store::StoredState(request.state()),
                             .template_name = request.template_()};
}

// The digest that an address, or the digest's own spelling, stands for.
absl::StatusOr<std::string> ReadAddress(std::string_view text) {
  if (const auto digest = crypto::HexDecode(text);
      digest.has_value() && digest->size() == crypto::kSha256Size) {
    return *digest;
  }
  const auto address = rules::NormaliseEmail(text);
  if (!address.has_value()) return errors::FieldInvalid("address", "Write the address as name@example.org.");
  return crypto::Sha256(*address);
}

absl::Status CheckBounce(const v1::ReportBounceRequest& request) {
  FieldChecks checks;
  checks.Require(request.subject_case() != v1::ReportBounceRequest::SUBJECT_NOT_SET, "subject",
                 "Give the message's id or the address.");
  checks.Text("message_id", request.message_id(), 0, limits::kLongestMessageId);
  checks.Require(request.cause() != v1::SuppressedAddress::CAUSE_UNSPECIFIED &&
                     v1::SuppressedAddress::Cause_IsValid(request.cause()),
                 "cause", "Say whether it bounced or its reader complained.");
  checks.Text("detail", request.detail(), 0, limits::kLongestBounceDetail);
  return checks.Result(errors::kDomain);
}

// Why a notice cannot be sent again; OK when it can.
absl::Status CheckResend(db::Transaction& transaction, const store::NoticeRecord& record, absl::Time now) {
  const v1::Notice& notice = record.notice;
  if (notice.state() == v1::Notice::STATE_QUEUED) return errors::NoticeQueued(notice.name());
  if (record.secret) return errors::NoticeSecretGone(notice.name());
  if (notice.has_expire_time() && FromTimestamp(notice.expire_time()) < now) {
    return errors::NoticeOutOfDate(notice.name());
  }
  ASSIGN_OR_RETURN(const auto suppressed, store::FindSuppression(transaction, record.address_sha256));
  return suppressed.has_value() ? errors::AddressSuppressed(notice.name()) : absl::OkStatus();
}

}  // namespace

v1::Notice NoticeService::Shown(const store::NoticeRecord& record) const {
  v1::Notice notice = record.notice;
  if (!mail_domain_.empty()) {
    const std::string id = ResourceId(kNotices, notice.name()).value_or("");
    notice.set_message_id("<" + rules::MessageIdOf(id, notice.resends(), mail_domain_) + ">");
  }
  return notice;
}

template <typename Response>
absl::StatusOr<Response> NoticeService::Page(rpc::Call& call, const store::NoticeFilter& filter,
                                             int page_size, const std::string& page_token) {
  ASSIGN_OR_RETURN(const rpc::Page page,
                   rpc::ReadPage(page_size, page_token, {limits::kDefaultPage, limits::kLargestPage}));
  ASSIGN_OR_RETURN(const std::uint64_t last, ReadSequence(page));
  const std::uint64_t before = page.after.empty() ? std::numeric_limits<std::uint64_t>::max() : last;
  return db::Autocommit(pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<Response> {
    ASSIGN_OR_RETURN(auto records, store::ListNotices(session, filter, before, page.size + 1));
    Response response;
    if (CutToPage(records, page)) {
      response.set_next_page_token(rpc::PageToken(std::to_string(records.back().sequence)));
    }
    for (const store::NoticeRecord& record : records) *response.add_notices() = Shown(record);
    return response;
  });
}

absl::StatusOr<v1::ListNoticesResponse> NoticeService::ListNotices(rpc::Call& call,
                                                                   const v1::ListNoticesRequest& request) {
  ASSIGN_OR_RETURN(const store::NoticeFilter filter, ReadFilter(request));
  return Page<v1::ListNoticesResponse>(call, filter, request.page_size(), request.page_token());
}

absl::StatusOr<v1::ListMyNoticesResponse> NoticeService::ListMyNotices(
    rpc::Call& call, const v1::ListMyNoticesRequest& request) {
  const auto person = ResourceId(kPeople, call.principal().person);
  if (!person.has_value()) return errors::PersonNotFound(call.principal().person);
  return Page<v1::ListMyNoticesResponse>(call, {.person = *person, .state = "", .template_name = ""},
                                         request.page_size(), request.page_token());
}

absl::StatusOr<v1::Notice> NoticeService::GetNotice(rpc::Call& call, const v1::GetNoticeRequest& request) {
  return db::Autocommit(pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::Notice> {
    ASSIGN_OR_RETURN(const auto record,
                     store::FindNotice(session, ResourceId(kNotices, request.name()).value_or("")));
    if (!record.has_value()) return errors::NoticeNotFound(request.name());
    v1::Notice notice = Shown(*record);
    if (record->secret) return notice;
    ASSIGN_OR_RETURN(const rules::NoticeWords words,
                     library_.Render(notice.template_(), {notice.values().begin(), notice.values().end()}));
    notice.set_subject(words.subject);
    notice.set_text(words.text);
    return notice;
  });
}

absl::StatusOr<v1::GetNoticeCountsResponse> NoticeService::GetNoticeCounts(rpc::Call& call) {
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::GetNoticeCountsResponse> {
        ASSIGN_OR_RETURN(store::NoticeCounts counts, store::CountNotices(session));
        v1::GetNoticeCountsResponse response;
        for (int state = v1::Notice::STATE_QUEUED; state <= v1::Notice::State_MAX; ++state) {
          auto& line = *response.add_states();
          line.set_state(static_cast<v1::Notice::State>(state));
          line.set_count(counts.by_state[store::StoredState(line.state())]);
        }
        if (counts.oldest_queued.has_value()) {
          *response.mutable_oldest_queued_time() = ToTimestamp(*counts.oldest_queued);
        }
        ASSIGN_OR_RETURN(const std::int64_t suppressed, store::CountSuppressions(session));
        response.set_suppressed_addresses(suppressed);
        response.set_sending(!mail_domain_.empty());
        return response;
      });
}

absl::StatusOr<v1::Notice> NoticeService::ResendNotice(rpc::Call& call,
                                                       const v1::ResendNoticeRequest& request) {
  const std::string id = ResourceId(kNotices, request.name()).value_or("");
  return Mutate<v1::Notice>(
      pool_, call, kResendNotice, request, [&](db::Transaction& transaction) -> absl::StatusOr<v1::Notice> {
        ASSIGN_OR_RETURN(const auto settled, store::LockNotice(transaction, id));
        if (!settled.has_value()) return errors::NoticeNotFound(request.name());
        RETURN_IF_ERROR(CheckResend(transaction, *settled, call.now()));
        RETURN_IF_ERROR(store::RequeueNotice(transaction, id));
        ASSIGN_OR_RETURN(const auto queued, store::FindNotice(transaction, id));
        RETURN_IF_ERROR(RecordAct(transaction, call, kResendNotice, request.name(), queued->notice.event()));
        return Shown(*queued);
      });
}

absl::StatusOr<v1::SuppressedAddress> NoticeService::ReportBounce(rpc::Call& call,
                                                                  const v1::ReportBounceRequest& request) {
  RETURN_IF_ERROR(CheckBounce(request));
  store::Suppression report{
      .address_sha256 = "", .cause = request.cause(), .detail = request.detail(), .notice = ""};
  if (request.has_address()) {
    ASSIGN_OR_RETURN(report.address_sha256, ReadAddress(request.address()));
    report.detail =
        rules::WithoutAddress(request.detail(), rules::NormaliseEmail(request.address()).value_or(""));
  } else {
    report.notice = rules::NoticeOfMessageId(request.message_id()).value_or("");
  }
  return Mutate<v1::SuppressedAddress>(
      pool_, call, kReportBounce, request,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::SuppressedAddress> {
        if (!request.has_address()) {
          ASSIGN_OR_RETURN(const auto record, store::LockNotice(transaction, report.notice));
          if (!record.has_value()) return errors::NoticeNotFound(request.message_id());
          report.address_sha256 = record->address_sha256;
          report.detail = rules::WithoutAddress(request.detail(), record->notice.address());
          RETURN_IF_ERROR(store::MarkCameBack(transaction, report.notice, report.detail));
        }
        ASSIGN_OR_RETURN(const bool inserted, store::InsertSuppression(transaction, report, call.now()));
        ASSIGN_OR_RETURN(const auto shown, store::LockSuppression(transaction, report.address_sha256));
        if (!shown.has_value()) return absl::InternalError("a suppression is gone");
        if (inserted) {
          RETURN_IF_ERROR(RecordAct(transaction, call, kReportBounce,
                                    ResourceName(kSuppressedAddresses, shown->address_sha256()),
                                    v1::SuppressedAddress::Cause_Name(shown->cause())));
        }
        return *shown;
      });
}

absl::StatusOr<v1::ClearSuppressionResponse> NoticeService::ClearSuppression(
    rpc::Call& call, const v1::ClearSuppressionRequest& request) {
  ASSIGN_OR_RETURN(const std::string digest, ReadAddress(request.address()));
  return Mutate<v1::ClearSuppressionResponse>(
      pool_, call, kClearSuppression, request,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::ClearSuppressionResponse> {
        ASSIGN_OR_RETURN(const auto shown, store::LockSuppression(transaction, digest));
        ASSIGN_OR_RETURN(const bool deleted, store::DeleteSuppression(transaction, digest));
        if (!shown.has_value() || !deleted) return errors::SuppressionNotFound();
        RETURN_IF_ERROR(RecordAct(transaction, call, kClearSuppression,
                                  ResourceName(kSuppressedAddresses, shown->address_sha256()),
                                  v1::SuppressedAddress::Cause_Name(shown->cause())));
        v1::ClearSuppressionResponse response;
        *response.mutable_cleared() = *shown;
        return response;
      });
}

absl::StatusOr<v1::ListSuppressedAddressesResponse> NoticeService::ListSuppressedAddresses(
    rpc::Call& call, const v1::ListSuppressedAddressesRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ReadPage(request.page_size(), request.page_token(),
                                                       {limits::kDefaultPage, limits::kLargestPage}));
  std::string digest;
  if (!request.address().empty()) {
    ASSIGN_OR_RETURN(digest, ReadAddress(request.address()));
  }
  return db::Autocommit(pool_, call.deadline(),
                        [&](db::Session& session) -> absl::StatusOr<v1::ListSuppressedAddressesResponse> {
                          v1::ListSuppressedAddressesResponse response;
                          if (!digest.empty()) {
                            ASSIGN_OR_RETURN(const auto shown, store::FindSuppression(session, digest));
                            if (shown.has_value()) *response.add_addresses() = *shown;
                            return response;
                          }
                          ASSIGN_OR_RETURN(auto rows,
                                           store::ListSuppressions(session, page.after, page.size + 1));
                          if (CutToPage(rows, page)) {
                            response.set_next_page_token(
                                rpc::PageToken(crypto::HexDecode(rows.back().address_sha256()).value_or("")));
                          }
                          response.mutable_addresses()->Add(rows.begin(), rows.end());
                          return response;
                        });
}

}  // namespace plenary::membership
