#include "services/membership/verification_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/mutation/mutate.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "services/membership/errors.h"
#include "services/membership/errors_verification.h"
#include "services/membership/limits_verification.h"
#include "services/membership/names.h"
#include "services/membership/sequence_page.h"
#include "services/membership/store/facts.h"
#include "services/membership/store/register.h"
#include "services/membership/store/verification.h"

namespace plenary::membership {
namespace {

constexpr char kTracks[] = "tracks";
constexpr char kWays[] = "ways";

constexpr char kSaveVerificationWay[] = "plenary.membership.v1.VerificationService.SaveVerificationWay";
constexpr char kRemoveVerificationWay[] = "plenary.membership.v1.VerificationService.RemoveVerificationWay";
constexpr char kVouchFor[] = "plenary.membership.v1.VerificationService.VouchFor";
constexpr char kWithdrawVouch[] = "plenary.membership.v1.VerificationService.WithdrawVouch";
constexpr char kGrantVerification[] = "plenary.membership.v1.VerificationService.GrantVerification";
constexpr char kRevokeVerification[] = "plenary.membership.v1.VerificationService.RevokeVerification";
constexpr char kRecordCodeAcceptance[] = "plenary.membership.v1.VerificationService.RecordCodeAcceptance";

// "categories/{category}/ways/{way}"
std::string WayName(const store::WayKey& key) {
  return fmt::format("{}/{}/{}", ResourceName(kCategories, key.category), kWays, key.id);
}

std::optional<store::WayKey> ReadWayName(std::string_view name) {
  const std::size_t infix = name.find("/ways/");
  if (infix == std::string_view::npos) return std::nullopt;
  const auto category = ResourceId(kCategories, name.substr(0, infix));
  const auto way = ResourceId(kWays, name.substr(infix + 1));
  if (!category.has_value() || !way.has_value()) return std::nullopt;
  return store::WayKey{.category = *category, .id = *way};
}

bool IsMotion(std::string_view name) {
  const std::size_t infix = name.find("/motions/");
  return infix != std::string_view::npos && ResourceId("bodies", name.substr(0, infix)).has_value() &&
         ResourceId("motions", name.substr(infix + 1)).has_value();
}

// The day of a request; empty: today.
absl::StatusOr<absl::CivilDay> ReadDay(std::string_view field, const std::string& text,
                                       const rpc::Call& call) {
  if (text.empty()) return DateOf(call.now());
  const auto day = ParseDate(text);
  if (!day.has_value()) return errors::DateInvalid(field, text);
  return *day;
}

absl::Status CheckWay(const v1::VerificationWay& way) {
  FieldChecks checks;
  checks.Require(ReadWayName(way.name()).has_value(), "way.name",
                 "Name the way \"categories/{category}/ways/{way}\", of a-z, 0-9 and -.");
  checks.Text("way.display_name", way.display_name(), 1, limits::kLongestWayName);
  checks.Require(way.letters() >= 0 && way.letters() <= limits::kMostLetters, "way.letters",
                 "Ask for 0 to 10 letters of reference.");
  checks.Require(way.track().empty() || ResourceId(kTracks, way.track()).has_value(), "way.track",
                 "Name the track \"tracks/{track}\", or none.");
  checks.Require(way.vouchers() >= 0 && way.vouchers() <= limits::kMostVouchers, "way.vouchers",
                 "Ask for 0 to 10 people who vouch.");
  return checks.Result(errors::kDomain);
}

store::StoredWay WayIn(const v1::VerificationWay& way, absl::CivilDay valid_from) {
  const store::WayKey key = ReadWayName(way.name()).value_or(store::WayKey());
  return {.way = {.category = key.category,
                  .id = key.id,
                  .display_name = way.display_name(),
                  .letters = way.letters(),
                  .track = ResourceId(kTracks, way.track()).value_or(""),
                  .vouchers = way.vouchers(),
                  .board_motion = way.board_motion()},
          .valid_from = valid_from};
}

v1::VerificationWay WayOut(const store::StoredWay& stored) {
  v1::VerificationWay way;
  way.set_name(WayName({.category = stored.way.category, .id = stored.way.id}));
  way.set_display_name(stored.way.display_name);
  way.set_valid_from(FormatDate(stored.valid_from));
  way.set_letters(stored.way.letters);
  way.set_track(NameOrEmpty(kTracks, stored.way.track));
  way.set_vouchers(stored.way.vouchers);
  way.set_board_motion(stored.way.board_motion);
  return way;
}

absl::Status CheckCategoryExists(db::Session& session, const std::string& category, absl::CivilDay day) {
  ASSIGN_OR_RETURN(const rules::Categories categories, store::LoadCategories(session, day));
  if (categories.contains(category)) return absl::OkStatus();
  return errors::CategoryNotFound(ResourceName(kCategories, category));
}

// A page token of ways is "category/way".
absl::StatusOr<store::WayKey> ReadWayKey(const std::string& after) {
  if (after.empty()) return store::WayKey();
  const std::size_t slash = after.find('/');
  if (slash == std::string::npos) {
    return errors::FieldInvalid("page_token",
                                "page_token is not one that this list gave. Start again without it.");
  }
  return store::WayKey{.category = after.substr(0, slash), .id = after.substr(slash + 1)};
}

// The letters that the category itself asks for, as a way without a name.
rules::VerificationWay LettersOf(const std::string& id, const v1::Category& category) {
  return {.category = id,
          .id = "",
          .display_name = fmt::format("Letters of reference: {}", category.required_letters()),
          .letters = category.required_letters()};
}

v1::WayAnswer Judge(const rules::VerificationWay& way, const rules::PersonFacts& person) {
  v1::WayAnswer answer;
  answer.set_category(ResourceName(kCategories, way.category));
  if (!way.id.empty()) answer.set_way(WayName({.category = way.category, .id = way.id}));
  answer.set_display_name(way.display_name);
  for (std::string& sentence : rules::MissingOf(way, person.accepted_letters, person.evidence)) {
    answer.add_missing(std::move(sentence));
  }
  answer.set_satisfied(answer.missing().empty());
  return answer;
}

v1::ExplainVerificationResponse Explain(const rules::PersonFacts& person,
                                        const rules::Provisions& provisions) {
  v1::ExplainVerificationResponse response;
  response.set_full_name(person.full_name);
  std::set<std::string> asking;
  for (const rules::Period& period : person.periods) {
    const auto category = provisions.categories.find(period.category);
    const bool asks = category != provisions.categories.end() && category->second.required_letters() > 0;
    if (asks) asking.insert(period.category);
  }
  for (const std::string& category : asking) {
    *response.add_ways() = Judge(LettersOf(category, provisions.categories.at(category)), person);
    for (const rules::VerificationWay& way : provisions.ways) {
      if (way.category == category) *response.add_ways() = Judge(way, person);
    }
  }
  const auto satisfied = [](const v1::WayAnswer& way) { return way.satisfied(); };
  response.set_verified(asking.empty() ||
                        std::any_of(response.ways().begin(), response.ways().end(), satisfied));
  return response;
}

}  // namespace

absl::StatusOr<v1::VerificationWay> VerificationService::SaveVerificationWay(
    rpc::Call& call, const v1::SaveVerificationWayRequest& request) {
  RETURN_IF_ERROR(CheckWay(request.way()));
  ASSIGN_OR_RETURN(const absl::CivilDay from, ReadDay("way.valid_from", request.way().valid_from(), call));
  const store::StoredWay way = WayIn(request.way(), from);
  if (!way.way.AsksForSomething()) return errors::WayAsksNothing();
  return Mutate<v1::VerificationWay>(
      pool_, call, kSaveVerificationWay, request,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::VerificationWay> {
        RETURN_IF_ERROR(CheckCategoryExists(transaction, way.way.category, from));
        RETURN_IF_ERROR(store::SaveWay(transaction, way, store::WayEnd::kHolds));
        v1::VerificationWay saved = WayOut(way);
        RETURN_IF_ERROR(
            RecordAct(transaction, call, kSaveVerificationWay, saved.name(), saved.ShortDebugString()));
        return saved;
      });
}

absl::StatusOr<v1::VerificationWay> VerificationService::RemoveVerificationWay(
    rpc::Call& call, const v1::RemoveVerificationWayRequest& request) {
  ASSIGN_OR_RETURN(const absl::CivilDay day, ReadDay("as_of", request.as_of(), call));
  const auto key = ReadWayName(request.name());
  if (!key.has_value()) return errors::WayNotFound(request.name());
  return Mutate<v1::VerificationWay>(
      pool_, call, kRemoveVerificationWay, request,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::VerificationWay> {
        ASSIGN_OR_RETURN(auto way, store::FindWay(transaction, day, *key));
        if (!way.has_value()) return errors::WayNotFound(request.name());
        store::StoredWay end = *way;
        end.valid_from = day;
        RETURN_IF_ERROR(store::SaveWay(transaction, end, store::WayEnd::kRemoved));
        RETURN_IF_ERROR(
            RecordAct(transaction, call, kRemoveVerificationWay, request.name(), FormatDate(day)));
        return WayOut(*way);
      });
}

absl::StatusOr<v1::ListVerificationWaysResponse> VerificationService::ListVerificationWays(
    rpc::Call& call, const v1::ListVerificationWaysRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ReadPage(request.page_size(), request.page_token(),
                                                       {limits::kDefaultPage, limits::kLargestPage}));
  ASSIGN_OR_RETURN(const store::WayKey after, ReadWayKey(page.after));
  ASSIGN_OR_RETURN(const absl::CivilDay day, ReadDay("as_of", request.as_of(), call));
  const auto category = request.category().empty() ? "" : ResourceId(kCategories, request.category());
  if (!category.has_value()) {
    return errors::FieldInvalid("category", "Name the category \"categories/{category}\".");
  }
  ASSIGN_OR_RETURN(auto rows, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store::ListWays(session, day, *category, after, page.size + 1);
                   }));
  v1::ListVerificationWaysResponse response;
  if (CutToPage(rows, page)) {
    const rules::VerificationWay& last = rows.back().way;
    response.set_next_page_token(rpc::PageToken(fmt::format("{}/{}", last.category, last.id)));
  }
  for (const store::StoredWay& way : rows) *response.add_ways() = WayOut(way);
  return response;
}

