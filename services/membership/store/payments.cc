#include "services/membership/store/payments.h"

#include <array>
#include <limits>
#include <utility>

#include "common/db/timestamps.h"
#include "common/ids/id.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"
#include "services/membership/rules/invoice.h"
#include "services/membership/store/dates.h"

namespace plenary::membership::store {
namespace {

#define PAYMENT_COLUMNS                                                                            \
  "sequence, id, reference, kind, amount_cents, refunded_cents, received_on, holder, holder_kind," \
  " invoice, refund_of, note, created_at"
// What the holder is called is read without a lock, and so not by those that lock.
#define SELECT_PAYMENT                                                 \
  "SELECT " PAYMENT_COLUMNS                                            \
  ", COALESCE((SELECT full_name FROM people h WHERE h.id = p.holder)," \
  " (SELECT display_name FROM companies f WHERE f.id = p.holder), '') FROM payments p"
#define LOCK_PAYMENT "SELECT " PAYMENT_COLUMNS ", '' FROM payments"

constexpr char kInsert[] =
    "INSERT INTO payments (id, reference, kind, amount_cents, refunded_cents, received_on, holder, "
    "holder_kind,"
    " invoice, refund_of, note, created_at) VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kAddToRefunded[] =
    "UPDATE payments SET refunded_cents = refunded_cents + ?"
    " WHERE id = ? AND refunded_cents + ? BETWEEN 0 AND amount_cents";
constexpr char kInsertContribution[] =
    "INSERT INTO contributions (payment, donor_name, purpose, anonymous) VALUES (?, ?, ?, ?)";
constexpr char kFind[] = SELECT_PAYMENT " WHERE id = ?";
constexpr char kLock[] = LOCK_PAYMENT " WHERE id = ? FOR UPDATE";
constexpr char kLockByReference[] = LOCK_PAYMENT " WHERE reference = ? FOR UPDATE";
constexpr char kList[] = SELECT_PAYMENT " WHERE sequence < ? ORDER BY sequence DESC LIMIT ?";
constexpr char kListOfHolder[] =
    SELECT_PAYMENT " WHERE holder = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?";
constexpr char kListOfInvoice[] = SELECT_PAYMENT
    " WHERE invoice = ? AND sequence < ? AND (? = '' OR holder = ?) ORDER BY sequence DESC LIMIT ?";
constexpr char kListOfReference[] = SELECT_PAYMENT
    " WHERE reference = ? AND sequence < ? AND (? = '' OR holder = ?) AND (? = '' OR invoice = ?) LIMIT ?";

#define CONTRIBUTION_COLUMNS                                                                                 \
  "SELECT p.sequence, p.id, p.kind, p.amount_cents, p.refunded_cents, p.received_on, p.reference, p.holder," \
  " p.holder_kind, COALESCE(NULLIF(c.donor_name, ''), h.full_name, f.display_name, ''), c.purpose, "         \
  "c.anonymous"                                                                                              \
  " FROM payments p JOIN contributions c ON c.payment = p.id LEFT JOIN people h ON h.id = p.holder"          \
  " LEFT JOIN companies f ON f.id = p.holder"

constexpr char kFindContribution[] = CONTRIBUTION_COLUMNS " WHERE p.id = ?";
constexpr char kListContributions[] =
    CONTRIBUTION_COLUMNS " WHERE p.sequence < ? AND (? = '' OR p.kind = ?) ORDER BY p.sequence DESC LIMIT ?";
constexpr char kListContributionsOfDonor[] = CONTRIBUTION_COLUMNS
    " WHERE p.holder = ? AND p.sequence < ? AND (? = '' OR p.kind = ?) ORDER BY p.sequence DESC LIMIT ?";

constexpr char kRevenue[] =
    "SELECT YEAR(received_on), MONTH(received_on), kind, SUM(CASE WHEN amount_cents > 0 THEN 1 ELSE 0 END),"
    " SUM(CASE WHEN amount_cents > 0 THEN amount_cents ELSE 0 END),"
    " SUM(CASE WHEN amount_cents < 0 THEN -amount_cents ELSE 0 END)"
    " FROM payments WHERE received_on >= ? AND received_on < ?"
    " GROUP BY YEAR(received_on), MONTH(received_on), kind"
    " ORDER BY YEAR(received_on), MONTH(received_on), kind";

constexpr std::array<std::pair<v1::PaymentKind, std::string_view>, 5> kKinds = {{
    {v1::PAYMENT_KIND_DUES, "DUES"},
    {v1::PAYMENT_KIND_DONATION, "DONATION"},
    {v1::PAYMENT_KIND_SPONSORSHIP, "SPONSORSHIP"},
    {v1::PAYMENT_KIND_VENDOR_PARTNER, "VENDOR_PARTNER"},
    {v1::PAYMENT_KIND_OTHER, "OTHER"},
}};

std::uint64_t Bound(std::uint64_t before) {
  return before == 0 ? std::uint64_t{std::numeric_limits<std::int64_t>::max()} : before;
}

std::string HolderOf(const db::Row& row, std::size_t id, std::size_t kind) {
  if (row.IsNull(id)) return "";
  return HolderName({.kind = KindOf(row.Text(kind)), .id = row.Text(id)});
}

std::string NameOrNone(std::string_view collection, const std::optional<std::string>& id) {
  return id.has_value() ? ResourceName(collection, *id) : "";
}

v1::Payment PaymentOf(const db::Row& row) {
  v1::Payment payment;
  payment.set_name(ResourceName("payments", row.Text(1)));
  payment.set_reference(row.Text(2));
  payment.set_kind(PaymentKindOf(row.Text(3)));
  payment.set_amount_cents(row.Int64(4));
  payment.set_refunded_cents(row.Int64(5));
  payment.set_receive_date(row.Text(6));
  payment.set_currency(rules::kCurrency);
  payment.set_holder(HolderOf(row, 7, 8));
  payment.set_invoice(NameOrNone("invoices", row.OptionalText(9)));
  payment.set_refund_of(NameOrNone("payments", row.OptionalText(10)));
  payment.set_note(row.Text(11));
  *payment.mutable_create_time() = ToTimestamp(db::FromMicros(row.Int64(12)));
  payment.set_holder_name(row.Text(13));
  return payment;
}

v1::Contribution ContributionOf(const db::Row& row) {
  v1::Contribution contribution;
  contribution.set_payment(ResourceName("payments", row.Text(1)));
  contribution.set_kind(PaymentKindOf(row.Text(2)));
  contribution.set_amount_cents(row.Int64(3));
  contribution.set_refunded_cents(row.Int64(4));
  contribution.set_receive_date(row.Text(5));
  contribution.set_currency(rules::kCurrency);
  contribution.set_reference(row.Text(6));
  contribution.set_donor(HolderOf(row, 7, 8));
  contribution.set_donor_name(row.Text(9));
  contribution.set_purpose(row.Text(10));
  contribution.set_anonymous(row.Bool(11));
  return contribution;
}

template <typename T, typename Read>
absl::StatusOr<std::optional<T>> One(db::Session& session, std::string_view sql, std::string_view key,
                                     const Read& read) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(sql, {key}));
  if (!row.has_value()) return std::optional<T>();
  return std::optional<T>(read(*row));
}

