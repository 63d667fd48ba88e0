"""What orders bind a company to: now, as SQL that others unite with what they know; or from the facts as of a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet, Sum

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import company_zone
from huikuan.mechanisms.store.pipeline import ask
from huikuan.mechanisms.store.wire import int8
from huikuan.record.contracts.domain.orders import DELIVERED, INVOICED, Done, Order, order_from
from huikuan.record.contracts.models import Fulfilment, SalesOrder, SalesOrderVersion
from huikuan.record.customers.queries.merging import one_with

#: order_id, customer_id, currency, contract_number, amount, delivered_amount, invoiced_amount of every order with
#: something not invoiced, from the relation `wanted` (company_id, customer_id) of whoever uses it.
COMMITTED_NOW = """
SELECT o.id AS order_id, o.customer_id, o.currency, o.contract_number, o.amount, o.delivered_amount, o.invoiced_amount
FROM wanted w JOIN contracts_salesorder o ON o.customer_id = w.customer_id AND o.company_id = w.company_id
WHERE o.state <> 'void' AND o.invoiced_amount < o.amount
"""


@dataclass(frozen=True, slots=True)
class Committed:
    """An order with something not invoiced; amounts in minor units of its currency, at the lines' prices. `said_at`:
    when what it says was recorded."""

    order_id: int
    customer_id: int
    currency: str
    contract_number: str
    amount: int
    delivered_amount: int
    invoiced_amount: int
    said_at: datetime


def committed_as_of(company_id: int, customer_ids: Collection[int], *, day: date, known: int) -> list[Committed]:
    """The orders of these customers with something not invoiced by `day`, as known below a horizon.

    Each by the version that was the last by the end of the day where the company is; one that was entered later but
    placed by then by its first. One placed later, or void by then, is none.
    """
    theirs = {"company_id": company_id, "customer_id__in": list(customer_ids), "tx__lt": known}
    governing = _versions_on(day, company_zone(company_id), SalesOrderVersion.objects.filter(**theirs))
    done: dict[int, list[Done]] = defaultdict(list)
    for one in Fulfilment.objects.filter(**theirs, happened_on__lte=day):
        done[one.order_id].append(Done(one.line, one.what, one.quantity_e4, one.amount))
    rows = [_committed(fact, done[order_id], day) for order_id, fact in sorted(governing.items())]
    return [row for row in rows if row is not None and row.invoiced_amount < row.amount]


def _versions_on(day: date, zone: str, facts: QuerySet[SalesOrderVersion]) -> dict[int, SalesOrderVersion]:
    found: dict[int, SalesOrderVersion] = {}
    for fact in facts.order_by("version"):
        if fact.order_id not in found or business_date(fact.recorded_at, zone) <= day:
            found[fact.order_id] = fact
    return found


def _committed(fact: SalesOrderVersion, done: list[Done], day: date) -> Committed | None:
    said = order_from(fact.content)
    if said.void or said.ordered_on > day:
        return None
    return Committed(
        order_id=fact.order_id,
        customer_id=fact.customer_id,
        currency=said.currency,
        contract_number=said.contract_number,
        amount=said.amount,
        delivered_amount=sum(one.amount for one in done if one.what == DELIVERED),
        invoiced_amount=sum(one.amount for one in done if one.what == INVOICED),
        said_at=fact.recorded_at,
    )


@dataclass(frozen=True, slots=True)
class Stated:
    """An order as it reads now, with who said so; amounts as in `Committed`."""

    order_id: int
    version: int
    company_id: int
    customer_id: int
    number: str
    currency: str
    contract_number: str
    amount: int
    delivered_amount: int
    invoiced_amount: int
    void: bool


_STATED = """
SELECT o.id, o.version, o.company_id, o.customer_id, o.number, o.currency, o.contract_number, o.amount,
    o.delivered_amount, o.invoiced_amount, o.state, c.id, c.code, c.name, c.currency, c.time_zone
FROM contracts_salesorder o JOIN identity_company c ON c.id = o.company_id WHERE o.id = %s
"""
_COMPANY = ("id", "code", "name", "currency", "time_zone")


def stated(order_id: int) -> Stated:
    """The order as it reads now; refuses an unknown one. For decisions: whose orders a reader sees, `orders` asks."""
    return asking_ordered(order_id)()[0]


def asking_ordered(order_id: int) -> Callable[[], tuple[Stated, Company]]:
    """Asks what `stated` answers, and of whom was ordered, in one short statement. Call for the answer."""
    asked = ask(_STATED, [int8(order_id)])

    def answer() -> tuple[Stated, Company]:
        rows = asked()
        if not rows:
            raise Refusal("order_unknown", order=order_id)
        row = [*rows[0][:10], rows[0][10] == SalesOrder.State.VOID]
        company = Company.from_db(DEFAULT_DB_ALIAS, _COMPANY, rows[0][11:])
        return Stated(*row), company

    return answer


def entered_by(order_id: int) -> frozenset[str]:
    """Everybody who entered the order or changed it."""
    return frozenset(SalesOrderVersion.objects.filter(order_id=order_id).values_list("actor", flat=True))


def said_before(order_id: int, version: int) -> Order | None:
    """What the order said before this version of it; None of the first one."""
    before = SalesOrderVersion.objects.filter(order_id=order_id, version__lt=version).order_by("-version").first()
    return None if before is None else order_from(before.content)


def is_delivery(fulfilment_id: int) -> bool:
    """Whether the fact says that something went out, and not that something came back or was invoiced."""
    return Fulfilment.objects.filter(pk=fulfilment_id, what=DELIVERED, reversal_of__isnull=True).exists()


@dataclass(frozen=True, slots=True)
class Invoiced:
    """What orders say was invoiced to a customer under one document: the amount in minor units of `currency`, at the
    lines' prices, of every order together."""

    company_id: int
    customer_id: int
    currency: str
    document_number: str
    amount: int


def invoiced(fulfilment_id: int) -> Invoiced | None:
    """What stands under the document an invoicing names; None of a delivery and of what takes another back."""
    fact = Fulfilment.objects.filter(pk=fulfilment_id, what=INVOICED, reversal_of__isnull=True).first()
    if fact is None:
        return None
    under = Fulfilment.objects.filter(
        company_id=fact.company_id,
        customer_id__in=one_with(fact.customer_id),
        document_number=fact.document_number,
        what=INVOICED,
    )
    currency = SalesOrder.objects.values_list("currency", flat=True).get(pk=fact.order_id)
    amount = under.aggregate(whole=Sum("amount"))["whole"]
    return Invoiced(fact.company_id, fact.customer_id, currency, fact.document_number, amount)


def numbers_of(order_ids: Collection[int]) -> dict[int, str]:
    """Order → its number, of those that exist."""
    return dict(SalesOrder.objects.filter(pk__in=list(order_ids)).values_list("pk", "number"))
