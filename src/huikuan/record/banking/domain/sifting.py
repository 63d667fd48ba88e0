"""Which lines of a statement are new, and which were recorded before: no line twice, no line lost.

A line is known again by the bank's reference, the year and the amount; where one side has no reference, by what it
says; and payments inside one entry by that entry, which another file may tell as one line. Each line recorded before
accounts for one line of a statement: of two equal receipts both stay, and both are known when the file comes again.
(Identical rows are legal in bank exports, and banks number anew each year.)
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from huikuan.kernel.text import plain
from huikuan.record.banking.domain.statements import Line, Statement

OTHER_AMOUNT = "reference_other_amount"
OTHER_PAYER = "reference_other_payer"

Places = dict[Hashable, list[int]]


@dataclass(frozen=True, slots=True)
class There:
    """A line recorded before, or kept of this file, as far as others are recognised by it."""

    booked_on: date
    amount: int
    currency: str
    counterparty_name: str
    counterparty_account: str
    memo: str
    bank_reference: str
    end_to_end: str
    part_of: str
    balance_after: int | None = None


@dataclass(frozen=True, slots=True)
class Odd:
    """A new line whose reference was there before: with another amount, or on another day from another payer."""

    code: str
    line: Line
    there: There


@dataclass(frozen=True, slots=True)
class Sifted:
    """A statement's lines: the new ones with the key each is kept under, those known, and what is odd of the new."""

    new: tuple[tuple[Line, str], ...]
    known: tuple[Line, ...]
    odd: tuple[Odd, ...]


def sift(statements: Sequence[Statement], before: Iterable[There], left_at: int | None = None) -> list[Sifted]:
    """Sift the statements of one account out of one file, in their order, against the lines recorded `before`.

    `before` holds at least those with a reference, or on a day, of the file; `left_at`: the balance the latest
    statement recorded closed with. A statement that opens with the balance the one before it in the file closed with
    goes on where that ended; any other may repeat its lines. Of one that goes on where the recorded ones ended, a line
    that looks like a recorded one and leaves another balance is another payment.
    """
    sieve = _Sieve(before)
    found = []
    closed: int | None = None
    for statement in statements:
        if closed is None or statement.opening != closed:
            sieve.forget_matches()
        goes_on = left_at is not None and statement.opening == left_at
        found.append(sieve.sift(statement.lines, _nameless_and_there if goes_on else _one_is_nameless))
        closed = statement.closing
    return found


def there_of(line: Line) -> There:
    """A line of a file as others are recognised by it."""
    return There(**{name: getattr(line, name) for name in There.__slots__})


