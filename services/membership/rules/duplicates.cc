#include "services/membership/rules/duplicates.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <utility>

#include "services/membership/rules/company_key.h"
#include "services/membership/rules/text.h"

namespace plenary::membership::rules {
namespace {

constexpr std::array kPublicMailDomains = {
    "aol.com",     "gmail.com",  "gmx.com",     "gmx.de",         "gmx.net",   "googlemail.com",
    "hotmail.com", "icloud.com", "live.com",    "mail.com",       "me.com",    "msn.com",
    "outlook.com", "proton.me",  "yahoo.co.uk", "protonmail.com", "yahoo.com", "zoho.com"};

// Local parts that a company has, not a person.
constexpr std::array kOfficeLocalParts = {"accounts", "admin",  "billing", "contact", "hello",   "info",
                                          "mail",     "office", "sales",   "service", "support", "team"};

// Legal forms at the end of a company's name, as they read without punctuation.
constexpr std::array kLegalForms = {"ag",   "bv",  "co",           "company", "corp", "corporation",
                                    "gmbh", "inc", "incorporated", "limited", "llc",  "llp",
                                    "lp",   "ltd", "nv",           "plc",     "pllc", "sa"};

// Names of less than this many characters are nearly the same with one slip, longer ones with two.
constexpr std::size_t kShortName = 8;

template <typename List>
bool IsIn(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// Lower-case words of letters, digits and whatever is not ASCII; punctuation ends a word, but not within it:
// "o'neil" is "oneil".
std::vector<std::string> WordsOf(std::string_view name) {
  std::vector<std::string> words(1);
  for (const char c : CompanyKey(name)) {
    const bool letter =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
    if (letter) {
      words.back().push_back(c);
    } else if (c != '\'' && c != '.' && !words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

std::string Join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// The same whatever the order of its words.
std::string PersonNameKey(std::string_view name) {
  std::vector<std::string> words = WordsOf(name);
  std::sort(words.begin(), words.end());
  return Join(words);
}

std::string CompanyNameKey(std::string_view name) {
  std::vector<std::string> words = WordsOf(name);
  while (words.size() > 1 && IsIn(kLegalForms, words.back())) words.pop_back();
  return Join(words);
}

// Levenshtein's distance, or anything above `most` when it is above.
std::size_t Distance(std::string_view a, std::string_view b, std::size_t most) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > most) return most + 1;
  std::vector<std::size_t> row(a.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= b.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= a.size(); ++j) {
      const std::size_t replaced = diagonal + (a[j - 1] == b[i - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[a.size()];
}

bool NearlyTheSame(std::string_view a, std::string_view b) {
  const std::size_t most = std::min(a.size(), b.size()) < kShortName ? 1 : 2;
  return Distance(a, b, most) <= most;
}

// "a voorbeeld" and "ada voorbeeld": the same last word, and a first one that the other's begins with.
bool SameButForInitial(std::string_view a, std::string_view b) {
  const std::vector<std::string> first = WordsOf(a);
  const std::vector<std::string> second = WordsOf(b);
  if (first.size() < 2 || second.size() < 2 || first.back() != second.back()) return false;
  const auto& [shorter, longer] = std::minmax(
      first.front(), second.front(), [](const auto& x, const auto& y) { return x.size() < y.size(); });
  return shorter.size() == 1 && longer.front() == shorter.front();
}

bool HaveOneInCommon(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::any_of(a.begin(), a.end(), [&](const std::string& item) { return IsIn(b, item); });
}

std::string_view LocalPart(std::string_view email) { return email.substr(0, email.find('@')); }

void Add(Match& match, int points, std::string reason) {
  match.score += points;
  match.reasons.push_back(std::move(reason));
}

}  // namespace

std::string Mailbox(std::string_view email) {
  const std::size_t at = email.find('@');
  if (at == std::string_view::npos) return std::string(email);
  std::string domain(email.substr(at + 1));
  if (domain == "googlemail.com") domain = "gmail.com";
  std::string local(email.substr(0, std::min(at, email.find('+'))));
  if (domain == "gmail.com") std::erase(local, '.');
  return local + "@" + domain;
}

bool IsPublicMailDomain(std::string_view domain) { return IsIn(kPublicMailDomains, domain); }

std::string NormalisePhone(std::string_view text) {
  text = Trim(text);
  if (text.empty() || text.front() != '+') return "";
  std::string phone = "+";
  for (const char c : text.substr(1)) {
    if (c >= '0' && c <= '9') {
      phone.push_back(c);
    } else if (std::string_view(" .-/()").find(c) == std::string_view::npos) {
      return "";
    }
  }
  const std::size_t digits = phone.size() - 1;
  return digits >= 7 && digits <= 15 && phone[1] != '0' ? phone : "";
}

Match ComparePeople(const PersonFeatures& a, const PersonFeatures& b) {
  Match match;
  const bool same_mailbox = Mailbox(a.email) == Mailbox(b.email);
  if (same_mailbox) Add(match, 50, "The same mailbox under two spellings.");
  if (!a.phone.empty() && a.phone == b.phone) Add(match, 40, "The same telephone.");
  const std::string name = PersonNameKey(a.full_name);
  const std::string other = PersonNameKey(b.full_name);
  if (name == other) {
    Add(match, 30, "The same name.");
  } else if (NearlyTheSame(name, other) || SameButForInitial(a.full_name, b.full_name)) {
    Add(match, 20, "Nearly the same name.");
  }
  if (!a.company.empty() && a.company == b.company) Add(match, 20, "The same company.");
  if (!same_mailbox && LocalPart(a.email) == LocalPart(b.email) &&
      !IsIn(kOfficeLocalParts, LocalPart(a.email))) {
    Add(match, 15, "The same address but for its domain.");
  }
  return match;
}

Match CompareCompanies(const CompanyFeatures& a, const CompanyFeatures& b) {
  Match match;
  const std::string name = CompanyNameKey(a.display_name);
  const std::string other = CompanyNameKey(b.display_name);
  if (name == other) {
    Add(match, 50, "The same name but for its legal form or punctuation.");
  } else if (NearlyTheSame(name, other)) {
    Add(match, 30, "Nearly the same name.");
  }
  if (HaveOneInCommon(a.domains, b.domains)) Add(match, 30, "Addresses of their people at the same domain.");
  if (HaveOneInCommon(a.phones, b.phones)) Add(match, 20, "A telephone of their people in common.");
  return match;
}

// Without mailbox, telephone, name and local part there are at most 40 points (nearly the same name,
// company).
std::vector<std::string> GroupsOf(const PersonFeatures& person) {
  std::vector<std::string> groups = {"m:" + Mailbox(person.email), "n:" + PersonNameKey(person.full_name)};
  if (!person.phone.empty()) groups.push_back("p:" + person.phone);
  if (!IsIn(kOfficeLocalParts, LocalPart(person.email))) {
    groups.push_back("l:" + std::string(LocalPart(person.email)));
  }
  return groups;
}

// Without name, domain and telephone there are at most 30 points.
std::vector<std::string> GroupsOf(const CompanyFeatures& company) {
  std::vector<std::string> groups = {"n:" + CompanyNameKey(company.display_name)};
  for (const std::string& domain : company.domains) groups.push_back("d:" + domain);
  for (const std::string& phone : company.phones) groups.push_back("p:" + phone);
  return groups;
}

}  // namespace plenary::membership::rules
