#include "services/election/rules/counting/contest.h"

#include "services/election/rules/counting/lot.h"

namespace plenary::election::counting {

std::vector<std::string> DrawLots(std::string_view seed, std::uint16_t contest, std::size_t options) {
  std::vector<std::string> lots;
  lots.reserve(options);
  for (std::size_t option = 0; option < options; ++option) {
    lots.push_back(Lot(seed, contest, static_cast<std::uint16_t>(option)));
  }
  return lots;
}

}  // namespace plenary::election::counting
