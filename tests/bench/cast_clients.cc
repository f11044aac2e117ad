#include "tests/bench/cast_clients.h"

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <atomic>
#include <functional>
#include <latch>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "common/status/grpc_status.h"
#include "plenary/election/v1/ballot_box_service.grpc.pb.h"

namespace plenary {
namespace {

namespace v1 = election::v1;

constexpr absl::Duration kPatience = absl::Seconds(20);

class Client {
 public:
  explicit Client(const std::string& box) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection each
    channel_ = grpc::CreateCustomChannel(box, grpc::InsecureChannelCredentials(), arguments);
    stub_ = v1::BallotBoxService::NewStub(channel_);
  }

  bool Connect() { return channel_->WaitForConnected(absl::ToChronoTime(absl::Now() + kPatience)); }

  void Cast(const std::string& ballot, std::function<void()> then) {
    context_.emplace();
    context_->set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
    request_.set_ballot(ballot);
    const absl::Time begin = absl::Now();
    stub_->async()->CastBallot(&*context_, &request_, &response_,
                               [this, begin, then = std::move(then)](const grpc::Status& status) {
                                 failure = FromGrpcStatus(status);
                                 milliseconds.push_back(absl::ToDoubleMilliseconds(absl::Now() - begin));
                                 then();
                               });
  }

  absl::Status failure;
  std::vector<double> milliseconds;

 private:
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::BallotBoxService::Stub> stub_;
  std::optional<grpc::ClientContext> context_;
  v1::CastBallotRequest request_;
  v1::CastBallotResponse response_;
};

class Casting {
 public:
  Casting(std::size_t clients, const std::string& box, const std::vector<std::string>& ballots)
      : ballots_(ballots), done_(static_cast<std::ptrdiff_t>(clients)) {
    for (std::size_t i = 0; i < clients; ++i) clients_.push_back(std::make_unique<Client>(box));
  }

  absl::StatusOr<Measured> Run() {
    for (const auto& client : clients_) {
      if (!client->Connect()) return absl::UnavailableError("The box cannot be reached.");
    }
    const absl::Time start = absl::Now();
    for (const auto& client : clients_) GoOn(*client);
    done_.wait();
    Measured measured;
    measured.Add(absl::Now() - start, {});
    for (const auto& client : clients_) {
      RETURN_IF_ERROR(client->failure);
      measured.Add(absl::ZeroDuration(), client->milliseconds);
    }
    return measured;
  }

 private:
  void GoOn(Client& client) {
    const std::size_t item = next_++;
    if (item >= ballots_.size() || !client.failure.ok()) return done_.count_down();
    client.Cast(ballots_[item], [this, &client] { GoOn(client); });
  }

  const std::vector<std::string>& ballots_;
  std::atomic<std::size_t> next_{0};
  std::latch done_;
  // Last: with the last of their channels gRPC ends its threads, none of which uses the above any more then.
  // And never by one of those threads, which would wait for itself.
  std::vector<std::unique_ptr<Client>> clients_;
};

}  // namespace

absl::StatusOr<Measured> CastBy(std::size_t clients, const std::string& box,
                                const std::vector<std::string>& ballots) {
  return Casting(clients, box, ballots).Run();
}

}  // namespace plenary
