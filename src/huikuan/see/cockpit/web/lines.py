"""The overview's figures as lines of the page: each with its name, its shade and its rows' address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.kernel.money import minor_digits
from huikuan.mechanisms.pages import bars
from huikuan.mechanisms.pages.figures import bucket_name, in_unit, percent, power_of, shade
from huikuan.mechanisms.pages.reading import Reading, address
from huikuan.record.receivables.queries.aging import Aging, AgingRow
from huikuan.see.cockpit.domain.indicators import ratio
from huikuan.see.cockpit.domain.overview import BucketLine, CustomerShare, Overview, TopRow, TrendPoint
from huikuan.see.cockpit.web import charts

MONTHS = (
    gettext_noop("Jan"),
    gettext_noop("Feb"),
    gettext_noop("Mar"),
    gettext_noop("Apr"),
    gettext_noop("May"),
    gettext_noop("Jun"),
    gettext_noop("Jul"),
    gettext_noop("Aug"),
    gettext_noop("Sep"),
    gettext_noop("Oct"),
    gettext_noop("Nov"),
    gettext_noop("Dec"),
)


@dataclass(frozen=True, slots=True)
class Rows:
    """Addresses of the item lists behind one page's figures."""

    reading: Reading
    scope: dict[str, str]

    @classmethod
    def behind(cls, overview: Overview, reading: Reading) -> Rows:
        """A converted figure adds up all currencies at their rates; any other, items of its own."""
        scope = {"in": overview.currency} if overview.converted else {"only": overview.currency}
        return cls(reading, scope)

    def of(self, *, on: date | None = None, **narrowed: Any) -> str:
        """The list of open debits, narrowed; `on` is another day than the page's own."""
        asked: dict[str, Any] = {"side": "debit", **self.scope, **narrowed}
        if on is not None:
            asked["as_of"] = on.isoformat() if on != self.reading.today else ""
        return address(reverse("receivables:items"), self.reading, **asked)

    def overdue(self, **narrowed: Any) -> str:
        """What is past its due date; that is asked by due date whatever the page's basis."""
        return self.of(slot="overdue", basis="", **narrowed)

    def bucket(self, line: BucketLine) -> str:
        return self.days(line.code, line.from_days, line.to_days)

    def days(self, code: str, start: int | None, end: int | None, **narrowed: Any) -> str:
        """One bucket: `from` and `to` are words of the address that Python keeps for itself."""
        edges: dict[str, Any] = {"from": start, "to": end}
        return self.of(slot=code, **edges, **narrowed)


@dataclass(frozen=True, slots=True)
class Column:
    """One bucket of the aging table. `worse` says whether growth is bad news."""

    line: BucketLine
    name: str
    shade: str
    url: str
    worse: bool


@dataclass(frozen=True, slots=True)
class AgingLine:
    """One row of the aging table by customer, group …: its parts drawn on a bar of its own."""

    row: AgingRow
    name: str
    url: str
    cells: tuple[tuple[int, str], ...]
    marks: list[bars.Mark]
    overdue_share: Decimal | None


@dataclass(frozen=True, slots=True)
class TopLine:
    row: TopRow
    url: str
    overdue_url: str
    marks: list[bars.Mark]


@dataclass(frozen=True, slots=True)
class Month:
    on: date
    label: str
    middle: str
    overdue: int
    rate: Decimal | None
    url: str
    marks: list[bars.Mark]
    cells: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Trend:
    months: list[Month]
    ticks: list[tuple[charts.Tick, str]]
    points: list[charts.Point]
    strokes: list[charts.Stroke]


@dataclass(frozen=True, slots=True)
class ShareBar:
    bar: CustomerShare
    rank: int
    middle: str
    x: str
    width: str
    y: str
    height: str
    url: str


@dataclass(frozen=True, slots=True)
class ShareChart:
    bars: list[ShareBar]
    cap_y: str
    ticks: list[tuple[charts.Tick, str]]


def columns(overview: Overview, rows: Rows) -> list[Column]:
    """The buckets in order, those of a certain age numbered up the ramp."""
    aged = 0
    result = []
    for line in overview.buckets:
        tone = shade(line.code, aged, overview.basis)
        aged += line.code == "days"
        name = bucket_name(line.code, line.from_days, line.to_days)
        result.append(Column(line, name, tone, rows.bucket(line), line.code == "days" and overview.basis == "due"))
    return result


def bar(shown: Sequence[Column], overview: Overview, unit: str) -> list[bars.Mark]:
    """The one stacked bar over the aging table."""
    parts = [
        bars.Part(
            column.line.amount,
            column.shade,
            f"{column.name} {in_unit(column.line.amount, overview.currency, unit)} · {percent(column.line.share)}",
            column.url,
        )
        for column in shown
    ]
    return bars.flat(parts)


