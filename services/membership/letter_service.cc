#include "services/membership/letter_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/crypto/bytes.h"
#include "common/mutation/mutate.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "services/membership/errors.h"
#include "services/membership/errors_verification.h"
#include "services/membership/limits_verification.h"
#include "services/membership/names.h"
#include "services/membership/rules/duplicates.h"
#include "services/membership/rules/email.h"
#include "services/membership/store/facts.h"
#include "services/membership/store/letters.h"
#include "services/membership/store/notices.h"
#include "services/membership/store/periods.h"
#include "services/membership/store/register.h"

namespace plenary::membership {
namespace {

using rules::LetterAct;

constexpr char kLetters[] = "letters";

constexpr char kRequestLetter[] = "plenary.membership.v1.LetterService.RequestLetter";
constexpr char kReceiveLetter[] = "plenary.membership.v1.LetterService.ReceiveLetter";
constexpr char kSubmitLetter[] = "plenary.membership.v1.LetterService.SubmitLetter";
constexpr char kCheckLetter[] = "plenary.membership.v1.LetterService.CheckLetter";
constexpr char kAcceptLetter[] = "plenary.membership.v1.LetterService.AcceptLetter";
constexpr char kRefuseLetter[] = "plenary.membership.v1.LetterService.RefuseLetter";
constexpr char kRevokeLetter[] = "plenary.membership.v1.LetterService.RevokeLetter";
constexpr char kWithdrawLetter[] = "plenary.membership.v1.LetterService.WithdrawLetter";

void CheckReferee(FieldChecks& checks, const v1::Referee& referee) {
  checks.Text("referee.full_name", referee.full_name(), 1, limits::kLongestPersonName);
  checks.Text("referee.relation", referee.relation(), 1, limits::kLongestRelation);
  checks.Require(rules::NormaliseEmail(referee.email()).has_value(), "referee.email",
                 "Write the address as name@example.org.");
}

absl::Status CheckText(std::string_view field, std::string_view text, std::size_t longest) {
  FieldChecks checks;
  checks.Text(field, text, 1, longest);
  return checks.Result(errors::kDomain);
}

absl::Status CheckDeclarations(const v1::RequestLetterRequest& request) {
  if (!request.not_relative()) return errors::DeclarationMissing("not_relative");
  if (!request.not_report()) return errors::DeclarationMissing("not_report");
  if (!request.may_be_contacted()) return errors::DeclarationMissing("may_be_contacted");
  return absl::OkStatus();
}

v1::Referee Normalised(v1::Referee referee) {
  referee.set_email(rules::NormaliseEmail(referee.email()).value_or(""));
  return referee;
}

// What the register itself knows to speak against a referee.
absl::Status CheckConflict(db::Transaction& transaction, const rules::RegisterPerson& member,
                           const std::string& referee) {
  const std::string mailbox = rules::Mailbox(referee);
  if (mailbox == rules::Mailbox(member.email)) {
    return errors::RefereeConflict("Nobody writes a letter about themselves.");
  }
  for (const std::string& address : {referee, mailbox}) {
    ASSIGN_OR_RETURN(const auto known, store::FindPersonByEmail(transaction, address));
    if (known.has_value() && known->company == member.company) {
      return errors::RefereeConflict("The referee belongs to the member's own company.");
    }
  }
  return absl::OkStatus();
}

// The most letters that a category of the member's asks for.
absl::StatusOr<int> RequiredLetters(db::Transaction& transaction, const std::string& person,
                                    absl::CivilDay today) {
  ASSIGN_OR_RETURN(const rules::Categories categories, store::LoadCategories(transaction, today));
  ASSIGN_OR_RETURN(const std::vector<rules::Period> periods, store::PeriodsOf(transaction, person));
  int required = 0;
  for (const rules::Period& period : periods) {
    const auto category = categories.find(period.category);
    if (category != categories.end()) required = std::max(required, category->second.required_letters());
  }
  return required;
}

// As the caller may see it, on the moment of the call.
v1::Letter Shown(v1::Letter letter, const rpc::Call& call) {
  const auto expires =
      letter.has_expire_time() ? std::optional(FromTimestamp(letter.expire_time())) : std::nullopt;
  letter.set_state(rules::StateAt(letter.state(), expires, call.now()));
  if (!call.principal().HasRole("staff")) {
    letter.clear_text();
    letter.clear_check_note();
  }
  return letter;
}

bool IsOwn(const v1::Letter& letter, const rpc::Call& call) {
  return call.principal().IsPerson() && letter.person() == call.principal().person;
}

}  // namespace

absl::StatusOr<v1::Letter> LetterService::RequestLetter(rpc::Call& call,
                                                        const v1::RequestLetterRequest& request) {
  FieldChecks checks;
  CheckReferee(checks, request.referee());
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  RETURN_IF_ERROR(CheckDeclarations(request));
  return Mutate<v1::Letter>(pool_, call, kRequestLetter, request,
                            [&](db::Transaction& transaction) { return Ask(transaction, call, request); });
}

absl::StatusOr<v1::Letter> LetterService::Ask(db::Transaction& transaction, rpc::Call& call,
                                              const v1::RequestLetterRequest& request) {
  const std::string& name = request.person().empty() ? call.principal().person : request.person();
  ASSIGN_OR_RETURN(const auto member, store::LockPerson(transaction, ResourceId(kPeople, name).value_or("")));
  if (!member.has_value()) return errors::PersonNotFound(name);
  v1::Letter letter;
  letter.set_name(ResourceName(kLetters, ids_.NextText()));
  letter.set_person(ResourceName(kPeople, member->id));
  *letter.mutable_referee() = Normalised(request.referee());
  letter.set_state(v1::Letter::STATE_REQUESTED);
  *letter.mutable_create_time() = ToTimestamp(call.now());
  const absl::Time expires = call.now() + limits::kLetterLinkLife;
  *letter.mutable_expire_time() = ToTimestamp(expires);
  const std::string& referee = letter.referee().email();

  RETURN_IF_ERROR(CheckConflict(transaction, *member, referee));
  ASSIGN_OR_RETURN(
      const std::int64_t asked,
      store::CountLetterRequests(transaction, member->id, call.now() - limits::kLetterRequestsWithin));
  if (asked >= limits::kMostLetterRequests) return errors::LetterRequestsTooMany();
  RETURN_IF_ERROR(store::FreeExpiredReferee(transaction, member->id, referee, call.now()));
  const std::string secret = crypto::HexEncode(random_.Bytes(limits::kMailSecretBytes));
  ASSIGN_OR_RETURN(const bool inserted, store::InsertLetter(transaction, letter, crypto::Sha256(secret)));
  if (!inserted) return errors::LetterExists();
  RETURN_IF_ERROR(store::EnqueueNotice(transaction, ids_,
                                       {.event = "letter-request/" + letter.name(),
                                        .template_name = "letter-request",
                                        .person = "",
                                        .address = referee,
                                        .values = {{"referee", letter.referee().full_name()},
                                                   {"full_name", member->full_name},
                                                   {"code", secret},
                                                   {"expires", FormatDate(DateOf(expires))}},
                                        .not_after = expires},
                                       call.now())
                      .status());
  RETURN_IF_ERROR(RecordAct(transaction, call, kRequestLetter, letter.name(), letter.person()));
  return Shown(letter, call);
}

absl::StatusOr<v1::Letter> LetterService::ReceiveLetter(rpc::Call& call,
                                                        const v1::ReceiveLetterRequest& request) {
  FieldChecks checks;
  CheckReferee(checks, request.referee());
  checks.Text("text", request.text(), 1, limits::kLongestLetter);
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  return Mutate<v1::Letter>(pool_, call, kReceiveLetter, request, [&](db::Transaction& transaction) {
    return TakeOnPaper(transaction, call, request);
  });
}

absl::StatusOr<v1::Letter> LetterService::TakeOnPaper(db::Transaction& transaction, rpc::Call& call,
                                                      const v1::ReceiveLetterRequest& request) {
  const std::string person = ResourceId(kPeople, request.person()).value_or("");
  ASSIGN_OR_RETURN(const auto member, store::LockPerson(transaction, person));
  if (!member.has_value()) return errors::PersonNotFound(request.person());
  const v1::Referee referee = Normalised(request.referee());
  RETURN_IF_ERROR(CheckConflict(transaction, *member, referee.email()));
  ASSIGN_OR_RETURN(auto asked_for, store::LockLetterOfReferee(transaction, person, referee.email()));
  v1::Letter letter = asked_for.value_or(v1::Letter());
  if (asked_for.has_value() && letter.state() != v1::Letter::STATE_REQUESTED) return errors::LetterExists();
  letter.set_state(v1::Letter::STATE_RECEIVED);
  letter.set_text(request.text());
  letter.set_on_paper(true);
  *letter.mutable_receive_time() = ToTimestamp(call.now());
  if (asked_for.has_value()) {
    RETURN_IF_ERROR(store::UpdateLetter(transaction, letter));
  } else {
    letter.set_name(ResourceName(kLetters, ids_.NextText()));
    letter.set_person(request.person());
    *letter.mutable_referee() = referee;
    *letter.mutable_create_time() = ToTimestamp(call.now());
    ASSIGN_OR_RETURN(const bool inserted, store::InsertLetter(transaction, letter, ""));
    if (!inserted) return errors::LetterExists();
  }
  RETURN_IF_ERROR(RecordAct(transaction, call, kReceiveLetter, letter.name(), letter.person()));
  return letter;
}

absl::StatusOr<v1::SubmitLetterResponse> LetterService::SubmitLetter(rpc::Call& call,
                                                                     const v1::SubmitLetterRequest& request) {
  RETURN_IF_ERROR(CheckText("text", request.text(), limits::kLongestLetter));
  return Mutate<v1::SubmitLetterResponse>(
      pool_, call, kSubmitLetter, request,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::SubmitLetterResponse> {
        ASSIGN_OR_RETURN(auto letter, store::LockLetterByToken(transaction, crypto::Sha256(request.token())));
        if (!letter.has_value()) return errors::LetterTokenInvalid();
        const auto state =
            rules::After(rules::StateAt(letter->state(), FromTimestamp(letter->expire_time()), call.now()),
                         LetterAct::kReceive);
        if (!state.has_value()) return errors::LetterTokenInvalid();
        letter->set_state(*state);
        letter->set_text(request.text());
        *letter->mutable_receive_time() = ToTimestamp(call.now());
        RETURN_IF_ERROR(store::UpdateLetter(transaction, *letter));
        RETURN_IF_ERROR(RecordAct(transaction, call, kSubmitLetter, letter->name(), letter->person()));
        v1::SubmitLetterResponse response;
        *response.mutable_receive_time() = letter->receive_time();
        return response;
      });
}

absl::StatusOr<LetterService::Moved> LetterService::Move(db::Transaction& transaction, const rpc::Call& call,
                                                         std::string_view name, LetterAct act) {
  const std::string id = ResourceId(kLetters, name).value_or("");
  ASSIGN_OR_RETURN(const auto found, store::FindLetter(transaction, id));
  if (!found.has_value()) return errors::LetterNotFound(name);
  ASSIGN_OR_RETURN(const auto member,
                   store::LockPerson(transaction, ResourceId(kPeople, found->person()).value_or("")));
  ASSIGN_OR_RETURN(const auto letter, store::LockLetter(transaction, id));
  if (!member.has_value() || !letter.has_value()) return errors::LetterNotFound(name);
  const auto expires =
      letter->has_expire_time() ? std::optional(FromTimestamp(letter->expire_time())) : std::nullopt;
  const v1::Letter::State now = rules::StateAt(letter->state(), expires, call.now());
  const auto next = rules::After(now, act);
  if (!next.has_value()) return errors::LetterStateWrong(name, now);
  Moved moved{.member = *member, .letter = *letter};
  moved.letter.set_state(*next);
  return moved;
}

absl::Status LetterService::Tell(db::Transaction& transaction, const rpc::Call& call, const Moved& moved,
                                 std::string_view template_name, int accepted) {
  store::Notice notice{
      .event = fmt::format("{}/{}", template_name, moved.letter.name()),
      .template_name = std::string(template_name),
      .person = moved.member.id,
      .address = moved.member.email,
      .values = {{"full_name", moved.member.full_name}, {"referee", moved.letter.referee().full_name()}}};
  if (moved.letter.state() == v1::Letter::STATE_ACCEPTED) {
    ASSIGN_OR_RETURN(const int required, RequiredLetters(transaction, moved.member.id, DateOf(call.now())));
    notice.values["accepted"] = std::to_string(accepted);
    notice.values["required"] = std::to_string(required);
  } else {
    notice.values["reason"] = moved.letter.decision_reason();
  }
  return store::EnqueueNotice(transaction, ids_, notice, call.now()).status();
}

absl::StatusOr<v1::Letter> LetterService::CheckLetter(rpc::Call& call,
                                                      const v1::CheckLetterRequest& request) {
  RETURN_IF_ERROR(CheckText("note", request.note(), limits::kLongestNote));
  return Mutate<v1::Letter>(
      pool_, call, kCheckLetter, request, [&](db::Transaction& transaction) -> absl::StatusOr<v1::Letter> {
        ASSIGN_OR_RETURN(Moved moved, Move(transaction, call, request.name(), LetterAct::kCheck));
        moved.letter.set_check_note(request.note());
        RETURN_IF_ERROR(store::UpdateLetter(transaction, moved.letter));
        RETURN_IF_ERROR(RecordAct(transaction, call, kCheckLetter, request.name(), moved.letter.person()));
        return moved.letter;
      });
}

absl::StatusOr<v1::Letter> LetterService::AcceptLetter(rpc::Call& call,
                                                       const v1::AcceptLetterRequest& request) {
  return Mutate<v1::Letter>(
      pool_, call, kAcceptLetter, request, [&](db::Transaction& transaction) -> absl::StatusOr<v1::Letter> {
        ASSIGN_OR_RETURN(Moved moved, Move(transaction, call, request.name(), LetterAct::kAccept));
        const int accepted = moved.member.accepted_letters + 1;
        if (accepted > limits::kMostLetters) return errors::LettersEnough(moved.letter.person());
        *moved.letter.mutable_decide_time() = ToTimestamp(call.now());
        RETURN_IF_ERROR(store::UpdateLetter(transaction, moved.letter));
        RETURN_IF_ERROR(store::SetAcceptedLetters(transaction, moved.member.id, accepted, DateOf(call.now()),
                                                  request.name()));
        RETURN_IF_ERROR(Tell(transaction, call, moved, "letter-accepted", accepted));
        RETURN_IF_ERROR(RecordAct(transaction, call, kAcceptLetter, request.name(),
                                  fmt::format("{}: {} letters", moved.letter.person(), accepted)));
        return moved.letter;
      });
}

absl::StatusOr<v1::Letter> LetterService::RefuseLetter(rpc::Call& call,
                                                       const v1::RefuseLetterRequest& request) {
  RETURN_IF_ERROR(CheckText("reason", request.reason(), limits::kLongestNote));
  return Mutate<v1::Letter>(
      pool_, call, kRefuseLetter, request, [&](db::Transaction& transaction) -> absl::StatusOr<v1::Letter> {
        ASSIGN_OR_RETURN(Moved moved, Move(transaction, call, request.name(), LetterAct::kRefuse));
        moved.letter.set_decision_reason(request.reason());
        *moved.letter.mutable_decide_time() = ToTimestamp(call.now());
        RETURN_IF_ERROR(store::UpdateLetter(transaction, moved.letter));
        RETURN_IF_ERROR(Tell(transaction, call, moved, "letter-refused", moved.member.accepted_letters));
        RETURN_IF_ERROR(RecordAct(transaction, call, kRefuseLetter, request.name(),
                                  fmt::format("{}: {}", moved.letter.person(), request.reason())));
        return moved.letter;
      });
}

absl::StatusOr<v1::Letter> LetterService::RevokeLetter(rpc::Call& call,
                                                       const v1::RevokeLetterRequest& request) {
  RETURN_IF_ERROR(CheckText("reason", request.reason(), limits::kLongestNote));
  return Mutate<v1::Letter>(
      pool_, call, kRevokeLetter, request, [&](db::Transaction& transaction) -> absl::StatusOr<v1::Letter> {
        ASSIGN_OR_RETURN(Moved moved, Move(transaction, call, request.name(), LetterAct::kRevoke));
        // Staff may have set the count since: it never falls below none.
        const int accepted = std::max(moved.member.accepted_letters - 1, 0);
        moved.letter.set_decision_reason(request.reason());
        *moved.letter.mutable_decide_time() = ToTimestamp(call.now());
        RETURN_IF_ERROR(store::UpdateLetter(transaction, moved.letter));
        RETURN_IF_ERROR(store::SetAcceptedLetters(transaction, moved.member.id, accepted, DateOf(call.now()),
                                                  request.name()));
        RETURN_IF_ERROR(Tell(transaction, call, moved, "letter-revoked", accepted));
        RETURN_IF_ERROR(
            RecordAct(transaction, call, kRevokeLetter, request.name(),
                      fmt::format("{}: {} letters: {}", moved.letter.person(), accepted, request.reason())));
        return moved.letter;
      });
}

absl::StatusOr<v1::Letter> LetterService::WithdrawLetter(rpc::Call& call,
                                                         const v1::WithdrawLetterRequest& request) {
  auto answer = Mutate<v1::Letter>(
      pool_, call, kWithdrawLetter, request, [&](db::Transaction& transaction) -> absl::StatusOr<v1::Letter> {
        ASSIGN_OR_RETURN(const auto letter,
                         store::FindLetter(transaction, ResourceId(kLetters, request.name()).value_or("")));
        const bool may = letter.has_value() && (call.principal().HasRole("staff") || IsOwn(*letter, call));
        if (!may) return errors::LetterNotFound(request.name());
        ASSIGN_OR_RETURN(Moved moved, Move(transaction, call, request.name(), LetterAct::kWithdraw));
        *moved.letter.mutable_decide_time() = ToTimestamp(call.now());
        RETURN_IF_ERROR(store::UpdateLetter(transaction, moved.letter));
        RETURN_IF_ERROR(RecordAct(transaction, call, kWithdrawLetter, request.name(), moved.letter.person()));
        return Shown(moved.letter, call);
      });
  // The letter is the caller's, or was when they got the answer that is now repeated.
  if (answer.ok()) call.ProveRelation();
  return answer;
}

absl::StatusOr<v1::Letter> LetterService::GetLetter(rpc::Call& call, const v1::GetLetterRequest& request) {
  ASSIGN_OR_RETURN(const auto letter, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store::FindLetter(session, ResourceId(kLetters, request.name()).value_or(""));
                   }));
  const bool may = letter.has_value() && (call.principal().HasRole("staff") || IsOwn(*letter, call));
  if (!may) return errors::LetterNotFound(request.name());
  call.ProveRelation();
  return Shown(*letter, call);
}

absl::StatusOr<v1::ListLettersResponse> LetterService::ListLetters(rpc::Call& call,
                                                                   const v1::ListLettersRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token()));
  if (!v1::Letter::State_IsValid(request.state())) {
    return errors::FieldInvalid("state", "Name a state of a letter, or none for all.");
  }
  const bool everybody = request.person().empty() && call.principal().HasRole("staff");
  const std::string& name = request.person().empty() ? call.principal().person : request.person();
  const std::string person = everybody ? "" : ResourceId(kPeople, name).value_or("?");
  ASSIGN_OR_RETURN(auto rows, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store::ListLetters(session, page.after, person, request.state(), call.now(),
                                               page.size + 1);
                   }));
  v1::ListLettersResponse response;
  if (CutToPage(rows, page)) {
    response.set_next_page_token(rpc::PageToken(*ResourceId(kLetters, rows.back().name())));
  }
  for (v1::Letter& letter : rows) *response.add_letters() = Shown(std::move(letter), call);
  return response;
}

}  // namespace plenary::membership
