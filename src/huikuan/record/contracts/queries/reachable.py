"""Whose contracts and orders a reader may reach: the one place where that is decided."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.queries import narrowed, seen

_Row = TypeVar("_Row", bound=Model)


def reachable(rows: QuerySet[_Row], scope: Scope) -> QuerySet[_Row]:
    """The contracts, orders or facts of them among `rows` that lie in the reader's scope."""
    return narrowed(rows, seen(scope))
