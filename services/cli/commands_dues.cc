// invoice, payment, contribution, revenue
#include <algorithm>

#include "fmt/format.h"
#include "plenary/membership/v1/dues_service.grpc.pb.h"
#include "services/cli/commands.h"
#include "services/cli/errors.h"
#include "services/cli/money.h"
#include "services/cli/names.h"
#include "services/cli/resolve.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;  // the messages of one contract, in one file
using Dues = DuesService::Stub;

constexpr char kHolderHelp[] =
    "E-mail address, people/ID, `me`, or a company by display name or companies/ID";
constexpr char kInvoiceHelp[] = "Number of the invoice, or invoices/ID";

// "invoices/…" from such a name, a drawn id, or the number that people see.
absl::StatusOr<std::string> InvoiceName(Invocation& run, const std::string& text) {
  const bool number = !text.empty() && text.size() < 19 &&
                      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!number) return Qualified("invoices", text);
  ListInvoicesRequest request;
  request.set_number(std::stoll(text));
  ASSIGN_OR_RETURN(const auto found, run.Ask(&Dues::ListInvoices, request));
  if (request.number() == 0 || found.invoices().empty()) {
    return errors::WrongUsage(fmt::format("There is no invoice {}. See `plenary invoice list`.", text));
  }
  return found.invoices(0).name();
}

// "Ada Demo (people/…)"
std::string HolderText(const std::string& called, const std::string& holder) {
  return holder.empty() ? "" : fmt::format("{} ({})", called, holder);
}

void PrintInvoice(Invocation& run, const Invoice& invoice) {
  run.out().Print(Facts()
                      .Add("invoice", std::to_string(invoice.number()))
                      .Add("name", invoice.name())
                      .Add("holder", HolderText(invoice.holder_name(), invoice.holder()))
                      .Add("for", invoice.description())
                      .Add("amount", CentsText(invoice.amount_cents()) + " " + invoice.currency())
                      .Add("paid", CentsText(invoice.paid_cents()))
                      .Add("state", Word(invoice.state()))
                      .Add("issued", invoice.issue_date())
                      .Add("due", invoice.due_date())
                      .Add("membership from", invoice.begun_on())
                      .Add("void because", invoice.void_reason()));
  run.out().Document(invoice);
}

struct InvoiceFlags {
  std::string holder;
  std::string category;
  std::string description;
  std::string amount;
  std::string due;
  std::string invoice;
  std::string reason;
  bool unpaid = false;
};

absl::Status CreateInvoice(Invocation& run, const InvoiceFlags& flags) {
  if (flags.category.empty() ? flags.description.empty() || flags.amount.empty()
                             : !flags.description.empty() || !flags.amount.empty()) {
    return errors::WrongUsage("Give --category, or --for and --amount.");
  }
  CreateInvoiceRequest request;
  ASSIGN_OR_RETURN(*request.mutable_holder(), HolderName(run, flags.holder));
  if (!flags.category.empty()) request.set_category(Qualified("categories", flags.category));
  request.set_description(flags.description);
  if (!flags.amount.empty()) {
    ASSIGN_OR_RETURN(const std::int64_t cents, ParseCents(flags.amount));
    request.set_amount_cents(cents);
  }
  request.set_due_date(flags.due);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Invoice invoice, run.Ask(&Dues::CreateInvoice, request));
  PrintInvoice(run, invoice);
  return absl::OkStatus();
}

absl::Status ListInvoices(Invocation& run, const InvoiceFlags& flags) {
  ListInvoicesRequest request;
  if (!flags.holder.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_holder(), HolderName(run, flags.holder));
  }
  request.set_unpaid_only(flags.unpaid);
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Dues::ListInvoices, request));
  Table table({Right("INVOICE"), "HOLDER", "FOR", Right("AMOUNT"), Right("PAID"), "DUE", "STATE"});
  for (const Invoice& invoice : all.invoices()) {
    table.Row({std::to_string(invoice.number()), invoice.holder_name(), invoice.description(),
               CentsText(invoice.amount_cents()), CentsText(invoice.paid_cents()), invoice.due_date(),
               Word(invoice.state())});
  }
  run.out().Print(table, "No invoices.");
  run.out().Document(all);
  return absl::OkStatus();
}

