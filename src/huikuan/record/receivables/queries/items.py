"""Lists of open items as of any day; their sums are the figures they were opened from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from huikuan.mechanisms.audit.models import Head


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """Which open lines; None (or '') does not narrow, except that '' of group, owner, region and business type
    means "none given" when wrapped in `Exactly`-free plain None semantics: use None for no filter, '' for the empty value.

    `slot`: 'not_due', 'awaiting', 'overdue' (any overdue) or 'days' with `from_days` … `to_days` (None: open end).
    `side`: 'debit' or 'credit'. `text` finds in document number, customer name and code.
    """

    customer_id: int | None = None
    company_id: int | None = None
    side: str | None = None
    currency: str | None = None
    slot: str | None = None
    from_days: int | None = None
    to_days: int | None = None
    group: str | None = None
    owner: str | None = None
    region: str | None = None
    business_type: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One open line: an item, or one instalment of its payment schedule (`line` > 0).

    `overdue_days` 0 when not overdue; on the document basis it is the age. `slot` as in ItemFilter, with the bucket's
    edges. `value`: open_amount in the currency asked for (`value_in`), None without one.
    """

    item_id: int
    line: int
    customer_id: int
    customer_code: str
    customer_name: str
    company_code: str
    kind: str
    side: str
    currency: str
    amount: int
    open_amount: int
    value: int | None
    document_number: str
    document_date: date
    posting_date: date
    due_date: date | None
    awaits: str
    overdue_days: int
    slot: str
    from_days: int | None
    to_days: int | None


@dataclass(frozen=True, slots=True)
class Sums:
    """Totals of everything the filter finds, per currency; credits apart, never netted."""

    currency: str
    count: int
    debit: int
    credit: int


@dataclass(frozen=True, slots=True)
class Page:
    """`next` is the keyset to pass as `after` for the following rows, None at the end.
    `value_debit`, `value_credit`: the sums in `value_in`, None without one."""

    rows: tuple[ItemRow, ...]
    next: str | None
    count: int
    sums: tuple[Sums, ...]
    value_debit: int | None
    value_credit: int | None


def items_page(
    filter: ItemFilter,
    *,
    as_of: date,
    known: Head | None = None,
    basis: str = "due",
    value_in: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page:
    """The open lines that match, by due date (awaiting last) then item; ≤ `limit` of them after `after`."""
    raise NotImplementedError
