#include "services/membership/store/invoices.h"

#include <limits>

#include "common/db/timestamps.h"
#include "common/ids/id.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"
#include "fmt/format.h"
#include "services/membership/rules/invoice.h"
#include "services/membership/store/dates.h"

namespace plenary::membership::store {
namespace {

#define INVOICE_COLUMNS                                                                                \
  "sequence, id, holder, holder_kind, kind, description, amount_cents, paid_cents, issued_on, due_on," \
  " category, period_start, period_end, begun_on, voided_on, void_reason, created_at"
// What the holder is called is read without a lock, and so not by those that lock.
#define SELECT_INVOICE                                                 \
  "SELECT " INVOICE_COLUMNS                                            \
  ", COALESCE((SELECT full_name FROM people p WHERE p.id = i.holder)," \
  " (SELECT display_name FROM companies c WHERE c.id = i.holder), '') FROM invoices i"
#define LOCK_INVOICE "SELECT " INVOICE_COLUMNS ", '' FROM invoices"

constexpr char kInsert[] =
    "INSERT INTO invoices (id, holder, holder_kind, kind, description, amount_cents, paid_cents, issued_on,"
    " due_on, category, period_start, period_end, begun_on, period_now, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kFind[] = SELECT_INVOICE " WHERE id = ?";
constexpr char kLock[] = LOCK_INVOICE " WHERE id = ? FOR UPDATE";
constexpr char kLockOfPeriod[] = LOCK_INVOICE " WHERE period_now = ? FOR UPDATE";
constexpr char kList[] = SELECT_INVOICE " WHERE sequence < ? ORDER BY sequence DESC LIMIT ?";
constexpr char kListUnpaid[] = SELECT_INVOICE
    " WHERE sequence < ? AND voided_on IS NULL AND paid_cents < amount_cents ORDER BY sequence DESC LIMIT ?";
constexpr char kListOfHolder[] =
    SELECT_INVOICE " WHERE holder = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?";
constexpr char kListUnpaidOfHolder[] = SELECT_INVOICE
    " WHERE holder = ? AND sequence < ? AND voided_on IS NULL AND paid_cents < amount_cents"
    " ORDER BY sequence DESC LIMIT ?";
constexpr char kListNumber[] = SELECT_INVOICE
    " WHERE sequence = ? AND sequence < ? AND (? = '' OR holder = ?)"
    " AND (? = 0 OR (voided_on IS NULL AND paid_cents < amount_cents)) LIMIT ?";
constexpr char kAddToPaid[] =
    "UPDATE invoices SET paid_cents = paid_cents + ? WHERE id = ? AND voided_on IS NULL"
    " AND paid_cents + ? BETWEEN 0 AND amount_cents";
constexpr char kSetBegun[] = "UPDATE invoices SET begun_on = ? WHERE id = ?";
constexpr char kVoid[] =
    "UPDATE invoices SET voided_on = ?, void_reason = ?, period_now = NULL"
    " WHERE id = ? AND voided_on IS NULL AND paid_cents = 0";

constexpr char kVoidUnbegun[] =
    "UPDATE invoices SET voided_on = ?, void_reason = ?, period_now = NULL WHERE holder = ? AND kind = 'DUES'"
    " AND (? = '' OR category = ?) AND begun_on IS NULL AND paid_cents = 0 AND voided_on IS NULL AND id <> ?";

std::string PeriodKey(std::string_view holder, std::string_view category, std::string_view start) {
  return fmt::format("{}/{}/{}", holder, category, start);
}

db::Value OrNull(const std::string& text) { return text.empty() ? db::Value(db::Null()) : db::Value(text); }

v1::Invoice InvoiceOf(const db::Row& row) {
  v1::Invoice invoice;
  invoice.set_number(row.Int64(0));
  invoice.set_name(ResourceName("invoices", row.Text(1)));
  invoice.set_holder(HolderName({.kind = KindOf(row.Text(3)), .id = row.Text(2)}));
  invoice.set_kind(row.Text(4) == "DUES" ? v1::PAYMENT_KIND_DUES : v1::PAYMENT_KIND_OTHER);
  invoice.set_description(row.Text(5));
  invoice.set_amount_cents(row.Int64(6));
  invoice.set_paid_cents(row.Int64(7));
  invoice.set_currency(rules::kCurrency);
  invoice.set_issue_date(row.Text(8));
  invoice.set_due_date(row.Text(9));
  if (!row.IsNull(10)) invoice.set_category(ResourceName("categories", row.Text(10)));
  invoice.set_period_start(row.OptionalText(11).value_or(""));
  invoice.set_period_end(row.OptionalText(12).value_or(""));
  invoice.set_begun_on(row.OptionalText(13).value_or(""));
  invoice.set_state(rules::InvoiceState(row.Int64(6), row.Int64(7), !row.IsNull(14)));
  invoice.set_void_reason(row.Text(15));
  *invoice.mutable_create_time() = ToTimestamp(db::FromMicros(row.Int64(16)));
  invoice.set_holder_name(row.Text(17));
  return invoice;
}

absl::StatusOr<std::optional<v1::Invoice>> One(db::Session& session, std::string_view sql,
                                               std::string_view key) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(sql, {key}));
  if (!row.has_value()) return std::optional<v1::Invoice>();
  return std::optional<v1::Invoice>(InvoiceOf(*row));
}

}  // namespace

