"""One stacked bar: parts of a whole as rectangles side by side; what draws them is the page's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """One rectangle: x and width in percent; y and height in pixels (0 for a flat bar)."""

    x: str
    width: str
    y: str
    height: str
    shade: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Part:
    """What a mark stands for, before it is placed."""

    amount: int
    shade: str
    title: str
    url: str = ""


def flat(parts: Sequence[Part], whole: int | None = None) -> list[Mark]:
    """Segments side by side; `whole` (default: their sum) is the full width."""
    total = whole or sum(part.amount for part in parts)
    marks, before = [], 0
    for part in parts:
        if part.amount > 0 and total > 0:
            x, width = before / total * 100, part.amount / total * 100
            marks.append(Mark(length_text(x), length_text(width), "0", "0", part.shade, part.title, part.url))
            before += part.amount
    return marks


@dataclass(frozen=True, slots=True)
class Gauge:
    """A bar that fills towards a limit. `ticks`: (place in percent, what it marks)."""

    segments: tuple[Mark, ...]
    ticks: tuple[tuple[str, str], ...]


def gauge(parts: Sequence[Part], limit: int, ticks: Sequence[tuple[int, str]]) -> Gauge:
    """Parts beside a limit, both in minor units: as wide as the larger of the two; `ticks`: amounts and what they
    mark, of which those that lie on the bar's end are left out."""
    whole = max(limit, sum(part.amount for part in parts if part.amount > 0))
    marked = [(length_text(at / whole * 100), title) for at, title in ticks if 0 < at < whole]
    return Gauge(tuple(flat(parts, whole)), tuple(marked))


def length_text(number: float) -> str:
    """A length as SVG takes it."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
