// One company a person and one representative a company, under races; and histories at random against a
// model.
#include <algorithm>
#include <atomic>
#include <barrier>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "common/db/transact.h"
#include "services/membership/store/facts.h"
#include "services/membership/store/links.h"
#include "services/membership/testing_membership.h"

namespace plenary::membership {
namespace {

using testing::Invoke;

constexpr int kThreads = 16;

class LinksTest : public MembershipTest {
 protected:
  LinksTest() { SaveCategories(); }

  absl::Time Soon() const { return absl::Now() + absl::Seconds(20); }

  // Calls `body` with 0 … 15 at once.
  static void AtOnce(const std::function<void(int)>& body) {
    std::barrier start(kThreads);
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        start.arrive_and_wait();
        body(i);
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

  absl::Status Move(const std::string& person, const std::string& company) {
    v1::MovePersonRequest request;
    request.set_person(person);
    request.set_company(company);
    return Invoke(&v1::PeopleService::Stub::MovePerson, *people_, suite_.Staff(), request).status();
  }

  absl::Status Name(const std::string& company, const std::string& person) {
    v1::NameRepresentativeRequest request;
    request.set_company(company);
    request.set_representative(person);
    return Invoke(&v1::RegisterService::Stub::NameRepresentative, *register_, suite_.Staff(), request)
        .status();
  }

  absl::Status Appoint(const std::string& company, const std::string& person) {
    v1::AppointAdministratorRequest request;
    request.set_company(company);
    request.set_person(person);
    return Invoke(&v1::PeopleService::Stub::AppointAdministrator, *people_, suite_.Staff(), request).status();
  }

  absl::Status Remove(const std::string& company, const std::string& person) {
    v1::RemoveAdministratorRequest request;
    request.set_company(company);
    request.set_person(person);
    return Invoke(&v1::PeopleService::Stub::RemoveAdministrator, *people_, suite_.Staff(), request).status();
  }

  std::string OpenLinks(const std::string& table, const std::string& role) {
    return database_.One("SELECT COUNT(*) FROM " + table + " WHERE role = '" + role +
                         "' AND end_date IS NULL");
  }
};

TEST_F(LinksTest, KeepsOneCompanyAPersonWhenSixteenMoveThemAtOnce) {
  std::string rows = "ann@example.org,Ann,Home,professional,2021-08-24,,2,,\n";
  for (int i = 0; i < kThreads; ++i) {
    const std::string n = std::to_string(i);
    rows += "p" + n + "@example.org,P" + n + ",Company " + n + ",professional,2021-08-24,,2,,\n";
  }
  MustImport(rows);
  const std::string ann = PersonAt("ann@example.org").name();
  std::vector<std::string> companies;
  for (int i = 0; i < kThreads; ++i) companies.push_back(CompanyOf("p" + std::to_string(i) + "@example.org"));
  std::atomic<int> moved{0};
  AtOnce([&](int i) { moved += Move(ann, companies[static_cast<std::size_t>(i)]).ok() ? 1 : 0; });
  EXPECT_EQ(moved, kThreads) << "one after the other";
  const std::string id = *ResourceId("people", ann);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM links WHERE end_date IS NULL AND person = '" + id + "'"),
            "1");
  EXPECT_EQ(database_.One("SELECT company FROM links WHERE end_date IS NULL AND person = '" + id + "'"),
            *ResourceId("companies", CompanyOf("ann@example.org")));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM links WHERE person = '" + id + "'"),
            std::to_string(moved + 1))
      << "every move is kept";
}

TEST_F(LinksTest, KeepsOneRepresentativeACompanyWhenSixteenNameOneAtOnce) {
  std::string rows;
  for (int i = 0; i < kThreads; ++i) {
    const std::string n = std::to_string(i);
    rows += "p" + n + "@example.org,P" + n + ",Acme,professional,2021-08-24,,2,,\n";
  }
  MustImport(rows);
  const std::string acme = CompanyOf("p0@example.org");
  std::vector<std::string> people;
  for (int i = 0; i < kThreads; ++i)
    people.push_back(PersonAt("p" + std::to_string(i) + "@example.org").name());
  std::atomic<int> named{0};
  AtOnce([&](int i) { named += Name(acme, people[static_cast<std::size_t>(i)]).ok() ? 1 : 0; });
  EXPECT_EQ(named, kThreads);
  EXPECT_EQ(OpenLinks("links", "REPRESENTATIVE"), "1");
  EXPECT_EQ(database_.One("SELECT person FROM links WHERE role = 'REPRESENTATIVE' AND end_date IS NULL"),
            database_.One("SELECT representative FROM companies WHERE id = '" +
                          *ResourceId("companies", acme) + "'"));
}

// What a program does that looks first and writes then. Whatever keeps it in order is the table's key.
TEST_F(LinksTest, OweTheirOrderToTheKeys) {
  MustImport("ann@example.org,Ann,Acme,professional,2021-08-24,,2,,\n");
  const std::string person = *ResourceId("people", PersonAt("ann@example.org").name());
  const std::string company = *ResourceId("companies", CompanyOf("ann@example.org"));
  const auto race = [&](const std::string& table) {
    const std::string look = "SELECT id FROM " + table + " WHERE representative_now = ? LIMIT 1";
    const std::string write = "INSERT INTO " + table +
                              " (id, person, company, role, start_date, source, representative_now)"
                              " VALUES (?, ?, ?, 'REPRESENTATIVE', '2022-08-20', 'race', ?)";
    std::barrier looked(kThreads);
    AtOnce([&](int) {
      EXPECT_OK(db::Autocommit(database_.pool(), Soon(), [&](db::Session& session) {
        return session.QueryOne(look, {company}).status();
      }));
      looked.arrive_and_wait();
      EXPECT_OK(db::Autocommit(database_.pool(), Soon(), [&](db::Session& session) {
        return session.Insert(write, {ids_.NextText(), person, company, company}).status();
      }));
    });
  };
  database_.Run("CREATE TABLE links_without_key LIKE links");
  database_.Run("ALTER TABLE links_without_key DROP KEY one_representative_a_company");
  race("links");
  race("links_without_key");
  EXPECT_EQ(OpenLinks("links", "REPRESENTATIVE"), "1");
  EXPECT_EQ(OpenLinks("links_without_key", "REPRESENTATIVE"), std::to_string(kThreads))
      << "the race is one: without the key it is lost";
  database_.Run("DROP TABLE links_without_key");
}

// Who belongs where as what, as a person would keep it in their head.
struct Society {
  std::map<std::string, std::string> company_of;                // by person
  std::map<std::string, std::string> representative;            // by company; absent: none
  std::map<std::string, std::set<std::string>> administrators;  // by company

