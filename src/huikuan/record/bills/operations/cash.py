"""Cash in notes: one person takes it, another counts and signs; only then it is money in the ledger."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import LARGEST_MINOR, to_text
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.actors import person
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.bills.models import CashReceipt, CashSignature
from huikuan.record.bills.operations.facts import LONGEST, ledger_day
from huikuan.record.customers.queries import customers_by_id
from huikuan.record.receivables.operations.items import post_item


def take_cash(
    *,
    company: Company,
    customer_id: int,
    amount: int,
    currency: str,
    received_on: date,
    note: str = "",
    actor: str,
    at: datetime,
) -> int:
    """Write down cash a customer paid; answers its number. It counts once another person has signed."""
    today = business_date(at, company.time_zone)
    if not 0 < amount <= LARGEST_MINOR:
        raise Refusal("cash_amount_bad", value=to_text(amount, currency))
    if received_on > today:
        raise Refusal("cash_ahead", day=received_on, today=today)
    if customer_id not in customers_by_id({customer_id}):
        raise Refusal("customer_unknown", customer=customer_id)
    row = {
        "company_id": company.pk,
        "customer_id": customer_id,
        "amount": amount,
        "currency": currency,
        "received_on": received_on,
        "note": tidy(note)[:LONGEST],
        "actor": actor,
    }
    return retrying(lambda: record(CashReceipt, [row], at=at)[0])


def sign_cash(*, receipt_id: int, actor: str, at: datetime) -> int:
    """The second person has counted it: it is posted as a receipt of the day it came in; answers the item. Refuses
    whoever took it, and what was signed or turned down before."""

    def work() -> int:
        cash = _waiting(receipt_id, actor)
        item = post_item(
            company=Company.objects.get(pk=cash.company_id),
            customer_id=cash.customer_id,
            kind="receipt",
            amount=cash.amount,
            currency=cash.currency,
            document_date=cash.received_on,
            posting_date=ledger_day(cash.company_id, cash.received_on),
            text=cash.note,
            actor=actor,
            at=at,
        )
        _sign(cash, {"item_id": item}, actor, at)
        return item

    return retrying(work)


def turn_down_cash(*, receipt_id: int, reason: str, actor: str, at: datetime) -> None:
    """The second person found something else: nothing is posted. Refuses whoever took it, and a silent no."""
    why = tidy(reason)[:LONGEST]
    if not why:
        raise Refusal("cash_reason_missing")
    retrying(lambda: _sign(_waiting(receipt_id, actor), {"item_id": None, "note": why}, actor, at))


def _waiting(receipt_id: int, actor: str) -> CashReceipt:
    found = CashReceipt.objects.filter(pk=receipt_id).first()
    if found is None:
        raise Refusal("cash_unknown", cash=receipt_id)
    if person(found.actor) == person(actor):
        raise Refusal("cash_second_person", actor=person(actor))
    if CashSignature.objects.filter(receipt_id=receipt_id).exists():
        raise Refusal("cash_signed_already", cash=receipt_id)
    return found


def _sign(cash: CashReceipt, said: dict[str, Any], actor: str, at: datetime) -> None:
    row = {
        "receipt_id": cash.pk,
        "company_id": cash.company_id,
        "customer_id": cash.customer_id,
        **said,
        "actor": actor,
    }
    try:
        with transaction.atomic():
            record(CashSignature, [row], at=at)
    except IntegrityError as error:
        # Another signed at this very moment: what was posted here goes with the transaction.
        raise Refusal("cash_signed_already", cash=cash.pk) from error
