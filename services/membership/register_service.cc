#include "services/membership/register_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "common/mutation/mutate.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "services/membership/errors.h"
#include "services/membership/import_members.h"
#include "services/membership/limits.h"
#include "services/membership/names.h"
#include "services/membership/register_reader.h"
#include "services/membership/rules/company_key.h"
#include "services/membership/rules/eligibility.h"
#include "services/membership/rules/email.h"
#include "services/membership/sequence_page.h"
#include "services/membership/store/facts.h"
#include "services/membership/store/issuances.h"
#include "services/membership/store/links.h"
#include "services/membership/store/register.h"
#include "services/membership/store/rolls.h"

namespace plenary::membership {
namespace {

constexpr char kSaveCategory[] = "plenary.membership.v1.RegisterService.SaveCategory";
constexpr char kNameRepresentative[] = "plenary.membership.v1.RegisterService.NameRepresentative";
constexpr char kRecordReferenceLetters[] = "plenary.membership.v1.RegisterService.RecordReferenceLetters";
constexpr char kGrantWaiver[] = "plenary.membership.v1.RegisterService.GrantWaiver";

bool Within(std::int64_t value, std::int64_t most) { return value >= 0 && value <= most; }

// "current" changes with the code, and nobody accepts that one by name.
bool IsCodeVersion(std::string_view name) {
  const auto id = ResourceId(kCodeVersions, name);
  return id.has_value() && *id != "current";
}

absl::Status CheckCategory(const v1::Category& category) {
  FieldChecks checks;
  checks.Require(ResourceId(kCategories, category.name()).has_value(), "category.name",
                 "Name the category \"categories/{id}\" with an id of 1 to 63 characters of a-z, 0-9 and -.");
  checks.Text("category.display_name", category.display_name(), 1, limits::kLongestCategoryName);
  checks.Require(Within(category.seats_included(), limits::kMostSeatsIncluded), "category.seats_included",
                 "Include 0 to 100,000 seats.");
  checks.Require(Within(category.price_cents(), limits::kHighestPriceCents), "category.price_cents",
                 "Give a price of 0 to 100,000,000 cents.");
  checks.Require(Within(category.term_months(), limits::kMostTermMonths), "category.term_months",
                 "Give a term of 0 to 1,200 months.");
  checks.Require(Within(category.grace_days(), limits::kMostGraceDays), "category.grace_days",
                 "Give 0 to 366 days of grace.");
  checks.Require(Within(category.required_letters(), limits::kMostLetters), "category.required_letters",
                 "Ask for 0 to 10 letters of reference.");
  checks.Require(Within(category.required_credit_hundredths(), limits::kMostCreditHundredths),
                 "category.required_credit_hundredths",
                 "Ask for 0 to 1,000 credits a year, 100,000 hundredths.");
  checks.Require(category.required_code_version().empty() || IsCodeVersion(category.required_code_version()),
                 "category.required_code_version",
                 "Name the version of the code \"codeVersions/{version}\", or none.");
  return checks.Result(errors::kDomain);
}

bool IsMotion(std::string_view name) {
  constexpr std::string_view kInfix = "/motions/";
  const std::size_t infix = name.find(kInfix);
  return infix != std::string_view::npos && ResourceId("bodies", name.substr(0, infix)).has_value() &&
         ResourceId("motions", name.substr(infix + 1)).has_value();
}

absl::Status CheckWaiver(const v1::Waiver& waiver) {
  FieldChecks checks;
  checks.Require(
      waiver.requirement() != v1::REQUIREMENT_UNSPECIFIED && v1::Requirement_IsValid(waiver.requirement()),
      "waiver.requirement", "Say which requirement is waived.");
  const auto known = [](int act) { return act != v1::ACT_UNSPECIFIED && v1::Act_IsValid(act); };
  checks.Require(!waiver.acts().empty() && std::all_of(waiver.acts().begin(), waiver.acts().end(), known),
                 "waiver.acts", "Say which acts the waiver covers.");
  checks.Require(IsMotion(waiver.motion()), "waiver.motion",
                 "Name the motion that carried it, \"bodies/{body}/motions/{motion}\".");
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  const auto from = ParseDate(waiver.valid_from());
  if (!from.has_value()) return errors::DateInvalid("waiver.valid_from", waiver.valid_from());
  const auto until = ParseDate(waiver.valid_until());
  if (!until.has_value()) return errors::DateInvalid("waiver.valid_until", waiver.valid_until());
  if (*until < *from) {
    return errors::FieldInvalid("waiver.valid_until",
                                "The waiver would end before it begins. Correct one of the dates.");
  }
  return absl::OkStatus();
}

// Whether two waivers say the same; name and time of creation are no part of what they say.
bool SameContent(const v1::Waiver& a, const v1::Waiver& b) {
  const auto acts = [](const v1::Waiver& waiver) {
    return std::set<int>(waiver.acts().begin(), waiver.acts().end());
  };
  return a.requirement() == b.requirement() && acts(a) == acts(b) && a.motion() == b.motion() &&
         a.valid_from() == b.valid_from() && a.valid_until() == b.valid_until();
}

const rules::PersonFacts* FindIn(const rules::CompanyFacts& company, const std::string& person) {
  const auto found = std::find_if(company.people.begin(), company.people.end(),
                                  [&](const rules::PersonFacts& facts) { return facts.id == person; });
  return found == company.people.end() ? nullptr : &*found;
}

// Empty when the person may vote for the company on the day; else why not.
std::string WhyNotRepresentative(const rules::CompanyFacts& company, const std::string& person,
                                 const rules::Provisions& provisions, absl::CivilDay day) {
  const rules::PersonFacts* facts = FindIn(company, person);
  if (facts == nullptr) return "Only a person of the company can be its representative. Name one of them.";
  const rules::RightAnswer answer = rules::ExplainRight(*facts, provisions, v1::ACT_VOTE, day);
  return answer.allowed ? "" : fmt::format("This person may not vote for the company. {}", answer.remedy);
}

// Open to the company's administrators, and to who may vote for it themselves.
bool MayNameRepresentative(const rules::CompanyFacts& company, const std::string& caller,
                           const rules::Provisions& provisions, absl::CivilDay day) {
  const auto& administrators = company.administrators;
  return std::find(administrators.begin(), administrators.end(), caller) != administrators.end() ||
         WhyNotRepresentative(company, caller, provisions, day).empty();
}

}  // namespace

absl::StatusOr<v1::Category> RegisterService::SaveCategory(rpc::Call& call,
                                                           const v1::SaveCategoryRequest& request) {
  RETURN_IF_ERROR(CheckCategory(request.category()));
  const absl::CivilDay today = DateOf(call.now());
  v1::Category category = request.category();
  category.mutable_rights();
  if (category.valid_from().empty()) category.set_valid_from(FormatDate(today));
  const auto valid_from = ParseDate(category.valid_from());
  if (!valid_from.has_value()) return errors::DateInvalid("category.valid_from", category.valid_from());
  const std::string id = *ResourceId(kCategories, category.name());
  return Mutate<v1::Category>(
      pool_, call, kSaveCategory, request, [&](db::Transaction& transaction) -> absl::StatusOr<v1::Category> {
        ASSIGN_OR_RETURN(const bool known, store::LockCategory(transaction, id));
        if (known && *valid_from < today) return errors::CategoryVersionPast(category.valid_from());
        RETURN_IF_ERROR(store::SaveCategory(transaction, id, category));
        RETURN_IF_ERROR(
            RecordAct(transaction, call, kSaveCategory, category.name(), category.ShortDebugString()));
        return category;
      });
}

absl::StatusOr<v1::ListCategoriesResponse> RegisterService::ListCategories(
    rpc::Call& call, const v1::ListCategoriesRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token()));
  ASSIGN_OR_RETURN(const absl::CivilDay day, DayAskedAbout(call, request.as_of()));
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListCategoriesResponse> {
        ASSIGN_OR_RETURN(auto rows, store::ListCategories(session, day, page.after, page.size + 1));
        v1::ListCategoriesResponse response;
        if (CutToPage(rows, page)) {
          response.set_next_page_token(rpc::PageToken(*ResourceId(kCategories, rows.back().name())));
        }
        response.mutable_categories()->Add(rows.begin(), rows.end());
        return response;
      });
}

