"""When a node crosses the first threshold: strictly over `warn_over`, and not again until strictly under
`rearm_under`.

Between the two nothing happens, so that a limit used up to about the threshold does not ask for somebody with each
invoice and each payment. Whole numbers are compared, never a rounded ratio.
"""

from __future__ import annotations

from huikuan.judge.credit.domain.deciding import Rules

OVER, REARMED = "over", "rearmed"


def crossing(state: str, used: int, limit: int, rules: Rules) -> str | None:
    """What becomes of a node in `state` (OVER, or anything else: armed) that uses so much of its limit; None:
    nothing. Without a limit above 0 there is no share of it, and what was stays."""
    if limit <= 0:
        return None
    if state != OVER and used * 100 > limit * rules.warn_over:
        return OVER
    return REARMED if state == OVER and used * 100 < limit * rules.rearm_under else None