absl::Status ShowInvoice(Invocation& run, const InvoiceFlags& flags) {
  GetInvoiceRequest request;
  ASSIGN_OR_RETURN(*request.mutable_name(), InvoiceName(run, flags.invoice));
  ASSIGN_OR_RETURN(const Invoice invoice, run.Ask(&Dues::GetInvoice, request));
  PrintInvoice(run, invoice);
  return absl::OkStatus();
}

absl::Status VoidInvoice(Invocation& run, const InvoiceFlags& flags) {
  VoidInvoiceRequest request;
  ASSIGN_OR_RETURN(*request.mutable_name(), InvoiceName(run, flags.invoice));
  request.set_reason(flags.reason);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Invoice invoice, run.Ask(&Dues::VoidInvoice, request));
  PrintInvoice(run, invoice);
  return absl::OkStatus();
}

void AddInvoice(CommandSet& commands) {
  CLI::App& invoice = commands.Group("invoice", "What members are asked to pay");
  const auto flags = std::make_shared<InvoiceFlags>();
  CLI::App& create =
      commands.Mutation(invoice, "create", "Invoice the next period of a category, or something else (staff)",
                        "plenary invoice create ada.demo@solo.example --category professional",
                        [flags](Invocation& run) { return CreateInvoice(run, *flags); });
  create.add_option("HOLDER", flags->holder, kHolderHelp)->required();
  create.add_option("--category", flags->category, "Category whose next period is invoiced");
  create.add_option("--for", flags->description, "What else it is for");
  create.add_option("--amount", flags->amount, "Amount, as 100.00; with --for");
  create.add_option("--due", flags->due, "Last day to pay, YYYY-MM-DD (default: in 30 days or at the start)");
  CLI::App& list = commands.List(invoice, "list", "Invoices, newest first", "plenary invoice list --unpaid",
                                 [flags](Invocation& run) { return ListInvoices(run, *flags); });
  list.add_option("--holder", flags->holder, kHolderHelp);
  list.add_flag("--unpaid", flags->unpaid, "Only those with something left to pay");
  CLI::App& show = commands.Command(invoice, "show", "One invoice", "plenary invoice show 17",
                                    [flags](Invocation& run) { return ShowInvoice(run, *flags); });
  show.add_option("INVOICE", flags->invoice, kInvoiceHelp)->required();
  CLI::App& void_it = commands.Mutation(invoice, "void", "Take an unpaid invoice back (staff)",
                                        "plenary invoice void 17 --reason \"Sent twice.\"",
                                        [flags](Invocation& run) { return VoidInvoice(run, *flags); });
  void_it.add_option("INVOICE", flags->invoice, kInvoiceHelp)->required();
  void_it.add_option("--reason", flags->reason, "Why")->required();
}

struct PaymentFlags {
  std::string invoice;
  std::string payment;
  std::string holder;
  std::string amount;
  std::string reference;
  std::string date;
  std::string text;
};

void PrintPayment(Invocation& run, const Payment& payment) {
  run.out().Print(Facts()
                      .Add("payment", payment.name())
                      .Add("amount", CentsText(payment.amount_cents()) + " " + payment.currency())
                      .Add("kind", Word(payment.kind()))
                      .Add("reference", payment.reference())
                      .Add("date", payment.receive_date())
                      .Add("holder", HolderText(payment.holder_name(), payment.holder()))
                      .Add("invoice", payment.invoice())
                      .Add("gives back from", payment.refund_of())
                      .Add("note", payment.note()));
  run.out().Document(payment);
}

absl::Status RecordPayment(Invocation& run, const PaymentFlags& flags) {
  RecordPaymentRequest request;
  ASSIGN_OR_RETURN(*request.mutable_invoice(), InvoiceName(run, flags.invoice));
  ASSIGN_OR_RETURN(const std::int64_t cents, ParseCents(flags.amount));
  request.set_amount_cents(cents);
  request.set_reference(flags.reference);
  request.set_receive_date(flags.date);
  request.set_note(flags.text);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Payment payment, run.Ask(&Dues::RecordPayment, request));
  PrintPayment(run, payment);
  return absl::OkStatus();
}

absl::Status RefundPayment(Invocation& run, const PaymentFlags& flags) {
  RefundPaymentRequest request;
  request.set_payment(Qualified("payments", flags.payment));
  ASSIGN_OR_RETURN(const std::int64_t cents, ParseCents(flags.amount));
  request.set_amount_cents(cents);
  request.set_reference(flags.reference);
  request.set_refund_date(flags.date);
  request.set_reason(flags.text);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Payment refund, run.Ask(&Dues::RefundPayment, request));
  PrintPayment(run, refund);
  return absl::OkStatus();
}

