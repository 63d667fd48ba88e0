"""The control of every morning: what the cache of open items says against the facts themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from huikuan.mechanisms.columns.additive import keep_sums
from huikuan.mechanisms.columns.engine import Source
from huikuan.mechanisms.columns.queries import asking_columns
from huikuan.record.receivables.models import OpenItem
from huikuan.record.receivables.queries.open_lines import Moment, counted

#: A day after every fact's; the very last of the calendar stands for "never closed".
_LAST = date(9999, 12, 30)


@dataclass(frozen=True, slots=True)
class Difference:
    """`cached` less `facts` of one currency, debits and credits apart; zero unless something is wrong."""

    currency: str
    side: str
    cached: int
    facts: int

    @property
    def amount(self) -> int:
        return self.cached - self.facts


def differences() -> tuple[Difference, ...]:
    """Of every currency and side of the whole ledger, whatever the day; asked in one snapshot."""
    moment = Moment(_LAST)

    def ask(facts: Source) -> str:
        return f"""WITH {counted(facts, moment)}
SELECT currency, side, CAST(SUM(amount) AS BIGINT) AS amount FROM counted GROUP BY currency, side"""

    with asking_columns() as engine:
        keep_sums(
            engine, "control", ask, moment.parameters(), until=moment.until, by="currency, side", sums=["amount"]
        )
        told = {(currency, side): int(amount) for currency, side, amount in engine.rows(
            "SELECT currency, side, amount FROM control", {})}  # fmt: skip
        rows = OpenItem.objects.values_list("currency", "side").annotate(amount=Sum("open_amount"))
        cached = {(currency, side): int(amount) for currency, side, amount in rows}
    return tuple(
        Difference(currency, side, cached.get((currency, side), 0), told.get((currency, side), 0))
        for currency, side in sorted(told.keys() | cached.keys())
    )
