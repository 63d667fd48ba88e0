"""The late-payment clause: a rate by day or by year, or a multiple of the loan prime rate (LPR)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from huikuan.kernel.errors import Refusal
from huikuan.kernel.rates import SCALE
from huikuan.kernel.text import plain

DAILY, ANNUAL, LPR = "daily", "annual", "lpr"
#: No court lets more stand, by far; beyond it a slip of the pen.
_LARGEST = {DAILY: Decimal("0.05"), ANNUAL: Decimal(10), LPR: Decimal(100)}

_DIGITS = "一二三四五六七八九十"
_NUMBER = r"(\d+(?:\.\d+)?)"
_FORMS = (
    # 日万分之五: so many ten-thousandths a day
    (re.compile(rf"(?:每?日|按日)(?:利率)?万分之(?:{_NUMBER}|([{_DIGITS}]))"), DAILY, Decimal("0.0001")),
    (re.compile(rf"(?:每?日|按日|daily)(?:利率)?{_NUMBER}%"), DAILY, Decimal("0.01")),
    (re.compile(rf"{_NUMBER}%(?:/日|/天|每日|daily|/day|aday|perday)"), DAILY, Decimal("0.01")),
    (re.compile(rf"(?:每?年|按年|annual)(?:利率)?{_NUMBER}%"), ANNUAL, Decimal("0.01")),
    (re.compile(rf"{_NUMBER}%(?:/年|每年|annual|/year|ayear|peryear)"), ANNUAL, Decimal("0.01")),
    (re.compile(rf"lpr[*x×]?{_NUMBER}倍?"), LPR, Decimal(1)),
    (re.compile(rf"{_NUMBER}(?:倍|[*x×])(?:的)?lpr"), LPR, Decimal(1)),
)


@dataclass(frozen=True, slots=True)
class LateInterest:
    """`basis` daily, annual or lpr; `rate_e8` the rate, or the multiple of the LPR, × 10^8."""

    basis: str
    rate_e8: int


def read_late_interest(text: str) -> LateInterest | None:
    """What a clause says: 日万分之五, 0.05%/日, 年利率 15.4%, LPR×1.5 …; None for an empty text.

    Refuses what it cannot read, and rates no contract has.
    """
    folded = plain(text).casefold().replace(" ", "")
    if not folded:
        return None
    for form, basis, unit in _FORMS:
        if found := form.fullmatch(folded):
            groups = [group for group in found.groups() if group]
            value = _number(groups[0]) * unit
            scaled = value * SCALE
            if value <= 0 or value > _LARGEST[basis] or scaled != int(scaled):
                break
            return LateInterest(basis, int(scaled))
    raise Refusal("late_interest_unreadable", value=text.strip())


def written(clause: LateInterest | None) -> str:
    """The clause in the form every edge reads again: 'daily 0.05%', 'annual 15.4%', 'LPR x 1.5'."""
    if clause is None:
        return ""
    rate = Decimal(clause.rate_e8) / SCALE
    if clause.basis == LPR:
        return f"LPR x {rate.normalize():f}"
    return f"{clause.basis} {(rate * 100).normalize():f}%"


def _number(text: str) -> Decimal:
    return Decimal(_DIGITS.index(text) + 1) if text in _DIGITS else Decimal(text)