absl::StatusOr<v1::ExplainVerificationResponse> VerificationService::ExplainVerification(
    rpc::Call& call, const v1::ExplainVerificationRequest& request) {
  ASSIGN_OR_RETURN(const absl::CivilDay day, ReadDay("as_of", request.as_of(), call));
  const std::string& name = request.person().empty() ? call.principal().person : request.person();
  return db::Transact(
      pool_, call.deadline(),
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::ExplainVerificationResponse> {
        ASSIGN_OR_RETURN(const auto person,
                         store::LoadPersonFacts(transaction, ResourceId(kPeople, name).value_or(""), day));
        if (!person.has_value()) return errors::PersonNotFound(name);
        ASSIGN_OR_RETURN(const rules::Provisions provisions, store::LoadProvisions(transaction, day));
        return Explain(*person, provisions);
      });
}

absl::StatusOr<v1::Vouch> VerificationService::VouchFor(rpc::Call& call, const v1::VouchForRequest& request) {
  return Mutate<v1::Vouch>(pool_, call, kVouchFor, request,
                           [&](db::Transaction& transaction) { return Vouch(transaction, call, request); });
}

absl::StatusOr<v1::Vouch> VerificationService::Vouch(db::Transaction& transaction, rpc::Call& call,
                                                     const v1::VouchForRequest& request) {
  const absl::CivilDay today = DateOf(call.now());
  const std::string voucher = ResourceId(kPeople, call.principal().person).value_or("");
  const std::string person = ResourceId(kPeople, request.person()).value_or("");
  // Nobody moves between the check of the companies and the vouch.
  ASSIGN_OR_RETURN(const auto people, store::LockPeople(transaction, voucher, person));
  ASSIGN_OR_RETURN(const auto facts, store::LoadPersonFacts(transaction, voucher, today));
  if (!facts.has_value()) return errors::PersonNotFound(call.principal().person);
  ASSIGN_OR_RETURN(const rules::Provisions provisions, store::LoadProvisions(transaction, today));
  const rules::RightAnswer right = rules::ExplainRight(*facts, provisions, v1::ACT_VOTE, today);
  if (!right.allowed) return errors::VoucherNotEntitled(right.remedy);
  if (voucher == person) return errors::VoucherConflict("Nobody vouches for themselves.");
  if (people.size() < 2) return errors::PersonNotFound(request.person());
  if (people[0].company == people[1].company) {
    return errors::VoucherConflict("Nobody vouches for a person of their own company.");
  }
  ASSIGN_OR_RETURN(const bool inserted, store::InsertVouch(transaction, voucher, person, today));
  ASSIGN_OR_RETURN(const auto vouch, store::OpenVouch(transaction, voucher, person));
  if (!vouch.has_value()) return absl::InternalError("a vouch is gone");
  if (inserted) RETURN_IF_ERROR(RecordAct(transaction, call, kVouchFor, request.person(), ""));
  return *vouch;
}

