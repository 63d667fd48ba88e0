"""Settlement in kind: what may be agreed, and what its delivery does to the books.

The agreement binds and pays nothing; delivery extinguishes the claims. Where the goods do not come, the creditor may
choose either claim (Supreme Court's interpretation on contracts in general, 27). An agreement before the claim is due
that the goods become the creditor's is void (28).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from huikuan.kernel.errors import Refusal
from huikuan.record.receivables.domain.schedules import Line, waterfall

#: How goods are valued.
METHODS = ("appraisal", "market", "auction", "cost", "agreed")
AGREED, DELIVERED, FAILED, LATE = "agreed", "delivered", "failed", "late"
BARTER_STATES = (AGREED, LATE, DELIVERED, FAILED)


@dataclass(frozen=True, slots=True)
class Goods:
    """What is to be handed over, what somebody held it to be worth, by when. Amounts in minor units; `tax`,
    `fair_value` and `allowance` are for the voucher, None where nobody said."""

    asset: str
    valued: int
    valuer: str
    valued_on: date
    method: str
    deliver_by: date
    note: str = ""
    tax: int | None = None
    fair_value: int | None = None
    allowance: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a voucher: `amount` > 0 debits `account`, < 0 credits it."""

    account: str
    amount: int


def check_goods(goods: Goods, today: date) -> None:
    """Refuse goods nobody named or valued, a valuation from the future, delivery in the past, and sums below 0."""
    for name, said in (("asset", goods.asset), ("valuer", goods.valuer)):
        if not said:
            raise Refusal("barter_field_missing", field=name)
    if goods.method not in METHODS:
        raise Refusal("barter_method_unknown", value=goods.method, known=", ".join(METHODS))
    if goods.valued <= 0 or min(one or 0 for one in (goods.tax, goods.fair_value, goods.allowance)) < 0:
        raise Refusal("barter_amount_bad")
    if goods.valued_on > today:
        raise Refusal("barter_valued_ahead", day=goods.valued_on, today=today)
    if goods.deliver_by < today:
        raise Refusal("promise_day_over", day=goods.deliver_by, today=today)


def check_due(parts: Sequence[tuple[int, int]], due: Mapping[int, int]) -> None:
    """Refuse more of a claim than is open and due (item → that amount, minor units): goods that would become ours
    before it is are no settlement."""
    for item, amount in parts:
        if amount > due[item]:
            raise Refusal("barter_not_due", item=item)


def due_of(lines: Sequence[Line], open_amount: int, today: date) -> int:
    """What is open of a claim and was due before `today`; money paid the earliest due first. 50 due 5 January and 50
    due 31 December, 20 paid: 30 in March."""
    open_lines = waterfall(lines, open_amount)
    return sum(line.amount for line in open_lines if line.due_date is not None and line.due_date < today)


def voucher(claim: int, goods: Goods) -> list[Entry]:
    """The creditor's entries when goods are delivered for `claim` of receivables (CAS 12): goods at the fair value of
    the claim given up less their tax, the allowance released, the difference to the carrying amount as investment
    income; they sum to 0. Empty where no fair value was said."""
    if goods.fair_value is None:
        return []
    tax, allowance = goods.tax or 0, min(goods.allowance or 0, claim)
    lines = [
        Entry("inventory", goods.fair_value - tax),
        Entry("input_tax", tax),
        Entry("allowance", allowance),
        Entry("investment_income", claim - allowance - goods.fair_value),
        Entry("receivables", -claim),
    ]
    return [line for line in lines if line.amount]
