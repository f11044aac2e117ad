// Credits of continuing education as people write them: "1.5" is 150 hundredths.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plenary::cli {

// "1.50"
std::string CreditText(std::int64_t hundredths);

// nullopt for what is no number of at most two decimals, from 0 to 1,000.
std::optional<std::int32_t> ParseCredits(std::string_view text);

}  // namespace plenary::cli