absl::Status ListPayments(Invocation& run, const PaymentFlags& flags) {
  ListPaymentsRequest request;
  if (!flags.holder.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_holder(), HolderName(run, flags.holder));
  }
  if (!flags.invoice.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_invoice(), InvoiceName(run, flags.invoice));
  }
  request.set_reference(flags.reference);
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Dues::ListPayments, request));
  Table table({"PAYMENT", "DATE", Right("AMOUNT"), Right("REFUNDED"), "KIND", "REFERENCE", "HOLDER"});
  for (const Payment& payment : all.payments()) {
    table.Row({LastSegment(payment.name()), payment.receive_date(), CentsText(payment.amount_cents()),
               CentsText(payment.refunded_cents()), Word(payment.kind()), payment.reference(),
               payment.holder_name()});
  }
  run.out().Print(table, "No payments.");
  run.out().Document(all);
  return absl::OkStatus();
}

void AddPayment(CommandSet& commands) {
  CLI::App& payment = commands.Group("payment", "Money received and given back");
  const auto flags = std::make_shared<PaymentFlags>();
  CLI::App& record = commands.Mutation(payment, "record",
                                       "Record money received for an invoice; the last part renews (staff)",
                                       "plenary payment record 17 100.00 --reference bank-2022-0817",
                                       [flags](Invocation& run) { return RecordPayment(run, *flags); });
  record.add_option("INVOICE", flags->invoice, kInvoiceHelp)->required();
  record.add_option("AMOUNT", flags->amount, "As 100.00")->required();
  record.add_option("--reference", flags->reference, "Of the bank or the payment provider")->required();
  record.add_option("--on", flags->date, "Day it was received, YYYY-MM-DD (default: today)");
  record.add_option("--note", flags->text, "For the office");
  CLI::App& refund = commands.Mutation(
      payment, "refund", "Record money given back (staff)",
      "plenary payment refund 0abc… 40.00 --reference bank-2022-0901 --reason \"Paid twice.\"",
      [flags](Invocation& run) { return RefundPayment(run, *flags); });
  refund.add_option("PAYMENT", flags->payment, "As `payment list` prints it, or payments/ID")->required();
  refund.add_option("AMOUNT", flags->amount, "As 40.00")->required();
  refund.add_option("--reference", flags->reference, "Of the bank or the payment provider")->required();
  refund.add_option("--reason", flags->text, "Why")->required();
  refund.add_option("--on", flags->date, "Day it was given back, YYYY-MM-DD (default: today)");
  CLI::App& list = commands.List(payment, "list", "Payments, refunds and contributions, newest first",
                                 "plenary payment list --invoice 17",
                                 [flags](Invocation& run) { return ListPayments(run, *flags); });
  list.add_option("--holder", flags->holder, kHolderHelp);
  list.add_option("--invoice", flags->invoice, kInvoiceHelp);
  list.add_option("--reference", flags->reference, "Only the one with this reference");
}

struct ContributionFlags {
  std::string kind;
  std::string amount;
  std::string reference;
  std::string date;
  std::string donor;
  std::string donor_name;
  std::string purpose;
  bool anonymous = false;
};

// The kinds that are contributions.
CLI::Option* AddKind(CLI::App& command, const std::string& name, ContributionFlags& flags) {
  return command.add_option(name, flags.kind, "What it is")
      ->check(CLI::IsMember({"donation", "sponsorship", "vendor-partner"}));
}

absl::Status RecordContribution(Invocation& run, const ContributionFlags& flags) {
  RecordContributionRequest request;
  Contribution& contribution = *request.mutable_contribution();
  contribution.set_kind(ValueOf<PaymentKind>(flags.kind));
  ASSIGN_OR_RETURN(const std::int64_t cents, ParseCents(flags.amount));
  contribution.set_amount_cents(cents);
  contribution.set_reference(flags.reference);
  contribution.set_receive_date(flags.date);
  if (!flags.donor.empty()) {
    ASSIGN_OR_RETURN(*contribution.mutable_donor(), HolderName(run, flags.donor));
  }
  contribution.set_donor_name(flags.donor_name);
  contribution.set_purpose(flags.purpose);
  contribution.set_anonymous(flags.anonymous);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Contribution recorded, run.Ask(&Dues::RecordContribution, request));
  run.out().Line(fmt::format("Recorded {} {} of {}.", CentsText(recorded.amount_cents()), recorded.currency(),
                             recorded.donor_name()));
  run.out().Line(recorded.payment());
  run.out().Document(recorded);
  return absl::OkStatus();
}

