"""Line items of financial statements: declared once for each format, as data.

A line sums into another one (`into`) with a sign: 1 adds, -1 is taken off (减：), 0 is told beside it (其中：) and not
summed. What others sum into is a total. The same code means the same in every format.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

BALANCE, INCOME, CASH = SHEETS = ("balance", "income", "cash")
ADDS, TAKES_OFF, BESIDE = 1, -1, 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `zh` as the format prints it, without 减： and 其中：, `sheet` the statement it stands in."""

    code: str
    zh: str
    en: str
    sheet: str
    into: str
    sign: int


class Format:
    """The lines of one accounting standard's statements in their printed order."""

    def __init__(self, name: str, sheets: Mapping[str, Iterable[tuple[str, str, str, str, int]]]) -> None:
        self.name = name
        self.lines = tuple(
            Line(code, zh, en, sheet, into, sign)
            for sheet, rows in sheets.items()
            for code, zh, en, into, sign in rows
        )

    @cached_property
    def by_code(self) -> dict[str, Line]:
        return {line.code: line for line in self.lines}

    @cached_property
    def parts(self) -> dict[str, tuple[Line, ...]]:
        """Total → the lines that sum into it."""
        found: dict[str, tuple[Line, ...]] = {}
        for line in self.lines:
            if line.into and line.sign != BESIDE:
                found[line.into] = (*found.get(line.into, ()), line)
        return found

    def of_sheet(self, sheet: str) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.sheet == sheet)


def value_of(form: Format, amounts: Mapping[str, int], code: str) -> int | None:
    """The line as stated; a total that is not stated from its parts, if every one of them is known. Else None:
    a missing line is missing, never nought."""
    if code in amounts:
        return amounts[code]
    parts = form.parts.get(code, ())
    known = [(part.sign, value_of(form, amounts, part.code)) for part in parts]
    if not known or any(value is None for _, value in known):
        return None
    return sum(sign * value for sign, value in known if value is not None)


def missing_of(form: Format, amounts: Mapping[str, int], code: str) -> tuple[str, ...]:
    """The stated lines lacking for `code`: itself, or where most of its parts are known, those that are not."""
    parts = form.parts.get(code, ())
    lacking = tuple(part.code for part in parts if value_of(form, amounts, part.code) is None)
    return lacking if 0 < 2 * len(lacking) < len(parts) else (code,)
