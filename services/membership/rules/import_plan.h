// What an import changes: the rows of a file against what the register knows. Nothing is stored here.
//
// A row adds facts and never takes one back: a period of membership is added or found as it is, an empty
// field leaves what the register says. The plan of the same file a second time is therefore empty. A file of
// an earlier year fills gaps alone (import_timeline.h).
//
// A file is planned page by page, so that its length does not matter: rows in the order of ImportOrder, where
// the rows of a person are side by side and those of a company follow each other.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/ids/id.h"
#include "plenary/membership/v1/register_service.pb.h"
#include "services/membership/rules/import_row.h"
#include "services/membership/rules/import_timeline.h"
#include "services/membership/rules/membership_state.h"

namespace plenary::membership::rules {

struct RegisterPerson {
  std::string id;
  std::string email;
  std::string full_name;
  std::string company;
  int accepted_letters = 0;
};

struct RegisterCompany {
  std::string id;
  std::string display_name;
  std::string key;
  std::string representative;
  std::int64_t version = 1;
};

// The part of the register that the rows touch.
struct KnownRegister {
  std::map<std::string, RegisterPerson> people;                   // by e-mail
  std::map<std::string, RegisterCompany> companies;               // by key; those of these people too
  std::map<std::string, std::vector<Period>> periods;             // by holder
  Categories categories;                                          // of today
  std::map<std::string, std::vector<KnownLink>> links;            // by person, oldest first
  std::map<std::string, std::vector<KnownLink>> representatives;  // by company, oldest first
  std::map<std::string, std::vector<LetterCount>> letters;        // by person, oldest first
  // By company: who collects for it in the elections still running of which it holds a credential, named its
  // representative or not.
  std::map<std::string, std::set<std::string>> collectors;
};

struct NewPeriod {
  std::string holder;  // id of a person or of a company
  Period period;
};
struct Rename {
  std::string person;
  std::string before;
  std::string after;
};
struct NewLetters {
  std::string person;
  LetterCount count;
  int before = 0;
};
struct NewRepresentative {
  std::string company;
  std::string person;  // "": none
};

struct ImportCounts {
  std::int64_t people_created = 0;
  std::int64_t people_updated = 0;
  std::int64_t rows_unchanged = 0;
  std::int64_t companies_created = 0;
  std::int64_t memberships_created = 0;
  std::int64_t facts_kept = 0;

  ImportCounts& operator+=(const ImportCounts& other);
  void FillIn(v1::ImportMembersResponse& report) const;
};

// What becomes of a page. Of use only when no page of the file has a problem. Ended links carry their new
// end.
struct ImportPlan {
  ImportCounts counts;
  std::vector<RowProblem> problems;
  std::vector<RegisterCompany> new_companies;
  std::vector<RegisterPerson> new_people;
  std::vector<RegisterPerson> changed_people;
  std::vector<Rename> renames;
  std::vector<NewPeriod> new_periods;
  std::vector<KnownLink> ended_links;
  std::vector<KnownLink> new_links;
  std::vector<NewRepresentative> new_representatives;  // of companies that were there before this page
  std::vector<NewLetters> new_letters;
};

// By company, person and line.
bool ImportOrder(const ImportRow& a, const ImportRow& b);

class ImportPlanner {
 public:
  // Borrows `ids`.
  ImportPlanner(const FileTime& time, IdSource& ids) : time_(time), ids_(ids) {}

  // The next rows of the file; `known` is what they touch, as it is after the plans before were stored, or as
  // it was before the first when none is: the plans' counts and problems are the same.
  ImportPlan PlanPage(std::span<const ImportRow> rows, const KnownRegister& known);

 private:
  using Rows = std::span<const ImportRow>;

  // The company whose rows are being planned.
  struct PlannedCompany {
    RegisterCompany company;
    bool is_new = false;
    bool renamed_representative = false;
    std::string only_for;  // e-mail of the person it was made for, who named no company
    std::string named_by;  // e-mail of the row that names a representative
    std::optional<std::pair<std::string, StatedDays>> stated;  // its own membership, for a person's days
    int stated_periods = 0;
    std::vector<Period> periods;
    std::vector<KnownLink> representatives;
  };
  // The person whose rows are being planned.
  struct PlannedPerson {
    RegisterPerson person;
    const RegisterPerson* before = nullptr;
    absl::CivilDay since;  // the earliest day that the rows state
    bool since_is_stated = false;
    std::vector<KnownLink> employments;
    std::vector<Period> periods;
    bool news = false;
  };

  void Fail(const ImportRow& row, Column column, std::string_view reason, std::string message);
  void BeginCompany(const std::string& key);
  void PutCompany();
  void MakeCompany(const ImportRow& row);

  void PlanPerson(Rows rows);
  bool Agree(Rows rows);
  bool FindCompany(const ImportRow& row, const RegisterPerson* before, PlannedCompany*& company);
  PlannedPerson BeginPerson(Rows rows, const PlannedCompany* company);
  void Count(const PlannedPerson& planned, const std::vector<bool>& row_news);

  enum class Novelty { kKnown, kNew, kOtherEnd, kOverlap };
  Novelty Hold(const std::string& holder, std::vector<Period>& held, const std::string& category,
               const StatedDays& days);
  Novelty Compare(const std::vector<Period>& held, const std::string& category, const StatedDays& days) const;
  void FailHold(const ImportRow& row, Column overlap, Column end, Novelty novelty);
  bool TakePeriod(const ImportRow& row, PlannedPerson& planned);
  bool TakeCompanyPeriod(const ImportRow& row, PlannedCompany* company);
  void TakeName(const ImportRow& row, PlannedPerson& planned);
  void TakeLetters(const ImportRow& row, PlannedPerson& planned);
  void TakeEmployment(const ImportRow& row, PlannedPerson& planned, const PlannedCompany& company);
  void TakePastEmployment(PlannedPerson& planned, const PlannedCompany& company);
  void Move(const ImportRow& row, PlannedPerson& planned, const PlannedCompany& company);
  void TakeRepresentative(const ImportRow& row, PlannedPerson& planned, PlannedCompany& company);
  void TakePastRepresentative(PlannedPerson& planned, PlannedCompany& company);
  bool Collects(const std::string& person, const std::string& company) const;
  void NameRepresentative(const ImportRow& row, PlannedPerson& planned, PlannedCompany& company);
  KnownLink AddLink(const std::string& person, const std::string& company, KnownLink::Role role, Stay stay);
  absl::CivilDay End(const KnownLink& link);

  const FileTime time_;
  IdSource& ids_;
  std::string key_;
  std::optional<PlannedCompany> company_;

  // Of the page at hand.
  const KnownRegister* known_ = nullptr;
  std::set<std::string> ended_;  // links
  ImportPlan plan_;
};

// Rows that are a page of their own, in any order.
ImportPlan PlanImport(std::vector<ImportRow> rows, const KnownRegister& known, const FileTime& time,
                      IdSource& ids);

}  // namespace plenary::membership::rules