absl::StatusOr<v1::ListCategoryVersionsResponse> RegisterService::ListCategoryVersions(
    rpc::Call& call, const v1::ListCategoryVersionsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ReadPage(request.page_size(), request.page_token(),
                                                       {limits::kDefaultPage, limits::kLargestPage}));
  const auto after = page.after.empty() ? absl::CivilDay(1, 1, 1) : ParseDate(page.after);
  if (!after.has_value()) {
    return errors::FieldInvalid("page_token",
                                "page_token is not one that this list gave. Start again without it.");
  }
  const std::string id = ResourceId(kCategories, request.category()).value_or("");
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListCategoryVersionsResponse> {
        ASSIGN_OR_RETURN(const bool known, store::CategoryExists(session, id));
        if (!known) return errors::CategoryNotFound(request.category());
        ASSIGN_OR_RETURN(auto rows, store::ListCategoryVersions(session, id, *after, page.size + 1));
        v1::ListCategoryVersionsResponse response;
        if (CutToPage(rows, page)) response.set_next_page_token(rpc::PageToken(rows.back().valid_from()));
        response.mutable_versions()->Add(rows.begin(), rows.end());
        return response;
      });
}

grpc::Status RegisterService::ImportMembers(grpc::ServerContext* context, ImportStream* stream) {
  v1::ImportMembersUpdate last;
  const grpc::Status status = guard_.ClientStream(
      context, "ImportMembers", *last.mutable_result(),
      [&](rpc::Call& call) { return membership::ImportMembers(pool_, ids_, call, *context, *stream); });
  if (status.ok()) stream->Write(last);
  return status;
}

