"""The customer's own list of what it owes us, line by line against ours (docs/algorithms/reconciliation.md).

Amounts are minor units of one currency, positive owed to us, on both sides. Lines become groups: what speaks of the
same document, or has the same amount at about the same time. Every line of both sides is in one group, so that
ours − theirs is the sum of the groups' differences whatever was matched with what.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

#: How two sides of a group were found to be the same.
DOCUMENT, DOCUMENT_END, AMOUNT_DAY, AMOUNT, ALONE = "document", "document_end", "amount_day", "amount", "alone"
#: What a group's difference is.
AGREED, IN_TRANSIT, NOT_INVOICED, PRICE, QUANTITY, RETURN, OTHER_AMOUNT, ONLY_OURS, ONLY_THEIRS = (
    "agreed", "in_transit", "not_invoiced", "price", "quantity", "return", "amount", "only_ours", "only_theirs",
)  # fmt: skip
CLASSES = (
    IN_TRANSIT, NOT_INVOICED, PRICE, QUANTITY, RETURN, OTHER_AMOUNT, ONLY_OURS, ONLY_THEIRS, AGREED,
)  # fmt: skip
#: Kinds of their lines, as the file says or the sign shows.
INVOICE, PAYMENT, RETURNED, ACCRUED = "invoice", "payment", "return", "accrued"
_OUR_RETURNS = ("return", "credit_note")
#: How far apart two days may lie of what has the same amount.
DAYS_APART = 10
#: So many characters of a number's end are as good as the whole of it.
_END = 8


@dataclass(frozen=True, slots=True)
class OurLine:
    """An item of ours that is open on the day, with the account's sign."""

    id: int
    document: str
    on: date
    amount: int
    kind: str


@dataclass(frozen=True, slots=True)
class TheirLine:
    """A row of the customer's list. `price` in minor units for one of `quantity` (in 1/1,000), None where unsaid."""

    row: int
    document: str
    on: date | None
    amount: int
    kind: str = ""
    quantity: int | None = None
    price: int | None = None


_Line = TypeVar("_Line", OurLine, TheirLine)


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that belong together. `difference` = what ours come to − what theirs come to."""

    ours: tuple[OurLine, ...]
    theirs: tuple[TheirLine, ...]
    by: str
    kind: str

    @property
    def difference(self) -> int:
        return sum(line.amount for line in self.ours) - sum(line.amount for line in self.theirs)


def normalised(document: str) -> str:
    """A document number as both sides write it: full-width as half-width, capitals, letters and digits alone, a number
    without leading noughts."""
    kept = _plain(document)
    return kept.lstrip("0") if kept.isdigit() else kept


def reconcile(ours: Sequence[OurLine], theirs: Sequence[TheirLine]) -> tuple[Group, ...]:
    """All groups: those that differ first, by size. By document, then by its end, then by amount and day, then by
    amount within some days; a match by anything but the document has to be the only one there is."""
    left = _Left(list(ours), list(theirs))
    groups = _by_document(left)
    groups += _unique(left, DOCUMENT_END, _end_of, _end_of)
    groups += _unique(left, AMOUNT_DAY, lambda one: (one.amount, one.on), lambda one: (one.amount, one.on))
    groups += _near(left)
    groups = _with_returns(left, groups)
    groups += [Group((one,), (), ALONE, RETURN if one.kind in _OUR_RETURNS else ONLY_OURS) for one in left.ours]
    groups += [Group((), (one,), ALONE, _theirs_alone(one)) for one in left.theirs]
    return tuple(sorted(groups, key=_order))


def by_class(groups: Iterable[Group]) -> dict[str, tuple[int, int]]:
    """Class → (groups, Σ of their differences), of those there are, in the order of CLASSES."""
    found: dict[str, tuple[int, int]] = {}
    for group in groups:
        count, total = found.get(group.kind, (0, 0))
        found[group.kind] = (count + 1, total + group.difference)
    return {kind: found[kind] for kind in CLASSES if kind in found}


@dataclass(slots=True)
class _Left:
    """What is in no group yet."""

    ours: list[OurLine]
    theirs: list[TheirLine]

    def take(self, ours: Sequence[OurLine], theirs: Sequence[TheirLine]) -> None:
        our_ids, their_rows = {one.id for one in ours}, {one.row for one in theirs}
        self.ours = [one for one in self.ours if one.id not in our_ids]
        self.theirs = [one for one in self.theirs if one.row not in their_rows]


def _by_document(left: _Left) -> list[Group]:
    """All lines of one document on both sides: instalments and corrections under one number are compared whole."""
    our_groups, their_groups = _grouped(left.ours), _grouped(left.theirs)
    groups = []
    for document in sorted(our_groups.keys() & their_groups.keys()):
        mine, other = tuple(our_groups[document]), tuple(their_groups[document])
        groups.append(_group(mine, other, DOCUMENT))
        left.take(mine, other)
    return groups


def _plain(document: str) -> str:
    text = unicodedata.normalize("NFKC", document).upper()
    return "".join(one for one in text if one.isalnum())


def _grouped(lines: Sequence[_Line]) -> dict[str, list[_Line]]:
    found: dict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        if document := normalised(line.document):
            found[document].append(line)
    return found


def _unique(
    left: _Left, by: str, ours_key: Callable[[OurLine], Hashable], theirs_key: Callable[[TheirLine], Hashable]
) -> list[Group]:
    """One of ours and one of theirs with the same key, and no other with it on either side."""
    ours: dict[Hashable, list[OurLine]] = defaultdict(list)
    theirs: dict[Hashable, list[TheirLine]] = defaultdict(list)
    for mine in left.ours:
        ours[ours_key(mine)].append(mine)
    for other in left.theirs:
        theirs[theirs_key(other)].append(other)
    groups = []
    for key, found in ours.items():
        if key and len(found) == 1 and len(theirs.get(key, ())) == 1:
            groups.append(_group(tuple(found), tuple(theirs[key]), by))
            left.take(found, theirs[key])
    return groups


def _end_of(line: OurLine | TheirLine) -> str:
    """The end of a long number: an invoice's number is often written without the code before it."""
    document = _plain(line.document)
    return document[-_END:] if len(document) >= _END else ""


