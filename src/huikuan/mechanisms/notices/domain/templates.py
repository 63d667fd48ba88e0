"""Templates of letters: text with {{placeholders}} from a closed list, read once, filled with plain values.

There is no language in it: no attributes, filters, conditions or loops. A template is cut into literal text and names;
a value put in is never looked at again, so braces or markup in a customer's name stay what they are. What a letter
takes is bounded before it is put together.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy

LONGEST_SECTION = 20_000
LONGEST_VALUE = 2_000
#: In bytes of UTF-8: all a letter says.
LARGEST_LETTER = 1_000_000
NOTHING = "—"

_TOKEN = re.compile(r"\{\{([^{}]*)\}\}")
_HEADING = "# "


@dataclass(frozen=True, slots=True)
class Name:
    """A placeholder where it stands: counted from 1, line and character."""

    name: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts under heads, all of one width; `total` is the last row, empty where there is none. `right`:
    the columns of numbers."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()
    right: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph of a letter. `kind`: text, salutation, heading, or block: then `text` names what stands there."""

    kind: str
    text: str


@lru_cache(maxsize=512)
def pieces(text: str) -> tuple[str | Name, ...]:
    """Literal text and placeholders in their order; kept, for a run writes the same text to many."""
    return tuple(_pieces(text))


def _pieces(text: str) -> Iterator[str | Name]:
    end = 0
    for found in _TOKEN.finditer(text):
        if found.start() > end:
            yield text[end : found.start()]
        yield Name(found[1].strip(), *place_of(text, found.start()))
        end = found.end()
    if end < len(text):
        yield text[end:]


def names(text: str) -> list[Name]:
    return [piece for piece in pieces(text) if isinstance(piece, Name)]


def stray(text: str) -> tuple[int, int] | None:
    """Where braces were opened that hold no placeholder; None where there are none."""
    blanked = _TOKEN.sub(lambda found: " " * len(found[0]), text)
    at = blanked.find("{{")
    return None if at < 0 else place_of(text, at)


def place_of(text: str, at: int) -> tuple[int, int]:
    """Line and character of a position, counted from 1."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with the values put in, once. Refuses a name without a value and what would grow beyond bounds."""
    found = [piece if isinstance(piece, str) else value_of(piece.name, values) for piece in pieces(text)]
    check_size(found)
    return "".join(found)


def value_of(name: str, values: Mapping[str, str]) -> str:
    """A value as a letter prints it, on one line; a dash for an empty one."""
    if name not in values:
        raise Refusal("letter_value_missing", name=name)
    if len(values[name]) > LONGEST_VALUE:
        raise Refusal("letter_value_too_long", name=name, most=LONGEST_VALUE)
    return tidy(values[name]) or NOTHING


def check_size(texts: Collection[str]) -> None:
    """Refuse more text than a letter may have; nothing was put together yet."""
    if sum(len(text.encode("utf-8", "replace")) for text in texts) > LARGEST_LETTER:
        raise Refusal("letter_too_large", most=LARGEST_LETTER)


def texts_of(table: Table) -> list[str]:
    return [*table.heads, *(cell for row in table.rows for cell in row), *table.total]


def paragraphs(text: str) -> list[str]:
    """What blank lines part."""
    return [one.strip("\n") for one in re.split(r"\n[ \t]*\n", text.strip("\n")) if one.strip()]


def parts(text: str, blocks: Collection[str], values: Mapping[str, str]) -> list[Part]:
    """A letter's paragraphs, filled; the first says to whom. A block's name alone in a paragraph stands for the
    block; a line that is one empty value is left out, and so are a paragraph of which nothing is left and a heading
    under which nothing is."""
    found = [_part(one, blocks, is_first=at == 0) for at, one in enumerate(paragraphs(text))]
    shown = [one if one.kind == "block" else replace(one, text=_spoken(one.text, values)) for one in found]
    left = [one for at, one in enumerate(shown) if one.text and not _heads_nothing(shown[at:])]
    return [one if one.kind == "block" else replace(one, text=filled(one.text, values)) for one in left]


def _heads_nothing(shown: Sequence[Part]) -> bool:
    """Whether the first is a heading and all it stood over was left out."""
    under = list(takewhile(lambda one: one.kind != "heading", shown[1:]))
    return shown[0].kind == "heading" and bool(under) and not any(one.text for one in under)


def _spoken(paragraph: str, values: Mapping[str, str]) -> str:
    return "\n".join(line for line in paragraph.split("\n") if not _is_silent(line, values))


def _is_silent(line: str, values: Mapping[str, str]) -> bool:
    alone = _TOKEN.fullmatch(line.strip())
    return alone is not None and alone[1].strip() in values and not tidy(values[alone[1].strip()])


def _part(paragraph: str, blocks: Collection[str], *, is_first: bool) -> Part:
    alone = _TOKEN.fullmatch(paragraph.strip())
    if alone and alone[1].strip() in blocks:
        return Part("block", alone[1].strip())
    if paragraph.startswith(_HEADING):
        return Part("heading", paragraph.removeprefix(_HEADING))
    return Part("salutation" if is_first else "text", paragraph)
