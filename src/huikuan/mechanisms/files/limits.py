"""Limits on a file from outside, checked before anything parses it."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost. Sizes in bytes, times in CPU seconds, rows and columns as counted.

    `ratio` applies to archives that inflate to more than `small`: ordinary workbooks shrink by
    5 to 40, bombs by hundreds.
    """

    size: int = 1_024 * MEGABYTE
    inflated: int = 2_048 * MEGABYTE
    small: int = 20 * MEGABYTE
    ratio: int = 100
    entries: int = 2_000
    rows: int = 1_000_000
    columns: int = 200
    parser_memory: int = 4_096 * MEGABYTE
    parser_seconds: int = 300
