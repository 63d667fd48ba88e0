"""What a rule of late interest says: a multiple of the LPR, a rate a day, a rate a year; as people write them."""

from __future__ import annotations

import re
from decimal import Decimal

from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.rates import SCALE
from huikuan.kernel.text import plain
from huikuan.record.contracts.domain.interest import ANNUAL, DAILY, LPR, LateInterest

#: What the refusal says may be written.
FORMS = "lpr*1.5, lpr+30%, 0.0005/day, 0.12"
#: Beyond these a slip of the pen.
_LARGEST = {DAILY: Decimal("0.05"), ANNUAL: Decimal(10), LPR: Decimal(100)}
_PERCENT = Decimal("0.01")

_NUMBER = r"(\d{1,9}(?:\.\d{1,12})?)"
_TIMES = re.compile(rf"lpr(?:[*x×]{_NUMBER})?")
_PLUS = re.compile(rf"lpr\+{_NUMBER}%")
_DAY = re.compile(rf"{_NUMBER}(%?)/(?:day|日|天)")
_YEAR = re.compile(rf"{_NUMBER}(%?)(?:/(?:year|年))?")


def read_rule(text: str) -> LateInterest:
    """'lpr*1.5' and 'lpr+50%' are one and a half times the LPR; '0.0005/day' and '0.05%/day' a rate a day; '0.12' and
    '12%' a rate a year. Refuses anything else, and rates nobody agrees on."""
    folded = plain(text).casefold().replace(" ", "")
    basis, value = _read(folded)
    scaled = value * SCALE
    if not 0 < value <= _LARGEST.get(basis, Decimal(0)) or scaled != int(scaled):
        raise Refusal(
            "interest_rule_unreadable",
            value=text,
            forms=FORMS,
            where=[Place(column="rule", value=text, fix=FORMS)],
        )
    return LateInterest(basis, int(scaled))


def _read(folded: str) -> tuple[str, Decimal]:
    if found := _TIMES.fullmatch(folded):
        return LPR, Decimal(found[1] or 1)
    if found := _PLUS.fullmatch(folded):
        return LPR, 1 + Decimal(found[1]) * _PERCENT
    if found := _DAY.fullmatch(folded):
        return DAILY, Decimal(found[1]) * (_PERCENT if found[2] else 1)
    if (found := _YEAR.fullmatch(folded)) and (found[2] or Decimal(found[1]) < 1):
        # A bare 12 could be twelve percent or twelve hundred.
        return ANNUAL, Decimal(found[1]) * (_PERCENT if found[2] else 1)
    return "", Decimal(0)


def rule_text(rule: LateInterest) -> str:
    """The rule as `read_rule` reads it again."""
    rate = f"{(Decimal(rule.rate_e8) / SCALE).normalize():f}"
    return {LPR: f"lpr*{rate}", DAILY: f"{rate}/day", ANNUAL: rate}[rule.basis]
