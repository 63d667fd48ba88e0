"""How much a wish asks for: what whoever grants it needs the authority over."""

from __future__ import annotations

from huikuan.judge.credit.domain.limits import Wish


def asked_for(wish: Wish, before: Wish | None, *, stood: int) -> int:
    """Minor units of the wish's currency. `before`: what it takes the place of and still holds on its first day, None
    for none; `stood`: the amount of that in the wish's currency.

    What it goes up by, and 0 where it is cut; all of it where it is to hold longer, with a longer term, or with less
    paid ahead than the one before: of that nobody has decided yet.
    """
    if before is None or any(eases(wish, before) for eases in (_holds_longer, _gives_longer, _prepays_less)):
        return wish.amount
    return max(0, wish.amount - stood)


def _holds_longer(wish: Wish, before: Wish) -> bool:
    return before.until_on is not None and (wish.until_on is None or wish.until_on > before.until_on)


def _gives_longer(wish: Wish, before: Wish) -> bool:
    """A term of its own, where the one before left it to the policy or named fewer days."""
    return wish.term_days is not None and (before.term_days is None or wish.term_days > before.term_days)


def _prepays_less(wish: Wish, before: Wish) -> bool:
    """A share of its own, where the one before left it to the policy or named a larger one."""
    return wish.prepaid_percent is not None and (
        before.prepaid_percent is None or wish.prepaid_percent < before.prepaid_percent
    )
