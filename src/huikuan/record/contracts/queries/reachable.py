"""Whose contracts and orders a reader may reach: the one place where that is decided."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

_Row = TypeVar("_Row", bound=Model)


def reachable(rows: QuerySet[_Row], companies: frozenset[int] | None) -> QuerySet[_Row]:
    """The contracts or orders among `rows` of the companies the reader may see (None: of every one)."""
    return rows if companies is None else rows.filter(company_id__in=companies)
