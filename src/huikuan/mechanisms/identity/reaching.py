"""Rows of any mechanism narrowed to a reader's scope, and which customers are one.

Whose a customer is, and which are merged, the register of customers knows, which stands above: it hands both in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from huikuan.mechanisms.identity.domain.scope import Scope

_Row = TypeVar("_Row", bound=Model)
Narrow = Callable[[QuerySet[Any], Scope], QuerySet[Any]]
OneWith = Callable[[int], frozenset[int]]

_narrow: list[Narrow] = []
_one_with: list[OneWith] = []


def narrow_with(narrow: Narrow) -> None:
    """Have rows with `company_id` and `customer_id` narrowed by `narrow`. Called once at start-up."""
    _narrow[:] = [narrow]


def merge_with(one_with: OneWith) -> None:
    """Have customers that are one looked up by `one_with`. Called once at start-up."""
    _one_with[:] = [one_with]


def one_with(customer_id: int) -> frozenset[int]:
    """All customers that are one with this one now, itself among them."""
    return _one_with[0](customer_id)


def reached(rows: QuerySet[_Row], scope: Scope) -> QuerySet[_Row]:
    """Those of the rows that the scope reaches; rows of no company or customer, where it reaches every one."""
    return rows if scope.everything else _narrow[0](rows, scope)
