"""Differences between what was paid and the claim it closes: what they are posted as, and how large they may be.

Amounts are minor units of the claim's currency.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.record.cash.domain.book import Difference

BANK_FEE, DISCOUNT, TOLERANCE = "bank_fee", "discount", "tolerance"

#: The kind of item each difference is posted as, a credit that clears the rest of the claim.
POSTED_AS = {BANK_FEE: "fee", DISCOUNT: "discount", TOLERANCE: "write_off"}

#: Why a customer paid less than it owes; the claim stays open by the rest.
SHORT_REASONS = ("quality", "price", "quantity", "freight", "retention", "discount", "bank_fee", "unknown")


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much of each kind may be written off of one claim by whoever applies money."""

    up_to: Mapping[str, int]


def check_differences(
    differences: Sequence[Difference], allowance: Allowance, currencies: Mapping[int, str], *, who: str
) -> None:
    """Refuse a difference of an unknown kind, and one that is more than may be written off when money is applied.
    `currencies`: item → its currency; `who`: the role that decides about more."""
    taken: dict[tuple[int, str], int] = {}
    for one in differences:
        if one.kind not in POSTED_AS:
            raise Refusal("difference_kind_unknown", kind=one.kind, known=", ".join(sorted(POSTED_AS)))
        taken[one.item_id, one.kind] = taken.get((one.item_id, one.kind), 0) + one.amount
    for (item_id, kind), amount in taken.items():
        most, currency = allowance.up_to.get(kind, 0), currencies[item_id]
        if amount > most:
            raise Refusal(
                "difference_beyond_authority",
                kind=kind,
                item=item_id,
                currency=currency,
                amount=to_text(amount, currency),
                most=to_text(most, currency),
                who=who,
            )
