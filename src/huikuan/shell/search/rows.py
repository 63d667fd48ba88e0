"""What an answer is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from huikuan.kernel.pinyin import spoken_span
from huikuan.record.customers.domain.search_words import folded
from huikuan.record.receivables.queries.search import Standing


@dataclass(frozen=True, slots=True)
class Answer:
    """One line: where it leads, its title in pieces (text, lit), and what stands beside it."""

    url: str
    icon: str
    title: tuple[tuple[str, bool], ...]
    detail: str = ""
    number: bool = False
    amount: int | None = None
    open_amount: int | None = None
    currency: str = ""
    standings: Sequence[Standing] = field(default=())


@dataclass(frozen=True, slots=True)
class Group:
    """Answers of one kind. `more`: the list that has them all, '' where there is none."""

    name: str
    title: str
    answers: Sequence[Answer]
    more: str = ""


def lit(title: str, words: Iterable[str]) -> tuple[tuple[str, bool], ...]:
    """The title in pieces, what matched a word lit: by its letters, else by how it reads."""
    spans = sorted(span for word in words for span in [_span(title, word)] if span)
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end in spans:
        if start < at:
            continue
        pieces += [(title[at:start], False), (title[start:end], True)]
        at = end
    pieces.append((title[at:], False))
    return tuple(piece for piece in pieces if piece[0])


def _span(title: str, word: str) -> tuple[int, int] | None:
    lower = title.lower() if len(title.lower()) == len(title) else title
    for spelling in (word, word.translate(str.maketrans("()", "（）"))):
        start = lower.find(spelling)
        if start >= 0:
            return start, start + len(spelling)
    return spoken_span(title, folded(word)) if word.isascii() and word.isalpha() else None