  bool Move(const std::string& person, const std::string& company) {
    std::string& now = company_of.at(person);
    if (now == company) return true;
    if (const auto it = representative.find(now); it != representative.end() && it->second == person) {
      representative.erase(it);
    }
    administrators[now].erase(person);
    now = company;
    return true;
  }
  bool Name(const std::string& company, const std::string& person) {
    if (company_of.at(person) != company) return false;
    representative[company] = person;
    return true;
  }
  bool Appoint(const std::string& company, const std::string& person) {
    if (company_of.at(person) != company) return false;
    administrators[company].insert(person);
    return true;
  }
  bool Remove(const std::string& company, const std::string& person) {
    administrators[company].erase(person);
    return true;
  }
};

class HistoriesTest : public LinksTest, public ::testing::WithParamInterface<unsigned> {
 protected:
  static constexpr int kDays = 30;
  static constexpr int kMostActsADay = 3;

  HistoriesTest() {
    MustImport(
        "a@example.org,A,One,professional,2021-08-24,,2,,\n"
        "b@example.org,B,One,professional,2021-08-24,,2,,\n"
        "c@example.org,C,Two,professional,2021-08-24,,2,,\n"
        "d@example.org,D,Two,professional,2021-08-24,,2,,\n"
        "e@example.org,E,Three,professional,2021-08-24,,2,,\n");
    for (const char* email :
         {"a@example.org", "b@example.org", "c@example.org", "d@example.org", "e@example.org"}) {
      const v1::Person person = PersonAt(email);
      society_.company_of[person.name()] = person.company();
      people_names_.push_back(person.name());
      companies_.insert(person.company());
    }
  }

