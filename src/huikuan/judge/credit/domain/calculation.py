"""A proposal as plain values: what a request keeps of it, and each value as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from huikuan.judge.credit.domain.methods import Step
from huikuan.judge.credit.domain.proposing import Figure, GroupProposal, Proposal, Worked
from huikuan.kernel.money import divide_half_up, to_text

AMOUNT, SHARE, DAYS, RATIO, POINTS = "amount", "share", "days", "ratio", "points"

#: What each figure and step is measured in; those not named are amounts.
UNITS: Mapping[str, str] = {
    "vat": SHARE, "share": SHARE, "part": SHARE, "grade_factor": SHARE, "group_share": SHARE,
    "days": DAYS, "peak": RATIO, "evaluation": RATIO, "score": POINTS, "score_from": POINTS, "points": AMOUNT,
}  # fmt: skip
_RATIO_DIGITS = 4


def content_of(proposal: Proposal | GroupProposal, *, policy: int, departs: Iterable[str] = ()) -> dict[str, Any]:
    """What is kept with a request: amounts in minor units, fractions as `n/d`; `policy`: number of the version,
    `departs`: in what the request goes beyond the proposal."""
    whole = {
        "policy": policy,
        "currency": proposal.currency,
        "amount": proposal.amount,
        "until_on": proposal.until_on.isoformat(),
        "steps": [_step(one) for one in proposal.steps],
        "departures": list(departs),
    }
    if isinstance(proposal, GroupProposal):
        return {
            **whole,
            "members": [{"customer": customer, "amount": one.amount} for customer, one in proposal.members],
        }
    return {
        **whole,
        "grade": proposal.known.grade,
        "term_days": proposal.term_days,
        "prepaid_percent": proposal.prepaid_percent,
        "methods": [_worked(one) for one in proposal.methods],
    }


def chosen_method(proposal: Proposal | GroupProposal) -> str:
    """The method whose amount is the least; '' where the grade or the lack of any decided."""
    if isinstance(proposal, GroupProposal):
        return "members"
    names = {one.method for one in proposal.methods}
    return next((step.name for step in proposal.steps if step.name in names), "")


def text_of(name: str, value: Fraction, currency: str) -> str:
    """A figure or step as text: an amount of `currency` with its decimals, a share in percent, days and points whole,
    a ratio with four decimals at the most."""
    unit = UNITS.get(name, AMOUNT)
    if unit == AMOUNT:
        return to_text(divide_half_up(value.numerator, value.denominator), currency)
    if unit == SHARE:
        return f"{_decimal(value * 100)} %"
    return _decimal(value)


def _decimal(value: Fraction) -> str:
    scaled = divide_half_up(abs(value.numerator) * 10**_RATIO_DIGITS, value.denominator)
    text = f"{scaled // 10**_RATIO_DIGITS}.{scaled % 10**_RATIO_DIGITS:0{_RATIO_DIGITS}}".rstrip("0").rstrip(".")
    return f"-{text}" if value < 0 and scaled else text


def _worked(one: Worked) -> dict[str, Any]:
    return {
        "method": one.method,
        "amount": one.amount,
        "missing": one.missing,
        "figures": [_figure(figure) for figure in one.figures],
        "steps": [_step(step) for step in one.steps],
    }


def _figure(one: Figure) -> dict[str, Any]:
    return {"name": one.name, "value": one.value, "source": one.source, "on": one.on.isoformat()}


def _step(one: Step) -> dict[str, Any]:
    return {"name": one.name, "value": str(one.value)}
