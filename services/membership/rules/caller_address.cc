#include "services/membership/rules/caller_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "services/membership/rules/text.h"

namespace plenary::membership::rules {
namespace {

constexpr std::size_t kNetBytes = 8;  // of an IPv6 address: /64

std::optional<std::string> Canonical(std::string_view text) {
  const std::string address(text);
  in_addr four{};
  in6_addr six{};
  std::array<char, INET6_ADDRSTRLEN> shown{};
  if (inet_pton(AF_INET, address.c_str(), &four) == 1) {
    return inet_ntop(AF_INET, &four, shown.data(), shown.size());
  }
  if (inet_pton(AF_INET6, address.c_str(), &six) != 1) return std::nullopt;
  if (IN6_IS_ADDR_V4MAPPED(&six)) {
    std::copy_n(&six.s6_addr[12], sizeof four, reinterpret_cast<std::uint8_t*>(&four));
    return inet_ntop(AF_INET, &four, shown.data(), shown.size());
  }
  if (IN6_IS_ADDR_LOOPBACK(&six)) return "::1";
  std::fill(six.s6_addr + kNetBytes, six.s6_addr + sizeof six.s6_addr, 0);
  return std::string(inet_ntop(AF_INET6, &six, shown.data(), shown.size())) + "/64";
}

// "ipv4:192.0.2.1:4711", "ipv6:[::1]:4711" or "ipv6:%5B::1%5D:4711" without kind, port and brackets.
std::string_view HostOf(std::string_view peer) {
  peer.remove_prefix(std::min(peer.size(), peer.find(':') + 1));
  peer = peer.substr(0, peer.rfind(':'));
  for (const std::string_view bracket : {"%5B", "["}) {
    if (peer.substr(0, bracket.size()) == bracket) peer.remove_prefix(bracket.size());
  }
  for (const std::string_view bracket : {"%5D", "]"}) {
    if (peer.size() >= bracket.size() && peer.substr(peer.size() - bracket.size()) == bracket) {
      peer.remove_suffix(bracket.size());
    }
  }
  return peer;
}

}  // namespace

std::string CallerAddress(std::string_view peer, std::string_view forwarded_for) {
  const std::string caller = Canonical(HostOf(peer)).value_or("here");
  if (caller != "here" && caller != "::1" && caller.rfind("127.", 0) != 0) return caller;
  const std::size_t comma = forwarded_for.rfind(',');
  const std::string_view last =
      comma == std::string_view::npos ? forwarded_for : forwarded_for.substr(comma + 1);
  return Canonical(Trim(last)).value_or(caller);
}

}  // namespace plenary::membership::rules
