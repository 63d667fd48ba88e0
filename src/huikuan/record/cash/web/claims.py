"""Whose open items a payment may pay, by evidence, and what is ticked before anybody ticks anything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.pages.figures import grouped
from huikuan.mechanisms.pages.reading import Reading
from huikuan.record.banking.queries.lines import LineRow
from huikuan.record.cash.domain.book import Difference, Proposal
from huikuan.record.cash.web.words import LEAVE
from huikuan.record.customers.queries import CustomerRow
from huikuan.record.receivables.queries.items import ItemFilter, ItemRow, items_page

#: Open items shown before somebody asks for all, and the most that are shown at all.
FEW, MANY = 8, 500
_DEBIT = "debit"
#: A number in a memo, with what belongs to it: QY2609-112/118/121.
_NUMBERED = re.compile(r"[A-Za-z]*[-_#]?\d[\d/\-~、.]*\d|\d{3,}")
_FEWEST_DIGITS = 3


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """An open item of a customer with what of the payment goes to it. `typed`: as the field says it; `named`: the
    memo names it; `first`: the keyboard begins here."""

    item_id: int
    document_number: str
    kind: str
    side: str
    currency: str
    open_amount: int
    due_date: date | None
    overdue_days: int
    slot: str
    ticked: bool
    typed: str
    part: int
    named: bool
    first: bool = False


@dataclass(frozen=True, slots=True)
class CustomerPart:
    """One customer's open items in the payment's currency: `count` of them, `more` not shown. `drop`: the page without
    this customer, where several share the payment."""

    customer: CustomerRow
    claims: tuple[ClaimRow, ...]
    count: int
    more: int
    overdue: int
    drop: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in a form that was sent and refused: ticked items, and amounts as typed by item."""

    items: frozenset[int]
    amounts: Mapping[int, str]


def part_of(
    customer: CustomerRow,
    line: LineRow,
    proposal: Proposal | None,
    *,
    reading: Reading,
    scope: Scope,
    all_items: bool,
    typed: Typed | None = None,
) -> CustomerPart:
    """What is open with a customer, by evidence: what the proposal pays, what the memo names, the earliest due."""
    found = list(_merged(_items(customer.id, line, reading, scope)))
    parts = {part.item_id: part.amount for part in proposal.parts} if proposal else {}
    named = {row.item_id for row in found if _names(line.memo, row.document_number)}
    found.sort(key=lambda row: (row.item_id not in parts, row.item_id not in named, row.due_date or date.max))
    shown = found if all_items else found[: max(FEW, len(parts), len(typed.items) if typed else 0)]
    claims = tuple(_claim(row, parts, named, typed) for row in shown)
    overdue = sum(row.open_amount for row in found if row.overdue_days > 0 and row.side == _DEBIT)
    return CustomerPart(customer, claims, len(found), len(found) - len(shown), overdue)


def marked(memo: str) -> list[tuple[str, bool]]:
    """The memo in pieces, each with whether it is a number that may name a document."""
    pieces, at = [], 0
    for found in _NUMBERED.finditer(memo):
        if sum(letter.isdigit() for letter in found.group()) < _FEWEST_DIGITS:
            continue
        pieces += [(memo[at : found.start()], False), (found.group(), True)]
        at = found.end()
    return [(text, named) for text, named in [*pieces, (memo[at:], False)] if text]


def difference_of(proposal: Proposal | None) -> str:
    """What the proposal does with what a claim is not paid by."""
    differences: Sequence[Difference] = proposal.differences if proposal else ()
    return differences[0].kind if differences else LEAVE


def _items(customer_id: int, line: LineRow, reading: Reading, scope: Scope) -> Sequence[ItemRow]:
    chosen = ItemFilter(customer_id=customer_id, company_id=line.company_id, currency=line.currency)
    return items_page(chosen, as_of=reading.today, scope=scope, limit=MANY).rows


def _merged(rows: Iterable[ItemRow]) -> Iterator[ItemRow]:
    """Instalments of one item as one row: money pays the item, the earliest instalment first."""
    whole: dict[int, list[ItemRow]] = {}
    for row in rows:
        whole.setdefault(row.item_id, []).append(row)
    for lines in whole.values():
        yield replace(lines[0], open_amount=sum(line.open_amount for line in lines))


def _claim(row: ItemRow, parts: Mapping[int, int], named: set[int], typed: Typed | None) -> ClaimRow:
    part = abs(parts.get(row.item_id, 0))
    if typed is not None:
        ticked, text = row.item_id in typed.items, typed.amounts.get(row.item_id, "")
    else:
        ticked, text = bool(part), grouped(to_text(part, row.currency)) if part else ""
    return ClaimRow(
        item_id=row.item_id,
        document_number=row.document_number,
        kind=row.kind,
        side=row.side,
        currency=row.currency,
        open_amount=row.open_amount,
        due_date=row.due_date,
        overdue_days=row.overdue_days,
        slot=row.slot,
        ticked=ticked,
        typed=text,
        part=part if row.side == _DEBIT else -part,
        named=row.item_id in named,
    )


def _names(memo: str, document_number: str) -> bool:
    """Whether the memo has the document's number in it, or its last digits."""
    tail = re.search(r"\d{3,}$", document_number)
    return bool(document_number) and (document_number in memo or (tail is not None and tail.group() in memo))
