"""Giving money back: an outgoing bank line clears what stood on a customer's account."""

from __future__ import annotations

from datetime import datetime

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.ids import reserve_ids
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.banking.models import BankLine
from huikuan.record.banking.operations.uses import Use, hold_lines, use_lines
from huikuan.record.cash.domain.applying import MANUAL
from huikuan.record.cash.domain.order import Order
from huikuan.record.cash.models import Application
from huikuan.record.cash.operations.booking import ORIGIN, reason_of
from huikuan.record.receivables.domain.periods import first_open_day
from huikuan.record.receivables.domain.settling import OpenSide
from huikuan.record.receivables.operations import open_items
from huikuan.record.receivables.operations.items import post_item
from huikuan.record.receivables.operations.settlements import settle
from huikuan.record.receivables.queries.periods import locked_through

_LONGEST_NUMBER = 60


def refund_credit(
    *, company: Company, line_id: int, credit_id: int, amount: int | None = None, actor: str, at: datetime
) -> int:
    """Say that an outgoing line gave a customer's credit back, whole or `amount` of it (minor units, > 0).

    Posts the refund and settles it with the credit; answers the id of an application, which is undone like any other.
    Refuses a line that is no outgoing one or used up, another currency, and more than is open of the credit.
    """
    return retrying(lambda: _refund(company, line_id, credit_id, amount, actor, at))


def _refund(company: Company, line_id: int, credit_id: int, amount: int | None, actor: str, at: datetime) -> int:
    held = hold_lines([line_id]).get(line_id)
    if held is None or held.company_id != company.pk or held.left >= 0:
        raise Refusal("line_not_outgoing", line=line_id)
    open_items.hold_period(company.pk)
    locked = open_items.lock([credit_id])
    credit = _credit(company, credit_id, locked.sides.get(credit_id), held.currency)
    sent = min(-held.left, credit.open_amount) if amount is None else amount
    if not 0 < sent <= -held.left:
        raise Refusal("more_than_left", amount=to_text(sent, held.currency), left=to_text(-held.left, held.currency))
    line = BankLine.objects.defer("raw").get(id=line_id)
    day = first_open_day(max(line.booked_on, credit.settle_from), locked_through(company.pk))
    (application_id,) = reserve_ids(Application, 1)
    refund_id = post_item(
        company=company,
        customer_id=credit.customer_id,
        kind="refund",
        amount=sent,
        currency=held.currency,
        document_date=line.booked_on,
        posting_date=day,
        due_date=line.booked_on,
        document_number=(line.bank_reference or f"BANK-{line.id}")[:_LONGEST_NUMBER],
        origin_system=ORIGIN,
        origin_key=f"{application_id}/1",
        actor=actor,
        at=at,
    )
    settle(
        credit_id=credit_id,
        debit_id=refund_id,
        credit_amount=sent,
        effective_on=day,
        reason=reason_of(application_id),
        actor=actor,
        at=at,
    )
    uses = use_lines(uses=[Use(line_id, -sent, "refund", refund_id)], actor=actor, at=at)
    row = {
        "id": application_id,
        "company_id": company.pk,
        "customer_id": credit.customer_id,
        "line_id": line_id,
        "uses": uses,
        "credit_id": credit_id,
        "posted": [refund_id],
        "kind": MANUAL,
        "currency": held.currency,
        "amount": sent,
        "parts": [{"item": refund_id, "amount": sent, "debit_amount": None, "short": ""}],
        "effective_on": day,
        "ordered_by": Order.DESIGNATED.value,
        "actor": actor,
    }
    record(Application, [row], at=at)
    payload = {"application": application_id, "line": line_id, "credit": credit_id}
    announce("cash.applied", at=at, company_id=company.pk, customer_id=credit.customer_id, payload=payload)
    return application_id


def _credit(company: Company, credit_id: int, side: OpenSide | None, currency: str) -> OpenSide:
    if side is None or side.company_id != company.pk:
        raise Refusal("claim_not_open", item=credit_id)
    if side.side != "credit":
        raise Refusal("credit_unknown", item=credit_id)
    if side.currency != currency:
        raise Refusal("refund_in_other_currency", item=credit_id, currency=side.currency, money=currency)
    return side