def _near(left: _Left) -> list[Group]:
    """The same amount within some days, where neither side offers another."""
    groups = []
    for mine in list(left.ours):
        found = [one for one in left.theirs if _is_near(mine, one)]
        if len(found) == 1 and sum(_is_near(one, found[0]) for one in left.ours) == 1:
            groups.append(_group((mine,), (found[0],), AMOUNT))
            left.take([mine], found)
    return groups


def _is_near(mine: OurLine, other: TheirLine) -> bool:
    near = other.on is not None and abs((mine.on - other.on).days) <= DAYS_APART
    return mine.amount == other.amount and near


def _with_returns(left: _Left, groups: list[Group]) -> list[Group]:
    """A group whose difference is just what one side returned and the other has in the invoice: they belong together,
    and what is left between them is nothing, or the return alone."""
    return [_with_return(left, group) for group in groups]


def _with_return(left: _Left, group: Group) -> Group:
    gap = group.difference
    mine = [one for one in left.ours if gap and one.kind in _OUR_RETURNS and one.amount == -gap]
    other = [one for one in left.theirs if gap and one.kind == RETURNED and one.amount == gap]
    if len(mine) + len(other) != 1:
        return group
    left.take(mine, other)
    return Group((*group.ours, *mine), (*group.theirs, *other), group.by, AGREED)


def _group(ours: tuple[OurLine, ...], theirs: tuple[TheirLine, ...], by: str) -> Group:
    gap = sum(one.amount for one in ours) - sum(one.amount for one in theirs)
    return Group(ours, theirs, by, _why(ours, theirs) if gap else AGREED)


def _why(ours: tuple[OurLine, ...], theirs: tuple[TheirLine, ...]) -> str:
    """Why two writings of the same document differ, by the customer's own quantity and price where it says them: our
    amount at their price is another whole quantity, or at their quantity another price."""
    if any(one.kind == RETURNED for one in theirs) or any(one.kind in _OUR_RETURNS for one in ours):
        return RETURN
    if any(one.kind == PAYMENT for one in theirs):
        return IN_TRANSIT
    said = [one for one in theirs if one.quantity and one.price]
    if len(theirs) == 1 and said:
        amount, price = sum(one.amount for one in ours), said[0].price or 1
        return QUANTITY if amount % price == 0 else PRICE
    return OTHER_AMOUNT


def _theirs_alone(line: TheirLine) -> str:
    """What a line of theirs is that we do not know: paid and not here yet, returned, delivered and not invoiced."""
    if line.kind == RETURNED:
        return RETURN
    if line.kind == PAYMENT or (line.amount < 0 and line.kind != INVOICE):
        return IN_TRANSIT
    if line.kind == ACCRUED or not normalised(line.document):
        return NOT_INVOICED
    return ONLY_THEIRS


def _order(group: Group) -> tuple[bool, int, int, int]:
    first_ours = group.ours[0].id if group.ours else 0
    first_theirs = group.theirs[0].row if group.theirs else 0
    return (group.kind == AGREED, -abs(group.difference), first_ours, first_theirs)
