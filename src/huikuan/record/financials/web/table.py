"""Statements side by side: lines by periods, ratios by periods with their change and course."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from huikuan.record.financials.domain.lines import Line
from huikuan.record.financials.domain.period import Period
from huikuan.record.financials.domain.ratios import GROUPS, RATIOS, Ratio, RatioValue, ratios_of
from huikuan.record.financials.domain.reference import Reference
from huikuan.record.financials.domain.statements import Statement
from huikuan.record.financials.domain.trend import Change, change_of
from huikuan.record.financials.queries.references import Standing, standing_of
from huikuan.record.financials.queries.statements import StatementRow, before

#: Size of a course's drawing, in its own units.
WIDE, HIGH, _EDGE = 80, 20, 2


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a line in a period; `computed`: the paper does not state it, its parts do."""

    amount: int | None
    currency: str
    computed: bool


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line over the periods; `total`: others sum into it. `opening`: of the earliest period."""

    line: Line
    total: bool
    cells: tuple[Cell, ...]
    opening: Cell


@dataclass(frozen=True, slots=True)
class RatioLine:
    """A ratio over the periods, the latest first. `course`: points of a line drawn oldest to newest, '' for fewer than
    two values."""

    ratio: Ratio
    values: tuple[tuple[Period, RatioValue], ...]
    change: Change | None
    standing: Standing | None
    course: str

    @property
    def latest(self) -> RatioValue:
        return self.values[0][1]


@dataclass(frozen=True, slots=True)
class RatioGroup:
    name: str
    lines: tuple[RatioLine, ...]


def sheet_rows(rows: Sequence[StatementRow], sheet: str) -> list[LineRow]:
    """The sheet's lines in the latest format's order; lines only earlier formats have stand where they stood there."""
    lines: list[Line] = []
    for row in rows:
        after = 0
        for line in row.statement.form.of_sheet(sheet):
            places = [place for place, known in enumerate(lines) if known.code == line.code]
            if not places:
                lines.insert(after, line)
            after = (places[0] if places else after) + 1
    found = [_line_row(line, rows) for line in lines]
    return [
        row for row in found if row.opening.amount is not None or any(cell.amount is not None for cell in row.cells)
    ]


def _line_row(line: Line, rows: Sequence[StatementRow]) -> LineRow:
    first = rows[-1].statement
    opening = Cell(first.opened(line.code), first.currency, line.code not in first.opening)
    cells = tuple(_cell(row.statement, line.code) for row in rows)
    return LineRow(line, any(line.code in row.statement.form.parts for row in rows), cells, opening)


def _cell(statement: Statement, code: str) -> Cell:
    return Cell(statement.closing(code), statement.currency, code not in statement.amounts)


def ratio_groups(
    rows: Sequence[StatementRow], every: Sequence[StatementRow], references: dict[str, Reference]
) -> list[RatioGroup]:
    """Every ratio of the periods `rows`, grouped; `every`: all statements, for what stood before each."""
    values = [(row.period, ratios_of(row.statement, before(row, every))) for row in rows]
    lines = {
        code: _ratio_line(ratio, tuple((period, found[code]) for period, found in values), references)
        for code, ratio in RATIOS.items()
    }
    return [RatioGroup(name, tuple(one for one in lines.values() if one.ratio.group == name)) for name in GROUPS]


def _ratio_line(
    ratio: Ratio, values: tuple[tuple[Period, RatioValue], ...], references: dict[str, Reference]
) -> RatioLine:
    latest_period, latest = values[0]
    # Years beside years: a half-year's figure is no step of the same course.
    alike = [one.value for period, one in reversed(values) if period.months == latest_period.months]
    return RatioLine(
        ratio,
        values,
        change_of(latest_period, values),
        standing_of(latest, references),
        course([value for value in alike if value is not None]),
    )


def course(values: Sequence[Decimal]) -> str:
    """The values as the points of a line, lowest at the bottom."""
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    spread = high - low or Decimal(1)
    points = []
    for place, value in enumerate(values):
        x = _EDGE + Decimal(WIDE - 2 * _EDGE) * place / (len(values) - 1)
        y = HIGH - _EDGE - (value - low) / spread * (HIGH - 2 * _EDGE) if high != low else Decimal(HIGH) / 2
        points.append(f"{x:.1f},{y:.1f}")
    return " ".join(points)