db::Value IdOrNull(std::string_view collection, std::string_view name) {
  return db::Value(ResourceId(collection, name));
}

}  // namespace

std::string_view PaymentKindColumn(v1::PaymentKind kind) {
  for (const auto& [known, column] : kKinds) {
    if (known == kind) return column;
  }
  return "";
}

v1::PaymentKind PaymentKindOf(std::string_view column) {
  for (const auto& [kind, known] : kKinds) {
    if (known == column) return kind;
  }
  return v1::PAYMENT_KIND_UNSPECIFIED;
}

absl::StatusOr<bool> InsertPayment(db::Transaction& transaction, const v1::Payment& payment, absl::Time now) {
  const auto holder = ParseHolder(payment.holder());
  ASSIGN_OR_RETURN(
      const db::InsertOutcome outcome,
      transaction.Insert(kInsert,
                         {ResourceId("payments", payment.name()).value_or(""), payment.reference(),
                          PaymentKindColumn(payment.kind()), payment.amount_cents(), payment.receive_date(),
                          holder ? db::Value(holder->id) : db::Value(db::Null()),
                          holder ? db::Value(KindColumn(holder->kind)) : db::Value(db::Null()),
                          IdOrNull("invoices", payment.invoice()), IdOrNull("payments", payment.refund_of()),
                          payment.note(), db::ToMicros(now)}));
  return outcome.inserted();
}