def trend(overview: Overview, shown: Sequence[Column], rows: Rows, unit: str) -> Trend:
    """Overdue by age at each month end, with the overdue rate in a strip of its own above."""
    aged = [column for column in shown if column.line.code == "days"]
    step_of = 10 ** (minor_digits(overview.currency) + power_of(unit))
    marks_at, top = charts.ticks(max((sum(point.buckets) for point in overview.trend), default=0), step_of)
    stacked = [_stack(point, aged, overview, rows, unit) for point in overview.trend]
    drawn = charts.stacks(stacked, top)
    rates = [point.overdue_rate for point in overview.trend]
    points, strokes = charts.strip(rates, [percent(rate) for rate in rates])
    months = [
        Month(
            point.on,
            _month_label(point.on, last=point is overview.trend[-1]),
            middle,
            sum(point.buckets),
            point.overdue_rate,
            rows.overdue(on=point.on) if overview.basis == "due" else rows.of(on=point.on),
            marks,
            tuple((part.amount, part.url) for part in parts),
        )
        for point, middle, marks, parts in zip(
            overview.trend, charts.middles(len(overview.trend)), drawn, stacked, strict=True
        )
    ]
    labelled = [(tick, in_unit(tick.amount, overview.currency, unit).partition(".")[0]) for tick in marks_at]
    return Trend(months, labelled, points, strokes)


def _stack(point: TrendPoint, aged: Sequence[Column], overview: Overview, rows: Rows, unit: str) -> list[bars.Part]:
    return [
        bars.Part(
            amount,
            column.shade,
            f"{point.on:%Y-%m-%d} · {column.name} {in_unit(amount, overview.currency, unit)}",
            rows.days("days", column.line.from_days, column.line.to_days, on=point.on),
        )
        for column, amount in zip(aged, point.buckets, strict=True)
    ]


def top_lines(overview: Overview, shown: Sequence[Column], rows: Rows) -> list[TopLine]:
    """The ten customers, their overdue drawn to one common scale."""
    aged = [column for column in shown if column.line.code == "days"]
    longest = max((sum(row.buckets) for row in overview.top), default=0)
    lines = []
    for row in overview.top:
        parts = [
            bars.Part(amount, column.shade, column.name) for column, amount in zip(aged, row.buckets, strict=True)
        ]
        lines.append(
            TopLine(
                row,
                rows.of(customer=row.code),
                rows.overdue(customer=row.code),
                bars.flat(parts, longest) if longest else [],
            )
        )
    return lines


def share_chart(overview: Overview, rows: Rows) -> ShareChart:
    """The largest customers' shares against the cap for one customer."""
    shares = [float(bar.share or 0) for bar in overview.concentration.bars]
    cap = float(overview.concentration.cap_share)
    highest = max([cap * 1.1, *shares])
    marks_at, top = charts.ticks(round(highest * 10_000), 100)
    slot = 100 / max(len(shares), 1)
    bars = []
    for place, (bar, share) in enumerate(zip(overview.concentration.bars, shares, strict=True)):
        tall = share * 10_000 / top * charts.PLOT_HEIGHT
        bars.append(
            ShareBar(
                bar,
                place + 1,
                f"{slot * (place + 0.5):.2f}",
                f"{slot * (place + 0.2):.2f}",
                f"{slot * 0.6:.2f}",
                f"{charts.PLOT_HEIGHT - tall:.2f}",
                f"{tall:.2f}",
                rows.of(customer=bar.code),
            )
        )
    cap_y = f"{charts.PLOT_HEIGHT - cap * 10_000 / top * charts.PLOT_HEIGHT:.2f}"
    return ShareChart(bars, cap_y, [(tick, f"{tick.amount // 100}%") for tick in marks_at])


def aging_lines(aging: Aging, reading: Reading) -> list[AgingLine]:
    """The rows of the aging table by one dimension; each currency and company on a row of its own."""
    awaiting = any(row.awaiting for row in aging.totals)
    return [_aging_line(row, aging, reading, awaiting) for row in aging.rows]


def bucket_names(aging: Aging) -> list[tuple[str, str]]:
    """Name and shade of each cell of an aging line, in their order."""
    awaiting = any(row.awaiting for row in aging.totals)
    first = [("not_due", None, None), ("awaiting", None, None)] if aging.basis == "due" else []
    slots = [slot for slot in first if slot[0] != "awaiting" or awaiting]
    aged = aging.totals[0].buckets if aging.totals else ()
    named = [(bucket_name(code), shade(code, 0, aging.basis)) for code, _from, _to in slots]
    return named + [
        (bucket_name("days", bucket.from_days, bucket.to_days), shade("days", place, aging.basis))
        for place, bucket in enumerate(aged)
    ]


def _aging_line(row: AgingRow, aging: Aging, reading: Reading, awaiting: bool) -> AgingLine:
    rows = Rows(reading, {"only": row.currency, "company": row.company})
    narrowed: dict[str, Any] = {aging.by: row.key or "-"} if aging.by not in ("company", "currency") else {}
    slots: list[tuple[str, int | None, int | None, int]] = []
    if aging.basis == "due":
        slots.append(("not_due", None, None, row.not_due))
        slots += [("awaiting", None, None, row.awaiting)] if awaiting else []
    slots += [("days", bucket.from_days, bucket.to_days, bucket.amount) for bucket in row.buckets]
    parts, aged = [], 0
    for code, start, end, amount in slots:
        url = rows.days(code, start, end, **narrowed)
        parts.append(bars.Part(amount, shade(code, aged, aging.basis), bucket_name(code, start, end), url))
        aged += code == "days"
    overdue = sum(bucket.amount for bucket in row.buckets)
    return AgingLine(
        row,
        row.name or _("(none)"),
        rows.of(**narrowed),
        tuple((part.amount, part.url) for part in parts),
        bars.flat(parts),
        ratio(overdue, row.total) if aging.basis == "due" else None,
    )


def _month_label(on: date, *, last: bool) -> str:
    return f"{on:%m-%d}" if last else _(MONTHS[on.month - 1])
