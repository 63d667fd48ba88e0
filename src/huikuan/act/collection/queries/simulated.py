"""What a strategy would have done over a past, line by line, and what that comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

_Types = dict[str, pl.DataType | type[pl.DataType]]
KEY = ("item_id", "generation", "line")
_LINE: _Types = {"customer_id": pl.Int64, **dict.fromkeys(KEY, pl.Int64)}
#: A step taken on a line. `approach`: which message or task it went in, numbered in the order of days; `step` and
#: `channel`: of that message; `late`: days from the due date; `amount`: what was asked for, minor units.
STEPS: _Types = {
    **_LINE, "on": pl.Date, "approach": pl.Int64, "step": pl.String, "channel": pl.String, "late": pl.Int64,
    "amount": pl.Int64, "currency": pl.String,
}  # fmt: skip
#: A pursued line that fell due within the period.
FELL_DUE = _LINE


@dataclass(frozen=True, slots=True)
class Contact:
    """A message or task that would have been, about so many lines; amounts by currency, minor units."""

    on: date
    customer_id: int
    step: str
    channel: str
    lines: int
    amounts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class StepSum:
    """All of one step by one channel: messages or tasks, the lines in them, to how many customers, and how many days
    from its due date the earliest of the lines was (`late`)."""

    late: int = 0
    contacts: int = 0
    lines: int = 0
    customers: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """What would have been done: `steps` as STEPS says, `fell_due` as FELL_DUE."""

    since: date
    until: date
    steps: pl.DataFrame
    fell_due: pl.DataFrame

    @property
    def contacts(self) -> tuple[Contact, ...]:
        """Messages and tasks in the order of days."""
        return tuple(self.some_contacts())

    def some_contacts(self, *, step: str = "", limit: int | None = None) -> Sequence[Contact]:
        """The first of them, of one step or all."""
        steps = self.steps.filter(pl.col("step") == step) if step else self.steps
        numbers = steps["approach"].unique().sort().head(steps.height if limit is None else limit)
        found: dict[int, Contact] = {}
        names = ("approach", "on", "customer_id", "step", "channel", "currency")
        sums = (
            steps.filter(pl.col("approach").is_in(numbers.implode())).group_by(names).agg(pl.len(), pl.sum("amount"))
        )
        for number, on, customer, code, channel, currency, lines, amount in sums.sort("approach", "currency").rows():
            before = found.get(number, Contact(on, customer, code, channel, 0, {}))
            amounts = {**before.amounts, currency: amount}
            found[number] = replace(before, lines=before.lines + lines, amounts=amounts)
        return list(found.values())

    def count(self, step: str = "") -> int:
        """How many messages and tasks there are, of one step or all."""
        steps = self.steps.filter(pl.col("step") == step) if step else self.steps
        return steps["approach"].n_unique()

    @property
    def messages(self) -> dict[str, int]:
        """Channel → messages and tasks by it."""
        found = self.steps.group_by("channel").agg(pl.col("approach").n_unique()).sort("channel")
        return dict(found.rows())

    @property
    def lines(self) -> int:
        """Steps taken on lines."""
        return self.steps.height

    @property
    def by_step(self) -> dict[tuple[str, str], StepSum]:
        """Step and channel → what went by it."""
        counts = pl.col("approach").n_unique(), pl.len(), pl.col("customer_id").n_unique()
        found = self.steps.group_by("step", "channel").agg(
            contacts=counts[0], lines=counts[1], customers=counts[2], late=pl.col("late").min()
        )
        names = ("step", "channel", "late", "contacts", "lines", "customers")
        rows = found.sort("late", "step", "channel").select(names)
        return {(step, channel): StepSum(*sums) for step, channel, *sums in rows.rows()}

    @property
    def by_month(self) -> dict[date, int]:
        """First day of the month → messages and tasks in it."""
        months = self.steps.group_by(pl.col("on").dt.truncate("1mo")).agg(pl.col("approach").n_unique())
        return dict(months.sort("on").rows())

    @property
    def amounts(self) -> dict[str, int]:
        """Currency → the sum of what was asked for the first time of each line, minor units."""
        return dict(self._first().group_by("currency").agg(pl.sum("amount")).sort("currency").rows())

    @property
    def first_contact(self) -> float | None:
        """Days from the due date to the first word, on average over the lines that had one; None: none had."""
        found = self._first()
        return sum(found["late"].to_list()) / found.height if found.height else None

    @property
    def paid_before(self) -> float | None:
        """Of the lines that fell due within the period, the share that was paid before any step after the due date was
        due; None: none fell due."""
        if not self.fell_due.height:
            return None
        asked = self.steps.filter(pl.col("late") > 0).select(*KEY).unique()
        return 1 - self.fell_due.join(asked, on=KEY, how="semi").height / self.fell_due.height

    def _first(self) -> pl.DataFrame:
        return self.steps.sort("on", "approach", maintain_order=True).unique(KEY, keep="first", maintain_order=True)


_WHAT, _SIDE = "what", "side"


def together(sides: Sequence[Simulated]) -> pl.DataFrame:
    """Simulations of one period in one table."""
    rows = [
        frame.with_columns(pl.lit(what).alias(_WHAT), pl.lit(side).alias(_SIDE))
        for side, one in enumerate(sides)
        for what, frame in (("step", one.steps), ("fell_due", one.fell_due))
    ]
    return pl.concat(rows, how="diagonal")


def apart(path: Path, since: date, until: date, sides: int) -> list[Simulated]:
    """What `together` put into a file, read again."""
    frame = pl.read_parquet(path)

    def of(side: int, what: str, types: _Types) -> pl.DataFrame:
        return frame.filter(pl.col(_SIDE) == side, pl.col(_WHAT) == what).select(list(types))

    return [Simulated(since, until, of(side, "step", STEPS), of(side, "fell_due", FELL_DUE)) for side in range(sides)]
