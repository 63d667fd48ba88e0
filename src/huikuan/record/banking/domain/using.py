"""How much of a line may still be used."""

from __future__ import annotations

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text


def left_after(line_id: int, left: int, currency: str, amount: int) -> int:
    """What is left of a line once `amount` of it is used; minor units, both with the line's sign.

    Refuses nothing at all, the other sign, and more than is left, saying what is.
    """
    if amount == 0 or (amount > 0) != (left > 0) or abs(amount) > abs(left):
        raise Refusal(
            "line_used_up",
            line=line_id,
            left=to_text(left, currency),
            asked=to_text(amount, currency),
            currency=currency,
        )
    return left - amount
