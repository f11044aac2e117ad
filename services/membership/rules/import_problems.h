// The bad rows of a file: the first ones by line, and how many there are.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "services/membership/limits.h"
#include "services/membership/rules/import_row.h"

namespace plenary::membership::rules {

class ImportProblems {
 public:
  void Add(RowProblem problem) {
    ++count_;
    const auto later = [](const RowProblem& a, const RowProblem& b) { return a.line() < b.line(); };
    if (first_.size() == static_cast<std::size_t>(limits::kMostProblems)) {
      if (problem.line() >= first_.front().line()) return;
      std::pop_heap(first_.begin(), first_.end(), later);
      first_.pop_back();
    }
    first_.push_back(std::move(problem));
    std::push_heap(first_.begin(), first_.end(), later);
  }
  // Problems of which only the number is told.
  void AddUntold(std::int64_t count) { count_ += count; }

  std::int64_t count() const { return count_; }
  bool empty() const { return count_ == 0; }

  // At most kMostProblems, in file order, and the number of all.
  void FillIn(v1::ImportMembersResponse& report) const {
    std::vector<RowProblem> sorted = first_;
    std::sort(sorted.begin(), sorted.end(),
              [](const RowProblem& a, const RowProblem& b) { return a.line() < b.line(); });
    report.set_problem_count(count_);
    for (RowProblem& problem : sorted) *report.add_problems() = std::move(problem);
  }

 private:
  std::vector<RowProblem> first_;  // a heap: the latest line in front
  std::int64_t count_ = 0;
};

}  // namespace plenary::membership::rules
