"""Charts as geometry: shares and positions, drawn by the templates as SVG.

Horizontal positions are percentages of the plot, so a chart fills any width without scaling its
text; heights are pixels. Every mark knows the address of the rows behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import ceil, floor, log10

from huikuan.mechanisms.pages.bars import Mark, Part, length_text

PLOT_HEIGHT = 130
STRIP_HEIGHT = 34
STRIP_TOP = 18
BAR_WIDTH = 0.56
MOST_TICKS = 4


@dataclass(frozen=True, slots=True)
class Tick:
    y: str
    amount: int


@dataclass(frozen=True, slots=True)
class Point:
    x: str
    y: str
    text_y: str
    text: str


@dataclass(frozen=True, slots=True)
class Stroke:
    x1: str
    y1: str
    x2: str
    y2: str


def stacks(columns: Sequence[Sequence[Part]], top: int) -> list[list[Mark]]:
    """Columns of parts stacked from the ground up; `top` is the amount at the plot's upper edge."""
    slot = 100 / max(len(columns), 1)
    drawn = []
    for place, parts in enumerate(columns):
        marks, height = [], 0.0
        for part in parts:
            if part.amount <= 0 or top <= 0:
                continue
            tall = part.amount / top * PLOT_HEIGHT
            height += tall
            x = slot * (place + (1 - BAR_WIDTH) / 2)
            y = PLOT_HEIGHT - height
            marks.append(
                Mark(
                    length_text(x),
                    length_text(slot * BAR_WIDTH),
                    length_text(y),
                    length_text(tall),
                    part.shade,
                    part.title,
                    part.url,
                )
            )
        drawn.append(marks)
    return drawn


def middles(count: int) -> list[str]:
    """The middle of each of `count` columns, in percent."""
    slot = 100 / max(count, 1)
    return [length_text(slot * (place + 0.5)) for place in range(count)]


def ticks(highest: int, step_of: int = 1) -> tuple[list[Tick], int]:
    """Round amounts from zero up to at least `highest`, in multiples of `step_of`; and the topmost."""
    step = _round_step(max(highest, 1) / MOST_TICKS, step_of)
    count = max(ceil(highest / step), 1)
    top = step * count
    return [Tick(length_text(PLOT_HEIGHT - PLOT_HEIGHT * n / count), step * n) for n in range(count + 1)], top


def strip(values: Sequence[Decimal | None], texts: Sequence[str]) -> tuple[list[Point], list[Stroke]]:
    """A line of its own above the bars; a value that does not exist leaves a gap."""
    known = [value for value in values if value is not None]
    if not known:
        return [], []
    spread = (max(known) - min(known)) or Decimal(1)
    xs = middles(len(values))
    points: list[Point | None] = []
    for x, value, text in zip(xs, values, texts, strict=True):
        if value is None:
            points.append(None)
            continue
        y = STRIP_TOP + float((max(known) - value) / spread) * (STRIP_HEIGHT - 12)
        points.append(Point(x, length_text(y), length_text(y - 8), text))
    strokes = [Stroke(a.x, a.y, b.x, b.y) for a, b in pairwise(points) if a is not None and b is not None]
    return [point for point in points if point is not None], strokes


def _round_step(least: float, unit: int) -> int:
    """The smallest of 1, 2, 2.5, 5 × 10^n units that is not below `least`."""
    power = 10 ** floor(log10(max(least / unit, 1)))
    for factor in (1, 2, 2.5, 5, 10):
        step = int(factor * power * unit)
        # 2.5 of a unit that cannot be halved is no step: the next factor serves.
        if step >= least and step == factor * power * unit:
            return step
    raise AssertionError("unreachable: ten powers above always suffice")