absl::StatusOr<v1::Vouch> VerificationService::WithdrawVouch(rpc::Call& call,
                                                             const v1::WithdrawVouchRequest& request) {
  const std::string& name = request.voucher().empty() ? call.principal().person : request.voucher();
  const std::string voucher = ResourceId(kPeople, name).value_or("");
  const std::string person = ResourceId(kPeople, request.person()).value_or("");
  const absl::CivilDay today = DateOf(call.now());
  return Mutate<v1::Vouch>(
      pool_, call, kWithdrawVouch, request, [&](db::Transaction& transaction) -> absl::StatusOr<v1::Vouch> {
        ASSIGN_OR_RETURN(auto vouch, store::OpenVouch(transaction, voucher, person));
        if (!vouch.has_value()) return errors::VouchNotFound();
        ASSIGN_OR_RETURN(const bool ended, store::EndVouch(transaction, voucher, person, today));
        if (!ended) return absl::InternalError("a vouch that is held is gone");
        RETURN_IF_ERROR(RecordAct(transaction, call, kWithdrawVouch, request.person(), name));
        vouch->set_end_date(FormatDate(std::max(today, *ParseDate(vouch->start_date()))));
        return *vouch;
      });
}

absl::StatusOr<v1::ListVouchesResponse> VerificationService::ListVouches(
    rpc::Call& call, const v1::ListVouchesRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ReadPage(request.page_size(), request.page_token(),
                                                       {limits::kDefaultPage, limits::kLargestPage}));
  ASSIGN_OR_RETURN(const std::uint64_t after, ReadSequence(page));
  const std::string& name = request.person().empty() ? call.principal().person : request.person();
  ASSIGN_OR_RETURN(auto rows, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store::ListVouches(session, ResourceId(kPeople, name).value_or(""), after,
                                               page.size + 1);
                   }));
  v1::ListVouchesResponse response;
  if (CutToPage(rows, page))
    response.set_next_page_token(rpc::PageToken(std::to_string(rows.back().sequence)));
  for (store::StoredVouch& row : rows) *response.add_vouches() = std::move(row.vouch);
  return response;
}

