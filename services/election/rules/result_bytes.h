// A result as bytes, so that whoever counts the same ballots can compare: "PLT1 || manifest hash 32 || final
// root 32 || u32 ballots || u32 spoilt || (ballot hash 32 || u8 reason) ascending || per contest in manifest
// order: u32 blank || u16 vacancies || u16 options || (u16 option || u64 votes || u8 flags) in order of
// rank". Integers are big-endian; reasons: 1 OPEN, 2 PK, 3 LENGTH, 4 PADDING, 5 CHOICES; flags: 1 elected, 2
// a lot decided. Times and terms are not part of it: they do not follow from the ballots.
#pragma once

#include <optional>
#include <string>

#include "plenary/election/v1/resources.pb.h"
#include "services/election/rules/published_manifest.h"

namespace plenary::election {

// `result` is of that manifest: its contests and options are the manifest's. nullopt when they are not, or
// its lot seed does not begin with a root.
std::optional<std::string> EncodeResult(const PublishedManifest& manifest, const v1::Result& result);

}  // namespace plenary::election