absl::StatusOr<v1::Person> RegisterService::GetPerson(rpc::Call& call, const v1::GetPersonRequest& request) {
  ASSIGN_OR_RETURN(const absl::CivilDay day, DayAskedAbout(call, request.as_of()));
  const std::string& name = request.name().empty() ? call.principal().person : request.name();
  return db::Autocommit(pool_, call.deadline(),
                        [&](db::Session& session) { return ReadPerson(session, name, day); });
}

absl::StatusOr<v1::ListPeopleResponse> RegisterService::ListPeople(rpc::Call& call,
                                                                   const v1::ListPeopleRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token()));
  const auto company = request.company().empty() ? "" : ResourceId(kCompanies, request.company());
  const auto email = request.email().empty() ? "" : rules::NormaliseEmail(request.email());
  if (!company.has_value())
    return errors::FieldInvalid("company", "Name the company \"companies/{company}\".");
  if (!email.has_value()) return errors::FieldInvalid("email", "Write the address as name@example.org.");
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListPeopleResponse> {
        std::vector<store::RegisterPerson> rows;
        v1::ListPeopleResponse response;
        if (email->empty()) {
          ASSIGN_OR_RETURN(rows, store::ListPeople(session, page.after, *company, page.size + 1));
          if (CutToPage(rows, page)) response.set_next_page_token(rpc::PageToken(rows.back().id));
        } else {
          ASSIGN_OR_RETURN(const auto row, store::FindPersonByEmail(session, *email));
          if (row.has_value() && (company->empty() || row->company == *company)) rows.push_back(*row);
        }
        ASSIGN_OR_RETURN(auto people, ShowPeople(session, rows, DateOf(call.now())));
        response.mutable_people()->Add(people.begin(), people.end());
        return response;
      });
}

absl::StatusOr<v1::Company> RegisterService::GetCompany(rpc::Call& call,
                                                        const v1::GetCompanyRequest& request) {
  ASSIGN_OR_RETURN(const absl::CivilDay day, DayAskedAbout(call, request.as_of()));
  return db::Autocommit(pool_, call.deadline(),
                        [&](db::Session& session) { return ReadCompany(session, request.name(), day); });
}