  template <typename Names>
  std::string Any(const Names& names) {
    const auto n = std::uniform_int_distribution<std::size_t>(0, names.size() - 1)(random_numbers_);
    return *std::next(names.begin(), static_cast<std::ptrdiff_t>(n));
  }

  // Does one act to the register and to the model; both take it or both refuse it.
  void Act() {
    const std::string person = Any(people_names_);
    const std::string company = Any(companies_);
    bool expected = false;
    absl::Status status;
    switch (std::uniform_int_distribution<int>(0, 3)(random_numbers_)) {
      case 0:
        expected = society_.Move(person, company);
        status = Move(person, company);
        break;
      case 1:
        expected = society_.Name(company, person);
        status = LinksTest::Name(company, person);
        break;
      case 2:
        expected = society_.Appoint(company, person);
        status = Appoint(company, person);
        break;
      default:
        expected = society_.Remove(company, person);
        status = Remove(company, person);
    }
    EXPECT_EQ(status.ok(), expected) << testing::Describe(status);
  }

  void ExpectAsOf(absl::CivilDay day, const Society& then) {
    SCOPED_TRACE(FormatDate(day));
    const auto facts = db::Autocommit(database_.pool(), Soon(), [&](db::Session& session) {
      return store::LoadCompanies(session, day, "", 100);
    });
    ASSERT_OK(facts);
    std::size_t employed = 0;
    for (const rules::CompanyFacts& company : *facts) {
      const std::string name = ResourceName("companies", company.id);
      for (const rules::PersonFacts& person : company.people) {
        EXPECT_EQ(then.company_of.at(ResourceName("people", person.id)), name);
        ++employed;
      }
      const auto named = then.representative.find(name);
      EXPECT_EQ(company.representative.empty() ? "" : ResourceName("people", company.representative),
                named == then.representative.end() ? "" : named->second);
      std::set<std::string> administrators;
      for (const std::string& id : company.administrators) administrators.insert(ResourceName("people", id));
      const auto expected = then.administrators.find(name);
      EXPECT_EQ(administrators,
                expected == then.administrators.end() ? std::set<std::string>() : expected->second);
    }
    EXPECT_EQ(employed, then.company_of.size()) << "everybody has one company";
  }

  Society society_;
  std::vector<std::string> people_names_;
  std::set<std::string> companies_;
  std::mt19937 random_numbers_{GetParam()};
};

TEST_P(HistoriesTest, AnswerAsOfEveryDayWhatHeldAtItsEnd) {
  const absl::CivilDay first = ParseDate("2022-08-20").value();
  std::map<absl::CivilDay, Society> end_of_day = {{first - 1, society_}};
  for (absl::CivilDay day = first; day < first + kDays; ++day) {
    suite_.clock().Set(StartOf(day) + absl::Hours(12));
    const int acts = std::uniform_int_distribution<int>(0, kMostActsADay)(random_numbers_);
    for (int i = 0; i < acts; ++i) Act();
    end_of_day.emplace(day, society_);
  }
  for (const auto& [day, then] : end_of_day) ExpectAsOf(day, then);
}

INSTANTIATE_TEST_SUITE_P(Seeds, HistoriesTest, ::testing::Values(1u, 2u, 3u, 5u, 8u, 13u));

}  // namespace
}  // namespace plenary::membership