absl::StatusOr<v1::VerificationGrant> VerificationService::GrantVerification(
    rpc::Call& call, const v1::GrantVerificationRequest& request) {
  if (!IsMotion(request.motion())) {
    return errors::FieldInvalid("motion",
                                "Name the motion that carried it, \"bodies/{body}/motions/{motion}\".");
  }
  ASSIGN_OR_RETURN(const absl::CivilDay from, ReadDay("start_date", request.start_date(), call));
  const std::string person = ResourceId(kPeople, request.person()).value_or("");
  const std::string category = ResourceId(kCategories, request.category()).value_or("");
  return Mutate<v1::VerificationGrant>(
      pool_, call, kGrantVerification, request,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::VerificationGrant> {
        ASSIGN_OR_RETURN(const auto known, store::LockPerson(transaction, person));
        if (!known.has_value()) return errors::PersonNotFound(request.person());
        RETURN_IF_ERROR(CheckCategoryExists(transaction, category, from));
        ASSIGN_OR_RETURN(const bool inserted,
                         store::InsertGrant(transaction, person, category, request.motion(), from));
        ASSIGN_OR_RETURN(const auto grant, store::FindGrant(transaction, person, category, request.motion()));
        if (!grant.has_value()) return absl::InternalError("a grant is gone");
        if (inserted) {
          RETURN_IF_ERROR(
              RecordAct(transaction, call, kGrantVerification, request.person(), request.motion()));
        }
        return *grant;
      });
}