absl::StatusOr<v1::ListCompaniesResponse> RegisterService::ListCompanies(
    rpc::Call& call, const v1::ListCompaniesRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token()));
  FieldChecks checks;
  checks.Text("display_name", request.display_name(), 0, limits::kLongestCompanyName);
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListCompaniesResponse> {
        std::vector<store::RegisterCompany> rows;
        v1::ListCompaniesResponse response;
        if (request.display_name().empty()) {
          ASSIGN_OR_RETURN(rows, store::ListCompanies(session, page.after, page.size + 1));
          if (CutToPage(rows, page)) response.set_next_page_token(rpc::PageToken(rows.back().id));
        } else {
          ASSIGN_OR_RETURN(const auto row,
                           store::FindCompanyByKey(session, rules::CompanyKey(request.display_name())));
          if (row.has_value()) rows.push_back(*row);
        }
        ASSIGN_OR_RETURN(auto companies, ShowCompanies(session, rows, DateOf(call.now())));
        response.mutable_companies()->Add(companies.begin(), companies.end());
        return response;
      });
}

absl::StatusOr<v1::Company> RegisterService::NameRepresentative(
    rpc::Call& call, const v1::NameRepresentativeRequest& request) {
  auto answer = MutateOnce<v1::Company>(
      pool_, call, kNameRepresentative, request.request_id(), request.SerializeAsString(),
      [&](db::Transaction& transaction) { return NameUnderLock(transaction, call, request); });
  // Under the lock, or when this caller got the answer that is now repeated.
  if (answer.ok()) call.ProveRelation();
  return answer;
}

absl::StatusOr<v1::Company> RegisterService::NameUnderLock(db::Transaction& transaction, rpc::Call& call,
                                                           const v1::NameRepresentativeRequest& request) {
  const absl::CivilDay today = DateOf(call.now());
  const std::string id = ResourceId(kCompanies, request.company()).value_or("");
  RETURN_IF_ERROR(store::ShareRollTurn(transaction));
  ASSIGN_OR_RETURN(const auto company, store::LockCompany(transaction, id));
  ASSIGN_OR_RETURN(const auto facts, store::LoadCompany(transaction, id, today));
  ASSIGN_OR_RETURN(const rules::Provisions provisions, store::LoadProvisions(transaction, today));
  if (!call.principal().HasRole("staff")) {
    const std::string caller = ResourceId(kPeople, call.principal().person).value_or("");
    if (!facts.has_value() || !MayNameRepresentative(*facts, caller, provisions, today)) {
      return errors::NotProfessionalOfCompany(request.company());
    }
  }
  if (!company.has_value() || !facts.has_value()) return errors::CompanyNotFound(request.company());
  if (!request.etag().empty() && request.etag() != std::to_string(company->version)) {
    return errors::CompanyChanged(request.company());
  }
  const std::string person = ResourceId(kPeople, request.representative()).value_or("");
  if (person.empty() || person != company->representative) {
    if (std::string why = WhyNotRepresentative(*facts, person, provisions, today); !why.empty()) {
      return errors::RepresentativeNotEntitled(why);
    }
    ASSIGN_OR_RETURN(const bool issued, store::HasRunningIssuance(transaction, id, call.now()));
    if (issued) return errors::CredentialOut(request.company());
    RETURN_IF_ERROR(
        store::ReplaceRepresentative(transaction, ids_, id, person, today, call.principal().Actor()));
    RETURN_IF_ERROR(
        store::SubstituteOnOpenRolls(transaction, id, person, call.principal().Actor(), call.now()));
    RETURN_IF_ERROR(
        RecordAct(transaction, call, kNameRepresentative, request.company(), request.representative()));
  }
  return ReadCompany(transaction, request.company(), today);
}

