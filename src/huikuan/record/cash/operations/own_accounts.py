"""Lines of the bank and remittance advice that name an account of somebody who works here are found as they come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from huikuan.mechanisms.events.subscribers import Announced
from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.mechanisms.identity.models import Company
from huikuan.record.banking.models import BankLine
from huikuan.record.bills.domain.own_accounts import LINE, REMITTANCE
from huikuan.record.bills.operations.own_accounts import Told, look_for_own_account
from huikuan.record.bills.queries.cash import own_accounts
from huikuan.record.cash.models import AdviceLine

#: What brings words that may name one.
TELLING = frozenset({"banking.imported", "cash.advised"})


def look_for_own_accounts(event: Announced, *, at: datetime) -> None:
    """After-commit subscriber: each line that names a registered account is a finding, once however often it is told.
    A line of the bank by payer's account, payer's name and memo, of money in alone: what goes out to somebody who
    works here is their pay."""
    if event.company_id is None or not own_accounts(event.company_id):
        return
    company = Company.objects.get(pk=event.company_id)
    told = _lines(event) if event.kind == "banking.imported" else _advised(event)
    for one in told:
        look_for_own_account(company=company, told=one, actor=SYSTEM, at=at)


def _lines(event: Announced) -> Iterator[Told]:
    for line in BankLine.objects.filter(statement_id__in=event.payload["statements"], amount__gt=0).order_by("pk"):
        says = " ".join(text for text in (line.counterparty_account, line.counterparty_name, line.memo) if text)
        yield Told(says, LINE, None, line.amount, line.currency, line.booked_on)


def _advised(event: Announced) -> Iterator[Told]:
    for line in AdviceLine.objects.filter(sheet_id=event.payload["sheet"]).order_by("pk"):
        says = " ".join(text for text in (line.payer_name, line.memo) if text)
        yield Told(says, REMITTANCE, None, line.amount, line.currency, line.paid_on)
