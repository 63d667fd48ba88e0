"""Who may grant how much: the highest sum a role may let stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from huikuan.kernel.errors import Refusal


@dataclass(frozen=True, slots=True)
class Level:
    """Holders of `role` may let up to so much stand (minor units of the company's currency; None: any sum)."""

    role: str
    up_to: int | None


def reach_of(roles: Iterable[str], levels: Sequence[Level]) -> tuple[bool, int | None]:
    """(whether they may grant anything, the highest sum; None: any)."""
    held = set(roles)
    theirs = [level.up_to for level in levels if level.role in held]
    if not theirs:
        return False, 0
    return True, None if None in theirs else max(sum_ for sum_ in theirs if sum_ is not None)


def require_authority(*, amount: int, roles: Iterable[str], levels: Sequence[Level], actor: str, shown: str) -> None:
    """Refuse somebody whose roles do not reach `amount`; `shown` is the amount in words.

    The whole that will stand is compared, not what is added to it: an increase in small pieces needs the same
    authority as at once.
    """
    may, most = reach_of(roles, levels)
    if not may or (most is not None and amount > most):
        raise Refusal("beyond_authority", actor=actor, amount=shown, least=least_role(amount, levels))


def least_role(amount: int, levels: Sequence[Level]) -> str:
    """The role lowest in authority that reaches `amount`; '' where none does."""
    fitting = [level for level in levels if level.up_to is None or amount <= level.up_to]
    return min(fitting, key=lambda level: (level.up_to is None, level.up_to or 0)).role if fitting else ""


def require_another(*, maker: str, checker: str, small_firm: bool, comment: str) -> bool:
    """Refuse whoever drew it up; True where a small firm's rule let it pass, which needs a reason."""
    if maker != checker:
        return False
    if not small_firm:
        raise Refusal("own_limit", actor=checker)
    if not comment.strip():
        raise Refusal("policy_reason_missing")
    return True
