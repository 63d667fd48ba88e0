"""What the findings are called, the rule each rests on with its thresholds, and what to do next."""

from __future__ import annotations

from dataclasses import asdict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.see.cockpit.domain.findings import Thresholds

TITLES = {
    "long_overdue": gettext_noop("Long overdue"),
    "newly_overdue": gettext_noop("Newly overdue this month"),
    "over_concentration": gettext_noop("Too much with one customer"),
    "slowing_customers": gettext_noop("Customers who pay ever later"),
    "usable_credits": gettext_noop("Credits that could clear overdue items"),
    "stale_cash": gettext_noop("Receipts long unapplied"),
    "suspected_duplicates": gettext_noop("Possibly invoiced twice"),
    "without_due_date": gettext_noop("Without a due date for long"),
    "unknown_big_customers": gettext_noop("Large debtors not fully known"),
    "retention_due": gettext_noop("Retention due, warranty over"),
    "odd_terms": gettext_noop("Odd payment terms"),
    "back_dated": gettext_noop("Dated into a closed period"),
    "without_rate": gettext_noop("Foreign currency without a rate"),
    "overdue_since_yesterday": gettext_noop("Overdue since today"),
    "due_today": gettext_noop("Due today"),
    "due_this_week": gettext_noop("Due in the next 7 days"),
    "awaiting_an_event": gettext_noop("Awaiting an event"),
}

RULES = {
    "long_overdue": gettext_noop("More than %(long_overdue_days)s days past the due date."),
    "newly_overdue": gettext_noop("Overdue now, and not yet at the end of last month."),
    "over_concentration": gettext_noop("One customer holds more than %(customer_cap_percent)s%% of all receivables."),
    "slowing_customers": gettext_noop(
        "Payments of the last %(pace_days)s days came on average %(slower_by_days)s days later, or more, than before."
    ),
    "usable_credits": gettext_noop("Credit open while the same customer is overdue in the same company and currency."),
    "stale_cash": gettext_noop("Receipts and advances posted more than %(stale_cash_days)s days ago."),
    "suspected_duplicates": gettext_noop("Same customer, document date, open amount and currency."),
    "without_due_date": gettext_noop("Awaiting an event more than %(awaiting_days)s days after the document."),
    "unknown_big_customers": gettext_noop(
        "From %(big_balance_percent)s%% of all receivables on, without a credit code (USCC) or an owner."
    ),
    "retention_due": gettext_noop("Retention money past its due date."),
    "odd_terms": gettext_noop("Due before the document date, or more than %(longest_term_days)s days after it."),
    "back_dated": gettext_noop("Invoice dated in the locked period and posted after it."),
    "without_rate": gettext_noop(
        "No exchange rate on or before this day; not in any total of the company's currency."
    ),
    "overdue_since_yesterday": gettext_noop("Was due the day before."),
    "due_today": gettext_noop("Due on this day; not yet overdue."),
    "due_this_week": gettext_noop("Due on one of the seven days after this one."),
    "awaiting_an_event": gettext_noop("Falls due when something has happened: acceptance, end of warranty."),
}

#: Of whom does not see the whole book: shares are of what they see, and say so.
OWN_RULES = {
    "over_concentration": gettext_noop(
        "One customer holds more than %(customer_cap_percent)s%% of the receivables you see, not of the whole"
        " company's."
    ),
    "unknown_big_customers": gettext_noop(
        "From %(big_balance_percent)s%% of the receivables you see on, not of the whole company's, without a credit"
        " code (USCC) or an owner."
    ),
}

STEPS = {
    "long_overdue": gettext_noop("Agree a payment date in writing, or prepare the lawyer's letter"),
    "newly_overdue": gettext_noop("Call now: confirm amount and reason"),
    "over_concentration": gettext_noop("Review the credit with this customer"),
    "slowing_customers": gettext_noop("Ask what changed; look at terms and open orders"),
    "usable_credits": gettext_noop("Apply the credits to what is overdue"),
    "stale_cash": gettext_noop("Find out what was paid and apply it"),
    "suspected_duplicates": gettext_noop("Compare the documents; reverse what is double"),
    "without_due_date": gettext_noop("Record the event, or agree a date"),
    "unknown_big_customers": gettext_noop("Complete the customer: credit code and owner"),
    "retention_due": gettext_noop("Ask for the retention to be paid out"),
    "odd_terms": gettext_noop("Check the due date against the contract"),
    "back_dated": gettext_noop("Check the period the invoice belongs to"),
    "without_rate": gettext_noop("Record the exchange rate"),
    "overdue_since_yesterday": gettext_noop("Call now: confirm amount and reason"),
    "due_today": gettext_noop("Ask whether the payment is on its way"),
    "due_this_week": gettext_noop("Remind friendly before it falls due"),
    "awaiting_an_event": gettext_noop("Record the event, or agree a date"),
}

_BY_THRESHOLD = (
    "long_overdue", "slowing_customers", "stale_cash", "without_due_date", "unknown_big_customers", "odd_terms",
)  # fmt: skip


def rule_text(code: str, thresholds: Thresholds, *, own_alone: bool = False) -> str:
    """The rule with the thresholds in force; `own_alone`: for a reader of part of the book."""
    rules = {**RULES, **OWN_RULES} if own_alone else RULES
    return _(rules[code]) % asdict(thresholds)


def policy_text(code: str, numbers: tuple[int, int]) -> str:
    """Which version of which policy set the threshold; '' for a rule that has none."""
    if code == "over_concentration":
        name, number = _("Concentration"), numbers[1]
    elif code in _BY_THRESHOLD:
        name, number = _("Receivables checkup"), numbers[0]
    else:
        return ""
    return f"{name} v{number}" if number else f"{name} · {_('shipped default')}"
