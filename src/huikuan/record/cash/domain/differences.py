"""Differences between what was paid and the claim it closes: what they are posted as, and how large they may be.

Amounts are minor units of the claim's currency.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.record.cash.domain.book import Difference
from huikuan.record.cash.domain.rules import Rules
from huikuan.record.receivables.domain.settling import OpenSide

BANK_FEE, DISCOUNT, TOLERANCE = "bank_fee", "early_payment_discount", "small_difference"

#: The kind of item each difference is posted as, a credit that clears the rest of the claim.
POSTED_AS = {BANK_FEE: "fee", DISCOUNT: "discount", TOLERANCE: "write_off"}

#: Why a customer paid less than it owes; the claim stays open by the rest.
SHORT_REASONS = ("quality", "price", "quantity", "freight", "retention", "discount", "bank_fee", "unknown")


def check_differences(
    differences: Sequence[Difference], rules: Rules, sides: Mapping[int, OpenSide], *, who: str
) -> None:
    """Refuse a difference of an unknown kind, and one that is more than may be written off when money is applied.
    `sides`: the claims, as they are open; `who`: the role that decides about more."""
    taken: dict[tuple[int, str], int] = {}
    for one in differences:
        if one.kind not in POSTED_AS:
            raise Refusal("difference_kind_unknown", kind=one.kind, known=", ".join(sorted(POSTED_AS)))
        taken[one.item_id, one.kind] = taken.get((one.item_id, one.kind), 0) + one.amount
    for (item_id, kind), amount in taken.items():
        side = sides[item_id]
        most = most_of(kind, side.open_amount, side.currency, rules)
        if amount > most:
            raise Refusal(
                "difference_beyond_authority",
                kind=kind,
                item=item_id,
                currency=side.currency,
                amount=to_text(amount, side.currency),
                most=to_text(most, side.currency),
                who=who,
            )


def most_of(kind: str, open_amount: int, currency: str, rules: Rules) -> int:
    """The most that may be written off of a claim of `open_amount` with a payment, minor units. A discount is a matter
    of the terms: none is given beyond them."""
    if kind == BANK_FEE:
        return rules.fee(open_amount, currency)
    if kind == TOLERANCE:
        return rules.off(open_amount, currency)
    return 0