absl::StatusOr<v1::Person> RegisterService::RecordReferenceLetters(
    rpc::Call& call, const v1::RecordReferenceLettersRequest& request) {
  FieldChecks checks;
  checks.Require(Within(request.accepted_letters(), limits::kMostLetters), "accepted_letters",
                 "Give the number of accepted letters, 0 to 10.");
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  return MutateOnce<v1::Person>(
      pool_, call, kRecordReferenceLetters, request.request_id(), request.SerializeAsString(),
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::Person> {
        const std::string id = ResourceId(kPeople, request.person()).value_or("");
        ASSIGN_OR_RETURN(const auto held, store::LockPerson(transaction, id));
        if (!held.has_value()) return errors::PersonNotFound(request.person());
        RETURN_IF_ERROR(store::SetAcceptedLetters(transaction, id, request.accepted_letters(),
                                                  DateOf(call.now()), call.principal().Actor()));
        ASSIGN_OR_RETURN(v1::Person person, ReadPerson(transaction, request.person(), DateOf(call.now())));
        RETURN_IF_ERROR(RecordAct(transaction, call, kRecordReferenceLetters, person.name(),
                                  fmt::format("{} letters", request.accepted_letters())));
        return person;
      });
}

absl::StatusOr<v1::ExplainRightResponse> RegisterService::ExplainRight(
    rpc::Call& call, const v1::ExplainRightRequest& request) {
  if (request.act() == v1::ACT_UNSPECIFIED || !v1::Act_IsValid(request.act())) {
    return errors::FieldInvalid("act", "Say which act the question is about.");
  }
  ASSIGN_OR_RETURN(const absl::CivilDay day, DayAskedAbout(call, request.as_of()));
  const std::string& name = request.person().empty() ? call.principal().person : request.person();
  return db::Transact(
      pool_, call.deadline(), [&](db::Transaction& transaction) -> absl::StatusOr<v1::ExplainRightResponse> {
        ASSIGN_OR_RETURN(const auto person,
                         store::LoadPersonFacts(transaction, ResourceId(kPeople, name).value_or(""), day));
        if (!person.has_value()) return errors::PersonNotFound(name);
        ASSIGN_OR_RETURN(const rules::Provisions provisions, store::LoadProvisions(transaction, day));
        const rules::RightAnswer answer = rules::ExplainRight(*person, provisions, request.act(), day);
        v1::ExplainRightResponse response;
        response.set_allowed(answer.allowed);
        response.set_reason(answer.reason);
        response.set_remedy(answer.remedy);
        response.set_full_name(person->full_name);
        response.set_waiver(NameOrEmpty(kWaivers, answer.waiver));
        return response;
      });
}

absl::StatusOr<v1::Waiver> RegisterService::GrantWaiver(rpc::Call& call,
                                                        const v1::GrantWaiverRequest& request) {
  RETURN_IF_ERROR(CheckWaiver(request.waiver()));
  return MutateOnce<v1::Waiver>(
      pool_, call, kGrantWaiver, request.request_id(), request.SerializeAsString(),
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::Waiver> {
        ASSIGN_OR_RETURN(const bool granted,
                         store::InsertWaiver(transaction, ids_.NextText(), request.waiver(), call.now()));
        ASSIGN_OR_RETURN(const auto waiver, store::WaiverOfMotion(transaction, request.waiver().motion()));
        if (!waiver.has_value()) return absl::InternalError("a waiver is gone");
        if (!SameContent(*waiver, request.waiver())) return errors::WaiverExists(request.waiver().motion());
        if (granted) {
          RETURN_IF_ERROR(RecordAct(transaction, call, kGrantWaiver, waiver->name(), waiver->motion()));
        }
        return *waiver;
      });
}

absl::StatusOr<v1::ListWaiversResponse> RegisterService::ListWaivers(rpc::Call& call,
                                                                     const v1::ListWaiversRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token()));
  ASSIGN_OR_RETURN(const std::uint64_t after, ReadSequence(page));
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListWaiversResponse> {
        ASSIGN_OR_RETURN(auto rows, store::ListWaivers(session, after, page.size + 1));
        v1::ListWaiversResponse response;
        if (CutToPage(rows, page)) {
          response.set_next_page_token(rpc::PageToken(std::to_string(rows.back().sequence)));
        }
        for (store::StoredWaiver& row : rows) *response.add_waivers() = std::move(row.waiver);
        return response;
      });
}

}  // namespace plenary::membership
