// Every bound of the registrars that is not in limits.h. Times are of the suite's clock unless said
// otherwise.
#pragma once

#include <cstddef>

#include "absl/time/time.h"

namespace plenary::membership::limits {

// Characters of a dispute, and of its answer.
inline constexpr std::size_t kLongestDisputeText = 2'000;
// Disputes of one line at one registrar: each holds the certification up until it is answered, so there is a
// last one. Whoever was answered wrongly says so, once more with what they found since, and then it is for
// others to judge.
inline constexpr int kDisputesOfLine = 3;
// Bytes of a list of disputes: well below the 4 MiB that gRPC takes as an answer, and more than 350 open
// disputes of the longest texts.
inline constexpr int kDisputeListBytes = 3 * 1024 * 1024;

// Lines of a roll copy: what membership can freeze (limits.h, kMostRows), and of one message of it.
inline constexpr std::size_t kMostRollCopyLines = 250'000;
inline constexpr int kRollCopyLinesAMessage = 500;
// Bytes of one message to the auditor's registrar: 500 lines with the longest names there may be.
inline constexpr int kRegistrarMessageBytes = 1024 * 1024;

// Credentials that come on record in one transaction, and how long it gathers them, real time, while every
// core makes a signature: about as long as one takes. Who collects alone does not wait.
inline constexpr std::size_t kMostIssuedTogether = 32;
inline constexpr absl::Duration kIssuingPatience = absl::Milliseconds(2);
// How long that transaction may take, real time: as long as a statement waits for a lock (common/db), so that
// one that met somebody is not run again; each tries alone then.
inline constexpr absl::Duration kRecordPatience = absl::Seconds(5);

// Codes of the auditor's registrar; drawn as membership draws its own (limits_identity.h).
inline constexpr absl::Duration kCodeLifetime = absl::Minutes(15);
// Wrong codes for one address from one place since that place requested the last one; and for each code from
// everywhere, far below what would find one of 39 bits. A stranger elsewhere uses up nobody's tries.
inline constexpr int kTriesOfCode = 5;
inline constexpr int kTriesOfCodeAnywhere = 1'000;
// Mails to one address, known or not, an hour, asked for by one place.
inline constexpr int kCodesOfAddress = 5;
// The same asked for by all places together, in kCodeLifetime: who is refused because strangers asked has a
// code in the mailbox that is still good.
inline constexpr int kCodesOfAddressAnywhere = 8;
// Requests from one place an hour: an office behind one address on the morning of an election.
inline constexpr int kCodesFromPeer = 60;
// What an operator may raise that to: a stack on one machine whose voters all call from there.
inline constexpr int kMostCodesFromPeer = 1'000'000;
// Wrong codes from one place an hour.
inline constexpr int kWrongCodesFromPeer = 100;

// Mails that wait for the mail server; one more is dropped, and its code requested again.
inline constexpr std::size_t kMostMailsWaiting = 10'000;
// Between two tries at a mail server that took nothing, or put one mail off, real time: the first pause,
// which doubles up to the longest. A code lives 15 minutes, so the longest is short.
inline constexpr absl::Duration kCodeMailPause = absl::Seconds(2);
inline constexpr absl::Duration kLongestCodeMailPause = absl::Seconds(30);

// Between two looks for codes and counts that are of no use any more, real time, and the rows of one
// statement.
inline constexpr absl::Duration kCodeRetentionInterval = absl::Minutes(1);
inline constexpr int kCodesDeletedAtOnce = 500;

}  // namespace plenary::membership::limits
