"""A claim computed anew: what its days bear by what is known now.

What was agreed when it was claimed stays as its sheet says (rule, days of the year, due days). What happened is asked
anew: payments that count from an earlier day than somebody knew, bankruptcy, the LPR as published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from huikuan.kernel.money import to_text
from huikuan.record.interest.domain.computing import DAY, Computed, Counting, Owed, late_interest, spread
from huikuan.record.interest.domain.prime import PrimeRates
from huikuan.record.interest.domain.rules import read_rule
from huikuan.record.interest.domain.sheets import changes_of, dues_in, owed_of, segment_of
from huikuan.record.interest.domain.windows import ending_before

Paid = Sequence[tuple[date, int]]


@dataclass(frozen=True, slots=True)
class Anew:
    """What is `owed`, with its payments, and what the claim's days bear of it."""

    owed: Sequence[Owed]
    computed: Computed


def computed_anew(
    sheet: Mapping[str, Any],
    first: date,
    last: date,
    *,
    principal: bool,
    paid: Paid,
    rates: PrimeRates,
    ends_before: date | None,
) -> Anew:
    """The days `first` to `last` of a claim's sheet. `principal`: the claim it is about is owed at all (it was not
    reversed since); `ends_before`: bankruptcy was accepted that day, None: it was not."""
    counting = Counting(sheet["base"], sheet["fixed_at_breach"], sheet["both_ends"])
    owed = spread(dues_in(sheet) if principal else [], paid)
    until = last if counting.both_ends else last + DAY
    if ends_before is not None:
        until = min(until, ending_before(ends_before, counting))
    return Anew(owed, late_interest(owed, read_rule(sheet["rule"]), rates, counting, until, since=first))


def sheet_anew(sheet: Mapping[str, Any], found: Anew, rates: PrimeRates, *, corrects: str) -> dict[str, Any]:
    """The sheet that takes the place of the one whose digest is `corrects`."""
    currency = sheet["currency"]
    return {
        **sheet,
        "corrects": corrects,
        "amount": to_text(found.computed.amount, currency),
        "lpr": changes_of(rates, date.fromisoformat(sheet["to"])) if sheet["lpr"] else [],
        "owed": [owed_of(one, currency) for one in found.owed],
        "segments": [segment_of(one, currency) for one in found.computed.segments],
    }
