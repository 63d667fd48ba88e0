"""Reads that answer frozen rows: what others ask of promises."""

from huikuan.record.promises.queries.freezes import Frozen, frozen
from huikuan.record.promises.queries.promises import (
    PromiseFilter,
    PromiseRow,
    every_promise,
    of_customer,
    promise,
    promises_page,
)
from huikuan.record.promises.queries.standing import Kept, PromiseStanding, kept_rates, standing

__all__ = [
    "Frozen",
    "Kept",
    "PromiseFilter",
    "PromiseRow",
    "PromiseStanding",
    "every_promise",
    "frozen",
    "kept_rates",
    "of_customer",
    "promise",
    "promises_page",
    "standing",
]
