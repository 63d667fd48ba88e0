"""A calibration plot as SVG: what was said across, what came true upwards, one dot a bin, its area by its lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_SIDE, _MARGIN = 360, 48
_COLOURS = ("#1b6ec2", "#b4540a", "#5b7f2b")


@dataclass(frozen=True, slots=True)
class Dot:
    """A bin: mean probability said, share that came true, lines in it."""

    said: float
    true: float
    lines: int


def svg(series: dict[str, Sequence[Dot]], title: str) -> str:
    """The drawing; the diagonal is where saying and coming true are one."""
    most = max((dot.lines for dots in series.values() for dot in dots), default=1)
    size = _SIDE + 2 * _MARGIN
    marks = [
        f'<circle cx="{_x(dot.said):.1f}" cy="{_y(dot.true):.1f}" r="{2 + 10 * (dot.lines / most) ** 0.5:.1f}"'
        f' fill="{_COLOURS[at % 3]}" fill-opacity="0.65"><title>{name}: said {dot.said:.3f}, came true'
        f" {dot.true:.3f}, {dot.lines} lines</title></circle>"
        for at, (name, dots) in enumerate(series.items())
        for dot in dots
    ]
    legend = [
        f'<text x="{_MARGIN + 12}" y="{_MARGIN + 20 + 16 * at}" fill="{_COLOURS[at % 3]}">{name}</text>'
        for at, name in enumerate(series)
    ]
    return "\n".join([_head(size, title), *_grid(), *legend, *marks, "</svg>", ""])


def _head(size: int, title: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 {size} {size}"'
        f' font-family="sans-serif" font-size="12"><title>{title}</title>'
        f'<rect width="{size}" height="{size}" fill="#ffffff"/>'
    )


def _grid() -> list[str]:
    lines = [
        f'<path d="M{_x(0)} {_y(0)}H{_x(1)}M{_x(0)} {_y(0)}V{_y(1)}" stroke="#444444" fill="none"/>',
        f'<path d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}" stroke="#999999" stroke-dasharray="4 4" fill="none"/>',
        f'<text x="{_x(0.5)}" y="{_y(0) + 36}" text-anchor="middle" fill="#222222">probability said</text>',
        f'<text x="14" y="{_y(0.5)}" text-anchor="middle" fill="#222222"'
        f' transform="rotate(-90 14 {_y(0.5)})">share that came true</text>',
    ]
    for tenth in range(0, 11, 2):
        value = tenth / 10
        lines.append(f'<text x="{_x(value)}" y="{_y(0) + 18}" text-anchor="middle" fill="#444444">{value:.1f}</text>')
        lines.append(f'<text x="{_x(0) - 8}" y="{_y(value) + 4}" text-anchor="end" fill="#444444">{value:.1f}</text>')
    return lines


def _x(value: float) -> float:
    return _MARGIN + _SIDE * value


def _y(value: float) -> float:
    return _MARGIN + _SIDE * (1 - value)
