"""Rows of any mechanism narrowed to a reader's scope.

Whose a customer is, the register of customers knows, which stands above: it hands in how rows are narrowed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from huikuan.mechanisms.identity.domain.scope import Scope

_Row = TypeVar("_Row", bound=Model)
Narrow = Callable[[QuerySet[Any], Scope], QuerySet[Any]]

_narrow: list[Narrow] = []


def narrow_with(narrow: Narrow) -> None:
    """Have rows with `company_id` and `customer_id` narrowed by `narrow`. Called once at start-up."""
    _narrow[:] = [narrow]


def reached(rows: QuerySet[_Row], scope: Scope) -> QuerySet[_Row]:
    """Those of the rows that the scope reaches; rows of no company or customer, where it reaches every one."""
    return rows if scope.everything else _narrow[0](rows, scope)