class _Sieve:
    """The lines there are, which of them some line of the file accounts for already, and the keys given."""

    def __init__(self, before: Iterable[There]) -> None:
        self._there = list(before)
        self._of_file = len(self._there)
        self._matched: set[int] = set()
        self._given = Counter(map(_base, self._there))
        self._named = {_name(one): one for one in reversed(self._there) if one.bank_reference}

    def forget_matches(self) -> None:
        """The lines that follow may repeat any that came so far."""
        self._matched.clear()
        self._of_file = len(self._there)

    def sift(self, lines: Sequence[Line], nameless: Callable[[There, There], bool]) -> Sifted:
        ones = [there_of(line) for line in lines]
        known = self._known(ones, nameless)
        new = [number for number in range(len(ones)) if number not in known]
        odd = tuple(odd for number in new for odd in self._odd(lines[number]))
        kept = tuple((lines[number], self._key(ones[number])) for number in new)
        self._there += [ones[number] for number in new]
        return Sifted(kept, tuple(lines[number] for number in sorted(known)), odd)

    def _known(self, ones: Sequence[There], nameless: Callable[[There, There], bool]) -> set[int]:
        """Places in the statement of the lines that were there before."""
        # What is named goes first, so that what merely says the same does not take its place.
        known: set[int] = set()
        for alike, fits in ((_reference, _agree), (_content, nameless)):
            places = self._places(alike)
            known |= {
                number
                for number, one in enumerate(ones)
                if number not in known and (like := alike(one)) and self._match(one, places[like], fits)
            }
        return known | self._entries_in_parts(ones, known) | self._parts_of_entries(ones, known)

    def _entries_in_parts(self, ones: Sequence[There], known: set[int]) -> set[int]:
        """Lines that tell as one what was recorded payment by payment."""
        places = self._places(_entry)
        return {
            number
            for number, one in enumerate(ones)
            if number not in known and one.bank_reference and self._match_sum(places[_name(one)], one.amount)
        }

    def _parts_of_entries(self, ones: Sequence[There], known: set[int]) -> set[int]:
        """Payments of entries that were recorded as one line."""
        parts: Places = defaultdict(list)
        for number, one in enumerate(ones):
            if one.part_of and number not in known:
                parts[_entry(one)].append(number)
        named = self._places(_name)
        found: set[int] = set()
        for entry, numbers in parts.items():
            total = sum(ones[number].amount for number in numbers)
            if any(self._match_sum([place], total) for place in named[entry]):
                found.update(numbers)
        return found

    def _places(self, alike: Callable[[There], Hashable]) -> Places:
        places: Places = defaultdict(list)
        for place in range(self._of_file):
            places[alike(self._there[place])].append(place)
        return places

    def _match(self, one: There, places: Iterable[int], fits: Callable[[There, There], bool]) -> bool:
        """Let the first of `places` that fits, and that no other line accounts for, be this line."""
        for place in places:
            if place not in self._matched and fits(one, self._there[place]):
                self._matched.add(place)
                return True
        return False

    def _match_sum(self, places: Sequence[int], amount: int) -> bool:
        """The same of all these together, if nothing accounts for any and they come to the amount."""
        if not places or self._matched.intersection(places):
            return False
        if sum(self._there[place].amount for place in places) != amount:
            return False
        self._matched.update(places)
        return True

    def _key(self, one: There) -> str:
        base = _base(one)
        self._given[base] += 1
        return hashlib.sha256(f"{base}|{self._given[base]}".encode()).hexdigest()

    def _odd(self, line: Line) -> Iterable[Odd]:
        """What was recorded first under the line's reference in its year."""
        there = self._named.get(_name(there_of(line)))
        if there is not None:
            yield Odd(OTHER_PAYER if there.amount == line.amount else OTHER_AMOUNT, line, there)


def _base(one: There) -> str:
    """What equal lines have in common: the n-th of them is kept under the n-th key."""
    return repr(_reference(one) or _content(one))


def _name(one: There) -> tuple[str, int]:
    return (one.bank_reference, one.booked_on.year)


def _entry(one: There) -> Hashable:
    return (one.part_of, one.booked_on.year)


def _reference(one: There) -> Hashable:
    return ("reference", *_name(one), one.amount, one.currency) if one.bank_reference else None


def _content(one: There) -> Hashable:
    texts = (one.counterparty_name, one.counterparty_account, one.memo, one.end_to_end)
    return ("content", one.booked_on.isoformat(), one.amount, one.currency, *map(plain, texts))


def _agree(one: There, there: There) -> bool:
    """Whether one reference names one payment: not where both the day and the payer are others."""
    if not one.bank_reference:
        return False
    accounts = {one.counterparty_account, there.counterparty_account}
    names = {plain(one.counterparty_name), plain(there.counterparty_name)}
    told = names if "" in accounts else accounts
    other_payer = "" not in told and len(told) > 1
    return one.booked_on == there.booked_on or not other_payer


def _one_is_nameless(one: There, there: There) -> bool:
    return not one.bank_reference or not there.bank_reference


def _nameless_and_there(one: There, there: There) -> bool:
    """The same, and both leave one balance, where both tell it."""
    balances = {one.balance_after, there.balance_after} - {None}
    return _one_is_nameless(one, there) and len(balances) < 2
