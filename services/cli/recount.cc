#include "services/cli/recount.h"

#include <utility>

#include "common/crypto/bytes.h"
#include "common/status/macros.h"
#include "fmt/format.h"
#include "services/cli/errors.h"

namespace plenary::cli {
namespace {

using election::v1::ContestResult;
using election::v1::Result;

absl::Status Different(const std::string& what) {
  return errors::CheckFailed(
      fmt::format("{} when the published ballots are counted again. Tell the auditors.", what));
}

absl::Status CompareFigures(const Result& published, const Result& counted) {
  const std::pair<const char*, bool> figures[] = {
      {"The number of ballots", published.ballot_count() == counted.ballot_count()},
      {"The length of the roll", published.roll_count() == counted.roll_count()},
      {"The seed of the lots", published.lot_seed() == counted.lot_seed()},
      {"The number of contests", published.contests_size() == counted.contests_size()},
  };
  for (const auto& [name, same] : figures) {
    if (!same) return Different(fmt::format("{} is another one", name));
  }
  return absl::OkStatus();
}

absl::Status CompareContest(const ContestResult& published, const std::string& report,
                            const ContestResult& counted, const std::string& counted_report) {
  if (published.SerializeAsString() != counted.SerializeAsString()) {
    return Different(fmt::format("{} has another result", counted.display_name()));
  }
  const std::string sha256 = counted_report.empty() ? "" : crypto::Sha256(report);
  if (report != counted_report || sha256 != published.report_sha256()) {
    return Different(fmt::format("{} has another report", counted.display_name()));
  }
  return absl::OkStatus();
}

// What the count would have been published as: a result from before there were reports knows nothing of them.
election::Counted AsPublished(const Result& published, election::Counted counted) {
  for (int i = 0; i < published.contests_size(); ++i) {
    if (published.contests(i).method() != election::v1::COUNTING_METHOD_UNSPECIFIED) continue;
    ContestResult& contest = *counted.result.mutable_contests(i);
    contest.clear_method();
    contest.clear_decimals();
    contest.clear_report_sha256();
    counted.reports.at(static_cast<std::size_t>(i)).clear();
  }
  return counted;
}

}  // namespace

absl::Status CompareCount(const Result& published, const std::vector<std::string>& reports,
                          const election::Counted& recounted) {
  RETURN_IF_ERROR(CompareFigures(published, recounted.result));
  const election::Counted counted = AsPublished(published, recounted);
  if (reports.size() != counted.reports.size()) return Different("There are other reports");
  for (int i = 0; i < published.contests_size(); ++i) {
    const auto number = static_cast<std::size_t>(i);
    RETURN_IF_ERROR(CompareContest(published.contests(i), reports.at(number), counted.result.contests(i),
                                   counted.reports.at(number)));
  }
  Result same = counted.result;
  same.set_state(published.state());
  if (published.has_count_time()) *same.mutable_count_time() = published.count_time();
  if (published.has_certify_time()) *same.mutable_certify_time() = published.certify_time();
  return same.SerializeAsString() == published.SerializeAsString() ? absl::OkStatus()
                                                                   : Different("The result is another one");
}

}  // namespace plenary::cli
