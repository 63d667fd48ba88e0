"""What is known of payers: aliases and accounts learned or registered, and mandates that hold on a day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.cash.domain.known import NAME, Known, Said, Standing, counted
from huikuan.record.cash.models import AliasWord, Mandate
from huikuan.record.customers.queries import customers_by_id, narrowed, seen


@dataclass(frozen=True, slots=True)
class AliasRow:
    """A name or an account that is known of a customer's payers, and what stands of it."""

    customer_id: int
    customer_code: str
    customer_name: str
    sign: str
    value: str
    standing: Standing
    last_line_id: int | None
    last_application_id: int | None


@dataclass(frozen=True, slots=True)
class MandateRow:
    """Somebody else may pay for a customer, from a day to a day (None: without end). `ended`: taken back since."""

    id: int
    customer_id: int
    customer_code: str
    payer_name: str
    payer_account: str
    document: str
    valid_from: date
    valid_until: date | None
    ended: bool


def known_payers(company_id: int, *, day: date) -> dict[int, Known]:
    """Customer → what counts of its payers on the day."""
    found: dict[int, tuple[dict[str, int], dict[str, int], dict[str, str]]] = defaultdict(lambda: ({}, {}, {}))
    for (customer_id, sign, value), standing in _standings(company_id).items():
        names, accounts, _ = found[customer_id]
        if standing.counts:
            (names if sign == NAME else accounts)[value] = standing.confirmed
    ended = Mandate.objects.filter(company_id=company_id, ends__isnull=False).values("ends")
    holding = Mandate.objects.filter(company_id=company_id, ends=None, valid_from__lte=day).exclude(id__in=ended)
    for one in holding.filter(Q(valid_until=None) | Q(valid_until__gte=day)).order_by("id"):
        found[one.customer_id][2][one.payer_name] = one.document
        if one.payer_account:
            found[one.customer_id][1].setdefault(one.payer_account, 1)
    return {customer_id: Known(*known) for customer_id, known in found.items()}


def denied_payers(company_id: int) -> dict[str, frozenset[int]]:
    """A payer's name or account → the customers it was said not to pay for, more often than the contrary."""
    found: dict[str, set[int]] = defaultdict(set)
    for (customer_id, _, value), standing in _standings(company_id).items():
        if standing.denied or standing.revoked:
            found[value].add(customer_id)
    return {value: frozenset(customers) for value, customers in found.items()}


def aliases(company_id: int, *, scope: Scope, customer_id: int | None = None) -> list[AliasRow]:
    """Everything known of payers, whatever stands of it, by customer and value."""
    words = narrowed(AliasWord.objects.filter(company_id=company_id), seen(scope))
    if customer_id is not None:
        words = words.filter(customer_id=customer_id)
    rows = list(words.order_by("id"))
    standings = counted(Said(row.customer_id, row.sign, row.value, row.word) for row in rows)
    last = {(row.customer_id, row.sign, row.value): row for row in rows if row.line_id is not None}
    named = customers_by_id({customer for customer, _, _ in standings})
    return [
        AliasRow(
            key[0],
            named[key[0]].code,
            named[key[0]].name,
            key[1],
            key[2],
            standing,
            last[key].line_id if key in last else None,
            last[key].application_id if key in last else None,
        )
        for key, standing in sorted(standings.items(), key=lambda one: (named[one[0][0]].code, one[0]))
    ]


def mandates(company_id: int, *, scope: Scope, customer_id: int | None = None) -> list[MandateRow]:
    """Every mandate, ended ones too, the latest first."""
    found = narrowed(Mandate.objects.filter(company_id=company_id, ends=None), seen(scope))
    if customer_id is not None:
        found = found.filter(customer_id=customer_id)
    rows = list(found.order_by("-id"))
    ended = set(Mandate.objects.filter(ends__in=[row.id for row in rows]).values_list("ends", flat=True))
    named = customers_by_id({row.customer_id for row in rows})
    fields = ("id", "customer_id", "payer_name", "payer_account", "document", "valid_from", "valid_until")
    return [
        MandateRow(
            **{name: getattr(row, name) for name in fields},
            customer_code=named[row.customer_id].code,
            ended=row.id in ended,
        )
        for row in rows
    ]


def _standings(company_id: int) -> dict[tuple[int, str, str], Standing]:
    rows = AliasWord.objects.filter(company_id=company_id).order_by("id")
    return counted(Said(*row) for row in rows.values_list("customer_id", "sign", "value", "word"))
