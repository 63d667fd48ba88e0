"""What the lists of contracts and of orders share: the order of their rows, their search, their customers' names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Coalesce

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import spellings
from huikuan.mechanisms.identity.models import Company
from huikuan.record.customers.models import Customer

#: Rows read at a time when all are wanted.
_AT_ONCE = 2_000
_Listed = TypeVar("_Listed", bound=Model)


def first_of(rows: QuerySet[_Listed], after: str, limit: int) -> tuple[list[_Listed], str | None]:
    """The latest entered first, ≤ `limit` after the place `after`; and the place for those that follow, None at
    the end. Refuses a place that no page gave."""
    found = list(_after(rows, after)[: limit + 1])
    return found[:limit], str(found[limit - 1].pk) if len(found) > limit else None


def a_few_thousand_at_a_time(rows: QuerySet[_Listed]) -> Iterator[list[_Listed]]:
    """All rows in the order of `first_of`."""
    after: str | None = ""
    while after is not None:
        found, after = first_of(rows, after, _AT_ONCE)
        yield found


def found_by(text: str, *fields: str) -> Q:
    """Rows with `text` in one of the fields or in their customer's name or code, or in those of the customer it is
    shown under."""
    condition = Q()
    for spelling in spellings(text):
        for field in fields:
            condition |= Q(**{f"{field}__icontains": spelling})
        own = Q(name__icontains=spelling) | Q(code__icontains=spelling)
        shown = Q(merged_into__name__icontains=spelling) | Q(merged_into__code__icontains=spelling)
        named = Customer.objects.filter(own | shown)
        condition |= Q(customer_id__in=named.values("id"))
    return condition


def numbered(rows: QuerySet[_Listed], company_code: str, number: str) -> QuerySet[_Listed]:
    """The company's row with this number; none for an unknown company."""
    company = Company.objects.filter(code=company_code).values_list("pk", flat=True).first()
    return rows.filter(company_id=company or 0, number=number)


def customers_named(ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Code and name of each of these customers, of a merged one those it is shown under."""
    shown = (Coalesce(f"merged_into__{name}", name) for name in ("code", "name"))
    rows = Customer.objects.filter(id__in=set(ids)).values_list("id", *shown)
    return {pk: (code, name) for pk, code, name in rows}


def company_codes() -> dict[int, str]:
    return dict(Company.objects.values_list("id", "code"))


def _after(rows: QuerySet[_Listed], after: str) -> QuerySet[_Listed]:
    if after:
        if not (after.isascii() and after.isdigit() and len(after) <= 18):
            raise Refusal("place_unknown", value=after)
        rows = rows.filter(pk__lt=int(after))
    return rows.order_by("-pk")