absl::StatusOr<std::optional<v1::Invoice>> InsertInvoice(db::Transaction& transaction, const Holder& holder,
                                                         const v1::Invoice& invoice, absl::Time now) {
  const std::string id = ResourceId("invoices", invoice.name()).value_or("");
  const std::string category = ResourceId("categories", invoice.category()).value_or("");
  const bool dues = invoice.kind() == v1::PAYMENT_KIND_DUES;
  ASSIGN_OR_RETURN(
      const db::InsertOutcome outcome,
      transaction.Insert(
          kInsert,
          {id, holder.id, KindColumn(holder.kind), dues ? "DUES" : "OTHER", invoice.description(),
           invoice.amount_cents(), invoice.issue_date(), invoice.due_date(), OrNull(category),
           OrNull(invoice.period_start()), OrNull(invoice.period_end()), OrNull(invoice.begun_on()),
           OrNull(dues ? PeriodKey(holder.id, category, invoice.period_start()) : ""), db::ToMicros(now)}));
  if (outcome.duplicate()) return std::optional<v1::Invoice>();
  return FindInvoice(transaction, id);
}

absl::StatusOr<std::optional<v1::Invoice>> FindInvoice(db::Session& session, std::string_view id) {
  return One(session, kFind, id);
}

absl::StatusOr<std::optional<v1::Invoice>> LockInvoice(db::Transaction& transaction, std::string_view id) {
  return One(transaction, kLock, id);
}

absl::StatusOr<std::optional<v1::Invoice>> LockInvoiceOfPeriod(db::Transaction& transaction,
                                                               const Holder& holder,
                                                               std::string_view category,
                                                               absl::CivilDay start) {
  return One(transaction, kLockOfPeriod, PeriodKey(holder.id, category, FormatDate(start)));
}

absl::StatusOr<std::vector<v1::Invoice>> ListInvoices(db::Session& session, const InvoiceFilter& filter,
                                                      std::uint64_t before, std::int64_t limit) {
  std::vector<v1::Invoice> invoices;
  const auto each = [&](const db::Row& row) { invoices.push_back(InvoiceOf(row)); };
  const std::uint64_t bound = before == 0 ? std::uint64_t{std::numeric_limits<std::int64_t>::max()} : before;
  if (filter.number > 0) {
    RETURN_IF_ERROR(session.Query(
        kListNumber, {filter.number, bound, filter.holder, filter.holder, filter.unpaid_only, limit}, each));
  } else if (filter.holder.empty()) {
    RETURN_IF_ERROR(session.Query(filter.unpaid_only ? kListUnpaid : kList, {bound, limit}, each));
  } else {
    RETURN_IF_ERROR(session.Query(filter.unpaid_only ? kListUnpaidOfHolder : kListOfHolder,
                                  {filter.holder, bound, limit}, each));
  }
  return invoices;
}

absl::StatusOr<bool> AddToPaid(db::Transaction& transaction, std::string_view id, std::int64_t cents) {
  ASSIGN_OR_RETURN(const std::int64_t changed, transaction.Execute(kAddToPaid, {cents, id, cents}));
  return changed == 1;
}

absl::Status SetBegun(db::Transaction& transaction, std::string_view id, absl::CivilDay start) {
  return transaction.Execute(kSetBegun, {FormatDate(start), id}).status();
}

absl::StatusOr<bool> VoidInvoice(db::Transaction& transaction, std::string_view id, absl::CivilDay on,
                                 std::string_view reason) {
  ASSIGN_OR_RETURN(const std::int64_t changed, transaction.Execute(kVoid, {FormatDate(on), reason, id}));
  return changed == 1;
}

absl::Status VoidUnbegun(db::Transaction& transaction, const Unbegun& which, absl::CivilDay on,
                         std::string_view reason) {
  return transaction
      .Execute(kVoidUnbegun,
               {FormatDate(on), reason, which.holder, which.category, which.category, which.but})
      .status();
}

}  // namespace plenary::membership::store
