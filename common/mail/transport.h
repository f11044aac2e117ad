// Handing a message to a mail server, and what the server said.
#pragma once

#include <string>

namespace plenary::mail {

struct Envelope {
  std::string from;   // address
  std::string to;     // address
  std::string bytes;  // of Compose()
};

struct Delivery {
  enum class Outcome {
    kAccepted,        // the server took it, for good
    kLater,           // not now (4xx): this message again, after a while
    kAddressRefused,  // the server will never take mail for this address (5xx to RCPT)
    kMessageRefused,  // the server will never take this message (5xx to DATA)
    kServerUnusable,  // nothing that this message did: no connection, no TLS, no sign-in, a sender it refuses
  };
  Outcome outcome = Outcome::kServerUnusable;
  std::string detail;  // what the server or the network said; holds neither the message nor a password
};

class Transport {
 public:
  virtual ~Transport() = default;
  // At most one try. The server may have taken a message although the answer is another than kAccepted: the
  // connection was lost before its answer came.
  virtual Delivery Deliver(const Envelope& envelope) = 0;
};

}  // namespace plenary::mail
