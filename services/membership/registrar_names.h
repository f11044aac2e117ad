// What the parts of the registrar share: names of units, and how a blinded message looks.
#pragma once

#include <string>
#include <string_view>

#include "common/crypto/rsa_key.h"
#include "services/membership/roll_names.h"

namespace plenary::membership {

// "companies/…" or "people/…".
inline std::string UnitName(bool of_people, std::string_view unit) {
  return ResourceName(of_people ? kPeople : kCompanies, unit);
}

// In [1, n). Big-endian numbers of equal length compare as bytes.
inline bool IsBlindedMessage(std::string_view message, std::string_view n) {
  return message.size() == crypto::kRsaModulusSize && message < n &&
         message.find_first_not_of('\0') != std::string_view::npos;
}

}  // namespace plenary::membership
