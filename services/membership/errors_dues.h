// The errors of memberships and dues.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"

namespace plenary::membership::errors {

// Who asks.
absl::Status NotTheirMembership(std::string_view holder);  // PERMISSION_DENIED

// Periods.
absl::Status MembershipNotFound(std::string_view category);                      // NOT_FOUND
absl::Status CategoryNeeded();                                                   // INVALID_ARGUMENT
absl::Status MembershipRuns(std::string_view category);                          // ALREADY_EXISTS
absl::Status PeriodExists(absl::CivilDay start);                                 // ALREADY_EXISTS
absl::Status AlreadyRenewed(absl::CivilDay until);                               // ALREADY_EXISTS
absl::Status RenewalNotOpen(absl::CivilDay opens_on);                            // FAILED_PRECONDITION
absl::Status MembershipEndless(std::string_view category);                       // FAILED_PRECONDITION
absl::Status MembershipCancelled(absl::CivilDay from);                           // FAILED_PRECONDITION
absl::Status MembershipAlreadyCancelled();                                       // FAILED_PRECONDITION
absl::Status MembershipOver();                                                   // FAILED_PRECONDITION
absl::Status MembershipSuspended();                                              // FAILED_PRECONDITION
absl::Status RenewalTooFar(absl::CivilDay from);                                 // FAILED_PRECONDITION
absl::Status NotSuspended(std::string_view date);                                // ABORTED
absl::Status HolderDeceased();                                                   // FAILED_PRECONDITION
absl::Status DeathRecorded();                                                    // ALREADY_EXISTS
absl::Status MotionActed(std::string_view motion);                               // ALREADY_EXISTS
absl::Status PaymentNeeded(std::int64_t price_cents, std::string_view invoice);  // FAILED_PRECONDITION

// Invoices.
absl::Status InvoiceNotFound(std::string_view invoice);                              // NOT_FOUND
absl::Status InvoiceExists(std::string_view invoice);                                // ALREADY_EXISTS
absl::Status NothingToPay();                                                         // FAILED_PRECONDITION
absl::Status InvoiceVoid(std::string_view invoice);                                  // FAILED_PRECONDITION
absl::Status InvoiceHasPayments(std::string_view invoice, std::int64_t paid_cents);  // FAILED_PRECONDITION
absl::Status InvoiceStale(std::string_view invoice, absl::CivilDay lapsed_on);       // FAILED_PRECONDITION

// Payments.
absl::Status PaymentNotFound(std::string_view payment);                        // NOT_FOUND
absl::Status PaymentReferenceReused(std::string_view reference);               // ALREADY_EXISTS
absl::Status Overpayment(std::int64_t outstanding_cents);                      // FAILED_PRECONDITION
absl::Status RefundTooLarge(std::int64_t left_cents);                          // FAILED_PRECONDITION
absl::Status NotRefundable(std::string_view payment);                          // FAILED_PRECONDITION
absl::Status MonthInvalid(std::string_view field, std::string_view sentence);  // INVALID_ARGUMENT

}  // namespace plenary::membership::errors