absl::StatusOr<bool> AddToRefunded(db::Transaction& transaction, std::string_view id, std::int64_t cents) {
  ASSIGN_OR_RETURN(const std::int64_t changed, transaction.Execute(kAddToRefunded, {cents, id, cents}));
  return changed == 1;
}

absl::Status InsertContribution(db::Transaction& transaction, std::string_view payment,
                                const v1::Contribution& contribution) {
  return transaction
      .Execute(kInsertContribution,
               {payment, contribution.donor_name(), contribution.purpose(), contribution.anonymous()})
      .status();
}

absl::StatusOr<std::optional<v1::Payment>> FindPayment(db::Session& session, std::string_view id) {
  return One<v1::Payment>(session, kFind, id, PaymentOf);
}

absl::StatusOr<std::optional<v1::Payment>> LockPayment(db::Transaction& transaction, std::string_view id) {
  return One<v1::Payment>(transaction, kLock, id, PaymentOf);
}

absl::StatusOr<std::optional<v1::Payment>> LockPaymentByReference(db::Transaction& transaction,
                                                                  std::string_view reference) {
  return One<v1::Payment>(transaction, kLockByReference, reference, PaymentOf);
}

absl::StatusOr<std::optional<v1::Contribution>> FindContribution(db::Session& session,
                                                                 std::string_view payment) {
  return One<v1::Contribution>(session, kFindContribution, payment, ContributionOf);
}

absl::StatusOr<std::vector<Listed>> ListPayments(db::Session& session, const PaymentFilter& filter,
                                                 std::uint64_t before, std::int64_t limit) {
  std::vector<Listed> listed;
  const auto each = [&](const db::Row& row) {
    listed.push_back({.sequence = row.Uint64(0), .payment = PaymentOf(row)});
  };
  const std::uint64_t bound = Bound(before);
  if (!filter.reference.empty()) {
    RETURN_IF_ERROR(session.Query(
        kListOfReference,
        {filter.reference, bound, filter.holder, filter.holder, filter.invoice, filter.invoice, limit},
        each));
  } else if (!filter.invoice.empty()) {
    RETURN_IF_ERROR(
        session.Query(kListOfInvoice, {filter.invoice, bound, filter.holder, filter.holder, limit}, each));
  } else if (!filter.holder.empty()) {
    RETURN_IF_ERROR(session.Query(kListOfHolder, {filter.holder, bound, limit}, each));
  } else {
    RETURN_IF_ERROR(session.Query(kList, {bound, limit}, each));
  }
  return listed;
}

absl::StatusOr<std::vector<ListedContribution>> ListContributions(db::Session& session,
                                                                  std::string_view donor,
                                                                  v1::PaymentKind kind, std::uint64_t before,
                                                                  std::int64_t limit) {
  std::vector<ListedContribution> listed;
  const auto each = [&](const db::Row& row) {
    listed.push_back({.sequence = row.Uint64(0), .contribution = ContributionOf(row)});
  };
  const std::string_view column = PaymentKindColumn(kind);
  const std::uint64_t bound = Bound(before);
  if (donor.empty()) {
    RETURN_IF_ERROR(session.Query(kListContributions, {bound, column, column, limit}, each));
  } else {
    RETURN_IF_ERROR(session.Query(kListContributionsOfDonor, {donor, bound, column, column, limit}, each));
  }
  return listed;
}

absl::StatusOr<std::vector<v1::GetRevenueResponse::Line>> RevenueBetween(db::Session& session,
                                                                         absl::CivilDay first,
                                                                         absl::CivilDay end) {
  std::vector<v1::GetRevenueResponse::Line> lines;
  RETURN_IF_ERROR(session.Query(kRevenue, {FormatDate(first), FormatDate(end)}, [&](const db::Row& row) {
    v1::GetRevenueResponse::Line& line = lines.emplace_back();
    line.set_month(rules::FormatMonth(absl::CivilMonth(row.Int64(0), row.Int64(1))));
    line.set_kind(PaymentKindOf(row.Text(2)));
    line.set_payments(row.Int64(3));
    line.set_received_cents(row.Int64(4));
    line.set_refunded_cents(row.Int64(5));
    line.set_net_cents(row.Int64(4) - row.Int64(5));
  }));
  return lines;
}

}  // namespace plenary::membership::store
