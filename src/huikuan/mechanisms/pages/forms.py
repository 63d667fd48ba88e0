"""A form as it was typed: read field by field, each refusal kept beside its field, nothing typed lost.

A field's name before its first hyphen is its group: `line-2-quantity` and `line-0-product` are both of `line`. What
belongs together is compared and kept together when two people changed the same record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from django.http import HttpRequest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.pages.telling import said

Value = TypeVar("Value")

#: In bytes: of a file sent with a form.
_LARGEST_FILE = 50 * 1024 * 1024
#: No form has more rows: what is longer comes by import or through the API. Settings let as many fields through.
MOST_ROWS = 200
_SPARE, _LEAST_ROWS = 2, 3
_LONGEST_NUMBER = 18


@dataclass(slots=True)
class Form:
    """`typed`: what stands in each field. `problems`: what is wrong, by field; '' what is wrong with the whole.
    `beside`: what else has to be said of a field."""

    typed: dict[str, str]
    problems: dict[str, str] = field(default_factory=dict)
    beside: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return self.typed.get(name, "")

    def read(self, name: str, parse: Callable[[str], Value]) -> Value | None:
        """What the field says, None for an empty one; what `parse` refuses is kept beside it."""
        if not self.text(name):
            return None
        try:
            return parse(self.text(name))
        except Refusal as refusal:
            self.blame(name, refusal)
            return None

    def blame(self, name: str, refusal: Refusal) -> None:
        """Keep the refusal beside the field, the first where there are several."""
        self.problems.setdefault(name, said(refusal))

    def rows(self, group: str, keys: tuple[str, ...]) -> list[int]:
        """The numbers of the rows in which any of these fields is filled; rows beyond the last one a form has stand
        against the group, since what was sent must not go missing untold."""
        found = {
            int(parts[1])
            for name, value in self.typed.items()
            if value and len(parts := name.split("-")) == len(("group", "row", "key"))
            if parts[0] == group and parts[1].isascii() and parts[1].isdigit() and parts[2] in keys
        }
        if found and max(found) >= MOST_ROWS:
            self.blame(group, Refusal("form_rows_too_many", most=MOST_ROWS))
        return sorted(row for row in found if row < MOST_ROWS)

    def offered(self, group: str, keys: tuple[str, ...]) -> range:
        """The rows a page offers: the filled ones and some to spare, more where `more` was asked for."""
        last = max(self.rows(group, keys), default=-1)
        return range(min(max(last + 1 + _SPARE * (1 + 2 * ("more" in self.typed)), _LEAST_ROWS), MOST_ROWS))


def check_fits(rows: int) -> None:
    """Refuse what has more rows than a form: saved from one, it would lose the rest."""
    if rows > MOST_ROWS:
        raise Refusal("form_too_long", rows=rows, most=MOST_ROWS)


def typed_in(request: HttpRequest) -> dict[str, str]:
    """Every field of a posted form, without spaces around and with plain line ends."""
    return {
        name: str(value).replace("\r\n", "\n").replace("\0", "").strip()
        for name, value in request.POST.items()
        if name != "csrfmiddlewaretoken"
    }


def file_sent(request: HttpRequest) -> tuple[str, bytes]:
    """Name and content of the file sent along; refuses none and one that is too large."""
    found = files_sent(request)
    if not found:
        raise Refusal("form_file_missing")
    return found[-1]


def files_sent(request: HttpRequest) -> list[tuple[str, bytes]]:
    """Names and contents of all files sent along, none where there are none; refuses one that is too large."""
    sent = [one for one in request.FILES.getlist("file") if one.name and one.size]
    if any((one.size or 0) > _LARGEST_FILE for one in sent):
        raise Refusal("form_file_too_large", limit=_LARGEST_FILE // 1024 // 1024)
    return [(str(one.name), one.read()) for one in sent]


def request_named(text: str) -> int | None:
    """The number of an approval request that a form takes the place of; None where it names none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else None


def group_of(name: str) -> str:
    """Which group a field belongs to."""
    return name.partition("-")[0]


def touched(typed: Mapping[str, str], base: Mapping[str, str]) -> frozenset[str]:
    """The groups of which something reads otherwise than in `base`."""
    names = {*typed, *base}
    return frozenset(group_of(name) for name in names if typed.get(name, "") != base.get(name, ""))


def merged(typed: Mapping[str, str], base: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """What was typed over `base`, carried over to what stands there `now`: groups left alone follow, others stay."""
    mine = touched(typed, base)
    kept = {name: value for name, value in typed.items() if group_of(name) in mine}
    return {name: value for name, value in now.items() if group_of(name) not in mine} | kept
