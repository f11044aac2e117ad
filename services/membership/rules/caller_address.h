// Where a call comes from, for counting attempts.
#pragma once

#include <string>
#include <string_view>

namespace plenary::membership::rules {

// `peer` is gRPC's ("ipv4:127.0.0.1:4711"), `forwarded_for` the last x-forwarded-for header, "" when there is
// none. A proxy on this machine says who asked it, in the last entry of the header, which is the one that it
// wrote itself; what anybody else writes there counts for nothing. An IPv4 address, or the /64 of an IPv6
// address: whoever has one address of such a net has them all.
std::string CallerAddress(std::string_view peer, std::string_view forwarded_for);

}  // namespace plenary::membership::rules
