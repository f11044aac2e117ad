// How people are verified for a category that asks for letters of reference: by those letters, or by any of
// the ways that the society laid down beside them. A way is data: verified is who has all that one way asks
// for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plenary::membership::rules {

// What one way asks for; everything that is set is needed.
struct VerificationWay {
  std::string category;  // bare id
  std::string id;        // bare id
  std::string display_name;
  int letters = 0;            // accepted letters of reference
  std::string track;          // id of the track whose certification is needed; "" none
  int vouchers = 0;           // people who vouch
  bool board_motion = false;  // a motion of the board that verifies the person

  // A way that asks for nothing would verify everybody.
  bool AsksForSomething() const { return letters > 0 || !track.empty() || vouchers > 0 || board_motion; }
};

// What speaks for a person on a day, beside their letters.
struct VerificationEvidence {
  int vouchers = 0;
  std::vector<std::string> tracks;              // certifications that hold, by the track's id
  std::vector<std::string> granted_categories;  // for which a motion of the board verified them
};

// A sentence for each thing that the way asks for and the person lacks; none when the way is satisfied.
std::vector<std::string> MissingOf(const VerificationWay& way, int accepted_letters,
                                   const VerificationEvidence& evidence);

// The first way of the category that the person satisfies; nullptr when there is none. Lives as long as
// `ways`.
const VerificationWay* VerifiedBy(const std::vector<VerificationWay>& ways, std::string_view category,
                                  int accepted_letters, const VerificationEvidence& evidence);

}  // namespace plenary::membership::rules
