"""How high a limit may be, by the usual methods, each with its calculation in steps.

Amounts are minor units of one currency, ratios and shares exact fractions; results are rounded half up, once, at the
end.
The sources mark the percentages of the working-capital method as a common practice that is not verified.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import divide_half_up

#: From an evaluation above the bound the share applies; at the lowest bound and below nothing is given.
WORKING_CAPITAL_SHARES: tuple[tuple[Fraction, Fraction], ...] = tuple(
    (Fraction(bound, 10), Fraction(share, 1000))
    for bound, share in (
        (-46, 0), (-39, 25), (-32, 50), (-25, 75), (-18, 100), (-11, 125), (-4, 150), (3, 175), (10, 200)
    )
)  # fmt: skip
HIGHEST_SHARE = Fraction(250, 1000)
LEAST_NET_WORTH_SHARE, MOST_NET_WORTH_SHARE = Fraction(5, 100), Fraction(20, 100)
_DAYS_OF_A_YEAR = 365


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a calculation: what it is called and what it came to."""

    name: str
    value: Fraction


@dataclass(frozen=True, slots=True)
class Proposed:
    """A limit by one method, in minor units, and how it came about."""

    method: str
    amount: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the working-capital method takes from a balance sheet; minor units."""

    current_assets: int
    current_liabilities: int
    inventory: int
    net_worth: int
    total_liabilities: int


def by_working_capital(sheet: Sheet) -> Proposed:
    """营运资产法: a share of the mean of working capital and net worth, by an evaluation of four ratios.

    evaluation = current ratio + quick ratio − current liabilities ÷ net worth − all liabilities ÷ net worth. Refuses a
    sheet without current liabilities or with no net worth: the ratios mean nothing then.
    """
    if sheet.current_liabilities <= 0 or sheet.net_worth <= 0:
        raise Refusal("limit_sheet_without_ratio")
    worth = sheet.net_worth
    evaluation = (
        Fraction(sheet.current_assets, sheet.current_liabilities)
        + Fraction(sheet.current_assets - sheet.inventory, sheet.current_liabilities)
        - Fraction(sheet.current_liabilities, worth)
        - Fraction(sheet.total_liabilities, worth)
    )
    base = Fraction(sheet.current_assets - sheet.current_liabilities + worth, 2)
    share = working_capital_share(evaluation)
    steps = (Step("evaluation", evaluation), Step("working_assets", base), Step("share", share))
    return Proposed("working_capital", max(0, _rounded(base * share)), steps)


def working_capital_share(evaluation: Fraction) -> Fraction:
    """The share for an evaluation: up to −4.6 nothing, then 2.5 points for each 0.7, above 1.0 a quarter."""
    for bound, share in WORKING_CAPITAL_SHARES:
        if evaluation <= bound:
            return share
    return HIGHEST_SHARE


def by_net_worth(tangible_net_worth: int, share: Fraction) -> Proposed:
    """A share of 5 to 20 % of tangible net worth, by grade."""
    if not LEAST_NET_WORTH_SHARE <= share <= MOST_NET_WORTH_SHARE:
        raise Refusal("limit_share_bad", share=f"{float(share):.2%}")
    amount = max(0, _rounded(tangible_net_worth * share))
    return Proposed(
        "net_worth", amount, (Step("tangible_net_worth", Fraction(tangible_net_worth)), Step("share", share))
    )


def by_sales(annual_sales: int, *, vat: Fraction, term_days: int, tolerance_days: int, peak: Fraction) -> Proposed:
    """A year's credit sales × (1 + VAT) ÷ 365 × (term + tolerance) × peak: what stands open in the busiest weeks."""
    if annual_sales < 0 or term_days < 0 or tolerance_days < 0 or vat < 0 or peak < 1:
        raise Refusal("limit_sales_bad")
    daily = annual_sales * (1 + vat) / _DAYS_OF_A_YEAR
    steps = (Step("daily_sales", daily), Step("days", Fraction(term_days + tolerance_days)), Step("peak", peak))
    return Proposed("sales_based", _rounded(daily * (term_days + tolerance_days) * peak), steps)


def by_points(score: int, lines: Sequence[tuple[int, int]]) -> Proposed:
    """The amount of the highest line (score from which on, amount; rising) the score reaches; below all: nothing."""
    reached = [line for line in lines if line[0] <= score]
    begins, amount = reached[-1] if reached else (0, 0)
    return Proposed("points", amount, (Step("score", Fraction(score)), Step("score_from", Fraction(begins))))


def final(
    chosen: Sequence[Proposed],
    *,
    grade_factor: Fraction,
    part: Fraction = Fraction(1),
    collateral: int = 0,
    insured: int = 0,
    insured_share: Fraction = Fraction(0),
    cap: int | None = None,
) -> Proposed:
    """min(chosen) × part × grade factor + eligible collateral + insured limit × insured share, at most the cap.
    Refuses an empty choice. `part`: less than one where statements lack that the policy counts on.

    What collateral and insurance add here must not lessen exposure as cover, too: cover acts once.
    """
    if not chosen:
        raise Refusal("limit_without_method")
    least = min(chosen, key=lambda one: one.amount)
    amount = _rounded(least.amount * part * grade_factor + collateral + insured * insured_share)
    steps = [Step(least.method, Fraction(least.amount))]
    steps += [Step("part", part)] if part != 1 else []
    steps += [Step("grade_factor", grade_factor)]
    added = (Step("collateral", Fraction(collateral)), Step("insured", insured * insured_share))
    steps += [step for step in added if step.value]
    if cap is not None and amount > cap:
        amount = cap
        steps += [Step("cap", Fraction(cap))]
    return Proposed("final", amount, tuple(steps))


def _rounded(value: Fraction) -> int:
    return divide_half_up(value.numerator, value.denominator)
