"""Cash with its signatures, accounts of people who work here, and payments that went there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.queries import personal
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.bills.domain.own_accounts import Account
from huikuan.record.bills.models import CashReceipt, CashSignature, OwnAccount, OwnAccountPayment
from huikuan.record.customers.queries import CustomerRow, customers_by_id, narrowed, seen

WAITING, SIGNED, TURNED_DOWN = CASH_STATES = ("waiting", "signed", "turned_down")


@dataclass(frozen=True, slots=True)
class CashRow:
    """Cash as it stands: `taken_by` wrote it down, `signed_by` said what it is ('' nobody yet)."""

    id: int
    company_id: int
    customer_id: int
    customer_code: str
    customer_name: str
    amount: int
    currency: str
    received_on: date
    note: str
    taken_by: str
    recorded_at: datetime
    state: str
    signed_by: str
    item_id: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment that went, or is said to have gone, to somebody who works here."""

    id: int
    company_id: int
    customer_id: int | None
    customer_name: str
    amount: int | None
    currency: str
    paid_on: date | None
    told_by: str
    says: str
    actor: str
    recorded_at: datetime


def cash_rows(
    *, scope: Scope, state: str = "", company_id: int | None = None, day: date | None = None
) -> list[CashRow]:
    """Cash in reach received by a day, the latest first."""
    facts = narrowed(CashReceipt.objects.all(), seen(scope))
    if company_id is not None:
        facts = facts.filter(company_id=company_id)
    if day is not None:
        facts = facts.filter(received_on__lte=day)
    rows = _cash(facts.order_by("-received_on", "-pk"))
    return [row for row in rows if not state or row.state == state]


def cash(number: int, *, scope: Scope) -> CashRow:
    """One; refuses an unknown one and one out of reach, which is the same to the reader."""
    found = _cash(narrowed(CashReceipt.objects.filter(pk=number), seen(scope)))
    if not found:
        raise Refusal("cash_unknown", cash=number)
    return found[0]


def own_accounts(company_id: int) -> list[Account]:
    """The accounts that are registered, erased ones left out."""
    numbers = OwnAccount.objects.filter(company_id=company_id).values_list("pk", flat=True)
    said = personal(OwnAccount, list(numbers))
    return [Account(number, values["holder"], values["account"]) for number, values in sorted(said.items())]


def own_payments(*, scope: Scope, company_id: int | None = None) -> list[PaymentRow]:
    """Payments to people who work here in reach, the latest found first; those of no known customer are for whoever
    sees the company whole."""
    facts = OwnAccountPayment.objects.order_by("-pk")
    if company_id is not None:
        facts = facts.filter(company_id=company_id)
    theirs = seen(scope)
    found = [
        one
        for one in facts
        if (scope.whole(one.company_id) if one.customer_id is None else theirs.has(one.company_id, one.customer_id))
    ]
    names = customers_by_id({one.customer_id for one in found if one.customer_id is not None})
    return [
        PaymentRow(
            one.pk,
            one.company_id,
            one.customer_id,
            names[one.customer_id].name if one.customer_id in names else "",
            one.amount,
            one.currency,
            one.paid_on,
            one.told_by,
            one.says,
            one.actor,
            one.recorded_at,
        )
        for one in found
    ]


def _cash(facts: Iterable[CashReceipt]) -> list[CashRow]:
    found = list(facts)
    signed = {one.receipt_id: one for one in CashSignature.objects.filter(receipt_id__in=[one.pk for one in found])}
    names = customers_by_id({one.customer_id for one in found})
    return [_row(one, signed.get(one.pk), names[one.customer_id]) for one in found]


def _row(one: CashReceipt, signed: CashSignature | None, customer: CustomerRow) -> CashRow:
    state = WAITING if signed is None else TURNED_DOWN if signed.item_id is None else SIGNED
    return CashRow(
        one.pk,
        one.company_id,
        one.customer_id,
        customer.code,
        customer.name,
        one.amount,
        one.currency,
        one.received_on,
        one.note,
        one.actor,
        one.recorded_at,
        state,
        signed.actor if signed else "",
        signed.item_id if signed else None,
        signed.note if signed else "",
    )
