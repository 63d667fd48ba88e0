"""Customers to preview a letter with, as notices asks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from huikuan.act.collection.queries.letter_facts import ASKED, letter_facts
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.notices.domain.templates import Table
from huikuan.mechanisms.notices.letters.examples import Asked, Example, register
from huikuan.record.customers.models import Customer
from huikuan.record.customers.queries import named_like, narrowed, seen, standing_seen
from huikuan.record.receivables.models import OpenItem

_OFFERED = 8
#: Letters that speak of what is late, and of nothing else.
OVERDUE = frozenset({"demand", "lawyers_letter", "interest_sheet"})


def set_up() -> None:
    register(_find, _tell)


def _find(text: str, company_id: int, scope: Scope) -> Sequence[Example]:
    everybody = standing_seen(seen(scope))
    if text:
        exact = everybody.filter(code=text).first()
        found = [exact] if exact else list(named_like(everybody, text).order_by("code")[:_OFFERED])
    else:
        rows = OpenItem.objects.filter(company_id=company_id, side="debit", kind__in=ASKED, due_date__isnull=False)
        first = narrowed(rows, seen(scope)).order_by("due_date").values_list("customer_id", flat=True).first()
        found = list(Customer.objects.filter(pk=first)) if first else []
    return [Example(one.pk, one.code, one.name) for one in found]


def _tell(asked: Asked) -> tuple[Mapping[str, str], Mapping[str, Table]]:
    facts = letter_facts(
        customer_id=asked.customer_id,
        company_id=asked.company_id,
        scope=asked.scope,
        as_of=asked.as_of,
        language=asked.language,
        at=asked.at,
        overdue=asked.code in OVERDUE,
    )
    return facts.values, facts.tables
