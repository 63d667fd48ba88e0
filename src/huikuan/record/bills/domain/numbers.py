"""Numbers of bills and sub-ranges of divisible ones.

An electronic bill bears 30 digits: type (1), number of the bank (12), day of registration (8), serial (8), check (1).
The first digit tells the system and the kind: 1 bank's, 2 trade (the earlier system); 5 bank's, 6 trade, 7 trade,
8 bank's (the present one, whose bills divide). How the check digit is computed is in no source we have, so that only
the shape is checked. A paper bill bears 16 digits; a cheque's number is taken as it is.

A divisible bill is a package of units of 0.01: the range `start-end` is worth (end − start + 1) × 0.01; `0` means not
divisible. docs/algorithms/bills.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import plain

BANK, COMMERCIAL, CHEQUE = KINDS = ("bank", "commercial", "cheque")

#: First digit → (kind, whether the bill may be divisible).
_TYPES = {
    "1": (BANK, False),
    "2": (COMMERCIAL, False),
    "5": (BANK, True),
    "6": (COMMERCIAL, True),
    "7": (COMMERCIAL, True),
    "8": (BANK, True),
}
_ELECTRONIC, _PAPER = 30, 16
_LONGEST_CHEQUE = 40
_RANGE = re.compile(r"(\d{1,12})-(\d{1,12})")

#: One package is worth at most 1,000,000,000.00.
MOST_UNITS = 100_000_000_000
CURRENCY = "CNY"


@dataclass(frozen=True, slots=True)
class Number:
    """A bill's number as read; `registered_on` and `divisible` of an electronic one."""

    digits: str
    registered_on: date | None = None
    divisible: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    """Units of a package, both ends included, from 1."""

    start: int
    end: int

    @property
    def face(self) -> int:
        """Its worth in minor units: a unit is one."""
        return self.end - self.start + 1

    def __str__(self) -> str:
        return f"{self.start:012d}-{self.end:012d}"


def read_number(text: str, kind: str) -> Number:
    """A bill's number; spaces and dashes between digits mean nothing. Refuses what is no such number, a day that does
    not exist, and a first digit that says another kind."""
    written = plain(text)
    if kind == CHEQUE:
        if not 0 < len(written) <= _LONGEST_CHEQUE:
            raise Refusal("bill_number_bad", value=text)
        return Number(written)
    digits = re.sub(r"[\s-]", "", written)
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in (_ELECTRONIC, _PAPER):
        raise Refusal("bill_number_bad", value=text)
    if len(digits) == _PAPER:
        return Number(digits)
    said, divisible = _TYPES.get(digits[0], ("", False))
    if not said:
        raise Refusal("bill_number_bad", value=text)
    if said != kind:
        raise Refusal("bill_number_of_other_kind", value=digits, bill_kind=said)
    return Number(digits, _day(digits[13:21], text), divisible)


def read_range(text: str) -> Range | None:
    """`1-100000` or `000000000001-000000100000`; `0` and '' are None: not divisible. Refuses what is no range, one
    that ends before it begins, and more than a package holds."""
    written = re.sub(r"\s", "", plain(text))
    if not written.strip("0"):
        return None
    match = _RANGE.fullmatch(written)
    if match is None:
        raise Refusal("bill_range_bad", value=text)
    found = Range(int(match[1]), int(match[2]))
    if not 0 < found.start <= found.end <= MOST_UNITS:
        raise Refusal("bill_range_bad", value=text)
    return found


def overlap(one: Range | None, other: Range | None) -> bool:
    """Whether two pieces of paper of one number share a unit; a whole bill shares all of them."""
    if one is None or other is None:
        return True
    return one.start <= other.end and other.start <= one.end


def divide(whole: Range | None, faces: Sequence[int]) -> list[Range]:
    """The range cut into pieces worth `faces` (minor units), in this order, nothing lost. Refuses a bill that is not
    divisible, and pieces that are less than two, not above 0, or do not sum to the whole."""
    if whole is None:
        raise Refusal("bill_not_divisible")
    if len(faces) < 2 or any(face <= 0 for face in faces) or sum(faces) != whole.face:
        raise Refusal("bill_pieces_differ", pieces=sum(faces), face=whole.face)
    pieces, start = [], whole.start
    for face in faces:
        pieces.append(Range(start, start + face - 1))
        start += face
    return pieces


def _day(digits: str, text: str) -> date:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise Refusal("bill_number_bad", value=text) from None