absl::StatusOr<v1::VerificationGrant> VerificationService::RevokeVerification(
    rpc::Call& call, const v1::RevokeVerificationRequest& request) {
  FieldChecks checks;
  checks.Text("reason", request.reason(), 1, limits::kLongestNote);
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  const std::string person = ResourceId(kPeople, request.person()).value_or("");
  const std::string category = ResourceId(kCategories, request.category()).value_or("");
  return Mutate<v1::VerificationGrant>(
      pool_, call, kRevokeVerification, request,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::VerificationGrant> {
        ASSIGN_OR_RETURN(const bool ended, store::EndGrant(transaction, person, category, request.motion(),
                                                           DateOf(call.now()), request.reason()));
        ASSIGN_OR_RETURN(const auto grant, store::FindGrant(transaction, person, category, request.motion()));
        if (!ended || !grant.has_value()) return errors::GrantNotFound();
        RETURN_IF_ERROR(RecordAct(transaction, call, kRevokeVerification, request.person(),
                                  fmt::format("{}: {}", request.motion(), request.reason())));
        return *grant;
      });
}

absl::StatusOr<v1::CodeAcceptance> VerificationService::RecordCodeAcceptance(
    rpc::Call& call, const v1::RecordCodeAcceptanceRequest& request) {
  FieldChecks checks;
  checks.Require(ResourceId(kCodeVersions, request.code_version()).has_value(), "code_version",
                 "Name the version \"codeVersions/{version}\".");
  checks.Require(request.has_accept_time(), "accept_time", "Say when the person accepted it.");
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  const std::string person = ResourceId(kPeople, request.person()).value_or("");
  return Mutate<v1::CodeAcceptance>(
      pool_, call, kRecordCodeAcceptance, request,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::CodeAcceptance> {
        ASSIGN_OR_RETURN(const auto known, store::LockPerson(transaction, person));
        if (!known.has_value()) return errors::PersonNotFound(request.person());
        ASSIGN_OR_RETURN(const bool inserted,
                         store::InsertCodeAcceptance(transaction, person, request.code_version(),
                                                     DateOf(FromTimestamp(request.accept_time()))));
        ASSIGN_OR_RETURN(const auto accepted_on,
                         store::FindCodeAcceptance(transaction, person, request.code_version()));
        if (!accepted_on.has_value()) return absl::InternalError("an acceptance is gone");
        if (inserted) {
          RETURN_IF_ERROR(
              RecordAct(transaction, call, kRecordCodeAcceptance, request.person(), request.code_version()));
        }
        v1::CodeAcceptance acceptance;
        acceptance.set_person(request.person());
        acceptance.set_code_version(request.code_version());
        acceptance.set_accept_date(FormatDate(*accepted_on));
        return acceptance;
      });
}

}  // namespace plenary::membership
