// Where each voter of the fault tests is, told to whoever maps the file: the numbers under which voters stand
// at each step, at this very moment. Calls are seen by an interceptor, so that a step lasts exactly as long
// as its call.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace plenary::fault {

// In the order of the file, which holds one native 32-bit number a step.
enum Step {
  kCompare,     // the manifest, at everybody who has it, and the log
  kRegistrar1,  // IssueCredential at membership, which also keeps the recovery blob
  kRegistrar2,  // the same at the auditor's registrar
  kRecover,     // GetIssuance from another device, with the recovery code
  kFinish,      // all have signed: the credential is put together, the ballot made, both kept on the disk
  kCast,        // CastBallot
  kInclusion,   // the look into the log after the receipt, which casts again while the ballot is not there
  kSteps,
};

// Counts voters by step. One a process; the calls of gRPC report to it.
class StepBoard {
 public:
  // `path` is made, or overwritten; empty: nobody is told.
  static absl::Status Open(const std::string& path);
};

// The voter of this thread, for as long as it lives. Whatever the thread calls counts for it.
class Walker {
 public:
  Walker();
  ~Walker();
  Walker(const Walker&) = delete;
  Walker& operator=(const Walker&) = delete;
  // nullptr where no voter is.
  static Walker* OfThisThread();

  // The registrar that is asked next, from 0.
  void AsksRegistrar(int registrar) { registrar_ = registrar; }
  // From here on every call is part of looking for the ballot.
  void LooksForBallot() { looks_for_ballot_ = true; }

  void CallBegins(const std::string& method);
  void CallEnds(const std::string& method, bool ok);

 private:
  void Enter(int step);

  int step_ = kSteps;  // kSteps: none
  int registrar_ = 0;
  bool looks_for_ballot_ = false;
};

}  // namespace plenary::fault
