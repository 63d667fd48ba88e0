"""What an owner would hand over: their customers with every open item, as both sides are to sign it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.record.customers.models import Affiliation, Customer
from huikuan.record.customers.queries import affiliation_as_of, item_affiliation_as_of, register_seen, seen
from huikuan.record.customers.queries.merging import under
from huikuan.record.receivables.models import Item
from huikuan.record.receivables.queries.items import ItemFilter, ItemRow, every_item
from huikuan.see.dossiers.queries.standing import Books

OWNER = Affiliation.Dimension.OWNER


@dataclass(frozen=True, slots=True)
class Sum:
    """Of one currency, in minor units; credits apart."""

    currency: str
    items: int
    debit: int
    overdue: int
    credit: int


@dataclass(frozen=True, slots=True)
class Handed:
    """A customer that changes hands, with what is open."""

    customer_id: int
    code: str
    name: str
    sums: tuple[Sum, ...]
    lines: tuple[ItemRow, ...]


def owners(day: date, *, scope: Scope) -> list[str]:
    """Whose customers of the scope are on the day."""
    known = affiliation_as_of(day, dimension=OWNER)
    theirs = seen(scope)
    return sorted({owner for customer_id, owner in known.items() if theirs.has_customer(customer_id)})


def handed(
    owner: str, day: date, books: Books, *, scope: Scope, chosen: Collection[int] | None = None
) -> list[Handed]:
    """The owner's customers of the scope on the day (None: all; else those chosen), with what is open of them by the
    books, whoever's they were then. An item that is somebody else's on the day, apart from its customer, stays."""
    known = affiliation_as_of(day, dimension=OWNER)
    mine = {one for one, name in known.items() if name == owner and (chosen is None or one in chosen)}
    apart = item_affiliation_as_of(day, dimension=OWNER, customer_ids=[*mine, *under(mine)])
    rows: dict[int, list[ItemRow]] = {}
    if mine:
        theirs = ItemFilter(customer_ids=frozenset(mine), company_id=books.company_id)
        with every_item(theirs, as_of=books.as_of, scope=scope, known=books.known) as (_, lines):
            for line in lines:
                if apart.get(line.item_id, owner) == owner:
                    rows.setdefault(line.customer_id, []).append(line)
    customers = register_seen(seen(scope)).filter(pk__in=mine).order_by("code")
    return [_handed(one, rows.get(one.pk, [])) for one in customers]


def handed_by(customer_ids: Collection[int], *, scope: Scope) -> frozenset[str] | None:
    """Whose rows the scope reaches in every company that has items of these customers (None: anybody's): a customer
    changes hands in all of them at once, and with it those merged into it."""
    whose = [*customer_ids, *under(customer_ids)]
    companies = Item.objects.filter(customer_id__in=whose).values_list("company_id", flat=True).distinct()
    return scope.owners_across(frozenset(companies))


def check_reach(owner: str, found: Collection[Handed], *, scope: Scope) -> None:
    """Refuse a hand-over of customers with items in a company where the scope does not reach the owner's rows."""
    reached = handed_by([one.customer_id for one in found], scope=scope)
    if reached is not None and owner not in reached:
        raise Refusal("hand_over_in_part", owner=owner)


def totals(found: Collection[Handed]) -> list[Sum]:
    """Over all customers, per currency."""
    return list(_sums([line for one in found for line in one.lines]))


def as_lines(found: Collection[Handed], on: date) -> list[dict[str, Any]]:
    """What both sides sign, as plain data: amounts in minor units with their currency."""
    companies = dict(Company.objects.values_list("code", "pk"))
    return [
        {
            "customer_id": one.customer_id,
            "code": one.code,
            "name": one.name,
            "as_of": on.isoformat(),
            "sums": [
                {name: getattr(sum_, name) for name in ("currency", "items", "debit", "overdue", "credit")}
                for sum_ in one.sums
            ],
            "items": [
                {
                    "company_id": companies[line.company_code],
                    "company": line.company_code,
                    "document": line.document_number,
                    "kind": line.kind,
                    "side": line.side,
                    "due": line.due_date.isoformat() if line.due_date else "",
                    "currency": line.currency,
                    "open": line.open_amount,
                    "overdue_days": line.overdue_days if line.slot == "days" else 0,
                }
                for line in one.lines
            ],
        }
        for one in found
    ]


def _handed(one: Customer, lines: list[ItemRow]) -> Handed:
    return Handed(one.pk, one.code, one.name, _sums(lines), tuple(lines))


def _sums(lines: Collection[ItemRow]) -> tuple[Sum, ...]:
    found: dict[str, list[int]] = {}
    for line in lines:
        sums = found.setdefault(line.currency, [0, 0, 0, 0])
        sums[0] += 1
        if line.side == "credit":
            sums[3] += line.open_amount
        else:
            sums[1] += line.open_amount
            sums[2] += line.open_amount if line.slot == "days" else 0
    return tuple(Sum(currency, *found[currency]) for currency in sorted(found))
