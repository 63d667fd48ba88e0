"""Payments of the last weeks and what each was applied to: what a payment sent twice is recognised by."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from huikuan.record.banking.models import BankAccount, BankLine
from huikuan.record.banking.queries.lines import LineRow
from huikuan.record.cash.domain.book import Earlier, Payment
from huikuan.record.cash.models import Application, Undoing


def earlier_payments(company_id: int, *, since: date) -> list[Earlier]:
    """Money that came in on or after that day and was applied, whole or in part."""
    accounts = BankAccount.objects.filter(company_id=company_id).values("id")
    recent = BankLine.objects.filter(account_id__in=accounts, booked_on__gte=since, amount__gt=0)
    lines = {line.id: line for line in recent.defer("raw")}
    paid: dict[int, tuple[int, set[int]]] = defaultdict(lambda: (0, set()))
    made = Application.objects.filter(company_id=company_id, effective_on__gte=since, line_id__isnull=False)
    standing = made.exclude(id__in=Undoing.objects.filter(company_id=company_id).values("application_id"))
    for one in standing.order_by("id").only("line_id", "customer_id", "parts"):
        line_id = one.line_id or 0
        paid[line_id] = (one.customer_id, paid[line_id][1] | {part["item"] for part in one.parts})
    return [
        Earlier(payment_of(lines[line_id], lines[line_id].amount), customer_id, frozenset(items))
        for line_id, (customer_id, items) in sorted(paid.items())
        if line_id in lines
    ]


def payment_of(line: BankLine | LineRow, left: int) -> Payment:
    """A line, or what is left of it, as matching looks at it."""
    return Payment(
        line_id=line.id,
        booked_on=line.booked_on,
        amount=left,
        currency=line.currency,
        payer_name=line.counterparty_name,
        payer_account=line.counterparty_account,
        memo=line.memo,
        bank_reference=line.bank_reference,
        end_to_end=line.end_to_end,
    )