absl::Status ListContributions(Invocation& run, const ContributionFlags& flags) {
  ListContributionsRequest request;
  if (!flags.donor.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_donor(), HolderName(run, flags.donor));
  }
  request.set_kind(ValueOf<PaymentKind>(flags.kind));
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Dues::ListContributions, request));
  Table table(
      {"DATE", "KIND", Right("AMOUNT"), Right("REFUNDED"), "DONOR", "PURPOSE", "ANONYMOUS", "REFERENCE"});
  for (const Contribution& contribution : all.contributions()) {
    table.Row({contribution.receive_date(), Word(contribution.kind()), CentsText(contribution.amount_cents()),
               CentsText(contribution.refunded_cents()), contribution.donor_name(), contribution.purpose(),
               contribution.anonymous() ? "yes" : "no", contribution.reference()});
  }
  run.out().Print(table, "No contributions.");
  run.out().Document(all);
  return absl::OkStatus();
}

void AddContribution(CommandSet& commands) {
  CLI::App& contribution =
      commands.Group("contribution", "Donations, and what sponsors and vendor partners give");
  const auto flags = std::make_shared<ContributionFlags>();
  CLI::App& record = commands.Mutation(
      contribution, "record", "Record a contribution (staff)",
      "plenary contribution record donation 25.00 --reference bank-2022-0820 --donor-name \"A friend\" "
      "--purpose Scholarships --anonymous",
      [flags](Invocation& run) { return RecordContribution(run, *flags); });
  AddKind(record, "KIND", *flags)->required();
  record.add_option("AMOUNT", flags->amount, "As 25.00")->required();
  record.add_option("--reference", flags->reference, "Of the bank or the payment provider")->required();
  record.add_option("--donor", flags->donor, kHolderHelp);
  record.add_option("--donor-name", flags->donor_name, "A donor who is not on the register");
  record.add_option("--purpose", flags->purpose, "What it is meant for");
  record.add_option("--on", flags->date, "Day it was received, YYYY-MM-DD (default: today)");
  record.add_flag("--anonymous", flags->anonymous, "The donor is not to be named outside the office");
  CLI::App& list = commands.List(contribution, "list", "Contributions, newest first",
                                 "plenary contribution list --kind sponsorship",
                                 [flags](Invocation& run) { return ListContributions(run, *flags); });
  list.add_option("--donor", flags->donor, kHolderHelp);
  AddKind(list, "--kind", *flags);
}

absl::Status ShowRevenue(Invocation& run, const std::string& first, const std::string& last) {
  GetRevenueRequest request;
  request.set_first_month(first);
  request.set_last_month(last);
  ASSIGN_OR_RETURN(const auto revenue, run.Ask(&Dues::GetRevenue, request));
  Table table({"MONTH", "KIND", Right("PAYMENTS"), Right("RECEIVED"), Right("REFUNDED"), Right("NET")});
  for (const GetRevenueResponse::Line& line : revenue.lines()) {
    table.Row({line.month(), Word(line.kind()), std::to_string(line.payments()),
               CentsText(line.received_cents()), CentsText(line.refunded_cents()),
               CentsText(line.net_cents())});
  }
  if (!revenue.lines().empty()) {
    table.Row({"all", "", "", CentsText(revenue.received_cents()), CentsText(revenue.refunded_cents()),
               CentsText(revenue.net_cents())});
  }
  run.out().Print(table, "No money in these months.");
  run.out().Document(revenue);
  return absl::OkStatus();
}

void AddRevenue(CommandSet& commands) {
  const auto first = std::make_shared<std::string>();
  const auto last = std::make_shared<std::string>();
  CLI::App& revenue =
      commands.Command(commands.root(), "revenue", "Money by month and kind (staff)",
                       "plenary revenue --from 2022-01 --until 2022-12",
                       [first, last](Invocation& run) { return ShowRevenue(run, *first, *last); });
  revenue.add_option("--from", *first, "First month, YYYY-MM (default: January)");
  revenue.add_option("--until", *last, "Last month, YYYY-MM (default: this one)");
}

}  // namespace

void AddDuesCommands(CommandSet& commands) {
  AddInvoice(commands);
  AddPayment(commands);
  AddContribution(commands);
  AddRevenue(commands);
}

}  // namespace plenary::cli
