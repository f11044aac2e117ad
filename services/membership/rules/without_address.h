// What mail servers say about an address, without the address.
#pragma once

#include <string>
#include <string_view>

namespace plenary::membership::rules {

// `text` with "<address>" where it names `address`, in any case, with or without angle brackets; also where
// the end of the text cuts it short behind its @. `address` is normalised (rules::NormaliseEmail); "" is
// nowhere.
std::string WithoutAddress(std::string_view text, std::string_view address);

}  // namespace plenary::membership::rules
