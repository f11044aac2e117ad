// Random histories of buying, assigning, freeing and swapping by many at once, against a small model.
#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "services/membership/testing_teams.h"

namespace plenary::membership {
namespace {

using ::testing::AnyOf;

constexpr int kThreads = 8;
constexpr int kSteps = 25;
constexpr unsigned kSeed = 20220820;

class TeamPropertyTest : public TeamTest {
 protected:
  TeamPropertyTest() {
    for (int i = 1; i <= 6; ++i) people_.push_back(P(i));
    for (int i = 0; i < kThreads; ++i)
      staff_.push_back(v1::TeamService::NewStub(teams_loopback_.FreshChannel()));
  }

  // One random act of a thread; a refusal by a rule is an answer, too.
  absl::Status Step(int thread, std::mt19937& random) {
    const auto pick = [&](std::size_t size) {
      return std::uniform_int_distribution<std::size_t>(0, size - 1)(random);
    };
    Teams& stub = *staff_[static_cast<std::size_t>(thread)];
    switch (pick(10)) {
      case 0: {
        v1::BuySeatsRequest request;
        request.set_company(acme_);
        request.set_seats(1);
        const auto bought = testing::Invoke(&Teams::BuySeats, stub, suite_.Staff(), request);
        if (bought.ok()) Remember(bought->name());
        return bought.status();
      }
      case 1: {
        v1::ReduceSeatsRequest request;
        request.set_purchase(AnyPurchase(random));
        if (request.purchase().empty()) return absl::OkStatus();
        return testing::Invoke(&Teams::ReduceSeats, stub, suite_.Staff(), request).status();
      }
      case 2:
      case 3: {
        v1::FreeSeatRequest request;
        request.set_company(acme_);
        request.set_person(people_[pick(people_.size())]);
        return testing::Invoke(&Teams::FreeSeat, stub, suite_.Staff(), request).status();
      }
      case 4:
      case 5: {
        v1::SwapSeatRequest request;
        request.set_company(acme_);
        request.set_person_out(people_[pick(people_.size())]);
        request.set_person_in(people_[pick(people_.size())]);
        return testing::Invoke(&Teams::SwapSeat, stub, suite_.Staff(), request).status();
      }
      default: {
        v1::AssignSeatRequest request;
        request.set_company(acme_);
        request.set_person(people_[pick(people_.size())]);
        return testing::Invoke(&Teams::AssignSeat, stub, suite_.Staff(), request).status();
      }
    }
  }

  void Remember(const std::string& purchase) {
    const std::lock_guard lock(mutex_);
    purchases_.push_back(purchase);
  }
  std::string AnyPurchase(std::mt19937& random) {
    const std::lock_guard lock(mutex_);
    if (purchases_.empty()) return "";
    return purchases_[std::uniform_int_distribution<std::size_t>(0, purchases_.size() - 1)(random)];
  }

  // At no moment that anybody can see are more seats taken than there are.
  void WatchUntil(const std::atomic<bool>& done) {
    while (!done) {
      const v1::ListSeatsResponse seen = Seats();
      EXPECT_LE(seen.taken_count(), seen.seat_count());
      std::set<std::string> holders;
      for (const v1::Seat& seat : seen.seats()) EXPECT_TRUE(holders.insert(seat.person()).second);
    }
  }

  std::vector<std::string> people_;
  std::vector<std::unique_ptr<Teams>> staff_;
  std::mutex mutex_;
  std::vector<std::string> purchases_;
};

TEST_F(TeamPropertyTest, NeverMorePeopleThanSeatsWhateverManyDoAtOnce) {
  std::atomic<bool> done = false;
  std::mutex reasons_mutex;
  std::map<std::string, int> reasons;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      std::mt19937 random(kSeed + static_cast<unsigned>(i));
      for (int step = 0; step < kSteps; ++step) {
        const absl::Status status = Step(i, random);
        const std::lock_guard lock(reasons_mutex);
        ++reasons[status.ok() ? "OK" : ReasonOf(status)];
      }
    });
  }
  std::thread watcher([&] { WatchUntil(done); });
  for (std::thread& thread : threads) thread.join();
  done = true;
  watcher.join();

  for (const auto& [reason, count] : reasons) {
    EXPECT_THAT(reason, AnyOf("OK", "NO_FREE_SEAT", "SEAT_HELD", "SEAT_NOT_FOUND", "SEATS_IN_USE",
                              "FIELD_INVALID", "SEAT_TAKEN_TOO_OFTEN", "TRANSACTION_CONFLICT"))
        << count;
  }
  EXPECT_GT(reasons["OK"], kThreads) << "the histories did something";

  // The model: who sits is who the moves say, in their order.
  std::map<std::string, int> seated;
  for (const std::string& line :
       database_.Column("SELECT CONCAT(kind, ' ', number, ' ', COALESCE(person_out, '-'), ' ',"
                        " COALESCE(person_in, '-')) FROM seat_moves ORDER BY sequence")) {
    std::istringstream words(line);
    std::string kind, out, in;
    int number = 0;
    words >> kind >> number >> out >> in;
    if (out != "-") {
      EXPECT_EQ(seated.erase(out), 1u) << line;
    }
    if (in != "-") {
      EXPECT_TRUE(seated.emplace(in, number).second) << line;
    }
  }
  std::map<std::string, int> stored;
  const v1::ListSeatsResponse seats = Seats();
  for (const v1::Seat& seat : seats.seats()) {
    stored[seat.person().substr(7)] = std::stoi(seat.name().substr(seat.name().rfind('/') + 1));
  }
  EXPECT_EQ(seated, stored);
  // Whoever sits is an associate, today or from one of the next days on; nobody else is.
  for (const std::string& person : people_) {
    const std::string id = person.substr(7);
    const std::string open = database_.One(
        "SELECT COUNT(*) FROM memberships m WHERE m.category = 'associate' AND m.holder = '" + id +
        "' AND NOT EXISTS (SELECT 1 FROM membership_acts a WHERE a.holder = m.holder AND a.category = "
        "m.category"
        " AND a.start_date = m.start_date)");
    EXPECT_EQ(open, stored.contains(id) ? "1" : "0") << id;
  }
}

}  // namespace
}  // namespace plenary::membership
