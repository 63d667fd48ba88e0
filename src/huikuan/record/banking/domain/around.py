"""The rows around a table: whose account it is, from when to when, what was on it before and after."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from huikuan.kernel.text import fold, fold_without_note, plain, tidy
from huikuan.kernel.written_dates import read_date
from huikuan.record.banking.domain.layouts import CURRENCIES, METADATA, NAMES_OF_CURRENCIES

#: 起始时间：[2023-02-10 00:00:00]    终止时间：[…]: several labels in one cell,
#: values in brackets or up to two blanks.
_PAIR = re.compile(r"([^\s:\[\]][^:\[\]]*?)\s*:\s*(\[[^\]]*\]|\S.*?)?(?=\s{2,}|\t|$)")
_WIDTHS = str.maketrans({"：": ":", "　": " ", "［": "[", "］": "]"})
_DAYS = re.compile(r"\d{4}[-/.年]?\d{1,2}[-/.月]?\d{1,2}")
_LABEL_LONGEST = 40


def read_around(rows: Iterable[Sequence[str]]) -> dict[str, str]:
    """What the rows say, by the names of `layouts.METADATA`; the first that says something counts."""
    said: dict[str, str] = {}
    for cells in rows:
        for name, value in _pairs(cells):
            if value:
                said.setdefault(name, value)
    return said


def _pairs(cells: Sequence[str]) -> Iterator[tuple[str, str]]:
    for place, cell in enumerate(cells):
        text = cell.translate(_WIDTHS)
        found = [(_name(label), value.strip("[] ")) for label, value in _PAIR.findall(text)] if ":" in text else []
        for name, value in found:
            if name and value:
                yield name, value
        alone = _name(text.rstrip(": ")) if not any(value for _, value in found) else ""
        if alone:
            yield alone, next((other for other in cells[place + 1 :] if other.strip()), "")
        elif (iso := re.fullmatch(r":?\s*([A-Z]{3})", text.strip())) and iso[1] in CURRENCIES:
            yield "currency", iso[1]


def _name(label: str) -> str:
    if len(label) > _LABEL_LONGEST:
        return ""
    return METADATA.get(fold(label)) or METADATA.get(fold_without_note(label)) or ""


def period_of(said: dict[str, str], order: str) -> tuple[date | None, date | None]:
    """The first and last day the rows name, where they can be read."""
    both = _DAYS.findall(plain(said.get("period", "")))
    first = said.get("period_from") or (both[0] if both else "")
    last = said.get("period_through") or (both[-1] if both else "")
    days = [read_date(text, order) for text in (first, last)]
    start, end = (day if isinstance(day, date) else None for day in days)
    return start, end


def currency_of(text: str) -> str:
    """The ISO code of what a file calls a currency; '' where it is none known. 人民币 → CNY, 'CNY-人民币' → CNY."""
    word, code = fold(text), plain(text)
    if word in NAMES_OF_CURRENCIES:
        return NAMES_OF_CURRENCIES[word]
    if re.fullmatch(r"[A-Z]{3}", code):
        return code
    iso = re.search(r"(?<![A-Z])[A-Z]{3}(?![A-Z])", code)
    if iso and iso[0] in CURRENCIES:
        return iso[0]
    chinese = (name for name in NAMES_OF_CURRENCIES if not name.isascii() and name in word)
    return NAMES_OF_CURRENCIES.get(max(chinese, key=len, default=""), "")


def account_of(text: str) -> str:
    """An account number without blanks; '' where digits are masked or lost (6222****1234, 6.22E+18)."""
    number = tidy(text)
    alone = re.match(r"\d{8,}(?= )", number)  # behind it some banks write the holder's name
    number = alone[0] if alone else number.replace(" ", "")
    if re.fullmatch(r"\d{1,15}\.0", number):
        number = number[:-2]
    masked = "*" in number or re.fullmatch(r"\d(\.\d+)?E\+?\d+", number, re.IGNORECASE)
    return "" if masked else number
