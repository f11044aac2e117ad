#include "services/ethics/rules/binding.h"

namespace plenary::ethics::rules {

v1::Binding Unset() {
  v1::Binding binding;
  binding.set_level(v1::Binding::LEVEL_RECOMMENDED);
  return binding;
}

bool Blocks(v1::Binding::Level level, Acceptance acceptance) {
  return level == v1::Binding::LEVEL_TO_JOIN && acceptance == Acceptance::kNotAccepted;
}

}  // namespace plenary::ethics::rules
