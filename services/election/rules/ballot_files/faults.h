// Every reason why a ballot file is refused, with its wording. `line` is where the fault stands, from 1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "services/election/rules/ballot_files/ballot_file.h"

namespace plenary::election::ballot_files::faults {

// The file as a whole.
ReadFault FileUnreadable();
ReadFault FileEmpty();
ReadFault NotUtf8(std::int64_t line);
ReadFault ScoresNeedCsv(std::string_view format);
ReadFault NoBallots();
ReadFault AllBallotsBlank();
// Every ballot is blank, or spoilt for one of two reasons; the numbers are sums of weights.
ReadFault NoValidBallots(const Expectation& limits, std::int64_t blank, std::int64_t too_few,
                         std::int64_t too_many);

// Numbers. `what` was expected and `found` stands there instead.
ReadFault NumberExpected(std::int64_t line, std::string_view what, std::string_view found);
ReadFault NoOptions(std::int64_t line);
ReadFault TooManyOptions(std::int64_t line);
ReadFault NoOptionsLeft(std::int64_t line);
ReadFault NoSeats(std::int64_t line);
ReadFault TooManySeats(std::int64_t line);

// Ballots.
ReadFault WeightInvalid(std::int64_t line);
ReadFault WeightNegative(std::int64_t line);
ReadFault TooManyBallots(std::int64_t line);
ReadFault OptionUnknown(std::int64_t line, std::int64_t number, std::uint32_t options);
ReadFault OptionRepeated(std::int64_t line, std::int64_t number);
ReadFault OptionRepeatedInBlt(std::int64_t line, std::int64_t number, std::int64_t start);
ReadFault EqualRanks(std::int64_t line);
ReadFault EqualRanksNotOfFormat(std::int64_t line, std::string_view format, std::string_view with_ties);
ReadFault EqualsSignMisplaced(std::int64_t line);
ReadFault RankSkippedByDash(std::int64_t line);
ReadFault RankSkipped(std::int64_t line, std::int64_t rank);
ReadFault BallotNotEnded(std::int64_t start);
ReadFault EndMarkMissing(std::int64_t line);
ReadFault BallotIdUnsupported(std::int64_t line);

// Names and titles.
ReadFault NameExpected(std::int64_t line, std::string_view found);
ReadFault NamesMissing(std::size_t found, std::size_t expected);
ReadFault TitleMissing(std::int64_t line);
ReadFault TooManyNames(std::int64_t line, std::size_t options);
ReadFault NameNotClosed(std::int64_t line);
ReadFault QuoteInName(std::int64_t line);
ReadFault NameEmpty(std::int64_t line);
ReadFault NameTooLong(std::int64_t line);
ReadFault NameHasControlCharacter(std::int64_t line, char32_t character);
ReadFault NameHasInvisibleCharacter(std::int64_t line, char32_t character);
ReadFault NameRepeated(std::int64_t line, std::string_view name, std::int64_t first_line);

// PrefLib's own.
ReadFault MetadataMissing(std::int64_t line, std::string_view key);
ReadFault MetadataRepeated(std::int64_t line, std::string_view key);
ReadFault AnnouncedOtherwise(std::string_view what, std::int64_t announced, std::int64_t read);
ReadFault SignExpected(std::int64_t line, std::string_view sign, std::string_view found);
ReadFault OrderIncomplete(std::int64_t line, std::string_view format, std::string_view incomplete);

// CSV's own.
ReadFault SeparatorNotComma(std::int64_t line, char separator);  // a semicolon or a tab
ReadFault WeightNotFirst(std::int64_t line);
ReadFault CellCountWrong(std::int64_t line, std::size_t expected);
ReadFault CellTooLong(std::int64_t line);
ReadFault QuoteMisplaced(std::int64_t line);
ReadFault QuoteNotClosed(std::int64_t line);
ReadFault MarkInvalid(std::int64_t line, std::string_view option);
ReadFault RankInvalid(std::int64_t line, std::string_view option);
ReadFault ScoreInvalid(std::int64_t line, std::string_view option);
ReadFault ScoreTooHigh(std::int64_t line, std::string_view option, std::uint32_t max_score);

}  // namespace plenary::election::ballot_files::faults
